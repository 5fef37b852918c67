"""Which entities may be one real thing, and how sure that is. Pure: entities in, pairs of them out.

A pair is `accepted` where the releases themselves give evidence, `proposed` where only a person can tell. The numbers
are explained in docs/linking.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

from store.matching import Kind, can_be_one_person, differ_in_spelling_only, is_same_body, similarity

How = Literal["exact", "acronym", "fuzzy", "review"]
State = Literal["proposed", "accepted", "rejected"]

ACCEPTED_FROM = 0.94
"""Organisations whose keys are at least so similar are one, if nothing but spelling differs."""
PROPOSED_FROM = 0.85
"""Organisations whose keys are at least so similar are shown to a person."""
PEOPLE_PROPOSED_FROM = 0.94
MOST_PROPOSED = 3
"""Proposals for one entity by one rule: more would not be read."""


SPLIT = "split "
"""How the context of an entity begins that a person split off: no rule judges it."""


class Node(NamedTuple):
    """An entity as far as judging needs it."""

    id: str
    kind: Kind
    key: str
    context: str = ""
    """What tells it from namesakes: country of a public body, source of a person without an employer."""
    employer: str = ""
    """Canonical id of the person's employer."""
    canonical: str = ""
    is_acronym: bool = False
    titles: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    acronyms: frozenset[str] = frozenset()
    state: str = "guessed"


class Match(NamedTuple):
    """Two entities that are, or may be, one real thing."""

    one: str
    """The lesser id."""
    other: str
    how: How
    score: float
    state: State


def match(one: Node, other: Node, how: How, score: float, state: State = "accepted") -> Match:
    """A match with its ids in order: one pair, one row."""
    first, second = sorted((one.id, other.id))
    return Match(first, second, how, round(score, 3), state)


def _is_split(node: Node) -> bool:
    return node.context.startswith(SPLIT)


def judge_spelling(one: Node, other: Node) -> Match | None:
    """Two names written alike; None for those that are not."""
    if _is_split(one) or _is_split(other):
        return None
    least = PEOPLE_PROPOSED_FROM if one.kind == "person" else PROPOSED_FROM
    score = similarity(one.kind, one.key, other.key, least)
    if score < least or one.key == other.key or one.is_acronym or other.is_acronym:
        return None
    if one.kind == "person":  # namesakes have a rule of their own
        return match(one, other, "fuzzy", score, "proposed") if score < 1 else None
    one_place = one.context == other.context or not (one.context and other.context)
    sure = score >= ACCEPTED_FROM and one_place and differ_in_spelling_only(one.key, other.key)
    return match(one, other, "fuzzy", score, "accepted" if sure else "proposed")


def judge_places(nodes: Sequence[Node]) -> Iterator[Match]:
    """Organisations of one key: public bodies of several countries may share it.

    One of unknown country belongs to the only country that there is.
    """
    nodes = [node for node in nodes if not _is_split(node)]
    homes = [node for node in nodes if node.context]
    for node in nodes:
        if not node.context:
            yield from _attach(node, {home.id: home for home in homes}, "exact", (0.9, 0.5))
    for home, other in list(combinations(homes, 2))[: MOST_PROPOSED * len(homes)]:
        yield match(home, other, "exact", 0.4, "proposed")


def judge_holders(holders: Sequence[Node]) -> Iterator[Match]:
    """Organisations that releases give with one acronym: one body where their names differ in idle words only."""
    for one, other in combinations([holder for holder in holders if not _is_split(holder)], 2):
        one_place = one.context == other.context or not (one.context and other.context)
        if one.key != other.key and one_place and is_same_body(one.key, other.key):
            yield match(one, other, "acronym", 0.9)


def judge_acronym(bare: Node, holders: Iterable[Node]) -> Iterator[Match]:
    """An acronym that stands alone: it means the only organisation in the store that has it, or is a question."""
    yield from _attach(bare, {holder.canonical: holder for holder in holders}, "acronym", (0.9, 0.5))


def judge_namesakes(people: Sequence[Node]) -> list[Match]:
    """People of one first and last name: the name is no proof, employer, title and source are evidence.

    One employer makes one person; without a known employer a telling title or the same source attaches to the only
    person who fits. Everyone else is proposed.
    """
    people = [person for person in people if not _is_split(person)]
    groups = _colleagues([person for person in people if person.employer])
    loose = [person for person in people if not person.employer]
    found = [match(group[0], person, "exact", 0.95) for group in groups for person in group[1:]]
    for titled in _same_titled(loose):
        found += [match(titled[0], person, "exact", 0.85) for person in titled[1:]]
        found += _attach_loose(titled, groups)
    return found + list(_propose(people, {(pair.one, pair.other) for pair in found}))


