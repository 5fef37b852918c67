// The keyboard: one table of keys, from which the overlay is made that `?` opens. Letters can be switched off there.

export const KEYS = [
  ["desk", "Move", ["j", "ArrowDown"], "next", "next value"],
  ["desk", "Move", ["k", "ArrowUp"], "previous", "value before"],
  ["desk", "Move", ["o"], "next-open", "next undecided value"],
  ["desk", "Move", ["f"], "next-check", "next check"],
  ["desk", "Move", ["z"], "fold", "open or fold boilerplate"],
  ["desk", "Value", ["a", "Enter"], "accept", "accept, go on"],
  ["desk", "Value", ["x"], "reject", "reject, go on"],
  ["desk", "Value", ["c"], "correct", "correct"],
  ["desk", "Value", ["g"], "merge", "merge with another"],
  ["desk", "Value", ["t"], "split", "split in two"],
  ["desk", "Add the selected words", ["1"], "add-people", "as a person"],
  ["desk", "Add the selected words", ["2"], "add-organisations", "as an organisation"],
  ["desk", "Add the selected words", ["3"], "add-amounts", "as an amount"],
  ["desk", "Add the selected words", ["4"], "add-dates", "as a date"],
  ["desk", "Add the selected words", ["5"], "add-quotes", "as a quote"],
  ["desk", "Release", ["A"], "accept-all", "accept all that is undecided"],
  ["desk", "Release", ["D"], "done", "done, next release"],
  ["desk", "Release", ["n"], "go-next", "next release, leave this as it is"],
  ["desk", "Release", ["s"], "skip", "skip: put aside, next release"],
  ["desk", "Release", ["r"], "take-up", "take up again what is done or put aside"],
  ["desk", "Release", ["m"], "comment", "comment"],
  ["desk", "Release", ["u"], "undo", "undo"],
  ["desk", "Release", ["R"], "redo", "redo"],
  ["desk", "Go to", ["h"], "history", "history of the release"],
  ["desk", "Go to", ["q"], "queue", "queue"],
  ["queue", "Queue", ["j", "ArrowDown"], "next", "next release"],
  ["queue", "Queue", ["k", "ArrowUp"], "previous", "release before"],
  ["queue", "Queue", ["Enter"], "open", "open it"],
  ["queue", "Queue", ["b"], "begin", "begin with the first"],
  ["queue", "Queue", ["/"], "search", "search words"],
  ["", "Help", ["?"], "help", "these keys"],
];
const NAMES = { ArrowDown: "↓", ArrowUp: "↑" };
const OFF = "dateline-keys-off";

const isTyping = (target) => target.closest?.("input, select, textarea, [contenteditable]");
const isButton = (target) => target.closest?.("button, a, summary");

/** Runs what a key stands for, where nobody is typing. */
export function listen(run, view) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && isButton(event.target)) return;
    if (event.key.length === 1 && event.key !== "?" && localStorage.getItem(OFF)) return;
    const row = KEYS.find(([where, , keys]) => (!where || where === view()) && keys.includes(event.key));
    if (!row) return;
    event.preventDefault();
    run(row[3], null, event);
  });
}

const make = (name, words = "", ...inside) => {
  const element = document.createElement(name);
  element.textContent = words;
  element.append(...inside);
  return element;
};

/** The overlay that lists the keys of the open view. */
export function showKeys() {
  const dialog = document.getElementById("help");
  const view = document.getElementById("main")?.dataset.view;
  const rows = KEYS.filter(([where]) => !where || where === view);
  const title = make("h2", "Keys");
  title.id = "help-title";
  const columns = make("div");
  columns.className = "columns";
  for (const group of new Set(rows.map((row) => row[1]))) {
    const list = make("dl");
    for (const [, , keys, , what] of rows.filter((row) => row[1] === group)) {
      list.append(make("dt", "", ...keys.map((key) => make("kbd", NAMES[key] ?? key))), make("dd", what));
    }
    columns.append(make("section", "", make("h3", group), list));
  }
  dialog.replaceChildren(title, columns, switchKeys(), closing());
  dialog.showModal();
}

function switchKeys() {
  const box = make("input");
  box.type = "checkbox";
  box.checked = !localStorage.getItem(OFF);
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  const label = make("label", "", box, " Letters do something; arrows and ? always do");
  label.className = "check";
  return label;
}

function closing() {
  const button = make("button", "Close ", make("kbd", "Esc"));
  button.type = "button";
  button.dataset.do = "close";
  return make("p", "", button);
}
