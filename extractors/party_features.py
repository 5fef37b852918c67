"""What speaks for a person or organisation being the one that pays a sum of money, or that gets it."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from extractors.findings import Findings
from extractors.money_rows import Place, find_lists, row_head
from extractors.positions import Candidate
from extractors.sentences import Sentences
from extractors.stand_ins import find_mentions
from extractors.ties import Mention, Ties, Token, cut, find_ties, read_words, stem
from schemas.record import Amount, Organisation, Person
from schemas.values import AmountKind

_BEFORE, _BEHIND = 500, 400
"""Characters around a sum beyond which its sentence is not looked at."""
_CONTEXT = 60
_GIVEN = frozenset(("commitment", "budget"))
"""Kinds of sums that are told in lists of who gets how much."""
_MOST = 0.75
"""Part of a list's rows that are of these."""
_TOLD = 3
"""Names that the release has most often, or first, are candidates wherever they stand."""


class Row(NamedTuple):
    """A row of a list of sums."""

    place: Place
    is_given: bool
    """Whether the list tells who gets how much."""


class Scene(NamedTuple):
    """What a release says of people, organisations and sums, looked up once."""

    text: str
    sentences: Sentences
    mentions: Sequence[Mention]
    starts: Sequence[int]
    """Of the mentions."""
    marks: Sequence[tuple[int, int, Token]]
    """Mentions and sums, as tokens, in order."""
    rows: Mapping[int, Row]
    """The rows of lists, by where their sums begin."""
    issuer: str | None
    kinds: Mapping[str, str]
    """Of each organisation; `person` of each person."""
    order: Mapping[str, int]
    """0 for the name that stands first in the text."""
    rank: Mapping[str, int]
    """0 for the organisation with most mentions."""
    told: Sequence[str]
    """Names that are candidates wherever they stand: those told first or most, and the issuer."""
    places: Mapping[str, Sequence[Mention]]
    """The mentions of each name, in order."""

    def within(self, start: int, end: int) -> Sequence[Mention]:
        """The mentions that begin there."""
        return self.mentions[bisect_left(self.starts, start) : bisect_left(self.starts, end)]


def read_scene(found: Findings) -> Scene:
    """The scene of a release's findings."""
    entities: list[Person | Organisation] = [*found.people, *found.organisations]
    names = sorted(Mention(m.start, m.end, entity.name) for entity in entities for m in entity.mentions)
    most = [body.name for body in sorted(found.organisations, key=lambda body: -len(body.mentions))]
    issuer = found.issuer or (most[0] if most else None)
    mentions = find_mentions(found.release.text, names, found.organisations, issuer)
    places: dict[str, list[Mention]] = {}
    for mention in mentions:
        places.setdefault(mention.name, []).append(mention)
    first = list(dict.fromkeys(name.name for name in names))
    return Scene(
        text=found.release.text,
        sentences=Sentences(found.release.text),
        mentions=mentions,
        starts=[mention.start for mention in mentions],
        marks=_marks(mentions, found.amounts),
        rows=_rows(found),
        issuer=issuer,
        kinds={body.name: body.kind or "other" for body in found.organisations}
        | {person.name: "person" for person in found.people},
        order={name: place for place, name in enumerate(first)},
        rank={name: place for place, name in enumerate(most)},
        told=list(dict.fromkeys((*first[:_TOLD], *most[:_TOLD], *((issuer,) if issuer else ())))),
        places=places,
    )


def _rows(found: Findings) -> dict[int, Row]:
    kinds = {amount.start: amount.kind for amount in found.amounts}
    lists = find_lists(found.release.text, [Place(amount.start, amount.end) for amount in found.amounts])
    return {
        row.end: Row(row, sum(kinds[other.end] in _GIVEN for other in rows) >= _MOST * len(rows))
        for rows in lists
        for row in rows
    }


def _marks(mentions: Sequence[Mention], amounts: Sequence[Amount]) -> list[tuple[int, int, Token]]:
    marks = [(mention.start, mention.end, Token("name", "", mention)) for mention in mentions]
    marks += [(amount.start, amount.end, Token("other", "")) for amount in amounts]
    return sorted(marks, key=lambda mark: mark[:2])


class _Around(NamedTuple):
    """A sum and what stands near it."""

    amount: Amount
    kind: AmountKind | None
    mentions: Sequence[Mention]
    """Of its sentence."""
    before: Sequence[Mention]
    """Of the sentence before."""
    ties: Ties
    context: tuple[str, ...]
    row: str
    """Name at the head of its row; empty where it is in no list, `-` where no name heads the row."""


