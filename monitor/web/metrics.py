"""`/metrics`: the monitor in figures, in Prometheus' text format. Door to prometheus_client."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.routing import Route

from monitor import __version__
from monitor.core.latency import Latency
from monitor.queries import Figures, get_figures
from monitor.web.visit import Visit, shows


@dataclass(frozen=True, eq=False, slots=True)
class Snapshot(Collector):
    """What one scrape tells: figures of one moment, and seconds since the last tick.

    Labels are names of states and counters, which the program chose; no text of a feed is one.
    """

    figures: Figures
    tick_age: float

    def collect(self) -> Iterator[Metric]:
        """Give every metric, also those that are 0; a delay that is not known is left out."""
        figures = self.figures
        counted = "Events of the flow since the database was made."
        yield _count("monitor_events", counted, "event", figures.counters)
        yield _gauge("monitor_feeds", "Polled feeds.", "state", figures.feeds)
        yield _gauge("monitor_outbox_messages", "Messages.", "state", figures.outbox)
        waiting = "Articles that wait for their next step."
        yield _gauge("monitor_waiting_articles", waiting, "step", figures.waiting)
        stories = "Stories, those of first fetches left out."
        yield GaugeMetricFamily("monitor_stories", stories, value=figures.stories)
        seen = "From publication to when the monitor saw it, of the last 24 hours."
        yield _quantiles("monitor_seen_after_seconds", seen, figures.seen)
        told = "From there to a story's first alert, of the last 24 hours."
        yield _quantiles("monitor_told_after_seconds", told, figures.told)
        age = "Since the last look at what is due."
        yield GaugeMetricFamily("monitor_tick_age_seconds", age, value=self.tick_age)
        yield _gauge("monitor_info", "The program.", "version", {__version__: 1})


async def show_metrics(visit: Visit) -> Response:
    """All metrics, with those of the process; each scrape has a registry of its own."""
    figures = await visit.read(lambda tx: get_figures(tx, visit.now))
    registry = CollectorRegistry()
    registry.register(Snapshot(figures, time.monotonic() - visit.app.pulse.tick))
    ProcessCollector(namespace="monitor", registry=registry)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _gauge(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, number in sorted(values.items()):
        family.add_metric([value], number)
    return family


def _count(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, text, labels=[label])
    for value, number in sorted(values.items()):
        family.add_metric([value], number)
    return family


def _quantiles(name: str, text: str, latency: Latency | None) -> Metric:
    known = {"0.5": latency.p50, "0.95": latency.p95} if latency else {}
    seconds = {quantile: delay.total_seconds() for quantile, delay in known.items()}
    return _gauge(name, text, "quantile", seconds)


ROUTES = [Route("/metrics", shows(show_metrics))]
