"""What reviews would teach, tried on annotations: `python -m benchmarks.learning CORPUS [--part dev] [--share 0.5]`.

The annotations of CORPUS/corpus/press stand for what reviewers left. As `dateline learn` does it, part of the releases
is learnt from, and the others say whether that is better than what ships. Prints what the command prints.
"""

import argparse
import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli.learn import print_study
from extractors.files import FileProblem, read_file
from extractors.learning import Case, Setup, study
from extractors.pipeline import build_pipeline
from extractors.shares import group_releases, is_held_back
from schemas.record import Record
from schemas.release import Release
from schemas.values import derive_id

Object = dict[str, Any]


def reviewed_record(release: Release, gold: Object) -> Record:
    """The annotations of a release as the record that a reviewer would have left.

    What the text does not have is left out. Every place of a form is a mention, for an annotation tells only the forms.
    """
    text = release.text
    values = {
        "people": [_entity(text, "people", one, ("title", "organisation")) for one in gold["people"]],
        "organisations": [_entity(text, "organisations", one, ("acronym", "kind")) for one in gold["organisations"]],
        "dates": [_value(text, one, ("value",)) for one in gold["dates"]],
        "amounts": [_amount(text, one) for one in gold["amounts"]],
        "quotes": [_quote(text, one) for one in gold["quotes"]],
    }
    found = {field: [one for one in some if one] for field, some in values.items()}
    reference = release.model_dump(include={"id", "source", "url", "title", "published", "language"})
    reference |= {"place": gold["place"], "issuer": gold["issuer"], "text_sha256": release.text_sha256}
    record = {"extractor_version": "annotated", "release": reference, **found}
    return Record.model_validate(record, context={"text": text})


def _places(text: str, form: str) -> Iterator[Object]:
    for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text):
        yield {"start": match.start(), "end": match.end(), "text": form}


def _entity(text: str, field: str, one: Object, attributes: tuple[str, ...]) -> Object | None:
    forms = dict.fromkeys([one["name"], *one["mentions"]])
    mentions = [place for form in forms for place in _places(text, form)]
    kept = {name: one[name] or None for name in attributes}
    whole = {"id": derive_id(field, one["name"]), "name": one["name"], "mentions": mentions, "confidence": 1, **kept}
    return whole if mentions else None


def _value(text: str, one: Object, attributes: tuple[str, ...]) -> Object | None:
    start = text.find(one["text"])
    if start < 0:
        return None
    kept = {name: one[name] for name in attributes}
    where = {"start": start, "end": start + len(one["text"]), "text": one["text"]}
    return {"id": derive_id(one["text"], kept), "rule": "annotated", "confidence": 1, **where, **kept}


def _amount(text: str, one: Object) -> Object | None:
    attributes = ("value", "currency", "qualifier", "kind", "payer", "payee")
    found = _value(text, one, attributes)
    return found and {**found, "value": str(one["value"]), "maximum": None if one["max"] is None else str(one["max"])}


def _quote(text: str, one: Object) -> Object | None:
    start = text.find(one["start"])
    end = text.find(one["end"], start) + len(one["end"])
    if start < 0 or end < start + len(one["end"]):
        return None
    words = text[start:end]
    return {"id": derive_id(start, words), "start": start, "end": end, "text": words, "speaker": one["speaker"]} | {
        "confidence": 1
    }


def load_cases(corpus: Path, part: str, share: float) -> list[Case]:
    """The annotated releases, equal texts on one side."""
    press = corpus / "corpus" / "press"
    golds = (json.loads(line) for line in (press / f"{part}.gold.jsonl").read_text("utf8").splitlines())
    entries = read_file("x.jsonl", (press / f"{part}.releases.jsonl").read_bytes(), None)
    pairs = [(e.release, gold) for e, gold in zip(entries, golds, strict=True) if not isinstance(e, FileProblem)]
    groups = group_releases({release.id: release.text_sha256 for release, _ in pairs}, {})
    return [
        Case(release, reviewed_record(release, gold), groups[release.id], is_held_back(groups[release.id], share))
        for release, gold in pairs
    ]


def main() -> None:
    """See the module."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("corpus", type=Path)
    cli.add_argument("--part", choices=("train", "dev"), default="dev")
    cli.add_argument("--share", type=float, default=0.5, help="of the releases, what is held back")
    args = cli.parse_args()
    setup = Setup(lambda learned: build_pipeline(learned=learned), None, dt.datetime.now(dt.UTC))
    print_study(study(load_cases(args.corpus, args.part, args.share), setup))


if __name__ == "__main__":
    main()
