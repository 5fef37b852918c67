"""Who holds which position where: chooses each person's title and employer, by weights learnt from annotated releases.

Candidates are the titles and organisations of the release. Each has features, which are mostly what stands between it
and the person; a linear model (`training/positions.py`) says which candidate fits best, or that none does.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import regex

from extractors.roles import Role

Place = tuple[int, int]
"""Offsets of the first and behind the last character."""


class Scene(NamedTuple):
    """What a release says of people and organisations."""

    text: str
    people: Sequence[Sequence[Place]]
    """The mentions of each person, in order."""
    organisations: Mapping[str, Sequence[Place]]
    """The mentions of each organisation, in order, by its name."""
    kinds: Mapping[str, str]
    """The kind of each organisation."""
    titles: Sequence[Place]
    """Words that the names model took for a title."""
    issuer: str | None
    """As far as the release says so plainly."""
    ruled: Sequence[Role]
    """What the rules say of each person."""


class Candidate(NamedTuple):
    """A title or an organisation; None stands for none of them."""

    value: str | None
    features: tuple[str, ...]
    place: Place | None = None


class Person(NamedTuple):
    """One of the people of a scene, and what was found out before the employer is looked for."""

    number: int
    title: Candidate
    speaker: str | None


class Sign(NamedTuple):
    """A name or title in the text: `P`erson, `O`rganisation or `T`itle."""

    start: int
    end: int
    letter: str


_REACH = 250
"""Characters between a person and a title, or an organisation whose place counts."""
_TOKEN = regex.compile(r"['’]s\b|s['’](?!\w)|\w+|[^\w\s]|\n+")
_SMALL_WORDS = "of at for with from in the a an and is was as by to our its who"
_KEPT = frozenset([*_SMALL_WORDS.split(), "'s", "s'", "’s", "s’", *",;:()-–—|."])
_MOST = 8
"""Words and signs in a gap that is told by them; a longer one is told by its length only."""


@cache
def _weights() -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = json.loads((files("extractors.data") / "positions.json").read_text("utf8"))
    return table


def find_roles(scene: Scene) -> list[Role]:
    """Title and employer of each person, in their order."""
    signs, speaker = read_signs(scene), find_speaker(scene)
    roles = []
    for number in range(len(scene.people)):
        title = choose(title_candidates(scene, signs, number), _weights()["title"])
        about = Person(number, title, speaker)
        employer = choose(employer_candidates(scene, signs, about), _weights()["employer"])
        roles.append(Role(title.value, employer.value))
    return roles


def find_speaker(scene: Scene) -> str | None:
    """The organisation that most likely speaks in the release: a guess, for want of an issuer that it names."""
    return choose(speaker_candidates(scene), _weights()["speaker"]).value


def choose(candidates: Sequence[Candidate], weights: Mapping[str, float]) -> Candidate:
    """The one whose features weigh most; the first of equal ones."""
    return max(candidates, key=lambda candidate: sum(weights.get(f, 0.0) for f in candidate.features))


def read_signs(scene: Scene) -> list[Sign]:
    """All names and titles of a scene in the order of the text."""
    people = [Sign(*place, "P") for places in scene.people for place in places]
    organisations = [Sign(*place, "O") for places in scene.organisations.values() for place in places]
    return sorted([*people, *organisations, *(Sign(*place, "T") for place in scene.titles)])


def read_gap(text: str, signs: Sequence[Sign], start: int, end: int) -> str:
    """What stands between two places, told by small words, punctuation and signs; any other word is `w`.

    >>> read_gap("Jane Roe, the new CEO of the Acme Group", [Sign(18, 21, "T")], 8, 29)
    ', the w T of the'
    """
    if end - start > _REACH:
        return "far"
    parts: list[str] = []
    inside = iter(signs[bisect_left(signs, (start,)) : bisect_left(signs, (end,))])
    place = start
    for sign in [*inside, Sign(end, end, "")]:
        if sign.start < place:
            continue
        for token in _TOKEN.findall(text, place, sign.start):
            word = "\n" if "\n" in token else token.casefold()
            part = word if word in _KEPT or word == "\n" else "w"
            if part != "w" or parts[-1:] != ["w"]:
                parts.append(part)
        parts.extend(sign.letter)
        place = sign.end
    return " ".join(parts) if len(parts) <= _MOST else "long"


def _nearest(mentions: Sequence[Place], others: Sequence[Place]) -> tuple[tuple[Place, Place] | None, ...]:
    """The closest pair of a mention and another place behind it, and the closest with the other before it."""
    after = before = None
    for mention in mentions:
        place = bisect_left(others, (mention[1],))
        if place < len(others) and (after is None or others[place][0] - mention[1] < after[1][0] - after[0][1]):
            after = (mention, others[place])
        place = bisect_right(others, mention) - 1
        if place >= 0 and others[place][1] <= mention[0]:
            other = others[place]
            if before is None or mention[0] - other[1] < before[0][0] - before[1][1]:
                before = (mention, other)
    return after, before


def _beside(text: str, signs: Sequence[Sign], mentions: Sequence[Place], others: Sequence[Place]) -> list[str]:
    """Features of where others stand with regard to a person's mentions, or to a title."""
    after, before = _nearest(mentions, others)
    features = []
    distances = [_REACH * 4]
    if after:
        distances.append(after[1][0] - after[0][1])
        features.append("after=" + read_gap(text, signs, after[0][1], after[1][0]))
    if before:
        distances.append(before[0][0] - before[1][1])
        features.append("before=" + read_gap(text, signs, before[1][1], before[0][0]))
    return [*features, f"near={min(distances).bit_length()}"]


