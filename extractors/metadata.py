"""What a page says of itself: JSON-LD, microdata, RDFa, `<meta>`, `<time>` and headings."""

import html as entities
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import py3langid
from lxml.html import HtmlElement

from extractors.markup import in_furniture, read_paragraphs

_PASSED_THROUGH = ("@graph", "mainEntity", "mainEntityOfPage")
"""Keys below which a page's own article may stand; lists of related articles stand below others."""
_JSON_START = re.compile(r"[\[{]")
_LOOSE_PAIR = re.compile(r'"(headline|datePublished|dateCreated)"\s*:\s*"((?:[^"\\\n]|\\.){1,500})"')
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_AFTER_HEADING = re.compile(r"\s*[|–—:·•»«\-]\s")
_LAST_PART = re.compile(r"\s+[|–—·»\-]\s+[^|–—·»]{1,60}$")
_UPDATED = re.compile("update|modif|edit", re.I)
_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…)\s*$")

_FEWEST_CHARACTERS = 100
"""Shorter texts are in any language, as far as the statistics of letters can say."""


class Metadata(NamedTuple):
    """Candidates in the order in which they are trusted, in the page's own words."""

    titles: tuple[str, ...]
    dates: tuple[str, ...]
    urls: tuple[str, ...]
    languages: tuple[str, ...]


@cache
def _names() -> dict[str, list[str]]:
    names: dict[str, list[str]] = json.loads((files("extractors.data") / "page_metadata.json").read_text("utf8"))
    return names


def read_json_ld(script: str) -> dict[str, str]:
    """Title and date of the article that a JSON-LD script describes; {} where there is none. Broken JSON is searched.

    >>> read_json_ld('{"@graph": [{"@type": ["NewsArticle"], "headline": "New", "datePublished": "2025-04-10",}]}')
    {'headline': 'New', 'datePublished': '2025-04-10'}
    >>> read_json_ld('{"@type": "Article", "headline": "Cut off", "author": {')
    {'headline': 'Cut off'}
    """
    script = script.replace("<![CDATA[", "").replace("]]>", "")
    start, end = _JSON_START.search(script), max(script.rfind("}"), script.rfind("]")) + 1
    body = script[start.start() : end] if start else ""  # comment signs and semicolons stand around it
    try:
        nodes = list(_walk_json(json.loads(_TRAILING_COMMA.sub(r"\1", body), strict=False)))
    except (ValueError, RecursionError):
        pairs = _LOOSE_PAIR.findall(script)
        return {key: _unescape_json(words) for key, words in reversed(pairs)}
    order = _names()["article_types"]
    articles = [(min(map(order.index, kinds)), node) for node in nodes if (kinds := _types(node) & set(order))]
    best = min(articles, key=lambda article: article[0], default=(0, {}))[1]
    keys = (*_names()["title_keys"], *_names()["published_keys"])
    return {key: best[key] for key in keys if isinstance(best.get(key), str)}


def _unescape_json(words: str) -> str:
    try:
        return str(json.loads(f'"{words}"', strict=False))
    except ValueError:
        return words


