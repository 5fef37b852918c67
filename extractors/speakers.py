"""Who says a quote: the words beside it, the speaker before it, or who was last told to have spoken."""

from collections.abc import Callable

from extractors.attributions import Attribution, Spot, here, last_told
from extractors.quote_sides import in_its_sentence, led_to, name_alone, name_follows, verb_follows
from extractors.speech_scene import Scene, find_told, is_object, people_between


def find_speakers(scene: Scene) -> list[Attribution]:
    """One for each quote of the scene: what the first rule says that knows who speaks."""
    told, said = find_told(scene), list[Attribution]()
    floors = [0, *(end for _, end in scene.quotes)]
    ceilings = [*(start for start, _ in scene.quotes[1:]), len(scene.text)]
    for (start, end), floor, ceiling in zip(scene.quotes, floors, ceilings, strict=False):
        spot = Spot(scene, told, said, start, end, floor, ceiling)
        found = (attribution for rule in _RULES if (attribution := rule(spot)))
        said.append(next(found, Attribution(None, "nothing")))
    return said


def _same_paragraph(spot: Spot) -> Attribution | None:
    """Who spoke last in this paragraph, or was named last."""
    start, told = spot.scene.blocks[here(spot)].start, last_told(spot)
    if told and told.place >= start:
        return Attribution(told.speaker, "same_paragraph")
    people = people_between(spot.scene, start, spot.start)
    return Attribution(people[-1].name, "named_in_paragraph") if people else None


_MARKS = " \n\xa0\"“”*_'‘’.…"


def _next_paragraph(spot: Spot) -> Attribution | None:
    """The quote before it goes on."""
    if not spot.said or not spot.said[-1].speaker or here(spot, spot.floor - 1) < here(spot) - 1:
        return None
    between = spot.scene.text[spot.floor : spot.start].strip(_MARKS)
    return None if between else Attribution(spot.said[-1].speaker, "next_paragraph")


def _last_speaker(spot: Spot) -> Attribution | None:
    told = last_told(spot)
    return Attribution(told.speaker, "last_speaker") if told else None


def _last_named(spot: Spot) -> Attribution | None:
    """Who acts in the paragraph before."""
    first = spot.scene.blocks[max(0, here(spot) - 1)].start
    people = people_between(spot.scene, first, spot.start)
    acting = next((name for name in people if not is_object(spot.scene, name)), None)
    return Attribution(acting.name, "last_named") if acting else None


_RULES: tuple[Callable[[Spot], Attribution | None], ...] = (
    verb_follows,
    led_to,
    name_follows,
    name_alone,
    in_its_sentence,
    _same_paragraph,
    _next_paragraph,
    _last_speaker,
    _last_named,
)
"""In order: the words beside a quote before those further off."""
