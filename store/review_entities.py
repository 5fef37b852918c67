"""People and organisations of a release: one made of several, several of one, and all that refers to them. Pure."""

from schemas.review import Act, Merge, Review, Split, Target
from schemas.values import derive_id
from store.review_case import Case, Key, Rows, decide, reject
from store.review_errors import ReviewError
from store.review_holding import Held
from store.review_names import meant, renamed, value_of
from store.review_values import LINKS, NAMES, RULE, Value, place

_Spot = tuple[int, int]


def merge(case: Case, act: Act, action: Merge) -> Rows:
    """The first has all mentions, and of the others what it does not have itself; they are none."""
    targets = [Target(field=action.field, value_id=key) for key in dict.fromkeys(action.value_ids)]
    held = [case.find(target) for target in targets]
    if len(held) < 2 or not all(one.holds for one in held):
        raise ReviewError(f"{action.field}: merging takes two or more that hold; load the release again")
    first, *others = (case.value(one) for one in held)
    mentions = {_spot(mention): mention for value in (first, *others) for mention in value["mentions"]}
    whole = {**first, "mentions": [mentions[spot] for spot in sorted(mentions)], "confidence": 1.0}
    for other in others:
        whole |= {name: said for name, said in other.items() if whole.get(name) is None}
    rows: Rows = {(action.field, held[0].value_id): decide(case, act, held[0], whole)}
    return rows | {(action.field, one.value_id): reject(case, act, one) for one in held[1:]}


def split(case: Case, act: Act, action: Split) -> Rows:
    """Some mentions make another one of this name; what refers to the old one goes with the mention nearest to it."""
    held = case.find(Target(field=action.field, value_id=action.value_id))
    whole = case.value(held)
    leaving = [mention for mention in whole["mentions"] if mention["start"] in action.mentions]
    staying = [mention for mention in whole["mentions"] if mention["start"] not in action.mentions]
    _check_split(case, held, action, (leaving, staying))
    made = derive_id(
        case.release.id, RULE, action.field, case.record.release.text_sha256, *_spot(leaving[0]), action.name
    )
    value = {**whole, "id": made, "name": action.name, "mentions": leaving, "rule": RULE, "confidence": 1.0, "why": {}}
    value |= {name: None for name in ("title", "organisation", "acronym") if name in value}
    new = Held(action.field, made, None, None, None, None)
    rows: Rows = {
        (action.field, held.value_id): decide(case, act, held, {**whole, "mentions": staying, "confidence": 1.0}),
        (action.field, made): decide(case, act, new, value),
    }
    return rows | _follow(case, act, held, (action.name, leaving, staying))


def _check_split(case: Case, held: Held, action: Split, parts: tuple[list[Value], list[Value]]) -> None:
    leaving, staying = parts
    if not held.holds or len({mention["start"] for mention in leaving}) < len(set(action.mentions)):
        raise ReviewError(f"{action.field}: not all of these mentions are mentions of it; load the release again")
    if not staying:
        raise ReviewError(f"{action.field}: all its mentions would leave; correct its name instead")
    names = {value_of(one)["name"] for one in case.held.values() if one.field == action.field and one.holds}
    if action.name in names or not action.name.strip():
        raise ReviewError(f"{action.field}: {action.name!r} is there already or is no name; give another one")


def _follow(case: Case, act: Act, whole: Held, parts: tuple[str, list[Value], list[Value]]) -> Rows:
    """Decisions on what refers to a split one and stands nearest to a mention that leaves."""
    name, leaving, staying = parts
    rows: Rows = {}
    for key, held in case.held.items():
        value = case.value(held)
        for attribute in NAMES.get(held.field, ()) if _follows(held, whole) else ():
            said = value.get(attribute)
            if said is None or meant(case.references, said, held.field == "people", by_machine=False) != whole:
                continue
            spot = place(value.get(f"{attribute}_words") or value)
            if _distance(spot, leaving) < _distance(spot, staying):
                value = {**value, attribute: name}
                rows[key] = decide(case, act, held, value)
    return rows


def _follows(held: Held, whole: Held) -> bool:
    return held.holds and held.reopened is None and held != whole


def carry_names(case: Case, rows: Rows) -> Rows:
    """What becomes of the other decisions that refer to what these change: they have its new name, or no name."""
    changed = {key for key, row in rows.items() if case.reviews.get(key) != row}
    if not any(field in ("people", "organisations", "amounts") for field, _ in changed):
        return {}
    after = case.having(rows)
    carried: Rows = {}
    for key, review in after.reviews.items():
        if key not in rows and review.human is not None and key in after.held:
            human = _renamed(case, after, key, review)
            if human != review.human:
                carried[key] = review.model_copy(update={"human": human, "verdict": _verdict(review, human)})
    return carried


def _renamed(case: Case, after: Case, key: Key, review: Review) -> Value:
    human = dict(review.human or {})
    for attribute in NAMES.get(key[0], ()):
        if (name := human.get(attribute)) is not None:
            human[attribute] = renamed(case.references, after.references, name, key[0] == "people")
            if human[attribute] is None and f"{attribute}_words" in human:
                human[f"{attribute}_words"] = None
    for attribute in LINKS:
        amount = after.references.amounts.get(human.get(attribute) or "")
        if amount is not None and not amount.holds:
            human[attribute] = None
    return human


def _verdict(review: Review, human: Value) -> str:
    """A value that has lost what it referred to is no longer what the machine said."""
    lost = any(human.get(name) is None and said is not None for name, said in (review.human or {}).items())
    return "corrected" if lost and review.verdict == "accepted" else review.verdict


def _spot(mention: Value) -> _Spot:
    return mention["start"], mention["end"]


def _distance(spot: _Spot, mentions: list[Value]) -> int:
    return min(max(0, int(mention["start"]) - spot[1], spot[0] - int(mention["end"])) for mention in mentions)
