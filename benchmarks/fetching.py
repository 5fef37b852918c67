"""Fetches the tests' world in small, with all its diseases, and says how long that takes and how much memory.

python -m benchmarks.fetching [--blank | --prefect]. The newsrooms are served by a process of their own, so that what
is measured is what asks them: planning, fetching, reading, extracting, storing, in two runs; with --blank nothing is
extracted.
"""

import argparse
import multiprocessing
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import spacy

from schemas.source import Source
from schemas.wanted import Wanted
from tests.desk_work import PIPELINES, work


def _serve(channel: Any) -> None:
    # Imported here: what attacks is large, and none of what is measured.
    from tests.test_world import SETTINGS
    from tests.world import serve_world
    from tests.world_sick import SICK
    from tests.world_well import WELL

    with serve_world(WELL | SICK) as rooms:
        channel.send(([room.source() for room in rooms], SETTINGS))
        channel.recv()
        channel.send(sum(len(room.site.answered) for room in rooms))


def _peak() -> float:
    """Megabytes of this process at most, so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _measure(sources: list[Source], settings: dict[str, Any], is_prefect: bool, is_blank: bool) -> None:
    if is_blank:
        PIPELINES.append(spacy.blank("en"))
    with tempfile.TemporaryDirectory() as folder:
        if is_prefect:
            os.environ.update({f"DATELINE_{name.upper()}": str(value) for name, value in settings.items()})
            os.environ.update({"DATELINE_DATA_DIR": folder, "DATELINE_MODEL": "fast"})
        for name in ("first run", "second run"):
            began = time.perf_counter()
            if is_prefect:
                from flows.ingest import ingest
                from flows.prefect_server import start_server
                from flows.report import Report

                start_server()()

                state = ingest(sources, Wanted(), return_state=True)
                report = Report.model_validate(state.result(raise_on_failure=False))
            else:
                report = work(Path(folder), sources, settings)
            seconds = time.perf_counter() - began
            stored, failed = sum(report.saved.values()), report.total("failed")
            print(f"{name}: {seconds:.1f} s, {stored} stored, {failed} failed, peak {_peak():.0f} MB", flush=True)


def main() -> None:
    """See the module's docstring."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--prefect", action="store_true", help="by the real flow, its temporary server included")
    cli.add_argument("--blank", action="store_true", help="without names model and rules: what fetching itself takes")
    args = cli.parse_args()
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=_serve, args=(there,))
    server.start()
    sources, settings = here.recv()
    print(f"{len(sources)} newsrooms")
    asking = context.Process(target=_measure, args=(sources, settings, args.prefect, args.blank))
    asking.start()
    asking.join()
    here.send("enough")
    print(f"{here.recv()} requests answered")
    server.join()


if __name__ == "__main__":
    main()
