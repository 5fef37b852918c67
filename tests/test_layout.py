"""The house: empty package files, files of bearable size, no name that shadows a room, every file with its test."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("schemas", "extractors", "store", "flows", "cli", "samples", "benchmarks")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)
CODE = [path for path in FILES if path.name != "__init__.py"]


def test_package_files_are_empty() -> None:
    assert [path for path in FILES if path.name == "__init__.py" and path.read_text().strip()] == []


def test_no_file_bears_a_rooms_name() -> None:
    assert [path for path in CODE if path.stem in ROOMS] == []


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_sizes(path: Path) -> None:
    source = path.read_text(encoding="utf8")
    assert sum(1 for line in source.splitlines() if line.strip()) <= 300
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and "cli" not in path.parts:
            docstring = ast.get_docstring(node, clean=False) or ""
            assert node.end_lineno
            length = node.end_lineno - node.lineno + 1 - len(docstring.splitlines())
            assert length <= 40, f"{node.name} has {length} lines"


def test_prefect_is_imported_after_its_settings() -> None:
    for path in (ROOT / "flows").glob("*.py"):
        source = path.read_text()
        if "prefect import" in source or "import prefect" in source:
            assert source.index("import flows.quiet") < source.index("prefect import"), path
