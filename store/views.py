"""The views for people who ask in SQL: what the current records say, with the release beside each value.

docs/query.md has them with every column. They are made anew whenever a database is brought up to date.
"""

from store.view_columns import View, ViewColumn, beside, entity, money, of, own, section, words

_COPY = " LEFT JOIN release_copy ON release_copy.release_id = release.id"
# Subqueries, so that large tables are gone through only by questions that name these columns.
_TEXT = ("(SELECT release_version.text FROM release_version WHERE release_version.release_id = release.id"
         " AND release_version.text_sha256 = release.text_sha256)")  # fmt: skip
_VERSION = ("(SELECT record.extractor_version FROM record WHERE record.release_id = release.id"
            " AND record.is_current)")  # fmt: skip
_ENTITY = "the same for all names of one, over releases: → entity.id; null before `dateline link`"

RELEASES = View(
    "releases",
    "Press releases, each with its current text.",
    (
        ViewColumn("release_id", "text", "release.id", "derived from source and address, or given"),
        *own("release", "text", source="newsroom, as in `sources.toml`", url="address", title="headline"),
        *own("release", "day", published="day of publication"),
        *own("release", "text", place="city of the dateline", issuer="organisation that issues it",
             language="ISO 639-1", country="ISO 3166-1, of the source"),
        ViewColumn("text", "text", _TEXT, "title, blank line, paragraphs"),
        *own("release", "time", first_seen="when it was first found", last_seen="when it was last found",
             gone_since="when its page was first found to have vanished; null while it is there"),
        ViewColumn("copy_of", "text", "release_copy.original_id", "→ release_id of the release that it tells again"),
        ViewColumn("extractor_version", "text", _VERSION, "what read its values; null: not yet"),
        ViewColumn("expected_errors", "number", "release.review_priority", "values expected to be wrong or missing"),
        ViewColumn("review_status", "text", "coalesce(review_state.status, 'open')",
                   "open, started, skipped, done, reopened"),
    ),
    "release" + _COPY +
    " LEFT JOIN review_state ON review_state.release_id = release.id AND review_state.opinion = 1",
    ("release_id",),
)  # fmt: skip

PAYMENTS = View(
    "payments",
    "Payments between two parties: one row for each, however often its release tells of it.",
    (
        *beside("published", "source", "issuer", "release_title", "release_url"),
        ViewColumn("payment_id", "text", "commitment.id", "derived from release and payment"),
        *own("commitment", "text", kind="commitment, price, result, penalty, budget, valuation, debt, …"),
        *money("commitment"),
        ViewColumn("counts", "flag", "(commitment.part_of IS NULL AND release_copy.release_id IS NULL)",
                   "add up only rows where it is true: no part of another payment, not from a release told again; "
                   "ceilings (`up_to`, `under`) are among them"),
        *own("commitment", "text", payer="who pays"),
        entity("payer_entity", "commitment.payer_id", _ENTITY),
        *own("commitment", "text", payee="who is paid"),
        entity("payee_entity", "commitment.payee_id", _ENTITY),
        *own("commitment", "text", purpose="the words that say what it is for",
             period="the words that say over what time"),
        ViewColumn("period_first_day", "day", "commitment.period_first_day", "first day of that time"),
        ViewColumn("period_last_day", "day", "commitment.period_last_day", "last day of that time"),
        *own("commitment", "text", day="the words that say when it was or will be made"),
        *own("commitment", "day", first_day="first day that these cover", last_day="last day that these cover"),
        *own("commitment", "text", part_of="→ payment_id of the payment that it is a part of"),
        *words("commitment"),
    ),
    of("commitment") + _COPY,
    ("release_id", "payment_id"),
)  # fmt: skip

AMOUNTS = View(
    "amounts",
    "Sums of money: one row for each place where a release names one.",
    (
        *beside("published", "source", "issuer", "release_title", "release_url"),
        ViewColumn("amount_id", "text", "amount.id", "derived from release and words"),
        *own("amount", "text", kind="commitment, price, result, penalty, budget, valuation, debt, …"),
        *money("amount"),
        *own("amount", "text", payer="who pays", payee="who is paid", purpose="the words that say what it is for",
             period="the words that say over what time", part_of="→ amount_id of the sum that it is a part of"),
        ViewColumn("equals", "text", "amount.equals", "→ amount_id of the same sum in another currency"),
        *section("amount"),
        *words("amount"),
    ),
    of("amount"),
    ("release_id", "amount_id"),
)  # fmt: skip

