"""Why each value of a record is what it is: the rule, where that is written, the words, what is doubtful."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pydantic import BaseModel
from rich.text import Text

from cli.tables import STYLES, format_sum, shorten, told_as
from extractors.rule_places import NAMES_MODEL, find_rule, names_rule
from schemas.evidence import Evidence, Reason, Reasons, Section
from schemas.record import Amount, Check, Commitment, DateMention, Event, Organisation, Person, Quote, Record
from schemas.values import FROZEN

AROUND = 40
"""Characters before and behind words that are shown with them."""
_NEAR = 200
"""Characters around a mention of a person within which the words of a title are looked for."""


class Words(BaseModel):
    """Words of the release with what stands around them."""

    model_config = FROZEN
    start: int
    end: int
    before: str
    text: str
    after: str


class Attribute(BaseModel):
    """One thing that is said of a value, and what says so."""

    model_config = FROZEN
    name: str
    value: str
    rule: str | None
    """None where the record names none."""
    written_in: str | None
    """File and line of the rule, or the file of the model's weights."""
    confidence: float | None
    words: Words | None
    """What shows it, as far as the text does."""


class Explained(BaseModel):
    """A value of a record with its attributes, and the checks that are about it."""

    model_config = FROZEN
    field: str
    id: str | None
    value: str
    section: str | None
    attributes: tuple[Attribute, ...]
    checks: tuple[Check, ...] = ()


class _Said(NamedTuple):
    """An attribute before its rule is looked up; without a value it is left out."""

    name: str
    value: object
    reason: Reason | None = None
    words: Evidence | None = None


class _Value(NamedTuple):
    """A value before its rules are looked up; its own rule stands with the first of what is said."""

    field: str
    id: str | None
    value: str
    section: str | None
    said: list[_Said]
    places: tuple[Evidence, ...] = ()
    """Where it stands: a check that names no value is about what stands at its place."""


def explain(record: Record, text: str) -> list[Explained]:
    """Every value of a record in the order of its fields, with reasons; what is doubtful of the whole release last.

    `text` is the release's.
    """
    values = [*(_section(section, text) for section in record.sections), *_entities(record, text)]
    values += [*map(_date, record.dates), *_paid(record), *map(_event, record.events)]
    values += [_quote(quote, record) for quote in record.quotes]
    names, about = names_rule(record.extractor_version), _about(record.checks, values)
    whole = _Value("release", record.release.id, record.release.title, None, [])
    found = [_explained(value, about.get(number, ()), names, text) for number, value in enumerate(values)]
    return found + ([_explained(whole, about[None], names, text)] if None in about else [])


def _about(checks: Iterable[Check], values: Sequence[_Value]) -> dict[int | None, list[Check]]:
    """The checks by the number of the value that each is about: the one that it names, else the first at its place."""
    ids, about = {value.id: number for number, value in enumerate(values) if value.id}, defaultdict(list)
    places = sorted((place.start, -number, place.end) for number, value in enumerate(values) for place in value.places)
    for check in checks:
        about[ids[check.value_id] if check.value_id in ids else _value_at(check, places)].append(check)
    return about


def _value_at(check: Check, places: list[tuple[int, int, int]]) -> int | None:
    if check.start is None or check.end is None:
        return None
    return next((-number for start, number, end in places if start < check.end and check.start < end), None)


def _explained(value: _Value, checks: Iterable[Check], names: str, text: str) -> Explained:
    said = tuple(_attribute(value, one, names, text) for one in value.said if one.value is not None)
    return Explained(
        field=value.field,
        id=value.id,
        value=value.value,
        section=value.section,
        attributes=said,
        checks=tuple(checks),
    )


