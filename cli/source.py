"""`dateline source`: proposes an entry for a newsroom, and says what each source gives now."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.output import err, out, print_json
from cli.tables import plain_table, record_tables, shorten
from extractors.pipeline import build_pipeline
from extractors.record import extract_record
from flows.canary import Finding, read_release, try_sources
from flows.fetch import Fetcher
from flows.listed import DiscoverError
from flows.propose import Proposal, make_name, propose_source, write_entry
from flows.request import FetchError
from schemas.release import Release
from schemas.settings import Settings
from schemas.source import load_sources
from store.database import close_store, open_store

source = typer.Typer(help="Newsrooms: propose an entry for sources.toml, see what each source gives now.")
SHOWN = 3
"""Releases that are fetched of a newsroom that is proposed."""
_ELSEWHERE = "there is no such page: look for the newsroom's address in a browser"
_CLOSED = "it does not let programs in: ask the newsroom, or name its feed or sitemap"
_LATER = "that may pass: try again later"
_ADVICE = {
    "http_404": _ELSEWHERE,
    "http_410": _ELSEWHERE,
    "http_401": _CLOSED,
    "http_403": _CLOSED,
    "http_429": _LATER,
    "timeout": _LATER,
    "redirects": "name the address at which a browser ends",
    "tls": "what it says cannot be trusted, so it is not read: look for another address of the newsroom",
    "private_address": "for this command that is `--allow-host`",
    "robots": "for this command there is no such setting: write the entry by hand",
}
"""By kind of failure."""


@source.command()
def add(
    url: Annotated[str, typer.Argument(help="A newsroom's page, feed or sitemap.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Append the entry to that sources.toml.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the source; by default from its host.")] = None,
    allow_host: Annotated[list[str] | None, typer.Option(help="A host that may be on a private address.")] = None,
) -> None:
    """Look at a newsroom, propose its entry, and show what would be extracted from three of its releases."""
    settings = Settings()
    taken = [known.name for known in load_sources(output)] if output and output.exists() else []
    if (wanted := name or make_name(url)) in taken:
        raise typer.BadParameter(f"{output} has a source named {wanted!r}; choose another with --name")
    with Fetcher(settings) as fetcher:
        try:
            proposal = propose_source(url, fetcher, allow_host or ())
        except (FetchError, DiscoverError) as error:
            if error.code == "bad_url":
                raise typer.BadParameter(str(error)) from error
            err.print(Text(str(error) + _advise(error), "red"), soft_wrap=True)
            raise typer.Exit(1) from error
        found = proposal.source.model_copy(update={"name": wanted})
        entry = write_entry(found)
        out.file.write(entry + "\n")
        _say_beside(proposal)
        good = _show_releases(proposal._replace(source=found), fetcher, settings.model)
    if output:
        with output.open("a", encoding="utf8") as stream:
            stream.write(("\n" if taken else "") + entry)
        err.print(f"Appended to {output}; `dateline ingest {output} --source {wanted}` fetches its releases.")
    raise typer.Exit(0 if good else 1)


def _advise(error: FetchError | DiscoverError) -> str:
    """What to do about a newsroom that cannot be had, where the error itself does not say it."""
    advice = _ADVICE.get(error.code) or (_LATER if error.code.startswith("http_5") else "")
    return f"; {advice}" if advice else ""


def _say_beside(proposal: Proposal) -> None:
    for note in proposal.notes:
        err.print(Text(f"note: {note}", "dim"), soft_wrap=True)
    if proposal.source.country is None:
        err.print("note: `country` is not known; name it, it settles a bare $ and the order of 10/04/2025")
    err.print(f"{len(proposal.links):,} links found; the first {SHOWN}:")


def _show_releases(proposal: Proposal, fetcher: Fetcher, model: str) -> bool:
    nlp, good = build_pipeline(model), False
    for link in proposal.links[:SHOWN]:
        release = read_release(link, proposal.source, fetcher)
        if isinstance(release, Release):
            good = True
            out.print(record_tables(extract_record(nlp, release), release.text))
        else:
            err.print(Text(f"{link.url}: {release}", "yellow"), soft_wrap=True)
    return good


@source.command("test")
def try_out(
    names: Annotated[list[str] | None, typer.Argument(help="Sources to look at; by default all.")] = None,
    file: Annotated[Path, typer.Option(help="The file with the sources.")] = Path("sources.toml"),
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Say what each source gives now, beside its last good state; nothing is stored.

    Exit code 1 when one gives nothing.
    """
    declared = load_sources(file)
    known = [entry.name for entry in declared]
    if unknown := next((name for name in names or () if name not in known), None):
        raise typer.BadParameter(f"no source is named {unknown!r}; there are: {', '.join(known)}")
    settings = Settings()
    store = open_store(settings.database_url)
    try:
        with Fetcher(settings, store) as fetcher:
            wanted = [entry for entry in declared if not names or entry.name in names]
            findings = try_sources(wanted, fetcher, store, settings)
    finally:
        close_store(store)
    if as_json:
        print_json([finding.model_dump(mode="json") for finding in findings])
    else:
        columns = ("source", "", "#links", "newest", "#before", "last good", "title of the first")
        out.print(plain_table("Sources", columns, map(_row, findings)))
    for finding in findings:
        if finding.code:
            err.print(Text(f"{finding.source}: {finding.message}", "red"), soft_wrap=True)
    raise typer.Exit(1 if any(finding.code for finding in findings) else 0)


def _row(finding: Finding) -> tuple[object, ...]:
    before = finding.before
    last = (before.links, f"{before.checked_at:%Y-%m-%d %H:%M}") if before else ("", "never")
    return (
        finding.source,
        finding.code or "well",
        finding.links,
        finding.newest,
        *last,
        shorten(finding.title or "", 60),
    )