def _walk_json(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting[:0] = node
        elif isinstance(node, dict):
            yield node
            waiting[:0] = [node[key] for key in _PASSED_THROUGH if key in node]


def _types(node: dict[str, Any]) -> set[str]:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return {re.split(r"[/#:]", kind)[-1] for kind in kinds if isinstance(kind, str)}


def read_metadata(tree: HtmlElement) -> Metadata:
    """Everything that a page says of its title, date, address and language."""
    meta = _meta_tags(tree)
    linked = [read_json_ld(script.text or "") for script in tree.iterfind(".//script[@type='application/ld+json']")]
    properties = _properties(tree)
    names = _names()
    titles = [found[key] for found in linked for key in names["title_keys"] if key in found]
    titles += [properties[key] for key in names["title_properties"] if key in properties]
    titles += [meta[key] for key in names["title_meta"] if key in meta]
    dates = [found[key] for found in linked for key in names["published_keys"] if key in found]
    dates += [properties[key] for key in names["published_properties"] if key in properties]
    dates += [meta[key] for key in names["published_meta"] if key in meta]
    canonical = [link.get("href", "") for link in tree.iterfind(".//link[@rel='canonical']")]
    languages = [tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""]
    return Metadata(
        titles=tuple(filter(None, map(_tidy, [*titles, *_headline(tree)]))),
        dates=(*dates, *_times(tree)),
        urls=tuple(url for url in (*canonical, meta.get("og:url", "")) if url.strip()),
        languages=(*languages, *(meta[key] for key in names["language_meta"] if key in meta)),
    )


def _tidy(title: str) -> str:
    """One line, with character references that were escaped twice resolved."""
    return " ".join(entities.unescape(title).split())


def _meta_tags(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        content = (tag.get("content") or "").strip()
        for attribute in ("property", "name", "http-equiv", "itemprop"):
            if content and (key := tag.get(attribute)):
                found.setdefault(key.strip().lower(), content)
    return found


def _properties(tree: HtmlElement) -> dict[str, str]:
    """First value of each microdata and RDFa property in the page's own part."""
    found: dict[str, str] = {}
    for element in tree.xpath("//body//*[@itemprop or @property]"):
        words = element.get("content") or element.get("datetime") or element.text_content()
        for key in f"{element.get('itemprop', '')} {element.get('property', '')}".lower().split():
            if key not in found and words.strip() and not in_furniture(element):
                found[key] = words
    return found


def _times(tree: HtmlElement) -> list[str]:
    """Dates of `<time>` elements, those beside the main heading first; later ones belong to other things."""
    times = [time for time in tree.iter("time") if not in_furniture(time) and not _is_update(time)]
    times.sort(key=lambda time: (time.get("pubdate") is None, not _in_article(time)))
    return [time.get("datetime") or time.text_content() for time in times[:1]]


def _is_update(time: HtmlElement) -> bool:
    nearest = [time, *time.iterancestors()][:2]
    return any(_UPDATED.search(f"{element.get('class', '')} {element.get('id', '')}") for element in nearest)


def _in_article(element: HtmlElement) -> bool:
    parents = list(element.iterancestors("article", "main"))
    return bool(parents) and parents[-1].find(".//h1") is not None


def _headings(tree: HtmlElement) -> list[str]:
    headings = [heading for heading in tree.iter("h1", "h2") if not in_furniture(heading)]
    return [words for heading in headings[:20] if (words := _words(heading))]


def _words(element: HtmlElement) -> str:
    """What an element shows, on one line; blocks and breaks within it divide words."""
    return _tidy(" ".join(read_paragraphs([element])) if len(element) else element.text or "")


def _headline(tree: HtmlElement) -> list[str]:
    """Titles from `<h1>` and `<title>`: of several headings the one that the page's title begins with."""
    page_title = _tidy(tree.findtext(".//head/title") or tree.findtext(".//title") or "")
    tops = [words for heading in tree.iter("h1") if (words := _words(heading))]
    named = [words for words in tops if page_title.startswith(words)]
    return [*named, *(tops if len(tops) == 1 else ()), _LAST_PART.sub("", page_title), *(tops or _headings(tree)[:1])]


def choose_title(tree: HtmlElement, candidates: tuple[str, ...]) -> str:
    """The most trusted title, as the page's own heading spells it; "" without candidates.

    Metadata adds the site's name or is cut off after so many characters; a heading is what a reader sees.
    """
    headings = _headings(tree)
    for title in candidates:
        for heading in headings:
            if _same_headline(title, heading):
                return heading
    return candidates[0] if candidates else ""


def _same_headline(title: str, heading: str) -> bool:
    cut = _ELLIPSIS.sub("", title)
    is_cut = heading.startswith(cut) and (cut != title or len(cut) > 60)
    return title == heading or is_cut or bool(title.startswith(heading) and _AFTER_HEADING.match(title, len(heading)))


def read_language(declared: Iterable[str], text: str) -> str | None:
    """ISO 639-1 code that the page declares, else the one that its words suggest; None for a few words.

    >>> read_language(["en-US"], ""), read_language(["x"], "")
    ('en', None)
    """
    for words in declared:
        code = re.split("[-_,; ]", words.strip().lower())[0]
        if len(code) == 2 and code.isascii() and code.isalpha():
            return code
    if len(text) < _FEWEST_CHARACTERS:
        return None
    code = str(py3langid.classify(text[:2000])[0])
    return code if len(code) == 2 else None
