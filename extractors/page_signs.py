"""What a page says of itself beside its text: it stands elsewhere, is not there, waits for a script, has PDFs."""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import accumulate, islice
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from extractors.address import choose_url, tidy_url
from extractors.encoding import decode
from extractors.markup import TooDeepError, in_furniture, parse_html, read_paragraphs, read_shown

_LONGEST_DELAY = 10
"""Seconds after which a refresh still moves a reader on; later ones reload a page that is read."""
_REFRESH = re.compile(r"\s*(\d{1,4}|(?=\.))[\d.]*(?:\s*[;,]|\s)\s*(?:url\s*=\s*)?(.*)", re.I | re.S)
"""HTML Standard, section 4.2.5.3, shared declarative refresh steps."""
_ATTACHED = (("a", "href"), ("object", "data"), ("embed", "src"), ("iframe", "src"))
_UNSEEN = frozenset({"noscript", "template", "svg"})
"""Elements whose metadata browsers do not act on."""
_TITLE_PARTS = re.compile(r"\s+[-–—]+\s+|\s*[|·•»«:/>]+\s*|[.!?…。！,]+(?:\s+|$)")
_EDGES = " .!?…。！,;:-–—\"'()"
_REACH = 10_000
"""Characters in which signs are looked for."""
_FIRST_PARAGRAPHS = 5
_SENTENCE = 40
"""Letters; shorter paragraphs are labels."""
_SPINNER = 50
"""Elements that a place for a script may hold beforehand."""
_LONGEST_NOT_FOUND = (600, 1500, 5000)
"""Characters of text that a page may show and yet be none: only its text says so, its title or heading, or both."""


@cache
def _data() -> dict[str, list[str]]:
    data: dict[str, list[str]] = json.loads((files("extractors.data") / "page_signs.json").read_text(encoding="utf8"))
    return data


@cache
def _sign(name: str) -> re.Pattern[str]:
    """Any row of one of the lists."""
    return re.compile("|".join(f"(?:{row})" for row in _data()[name]))


def read_refresh(body: bytes, base: str) -> str | None:
    """Where a page sends its reader within ten seconds (`<meta http-equiv=refresh>`), absolute; None where it stays.

    `base` is the page's own address. A page that only reloads itself, and what is no http(s) address, count as none.

    >>> read_refresh(b'<meta http-equiv="Refresh" content="0; url=../2">', "https://acme.example/news/1")
    'https://acme.example/2'
    >>> read_refresh(b'<meta http-equiv="refresh" content="300; url=/">', "https://acme.example/news/1")
    """
    tree = _tree(body, "refresh")
    for tag in _acting(tree, "meta"):
        found = _REFRESH.fullmatch(tag.get("content") or "") if _is(tag, "http-equiv", "refresh") else None
        if found and found[2].strip() and int(found[1] or "0") <= _LONGEST_DELAY:
            there = tidy_url(_unquote(found[2]), _base(tree, base))
            return there if there != tidy_url(base) else None
    return None


def read_canonical(body: bytes, base: str) -> str | None:
    """The address that a page gives for itself (`<link rel=canonical>`), absolute; None where it gives none.

    `base` is the address that it was fetched from. An address that would make many releases one (a home page, a
    section) counts as none, as in extractors.address.choose_url.

    >>> read_canonical(b'<link rel="canonical" href="/news/1">', "https://acme.example/news/1?from=feed")
    'https://acme.example/news/1'
    >>> read_canonical(b'<link rel="canonical" href="/">', "https://acme.example/news/1")
    """
    tree = _tree(body, "canonical")
    for tag in _acting(tree, "link"):
        there = (
            tidy_url(tag.get("href"), _base(tree, base)) if _is(tag, "rel", "canonical") and tag.get("href") else None
        )
        if there and choose_url([there], base) == there:
            return there
    return None


def read_attachments(body: bytes, base: str) -> list[str]:
    """The PDFs that a page links to or shows outside its menus, absolute and each once, in their order on the page.

    `base` is the page's own address. What a link without the ending `.pdf` leads to, only a request can tell.

    >>> read_attachments(b"<p><a href='7.pdf'>The release</a><nav><a href='terms.pdf'>Terms</a>", "https://acme.example/")
    ['https://acme.example/7.pdf']
    """
    tree = _tree(body, "pdf")
    found: dict[str, None] = {}
    for name, attribute in _ATTACHED:
        for tag in _acting(tree, name):
            there = tidy_url(tag.get(attribute) or "", _base(tree, base)) if tag.get(attribute) else None
            is_pdf = there and (urlsplit(there).path.lower().endswith(".pdf") or tag.get("type") == "application/pdf")
            if there and is_pdf and not in_furniture(tag):
                found.setdefault(there)
    return list(found)


def _tree(body: bytes, word: str = "") -> HtmlElement | None:
    """None where there is no page, or not the word."""
    markup = decode(body)
    try:
        return parse_html(markup) if "<" in markup and word in markup.lower() else None
    except TooDeepError:  # whoever reads the page says so
        return None


def _acting(tree: HtmlElement | None, name: str) -> Iterator[HtmlElement]:
    """Elements that a browser with scripts acts on."""
    tags = [] if tree is None else tree.iter(name)
    return (tag for tag in tags if not any(parent.tag in _UNSEEN for parent in tag.iterancestors()))


def _is(tag: HtmlElement, attribute: str, word: str) -> bool:
    return word in (tag.get(attribute) or "").lower().split()


