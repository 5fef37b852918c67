// The desk: moving through values, linking them with their words, deciding, and going on to the next release.
import { openForm } from "./forms.js";
import { live, notice } from "./say.js";
import { flush, sawEvents, send, waiting } from "./send.js";
import { look, rangeOf, selected, show } from "./text.js";

const CLAIM_SECONDS = 30;
let current = null; // id of the value that the reviewer is at
let picked = null; // words that were selected last
let claims = 0;
let drawing = null; // the record is being put in anew
let drawings = 0;
let turn = Promise.resolve(); // what has to wait for all before it
let leaving = null; // the page of the release that is being left
let checkAt = -1;
const deciding = new Set(); // values of which a decision is on its way

const main = () => document.getElementById("main");
const panel = () => document.getElementById("panel");
const rows = () => Array.from(document.querySelectorAll("#panel .row"));
const row = (id) => id && document.getElementById(`v-${id}`);
const may = () => main().dataset.may === "yes";
const inAddress = () => encodeURIComponent(main().dataset.release);
const base = () => `/desk/${inAddress()}`;
const opinion = () => Number(main().dataset.opinion);
const isOpen = (line) => ["open", "reopened"].includes(line.dataset.state);
const go = (url) => document.dispatchEvent(new CustomEvent("dateline:go", { detail: url }));
const targetOf = (line) => ({ field: line.dataset.field, value_id: line.dataset.value });
const marksOf = (id) => document.querySelectorAll(`#words .m[data-v~="${CSS.escape(id)}"]`);

/** A release was opened. */
export function openDesk() {
  current = null;
  picked = null;
  checkAt = -1;
  deciding.clear();
  drawn();
  clearInterval(claims);
  claims = setInterval(claim, CLAIM_SECONDS * 1000);
  const first = rows().find(isOpen) ?? rows()[0];
  if (first) choose(first, false);
  main().focus({ preventScroll: true });
  live(`Opened: ${document.querySelector("h1").textContent}`);
}

/** The record was put in: tells the text what holds for each value. */
function drawn() {
  const data = panel().dataset;
  sawEvents(main().dataset.release, opinion(), Number(data.seen));
  for (const id of deciding) if (row(id)) row(id).dataset.state = "saving";
  const states = new Map(rows().map((line) => [line.dataset.value, line.dataset.state]));
  for (const mark of document.querySelectorAll("#words .m")) {
    mark.dataset.state = states.get(mark.dataset.v.split(" ")[0]) ?? "";
  }
  if (current && row(current)) light(row(current));
}

/** Loads the record again, and the text where values stand elsewhere; the focus stays where it was. */
const redraw = () => (drawing = draw(main(), (drawings += 1)));

/** Of several drawings on their way the last began when most was saved: what comes late of another, or for another page, is old. */
async function draw(page, number) {
  const isOld = () => number !== drawings || main() !== page;
  const record = await load("panel");
  if (!record || isOld()) return;
  putRecord(record);
  if (document.getElementById("words").dataset.marks === panel().dataset.marks) return;
  const text = await load("text");
  if (!text || isOld()) return;
  replaceText(text);
  drawn();
}

