"""Which of a topic's own sentences a sentence is like, by their vectors."""

from array import array

import pytest

from monitor.core.classifier import Example, Topic
from monitor.core.model import Analysis, AnalysisFailure, Document, Signals
from monitor.core.nearest import Exemplar, Nearest, choose_nearest, list_wanted, split_wanted


def vector(*values: float) -> bytes:
    return array("f", values).tobytes()


HARBOUR = Exemplar("Der Hafen steht still.", "de", vector(1.0, 0.0))
TALKS = Exemplar("Talks go on.", "en", vector(0.6, 0.8))


@pytest.mark.parametrize(
    ("given", "exemplars", "nearest"),
    [
        (vector(1.0, 0.0), [HARBOUR, TALKS], Nearest(HARBOUR.text, 1.0, "de")),
        (vector(0.0, 1.0), [HARBOUR, TALKS], Nearest(TALKS.text, 0.8, "en")),
        (vector(0.0, -1.0), [HARBOUR, TALKS], Nearest("", 0.0)),
        (vector(-0.6, -0.8), [HARBOUR, TALKS], Nearest("", -0.6)),
        (vector(0.28, -0.96), [HARBOUR, TALKS], Nearest("", 0.28)),
        (vector(1.0, 0.0), [HARBOUR, HARBOUR], Nearest(HARBOUR.text, 1.0, "de")),
        (vector(1.0, 0.0), [], Nearest("", 0.0)),
    ],
)
def test_the_nearest_is_named_where_one_is_near_enough(
    given: bytes, exemplars: list[Exemplar], nearest: Nearest
) -> None:
    assert choose_nearest([given], exemplars) == [nearest]


def test_what_a_topic_does_not_want_is_no_exemplar() -> None:
    article = Example("\nDockers walk out\nThe port stands still.\n", "en", wanted=True)
    museum = Example("Port opens museum", "en", wanted=False)
    single = Example("Hafenarbeiter streiken", "de", wanted=True)
    topic = Topic("strikes", {}, {}, 0.5, "1", exemplars=(article, museum), examples=(single,))
    assert list_wanted(topic) == [
        Document("Dockers walk out", "The port stands still.", "en"),
        Document("Hafenarbeiter streiken", "", "de"),
    ]


def test_what_cannot_be_read_has_no_sentences() -> None:
    talks = Document("Talks go on", "Nobody gives way.")
    read = Analysis("en", ((0, 11), (12, 29)), (), ((), ()), Signals("en"))
    found = split_wanted([Document("poison"), talks], [AnalysisFailure("killed"), read])
    assert list(found) == [("Talks go on", "en"), ("Nobody gives way.", "en")]
