"""What records say otherwise than those before them, counted over any number of releases."""

from typing import Literal

from pydantic import BaseModel

from schemas.problem import Problem
from schemas.review import Snippet
from schemas.values import FROZEN

What = Literal["added", "removed", "changed"]


class Counts(BaseModel):
    """How often a value, or one attribute of it, was there before and is there now."""

    model_config = FROZEN
    added: int = 0
    removed: int = 0
    changed: int = 0
    """Of values: those of which some attribute is another."""
    same: int = 0
    kept: int = 0
    """Of the first three: what does not show, since people decided that value and their decision stands."""


class Decisions(BaseModel):
    """What becomes of what people decided."""

    model_config = FROZEN
    kept: int = 0
    otherwise: int = 0
    """Of the kept ones: what the extractor says otherwise by now."""
    reopened: int = 0
    """Those that have to be made again, since the words have changed on which they were made."""


class Example(BaseModel):
    """One change, with where it stands."""

    model_config = FROZEN
    release_id: str
    field: str
    attribute: str | None
    what: What
    value: str
    """What the value is known by; empty for the release itself."""
    old: str | None
    new: str | None
    words: Snippet | None
    """The words of the text; None for what stands nowhere."""
    kept: bool
    """Whether people decided the value, so that nothing of it changes for readers."""


class Comparison(BaseModel):
    """Old records beside new ones: of one release, or added up over many."""

    model_config = FROZEN
    version: str = ""
    """Of the extractor that was asked."""
    applied: bool = False
    """Whether the new records are stored."""
    due: int = 0
    """Releases selected that another version of the extractor described."""
    known: int = 0
    """Releases selected that this version described already: left alone."""
    compared: int = 0
    unread: int = 0
    """Releases whose text had no record before: compared with nothing."""
    differing: int = 0
    """Releases of which some value is added, removed or changed."""
    unsure: int = 0
    """Releases with the same values, but otherwise sure of them, found by other rules or in other places."""
    reread: int = 0
    """Releases whose page gives another text by now."""
    failed: int = 0
    before: dict[str, int] = {}
    """Versions of the extractor that described the releases before, and how many."""
    counts: dict[str, dict[str, Counts]] = {}
    """By field, then attribute; the values themselves are under the empty attribute."""
    decisions: dict[str, Decisions] = {}
    """By field."""
    reopened: int = 0
    """Releases whose review was done and is to be done again."""
    examples: tuple[Example, ...] = ()
    """Some of each kind."""
    problems: tuple[Problem, ...] = ()
    """The first ones."""
    seconds: float = 0.0
    """Working time, summed over processes."""