def _colleagues(people: Sequence[Node]) -> list[list[Node]]:
    """Those of one employer whose names agree; a name that fits two different ones stands alone."""
    by_employer: dict[str, list[Node]] = defaultdict(list)
    for person in people:
        by_employer[person.employer].append(person)
    groups = []
    for colleagues in by_employer.values():
        keys = {person.key for person in colleagues}
        if all(can_be_one_person(*pair) for pair in combinations(sorted(keys), 2)):
            groups.append(colleagues)
        else:
            groups += [[person for person in colleagues if person.key == key] for key in sorted(keys)]
    return groups


def _same_titled(loose: Sequence[Node]) -> list[list[Node]]:
    """People without a known employer, together where name and a telling title are the same."""
    groups: list[list[Node]] = []
    for person in loose:
        fits = [group for group in groups if group[0].key == person.key and group[0].titles & person.titles]
        if fits:
            fits[0].append(person)
        else:
            groups.append([person])
    return groups


def _attach_loose(loose: Sequence[Node], groups: Sequence[Sequence[Node]]) -> Iterator[Match]:
    agreeing = [group for group in groups if can_be_one_person(loose[0].key, group[0].key)]
    for trait, sure in (("titles", 0.85), ("sources", 0.8)):
        ours = _traits(loose, trait)
        fits = {group[0].id: group[0] for group in agreeing if ours & _traits(group, trait)}
        if fits:
            yield from _attach(loose[0], fits, "exact", (sure, 0.5))
            return


def _traits(people: Iterable[Node], trait: str) -> frozenset[str]:
    return frozenset().union(*(getattr(person, trait) for person in people))


def _attach(node: Node, choices: dict[str, Node], how: How, scores: tuple[float, float]) -> Iterator[Match]:
    """To the only choice for certain, or to each of several as a question; `scores` are for the one and the other."""
    state: State = "accepted" if len(choices) == 1 else "proposed"
    for _, choice in sorted(choices.items())[: MOST_PROPOSED + 2]:
        yield match(node, choice, how, scores[len(choices) > 1], state)


def _propose(people: Sequence[Node], judged: set[tuple[str, str]]) -> Iterator[Match]:
    """Every other pair that no middle name excludes, a few for each person."""
    proposed: dict[str, int] = defaultdict(int)
    for one, other in combinations(people, 2):
        if max(proposed[one.id], proposed[other.id]) >= MOST_PROPOSED:
            continue
        pair = match(one, other, "exact" if one.key == other.key else "fuzzy", _likelihood(one, other), "proposed")
        if pair[:2] not in judged and can_be_one_person(one.key, other.key):
            proposed[one.id] += 1
            proposed[other.id] += 1
            yield pair


def _likelihood(one: Node, other: Node) -> float:
    """A rough order for reviewers, not a probability that was measured."""
    if one.employer and other.employer:
        return 0.6 if one.titles & other.titles else 0.4
    return 0.6 if one.sources & other.sources else 0.5


def join(nodes: Iterable[Node], matches: Iterable[Match]) -> dict[str, str]:
    """Canonical id of each node: accepted matches join, people's first and the surest next; rejected ones keep apart.

    >>> a, b, c = (Node(x, "organisation", x) for x in "abc")
    >>> pairs = [match(a, b, "exact", 1), match(b, c, "fuzzy", 0.95), match(a, c, "review", 0, "rejected")]
    >>> join([a, b, c], pairs)
    {'a': 'a', 'b': 'a', 'c': 'c'}
    """
    known = {node.id: node for node in nodes}
    members, apart = {key: frozenset({key}) for key in known}, defaultdict(set)
    for pair in matches:
        if pair.state == "rejected":
            apart[pair.one].add(pair.other)
            apart[pair.other].add(pair.one)
    joining = [pair for pair in matches if pair.state == "accepted" and pair.one in known and pair.other in known]
    for pair in sorted(joining, key=lambda pair: (pair.how != "review", -pair.score, pair)):
        ours, theirs = members[pair.one], members[pair.other]
        if not any(apart[member] & theirs for member in ours if member in apart):
            members.update(dict.fromkeys(ours | theirs, ours | theirs))
    heads = {group: min((known[member] for member in group), key=_rank).id for group in set(members.values())}
    return {key: heads[members[key]] for key in known}


def _rank(node: Node) -> tuple[bool, bool, int, str]:
    """The least stands for its entity: a confirmed node, one with a whole name, the longest name."""
    return node.state != "confirmed", node.is_acronym, -len(node.key), node.id
