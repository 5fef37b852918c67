"""HTML, plain text or PDF → Release: the one place where the text of a release is made."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import NamedTuple

from lxml.html import HtmlElement

from extractors.address import choose_url, tidy_url
from extractors.encoding import decode, find_signature
from extractors.markup import TooDeepError, parse_html
from extractors.metadata import choose_title, read_language, read_metadata
from extractors.page_signs import asks_for_browser, awaits_script, says_not_found
from extractors.pdf import PdfError, is_pdf, read_pdf
from extractors.published import EARLIEST, guess_published, read_published
from extractors.selectors import Picked, SelectorError, pick
from extractors.text_parts import find_whole_text
from schemas.page import FetchedPage
from schemas.release import Release
from schemas.source import Selectors, Source
from schemas.values import derive_id

_HTML_TYPES = frozenset(
    {"text/html", "application/xhtml+xml", "application/xml", "text/xml", "application/octet-stream"}
)
_TEXT_TYPES = frozenset({"text/plain", "text/markdown"})
_BLANK = b" \t\r\n\f\v\0\xef\xbb\xbf\xff\xfe"
_FEED = re.compile(r"<(?:rss|feed|urlset|sitemapindex|rdf:rdf)[\s>]")
_LONGEST_NOTICE = 400
"""Characters; a longer text that speaks of such things is a release about them."""
_FEWEST_LETTERS = 15
_TITLE_REACH = 5
"""Paragraphs among which a title is looked for: date, place and kicker may stand before it."""
_LONGEST_TITLE = 300
_WRAPPED_LINE = 100
"""Characters; the lines of texts that are broken at a margin are shorter."""
# Line ends of every system, Unicode's included; a paragraph separator is an empty line.
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028]")
_SPACE = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Controls, invisible format characters and Unicode's noncharacters; the two joiners stay, since they spell words.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef"
    "\ufeff\ufff9-\ufffc\ufffe\uffff\U000e0000-\U000e007f"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(1, 17))
    + "]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def _clean(text: str) -> str:
    """Only characters that can be seen, plain spaces and line feeds; at most one blank line in a row."""
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = _LINE_END.sub("\n", text).replace("\u2029", "\n\n")
    text = _INVISIBLE.sub("", _SPACE.sub(" ", text))
    lines = "\n".join(line.rstrip(" ") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def make_text(title: str, body: str) -> str:
    """The text of a release: title on one line, blank line, body; the title is left out where it is empty.

    Line breaks inside the body stay. Making the text of a text changes nothing. A lone surrogate becomes U+FFFD.

    >>> make_text(" New\\xa0bridge\\n opens ", "OSLO –\\r\\nToday. \\n\\n\\n\\nMore\\x00.")
    'New bridge opens\\n\\nOSLO –\\nToday.\\n\\nMore.'
    >>> make_text("", "Body alone.")
    'Body alone.'
    """
    return "\n\n".join(part for part in (make_title(title), _clean(body)) if part)


def make_title(title: str) -> str:
    """A title on one line, cleaned as in the text.

    >>> make_title(" New\\xa0bridge\\n opens ")
    'New bridge opens'
    """
    return " ".join(_clean(title).split())


class PageError(ValueError):
    """A page without a release that can be read; `code` is for counting, the message for a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)  # both, so that it can be pickled
        self.code = code
        self.message = message

    def __str__(self) -> str:
        """The message alone."""
        return self.message


class Origin(NamedTuple):
    """What is known of a document from elsewhere."""

    name: str
    """URL or path, for messages; part of the id of a release whose URL nobody says."""
    url: str | None = None
    content_type: str | None = None
    hint: dt.date | None = None
    """Date of publication from a feed or a caller; used where the page gives none."""
    latest: dt.date = dt.date.max
    """Later dates of publication are taken for mistakes."""
    title: str | None = None
    """The title that a feed or listing gave."""


