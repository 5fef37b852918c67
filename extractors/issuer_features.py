"""What speaks for or against each of those that a release names as its issuer."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import regex

from extractors.lexicon import common_words, word_lists
from extractors.sections import read_sections, section_at
from schemas.evidence import Section

Place = tuple[int, int]
"""Offsets of the first and behind the last character."""


class Subject(NamedTuple):
    """Somebody who may issue a release."""

    name: str
    places: tuple[Place, ...]
    """The mentions, in order."""
    kind: str
    """`person`, or the kind of the organisation."""


_HEAD = ("headline", "subhead", "dateline", "lead")
_NEXT = regex.compile(r"['’]s\b|s['’](?!\w)|[^\w\s]|\w+")
_WORD = regex.compile(r"\w+")
_DOMAIN = regex.compile(
    r"(?:@|www\.|https?://)(?:[\w\-]++\.){0,2}?([\w\-]{3,40})\.(?:com|org|net|gov|edu|io|co|ai|info|int|de|uk|eu|ca|au)\b"
)
_PARTY = regex.compile(r"\s?\((?:[RDI]|[\p{Lu}]{1,3})-\s?\p{Lu}")
_MOST = 20
"""Addresses, or sections of a kind, that are looked at: a release has fewer, and a hostile text costs no more."""
_WIRES = frozenset(
    ("prnewswire", "newswire", "mediawire", "newsdirect", "linkedin", "facebook", "twitter", "youtube", "instagram")
)


@cache
def _kind_words() -> frozenset[str]:
    """Words of names that say what kind of organisation bears them."""
    return frozenset().union(*(words for name, words in word_lists().items() if name.startswith("kind_")))


class Setting(NamedTuple):
    """What a release says before its issuer is looked for."""

    text: str
    sections: Sequence[Section]
    order: Mapping[str, Mapping[int, int]]
    """By the kind of section: where names start, and the how manieth each is."""
    domains: Mapping[str, int]
    abouts: Sequence[str]
    """Whom the boilerplates are about, in order."""
    mentions: int
    """Places where anybody is named."""
    openings: Mapping[str, Sequence[str]]
    """By the kind of section: how those begin that name the issuer, without their headings, in plain letters."""


def read_setting(text: str, title: str, subjects: Sequence[Subject]) -> Setting:
    """The sections of a text, and what of them tells who issues it."""
    starts = frozenset(start for subject in subjects for start, _ in subject.places)
    sections = read_sections(text, title if text.startswith(title) else "", starts)
    return Setting(
        text=text,
        sections=sections,
        order=_by_section(subjects, sections),
        domains=_domains(text),
        abouts=_abouts(text, subjects, sections),
        mentions=len(starts),
        openings=_openings(text, sections),
    )


def _by_section(subjects: Sequence[Subject], sections: Sequence[Section]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for start in sorted(start for subject in subjects for start, _ in subject.places):
        if section := section_at(sections, start):
            starts = found.setdefault(section.kind, {})
            starts.setdefault(start, len(starts))
    return found


def _domains(text: str) -> dict[str, int]:
    """Names in addresses of the text, and how often."""
    names = (match[1].casefold().replace("-", "") for match in _DOMAIN.finditer(text))
    return dict(Counter(name for name in names if name not in _WIRES).most_common(_MOST))


def _abouts(text: str, subjects: Sequence[Subject], sections: Sequence[Section]) -> list[str]:
    owners = {start: subject.name for subject in subjects for start, _ in reversed(subject.places)}
    found = []
    for section in sections:
        if section.kind == "boilerplate":
            line = text.find("\n", section.start, section.end)
            stop = min(section.start + 120, section.end if line < 0 else line)
            found += [owners[place] for place in range(section.start, stop) if place in owners][:1]
    return found


_HEADING = regex.compile(
    r"(?i)\W*(?:(?:media|press|company|investor|corporate) )?(?:contacts?|about|source)"
    r"(?: (?:details|information|the))?\W*"
)
_NAMING = ("contact", "dateline", "boilerplate", "furniture")


def _openings(text: str, sections: Sequence[Section]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for section in sections:
        if section.kind in _NAMING and (section.kind != "furniture" or section.rule == "source_line"):
            words = text[section.start : min(section.end, section.start + 160)]
            heading = _HEADING.match(words)
            found.setdefault(section.kind, []).append(_letters(words[heading.end() if heading else 0 :]))
    return {kind: openings[:_MOST] for kind, openings in found.items()}


def _letters(words: str) -> str:
    return "".join(_WORD.findall(words.casefold()))


def _named(setting: Setting, subject: Subject, side: str) -> Iterator[str]:
    """Sections that begin with the name, or have it soon; the names model may miss it where words run together."""
    forms = {_letters(setting.text[start:end]) for start, end in subject.places[:8]} | {_letters(subject.name)}
    forms = {form for form in forms if len(form) > 3}
    for kind, openings in setting.openings.items():
        if any(opening.startswith(form) for opening in openings for form in forms):
            yield f"{kind} begins with it/{side}"
        elif any(form in opening for opening in openings for form in forms):
            yield f"{kind} has it soon/{side}"


def read_features(setting: Setting, subject: Subject, rank: int) -> Iterator[str]:
    """Features of one who may be the issuer; `rank` is by the number of mentions."""
    person = subject.kind == "person"
    side = "person" if person else "org"
    yield from (f"kind={subject.kind}", f"rank={rank}/{side}", f"times={len(subject.places).bit_length()}/{side}")
    yield f"share={min(4, 6 * len(subject.places) // setting.mentions)}/{side}"
    yield from _about(setting, subject)
    yield from _named(setting, subject, side)
    yield f"domain={_domain(setting, subject)}/{side}"
    if not person:
        yield from sorted(f"word={word}" for word in _kind_words().intersection(_WORD.findall(subject.name)))
    places: dict[str, list[Place]] = {}
    for place in subject.places:
        if section := section_at(setting.sections, place[0]):
            places.setdefault(section.kind, []).append(place)
            if section.rule == "source_line" and section.kind == "furniture" and _after_source(setting.text, place[0]):
                yield "source line"
    yield from _tells(setting, subject, side, places)
    head = [kind for kind in _HEAD if kind in places]
    yield f"head={'+'.join(head)}/{side}"
    yield f"head={'+'.join(head)}/{subject.kind}"
    yield f"only={next(iter(places))}/{side}" if len(places) == 1 else f"many/{side}"
    for kind, inside in places.items():
        order = min(3, setting.order[kind][inside[0][0]])
        yield f"in {kind}/{side}"
        yield f"{kind} {order}/{side}"
        yield f"{kind} {order}/{subject.kind}"
    for kind in ("headline", "lead"):
        if inside := places.get(kind, []):
            yield from _beside(setting, inside[0], f"{kind}/{side}", setting.order[kind][inside[0][0]] == 0)
    if any(_PARTY.match(setting.text, end) for _, end in subject.places[:3]):
        yield f"party/{side}/{'headline' in places}/{rank}"


_VERB = regex.compile(
    r"(?:,? (?:today|has|have|is|was|are|will|also|officially|proudly|recently|this week))*,? "
    r"(announce[sd]?|release[sd]?|launch(?:es|ed)|unveil(?:s|ed)|introduce[sd]?|pleased|proud|excited"
    r"|thrilled|delighted|said"
    r"|reports?|reported|secure[sd]?|complete[sd]|opens?|opened|receive[sd]|issued|demands?|demanded|sent|applaud(?:s|ed))\b"
)
_BY = regex.compile(
    r"(?i:\b(?:announced|announcement|statement|issued|released|published|presented|report) (?:today )?"
    r"(?:by|from) (?:the )?)$"
)
_OFFICER = regex.compile(
    r"(?i:\b(?:ceo|founders?|president|chief|director|chair\w*|head|partner|manager|spokes\w+|officer|owner|attorney"
    r"|general|secretary|minister|commissioner|administrator)\b[^.\n]{0,40}"
    r"\b(?:of|at|for|with) (?:the )?)$"
)
_TOLD = regex.compile(r"[^\n]{0,250}?\b(?:made the announcement|announced today|today announced|announced the)\b")
_DEFINED = regex.compile(
    r"[^.\n]{0,60}?\((?:[^()\n]{0,40} or )?(?:the )?[\"“](?:the )?"
    r"(?:Company|Firm|Group|Issuer|Corporation|Bank|Trust|Fund|Foundation)\b"
)


def _tells(setting: Setting, subject: Subject, side: str, places: Mapping[str, Sequence[Place]]) -> Iterator[str]:
    """Signs that any of the first mentions may give: who announces, whose officers speak, whom the contact names."""
    text, found = setting.text, set()
    for start, end in subject.places[:8]:
        before = text[max(0, start - 80) : start]
        if verb := _VERB.match(text, end):
            found.add(f"verb={verb[1].casefold()}/{side}")
            found |= {f"verb/{side}", f"verb/{subject.kind}"}
        if _BY.search(before):
            found.add(f"announced by/{side}")
        if _OFFICER.search(before):
            found.add("officer of")
        if _TOLD.match(text, end):
            found.add(f"made the announcement/{subject.kind}")
        if _DEFINED.match(text, end):
            found.add("called the company")
    for start, _ in places.get("contact", ()):
        section = section_at(setting.sections, start)
        if section is not None and start - section.start < 45:
            found.add(f"contact begins/{side}/{'lead' in places}")
    yield from sorted(found)


_SOURCE = regex.compile(r"(?i:source)\s*:?\s*(?:the\s)?$")


def _after_source(text: str, start: int) -> bool:
    return _SOURCE.search(text, max(0, start - 14), start) is not None


def _about(setting: Setting, subject: Subject) -> Iterator[str]:
    if subject.name not in setting.abouts:
        yield f"about=no/{min(2, len(setting.abouts))}"
        return
    place = setting.abouts.index(subject.name)
    last = place == len(setting.abouts) - 1
    yield f"about={min(2, place)}/{'last' if last else 'more'}"
    yield f"about/{'lead' if _stands(setting, subject, 'lead') else 'no lead'}/{min(2, place)}"


def _stands(setting: Setting, subject: Subject, kind: str) -> bool:
    return any(start in setting.order.get(kind, ()) for start, _ in subject.places)


def _domain(setting: Setting, subject: Subject) -> str:
    """Whether addresses of the text are of that subject, by its name or its initials."""
    plain = _letters(subject.name)
    if len(plain) < 3:
        return "no"
    hits = [count for name, count in setting.domains.items() if plain.startswith(name) or name.startswith(plain[:12])]
    if hits:
        return "most" if max(hits) == max(setting.domains.values()) else "some"
    initials = "".join(word[0] for word in _WORD.findall(subject.name.casefold()))
    return "initials" if len(initials) > 2 and initials in setting.domains else "no"


def _beside(setting: Setting, place: Place, where: str, first: bool) -> Iterator[str]:
    """The words right after and right before a mention."""
    text, (start, end) = setting.text, place
    section = section_at(setting.sections, start)
    stop = section.end if section is not None else end
    following = [_plain(word) for word in _NEXT.findall(text, end, max(end, min(stop, end + 60)))[:4]]
    yield f"{where} next={' '.join(following[:1])}/{first}"
    yield from sorted({f"{where} soon={word}" for word in following if word.islower()})
    before = _NEXT.findall(text, max(0, start - 30), start)[-2:]
    yield f"{where} before={_plain(''.join(before[-1:]))}"
    if section is not None:
        yield f"{where} at={min(7, (start - section.start).bit_length())}"


def _plain(word: str) -> str:
    """A sign or a common word as it is, in small letters; any other word is `w`, a number is `0`.

    >>> _plain("Announces"), _plain("Kelvarro"), _plain("2025"), _plain(",")
    ('announces', 'w', '0', ',')
    """
    if word.isdigit():
        return "0"
    folded = word.casefold()
    return folded if not word.isalpha() or folded in common_words() else "w"
