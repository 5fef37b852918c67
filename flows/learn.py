"""From the reviews of a store to what extraction can learn from them."""

from collections.abc import Callable

from extractors.learning import Case, Setup, study
from extractors.pipeline import build_pipeline
from extractors.shares import group_releases, is_held_back
from flows.extraction import known_forms
from schemas.learned import Study
from schemas.page import utc_now
from schemas.settings import Settings
from store.copies import load_originals
from store.database import Store
from store.learned import load_learned
from store.review_desk import iter_reviewed


def load_cases(store: Store, share: float, source: str | None = None) -> list[Case]:
    """Every release whose review is done, copies and equal texts on one side."""
    pairs = [(release, reviewed) for release, _, reviewed in iter_reviewed(store, source)]
    groups = group_releases({release.id: release.text_sha256 for release, _ in pairs}, load_originals(store))
    return [
        Case(release, reviewed, groups[release.id], is_held_back(groups[release.id], share))
        for release, reviewed in pairs
    ]


def learn_from(store: Store, settings: Settings, share: float, tick: Callable[[], None] = lambda: None) -> Study:
    """What the reviews of a store teach; switches nothing. Raises LearnedError, ModelError or StoreError."""
    known = known_forms(store, settings)
    setup = Setup(
        build=lambda learned: build_pipeline(settings.model, known, learned),
        now=load_learned(settings.learned_path),
        at=utc_now(),
        tick=tick,
    )
    return study(load_cases(store, share), setup)
