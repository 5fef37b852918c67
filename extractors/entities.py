"""Resolves mentions into people and organisations: which of the names in `doc.ents` mean the same."""

from collections.abc import Iterator

import regex
from spacy.tokens import Doc, Span

from extractors.clusters import (
    Cluster,
    fold_words,
    folded,
    is_acronym,
    person_words,
    resolve_people,
)
from extractors.issuer import read_issuer, subjects_of
from extractors.issuer_features import Subject
from extractors.joins import resolve_organisations
from extractors.lexicon import word_lists
from extractors.names import NAMES, TITLES
from extractors.positions import Scene, find_roles
from extractors.roles import Context, Role, best_role, find_role
from extractors.spans import text_of
from schemas.evidence import Evidence, Reason
from schemas.record import Check, Organisation, Person
from schemas.release import Release
from schemas.values import CheckCode, OrganisationKind, derive_id

_KINDS: tuple[OrganisationKind, ...] = (
    "court", "media", "education", "intergovernmental", "political", "government", "ngo",
)  # fmt: skip
_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+(?:[.'’\-‐‑&/]+[\p{L}\p{M}\p{Nd}]+)*\.?|&")
_CHAMBERS = frozenset(("senate", "house", "representatives"))


def read_kind(name: str) -> OrganisationKind:
    """What kind of organisation, by the words of its name; a name that says nothing is a company's.

    >>> read_kind("Ministry of Labour"), read_kind("University of Oslo"), read_kind("Acme Bank Ltd")
    ('government', 'education', 'company')
    """
    words = _WORD.findall(name)
    if words and words[-1].rstrip(".").casefold() in folded("legal"):
        return "company"
    return next((kind for kind in _KINDS if not word_lists()[f"kind_{kind}"].isdisjoint(words)), "company")


Probabilities = dict[int, float]
"""By the first token of a name."""
LEAST = {"PERSON": 0.3, "ORG": 0.5}
"""An entity whose likeliest mention is less likely than this is a check, not a value: best F1 on releases not learnt
from; for people lower than that by a hair, since names from far away are rarer in what was learnt from."""


def read_probabilities(doc: Doc) -> Probabilities:
    """How likely each name of `doc.ents` is right."""
    group = doc.spans[NAMES]
    return {span.start: p for span, p in zip(group, group.attrs["probabilities"], strict=True)}


def _confidence(cluster: Cluster, probabilities: Probabilities) -> float:
    return max(probabilities[span.start] for span in cluster.spans)


def _sift(clusters: list[Cluster], probabilities: Probabilities) -> tuple[list[Cluster], list[Cluster]]:
    """What is likely enough, and the rest."""
    likely: list[Cluster] = []
    rest: list[Cluster] = []
    for cluster in clusters:
        enough = _confidence(cluster, probabilities) >= LEAST[cluster.spans[0].label_]
        (likely if enough else rest).append(cluster)
    return likely, rest


def _check_unsure(clusters: list[Cluster]) -> Iterator[Check]:
    for cluster in clusters:
        message = f"{cluster.name!r}: may be the name of a person or organisation; too unsure to say"
        yield _check("name_uncertain", message, cluster.spans[0])


def extract_names(doc: Doc, release: Release) -> tuple[list[Person], list[Organisation], list[Check]]:
    """People and organisations of a release from the names marked in `doc.ents`, each with all its mentions.

    Checks: `acronym_unexplained` for an organisation known by an unexplained acronym, `person_by_one_name`, and
    `name_uncertain` for what is too unlikely to be one.
    """
    probabilities = read_probabilities(doc)
    found = resolve_organisations(release.text, [span for span in doc.ents if span.label_ == "ORG"])
    organisations, unsure = _sift(found, probabilities)
    people, nobody = _sift(resolve_people(span for span in doc.ents if span.label_ == "PERSON"), probabilities)
    values = [_organisation(cluster, release, probabilities) for cluster in organisations]
    roles = find_roles(_scene(doc, release, people, values))
    return (
        [_person(cluster, role, release, probabilities) for cluster, role in zip(people, roles, strict=True)],
        values,
        [*_check_organisations(organisations), *_check_people(people), *_check_unsure([*unsure, *nobody])],
    )


def read_scene(doc: Doc, release: Release) -> Scene:
    """What is known of people and organisations before their positions are."""
    probabilities = read_probabilities(doc)
    found = resolve_organisations(release.text, [span for span in doc.ents if span.label_ == "ORG"])
    people = resolve_people(span for span in doc.ents if span.label_ == "PERSON")
    return _scene(doc, release, people, [_organisation(cluster, release, probabilities) for cluster in found])


def _scene(doc: Doc, release: Release, people: list[Cluster], organisations: list[Organisation]) -> Scene:
    mentions = {o.name: [(m.start, m.end) for m in o.mentions] for o in organisations}
    employers = {start: name for name, places in mentions.items() for start, _ in places}
    context = Context(release.text, employers, _institutions(mentions, release.text))
    return Scene(
        text=release.text,
        people=[[(span.start_char, span.end_char) for span in cluster.spans] for cluster in people],
        organisations=mentions,
        kinds={organisation.name: organisation.kind or "other" for organisation in organisations},
        titles=list(_titles(doc)),
        issuer=read_issuer(release, _subjects(people, organisations)),
        ruled=[
            best_role([find_role(context, s.start_char, s.end_char) for s in cluster.spans], context)
            for cluster in people
        ],
    )


def _subjects(people: list[Cluster], organisations: list[Organisation]) -> list[Subject]:
    persons = [Subject(c.name, tuple((span.start_char, span.end_char) for span in c.spans), "person") for c in people]
    return [*subjects_of([], organisations), *persons]


_JOIN = regex.compile(r"(?:[\s,]+(?:of|at|for|with|in|the|and))*[\s,]*$")


def _titles(doc: Doc) -> Iterator[tuple[int, int]]:
    """The titles, without the beginning of an organisation's name or the small words before it that they took in."""
    text = text_of(doc)
    employers = [span for span in doc.ents if span.label_ == "ORG"]
    for title in doc.spans[TITLES]:
        end = title.end_char
        for name in employers:
            if title.start < name.start < title.end < name.end:
                end = name.start_char
        yield title.start_char, title.start_char + len(_JOIN.sub("", text[title.start_char : end]))


def _evidence(cluster: Cluster) -> tuple[Evidence, ...]:
    return tuple(Evidence(start=s.start_char, end=s.end_char, text=s.text) for s in cluster.spans)


def _person(cluster: Cluster, role: Role, release: Release, probabilities: Probabilities) -> Person:
    return Person(
        id=derive_id(release.id, "person", cluster.name),
        name=cluster.name,
        title=role.title,
        organisation=role.organisation,
        mentions=_evidence(cluster),
        confidence=_confidence(cluster, probabilities),
        why={
            name: Reason(rule="model:positions", confidence=round(certainty, 3))
            for name, certainty in zip(("title", "organisation"), role.certainty, strict=True)
            if getattr(role, name) is not None
        },
    )


_HEADING = regex.compile(r"(?i)(?:^|\n)\W{0,6}about (?:the )?$")


def _institutions(organisations: dict[str, list[tuple[int, int]]], text: str) -> dict[str, str]:
    """Organisations that a title can imply: the chambers of a parliament, and the one that the release is about."""
    chambers = {word: name for name in organisations for word in fold_words(name)[-1:] if word in _CHAMBERS}
    about = {
        name
        for name, places in organisations.items()
        if any(_HEADING.search(text[max(0, start - 20) : start]) for start, _ in places)
    }
    return chambers | ({"issuer": about.pop()} if len(about) == 1 else {})


def _organisation(cluster: Cluster, release: Release, probabilities: Probabilities) -> Organisation:
    return Organisation(
        id=derive_id(release.id, "organisation", cluster.name),
        name=cluster.name,
        acronym=cluster.acronym or (cluster.name if is_acronym(cluster.name) and cluster.name.isupper() else None),
        kind=read_kind(cluster.name),
        mentions=_evidence(cluster),
        confidence=_confidence(cluster, probabilities),
    )


def _check(code: CheckCode, message: str, span: Span) -> Check:
    return Check(code=code, message=message, start=span.start_char, end=span.end_char)


def _check_organisations(clusters: list[Cluster]) -> Iterator[Check]:
    for cluster in clusters:
        span = cluster.spans[0]
        if cluster.name.isupper() and is_acronym(cluster.name) and cluster.name not in word_lists()["org"]:
            yield _check("acronym_unexplained", f"{cluster.name!r}: the text does not say what it stands for", span)


def _check_people(clusters: list[Cluster]) -> Iterator[Check]:
    for cluster in clusters:
        if len(person_words(cluster.name)) == 1:
            yield _check("person_by_one_name", f"{cluster.name!r}: no full name in the text", cluster.spans[0])
