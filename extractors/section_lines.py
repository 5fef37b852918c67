"""Lines of a release, cut where a line that lost its breaks holds several parts, and what a line looks like."""

from collections.abc import Container, Iterator
from typing import NamedTuple

import regex

from extractors.section_signs import SENTENCE_END, Sign, end_of_addresses, find_inside, has_address, read_sign
from schemas.values import SectionKind


class Line(NamedTuple):
    """A line, or a part of one: `text[start:end] == words`, without white space around it."""

    start: int
    end: int
    words: str
    sign: Sign | None


class Label(NamedTuple):
    """What a line is, by which rule; `opens` where a section of its own begins with it."""

    kind: SectionKind
    rule: str
    opens: bool = False


ABOUT = Sign("about", "boilerplate", "block")
SHORT = 100
"""Characters; entries of menus, names and addresses are shorter than this, paragraphs longer."""
_LINE = regex.compile(r"[^\n]+")
_ABOUT = regex.compile(SENTENCE_END + r"(?:About|ABOUT) (?:[Tt]he )?(?=[\p{Lu}\d])")
_PROFILE = regex.compile(
    r"(?P<name>\p{Lu}[^\n]{1,60}?)(?:,? ?\([^()\n]{1,40}\))?(?:\s?[:–-]\s|(?:\s?[:–-])?\s?(?:[Tt]he )?(?P=name)"
    r"|\s(?=(?:Founded|Established|Headquartered|Based|Since|Launched|Incorporated|Located|Owned|Formed|Created)\b))"
)
_STOP = regex.compile(r"[.!?:;…][\"”’'*_\]]*$|[\"”]$")
_MARKED = regex.compile(r"[*•·‣▪◦●\-–—]\s?\S")
_LOWER = regex.compile(r"[\"“(]?\p{Ll}")
_SIGNS = regex.compile(r"[^\p{L}\p{Nd}]*")
_NOISE = regex.compile(r"[^\p{L}\p{Nd}]*|\p{Nd}{1,4}|<?https?://\S+|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\p{L}")
_QUOTE_MARKS = regex.compile(r"[.,;:!?“”\"'’‘\-–—… \[\]]{1,3}")


def cut_lines(text: str, names: Container[int]) -> list[Line]:
    """All lines that are not blank, in order; `names` says where organisations and people are mentioned."""
    lines: list[Line] = []
    for match in _LINE.finditer(text):
        if not match[0].isspace():
            lines.extend(_cut(text, match.start(), match.end(), names))
    return lines


def _cut(text: str, start: int, end: int, names: Container[int]) -> Iterator[Line]:
    first = _line(text, start, end)
    cuts: dict[int, Sign] = {}
    if end - start > SHORT:
        cuts = dict(find_inside(text, first.start, first.end))
        cuts |= dict.fromkeys(_find_about(text, first, names), ABOUT)
    places = sorted(cuts)
    yield _line(text, start, places[0] if places else end)
    for place, stop in zip(places, [*places[1:], end], strict=False):
        last = stop
        if cuts[place].kind == "contact" and stop - place > 4 * SHORT:
            last = end_of_addresses(text, place, place + 3 * SHORT)
        yield _line(text, place, last)._replace(sign=cuts[place])
        if text[last:stop].strip():
            yield _line(text, last, stop)


def _line(text: str, start: int, end: int) -> Line:
    words = text[start:end]
    first = start + len(words) - len(words.lstrip())
    words = words.strip()
    return Line(first, first + len(words), words, read_sign(words))


def _find_about(text: str, line: Line, names: Container[int]) -> Iterator[int]:
    """`… opened. About Acme Acme is …`: a known name follows, or one that is said twice."""
    for match in _ABOUT.finditer(text, line.start + 1, line.end):
        if match.end() in names or _PROFILE.match(text, match.end(), min(line.end, match.end() + 200)):
            yield match.start()


def is_paragraph(line: Line) -> bool:
    """Whether it is long enough, or a sentence."""
    if _MARKED.match(line.words):
        return False
    return len(line.words) >= 2 * SHORT or (len(line.words) >= 45 and ends_sentence(line))


def ends_sentence(line: Line) -> bool:
    """Whether a full stop or the like ends it."""
    return _STOP.search(line.words, max(0, len(line.words) - 8)) is not None


def goes_on(line: Line) -> bool:
    """Whether it begins in the middle of a sentence."""
    return _LOWER.match(line.words) is not None


def is_noise(line: Line) -> bool:
    """Whether it says nothing: a lone sign, number, letter, address of a page or time stamp."""
    return _NOISE.fullmatch(line.words) is not None and _QUOTE_MARKS.fullmatch(line.words) is None


def is_empty(line: Line) -> bool:
    """Whether it has neither letters nor digits, but is no quotation mark or full stop that a link cut off."""
    return _SIGNS.fullmatch(line.words) is not None and _QUOTE_MARKS.fullmatch(line.words) is None


def is_entry(line: Line) -> bool:
    """Whether it may stand in a list of names or addresses."""
    return len(line.words) < SHORT and not (ends_sentence(line) and len(line.words) >= 40)


def is_address(line: Line) -> bool:
    """Whether it gives an e-mail address or telephone number, and little else."""
    return len(line.words) < 1.4 * SHORT and has_address(line.words) and not _says_more(line.words)


def _says_more(words: str) -> bool:
    return sum(word.isalpha() and word.islower() for word in words.split()) > 3
