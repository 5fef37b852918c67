"""Who pays a sum of money and who gets it, chosen by weights learnt from annotated releases (training/parties.py)."""

import json
import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from spacy.tokens import Doc

from extractors.findings import Findings
from extractors.money_rows import Place, row_head
from extractors.party_features import Scene, find_candidates, read_scene
from extractors.positions import Candidate
from schemas.evidence import Evidence, Reason
from schemas.record import Amount

SIDES = ("payer", "payee")
RULE = "model:parties"
OF_ROWS = "rows_of_one_payer"
_SURE = 0.8
"""From so likely a payer outside a list on, it and not the issuer pays what the list tells."""
_LIKELY = 6
"""Candidates of either side of which pairs are made."""


class Choice(NamedTuple):
    """A party, and how likely it is right."""

    name: str | None
    probability: float
    rule: str = RULE


@cache
def _model() -> dict[str, Any]:
    model: dict[str, Any] = json.loads((files("extractors.data") / "parties.json").read_text("utf8"))
    return model


@cache
def _of_rows(side: str) -> float:
    """How often a party that a list gives is right, as counted by training/row_precision.py."""
    counts: dict[str, tuple[int, int]] = json.loads((files("extractors.data") / "row_precision.json").read_text("utf8"))
    right, seen = counts[side]
    return round((right + 1) / (seen + 2), 3)


def link_parties(_: Doc, found: Findings) -> Findings:
    """Gives each amount its payer and its payee, as far as the text says, with the words that name them."""
    if not found.amounts or not (found.people or found.organisations):
        return found
    scene = read_scene(found)
    chosen = [choose(find_candidates(scene, amount, amount.kind), _model()) for amount in found.amounts]
    chosen = _in_rows(scene, found.amounts, chosen)
    amounts = [_with_parties(scene, amount, pair) for amount, pair in zip(found.amounts, chosen, strict=True)]
    return replace(found, amounts=amounts)


def choose(candidates: Sequence[Candidate], model: Mapping[str, Any]) -> tuple[Choice, Choice]:
    """The likeliest payer and payee together: nobody is both."""
    payers, payees = (_probabilities(candidates, model[side]) for side in SIDES)
    pairs = (
        (payers[i] * payees[j], i, j)
        for i in sorted(range(len(candidates)), key=lambda place: -payers[place])[:_LIKELY]
        for j in sorted(range(len(candidates)), key=lambda place: -payees[place])[:_LIKELY]
        if i != j or i == 0
    )
    _, payer, payee = max(pairs, key=lambda pair: pair[0])
    return Choice(candidates[payer].value, payers[payer]), Choice(candidates[payee].value, payees[payee])


def _probabilities(candidates: Sequence[Candidate], weights: Mapping[str, float]) -> list[float]:
    scores = [sum(weights.get(feature, 0.0) for feature in set(candidate.features)) for candidate in candidates]
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    return [power / sum(powers) for power in powers]


def _in_rows(
    scene: Scene, amounts: Sequence[Amount], chosen: Sequence[tuple[Choice, Choice]]
) -> list[tuple[Choice, Choice]]:
    """A list of who gets how much: each row begins with who gets it; one pays for all, as told outside the list."""
    outside = [
        pair[0] for amount, pair in zip(amounts, chosen, strict=True) if amount.start not in scene.rows and pair[0].name
    ]
    payer = max(outside, key=lambda choice: choice.probability, default=Choice(None, 0.0))
    if payer.probability < _SURE and scene.issuer:
        payer = Choice(scene.issuer, 0.5)
    payer = payer._replace(rule=OF_ROWS)
    return [
        (payer, _head(scene, row.place, payer)) if (row := scene.rows.get(amount.start)) and row.is_given else pair
        for amount, pair in zip(amounts, chosen, strict=True)
    ]


def _head(scene: Scene, row: Place, payer: Choice) -> Choice:
    name = row_head(scene.text, row, scene.within(*row))
    return Choice(name if name != payer.name else None, payer.probability, OF_ROWS)


def _with_parties(scene: Scene, amount: Amount, pair: tuple[Choice, Choice]) -> Amount:
    changes: dict[str, Any] = {}
    why = dict(amount.why)
    for side, choice in zip(SIDES, pair, strict=True):
        words = _words(scene, amount, choice.name) if choice.name else None
        if words is not None:
            changes |= {side: choice.name, f"{side}_words": words}
            sure = _of_rows(side) if choice.rule == OF_ROWS else _calibrated(side, choice.probability)
            why[side] = Reason(rule=choice.rule, confidence=sure)
    return amount.model_copy(update={**changes, "why": why}) if changes else amount


def _calibrated(side: str, probability: float) -> float:
    slope, offset = _model()["calibration"][side]
    odds = math.log(max(probability, 1e-6) / max(1 - probability, 1e-6))
    return round(1 / (1 + math.exp(-slope * odds - offset)), 3)


def _words(scene: Scene, amount: Amount, name: str) -> Evidence | None:
    """The words that name a party: the nearest of the sum's sentence, else the last before it, else the first."""
    mentions = scene.places.get(name, ())
    if not mentions:
        return None
    first, last = scene.sentences.around(amount.start)
    place = bisect_left(mentions, amount.start, key=lambda mention: mention.start)
    before, behind = mentions[max(0, place - 1) : place], mentions[place : place + 1]
    here = [mention for mention in (*before, *behind) if first <= mention.start < last]
    best = min(here, key=lambda m: abs(m.start - amount.start)) if here else (*before, *behind)[0]
    return Evidence(start=best.start, end=best.end, text=scene.text[best.start : best.end])
