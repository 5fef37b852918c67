"""What stands before the body of a release: header, headline, subhead, dateline, lead."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex

from extractors.dateline import Dateline, find_datelines, read_dateline
from extractors.section_lines import (
    Label,
    Line,
    ends_sentence,
    goes_on,
    is_address,
    is_entry,
    is_noise,
    is_paragraph,
)  # fmt: skip


class Head(NamedTuple):
    """Labels of the lines before the lead, which is lines `lead` to `body` (exclusive)."""

    labels: list[Label]
    lead: int
    body: int
    dateline: Dateline | None
    """That of the lead, where its line begins with one."""


_MONTHS = r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\p{L}*\.?"
DATE_LINE = regex.compile(
    rf"(?:\p{{L}}+day,? )?"
    rf"(?:{_MONTHS} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}(?:st|nd|rd|th)? {_MONTHS},? \d{{4}}"
    rf"|\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}})(?:[ ,|–-]{{1,4}}\d{{1,2}}[:.]\d\d[^\n]{{0,12}})?\W{{0,3}}"
)
_OFFICE = regex.compile(
    r"\b(?i:minister|ministry|office of|department of|senator|mp|member for|attorney'?s? office|the hon|secretary"
    r"|government)\b"
)
_WORD = regex.compile(r"\w+")
_REACH = 60
"""Lines among which the lead is looked for; a page's menu may stand before it."""
_PARAGRAPHS_BEFORE = 2
_FRAGMENTS = 14
_SHORTEST_PART = 15
"""Characters of the first line of a headline that is set in several."""
_LABELS_ONLY = ("Author", "Published", "Posted")


def read_head(text: str, lines: Sequence[Line], title: str) -> Head:
    """The lines before the lead, and the lead itself."""
    titles = list(_find_titles(lines[:_REACH], title))
    lead, dateline = _find_lead(text, lines, set(titles))
    titles = [number for number in titles if number < lead]
    labels = _label(text, lines[:lead], titles)
    return Head(labels, lead, _end_of_lead(lines, lead), dateline)


def _fold(words: str) -> str:
    return " ".join(_WORD.findall(words.casefold()))


def is_title(words: str, title: str) -> bool:
    """Whether a line is the headline, or the headline with a site's name behind it, or without."""
    if len(words) > 400 or not title:
        return False
    line, wanted = _fold(words), _fold(title)
    if line == wanted:
        return True
    short, long = sorted((line, wanted), key=len)
    return len(short) >= 20 and long.startswith(short + " ") and len(long) - len(short) <= 60


def _find_titles(lines: Sequence[Line], title: str) -> Iterator[int]:
    """Numbers of the lines that are the headline, or that make it up together."""
    for number, line in enumerate(lines):
        if is_title(line.words, title):
            yield number
            continue
        if len(line.words) < _SHORTEST_PART or not _fold(title).startswith(_fold(line.words) + " "):
            continue
        for stop in range(number + 2, number + 5):
            if is_title(" ".join(part.words for part in lines[number:stop]), title):
                yield from range(number, min(stop, len(lines)))
                break


def _find_lead(text: str, lines: Sequence[Line], titles: set[int]) -> tuple[int, Dateline | None]:
    """Number of the line that the lead begins with, and its dateline."""
    reach = [number for number in range(min(len(lines), _REACH)) if number not in titles]
    paragraphs = [n for n in reach if _may_lead(lines, n)]
    dateline = read_dateline(text)
    if dateline:
        home = next((n for n in reach if lines[n].start <= dateline.first < lines[n].end), None)
        if home is not None and sum(n < home for n in paragraphs) <= _PARAGRAPHS_BEFORE:
            if dateline.last < lines[home].end:
                return home, dateline
            after = [n for n in reach if lines[n].end > dateline.last]
            starts = after[0] if after and lines[after[0]].start < dateline.last else None
            lead = next((n for n in paragraphs if n > home), after[0] if after else len(lines))
            return (starts, dateline) if starts is not None else (lead, None)
    if paragraphs:
        return paragraphs[0], None
    return next((n for n in reach if lines[n].sign is None), len(lines)), None


def _may_lead(lines: Sequence[Line], number: int) -> bool:
    line = lines[number]
    if line.sign is not None and line.sign.rule not in _WEAK:
        return False
    return is_paragraph(line) or (not ends_sentence(line) and _is_broken(lines, number))


_WEAK = frozenset(("copyright", "presumed_innocent", "disclaimer"))
"""Rules that look for words within a line, which a lead may have by chance."""


def _is_broken(lines: Sequence[Line], number: int) -> bool:
    """Whether a sentence begins here that goes on in one of the next lines."""
    words = lines[number].words
    following = lines[number + 1 : number + 3]
    return len(words) >= 15 and not words.isupper() and any(goes_on(line) and len(line.words) > 3 for line in following)


def _end_of_lead(lines: Sequence[Line], lead: int) -> int:
    """The lead is one line, or the lines of its first sentence where links broke it into pieces."""
    end = lead + 1
    while end < len(lines) and end - lead < _FRAGMENTS:
        broken = not ends_sentence(lines[end - 1]) and lines[end].sign is None
        if not (broken and (goes_on(lines[end]) or _is_broken(lines, end - 1) or _is_broken(lines, end))):
            break
        end += 1
    return min(end, len(lines))


def _label(text: str, lines: Sequence[Line], titles: Sequence[int]) -> list[Label]:
    alone = {dateline.first for dateline in find_datelines(text)}
    known: list[Label | None] = []
    contact = False
    for number, line in enumerate(lines):
        label = Label("headline", "title") if number in titles else _by_words(line, lines[number - 1 : number], alone)
        if label is None and contact and is_entry(line):
            label = Label("contact", "contact")
        contact = label is not None and label.kind == "contact"
        known.append(label)
    _name_contacts(lines, known)
    last = titles[-1] if titles else -1
    page = any(label is not None and label.kind == "furniture" for label in known[: last + 1])
    before = Label("furniture", "menu") if page else Label("header", "letterhead")
    return [
        label or (_letterhead(line) or before if number < last else Label("subhead", "subhead"))
        for number, (line, label) in enumerate(zip(lines, known, strict=True))
    ]


def _letterhead(line: Line) -> Label | None:
    return Label("header", "letterhead") if _OFFICE.search(line.words) else None


def _by_words(line: Line, before: Sequence[Line], datelines: set[int]) -> Label | None:
    if before and before[0].words.rstrip(":") in _LABELS_ONLY:
        return Label("header", "byline")
    if line.sign and line.sign.kind != "boilerplate":
        return Label(line.sign.kind, line.sign.rule)
    if DATE_LINE.fullmatch(line.words):
        return Label("header", "date_line")
    if line.start in datelines:
        return Label("dateline", "dateline")
    if is_noise(line):
        return Label("furniture", "noise")
    return Label("contact", "address") if is_address(line) else None


def _name_contacts(lines: Sequence[Line], known: list[Label | None]) -> None:
    """Names and titles right before an address belong to it."""
    for number, label in enumerate(known):
        if label is not None and label.rule == "address":
            back = number - 1
            while back >= 0 and number - back <= 3 and known[back] is None and is_entry(lines[back]):
                known[back] = label
                back -= 1
