"""Makes samples: items, analysed here, with their vectors where the encoder is installed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from monitor.core.classifier import Topic, find_subjects
from monitor.core.concepts import Concepts, Screen
from monitor.core.model import Analysis
from monitor.learning.corpus import Item, own_items, read_corpus, read_items
from monitor.learning.local import analyze_all
from monitor.learning.train import Sample, make_sample


def make_samples(items: Sequence[Item], concepts: Concepts, *, encode: bool) -> Iterator[Sample]:
    """Analyse items in order; one that cannot be analysed is left out."""
    analyses = analyze_all([item.document for item in items], concepts, encode=encode)
    for item, analysis in zip(items, analyses, strict=True):
        if isinstance(analysis, Analysis):
            yield make_sample(item, analysis)


def read_training_items(
    corpus: Path | None, topics: Sequence[Topic], concepts: Concepts
) -> list[Item]:
    """Read all that is trained on: the corpus, if any, then the texts written for this project.

    Background that names none of the topics' concepts is left out: it is never judged either.
    Raise `NotFound` where the corpus is not there.
    """
    subjects = find_subjects(topics)
    screen = Screen([form for form in concepts.forms if form.concept in subjects])
    real = read_corpus(corpus) if corpus else []
    near = [i for i in real if not i.background or screen.passes(i.document.content)]
    return near + [i for topic in topics for i in own_items(topic)] + read_items("train")
