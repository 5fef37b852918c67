"""The parts of a release: every line that is not blank belongs to one section."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

import regex

from extractors.dateline import Dateline
from extractors.section_head import DATE_LINE, Head, is_title, read_head
from extractors.section_lines import (
    SHORT,
    Label,
    Line,
    cut_lines,
    ends_sentence,
    goes_on,
    is_address,
    is_empty,
    is_entry,
    is_noise,
)  # fmt: skip
from extractors.section_signs import Sign
from schemas.evidence import Section
from schemas.values import SectionKind

_RUN_ON = 1_800
"""Characters; a longer first paragraph has lost its breaks, and its first sentence alone is the lead."""
_SENTENCE = regex.compile(
    r"(?<=[.!?][\"”’)]?)(?<!\b(?:\p{Lu}|Mr|Ms|Dr|Mrs|Sen|Sens|Rep|Reps|Inc|Corp|Ltd|Co|St|Jr|Sr|Gov|Lt|Gen|Hon|No|vs)\.)"
    r"\s+(?=[\p{Lu}\"“‘])"
)
PROFILE = regex.compile(
    r"(?:(?:Founded|Established|Headquartered|Incorporated|Based) (?:in|by)\b|(?:The )?\p{Lu}[^\n.!?“\"]{1,80}?\s"
    r"(?:is|are) (?:an?|the|one of|among)\b[^\n.“\"]{0,160}\b(?:compan(?:y|ies)|firm|provider|leader|organi[sz]ation"
    r"|agency|platform|manufacturer|developer|association|foundation|nonprofit|non-profit|charity|producer|supplier"
    r"|broker(?:-owner)?|operator|network|exchange|bank|institute)\b)"
)
_LISTED_FROM = 0.3
"""Share of a text after which a list of other posts may begin."""


@lru_cache(maxsize=2)  # the issuer and the record ask in turn for the same release
def read_sections(text: str, title: str = "", names: frozenset[int] = frozenset()) -> tuple[Section, ...]:
    """All sections of a text, in order and without overlap; together they cover every line that is not blank.

    `title` is the headline where it is known, `names` says where organisations and people are mentioned.

    >>> text = "Plant opens\\n\\nOSLO, 3 May 2025 – Acme opened a plant.\\n\\nAbout Acme\\n\\nAcme makes tools."
    >>> [(section.kind, text[section.start : section.end]) for section in read_sections(text)][1:3]
    [('dateline', 'OSLO, 3 May 2025 –'), ('lead', 'Acme opened a plant.')]
    >>> read_sections(text)[-1].kind
    'boilerplate'
    """
    lines = cut_lines(text, names)
    head = read_head(text, lines, title or _guess_title(lines))
    labels = [*head.labels, *[Label("lead", "lead")] * (head.body - head.lead)]
    labels += _label_rest(lines, head.body, len(text))
    _tidy(lines, labels, head.body, title or _guess_title(lines))
    return tuple(_join(_split_lead(text, lines, labels, head)))


def _guess_title(lines: Sequence[Line]) -> str:
    """The first line that is no header's, where it may be a headline."""
    first = next((number for number, line in enumerate(lines) if not line.sign or line.sign.kind != "header"), 0)
    if len(lines) < first + 2 or lines[first].sign or len(lines[first].words) > 3 * SHORT:
        return ""
    return "" if lines[first].words.endswith(".") else lines[first].words


def section_at(sections: Sequence[Section], start: int) -> Section | None:
    """The section in which a character stands; None between sections and behind the last."""
    number = bisect_right(sections, start, key=lambda section: section.start) - 1
    return sections[number] if number >= 0 and start < sections[number].end else None


def kind_at(sections: Sequence[Section], start: int) -> SectionKind | None:
    """The kind of that section."""
    section = section_at(sections, start)
    return section.kind if section else None


def _label_rest(lines: Sequence[Line], first: int, size: int) -> list[Label]:
    """Labels of the lines behind the lead: each sign holds as far as its row says."""
    labels: list[Label] = []
    block: Label | None = None
    ended = False
    for number in range(first, len(lines)):
        line, sign = lines[number], lines[number].sign
        if block is not None and block.rule == "listing" and not _ends_listing(lines, number):
            label = block
        elif sign is not None and not (sign.holds == "rest" and line.start < _LISTED_FROM * size):
            label = _signed(sign)
            ended = ended or sign.holds == "end"
            if sign.holds != "line":
                block = None if sign.holds == "end" else label._replace(opens=False)
        else:
            label = _unsigned(lines, number, block, ended)
            if label.rule == "address" or (block is not None and block.kind == "contact" and label.kind != "contact"):
                block = label if label.kind == "contact" else None
        labels.append(label)
    return labels


def _signed(sign: Sign) -> Label:
    """A header's words behind the lead are a menu's, but for those that only a header has."""
    if sign.kind == "header" and sign.rule not in ("embargo", "release_line"):
        return Label("furniture", "menu")
    return Label(sign.kind, sign.rule, sign.holds != "line")


