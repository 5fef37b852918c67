// Starts the page: which view is open, what its buttons and keys do, and going to another without loading a page.
import { commands as desk, hover, leaveDesk, openDesk } from "./desk.js";
import { listen, showKeys } from "./keys.js";
import { commands as list, openList } from "./list.js";
import { flush } from "./send.js";
import { notice } from "./say.js";

let asked = 0; // pages so far
const shared = { help: showKeys, close: (from) => from?.closest("dialog")?.close() };

/** Does what a button or a key asks for, where the open view knows it. */
export function run(name, from, event) {
  const known = { ...shared, ...(view() === "desk" ? desk : list) };
  return known[name]?.(from, event);
}

export const view = () => document.getElementById("main")?.dataset.view;

function open() {
  (view() === "desk" ? openDesk : openList)();
}

/** Puts another page of this desk in the place of the open one, unless another is asked for meanwhile. Returns whether it could. */
export async function go(url, push = true) {
  const number = (asked += 1);
  let answer, said;
  try {
    answer = await fetch(url, { headers: { "X-Part": "page" } });
    said = await answer.text();
  } catch {
    notice("The server does not answer, so the next release cannot be opened. What you did is kept and will be saved.");
    return false;
  }
  if (number !== asked) return false;
  const page = new DOMParser().parseFromString(said, "text/html");
  const main = page.getElementById("main");
  if (!main || !page.querySelector(".bar nav")) { location.href = answer.url; return true; }
  if (main.dataset.release !== document.getElementById("main").dataset.release || main.dataset.view !== "desk") leaveDesk();
  document.getElementById("main").replaceWith(document.adoptNode(main));
  document.querySelector(".bar nav")?.replaceWith(document.adoptNode(page.querySelector(".bar nav")));
  document.title = page.title;
  document.body.dataset.csrf = page.body.dataset.csrf;
  if (push) history.pushState(null, "", answer.url);
  open();
  return true;
}

document.addEventListener("dateline:go", (event) => go(event.detail));
addEventListener("popstate", () => go(location.href, false));
document.addEventListener("click", (event) => {
  const from = event.target.closest?.("[data-do], [data-go]");
  if (from?.dataset.do) run(from.dataset.do, from, event);
  else if (from && "go" in from.dataset && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); go(from.href); }
  else run("click", event.target, event);
});
document.addEventListener("mouseover", (event) => view() === "desk" && hover(event.target));
listen(run, view);
open();
flush();
