"""What `dateline show` prints of a release's copies and versions."""

from rich.text import Text

from cli.output import out, print_json
from cli.tables import plain_table, shorten
from store.copies import Copy
from store.versions import Version, describe_versions, list_changes


def copies_line(copies: list[Copy]) -> Text:
    """One line: of what the release is a copy, and what else tells it."""
    line = Text()
    for lead, wanted in (("Copy of ", True), ("Copies: ", False)):
        said = [_say(copy) for copy in copies if copy.is_original == wanted]
        if said:
            line.append("   " if line else "").append(lead, "bold").append(", ".join(said))
    return line


def _say(copy: Copy) -> str:
    facts = [copy.source, copy.published, copy.similarity and f"similarity {copy.similarity:.2f}"]
    return f"{copy.release_id} ({', '.join(str(fact) for fact in facts if fact)})"


def print_versions(versions: list[Version], as_json: bool) -> None:
    """A table of the versions, and for each what it changed."""
    if as_json:
        print_json(describe_versions(versions))
        return
    rows = [
        (
            number,
            f"{v.first_seen:%Y-%m-%d %H:%M}",
            f"{v.last_seen:%Y-%m-%d %H:%M}",
            v.extractor_version,
            v.text_sha256[:12],
        )
        for number, v in enumerate(versions, 1)
    ]
    out.print(plain_table("Versions", ("#number", "first seen", "last seen", "extractor", "text"), rows))
    for number, changes in enumerate(list_changes(versions), 1):
        if number > 1:
            cells = [(c.field, c.what, shorten(c.value, 60), c.attribute, c.old, c.new) for c in changes]
            table = plain_table(f"Version {number}", ("field", "", "value", "attribute", "before", "now"), cells)
            out.print(Text(), table if cells else f"Version {number}: the same record", sep="\n")