def read_page(page: FetchedPage, source: Source) -> Release:
    """The release that a fetched page holds.

    The source's own selectors are trusted most, then the page's metadata, then what its markup suggests. Raises
    PageError with code `http_…`, `empty`, `binary`, `unsupported_type`, `not_html`, `too_deep`, `soft_404`,
    `selector_invalid`, `selector_missed`, `needs_browser` or `no_text`, of PDFs also `encrypted`, `scanned`,
    `broken` or `too_large`; never gives an empty release.

    >>> from schemas.source import Link
    >>> link = Link(source="acme", url="https://acme.example/1")
    >>> body = b"<title>Acme opens plant</title><h1>Acme opens plant</h1><p>OSLO, 10 April 2025 - Acme opened a plant."
    >>> at = dt.datetime(2025, 4, 11, tzinfo=dt.UTC)
    >>> page = FetchedPage(link=link, final_url=link.url, status=200, fetched_at=at, body=body)
    >>> read_page(page, Source(name="acme", url="https://acme.example/", discover="listing")).text
    'Acme opens plant\\n\\nOSLO, 10 April 2025 - Acme opened a plant.'
    """
    if page.status >= 400:
        raise PageError(f"http_{page.status}", f"{page.final_url}: the server answered {page.status}; fetch it again")
    latest = page.fetched_at.date() + dt.timedelta(days=1)
    origin = Origin(page.final_url, page.final_url, page.content_type, page.link.published, latest, page.link.title)
    release = read_document(page.body, origin, source)
    title = release.title or make_title(page.link.title or "")
    if not release.title and title:  # a plain text without a title of its own
        release = release.model_copy(update={"title": title, "text": make_text(title, release.text)})
    return release.model_copy(update={"page_sha256": page.sha256})


def read_document(body: bytes, origin: Origin, source: Source) -> Release:
    """The release in the bytes of a page, plain text or PDF. Raises PageError as read_page does."""
    if not body.strip(_BLANK):
        raise PageError("empty", f"{origin.name}: has no content; fetch or save it again")
    if is_pdf(body):
        return _read_pdf(body, origin, source)
    if kind := find_signature(body):
        code = "binary" if kind == "binary" else "unsupported_type"
        raise PageError(code, f"{origin.name}: is {kind}, no web page; give a page or its text instead")
    media_type = (origin.content_type or "").partition(";")[0].strip().lower()
    if media_type and media_type not in _HTML_TYPES | _TEXT_TYPES:
        raise PageError("unsupported_type", f"{origin.name}: is {media_type}, no web page; leave such links out")
    text = decode(body, origin.content_type)
    if media_type in _TEXT_TYPES:
        return read_text(text, origin, source)
    return read_html(text, origin, source)


def _read_pdf(body: bytes, origin: Origin, source: Source) -> Release:
    """The release that a PDF holds; a feed's date is trusted more than the file's own."""
    try:
        pdf = read_pdf(body, origin.title or "")
    except PdfError as error:
        raise PageError(error.code, f"{origin.name}: {error.message}") from error
    text = make_text("", "\n\n".join(pdf.paragraphs))
    title, text = (pdf.title, text) if pdf.title else split_title(text)
    language = source.language or read_language((), text)
    published = _published(pdf.dates, origin, source.country, language) or origin.hint
    published = published or _published(filter(None, [pdf.created]), origin, source.country, language)
    return make_release(Parts(title, text, None, published, language), origin, source)


def read_text(text: str, origin: Origin, source: Source) -> Release:
    """A plain text, whose first line is its title where a blank line or a much longer line follows it.

    Raises PageError `no_text`.
    """
    title, body = split_title(make_text("", text))
    if not body:
        raise PageError("no_text", f"{origin.name}: has no words; leave it out")
    language = source.language or read_language((), body)
    return make_release(Parts(title, body, language=language), origin, source)


def split_title(text: str) -> tuple[str, str]:
    """First line and the rest, or "" and the text where its first line reads like the start of a paragraph.

    >>> split_title("Bridge opens\\n\\nOSLO – It opened."), split_title("It opened\\non Monday.")
    (('Bridge opens', 'OSLO – It opened.'), ('', 'It opened\\non Monday.'))
    """
    first, _, rest = text.partition("\n")
    second = rest.partition("\n")[0]
    is_title = 0 < len(first) <= _LONGEST_TITLE and bool(rest) and (not second or len(second) > _WRAPPED_LINE)
    return (first, rest.strip()) if is_title else ("", text)


