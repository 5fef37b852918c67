"""Release to record: runs the pipeline over a release's text and joins what its readers understood."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from spacy.language import Language
from spacy.tokens import Doc

from extractors.amount_kinds import give_kinds
from extractors.amounts import extract_amounts
from extractors.anatomy import find_sections
from extractors.checks import add_checks
from extractors.commitments import read_payments
from extractors.confidence import settle_confidence
from extractors.date_roles import read_roles
from extractors.dateline import read_dateline
from extractors.dates import extract_dates
from extractors.entities import extract_names
from extractors.events import find_events
from extractors.findings import Findings
from extractors.issuer import read_issuer, subjects_of
from extractors.parties import link_parties
from extractors.quotes import extract_quotes
from extractors.recalibration import apply_curves
from extractors.spans import MISFITS
from schemas.learned import Curve
from schemas.problem import Problem
from schemas.record import Check, Record, ReleaseRef
from schemas.release import Release

_PIECE = 65_536
"""Bytes."""


@cache
def extractor_version(names: str) -> str:
    """Dateline's version, a fingerprint of its extractors (other rules or weights, another one), what finds names.

    >>> extractor_version("fast").split("+")[0] == version("dateline"), extractor_version("fast").split(".")[-1]
    (True, 'fast')
    """
    digest = hashlib.sha256()
    for item in _walk(files("extractors")):
        digest.update(item.name.encode())
        with item.open("rb") as file:
            for piece in iter(partial(file.read, _PIECE), b""):  # weights are large
                digest.update(piece)
    return f"{version('dateline')}+{digest.hexdigest()[:8]}.{names}"


def _walk(folder: Traversable) -> Iterator[Traversable]:
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.is_dir():
            yield from _walk(item)
        elif not item.name.endswith(".pyc"):
            yield item


def extract_record(nlp: Language, release: Release) -> Record:
    """Everything that the release says, as a record whose offsets were held against its text."""
    curves = {name: Curve.model_validate(curve) for name, curve in nlp.meta.get("curves", {}).items()}
    return _join(nlp(release.text), release, extractor_version(nlp.meta["names_model"]), curves)


def find_values(doc: Doc, release: Release) -> Findings:
    """The values of a marked doc, before it is known what they are to each other."""
    people, organisations, name_checks = extract_names(doc, release)
    dates, date_checks = extract_dates(doc, release)
    amounts, amount_checks = extract_amounts(doc, release)
    quotes, quote_checks = extract_quotes(doc, release, people, organisations)
    dateline = read_dateline(release.text)
    return Findings(
        release=release,
        place=dateline.place if dateline else None,
        issuer=read_issuer(release, subjects_of(people, organisations)),
        people=people,
        organisations=organisations,
        dates=dates,
        amounts=amounts,
        quotes=quotes,
        checks=[*name_checks, *date_checks, *amount_checks, *quote_checks, *_misfits(doc)],
    )


def _join(doc: Doc, release: Release, extractor: str, curves: Mapping[str, Curve]) -> Record:
    """Values first, then what they are to each other, then what does not fit, then how sure all of it is."""
    found = find_values(doc, release)
    for step in STEPS:
        found = step(doc, found)
    found = apply_curves(found, curves) if curves else found
    reference = ReleaseRef(
        **release.model_dump(include={"id", "source", "url", "title", "published", "language"}),
        place=found.place,
        issuer=found.issuer,
        text_sha256=release.text_sha256,
    )
    values = {"extractor_version": extractor, "release": reference, **found.values()}
    return Record.model_validate(values, context={"text": release.text})


STEPS: tuple[Callable[[Doc, Findings], Findings], ...] = (
    find_sections,
    read_roles,
    find_events,
    give_kinds,
    link_parties,
    read_payments,
    add_checks,
    settle_confidence,
)
"""What is understood of the values once all are there, each step from what those before it found."""


def _misfits(doc: Doc) -> Iterator[Check]:
    for span in doc.spans.get(MISFITS, []):
        message = f"rule {span.id_!r} cut {span.text!r} in two; please report it with this release"
        yield Check(code="misfit_mark", message=message, start=span.start_char, end=span.end_char)


def extract_records(nlp: Language, releases: Iterable[Release]) -> Iterator[Record | Problem]:
    """A record for each release in turn; a release that a rule trips over gives a Problem and the rest goes on."""
    for release in releases:
        yield _record_or_problem(nlp, release)


def _record_or_problem(nlp: Language, release: Release) -> Record | Problem:
    try:
        with nlp.memory_zone():  # the words of a release are forgotten with it: memory stays flat
            return extract_record(nlp, release)
    except Exception as error:  # whatever it is, it costs this document only and is kept for a person to see
        return Problem(
            source=release.source,
            place=release.url or release.id,
            stage="extract",
            code="extractor",
            message=f"{type(error).__name__}: {error}; please report it with this release",
            page_sha256=release.page_sha256,
        )
