// The forms of the desk: the server makes them, here is read what was filled in, as an action.
import { notice } from "./say.js";
import { findWords } from "./text.js";

const PATIENCE = 2500; // milliseconds that a form stays open for a server that does not answer
const dialog = () => document.getElementById("dialog");

/** Opens a form of the server's in the dialog; `save` gets the action and returns an error's words or nothing. */
export async function openForm(url, save) {
  const box = dialog();
  box.innerHTML = '<h2 id="dialog-title">…</h2>';
  const title = box.firstChild;
  box.showModal(); // at once, so that what is typed meanwhile does nothing else
  let answer, said;
  try {
    answer = await fetch(url);
    said = await answer.text();
  } catch (error) {
    box.close();
    throw error;
  }
  if (!box.open || !title.isConnected) return; // it was closed, or another one opened
  if (!answer.ok) {
    box.close();
    throw new Error(errorOf(said));
  }
  box.innerHTML = said;
  const form = box.querySelector("form");
  box.className = `f-${form.dataset.field}`;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector(".problem");
    problem.textContent = "";
    try {
      const action = read(form);
      const saved = action ? save(action) : null;
      const state = await Promise.race([saved, new Promise((resolve) => setTimeout(resolve, PATIENCE, "waiting"))]);
      if (state === "waiting") saved.catch((error) => notice(error.message, true)); // it is kept; what is refused later is said at the side
      box.close();
    } catch (error) {
      problem.textContent = error.message;
    }
  });
  (form.querySelector("[data-attr], input:not([type=hidden]), textarea") ?? form).focus();
}

function errorOf(said) {
  try {
    return JSON.parse(said).error;
  } catch {
    return new DOMParser().parseFromString(said, "text/html").querySelector("main p")?.textContent ?? "That did not work.";
  }
}

const target = (form) => ({ field: form.dataset.field, value_id: form.dataset.value });
const checked = (form, name) => Array.from(form.querySelectorAll(`[name=${name}]:checked`), (box) => box.value);
const json = (form, name) => JSON.parse(form.elements[name]?.value ?? "null");

/** The action that a form says; null where it says none. Throws an error with words for people. */
function read(form) {
  const readers = { correct, add, merge, split, comment };
  return readers[form.dataset.kind](form);
}

function attributes(form, but) {
  const changes = {};
  for (const control of form.querySelectorAll("[data-attr]")) {
    if (control.name === but) continue;
    const value = control.value.trim();
    const means = form.elements[`${control.name}-means`];
    if (value === control.dataset.was && (!means || means.value.trim() === means.dataset.was)) continue;
    if (value === "" && value === control.dataset.was) throw new Error("Which words of the text say so? Give them as well.");
    changes[control.name] = value === "" ? null : "words" in control.dataset ? { ...evidence(form, control, value), ...meaning(form, control.name) } : value;
  }
  return changes;
}

/** What the words of an attribute mean in the calendar, where the form asks for that. */
function meaning(form, name) {
  const means = form.elements[`${name}-means`];
  return means ? { value: means.value.trim() || null } : {};
}

function evidence(form, control, words) {
  const near = words === control.dataset.was ? control.dataset.near : "";
  const found = findWords(words, Number(near || form.dataset.near));
  if (!found) throw new Error(`The text does not say “${words}”; take words as they stand there.`);
  return found;
}

function correct(form) {
  const picked = json(form, "selected");
  const as = form.querySelector("[name=selected-is]:checked")?.value;
  const changes = attributes(form, as);
  if (as === "words") Object.assign(changes, picked);
  if (["purpose", "period"].includes(as)) changes[as] = { ...picked, ...meaning(form, as) };
  if (as === "mention") changes.mentions = [...json(form, "places"), picked].sort((a, b) => a.start - b.start);
  return Object.keys(changes).length ? { kind: "correct", target: target(form), changes } : null;
}

function add(form) {
  const picked = json(form, "selected");
  const isEntity = ["people", "organisations"].includes(form.dataset.field);
  const value = { ...attributes(form), ...(isEntity ? { mentions: [picked] } : picked) };
  return { kind: "add", field: form.dataset.field, value };
}

function merge(form) {
  const others = checked(form, "other");
  if (!others.length) throw new Error("Choose at least one.");
  return { kind: "merge", field: form.dataset.field, value_ids: [form.dataset.value, ...others] };
}

function split(form) {
  const mentions = checked(form, "mention").map(Number);
  if (!mentions.length) throw new Error("Choose at least one place.");
  return { kind: "split", field: form.dataset.field, value_id: form.dataset.value, mentions, name: form.elements.name.value.trim() };
}

function comment(form) {
  return { kind: "comment", text: form.elements.text.value.trim(), target: form.dataset.value ? target(form) : null };
}
