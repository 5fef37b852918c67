"""The real pipelines, each built once for all tests of a process."""

from functools import cache

from spacy.language import Language

from extractors.pipeline import build_pipeline


@cache
def pipeline(model: str = "accurate") -> Language:
    """The one of a names model."""
    return build_pipeline(model)
