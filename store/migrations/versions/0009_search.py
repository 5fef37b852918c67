"""Releases are found by words of their texts and names."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from store.search import as_vector
from store.words import read_findable

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AT_ONCE = 200
PARENT = "fk_release_words_release_id"
TRIGGERS = {
    "added": "AFTER INSERT ON release_words",
    "removed": "AFTER DELETE ON release_words",
    "changed": "AFTER UPDATE OF words ON release_words",
}
ADD = "INSERT INTO word_index (rowid, words) VALUES (new.number, new.words);"
REMOVE = "INSERT INTO word_index (word_index, rowid, words) VALUES ('delete', old.number, old.words);"
DO = {"added": ADD, "removed": REMOVE, "changed": REMOVE + ADD}
TEXTS = sa.text(
    "SELECT release_id, text FROM release_version JOIN release ON release.id = release_id"
    " AND release.text_sha256 = release_version.text_sha256 WHERE release_id IN :ids"
).bindparams(sa.bindparam("ids", expanding=True))
NAMES = sa.text(
    "SELECT release_id, name FROM person WHERE release_id IN :ids"
    " UNION ALL SELECT release_id, name FROM organisation WHERE release_id IN :ids"
    " UNION ALL SELECT release_id, acronym FROM organisation WHERE release_id IN :ids AND acronym IS NOT NULL"
).bindparams(sa.bindparam("ids", expanding=True))
REVIEW = sa.table(
    "review", sa.column("release_id"), sa.column("opinion"), sa.column("field"), sa.column("human", sa.JSON())
)


def upgrade() -> None:
    """Make table and index, and fill them from what is stored."""
    connection = op.get_bind()
    is_postgres = connection.dialect.name == "postgresql"
    op.create_table(
        "release_words",
        sa.Column("number", sa.BigInteger() if is_postgres else sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("words", _kind(connection), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_release_words"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=PARENT, ondelete="CASCADE"),
    )
    op.create_index("ix_release_words_release_id", "release_words", ["release_id"], unique=True)
    if is_postgres:
        op.create_index("ix_release_words_words", "release_words", ["words"], postgresql_using="gin")
    else:
        # The words come folded and apart (store/words.py), so that the plainest tokenizer is the right one; without
        # `columnsize` FTS5 keeps no lengths, which only its ranking needs.
        op.execute(
            "CREATE VIRTUAL TABLE word_index USING fts5("
            "words, content='release_words', content_rowid='number', tokenize='ascii', columnsize=0)"
        )
        for name, when in TRIGGERS.items():
            op.execute(f"CREATE TRIGGER release_words_{name} {when} BEGIN {DO[name]} END")
    _fill(connection, as_vector if is_postgres else " ".join)


def downgrade() -> None:
    """Drop them; they hold nothing that is not elsewhere."""
    op.drop_table("release_words")
    op.execute("DROP TABLE IF EXISTS word_index")


def _kind(connection: sa.Connection) -> sa.types.TypeEngine[str]:
    return TSVECTOR() if connection.dialect.name == "postgresql" else sa.Text()


def _fill(connection: sa.Connection, as_column: Callable[[list[str]], str]) -> None:
    ids = connection.execute(sa.text("SELECT id FROM release ORDER BY id")).scalars().all()
    table = sa.table(
        "release_words", sa.column("number"), sa.column("release_id"), sa.column("words", _kind(connection))
    )
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        names = _names(connection, some)
        texts = connection.execute(TEXTS, {"ids": some})
        found = {row.release_id: as_column(read_findable(names[row.release_id], row.text)) for row in texts}
        numbers = enumerate(some, start + 1)
        rows = [{"number": number, "release_id": key, "words": found[key]} for number, key in numbers]
        connection.execute(sa.insert(table), rows)


def _names(connection: sa.Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    names = defaultdict(list)
    for row in connection.execute(NAMES, {"ids": ids}):
        names[row.release_id].append(row.name)
    decided = sa.select(REVIEW.c.release_id, REVIEW.c.human).where(REVIEW.c.release_id.in_(ids), REVIEW.c.opinion == 1)
    for row in connection.execute(decided.where(REVIEW.c.field.in_(("people", "organisations")))):
        names[row.release_id] += filter(None, map((row.human or {}).get, ("name", "acronym")))
    return names
