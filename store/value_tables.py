"""The tables of what the current records say, one row per value; made anew whenever a release is saved."""

from sqlalchemy import Boolean, Column, Date, Double, Index, Integer, Table, Text

from store.columns import key, metadata, money, phrase, texts, when, words

section = Table(
    "section",
    metadata,
    *key(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("start_char", Integer, nullable=False),
    Column("end_char", Integer, nullable=False),
    *texts("about", "about_id", required=False),
    Column("rule", Text, nullable=False),
)

person = Table(
    "person",
    metadata,
    *key("id"),
    Column("name", Text, nullable=False),
    *texts("title", "organisation", "organisation_id", required=False),
    Column("confidence", Double, nullable=False),
    *texts("rule", "section", required=False),
)

organisation = Table(
    "organisation",
    metadata,
    *key("id"),
    Column("name", Text, nullable=False),
    *texts("acronym", "kind", required=False),
    Column("confidence", Double, nullable=False),
    *texts("rule", "section", required=False),
)

mention = Table(
    "mention",
    metadata,
    *key("entity_id"),
    Column("start_char", Integer, primary_key=True),
    Column("end_char", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("entity_kind", Text, nullable=False),
)

date_mention = Table(
    "date_mention",
    metadata,
    *key("id"),
    Column("value", Text),
    Column("first_day", Date, index=True),
    Column("last_day", Date),
    *words(),
    Column("rule", Text, nullable=False),
    Column("confidence", Double, nullable=False),
    *texts("role", "section", required=False),
)

amount = Table(
    "amount",
    metadata,
    *key("id"),
    *money(),
    *texts("kind", "payer", "payer_id", "payee", "payee_id", required=False),
    *words(),
    Column("rule", Text, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("equals", Text),
    *phrase("payer", "payer_text"),
    *phrase("payee", "payee_text"),
    *phrase("purpose"),
    *when("period", "period_"),
    *texts("part_of", "section", required=False),
)
Index("ix_amount_currency", amount.c.currency, amount.c.value_number)

commitment = Table(
    "commitment",
    metadata,
    *key("id"),
    Column("kind", Text, nullable=False),
    *money(),
    *texts("payer", "payer_id", required=False),
    *phrase("payer", "payer_text"),
    *texts("payee", "payee_id", required=False),
    *phrase("payee", "payee_text"),
    *phrase("purpose"),
    *when("period", "period_"),
    *when("day"),
    Column("part_of", Text),
    *words(required=False),
    Column("confidence", Double, nullable=False),
)
Index("ix_commitment_currency", commitment.c.currency, commitment.c.value_number)

commitment_amount = Table(
    "commitment_amount",
    metadata,
    *key("commitment_id", "amount_id"),
    Column("number", Integer, nullable=False),
)

event = Table(
    "event",
    metadata,
    *key("id"),
    *when("day"),
    *phrase("place"),
    Column("is_past", Boolean),
    *words(),
    Column("rule", Text, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("section", Text),
)
Index("ix_event_first_day", event.c.first_day)

quote = Table(
    "quote",
    metadata,
    *key("id"),
    *texts("speaker", "speaker_id", required=False),
    *words(),
    Column("rule", Text),
    Column("confidence", Double),
    Column("section", Text),
)

reason = Table(
    "reason",
    metadata,
    *key("field", "value_id", "attribute"),
    Column("rule", Text, nullable=False, index=True),
    Column("confidence", Double, nullable=False),
)

record_check = Table(
    "record_check",
    metadata,
    *key(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False, index=True),
    Column("message", Text, nullable=False),
    *words(required=False),
    Column("value_id", Text),
)

# PostgreSQL's ordinary index refuses entries of more than some 2,700 bytes, and names come from outside: a hash index
# takes any length.
for _column in (person.c.name, organisation.c.name, commitment.c.payer, commitment.c.payee):
    Index(f"ix_{_column.table.name}_{_column.name}", _column, postgresql_using="hash")

VALUES = (
    section,
    person,
    organisation,
    mention,
    date_mention,
    amount,
    commitment,
    commitment_amount,
    event,
    quote,
    reason,
    record_check,
)
"""Every table of this file."""
