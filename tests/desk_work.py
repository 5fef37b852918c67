"""Runs over sources without Prefect: plan, then batches in turn, with a real store and a real server."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from spacy.language import Language

from flows.browser import Browser
from flows.fetch import Fetcher
from flows.memory import return_memory
from flows.plan import plan_links
from flows.process import Bench, process_links
from flows.report import Report, add_reports
from schemas.settings import Settings
from schemas.source import Source
from schemas.wanted import Wanted
from store.database import close_store, open_store
from store.save import save_sources
from tests.pipelines import pipeline

PIPELINES: list[Language] = []
"""What runs work with, where it is not the smaller of the real pipelines."""


def work(folder: Path, sources: Sequence[Source], settings: dict[str, Any] | None = None, **wanted: Any) -> Report:
    """One run over the sources, with the store in a folder."""
    given = Settings(data_dir=folder, **{"retries": 0, "timeout_seconds": 2.0, **(settings or {})})
    return_memory()
    store = open_store(given.database_url)
    try:
        save_sources(store, sources)
        with Fetcher(given, store) as fetcher, Browser(given, fetcher) as browser:
            hands = Bench(
                settings=given,
                store=store,
                fetcher=fetcher,
                browser=browser,
                nlp=PIPELINES[0] if PIPELINES else pipeline("fast"),
            )
            bench = replace(hands, wanted=Wanted(**wanted))
            plan = plan_links(sources, bench)
            step = given.batch_size
            batches = [plan.jobs[start : start + step] for start in range(0, len(plan.jobs), step)]
            return add_reports([plan.report, *(process_links(batch, bench) for batch in batches)])
    finally:
        close_store(store)