def read_html(markup: str, origin: Origin, source: Source) -> Release:
    """The release in a page's characters. Raises PageError as read_page does."""
    start = markup[:2000].lower()
    tree = _parse(markup, origin) if "<" in markup else None
    if tree is None or (_FEED.search(start) and "<html" not in start):
        raise PageError("not_html", f"{origin.name}: has no HTML; name pages of releases, not feeds or data")
    if says_not_found(tree, origin.title):
        raise PageError(
            "soft_404", f"{origin.name}: says that it was not found, though the server sent it; leave it out"
        )
    metadata = read_metadata(tree)
    picked = _pick(markup, origin, source.select)
    title = make_title(picked.title or choose_title(tree, metadata.titles))
    body = _body(tree if picked.tree is None else picked.tree, picked.paragraphs, title, origin)
    language = source.language or read_language(metadata.languages, body)
    url = choose_url(metadata.urls, origin.url)
    stated = metadata.dates if picked.published is None else [picked.published]
    published = _published(stated, origin, source.country, language)
    if picked.published is not None and published is None:
        message = f"{origin.name}: `select.published` finds no date in {picked.published[:60]!r}; mend the selector"
        raise PageError("selector_missed", message)
    published = published or origin.hint or guess_published(tree, url, origin.latest, source.country, language)
    return make_release(Parts(title, body, url, published, language), origin, source)


def _parse(markup: str, origin: Origin) -> HtmlElement | None:
    try:
        return parse_html(markup)
    except TooDeepError as error:
        raise PageError("too_deep", f"{origin.name}: {error}; save its text in a file of its own") from error


def _pick(markup: str, origin: Origin, selectors: Selectors) -> Picked:
    if selectors == Selectors():
        return Picked()
    try:
        return pick(markup, selectors)
    except SelectorError as error:
        raise PageError(error.code, f"{origin.name}: {error.message}") from error


def _body(tree: HtmlElement, picked: list[str] | None, title: str, origin: Origin) -> str:
    """The main text without its title. Raises PageError where there is none."""
    try:
        paragraphs = find_whole_text(tree) if picked is None else picked
    except TooDeepError as error:
        raise PageError("too_deep", f"{origin.name}: {error}; name its text in the source's `select.text`") from error
    body = make_text("", "\n\n".join(_without_title(paragraphs, title)))
    is_text = sum(map(str.isalpha, body)) >= _FEWEST_LETTERS
    if picked is None and (_is_browser_check(body) if is_text else awaits_script(tree)):
        message = f"shows its text to scripts or people only: {body[:80]!r}; set `render` in its source or leave it out"
        raise PageError("needs_browser", f"{origin.name}: {message}")
    if not is_text:
        raise PageError("no_text", f"{origin.name}: no main text found; name it in the source's `select.text`")
    return body


def _is_browser_check(body: str) -> bool:
    return len(body) < _LONGEST_NOTICE and asks_for_browser(body)


def _without_title(paragraphs: list[str], title: str) -> list[str]:
    """The paragraphs after the title, and those before it (a date, a place) without it."""
    plain = _letters(title)
    return [text for n, text in enumerate(paragraphs) if n >= _TITLE_REACH or not plain or _letters(text) != plain]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _published(dates: Iterable[str], origin: Origin, country: str | None, language: str | None) -> dt.date | None:
    days = (read_published(words, country, language) for words in dates)
    return next((day for day in days if day and EARLIEST <= day <= origin.latest), None)


class Parts(NamedTuple):
    """What a reader found in a document."""

    title: str
    body: str
    url: str | None = None
    published: dt.date | None = None
    language: str | None = None


def make_release(parts: Parts, origin: Origin, source: Source) -> Release:
    """A release whose id comes from its source and its URL, or its name where it has none."""
    url = parts.url or (tidy_url(origin.url) if origin.url else None)
    return Release(
        id=derive_id("release", source.name, url or origin.name),
        source=source.name,
        url=url,
        title=make_title(parts.title),
        published=parts.published or origin.hint,
        language=parts.language or source.language,
        country=source.country,
        issuer=source.issuer,
        text=make_text(parts.title, parts.body),
    )
