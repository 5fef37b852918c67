"""Dateline's reading of pages on other projects' own tests: encodings and dates of feedparser, dates of htmldate, dates
and titles of trafilatura.

python -m benchmarks.public_pages FOLDER [--failures] reads the unpacked source distributions in FOLDER (`pip download
--no-binary :all: --no-deps feedparser htmldate trafilatura`, then tar). Their test functions are run with a
stand-in for the function under test, which notes what it is asked and what is expected of it; nothing of them is kept.
"""

import argparse
import ast
import datetime as dt
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

from htmldate import find_date
from lxml import etree
from trafilatura import extract_metadata

from extractors.address import choose_url
from extractors.encoding import decode
from extractors.markup import parse_html
from extractors.metadata import choose_title, read_metadata
from extractors.published import EARLIEST, guess_published, read_published

_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_NOT_OURS = {"outputformat", "deferred_url_extractor", "verbose", "author_blacklist"}
"""Options that ask for what a release has no use for."""


class Case(NamedTuple):
    """A test of another project, and what is right."""

    kind: str
    words: str
    """What is to be read: a page, or a date."""
    expected: str | None
    url: str | None = None


class _Asked(NamedTuple):
    """Stands for an answer of the function under test, and for each of its fields."""

    page: Any
    options: dict[str, Any]
    field: str = ""

    def __getattr__(self, name: str) -> "_Asked":
        return self._replace(field=name)


def _kept(statement: ast.stmt, function: str) -> ast.stmt:
    """A test without assertions, but that comparisons of what the function gives are noted."""
    for block in ("body", "orelse"):
        if inner := getattr(statement, block, None):
            setattr(statement, block, [_kept(part, function) for part in inner])
    if isinstance(statement, ast.With) and "raises" in ast.unparse(statement.items[0]):
        return ast.copy_location(ast.Pass(), statement)
    if not isinstance(statement, ast.Assert):
        return statement
    test, new = statement.test, cast(ast.stmt, ast.Pass())
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq | ast.Is) and _asks(test.left, function):
        new = ast.Expr(ast.Call(ast.Name("note", ast.Load()), [test.left, test.comparators[0]], []))
    return ast.copy_location(new, statement)


def _asks(left: ast.expr, function: str) -> bool:
    calls = (getattr(part.func, "id", "") for part in ast.walk(left) if isinstance(part, ast.Call))
    return function in calls or (isinstance(left, ast.Attribute) and isinstance(left.value, ast.Name))


def noted(path: Path, function: str) -> list[tuple[_Asked, object]]:
    """What the tests in a file ask a function, and the answers that they expect."""
    tree = ast.parse(path.read_text(encoding="utf8"))
    names = [part for part in tree.body if not isinstance(part, ast.FunctionDef) or function in ast.unparse(part)]
    module = ast.Module([_kept(part, function) for part in names], [])
    cases: list[tuple[_Asked, object]] = []
    scope = {"__name__": path.stem, "__file__": str(path), "note": lambda asked, right: cases.append((asked, right))}
    exec(compile(ast.fix_missing_locations(module), str(path), "exec"), scope)  # noqa: S102
    scope[function] = lambda page=None, *_, **options: _Asked(page, options)
    for name, test in list(scope.items()):
        if name.startswith("test_") and inspect.isfunction(test) and not inspect.signature(test).parameters:
            try:
                test()
            except Exception as error:  # what other projects' tests may raise
                print(f"{path.name}, {name}: ended early ({type(error).__name__})", file=sys.stderr)
    return [(asked, right) for asked, right in cases if isinstance(asked, _Asked)]


def _markup(page: Any) -> str:
    if isinstance(page, bytes):
        return decode(page)
    return etree.tostring(page, encoding="unicode", method="html") if isinstance(page, etree._Element) else str(page)


def htmldate_cases(folder: Path) -> Iterator[Case]:
    """Pages and their days; cases that ask for the day of a change, or for another form than a day, are left out."""
    for asked, right in noted(next(folder.glob("htmldate-*/tests/unit_tests.py")), "find_date"):
        is_ours = not _NOT_OURS & set(asked.options) and asked.options.get("original_date") is not False
        if is_ours and (right is None or (isinstance(right, str) and _ISO.fullmatch(right))):
            yield Case("htmldate: day", _markup(asked.page), right, asked.options.get("url"))


def trafilatura_cases(folder: Path) -> Iterator[Case]:
    """Pages with their titles and days."""
    for asked, right in noted(next(folder.glob("trafilatura-*/tests/metadata_tests.py")), "extract_metadata"):
        if asked.field in {"title", "date"} and (right is None or isinstance(right, str)):
            yield Case(f"trafilatura: {asked.field}", _markup(asked.page), right, asked.options.get("default_url"))


