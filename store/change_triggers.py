"""The triggers by which every change of a release gets its number.

Numbers are in the order of commits: whoever reads one has all below it. SQLite has one writer at a time. PostgreSQL
gives numbers only when a transaction commits (deferred triggers), under a lock that lasts until it has: a transaction
that began earlier and commits later gets the higher number.
"""

from typing import NamedTuple


class _Trigger(NamedTuple):
    """`{differs}`, `{number}` and `{as_text}` are written as each database wants them."""

    name: str
    event: str
    condition: str
    action: str


_ADD = """
INSERT INTO release_change (release_id, source, number, created) VALUES (new.id, new.source, {number}, {number})
ON CONFLICT (release_id) DO UPDATE SET
    source = excluded.source, number = excluded.number, created = excluded.created, gone = NULL, deleted = NULL,
    text_sha256 = NULL, extractor_version = NULL"""
_EXTRACT = """
UPDATE release_change SET number = {number}, extracted = {number},
    changed = CASE WHEN text_sha256 <> new.text_sha256 THEN {number} ELSE changed END,
    text_sha256 = new.text_sha256, extractor_version = new.extractor_version
WHERE release_id = new.release_id"""
# A record that is saved again is current no more for a moment: then only its content or another key is a change.
_EXTRACT_AGAIN = f"""{_EXTRACT} AND (new.content{{as_text}} {{differs}} old.content{{as_text}}
    OR text_sha256 {{differs}} new.text_sha256 OR extractor_version {{differs}} new.extractor_version)"""
_SET = "UPDATE release_change SET number = {{number}}, {0} = {{number}} WHERE release_id = {1}"
_TRIGGERS = (
    _Trigger("note_new", "INSERT ON release", "true", _ADD),
    _Trigger("note_record", "INSERT ON record", "new.is_current", _EXTRACT),
    _Trigger("note_record_again", "UPDATE OF content, is_current ON record", "new.is_current", _EXTRACT_AGAIN),
    _Trigger("note_copy", "INSERT ON release_copy", "true", _SET.format("copied", "new.release_id")),
    _Trigger("note_copy_again", "UPDATE ON release_copy", "true", _SET.format("copied", "new.release_id")),
    _Trigger("note_copy_no_more", "DELETE ON release_copy", "true", _SET.format("copied", "old.release_id")),
    _Trigger("note_review", "INSERT ON review_event", "new.opinion = 1", _SET.format("reviewed", "new.release_id")),
    _Trigger(
        "note_gone",
        "UPDATE OF gone_since ON release",
        "new.gone_since {differs} old.gone_since",
        _SET.format("gone", "new.id"),
    ),
    _Trigger("note_deleted", "DELETE ON release", "true", _SET.format("deleted", "old.id")),
)
_LOCK = 0x6461_7465_6C6A
"""Key of PostgreSQL's advisory lock under which numbers are given."""
NAMES = tuple(trigger.name for trigger in _TRIGGERS)


def sqlite() -> list[str]:
    """The statements that make them on SQLite."""
    words = {"differs": "IS NOT", "as_text": "", "number": "(SELECT coalesce(max(number), 0) + 1 FROM release_change)"}
    return [
        f"CREATE TRIGGER {one.name} AFTER {one.event} WHEN {one.condition.format(**words)}"
        f" BEGIN {one.action.format(**words)}; END"
        for one in _TRIGGERS
    ]


def postgres() -> list[str]:
    """The statements that make them on PostgreSQL: a function and a trigger for each."""
    words = {"differs": "IS DISTINCT FROM", "as_text": "::text", "number": "given"}
    made = []
    for one in _TRIGGERS:
        made.append(
            f"CREATE FUNCTION {one.name}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE given bigint; BEGIN"
            f" PERFORM pg_advisory_xact_lock({_LOCK}); given := nextval('release_change_number');"
            f" {one.action.format(**words)}; RETURN NULL; END $$"
        )
        made.append(
            f"CREATE CONSTRAINT TRIGGER {one.name} AFTER {one.event} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
            f" WHEN ({one.condition.format(**words)}) EXECUTE FUNCTION {one.name}()"
        )
    return made
