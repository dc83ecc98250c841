"""Which topics are looked for, and how a topic is written down."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.classifier import Example, Topic, Weights
from monitor.core.model import OwnTopic, TopicVersion
from monitor.core.topic import (
    assemble,
    check_name,
    dump_content,
    dump_models,
    models_of,
    name_version,
    read_own,
    read_topic,
)
from tests.builders import NOW


def topic(name: str, version: str = "1-shipped", threshold: float = 0.5) -> Topic:
    plain = Weights(-4.0, {"w:dockers": 2.0})
    return Topic(name, {"en": name.upper()}, {}, threshold, version, plain=plain)


SHIPPED = (topic("one"), topic("two"))
OWN = OwnTopic("mine", dump_content(topic("mine")), NOW)


def version(name: str, bias: float = -1.0, base: str = "") -> TopicVersion:
    models = {"plain": {"bias": bias, "features": {"w:dockers": 1.0}, "vector": []}}
    return TopicVersion(name, "2-learned", models, {}, NOW, base)


@pytest.mark.parametrize(
    ("thresholds", "chosen"),
    [
        ({}, {"one": 0.5, "two": 0.5, "mine": 0.5}),
        ({"one": None}, {"one": 0.5, "mine": 0.5}),
        ({"one": 0.7, "two": None}, {"one": 0.7, "two": 0.5, "mine": 0.5}),
        ({"mine": 0.3}, {"mine": 0.3}),
        ({"two": 0.6, "mine": 0.3}, {"two": 0.6, "mine": 0.3}),
    ],
)
def test_the_file_names_shipped_topics_and_sets_thresholds(
    thresholds: dict[str, float | None], chosen: dict[str, float]
) -> None:
    topics = assemble(SHIPPED, [OWN], {"mine": version("mine")}, thresholds)
    assert {t.name: t.threshold for t in topics} == chosen


def test_what_was_learned_is_in_force_and_leaves_the_threshold_alone() -> None:
    learned = version("one", base="1-shipped")
    (one, two) = assemble(SHIPPED, [], {"one": learned}, {})
    assert one.plain == Weights(-1.0, {"w:dockers": 1.0}, one.plain.vector if one.plain else ())
    assert (one.version, one.threshold, one.labels) == ("2-learned", 0.5, {"en": "ONE"})
    assert two == SHIPPED[1]


def test_what_was_learned_from_other_shipped_weights_is_left_out() -> None:
    outdated = version("one", base="0-older")
    assert assemble(SHIPPED, [], {"one": outdated}, {}) == SHIPPED


@pytest.mark.parametrize("name", ["a", "port-strikes", "g7-2026", "x" * 60])
def test_a_name_is_small_letters_digits_and_dashes(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", "Port", "a b", "-a", "a--b", "ä", "a/b", "x" * 61])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="use up to 60 small letters, digits and dashes"):
        check_name(name)


NUMBERS = st.floats(-50, 50)
WEIGHTS = st.builds(
    Weights, NUMBERS, st.dictionaries(st.text(max_size=8), NUMBERS, max_size=5), st.just(())
)


@given(
    st.lists(st.builds(Example, st.text(), st.sampled_from(["de", "en"]), st.booleans())),
    st.lists(st.text(max_size=9)),
    WEIGHTS,
)
def test_a_topic_is_read_back_as_it_was_written(
    exemplars: list[Example], keywords: list[str], plain: Weights
) -> None:
    given_ = replace(
        topic("mine"), exemplars=tuple(exemplars), keywords=tuple(keywords), plain=plain
    )
    written = dump_content(given_) | {"models": dump_models(models_of(given_))}
    found = read_topic(json.loads(json.dumps(written)) | {"version": given_.version})
    assert replace(found, plain=None) == replace(given_, plain=None)
    assert found.plain is not None
    assert found.plain.bias == pytest.approx(plain.bias, abs=1e-4)
    for name, value in plain.features.items():
        assert found.plain.features.get(name, 0.0) == pytest.approx(value, abs=0.002)


def test_a_stored_topic_becomes_one_that_judges() -> None:
    found = read_own(OWN, version("mine"))
    assert (found.name, found.version, found.plain is not None) == ("mine", "2-learned", True)


def test_the_same_weights_have_the_same_name() -> None:
    models = dump_models(models_of(topic("one")))
    assert name_version(models, 2) == name_version(dict(models), 2)
    assert name_version(models, 2) != name_version({}, 2)
    assert name_version(models, 2).startswith("2-")
