"""What an article's telling sentences are like in a topic's own texts, by the daemon's workers."""

import asyncio
from collections.abc import Mapping, Sequence

from monitor.core.classifier import Topic
from monitor.core.model import Analysis, AnalysisFailure, Verdict
from monitor.core.nearest import Exemplar, Nearest, choose_nearest, list_wanted, split_wanted
from monitor.pipeline.classify import BATCH
from monitor.pipeline.parts import Parts
from monitor.ports import Encoder


async def find_nearest(
    parts: Parts, verdicts: Sequence[Verdict]
) -> Mapping[str, tuple[Nearest, ...]] | None:
    """For each topic what each sentence of the evidence is most like, in its order.

    None where there is no encoder. Raise `WorkerError` where it does not answer.
    """
    if parts.encoder is None:
        return None
    topics = {topic.name: topic for topic in parts.topics}
    asked = [verdict for verdict in verdicts if verdict.evidence and verdict.topic in topics]
    return {
        verdict.topic: await _find(parts, parts.encoder, topics[verdict.topic], verdict)
        for verdict in asked
    }


async def _find(
    parts: Parts, encoder: Encoder, topic: Topic, verdict: Verdict
) -> tuple[Nearest, ...]:
    exemplars = await _read_exemplars(parts, encoder, topic)
    vectors = await encoder.encode([evidence.text for evidence in verdict.evidence])
    # Pure arithmetic, but a topic may be made of many long articles.
    return tuple(await asyncio.to_thread(choose_nearest, vectors, exemplars))


async def _read_exemplars(parts: Parts, encoder: Encoder, topic: Topic) -> tuple[Exemplar, ...]:
    """Encode what the topic wants once, as long as it stays the same."""
    held = parts.live.exemplars.get(topic.name)
    if held is not None and held[0] is topic:
        return held[1]
    documents = list_wanted(topic)
    analyses: list[Analysis | AnalysisFailure] = []
    for start in range(0, len(documents), BATCH):
        analyses += await parts.analyzer.analyze(documents[start : start + BATCH])
    sentences = list(split_wanted(documents, analyses))
    vectors = await encoder.encode([text for text, _ in sentences])
    pairs = zip(sentences, vectors, strict=True)
    exemplars = tuple(Exemplar(text, language, vector) for (text, language), vector in pairs)
    if all(isinstance(analysis, Analysis) for analysis in analyses):
        parts.live.exemplars[topic.name] = topic, exemplars
    return exemplars