async function load(part) {
  try {
    const answer = await fetch(`${base()}/${part}?opinion=${opinion()}`);
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

function putRecord(html) {
  const had = document.activeElement?.dataset?.key ?? (document.activeElement?.classList.contains("row") ? "row" : null);
  const record = document.getElementById("record");
  const place = record.scrollTop;
  record.innerHTML = html;
  record.scrollTop = place;
  drawn();
  if (had === "row") row(current)?.focus({ preventScroll: true });
  else if (had) (document.querySelector(`[data-key="${CSS.escape(had)}"]:not(:disabled)`) ?? row(current))?.focus({ preventScroll: true });
}

/** Puts the text in anew; what was unfolded and what was selected stays so. */
function replaceText(html) {
  const open = Array.from(document.querySelectorAll("#words details"), (part) => part.open);
  const words = selected();
  document.getElementById("text").innerHTML = html;
  document.querySelectorAll("#words details").forEach((part, number) => (part.open = open[number] ?? false));
  const range = words && rangeOf(words.start, words.end);
  if (range) getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
}

/** Saves an action and shows what holds then. Throws where the server refuses it. */
async function act(action, said) {
  if (!may()) throw new Error("You may look, not change.");
  const page = main();
  try {
    await send(page.dataset.release, opinion(), panel().dataset, action);
    live(said);
  } finally {
    if (main() === page && !waiting().length) redraw();
  }
}

/** As `act`, and says what is refused at the side. */
async function tryAct(action, said) {
  try {
    await act(action, said);
    return true;
  } catch (error) {
    notice(error.status === 409 ? `${error.message} The record shows it now; decide again.` : error.message, true);
    return false;
  }
}

function choose(line, focus = true) {
  for (const old of document.querySelectorAll(".row.current")) {
    old.classList.remove("current");
    old.removeAttribute("aria-current");
    old.tabIndex = -1;
  }
  current = line.dataset.value;
  line.classList.add("current");
  line.setAttribute("aria-current", "true");
  line.tabIndex = 0;
  if (focus) line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
  light(line);
  CSS.highlights?.clear();
  const marks = Array.from(marksOf(current));
  show(marks.find((mark) => !mark.closest("details")) ?? marks[0]);
}

function light(line) {
  for (const mark of document.querySelectorAll(".m.now")) mark.classList.remove("now");
  for (const mark of marksOf(line.dataset.value)) mark.classList.add("now");
  line.classList.add("current");
  line.tabIndex = 0;
  line.setAttribute("aria-current", "true");
}

/** The mouse is over something: the value and its words show that they belong together. */
export function hover(over) {
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  const id = over.closest?.(".m")?.dataset.v.split(" ")[0] ?? over.closest?.("#panel .row")?.dataset.value;
  if (!id) return;
  row(id)?.classList.add("lit");
  for (const mark of marksOf(id)) mark.classList.add("lit");
}

function move(step) {
  const all = rows();
  const at = all.findIndex((line) => line.dataset.value === current);
  const next = all[at < 0 ? 0 : at + step];
  if (next) choose(next);
}

function nextOpen(after = current) {
  const all = rows();
  const at = all.findIndex((line) => line.dataset.value === after);
  const next = [...all.slice(at + 1), ...all.slice(0, at + 1)].find((line) => isOpen(line) && line.dataset.value !== after);
  if (next) choose(next);
  else live("Every value is decided. D: done, next release.");
}

/** The value that a button belongs to, else the one that the reviewer is at. */
function lineOf(from) {
  const line = from?.closest?.(".row") ?? row(current);
  if (line && line.dataset.value !== current) choose(line, false);
  return line;
}

function decide(kind, said) {
  return async (from) => {
    const line = lineOf(from);
    if (!line || line.dataset.state === "saving") return;
    const name = line.querySelector(".head").textContent;
    const id = line.dataset.value;
    if (may()) {
      deciding.add(id);
      line.dataset.state = "saving";
      nextOpen(id);
    }
    await tryAct({ kind, targets: [targetOf(line)] }, `${said}: ${name}`);
    deciding.delete(id);
  };
}

async function form(kind, field, extra, said) {
  if (!may()) return notice("You may look, not change.");
  const query = new URLSearchParams({ opinion: opinion(), ...extra });
  try {
    await openForm(`${base()}/form/${kind}/${field}?${query}`, (action) => act(action, said));
  } catch (error) {
    notice(error.message === "Failed to fetch" ? "The server does not answer; what you did is kept. Try again soon." : error.message);
  }
}

const formFor = (kind, said) => (from) => {
  const line = lineOf(from);
  if (line) return form(kind, line.dataset.field, { value_id: line.dataset.value, ...(kind === "correct" ? selected() ?? picked : {}) }, said);
};

const add = (field) => () => {
  const words = selected() ?? picked;
  if (!words) return notice("Select words of the text first, then press the key again.");
  return form("add", field, words, "Added");
};

/** Waits until what was done is saved and shown. */
async function settled() {
  if (waiting().length) await flush();
  await drawing;
}

/** Does something when all before it is saved and shown: it depends on what the page then shows. */
const inTurn = (work) => () => (turn = turn.then(settled).then(work));

/** Leaves the release with a status; the next comes when this is saved. */
async function leave(status, said) {
  if (!may()) return goNext();
  const page = main();
  if (leaving === page) return;
  leaving = page;
  await settled();
  if (main() === page && mayLeave(status) && (await tryAct({ kind: "status", status }, said)) && main() === page) goNext();
  if (leaving === page) leaving = null;
}

function mayLeave(status) {
  if (status !== "done" || !Number(panel().dataset.open)) return true;
  notice(`${panel().dataset.open} values are not decided: A accepts them, and o goes to the next.`);
  nextOpen();
  return false;
}

function goNext() {
  const { query } = main().dataset;
  go(opinion() === 2 ? `/opinions/next?not_id=${inAddress()}` : `/next?${query ? query + "&" : ""}not_id=${inAddress()}`);
}

/** Leaves the desk: others need not wait until the claim runs out. */
export function leaveDesk() {
  if (main()?.dataset.view !== "desk" || !may()) return;
  const headers = { "X-CSRF-Token": document.body.dataset.csrf };
  const url = `/api/releases/${inAddress()}/claim?opinion=${opinion()}`;
  fetch(url, { method: "DELETE", headers, keepalive: true }).catch(() => null);
}

async function claim() {
  if (main()?.dataset.view !== "desk" || document.hidden) return;
  if (!may()) return;
  const { release } = main().dataset;
  const headers = { "X-CSRF-Token": document.body.dataset.csrf };
  const answer = await fetch(`/api/releases/${inAddress()}/claim?opinion=${opinion()}`, { method: "POST", headers }).catch(() => null);
  if (!answer?.ok || main().dataset.release !== release) return;
  const { claim: held, seen } = await answer.json();
  const others = document.getElementById("others");
  const other = held && held.reviewer !== document.body.dataset.me ? held.reviewer : null;
  others.hidden = !other;
  others.textContent = other ? `${other} has this release open as well. What each decides is kept; nobody overwrites what they have not seen.` : "";
  if (seen > Number(panel().dataset.seen) && !waiting().length) {
    await redraw();
    live("Somebody else has changed this release; the record shows it.");
  }
}

document.addEventListener("selectionchange", () => {
  if (document.querySelector("dialog[open]")) return;
  const anchor = getSelection()?.anchorNode;
  if (selected()) picked = selected();
  else if (anchor && document.getElementById("text")?.contains(anchor)) picked = null; // a click took the selection away
});
addEventListener("pagehide", leaveDesk);
document.addEventListener("visibilitychange", () => document.hidden || (flush(), claim()));

export const commands = {
  next: () => move(1),
  previous: () => move(-1),
  "next-open": () => nextOpen(),
  "next-check": () => {
    const all = Array.from(document.querySelectorAll("#panel .check-row"));
    if (all.length) all[(checkAt = (checkAt + 1) % all.length)].focus(), commands.look(all[checkAt]);
  },
  look: (from) => {
    const line = row(from.dataset.value);
    if (line) choose(line, false);
    if (from.dataset.start) look(Number(from.dataset.start), Number(from.dataset.end));
  },
  fold: () => {
    const all = Array.from(document.querySelectorAll("#words details"));
    const open = all.some((part) => !part.open);
    all.forEach((part) => (part.open = open));
  },
  click: (from) => {
    if (!getSelection()?.isCollapsed) return;
    const line = from.closest?.("#panel .row") ?? row(from.closest?.(".m")?.dataset.v.split(" ")[0]);
    if (line && !from.closest("button")) choose(line);
  },
  accept: decide("accept", "Accepted"),
  reject: decide("reject", "Rejected"),
  correct: formFor("correct", "Corrected"),
  merge: formFor("merge", "Merged"),
  split: formFor("split", "Split"),
  comment: () => form("comment", "people", {}, "Comment saved"),
  "comment-value": formFor("comment", "Comment saved"),
  "accept-all": () => {
    const targets = rows().filter(isOpen).map(targetOf);
    if (targets.length) return tryAct({ kind: "accept", targets }, `${targets.length} accepted`);
  },
  undo: inTurn(() => panel()?.dataset.undo && tryAct({ kind: "undo", number: Number(panel().dataset.undo) }, "Undone")),
  redo: inTurn(() => panel()?.dataset.redo && tryAct({ kind: "undo", number: Number(panel().dataset.redo) }, "Done again")),
  done: () => leave("done", "Done"),
  skip: () => leave("skipped", "Skipped"),
  "take-up": () => ["done", "skipped"].includes(panel().dataset.status) && tryAct({ kind: "status", status: "started" }, "Taken up again"),
  "go-next": goNext,
  history: () => go(`${base()}/history?${main().dataset.query}&opinion=${opinion()}`),
  queue: () => go(`/?${main().dataset.query}`),
  ...Object.fromEntries(["people", "organisations", "amounts", "dates", "quotes"].map((field) => [`add-${field}`, add(field)])),
};
