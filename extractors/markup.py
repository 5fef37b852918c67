"""HTML as a tree, and the paragraphs that a tree shows to a reader."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from configparser import ConfigParser
from copy import deepcopy
from functools import cache

from lxml import etree, html
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import DEFAULT_CONFIG

# Says of pages without a main text that there is none; the caller raises for them and needs no second voice.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_DEPTH_MESSAGE = "depth"
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "item",
        "li",
        "list",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "quote",
        "row",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    }
)
"""HTML's, and trafilatura's `head`, `item`, `list`, `quote` and `row`."""
_CELLS = frozenset({"td", "th", "cell"})
_BREAKS = frozenset({"br", "lb"})
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "button", "select", "textarea"})
_CELL_END = "\x1f"
_PARAGRAPH_END = "\x1e"
_LINE_END = "\x1d"
_MARKS = re.compile(r"[\x1c-\x1f]")
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]"
    r"|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45])(?![0-9])"
    r"|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]|[fF]{3}[eEfF])(?![0-9a-fA-F]));?"
)
"""Control characters and references to them, which HTML allows and the tree's functions refuse."""
_INVISIBLE_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_SHORT_SENTENCE = 40
"""Characters."""
_FEW_SENTENCES = 250
"""Characters."""
FURNITURE = frozenset({"aside", "footer", "nav", "form", "dialog"})
"""Elements whose words are never a release's own."""


class TooDeepError(ValueError):
    """Elements nested so deeply that the parser gives up and would lose text."""


def parse_html(page: str) -> HtmlElement | None:
    """The tree of a page, or None where there is no element at all. Raises TooDeepError.

    >>> parse_html("<p>Good <b>news").text_content()
    'Good news'
    """
    body = _UNFIT.sub("", page.replace("\f", " ")).encode("utf8", "replace")
    for huge in (False, True):
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=huge)
        try:
            tree = html.document_fromstring(body, parser=parser)
        except (etree.LxmlError, ValueError):  # an empty document, in several disguises
            return None
        if not any(_DEPTH_MESSAGE in entry.message.lower() for entry in parser.error_log):
            return tree
    raise TooDeepError("elements are nested more than 2,000 deep")


def in_furniture(element: HtmlElement) -> bool:
    """Whether an element stands in a menu, a footer, a form or an aside."""
    return any(parent.tag in FURNITURE for parent in element.iterancestors())


def _nothing(_: etree._Element) -> bool:
    return False


def read_paragraphs(elements: Iterable[etree._Element], skip: Callable[[etree._Element], bool] = _nothing) -> list[str]:
    """Paragraphs, headings, list items and table rows; `<br>` is a line end and two are a paragraph's end.

    What `skip` names is left out, with all that it holds.

    >>> read_paragraphs([parse_html("<h2>Terms</h2><li>One<br>two</li><table><tr><td>a</td><td>b</td></table>")])
    ['Terms', 'One\\ntwo', 'a | b']
    """
    pieces: list[str] = []
    for element in elements:
        pieces += [_PARAGRAPH_END, *_walk(element, skip), _PARAGRAPH_END]
    text = re.sub(f" *({_LINE_END}|{_PARAGRAPH_END}) *", r"\1", re.sub(" {2,}", " ", "".join(pieces)))
    text = re.sub(f"{_LINE_END}{{2,}}", _PARAGRAPH_END, text)
    paragraphs = (part.strip(_LINE_END + " ").replace(_LINE_END, "\n") for part in text.split(_PARAGRAPH_END))
    return [row for part in paragraphs if (row := _row(part))]


def _row(paragraph: str) -> str:
    if _CELL_END not in paragraph:
        return paragraph
    return " | ".join(cell for part in paragraph.split(_CELL_END) if (cell := part.strip()))


def _walk(root: etree._Element, skip: Callable[[etree._Element], bool]) -> Iterator[str]:
    """Words and marks of what is shown, in order; without recursion, for pages may nest deeply."""
    silent, walker = False, etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if event == "end":
            silent = False
            yield _end_mark(element)
            words = "" if element is root else element.tail
        else:
            yield _PARAGRAPH_END if tag in _BLOCKS and not _in_cell(element) else ""
            words = element.text
            if silent := tag in _SILENT or skip(element):
                walker.skip_subtree()
        if words and not silent:
            words = _MARKS.sub("", words)
            ready_made = tag == "pre" and event == "start"
            yield words.strip().replace("\n", _LINE_END) if ready_made else _INVISIBLE_SPACE.sub(" ", words)


def _in_cell(element: etree._Element) -> bool:
    """Whether a block is all that its table cell holds, and so no paragraph of its own."""
    parent = element.getparent()
    return parent is not None and parent.tag in _CELLS and len(parent) == 1 and not (parent.text or "").strip()


def _end_mark(element: etree._Element) -> str:
    if element.tag in _BREAKS:
        return _LINE_END
    if element.tag in _CELLS:
        return _CELL_END
    return _PARAGRAPH_END if element.tag in _BLOCKS and not _in_cell(element) else ""


def find_main_text(tree: HtmlElement) -> list[str]:
    """Paragraphs of the main text, without menus, related links, banners and buttons; [] where none is found.

    Where the quick search finds less than a few sentences, a slower one is asked as well; what has more of them counts.
    The tree stays as it is. Raises TooDeepError where the search runs into Python's limits.
    """
    try:
        paragraphs = _extract(tree, fast=True) or _shown_text(tree)
        if _prose(paragraphs) < _FEW_SENTENCES:
            paragraphs = max(paragraphs, _extract(tree, fast=False), key=_prose)
    except RecursionError as error:
        raise TooDeepError("elements are nested too deeply to find the main text") from error
    return paragraphs


def _extract(tree: HtmlElement, fast: bool) -> list[str]:
    found = bare_extraction(tree, fast=fast, include_comments=False, with_metadata=False, config=_config())
    return [] if found is None or isinstance(found, dict) else read_paragraphs([found.body])


def _prose(paragraphs: list[str]) -> int:
    """Characters of its sentences; menus are made of shorter lines."""
    return sum(len(words) for words in paragraphs if len(words) >= _SHORT_SENTENCE)


@cache
def _config() -> ConfigParser:
    """Trafilatura's, but without its last resort for short texts, which takes the menus for text."""
    config = deepcopy(DEFAULT_CONFIG)
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "0"
    return config


def _shown_text(tree: HtmlElement) -> list[str]:
    """All that a small page shows but furniture and links; [] unless there is a sentence."""
    paragraphs = read_shown(next(tree.iter("article", "main"), tree))
    return paragraphs if any(len(words) >= _SHORT_SENTENCE for words in paragraphs) else []


def read_shown(root: HtmlElement) -> list[str]:
    """All paragraphs of an element, or of a page's body, but furniture, headers and lines of links.

    >>> read_shown(parse_html("<header>Acme</header><p>Good news</p><ul><li><a href=/>Home</a></ul>"))
    ['Good news']
    """
    main = root.find("body") if root.tag == "html" else root
    return [] if main is None else read_paragraphs([main], _is_beside)


def _is_beside(element: HtmlElement) -> bool:
    return element.tag in FURNITURE or element.tag == "header" or _only_links(element)


def _only_links(element: HtmlElement) -> bool:
    own_words = (element.text or "") + "".join(child.tail or "" for child in element)
    links = element.tag != "a" and any(child.tag == "a" for child in element)
    return links and all(child.tag in {"a", "br"} for child in element) and not own_words.strip(" \t\r\n|/·•>»,-")
