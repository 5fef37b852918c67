"""Finding releases by words of their texts and names: FTS5 on SQLite, tsvector on PostgreSQL."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, column, exists, false, func, literal, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from schemas.record import Record
from schemas.review import Review
from store import tables
from store.bulk import insert_rows
from store.models import Item
from store.rows import Row
from store.upsert import chunks, insert_into
from store.words import BREAK, MOST_WORDS, Phrase, read_asked, read_findable

_INDEX = table("word_index", column("word_index"), column("rowid"))
"""SQLite's; it follows `release_words`."""
_NUMBERS = tuple(map(str, range(1, MOST_WORDS + 1)))
_NAMED = ("people", "organisations")
"""Fields whose values have names of their own."""


def save_words(connection: Connection, items: Collection[Item]) -> None:
    """Let these releases be found by what their texts, their records and the people who reviewed them say now."""
    known, last = _numbers(connection, [item.release.id for item in items])
    given = _load_given(connection, known)
    as_column = as_vector if connection.dialect.name == "postgresql" else " ".join
    new = (item for item in items if item.release.id not in known)
    numbers = known | {item.release.id: number for number, item in enumerate(new, last + 1)}
    fresh: list[Row] = []
    rows: list[Row] = []
    for item in items:
        key, names = item.release.id, _names(item.record)
        found_by = read_findable([*names, *given[key]], item.release.text)
        row = {"number": numbers[key], "release_id": key, "words": as_column(found_by)}
        (rows if key in known else fresh).append(row)
    insert_rows(connection, tables.release_words, fresh)
    if rows:
        statement = insert_into(connection, tables.release_words)
        words = tables.release_words.c.words
        changed = {"index_elements": ["number"], "where": words.is_distinct_from(statement.excluded.words)}
        statement = statement.on_conflict_do_update(set_={"words": statement.excluded.words}, **changed)
        connection.execute(statement, sorted(rows, key=lambda row: row["number"]))


def has_words(connection: Connection, release_id: ColumnElement[str], typed: str) -> ColumnElement[bool]:
    """Whether a release has all that somebody typed; none has what is neither letter nor digit.

    No text is an error, whatever it is. `words.read_asked` says what it asks for.
    """
    asked = read_asked(typed)
    if not asked:
        return false()
    own = tables.release_words.c
    if connection.dialect.name == "postgresql":
        fits = own.words.bool_op("@@")(cast(literal(as_tsquery(asked), Text), TSQUERY))
    else:
        index = select(_INDEX.c.rowid).where(_INDEX.c.word_index.match(as_fts5(asked)))
        fits = own.number.in_(index)
    return exists().where(own.release_id == release_id, fits)


def as_fts5(asked: Sequence[Phrase]) -> str:
    """What FTS5 takes.

    >>> as_fts5(read_asked('"harbour school" norv'))
    '"harbour school" AND "norv"*'
    """
    return " AND ".join(f'"{" ".join(phrase.words)}"{"*" * phrase.is_open}' for phrase in asked)


def as_tsquery(asked: Sequence[Phrase]) -> str:
    """What PostgreSQL takes.

    >>> as_tsquery(read_asked('"harbour school" norv'))
    "'harbour' <-> 'school' & 'norv':*"
    """
    phrases = (" <-> ".join(f"'{word}'" for word in phrase.words) + ":*" * phrase.is_open for phrase in asked)
    return " & ".join(phrases)


def as_vector(words: Sequence[str]) -> str:
    """What PostgreSQL keeps: each word with its places.

    >>> as_vector(["ana", "¶", "ask", "ana"])
    "'ana':1,4 'ask':3"
    """
    places = defaultdict(list)
    for place, word in zip(_NUMBERS, words, strict=False):
        places[word].append(place)
    places.pop(BREAK, None)
    return " ".join([f"'{word}':{','.join(found)}" for word, found in places.items()])


def given_names(reviews: Iterable[Review | None], record: Record) -> set[str]:
    """Names that people gave in these decisions, without those that the record has."""
    values = (one.human for one in reviews if one is not None and one.field in _NAMED and one.human is not None)
    return {name for value in values for name in _named(value)}.difference(_names(record))


def _names(record: Record) -> list[str]:
    people = (person.name for person in record.people)
    organisations = (name for one in record.organisations for name in (one.name, one.acronym) if name)
    return [*people, *organisations]


def _named(value: Mapping[str, Any]) -> list[str]:
    return [name for name in (value.get("name"), value.get("acronym")) if name]


def _load_given(connection: Connection, ids: Collection[str]) -> dict[str, list[str]]:
    """The names of what people decided, by release; a second opinion is nobody's to find."""
    own, given = tables.review.c, defaultdict[str, list[str]](list)
    for chunk in chunks(sorted(ids)):
        decided = select(own.release_id, own.human).where(own.release_id.in_(chunk), own.opinion == 1)
        for row in connection.execute(decided.where(own.field.in_(_NAMED)).order_by(own.id)):
            given[row.release_id] += _named(row.human or {})
    return given


def _numbers(connection: Connection, ids: Collection[str]) -> tuple[dict[str, int], int]:
    """The numbers of these releases, as far as they have one, and the highest of all: SQLite's index grows there."""
    own = tables.release_words.c
    numbers: dict[str, int] = {}
    for chunk in chunks(sorted(ids)):
        known = select(own.release_id, own.number).where(own.release_id.in_(chunk))
        numbers |= {row.release_id: row.number for row in connection.execute(known)}
    last = connection.execute(select(func.coalesce(func.max(own.number), 0))).scalar_one()
    return numbers, last
