// The queue and the other lists: moving through rows, opening one; in the history, restoring a state.
import { notice } from "./say.js";
import { sawEvents, send } from "./send.js";

let current = -1;

const rows = () => Array.from(document.querySelectorAll("[data-row]"));
const goTo = (url) => document.dispatchEvent(new CustomEvent("dateline:go", { detail: url }));

/** A list was opened. */
export function openList() {
  current = -1;
  const main = document.getElementById("main");
  if (main?.dataset.seen) sawEvents(main.dataset.release, Number(main.dataset.opinion), Number(main.dataset.seen));
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  all[current]?.classList.remove("current");
  current = Math.min(all.length - 1, Math.max(0, current + step));
  all[current].classList.add("current");
  const link = all[current].querySelector("a");
  link.focus();
  link.scrollIntoView({ block: "nearest" });
}

async function act(action, on = document.getElementById("main").dataset) {
  const { release } = document.getElementById("main").dataset;
  try {
    await send(release, Number(on.opinion), on, action);
    goTo(location.href);
  } catch (error) {
    notice(error.message, true);
  }
}

export const commands = {
  next: () => move(1),
  previous: () => move(-1),
  open: () => rows()[Math.max(0, current)]?.querySelector("a").click(),
  begin: () => document.getElementById("begin")?.click(),
  search: () => document.getElementById("words")?.focus(),
  choose: (from) => act(JSON.parse(from.dataset.action), from.dataset),
  restore: (from) => act({ kind: "restore", number: Number(from.dataset.number) }),
};
