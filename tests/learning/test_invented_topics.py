"""A topic from one article finds its like among other news, without a label, in four languages."""

from pathlib import Path

import pytest

from monitor.learning.exemplar import score_texts
from monitor.learning.local import encoder_available
from monitor.learning.own import Found, Shelf, make_models
from tests.learning.measure_topics import (
    TOPICS,
    analyse,
    average_precision,
    hide,
    learn_in_rounds,
    read_background,
)

BACKGROUND = Path(__file__).parents[3] / "shared/corpus/background.jsonl"
NAMES = sorted(path.name for path in TOPICS.iterdir() if path.is_dir())
ARCHIVE = 1_000

pytestmark = [
    pytest.mark.skipif(not BACKGROUND.exists(), reason="../shared/corpus is not here"),
    pytest.mark.skipif(not encoder_available(), reason="the semantic extra is not installed"),
]


@pytest.fixture(scope="module")
def found() -> list[Found]:
    """Fewer than the issue's 5,000, so that it takes half a minute; `measure_topics` takes all."""
    return analyse(read_background(BACKGROUND, 2 * ARCHIVE), encode=True)


@pytest.mark.parametrize("name", NAMES)
def test_one_article_is_enough_to_begin_with(found: list[Found], name: str) -> None:
    hidden, shelf = hide(TOPICS / name, found[ARCHIVE:], encode=True), Shelf(tuple(found[:ARCHIVE]))
    weights = make_models(name, [(hidden.exemplar, True)], shelf)["semantic"]
    scores = score_texts(weights, hidden.texts)
    assert average_precision(scores, hidden.wanted) >= 0.5
    assert (scores[:ARCHIVE] > 0).mean() <= 0.004


@pytest.mark.parametrize("name", NAMES)
def test_what_labels_leave_over_is_still_found(found: list[Found], name: str) -> None:
    """The easiest are labelled and no longer count, so the figure may fall a little."""
    hidden, shelf = hide(TOPICS / name, found[ARCHIVE:], encode=True), Shelf(tuple(found[:ARCHIVE]))
    weights = make_models(name, [(hidden.exemplar, True)], shelf)["semantic"]
    figures = learn_in_rounds(hidden, weights, shelf.background())
    assert figures[-1] >= 0.5