def _attribute(value: _Value, said: _Said, names: str, text: str) -> Attribute:
    rule, place = said.reason.rule if said.reason else None, None
    if rule is not None:
        field = "amounts" if value.field == "commitments" else value.field  # whose reasons a payment has
        of = field if said is value.said[0] else f"{field}.{said.name}"
        place = find_rule(names if rule == NAMES_MODEL else rule, of, said.words.text if said.words else "")
    confidence = said.reason.confidence if said.reason and value.field != "sections" else None
    return Attribute(
        name=said.name,
        value=str(said.value),
        rule=rule,
        written_in=place,
        confidence=confidence,
        words=_in_context(said.words, text) if said.words else None,
    )


def _in_context(words: Evidence, text: str) -> Words:
    before, after = text[max(0, words.start - AROUND) : words.start], text[words.end : words.end + AROUND]
    return Words(start=words.start, end=words.end, before=before, text=words.text, after=after)


def _own(value: Person | Organisation | DateMention | Amount | Event | Quote) -> Reason:
    """What found the value itself."""
    return Reason(rule=value.rule, confidence=value.confidence)


def _section(section: Section, text: str) -> _Value:
    reason = Reason(rule=section.rule, confidence=1)  # how likely it is right, nothing says
    end = min(section.end, section.start + AROUND)
    words = Evidence(start=section.start, end=end, text=text[section.start : end])
    said = [_Said("kind", section.kind, reason, words), _Said("about", section.about)]
    return _Value("sections", None, f"{section.kind} {section.start}–{section.end}", None, said)


def _entities(record: Record, text: str) -> Iterator[_Value]:
    for person in record.people:
        first, why = person.mentions[0], person.why
        title = _near(person.title, person.mentions, text)
        employer = _nearest(record.organisations, person.organisation, first)
        said = [_Said("name", person.name, _own(person), first), _Said("title", person.title, why.get("title"), title)]
        said.append(_Said("organisation", person.organisation, why.get("organisation"), employer))
        yield _Value("people", person.id, person.name, person.section, said, person.mentions)
    for entity in record.organisations:
        short = next((mention for mention in entity.mentions if mention.text == entity.acronym), None)
        said = [_Said("name", entity.name, _own(entity), entity.mentions[0])]
        said.append(_Said("acronym", entity.acronym, entity.why.get("acronym"), short))
        said.append(_Said("kind", entity.kind, entity.why.get("kind")))
        yield _Value("organisations", entity.id, entity.name, entity.section, said, entity.mentions)


def _near(words: str | None, mentions: Iterable[Evidence], text: str) -> Evidence | None:
    """Where words stand beside one of the mentions."""
    for mention in mentions if words else ():
        start = text.find(words or "", max(0, mention.start - _NEAR), mention.end + _NEAR)
        if start >= 0:
            return Evidence(start=start, end=start + len(words or ""), text=words or "")
    return None


def _nearest(entities: Iterable[Person | Organisation], name: str | None, place: Evidence) -> Evidence | None:
    """The mention of the thing with this name that is nearest to a place."""
    mentions = [mention for entity in entities if entity.name == name for mention in entity.mentions]
    return min(mentions, key=lambda mention: abs(mention.start - place.start), default=None)


def _date(date: DateMention) -> _Value:
    said = [_Said("value", date.value or "?", _own(date), date), _Said("role", date.role, date.why.get("role"))]
    return _Value("dates", date.id, date.text, date.section, said, (date,))


def _paid(record: Record) -> Iterator[_Value]:
    amounts = {amount.id: amount for amount in record.amounts}
    for amount in record.amounts:
        why = amount.why
        said = [_Said("value", format_sum(amount), _own(amount), amount), _Said("kind", amount.kind, why.get("kind"))]
        said.append(_Said("payer", amount.payer, why.get("payer"), amount.payer_words))
        said.append(_Said("payee", amount.payee, why.get("payee"), amount.payee_words))
        said += _purpose_and_period(amount, why)
        for name, other in (("part_of", amount.part_of), ("equals", amount.equals)):
            whole = amounts.get(other or "")
            said.append(_Said(name, whole and whole.text, why.get(name), whole))
        yield _Value("amounts", amount.id, amount.text, amount.section, said, (amount,))
    for paid in record.commitments:
        yield _commitment(paid, amounts)


