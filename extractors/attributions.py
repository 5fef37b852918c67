"""A quote between its neighbours, and what a rule says of its speaker."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from extractors.blocks import block_of
from extractors.speech_scene import Scene, Told, sentence_end


class Attribution(NamedTuple):
    """The speaker of a quote, None where the text does not name one, and the rule that says so."""

    speaker: str | None
    rule: str


class Spot(NamedTuple):
    """One quote, between the one before it and the one after it."""

    scene: Scene
    told: Sequence[Told]
    said: Sequence[Attribution]
    """Of the quotes before it."""
    start: int
    end: int
    floor: int
    """Where the quote before it ends."""
    ceiling: int
    """Where the quote after it begins."""


def here(spot: Spot, place: int | None = None) -> int:
    """The number of the paragraph of the quote, or of another place."""
    return block_of(spot.scene.blocks, spot.start if place is None else place)


_BESIDE = frozenset(("said_name", "name_said", "pronoun"))
_FAR = 5
"""So many quotes before this one may have no speaker, and the one before them still counts."""


def last_told(spot: Spot) -> Told | None:
    """Who spoke last before this quote, in a quote or by what is told."""
    number = bisect_left(spot.told, (spot.start,)) - 1
    heard = [spot.told[number]] if number >= 0 else []
    for before in range(len(spot.said) - 1, max(-1, len(spot.said) - 1 - _FAR), -1):
        speaker, rule = spot.said[before]
        if speaker:
            end = spot.scene.quotes[before][1]
            if rule in _BESIDE:  # the words that say so are no other speech
                end = sentence_end(spot.scene, end + 1, spot.scene.quotes[before + 1][0])
            heard.append(Told(end, speaker))
            break
    return max(heard, default=None)
