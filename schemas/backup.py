"""What a backup says of itself."""

from pydantic import AwareDatetime, BaseModel

from schemas.values import FROZEN


class Rows(BaseModel):
    """The rows of one table."""

    model_config = FROZEN
    columns: tuple[str, ...]
    rows: int
    sha256: str
    """Of all lines, before they were compressed."""


class Manifest(BaseModel):
    """What is in a backup: its last member."""

    model_config = FROZEN
    program: str
    """Version of the program that wrote it."""
    revision: str
    """Of the tables (store/migrations)."""
    made_at: AwareDatetime
    """The moment whose state it holds."""
    tables: dict[str, Rows]
    files: int
    """Bodies from the archive."""
    file_bytes: int
    """Of those, compressed."""
    files_sha256: str
    """Of their names, in the order of the file."""
    missing: tuple[str, ...]
    """Bodies that rows refer to and the archive could not give: the first of them; see `missing_files`."""
    missing_files: int
    """How many there are."""
    learned_sha256: str | None
    """Of what `dateline learn` had switched on; None where that was nothing."""
