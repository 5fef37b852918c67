// What the page tells people: quietly to screen readers, plainly at the side, and whether all is saved.

/** Tells screen readers what an action did. */
export function live(words) {
  document.getElementById("live").textContent = words;
}

/** Shows a message until it is put away; gone by itself after a while unless it is to stay. */
export function notice(words, stays = false) {
  const place = document.getElementById("notice");
  const line = document.createElement("p");
  const said = document.createElement("span");
  said.textContent = words;
  const away = document.createElement("button");
  away.type = "button";
  away.textContent = "Close";
  away.addEventListener("click", () => line.remove());
  line.append(said, away);
  place.replaceChildren(line);
  if (!stays) setTimeout(() => line.remove(), 15000);
}

/** Shows whether everything is saved. */
export function saving(state, waiting = 0) {
  const place = document.getElementById("saving");
  if (!place || (place.dataset.is === state && place.dataset.waiting === String(waiting))) return;
  place.dataset.is = state;
  place.dataset.waiting = String(waiting);
  const actions = waiting === 1 ? "1 action" : `${waiting} actions`;
  place.textContent = {
    saved: "All saved",
    saving: "Saving…",
    waiting: `The server does not answer: ${actions} not saved yet. Trying again…`,
    login: `You are logged out: ${actions} not saved yet. Log in again in another tab.`,
  }[state];
}
