"""Main texts that a page keeps in several boxes of one kind, of which a search may find the first alone."""

from collections import defaultdict

from lxml.html import HtmlElement

from extractors.markup import find_main_text, in_furniture, read_shown

_SENTENCE = 80
"""Characters from which a paragraph is looked for."""
_HEAD = 50
"""Letters by which a paragraph is known again."""
_OWN_HEADS = ("h1", "article", "time", "header")
"""Elements of boxes that are texts of their own: other releases, comments."""


def find_whole_text(tree: HtmlElement) -> list[str]:
    """Paragraphs of the main text, as markup.find_main_text, with those of the boxes beside it that are built alike.

    >>> from extractors.markup import parse_html
    >>> box = "<div class=row><div class='article__body'><p>{0} first.</p><p>{0} last.</p></div></div><img src=/1>"
    >>> page = f"<div id=text>{box.format('Rope works reopen. ' * 20)}{box.format('Sail lofts follow. ' * 20)}</div>"
    >>> [text[:9] for text in find_whole_text(parse_html(page))]
    ['Rope work', 'Rope work', 'Sail loft', 'Sail loft']
    """
    paragraphs = find_main_text(tree)
    boxes = _boxes(tree, {_head(text) for text in paragraphs if len(text) >= _SENTENCE})
    inside = [text for box in boxes for text in read_shown(box)]
    heads = {_head(text) for text in inside}
    places = [number for number, text in enumerate(paragraphs) if _head(text) in heads]
    if not places:
        return paragraphs
    after = [text for text in paragraphs[places[0] :] if _head(text) not in heads]
    return [*paragraphs[: places[0]], *inside, *after]


def _head(text: str) -> str:
    return "".join(filter(str.isalnum, text))[:_HEAD]


def _boxes(tree: HtmlElement, found: set[str]) -> list[HtmlElement]:
    """The boxes of most paragraphs that were found, if they have others of their kind beside them; else none."""
    alike: defaultdict[tuple[object, ...], list[HtmlElement]] = defaultdict(list)
    for paragraph in tree.iter("p") if found else ():
        around = [paragraph, *paragraph.iterancestors()][1:4]
        if len(around) == 3 and around[0].get("class"):
            kind = [(element.tag, element.get("class")) for element in around[:2]]
            alike[around[2], *kind].append(paragraph)
    for group in alike.values():
        long = [_head(text) for item in group if len(text := " ".join(item.itertext()).strip()) >= _SENTENCE]
        if 2 * len(found & set(long)) > len(found) and not set(long) <= found:
            boxes = list(dict.fromkeys(item.getparent() for item in group))
            return boxes if len(boxes) > 1 and not any(map(_is_another, boxes)) else []
    return []


def _is_another(box: HtmlElement) -> bool:
    """Whether a box is furniture, or stands with a heading or a day of its own."""
    return in_furniture(box) or any(box.getparent().find(f".//{tag}") is not None for tag in _OWN_HEADS)
