"""Makes samples: items, analysed here, with their vectors where the encoder is installed."""

from collections.abc import Iterator, Sequence

from monitor.core.concepts import Concepts
from monitor.core.model import Analysis
from monitor.learning.corpus import Item
from monitor.learning.local import analyze_all
from monitor.learning.train import Sample, make_sample


def make_samples(items: Sequence[Item], concepts: Concepts, *, encode: bool) -> Iterator[Sample]:
    """Analyse items in order; one that cannot be analysed is left out."""
    analyses = analyze_all([item.document for item in items], concepts, encode=encode)
    for item, analysis in zip(items, analyses, strict=True):
        if isinstance(analysis, Analysis):
            yield make_sample(item, analysis)