PEOPLE = View(
    "people",
    "People: one row for each in a release.",
    (
        *beside("published", "source", "release_title", "release_url"),
        ViewColumn("person_id", "text", "person.id", "derived from release and person"),
        *own("person", "text", name="fullest form in the text"),
        ViewColumn("job_title", "text", "person.title", "role, as in the text"),
        *own("person", "text", organisation="whom the person works for or represents"),
        entity("person_entity", "person.id", _ENTITY),
        entity("organisation_entity", "person.organisation_id", _ENTITY),
        *section("person"),
        *own("person", "number", confidence="0 to 1: how likely it is right"),
    ),
    of("person"),
    ("release_id", "person_id"),
)

ORGANISATIONS = View(
    "organisations",
    "Organisations: one row for each in a release.",
    (
        *beside("published", "source", "release_title", "release_url"),
        ViewColumn("organisation_id", "text", "organisation.id", "derived from release and organisation"),
        *own("organisation", "text", name="fullest form in the text", acronym="as in the text",
             kind="company, government, intergovernmental, education, ngo, media, political, court, other"),
        entity("organisation_entity", "organisation.id", _ENTITY),
        *section("organisation"),
        *own("organisation", "number", confidence="0 to 1: how likely it is right"),
    ),
    of("organisation"),
    ("release_id", "organisation_id"),
)  # fmt: skip

MENTIONS = View(
    "mentions",
    "Each place where a person or organisation is named.",
    (
        *beside("published", "source"),
        ViewColumn("value_id", "text", "mention.entity_id", "→ people.person_id or organisations.organisation_id"),
        ViewColumn("kind", "text", "mention.entity_kind", "person or organisation"),
        *words("mention")[:3],
    ),
    of("mention"),
    ("release_id", "value_id", "start_char", "end_char"),
)

DATES = View(
    "dates",
    "Dates: one row for each place where a release names one.",
    (
        *beside("published", "source", "release_title", "release_url"),
        ViewColumn("date_id", "text", "date_mention.id", "derived from release and words"),
        *own("date_mention", "text", value="`2026-05-04`, `2026-05`, `2026-Q2`, `FY2027`, …; null: not said"),
        *own("date_mention", "day", first_day="first day that it covers", last_day="last day that it covers"),
        *own("date_mention", "text", role="published, dateline, event, signing, deadline, period, …, historical"),
        *section("date_mention"),
        *words("date_mention"),
    ),
    of("date_mention"),
    ("release_id", "date_id"),
)

QUOTES = View(
    "quotes",
    "What somebody is quoted with.",
    (
        *beside("published", "source", "release_title", "release_url"),
        ViewColumn("quote_id", "text", "quote.id", "derived from release and words"),
        *own("quote", "text", speaker="who says it"),
        entity("speaker_entity", "quote.speaker_id", _ENTITY),
        *section("quote"),
        *words("quote"),
    ),
    of("quote"),
    ("release_id", "quote_id"),
)

EVENTS = View(
    "events",
    "What happened or will happen.",
    (
        *beside("published", "source", "release_title", "release_url"),
        ViewColumn("event_id", "text", "event.id", "derived from release and words"),
        *own("event", "text", day="the words that say when"),
        *own("event", "day", first_day="first day that these cover", last_day="last day that these cover"),
        *own("event", "text", place="the words that say where"),
        *own("event", "flag", is_past="whether it is told as past; null: not shown"),
        *section("event"),
        *words("event"),
    ),
    of("event"),
    ("release_id", "event_id"),
)

CHECKS = View(
    "checks",
    "What a person should look at ([checks.md](checks.md)).",
    (
        *beside("published", "source", "release_title", "release_url"),
        *own("record_check", "integer", number="1, 2, … within the release"),
        *own("record_check", "text", code="kind of doubt", message="what is doubtful",
             value_id="→ id of the value that it is about"),
        *words("record_check")[:3],
    ),
    of("record_check"),
    ("release_id", "number"),
)  # fmt: skip

VIEWS = {
    view.name: view
    for view in (RELEASES, PAYMENTS, AMOUNTS, PEOPLE, ORGANISATIONS, MENTIONS, DATES, QUOTES, EVENTS, CHECKS)
}
