"""Counts how often each rule of quotes and of their speakers is right: `python -m training.quote_precision CORPUS`."""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import regex
from spacy.language import Language

from extractors import tagger
from extractors.entities import extract_names
from extractors.files import FileProblem, read_file
from extractors.names import mark_names
from extractors.pipeline import build_pipeline
from extractors.quotes import attribute_quotes, quote_rule
from schemas.release import Release
from training.examples import NOT_FOR_TRAINING, load_lines, project_names
from training.precision import Counts, Given, count

TARGET = Path("extractors/data/quote_rules.json")
Both = tuple[Given, Given]
"""Of one release: its quotes with their speakers, and the speakers of those that are quotes."""


def read_key(words: str) -> str:
    """By which a quote is known again: its first three words.

    >>> read_key("“We’re glad – now”")
    'we re glad'
    """
    return " ".join(regex.findall(r"\w+", words.casefold())[:3])


def _releases(press: Path) -> Iterator[tuple[Release, dict[str, Any]]]:
    golds, rows = (load_lines(press / f"train.{kind}.jsonl") for kind in ("gold", "releases"))
    entries = read_file("train.jsonl", (press / "train.releases.jsonl").read_bytes(), None)
    for entry, gold, row in zip(entries, golds, rows, strict=True):
        if isinstance(entry, FileProblem):
            raise SystemExit(f"{press}: {entry}")
        if NOT_FOR_TRAINING not in row["rights"]:
            yield entry.release, gold


def _names(text: str, gold: Mapping[str, Any]) -> list[tagger.Name]:
    """The annotated people and organisations, wherever they are named."""
    forms: dict[str, set[str]] = {}
    for label, kind in (("PERSON", "people"), ("ORG", "organisations")):
        for entity in gold[kind]:
            for form in (*entity["mentions"], entity["name"]):
                forms.setdefault(form, set()).add(label)
    found = ((name.start, name.end, name.label) for name in project_names(text, forms))
    return [tagger.Name(start, end, label, 1.0) for start, end, label in found if label]  # type: ignore[arg-type]


def _speakers(gold: Mapping[str, Any]) -> dict[str, str]:
    """The annotated name for each form of the name of a person or an organisation."""
    entities = (*gold["organisations"], *gold["people"])
    return {form: entity["name"] for entity in entities for form in (*entity["mentions"], entity["name"])}


def count_release(nlp: Language, release: Release, gold: Mapping[str, Any]) -> Both:
    """What the rules say of one release whose names are as annotated, and what is annotated."""
    doc = mark_names(nlp(release.text), lambda _: _names(release.text, gold))
    people, organisations, _ = extract_names(doc, release)
    names = _speakers(gold)
    annotated = {(read_key(quote["start"]), quote["speaker"]) for quote in gold["quotes"]}
    quoted = {words for words, _ in annotated}
    quotes, speakers = set(), set()
    for mark, said in attribute_quotes(doc, release, people, organisations):
        words = read_key(release.text[mark.start : mark.end])
        value = (words, names.get(said.speaker or ""))
        quotes.add((quote_rule(mark.rule, said.rule), value))
        if words in quoted:
            speakers.add((said.rule, value))
    return (quotes, annotated), (speakers, annotated)


def main() -> None:
    """Count over the training releases and write the file."""
    parser = argparse.ArgumentParser(prog="python -m training.quote_precision", description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that holds corpus/press")
    nlp = build_pipeline()
    nlp.disable_pipe("dateline_names")
    press = parser.parse_args().corpus / "corpus" / "press"
    both = [count_release(nlp, *release) for release in _releases(press)]
    tables = {"quotes": count(one for one, _ in both), "speakers": count(one for _, one in both)}
    TARGET.write_text("{\n" + ",\n".join(_lines(*table) for table in tables.items()) + "\n}\n", encoding="utf8")


def _lines(name: str, counts: Counts) -> str:
    rules = ",\n".join(f"    {json.dumps(rule)}: {json.dumps(seen)}" for rule, seen in counts.items())
    return f"  {json.dumps(name)}: {{\n{rules}\n  }}"


if __name__ == "__main__":
    main()
