"""Who holds which position where: chooses each person's title and employer, by weights learnt from annotated releases.

Candidates are the titles and organisations of the release. Each has features, which are mostly what stands between it
and the person; a linear model (`training/positions.py`) says which candidate fits best, or that none does.
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import regex

from extractors.beside import REACH, Place, Sign, beside, nearest
from extractors.roles import Role


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
    """Who most likely issues the release."""
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


@cache
def _weights() -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = json.loads((files("extractors.data") / "positions.json").read_text("utf8"))
    return table


def find_roles(scene: Scene) -> list[Role]:
    """Title and employer of each person, in their order."""
    signs = read_signs(scene)
    roles = []
    for number in range(len(scene.people)):
        titles = title_candidates(scene, signs, number)
        title = choose(titles, _weights()["title"])
        about = Person(number, title)
        employers = employer_candidates(scene, signs, about)
        employer = choose(employers, _weights()["employer"])
        certainty = certainty_of(titles, _weights()["title"]), certainty_of(employers, _weights()["employer"])
        roles.append(Role(title.value, employer.value, certainty))
    return roles


def choose(candidates: Sequence[Candidate], weights: Mapping[str, float]) -> Candidate:
    """The one whose features weigh most; the first of equal ones."""
    return max(candidates, key=lambda candidate: _weigh(candidate, weights))


def _weigh(candidate: Candidate, weights: Mapping[str, float]) -> float:
    return sum(weights.get(feature, 0.0) for feature in candidate.features)


def certainty_of(candidates: Sequence[Candidate], weights: Mapping[str, float]) -> float:
    """The share, 0 to 1, that the chosen one has of all candidates by their weights (softmax)."""
    sums = [_weigh(candidate, weights) for candidate in candidates]
    return 1 / sum(math.exp(one - max(sums)) for one in sums)


def read_signs(scene: Scene) -> list[Sign]:
    """All names and titles of a scene in the order of the text."""
    people = [Sign(*place, "P") for places in scene.people for place in places]
    organisations = [Sign(*place, "O") for places in scene.organisations.values() for place in places]
    return sorted([*people, *organisations, *(Sign(*place, "T") for place in scene.titles)])


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
        near = beside(scene.text, signs, mentions, [place])
        if int(near[-1].removeprefix("near=")) <= REACH.bit_length():
            title = " ".join(scene.text[slice(*place)].split())
            candidates.append(Candidate(title, _title_features(scene, title, near, ruled), place))
    if ruled and not any(candidate.value == ruled for candidate in candidates):
        alone = "with" if len(candidates) > 1 else "alone"
        features = ("ruled only", f"ruled {alone}", f"ruled head={_head(ruled)}", f"ruled words={_size(ruled)}")
        candidates.append(Candidate(ruled, features))
    return candidates


def _size(title: str) -> int:
    return min(len(title.split()), 8)


def _title_features(scene: Scene, title: str, near: list[str], ruled: str | None) -> tuple[str, ...]:
    number = "many" if _head(title).endswith("s") else "one"
    agreed = "same" if ruled == title else "part" if ruled and title in ruled else "other" if ruled else "none"
    return (
        *near,
        *(f"{feature}/{number}" for feature in near),
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
    mentions = scene.people[person.number]
    fullest = max(mentions, key=lambda place: place[1] - place[0])
    surname, domains = scene.text[slice(*fullest)].split()[-1], _domains(scene.text, mentions)
    known = (f"head={head}", f"ruled={bool(ruled)}")
    none = ("none", *(f"none/{fact}" for fact in known), f"none/issuer={scene.issuer is not None}")
    candidates = [Candidate(None, none)]
    order = _by_distance(mentions, scene.organisations)
    for name, places in scene.organisations.items():
        near = beside(scene.text, signs, mentions, places)
        features = [
            *near,
            f"ruled={ruled == name}/{ruled is None}",
            *("first " + feature for feature in beside(scene.text, signs, [fullest], places)[:-1]),
            f"rank={min(3, order.index(name))}",
            f"times={min(5, len(places))}",
            *_by_title(scene, signs, person.title, name),
        ]
        if len(surname) > 2 and surname in name:
            features.append("surname in it")
        if domains:
            features.append(f"mail={_has_domain(name, domains)}")
        if places[0][0] < scene.text.find("\n\n"):
            features.append("in the headline")
        if name == scene.issuer:
            features += ["issuer", *(f"issuer/{fact}" for fact in (near[0], near[-1], *known))]
        candidates.append(Candidate(name, tuple(features)))
    return candidates


def _by_distance(mentions: Sequence[Place], organisations: Mapping[str, Sequence[Place]]) -> list[str]:
    """Names of organisations, the nearest to a person's mentions first."""

    def distance(name: str) -> int:
        after, before = nearest(mentions, organisations[name])
        gaps = [pair[i][0] - pair[1 - i][1] for i, pair in ((1, after), (0, before)) if pair]
        return min(gaps, default=REACH * 4)

    return sorted(organisations, key=distance)


_MAIL = regex.compile(r"[\w.+\-]+@(?:[\w\-]+\.)*?([\w\-]{3,})\.(?:com?\.|org\.|gov\.|ac\.)?\w{2,}\b")


def _domains(text: str, mentions: Sequence[Place]) -> set[str]:
    """Names in the e-mail addresses that stand right behind a person's mentions."""
    found = (_MAIL.search(text, end, end + REACH // 2) for _, end in mentions)
    return {match[1].casefold().replace("-", "") for match in found if match}


def _has_domain(name: str, domains: set[str]) -> bool:
    """Whether an e-mail address may be of that organisation.

    >>> _has_domain("Acme Widgets Ltd", {"acmewidgets"}), _has_domain("Port Fund", {"pf"}), _has_domain("Oyo", {"acme"})
    (True, False, False)
    """
    plain = "".join(letter for letter in name.casefold() if letter.isalnum())
    return any(plain.startswith(domain) or domain.startswith(plain) for domain in domains)


def _by_title(scene: Scene, signs: Sequence[Sign], title: Candidate, name: str) -> list[str]:
    """Features of an organisation with regard to a person's title: where it stands, what words they share."""
    kind, head, places = scene.kinds[name], _head(title.value), scene.organisations[name]
    shared = min(2, len(set(_WORD.findall(title.value or "")).intersection(_WORD.findall(name))))
    features = [f"kind={kind}", f"kind={kind}/head={head}", f"shared={shared}", f"shared={shared}/head={head}"]
    if title.place:
        features += ["title " + feature for feature in beside(scene.text, signs, [title.place], places)]
        if any(start < title.place[1] and title.place[0] < end for start, end in places):
            features.append("within the title")
    return features