def _base(tree: HtmlElement | None, base: str) -> str:
    declared = next((tag.get("href") for tag in _acting(tree, "base") if tag.get("href")), "")
    try:
        return tidy_url(urljoin(base, declared.strip())) or base
    except ValueError:
        return base


def _unquote(words: str) -> str:
    words = words.strip()
    return words[1:].partition(words[0])[0] if words[:1] in {'"', "'"} else words


def is_soft_404(body: bytes, title: str | None = None) -> bool:
    """Whether a page says, in any of some thirty languages, that what was asked for is not there.

    `title` is the one that a feed or listing gave: a page that bears it is there, unless it is such a notice itself.
    Long texts are releases, whatever their headings say.

    >>> is_soft_404(b"<title>Page not found | Acme</title><h1>Oops!</h1><p>Try our <a href='/'>home page</a>.")
    True
    >>> is_soft_404(b"<title>Acme found oil | Acme</title><h1>Acme found oil</h1><p>OSLO, May 4 - Acme found oil.")
    False
    """
    tree = _tree(body)
    return tree is not None and says_not_found(tree, title)


def says_not_found(tree: HtmlElement, title: str | None = None) -> bool:
    """As is_soft_404, for a page that is parsed."""
    page_title, headings = tree.findtext(".//title") or "", [tag.text_content() for tag in tree.iter("h1")]
    if title and not _is_notice(title) and _plain(title) in {*_parts(page_title), *map(_plain, headings)}:
        return False
    said = _says_not_found(page_title), any(map(_is_notice, headings))
    if not any(said) and _is_long(tree):
        return False
    shown = read_shown(tree)
    said = said[0], said[1] or any(map(_is_notice, shown[:_FIRST_PARAGRAPHS]))
    limit = _LONGEST_NOT_FOUND[sum(said)]
    text = _plain(" ".join(shown))
    return len(text) <= limit and (any(said) or bool(_sign("not_found_text").search(text)))


def _is_long(tree: HtmlElement) -> bool:
    """Whether paragraphs alone, without the words of their links, are more than a page that is not there may show."""
    paragraphs = (tag for tag in tree.iter("p") if not in_furniture(tag))
    words = (len(tag.text or "") + sum(len(child.tail or "") for child in tag) for tag in paragraphs)
    return any(total > _LONGEST_NOT_FOUND[1] for total in accumulate(words))


def _plain(words: str) -> str:
    """One line in lower case, with straight apostrophes, without signs at its ends."""
    return " ".join(words[:_REACH].lower().replace("’", "'").split()).strip(_EDGES)


def _parts(title: str) -> list[str]:
    """What separators divide in a title, and the title itself."""
    plain = _plain(title)
    return [plain, *(part for piece in _TITLE_PARTS.split(plain) if (part := piece.strip(_EDGES)))]


def _says_not_found(title: str) -> bool:
    return any(_sign("not_found_title").fullmatch(part) for part in _parts(title))


def _is_notice(words: str) -> bool:
    """Whether a line says this and nothing else."""
    parts = _parts(words)
    if not parts[0] or len(parts[0]) > 200:
        return False
    known = [bool(_sign("not_found_title").fullmatch(part)) for part in parts]
    others = (part for part, is_known in zip(parts[1:], known[1:], strict=True) if not is_known)
    return known[0] or (any(known) and all(_sign("filler").fullmatch(part) for part in others))


def needs_javascript(body: bytes) -> bool:
    """Whether a page is an empty shell that a script would fill, or a check for browsers that stands before the page.

    >>> needs_javascript(b"<title>Acme</title><div id=root></div><script src=/app.js></script>")
    True
    >>> needs_javascript(b"<p>Acme found oil off the coast of Norway on Monday.</p><script src=/app.js></script>")
    False
    """
    tree = _tree(body, "<script")
    return tree is not None and awaits_script(tree)


def awaits_script(tree: HtmlElement) -> bool:
    """As needs_javascript, for a page that is parsed."""
    shown = [_plain(words) for words in read_shown(tree)]
    is_prose = (sum(map(str.isalpha, words)) >= _SENTENCE and not _is_banner(words) for words in shown)
    if tree.find(".//script") is None or any(is_prose):
        return False
    unseen = (_plain(tag.text_content()) for tag in tree.iter("noscript"))
    return any(map(asks_for_browser, (*shown, *unseen))) or any(map(_is_mount, tree.iter(etree.Element)))


def asks_for_browser(text: str) -> bool:
    """Whether words ask for scripts, or for proof that a person reads.

    >>> asks_for_browser("Please enable JavaScript to view this page."), asks_for_browser("Acme opened a plant.")
    (True, False)
    """
    return bool(_sign("needs_script").search(_plain(text)))


def _is_banner(words: str) -> bool:
    return asks_for_browser(words) or bool(_sign("banner").search(words))


def _is_mount(element: HtmlElement) -> bool:
    """Whether an element waits for a script to fill it: a framework's, an unknown one, or all that the body holds."""
    name, parent = (element.get("id") or "").lower(), element.getparent()
    is_top = parent is not None and parent.tag == "body" and element.tag in {"div", "main", "section"}
    is_named = "-" in element.tag or name in _data()["mounts"] or (is_top and bool(name))
    return is_named and not in_furniture(element) and _is_empty(element)


def _is_empty(element: HtmlElement) -> bool:
    """Whether an element shows nothing, but perhaps that it is loading."""
    inner = list(islice(element.iterdescendants(), _SPINNER + 1))
    shown = _plain(" ".join(read_paragraphs([element]))) if len(inner) <= _SPINNER else "more"
    return not shown or bool(_sign("banner").search(shown))
