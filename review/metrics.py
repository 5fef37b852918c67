"""`/metrics` for Prometheus: all from the store, so that it does not matter which process or machine did the work."""

from collections.abc import Iterable, Iterator

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from schemas.metrics import LATENCY_LIMITS
from store.database import Store
from store.gauges import Gauges, load_gauges

router = APIRouter()


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """The store in numbers."""
    return Response(write_metrics(request.app.state.setup.store), media_type=CONTENT_TYPE_LATEST)


class _Given(Collector):
    """Hands over metrics that were made before."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        """The metrics."""
        return self._families


def write_metrics(store: Store) -> str:
    """All metrics in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(_Given(list(_families(load_gauges(store)))))
    return generate_latest(registry).decode()


def _families(gauges: Gauges) -> Iterator[Metric]:
    yield GaugeMetricFamily("dateline_releases", "Releases in the store", value=gauges.releases)
    yield GaugeMetricFamily(
        "dateline_failing_sources", "Sources whose last look at their listing failed", value=gauges.failing_sources
    )
    quarantine = GaugeMetricFamily(
        "dateline_quarantine", "Documents that could not be processed", labels=["stage", "code"]
    )
    for labels, number in gauges.quarantine.items():
        quarantine.add_metric(labels, number)
    yield quarantine
    yield _labelled("dateline_review_releases", "Releases by how far their review is", "status", gauges.review)
    yield _labelled("dateline_running_runs", "Runs under way", "kind", gauges.running)
    finished = {kind: moment.timestamp() for kind, moment in gauges.last_finished.items()}
    yield _labelled("dateline_last_finished_timestamp_seconds", "When a run last ended well", "kind", finished)
    yield from _sums(gauges)


def _sums(gauges: Gauges) -> Iterator[Metric]:
    yield _total(gauges, "releases", "dateline_releases_processed", "Releases by what became of them", ("outcome",))
    yield _total(gauges, "failures", "dateline_failures", "Failures by stage", ("stage",))
    yield _total(gauges, "seconds", "dateline_stage_seconds", "Working time of each stage, in seconds", ("stage",))
    yield _total(gauges, "runs", "dateline_runs", "Runs that ended", ("kind", "state"))
    counted = {key.label: value for key, value in gauges.tallies.items() if key.name == "latency"}
    seconds = sum(value for key, value in gauges.tallies.items() if key == ("seconds", "extract"))
    buckets, so_far = [], 0.0
    for limit in [*map(str, LATENCY_LIMITS), "+Inf"]:
        so_far += counted.get(limit, 0)
        buckets.append((limit, so_far))
    latency = HistogramMetricFamily("dateline_extract_seconds", "Time that the extraction of a release took")
    latency.add_metric([], buckets, seconds)
    yield latency


def _labelled(name: str, what: str, label: str, values: dict[str, int] | dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, what, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family


def _total(gauges: Gauges, tally: str, name: str, what: str, labels: tuple[str, ...]) -> Metric:
    family = CounterMetricFamily(name, what, labels=labels)
    for key, value in sorted(gauges.tallies.items()):
        if key.name == tally:
            family.add_metric(key.label.split(" ", len(labels) - 1), value)
    return family
