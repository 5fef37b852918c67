// The forms of the desk: the server makes them, here is read what was filled in, as an action.
import { notice } from "./say.js";
import { findWords } from "./text.js";

const PATIENCE = 2500; // milliseconds that a form stays open for a server that does not answer
const dialog = () => document.getElementById("dialog");

/** Opens a form of the server's in the dialog; `save` gets the action and returns an error's words or nothing. */
export async function openForm(url, save) {
  const box = dialog();
  box.innerHTML = '<h2 id="dialog-title">…</h2>';
  box.showModal(); // at once, so that what is typed meanwhile does nothing else
  let answer, said;
  try {
    answer = await fetch(url);
    said = await answer.text();
  } catch (error) {
    box.close();
    throw error;
  }
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

function attributes(form) {
  const changes = {};
  for (const control of form.querySelectorAll("[data-attr]")) {
    const value = control.value.trim();
    if (value !== control.dataset.was) changes[control.name] = value === "" ? null : "words" in control.dataset ? evidence(form, value) : value;
  }
  return changes;
}

function evidence(form, words) {
  const found = findWords(words, Number(form.dataset.near));
  if (!found) throw new Error(`The text does not say “${words}”; take words as they stand there.`);
  return found;
}

function correct(form) {
  const changes = attributes(form);
  const picked = json(form, "selected");
  const as = form.querySelector("[name=selected-is]:checked")?.value;
  if (as === "words") Object.assign(changes, picked);
  if (as === "purpose") changes.purpose = picked;
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