_HEAD = regex.compile(r"^(?:[^,]*?)([\p{L}\-.]+)(?=,|\s(?:of|for|at|and|in|to)\b|$)")


def _head(title: str | None) -> str:
    """The word of a title that says what it is.

    >>> _head("Vice President of Sales"), _head("Senior Trial Attorney"), _head(None)
    ('president', 'attorney', '-')
    """
    if not title:
        return "-"
    match = _HEAD.match(title)
    return match[1].casefold().strip(".") if match else "?"


def title_candidates(scene: Scene, signs: Sequence[Sign], number: int) -> list[Candidate]:
    """None, the titles near the person's mentions, and what the rules say."""
    mentions, ruled = scene.people[number], scene.ruled[number].title
    candidates = [Candidate(None, ("none", f"none/ruled={bool(ruled)}"))]
    for place in scene.titles:
        beside = _beside(scene.text, signs, mentions, [place])
        if int(beside[-1].removeprefix("near=")) <= _REACH.bit_length():
            title = " ".join(scene.text[slice(*place)].split())
            candidates.append(Candidate(title, _title_features(scene, title, beside, ruled), place))
    if ruled and not any(candidate.value == ruled for candidate in candidates):
        alone = "with" if len(candidates) > 1 else "alone"
        features = ("ruled only", f"ruled {alone}", f"ruled head={_head(ruled)}", f"ruled words={_size(ruled)}")
        candidates.append(Candidate(ruled, features))
    return candidates


def _size(title: str) -> int:
    return min(len(title.split()), 8)


def _title_features(scene: Scene, title: str, beside: list[str], ruled: str | None) -> tuple[str, ...]:
    number = "many" if _head(title).endswith("s") else "one"
    agreed = "same" if ruled == title else "part" if ruled and title in ruled else "other" if ruled else "none"
    return (
        *beside,
        *(f"{feature}/{number}" for feature in beside),
        f"ruled={agreed}",
        f"words={_size(title)}",
        f"head={_head(title)}",
        f"times={min(scene.text.count(title), 3)}",
    )


_WORD = regex.compile(r"\p{Lu}[\p{L}\p{M}]+")


def employer_candidates(scene: Scene, signs: Sequence[Sign], person: Person) -> list[Candidate]:
    """None, and every organisation of the release."""
    head = _head(person.title.value)
    ruled = scene.ruled[person.number].organisation
    none = ("none", f"none/head={head}", f"none/ruled={bool(ruled)}", f"none/issuer={scene.issuer is not None}")
    candidates = [Candidate(None, none)]
    for name, places in scene.organisations.items():
        features = [
            *_beside(scene.text, signs, scene.people[person.number], places),
            f"ruled={ruled == name}/{ruled is None}",
        ]
        features += [*_by_title(scene, signs, person.title, name), f"times={min(5, len(places))}"]
        if places[0][0] < scene.text.find("\n\n"):
            features.append("in the headline")
        if name == scene.issuer:
            features += ["issuer", f"issuer/head={head}", f"issuer/{features[0]}", f"issuer/ruled={bool(ruled)}"]
        if name == person.speaker:
            near = next(feature for feature in features if feature.startswith("near="))
            features += ["speaker", f"speaker/head={head}", f"speaker/{near}", f"speaker/ruled={bool(ruled)}"]
        candidates.append(Candidate(name, tuple(features)))
    return candidates


def _by_title(scene: Scene, signs: Sequence[Sign], title: Candidate, name: str) -> list[str]:
    """Features of an organisation with regard to a person's title: where it stands, what words they share."""
    kind, head, places = scene.kinds[name], _head(title.value), scene.organisations[name]
    shared = min(2, len(set(_WORD.findall(title.value or "")).intersection(_WORD.findall(name))))
    features = [f"kind={kind}", f"kind={kind}/head={head}", f"shared={shared}", f"shared={shared}/head={head}"]
    if title.place:
        features += ["title " + feature for feature in _beside(scene.text, signs, [title.place], places)]
        if any(start < title.place[1] and title.place[0] < end for start, end in places):
            features.append("within the title")
    return features


_NEXT = regex.compile(r"\W*(\w+)")


def speaker_candidates(scene: Scene) -> list[Candidate]:
    """None, and every organisation of the release."""
    by_count = sorted(scene.organisations, key=lambda name: -len(scene.organisations[name]))
    by_place = sorted(scene.organisations, key=lambda name: scene.organisations[name][0])
    headline, body = scene.text.find("\n\n"), len(scene.text)
    candidates = [Candidate(None, ("none", f"none/issuer={scene.issuer is not None}"))]
    for name, places in scene.organisations.items():
        rank, order = min(3, by_count.index(name)), min(3, by_place.index(name))
        features = [f"rank={rank}", f"order={order}", f"rank={rank}/order={order}", f"kind={scene.kinds[name]}"]
        features += [f"times={min(8, len(places))}", f"issuer={name == scene.issuer}/{scene.issuer is None}"]
        features += [f"headline={places[0][0] < headline}", f"end={places[-1][1] > body * 0.85}"]
        words = (_NEXT.match(scene.text, end) for _, end in places[:3])
        features += sorted({f"next={word[1].casefold()}" for word in words if word})
        candidates.append(Candidate(name, tuple(features)))
    return candidates