def _ends_listing(lines: Sequence[Line], number: int) -> bool:
    """Whether the release goes on after a list of other posts, which is rare."""
    sign, after = lines[number].sign, lines[number + 1 : number + 2]
    if sign is None or sign.holds != "block" or sign.kind == "contact":
        return False
    return max(len(line.words) for line in (lines[number], *after)) > SHORT


def _unsigned(lines: Sequence[Line], number: int, block: Label | None, ended: bool) -> Label:
    """What a line is that has no sign of its own."""
    line, address = lines[number], Label("contact", "address")
    initial = line.words.isalpha() and any(map(goes_on, lines[number + 1 : number + 2]))  # a large first letter
    if is_empty(line) or (is_noise(line) and not initial and not (block and block.kind in ("contact", "notes"))):
        return Label("furniture", "noise")
    if block is not None and block.kind != "contact":
        return address if is_address(line) and block.kind != "notes" else block
    if is_address(line) or (block is not None and _belongs(lines, number)):
        return block or address
    if ended and PROFILE.match(line.words):
        return Label("boilerplate", "profile", opens=True)
    if ended:
        return Label("notes", "after_end") if len(line.words) > SHORT else Label("furniture", "after_end")
    return Label("body", "body")


def _belongs(lines: Sequence[Line], number: int) -> bool:
    """Whether an entry belongs to a contact block: an address is near, or the block has just begun."""
    near = lines[max(0, number - 3) : number]
    begins = any(line.sign is not None and line.sign.kind == "contact" for line in near)
    return is_entry(lines[number]) and (begins or any(map(is_address, (*near[-1:], *lines[number : number + 4]))))


def _tidy(lines: Sequence[Line], labels: list[Label], first: int, title: str) -> None:
    """What only its neighbours tell: names before an address, entries among furniture, a profile without a heading."""
    for number in range(first, len(labels)):
        if labels[number].kind == "contact" and labels[number - 1].kind == "body":
            _reach_back(lines, labels, first, number)
    body = [n for n in range(first, len(labels)) if labels[n].kind == "body"]
    told = [n for n in body if len(lines[n].words) >= SHORT or (ends_sentence(lines[n]) and len(lines[n].words) > 40)]
    last = told[-1] if told else first - 1
    furniture = next((n for n in range(last + 1, len(labels)) if labels[n].kind == "furniture"), len(labels))
    for number in body:
        if number > min(furniture, last) and (number > furniture or is_title(lines[number].words, title)):
            labels[number] = Label("furniture", "menu")
    if len(told) > 2 and PROFILE.match(lines[last].words) and lines[last].sign is None:
        labels[last] = Label("boilerplate", "profile", opens=True)


def _reach_back(lines: Sequence[Line], labels: list[Label], first: int, number: int) -> None:
    """Names and titles before an address, date and place of a signature before a contact."""
    for back in range(number - 1, max(first, number - 4) - 1, -1):
        words = lines[back].words
        signature = DATE_LINE.fullmatch(words) or (words.isupper() and len(words) < 30)
        named = labels[number].rule == "address" and is_entry(lines[back]) and not ends_sentence(lines[back])
        if labels[back].kind != "body" or not (named or signature):
            break
        labels[back] = labels[number]


def _split_lead(text: str, lines: Sequence[Line], labels: Sequence[Label], head: Head) -> Iterator[tuple[Line, Label]]:
    """The lines with their labels; the lead without its dateline, and without what follows its first sentence."""
    for number, (line, label) in enumerate(zip(lines, labels, strict=True)):
        if number == head.lead:
            yield from _cut_lead(text, line, label, head.dateline)
        else:
            yield line, label


def _cut_lead(text: str, line: Line, label: Label, dateline: Dateline | None) -> Iterator[tuple[Line, Label]]:
    start = line.start
    if dateline and line.start < dateline.last <= line.end and dateline.first < line.end:
        yield line._replace(end=dateline.last), Label("dateline", "dateline")
        start = line.end - len(text[dateline.last : line.end].lstrip())
    if start >= line.end:
        return
    cut_off = "\n" not in text[line.end - 1 : line.end + 2] and line.end + 2 < len(text)
    run_on = line.end - start > (_RUN_ON / 3 if cut_off else _RUN_ON)
    stop = _SENTENCE.search(text, min(line.end, start + 40), line.end) if run_on else None
    yield line._replace(start=start, end=stop.start() if stop else line.end), label
    if stop:
        yield line._replace(start=stop.end()), Label("body", "run_on")


def _join(labelled: Iterator[tuple[Line, Label]]) -> Iterator[Section]:
    """One section for neighbours of one kind, but one for each `About …`."""
    kind: SectionKind | None = None
    start = end = 0
    rule = ""
    for line, label in labelled:
        if kind is not None and (label.kind != kind or (label.opens and kind == "boilerplate")):
            yield Section(kind=kind, start=start, end=end, rule=rule)
            kind = None
        if kind is None:
            kind, start, rule = label.kind, line.start, label.rule
        end = line.end
    if kind is not None:
        yield Section(kind=kind, start=start, end=end, rule=rule)
