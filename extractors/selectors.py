"""What a source's own CSS selectors pick from its pages."""

from typing import NamedTuple

from bs4 import BeautifulSoup, Tag
from lxml.html import HtmlElement
from soupsieve import SelectorSyntaxError

from extractors.markup import parse_html, read_paragraphs
from schemas.source import Selectors


class SelectorError(ValueError):
    """A selector that is no CSS, or that matches nothing: the page's layout has changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


class Picked(NamedTuple):
    """None for what the source has no selector for."""

    title: str | None = None
    published: str | None = None
    paragraphs: list[str] | None = None
    tree: HtmlElement | None = None
    """The page without what `drop` names; None where nothing is dropped."""


def pick(page: str, selectors: Selectors) -> Picked:
    """Apply a source's selectors to a page. Raises SelectorError `selector_invalid` or `selector_missed`.

    >>> page = "<h1>Press</h1><h2>Acme opens</h2><time datetime='2025-04-10'>today</time>"
    >>> pick(page, Selectors(title="h2", published="time"))[:2]
    ('Acme opens', '2025-04-10')
    """
    soup = BeautifulSoup(page, "lxml")
    for css in selectors.drop:
        for element in _find(soup, "drop", css):
            element.decompose()
    return Picked(
        title=_required(soup, "title", selectors.title)[0].get_text(" ") if selectors.title else None,
        published=_date_words(_required(soup, "published", selectors.published)[0]) if selectors.published else None,
        paragraphs=_paragraphs(_required(soup, "text", selectors.text)) if selectors.text else None,
        tree=parse_html(str(soup)) if selectors.drop and not selectors.text else None,
    )


def _find(soup: BeautifulSoup, field: str, css: str) -> list[Tag]:
    try:
        return [element for element in soup.select(css) if isinstance(element, Tag)]
    except (SelectorSyntaxError, ValueError, NotImplementedError, RecursionError) as error:
        first_line = str(error).partition("\n")[0]
        raise SelectorError("selector_invalid", f"`select.{field}` {css!r} is not CSS: {first_line}") from error


def _required(soup: BeautifulSoup, field: str, css: str) -> list[Tag]:
    found = [element for element in _find(soup, field, css) if _date_words(element).strip()]
    if not found:
        message = f"`select.{field}` {css!r} matches nothing with words; the page's layout may have changed, mend it"
        raise SelectorError("selector_missed", message)
    return found


def _date_words(element: Tag) -> str:
    return str(element.get("datetime") or element.get("content") or element.get_text(" "))


def _paragraphs(elements: list[Tag]) -> list[str]:
    """Each element once, though a selector may match an element and what it holds."""
    chosen = {id(element) for element in elements}
    tops = [element for element in elements if not any(id(parent) in chosen for parent in element.parents)]
    trees = [parse_html(str(element)) for element in tops]
    return read_paragraphs([tree for tree in trees if tree is not None])