def find_candidates(scene: Scene, amount: Amount, kind: AmountKind | None) -> list[Candidate]:
    """Nobody, then whoever may pay or get a sum, each with what speaks for it."""
    around = _look_around(scene, amount, kind)
    here = dict.fromkeys(mention.name for mention in around.mentions)
    near = dict.fromkeys((*here, *(mention.name for mention in around.before)))
    names = dict.fromkeys((*near, *scene.told))
    return [
        Candidate(None, tuple(_nobody(scene, around))),
        *(Candidate(name, tuple(_features(scene, around, name))) for name in names),
    ]


def _look_around(scene: Scene, amount: Amount, kind: AmountKind | None) -> _Around:
    first, last = scene.sentences.around(amount.start)
    start, end = max(first, amount.start - _BEFORE), min(last, amount.end + _BEHIND)
    earlier = scene.sentences.around(max(0, first - 2))[0] if first else 0
    row = scene.rows.get(amount.start)
    head = row_head(scene.text, row.place, scene.within(*row.place)) or "-" if row else ""
    low, high = (bisect_left(scene.marks, place, key=lambda mark: mark[0]) for place in (start, end))
    inside = [
        (s, e, Token("sum", "") if s == amount.start and token.kind == "other" else token)
        for s, e, token in scene.marks[low:high]
    ]
    return _Around(
        amount=amount,
        kind=kind,
        mentions=[m for m in scene.within(start, end) if m.end <= amount.start or m.start >= amount.end],
        before=scene.within(max(earlier, first - _BEFORE), first),
        ties=find_ties(cut(scene.text, (start, end), inside)),
        context=_context(scene.text, amount, start, end),
        row=head,
    )


def _context(text: str, amount: Amount, start: int, end: int) -> tuple[str, ...]:
    """The words right before and behind a sum."""
    before = [stem(word) for word in read_words(text, max(start, amount.start - _CONTEXT), amount.start)][-2:]
    behind = [stem(word) for word in read_words(text, amount.end, min(end, amount.end + _CONTEXT))][:2]
    return (
        f"behind={' '.join(behind[:1])}",
        f"behind two={' '.join(behind)}",
        f"before={' '.join(before[-1:])}",
        f"before two={' '.join(before)}",
    )


def _nobody(scene: Scene, around: _Around) -> Iterator[str]:
    names = len({mention.name for mention in around.mentions})
    yield from ("none", f"none/kind={around.kind}", f"none/names={min(3, names)}", f"none/row={around.row[:1]}")
    yield f"none/kind={around.kind}/names={min(2, names)}"
    yield f"none/headline={around.amount.start < scene.text.find(chr(10))}"
    yield from (f"none/{fact}" for fact in (*around.context, *around.ties.about))
    telling = {tie for ties in around.ties.of.values() for tie in ties if tie.startswith(_TELLING)}
    yield from (f"none/has {tie}" for tie in sorted(telling))


_TELLING = ("subject nearest", "between", "next behind", "noun", "owner")


def _features(scene: Scene, around: _Around, name: str) -> Iterator[str]:
    where = "here" if any(mention.name == name for mention in around.mentions) else "away"
    kind, role = around.kind, scene.kinds.get(name, "?")
    for tie in sorted(around.ties.of.get(name, ())):
        yield tie
        yield f"{tie}/kind={kind}"
    rank, order = min(3, scene.rank.get(name, 4)), min(3, scene.order.get(name, 4))
    yield from (f"rank={rank}", f"rank={rank}/{where}", f"order={order}/{where}")
    yield from (f"is={role}", f"is={role}/kind={kind}", f"is={role}/{where}")
    if where == "away":
        yield from _away(around, name)
        yield from (f"{fact}/issuer={name == scene.issuer}" for fact in around.ties.about)
    if name == scene.issuer:
        yield from ("issuer", f"issuer/{where}", f"issuer/kind={kind}", f"issuer/{where}/kind={kind}")
        yield from (f"issuer/{where}/{fact}" for fact in around.context)
    if any(mention.name == name for mention in scene.within(0, max(0, scene.text.find("\n")))):
        yield from ("headline", f"headline/{where}", f"headline/kind={kind}", f"headline/{where}/first={order == 0}")
    if around.row:
        yield f"row/{'head' if around.row == name else where}/{role}/issuer={name == scene.issuer}"


def _away(around: _Around, name: str) -> Iterator[str]:
    yield "away"
    yield f"away/names={min(2, len({mention.name for mention in around.mentions}))}"
    yield from (f"away/{fact}" for fact in around.ties.about)
    before = [mention.name for mention in around.before]
    if name in before:
        yield from (
            "sentence before",
            f"sentence before/kind={around.kind}",
            f"sentence before/first={before[0] == name}",
        )
        yield f"sentence before/last={before[-1] == name}"
        yield f"sentence before/alone={not around.mentions}"
