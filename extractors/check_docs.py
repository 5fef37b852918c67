"""What each check means, for people: `python -m extractors.check_docs > docs/checks.md`."""

import json
import sys
from functools import cache
from importlib.resources import files
from typing import Any

_HEAD = """# Checks

What Dateline saw and did not understand, or what does not fit together, is a check on the record: `checks` in its JSON,
the table `record_check` in the store, a line in `dateline show`. A check never stops a release. Where it is about one
value, `value_id` names it, and the value's confidence takes it into account.

This page is made from `extractors/data/checks.json` by `python -m extractors.check_docs`; a test runs every example.
"""


@cache
def check_table() -> dict[str, dict[str, Any]]:
    """Code → `what` it means, what to `do`, and an `example` that gives it: a text, perhaps with `published`."""
    table: dict[str, dict[str, Any]] = json.loads((files("extractors.data") / "checks.json").read_text("utf8"))
    return table


def write_docs() -> str:
    """The whole page, as Markdown."""
    return _HEAD + "".join(_entry(code, entry) for code, entry in sorted(check_table().items()))


def _entry(code: str, entry: dict[str, Any]) -> str:
    lines = [f"\n## {code}\n", f"{entry['what']}\n", f"**What to do:** {entry['do']}\n"]
    if example := entry["example"]:
        when = f", published {example['published']}" if "published" in example else ""
        text = example["text"].replace("\n", "\n> ")
        lines.append(f"Example{when}:\n\n> {text}\n")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(write_docs())