def _purpose_and_period(paid: Amount | Commitment, why: Reasons) -> Iterator[_Said]:
    if paid.purpose:
        yield _Said("purpose", paid.purpose.text, why.get("purpose"), paid.purpose)
    if paid.period:
        yield _Said("period", paid.period.value or paid.period.text, why.get("period"), paid.period)


def _commitment(paid: Commitment, amounts: dict[str, Amount]) -> _Value:
    """A payment; its reasons are those of the amounts that tell of it."""
    told = [amounts[amount] for amount in paid.amounts if amount in amounts]
    why: Reasons = {}
    for amount in reversed(told):
        why |= {"value": Reason(rule=amount.rule, confidence=paid.confidence), **amount.why}
    said = [_Said("value", format_sum(paid), why.get("value"), told[0] if told else None)]
    said.append(_Said("kind", paid.kind, why.get("kind")))
    for name, party in (("payer", paid.payer), ("payee", paid.payee)):
        said.append(_Said(name, party and party.name, why.get(name), party))
    said += _purpose_and_period(paid, why)
    if paid.day:
        said.append(_Said("day", paid.day.value or paid.day.text, None, paid.day))
    return _Value("commitments", paid.id, format_sum(paid), told[0].section if told else None, said)


def _event(event: Event) -> _Value:
    said = [_Said("words", shorten(event.text, 60), _own(event), event), _Said("told as", told_as(event))]
    if event.when:
        said.append(_Said("when", event.when.value or event.when.text, None, event.when))
    if event.place:
        said.append(_Said("place", event.place.text, None, event.place))
    return _Value("events", event.id, shorten(event.text, 60), event.section, said, (event,))


def _quote(quote: Quote, record: Record) -> _Value:
    speaker = _nearest((*record.people, *record.organisations), quote.speaker, quote)
    said = [_Said("words", shorten(quote.text, 60), _own(quote), quote)]
    said.append(_Said("speaker", quote.speaker, quote.why.get("speaker"), speaker))
    return _Value("quotes", quote.id, shorten(quote.text, 60), quote.section, said, (quote,))


_SINGULAR = {"people": "person"}


def why_text(explained: Iterable[Explained]) -> Text:
    """A block for each value: each attribute, its rule, how sure it is, where that is written, and the words."""
    shown = Text()
    for value in explained:
        kind = _SINGULAR.get(value.field, value.field.removesuffix("s"))
        style = STYLES.get(kind, "bold")
        shown.append(f"{kind} ", "dim").append(value.value, style)
        shown.append("".join(f"  {fact}" for fact in (value.section, value.id) if fact) + "\n", "dim")
        for attribute in value.attributes:
            shown.append_text(_attribute_text(attribute, style))
        for check in value.checks:
            shown.append(f"  check {check.code}: ", "red").append(check.message + "\n")
        shown.append("\n")
    return shown


def _attribute_text(attribute: Attribute, style: str) -> Text:
    line = Text(f"  {attribute.name}: ").append(attribute.value, "bold")
    sure = "" if attribute.confidence is None else f" {attribute.confidence:.2f}"
    if attribute.rule is not None:
        line.append("  ← ", "dim").append(attribute.rule + sure).append(f"  {attribute.written_in or '?'}", "dim")
    line.append("\n")
    if words := attribute.words:
        before, after = _flat(words.before), _flat(words.after)
        line.append(f"      …{before}«", "dim").append(_flat(words.text), style).append(f"»{after}…\n", "dim")
    return line


def _flat(words: str) -> str:
    """Words with each stretch of white space as one blank.

    >>> _flat(" signed\\n\\non 4 May ")
    ' signed on 4 May '
    """
    inner = " ".join(words.split())
    return f"{' ' * words[:1].isspace()}{inner}{' ' * (words[-1:].isspace() and bool(inner))}"