def feedparser_dates(folder: Path) -> Iterator[Case]:
    """Dates as feeds write them, with the moment that they mean."""
    source = next(folder.glob("feedparser-*/tests/runtests.py")).read_text(encoding="utf8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[0], ast.Constant):
            try:
                words, moment = ast.literal_eval(node)
            except ValueError:
                continue
            if isinstance(words, str) and isinstance(moment, tuple) and len(moment) == 9:
                expected = dt.datetime(*moment[:5]).isoformat() if moment[0] < 10_000 else None
                yield Case("feedparser: day", words, expected)


class Encoded(NamedTuple):
    """A feed's bytes, the header that they came with, and the encoding that they are in."""

    name: str
    body: bytes
    content_type: str | None
    encoding: str


def feedparser_encodings(folder: Path) -> Iterator[Encoded]:
    """Files whose description can be read in the encoding that they claim, and which are sound."""
    for path in sorted(next(folder.glob("feedparser-*/tests/encoding")).glob("*.xml")):
        body = path.read_bytes()
        for guess in (
            "utf-8",
            "utf-16",
            "utf-16-be",
            "utf-16-le",
            "utf-32",
            "utf-32-be",
            "utf-32-le",
            "cp037",
            "latin-1",
        ):
            text = body.decode(guess, "ignore")
            expect = re.search(r"Expect:\s*(.*)", text)
            if expect:
                break
        else:
            continue
        named = re.search(r"encoding == u?['\"]([\w.-]+)", expect[1])
        header = re.search(r"Header:\s*Content-type:\s*(.*)", text, re.I)
        if named and not re.match(r"bozo\b", expect[1]):
            yield Encoded(path.stem, body, header[1].strip() if header else None, named[1])


def _day(case: Case) -> str | None:
    tree = parse_html(case.words)
    if tree is None:
        return None
    metadata = read_metadata(tree)
    days = (read_published(words, None, metadata.languages[0] or None) for words in metadata.dates)
    day = next((day for day in days if day and day >= EARLIEST), None)
    day = day or guess_published(tree, choose_url(metadata.urls, case.url), dt.date.today())
    return str(day) if day else None


def _title(case: Case) -> str | None:
    tree = parse_html(case.words)
    return choose_title(tree, read_metadata(tree).titles) or None if tree is not None else None


def _feed_day(case: Case) -> str | None:
    """The expected moment, where the day that is read holds it in some zone of the world."""
    day = read_published(case.words)
    moment = dt.datetime.fromisoformat(case.expected) if case.expected else None
    if day is None or moment is None:
        return str(day) if day else None
    start = dt.datetime.combine(day, dt.time())
    return case.expected if start - dt.timedelta(hours=14) <= moment < start + dt.timedelta(hours=36) else str(day)


def _their_day(case: Case) -> str | None:
    found: str | None = find_date(case.words, url=case.url)
    return found


def _their_metadata(case: Case) -> str | None:
    found = extract_metadata(case.words, default_url=case.url)
    value: str | None = getattr(found, case.kind.rpartition(" ")[2], None)
    return value


Reader = Callable[[Case], str | None]
READERS: dict[str, tuple[Reader, Reader | None]] = {
    "htmldate: day": (_day, _their_day),
    "trafilatura: date": (_day, _their_metadata),
    "trafilatura: title": (_title, _their_metadata),
    "feedparser: day": (_feed_day, None),
}


def _encoding_failures(files: list[Encoded]) -> list[str]:
    failures = []
    for file in files:
        try:
            right = file.body.decode(file.encoding)
        except (UnicodeDecodeError, LookupError):
            right = None
        ours = decode(file.body, file.content_type)
        if right is None or ours.lstrip("\ufeff") != right.lstrip("\ufeff"):
            failures.append(f"{file.name}: {file.content_type}, {file.encoding}")
    return failures


def main() -> None:
    """See the module's docstring."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("folder", type=Path)
    cli.add_argument("--failures", action="store_true", help="print every case that is not read as expected")
    args = cli.parse_args()
    cases = [*htmldate_cases(args.folder), *trafilatura_cases(args.folder), *feedparser_dates(args.folder)]
    files = list(feedparser_encodings(args.folder))
    failures = _encoding_failures(files)
    print(f"{'feedparser: encoding':24} {len(files) - len(failures):4} of {len(files):4}")
    for line in failures if args.failures else ():
        print(f"    {line}")
    for kind, (ours, theirs) in READERS.items():
        chosen = [case for case in cases if case.kind == kind]
        right = [ours(case) == case.expected for case in chosen]
        peer = f"; their own {sum(theirs(case) == case.expected for case in chosen):4}" if theirs else ""
        print(f"{kind:24} {sum(right):4} of {len(chosen):4}{peer}")
        for case, is_right in zip(chosen, right, strict=True):
            if args.failures and not is_right:
                print(f"    {case.expected} not {ours(case)}: {' '.join(case.words.split())[:300]!r} {case.url or ''}")


if __name__ == "__main__":
    main()
