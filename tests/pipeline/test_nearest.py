"""What an article's evidence is like in its topic's own texts, asked of the daemon's workers."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from monitor.core.classifier import Example
from monitor.core.model import Evidence, Verdict
from monitor.core.nearest import Nearest
from monitor.errors import WorkerDied
from monitor.pipeline.nearest import find_nearest
from monitor.pipeline.parts import Parts
from tests.pipeline.conftest import World
from tests.pipeline.fakes import OVERBUILD, BrokenEncoder

BUBBLE = Example("Fear of an AI bubble\nInvestors doubt it.", "en", wanted=True)
POISON = Example("poison", "en", wanted=True)


@dataclass
class ByWord:
    """Two texts are alike where both name a bubble, or neither does."""

    given: list[str] = field(default_factory=list)

    async def encode(self, texts: Sequence[str]) -> tuple[bytes, ...]:
        self.given += texts
        sides = ([1.0, 0.0] if "bubble" in text else [0.0, 1.0] for text in texts)
        return tuple(array("f", side).tobytes() for side in sides)


def judged(*texts: str, topic: str = OVERBUILD.name) -> Verdict:
    evidence = tuple(Evidence(text, 0, len(text), 0.2) for text in texts)
    return Verdict(topic, 0.9, True, 0.5, evidence, "test")


def made_of(world: World, *exemplars: Example) -> tuple[Parts, ByWord]:
    encoder = ByWord()
    topics = (replace(OVERBUILD, exemplars=exemplars),)
    return replace(world.parts, topics=topics, encoder=encoder), encoder


async def test_each_sentence_finds_its_like_in_its_topic(world: World) -> None:
    parts, _ = made_of(world, BUBBLE)
    verdicts = [
        judged("Die KI-bubble platzt", "Der Kreisrat tagte"),
        judged(topic="nothing tipped its scales"),
        judged("bubble", topic="no longer looked for"),
    ]
    assert await find_nearest(parts, verdicts) == {
        OVERBUILD.name: (
            Nearest("Fear of an AI bubble", 1.0, "en"),
            Nearest("Investors doubt it.", 1.0, "en"),
        )
    }


async def test_a_topic_is_read_once_as_long_as_it_stays_the_same(world: World) -> None:
    parts, encoder = made_of(world, BUBBLE)
    for _ in range(2):
        await find_nearest(parts, [judged("a bubble")])
    assert encoder.given.count("Fear of an AI bubble") == 1
    learned = replace(parts, topics=(replace(parts.topics[0], version="2"),))
    await find_nearest(learned, [judged("a bubble")])
    assert encoder.given.count("Fear of an AI bubble") == 2


async def test_what_could_not_be_read_is_read_again_the_next_time(world: World) -> None:
    parts, encoder = made_of(world, BUBBLE, POISON)
    for _ in range(2):
        found = await find_nearest(parts, [judged("a bubble")])
        assert found == {OVERBUILD.name: (Nearest("Fear of an AI bubble", 1.0, "en"),)}
    assert encoder.given.count("Fear of an AI bubble") == 2


async def test_without_an_encoder_there_is_no_answer(world: World) -> None:
    parts, _ = made_of(world, BUBBLE)
    assert await find_nearest(replace(parts, encoder=None), [judged("a bubble")]) is None
    with pytest.raises(WorkerDied):
        await find_nearest(replace(parts, encoder=BrokenEncoder()), [judged("a bubble")])
