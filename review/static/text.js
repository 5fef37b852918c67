// Places in the text. The server counts characters (code points), the browser counts halves of some of them (UTF-16):
// every paragraph knows the number of its first character, and the two are turned into each other here.

const box = () => document.getElementById("words");
const count = (words) => Array.from(words).length;

/** The number of the character at a place of the page, or null outside of the text. */
function placeOf(node, offset) {
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  const paragraph = element.closest?.("#words p[data-start]");
  if (!paragraph) return null;
  const before = document.createRange();
  before.setStart(paragraph, 0);
  before.setEnd(node, offset);
  return Number(paragraph.dataset.start) + count(before.toString());
}

/** What is selected of the text, as start and end; null where nothing is. */
export function selected() {
  const chosen = getSelection();
  if (!chosen || chosen.isCollapsed || !box()) return null;
  const range = chosen.getRangeAt(0);
  if (!range.intersectsNode(box())) return null;
  const start = placeOf(range.startContainer, range.startOffset);
  let end = placeOf(range.endContainer, range.endOffset);
  if (start !== null && end === null) end = endOf(range);
  return start === null || end === null || end <= start ? null : { start, end };
}

/** Where a selection ends that reaches out of its last paragraph, as one by a triple click does. */
function endOf(range) {
  const inside = Array.from(box().querySelectorAll("p[data-start]")).filter((p) => range.intersectsNode(p) && range.comparePoint(p, 0) <= 0);
  const last = inside.at(-1);
  return last ? Number(last.dataset.start) + count(last.textContent) : null;
}

/** The page's range for characters of the text; null where they are not shown. */
export function rangeOf(start, end) {
  const range = document.createRange();
  let begun = false;
  for (const paragraph of box().querySelectorAll("p[data-start]")) {
    const first = Number(paragraph.dataset.start);
    const length = count(paragraph.textContent);
    if (!begun && start < first + length && end > first) begun = put(range, "setStart", paragraph, Math.max(0, start - first));
    if (begun && end <= first + length) return put(range, "setEnd", paragraph, end - first) ? range : null;
    if (begun) put(range, "setEnd", paragraph, length);
    if (first > end) break;
  }
  return begun ? range : null;
}

function put(range, method, paragraph, place) {
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(), left = place; node; node = walker.nextNode()) {
    const letters = Array.from(node.data);
    if (left <= letters.length) {
      range[method](node, letters.slice(0, left).join("").length);
      return true;
    }
    left -= letters.length;
  }
  return false;
}

/** Where words stand in the text, as near as may be to a place; null where they do not. */
export function findWords(words, near) {
  let best = null;
  for (const paragraph of box().querySelectorAll("p[data-start]")) {
    const text = paragraph.textContent;
    for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
      const start = Number(paragraph.dataset.start) + count(text.slice(0, at));
      if (!best || Math.abs(start - near) < Math.abs(best.start - near)) best = { start, end: start + count(words), text: words };
    }
  }
  return best;
}

/** Marks characters for the eye, and brings them into view. */
export function look(start, end) {
  const range = rangeOf(start, end);
  CSS.highlights?.clear();
  if (!range) return;
  CSS.highlights?.set("look", new Highlight(range));
  show(range.startContainer.parentElement);
}

/** Opens what is folded around an element and brings it into view. */
export function show(element) {
  const folded = element?.closest("details");
  if (folded) folded.open = true;
  element?.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "auto" });
}
