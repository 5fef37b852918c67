"""`dateline schema`: what a record is, for programs."""

import json

from cli.output import out
from schemas.record import Record


def schema() -> None:
    """Print the JSON Schema of a record."""
    out.file.write(json.dumps(Record.model_json_schema(mode="serialization"), indent=2) + "\n")
