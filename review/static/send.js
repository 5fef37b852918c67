// Every action goes to the server at once. Until it answers, the action is kept in this browser under an id of its
// own, and sent again with the same id: after a lost connection, a closed laptop or in another tab nothing is lost and
// nothing is done twice.
import { notice, saving } from "./say.js";

const PREFIX = "dateline-act:";
const results = new Map(); // request id → what to do with the answer, in this tab
const lastSeen = new Map(); // release and opinion → number of the last event that this page knows
let timer = 0;
let pause = 1000;
let working = null;

const me = () => document.body.dataset.me;
const place = (entry) => `${entry.release}/${entry.opinion}`;

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The actions of this person that no server has confirmed, the oldest first. */
export function waiting() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  const entries = keys.map((key) => JSON.parse(localStorage.getItem(key)));
  return entries.filter((entry) => entry.me === me()).sort((a, b) => a.order - b.order);
}

/** The page has been shown all events of a release up to this number. */
export function sawEvents(release, opinion, number) {
  const key = `${release}/${opinion}`;
  lastSeen.set(key, Math.max(number, lastSeen.get(key) ?? 0));
}

/** Saves an action on a page of a release: `on` is its data. Resolves with the event, or throws what is against it. */
export function send(release, opinion, on, action) {
  const of = { release, opinion, seen: Number(on.seen), basedOn: on.based };
  const entry = { id: newId(), me: me(), order: Date.now() + Math.random(), ...of, action };
  localStorage.setItem(PREFIX + entry.id, JSON.stringify(entry));
  const result = new Promise((resolve, reject) => results.set(entry.id, { resolve, reject }));
  flush();
  return result;
}

/** Sends what waits, one after the other; tries again later where nobody answers. */
export function flush() {
  working ??= exclusively(sendAll).finally(() => {
    working = null;
    if (!timer && waiting().length) flush();
  });
  return working;
}

const exclusively = (work) => (navigator.locks ? navigator.locks.request("dateline-send", work) : work());

async function sendAll() {
  clearTimeout(timer);
  timer = 0;
  for (let entries = waiting(); entries.length; entries = waiting()) {
    if (document.getElementById("saving")?.dataset.is !== "waiting") saving("saving");
    const state = await sendOne(entries[0]);
    if (state !== "sent") {
      saving(state, entries.length);
      timer = setTimeout(() => { timer = 0; flush(); }, pause);
      pause = Math.min(pause * 1.5, 3000);
      return;
    }
    pause = 1000;
  }
  if (me()) saving("saved");
}

async function sendOne(entry) {
  const known = lastSeen.get(place(entry)) ?? 0;
  const body = { action: entry.action, seen: Math.max(entry.seen, known), request_id: entry.id, opinion: entry.opinion, based_on: entry.basedOn };
  let answer, said;
  try {
    answer = await fetch(`/api/releases/${encodeURIComponent(entry.release)}/acts`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": document.body.dataset.csrf },
      body: JSON.stringify(body),
    });
    said = await answer.json();
  } catch {
    return "waiting";
  }
  if (answer.status >= 500 || answer.status === 429) return "waiting";
  if (answer.status === 401) return "login";
  if (answer.status === 403 && (await freshToken())) return "waiting";
  localStorage.removeItem(PREFIX + entry.id);
  const result = results.get(entry.id);
  results.delete(entry.id);
  if (answer.ok) {
    if (said.number === body.seen + 1) sawEvents(entry.release, entry.opinion, said.number);
    result?.resolve(said);
  } else if (result) result.reject(Object.assign(new Error(said.error), { status: answer.status, events: said.events }));
  else notice(`An action that had waited could not be done any more: ${said.error}`, true);
  return "sent";
}

/** A page from before a login has an old token: takes the new one. Returns whether there was one. */
async function freshToken() {
  const answer = await fetch("/api/me").catch(() => null);
  const token = answer?.ok ? (await answer.json()).csrf : null;
  if (!token || token === document.body.dataset.csrf) return false;
  document.body.dataset.csrf = token;
  return true;
}

addEventListener("online", flush);
addEventListener("storage", (event) => event.key?.startsWith(PREFIX) && event.newValue && flush());
