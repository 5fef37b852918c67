"""Who issues a release: chosen among its organisations and people by where and how the release names them.

Each candidate has features (`issuer_features.py`): the sections in which it stands, whether a boilerplate is about it,
whether a `SOURCE` line or the contact names it, what words follow it in the headline and the lead. A linear model
(`training/issuer.py`) says which one fits best, or that none does.
"""

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from math import exp

from extractors.issuer_features import Place, Subject, read_features, read_setting
from extractors.positions import Candidate
from schemas.record import Organisation, Person
from schemas.release import Release


@cache
def _weights() -> dict[str, float]:
    table: dict[str, float] = json.loads((files("extractors.data") / "issuer.json").read_text("utf8"))
    return table


LEAST = 0.3
"""An issuer that is less likely than this is not named."""


def subjects_of(people: Sequence[Person], organisations: Sequence[Organisation]) -> list[Subject]:
    """All who may issue a release, by its people and organisations."""
    return [
        *(Subject(body.name, _places(body), body.kind or "other") for body in organisations),
        *(Subject(person.name, _places(person), "person") for person in people),
    ]


def _places(entity: Person | Organisation) -> tuple[Place, ...]:
    return tuple((mention.start, mention.end) for mention in entity.mentions)


def read_issuer(release: Release, subjects: Sequence[Subject]) -> str | None:
    """Who issues a release: the issuer its source is known for, or the likeliest of those that the release names."""
    return release.issuer or find_issuer(release.text, release.title, tuple(subjects))


@lru_cache(maxsize=2)  # roles, quotes and the record ask in turn for the same release
def find_issuer(text: str, title: str, subjects: tuple[Subject, ...]) -> str | None:
    """The name of the one who most likely issues the release; None where nobody named in it seems to."""
    weights = _weights()
    candidates = issuer_candidates(text, title, subjects)
    scores = [sum(weights.get(feature, 0.0) for feature in candidate.features) for candidate in candidates]
    best = max(scores)
    likely = 1 / sum(exp(score - best) for score in scores)
    return candidates[scores.index(best)].value if likely >= LEAST else None


def issuer_candidates(text: str, title: str, subjects: Sequence[Subject]) -> list[Candidate]:
    """Nobody, and every subject."""
    setting = read_setting(text, title, subjects)
    by_count = sorted(subjects, key=lambda subject: -len(subject.places))
    ranks = {subject.name: min(4, rank) for rank, subject in reversed(list(enumerate(by_count)))}
    dateline = any(section.kind == "dateline" for section in setting.sections)
    none = ("none", f"none/about={min(2, len(setting.abouts))}", f"none/dateline={dateline}")
    candidates = [Candidate(None, none)]
    for subject in subjects:
        features = dict.fromkeys(read_features(setting, subject, ranks[subject.name]))
        candidates.append(Candidate(subject.name, tuple(features)))
    return candidates
