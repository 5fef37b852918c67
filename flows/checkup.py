"""Whether what runs need is in order: the extractor, Prefect and what it bears beside it, a browser if need be."""

import flows.quiet  # noqa: F401  isort: skip  (settings that Prefect reads when it is first imported)

import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import httpx
from packaging.requirements import Requirement
from prefect.settings import get_current_settings

from extractors.names import ModelError
from extractors.pipeline import build_pipeline
from extractors.record import extract_record, extractor_version
from flows.browser import CHROMIUM, SYSTEM_BROWSERS
from schemas.checkup import Finding
from schemas.release import Release
from schemas.settings import Settings
from store.database import StoreError
from store.learned import load_learned

_SENTENCE = "On 3 May 2025 the Port Fund gave the city up to €2.5 million."
_EXPECTED = ("2025-05-03", "2500000 EUR up_to", "Port Fund")
_WHY = {
    "fastapi": "newer ones stop Prefect's server from starting",
    "sqlalchemy": "newer ones stop Prefect's scheduler in silence: no scheduled run is ever made",
}
_SECONDS = 10


def check_model(settings: Settings) -> Finding:
    """Whether the extractor loads and reads a sentence as it should."""
    try:
        nlp = build_pipeline(settings.model, learned=load_learned(settings.learned_path))
        record = extract_record(nlp, Release(id="1", source="doctor", text=_SENTENCE))
    except (ModelError, StoreError, OSError, ValueError) as error:
        return Finding.fail("model", f"{settings.model}: {error}", "check DATELINE_MODEL, or install Dateline anew")
    amounts = [f"{amount.value:f} {amount.currency} {amount.qualifier}" for amount in record.amounts]
    found = {*(date.value for date in record.dates), *amounts, *(body.name for body in record.organisations)}
    learnt = ", with what was learnt" if settings.learned_path.exists() else ""
    known = f"{extractor_version(nlp.meta['names_model'])}{learnt}"
    if missing := [words for words in _EXPECTED if words not in found]:
        return Finding.warn("model", f"{known}: does not find {', '.join(missing)} in “{_SENTENCE}”",
                            "install Dateline anew; after `dateline learn`, try `dateline learn --forget`")  # fmt: skip
    return Finding.ok("model", f"{known}: loads, and reads a sentence as it should")


def check_versions() -> Iterator[Finding]:
    """Whether what is installed is what Dateline wants."""
    bad = 0
    for line in requires("dateline") or ():
        wanted = Requirement(line)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            there = version(wanted.name)
        except PackageNotFoundError:
            bad += 1
            yield Finding.fail("packages", f"{wanted.name} is not installed", f"pip install '{wanted}'")
            continue
        if not wanted.specifier.contains(there, prereleases=True):
            bad += 1
            why = _WHY.get(wanted.name.lower())
            said = f"{wanted.name} {there} is not {wanted.specifier}{f': {why}' if why else ''}"
            yield Finding.fail("packages", said, f"pip install '{wanted}'")
    if not bad:
        yield Finding.ok("packages", f"Prefect {version('prefect')}, and all others of versions that work together")


def check_server() -> Finding:
    """Whether the Prefect server that runs report to answers."""
    url = get_current_settings().api.url
    if not url:
        return Finding.ok("prefect", "no server is named in PREFECT_API_URL: each run starts its own for itself")
    try:
        with httpx.Client(timeout=_SECONDS) as client:
            client.get(f"{url}/health").raise_for_status()
            there = str(client.get(f"{url}/admin/version").json())
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return Finding.fail("prefect", f"{url}: the server does not answer ({error})",
                            "start it (`dateline serve` does), or unset PREFECT_API_URL")  # fmt: skip
    if there.split(".")[:2] != version("prefect").split(".")[:2]:
        return Finding.warn("prefect", f"{url}: the server is of version {there}, this is {version('prefect')}",
                            "install the same on both")  # fmt: skip
    return Finding.ok("prefect", f"{url}: the server answers, version {there}")


def check_browser(settings: Settings, renders: list[str]) -> Finding:
    """Whether there is a Chromium, where sources want one."""
    if not renders:
        return Finding.ok("browser", "no source wants one (`render = true`)")
    who = ", ".join(renders[:3]) + (", …" if len(renders) > 3 else "")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return Finding.fail("browser", f"{who} want one, and Playwright is not installed", "install dateline[browser]")
    if settings.browser is not None:
        places = [settings.browser]
    else:
        with sync_playwright() as playwright:
            places = [Path(playwright.chromium.executable_path)]
        places += [Path(found) for found in map(shutil.which, SYSTEM_BROWSERS) if found]
    if found := next((place for place in places if place.exists()), None):
        return Finding.ok("browser", f"{found}, for {who}")
    return Finding.fail("browser", f"{who} want one, and none is at {places[0]}", CHROMIUM)
