"""Weights of one article, and what labels do to them, on texts of a few named features."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.classifier import Weights
from monitor.learning.background import Background, Text, background_items, find_level
from monitor.learning.exemplar import TYPICAL, Exemplar, make_weights, score_texts
from monitor.learning.labels import Judged, learn

DIMENSIONS = 64
NO_SENTENCES = np.zeros((0, 0), np.float32)


def text(*words: str, vector: np.ndarray | None = None, language: str = "en") -> Text:
    return Text(language, {f"w:{word}": 0.3 for word in words}, vector)


def unit(*values: float) -> np.ndarray:
    row = np.zeros(DIMENSIONS, np.float32)
    row[: len(values)] = values
    return row / np.linalg.norm(row)


def crowd(count: int = 400, *, semantic: bool = True) -> Background:
    """Texts that say this and that; "the" is in each, "strike" in one of a hundred."""
    random = np.random.default_rng(5)
    return Background(
        tuple(
            text(
                "the",
                f"word{i % 37}",
                *(["strike"] if i % 100 == 0 else []),
                vector=unit(*random.normal(size=DIMENSIONS)) if semantic else None,
            )
            for i in range(count)
        )
    )


def exemplar(*words: str, vector: np.ndarray | None = None, wanted: bool = True) -> Exemplar:
    sentences = NO_SENTENCES if vector is None else np.stack([vector])
    return Exemplar(text(*words, vector=vector), sentences, wanted)


def score(weights: Weights, one: Text) -> float:
    return float(score_texts(weights, [one])[0])


def test_without_an_encoder_rare_words_of_the_exemplar_tell() -> None:
    models = make_weights([exemplar("the", "strike", "docker")], crowd(semantic=False))
    assert models.keys() == {"plain"}
    plain = models["plain"]
    assert plain.features["w:docker"] > plain.features["w:strike"] > plain.features["w:the"]
    assert score(plain, text("docker", "strike")) > 0 > score(plain, text("the", "word1"))


def test_a_text_of_the_same_sense_is_above_the_default_threshold_in_any_words() -> None:
    sense = unit(1, 1)
    semantic = make_weights([exemplar("strike", vector=sense)], crowd())["semantic"]
    assert score(semantic, text("huelga", vector=sense)) > 0
    assert score(semantic, text("strike", vector=unit(-1, -1))) < 0


def test_an_ordinary_text_has_the_typical_score() -> None:
    background = crowd()
    semantic = make_weights([exemplar("strike", vector=unit(1, 1))], background)["semantic"]
    assert score_texts(semantic, background.texts).mean() == pytest.approx(TYPICAL, abs=0.01)


def test_what_is_not_meant_lowers_what_is_like_it() -> None:
    like, unlike = exemplar("strike", "docker"), exemplar("strike", "pilot", wanted=False)
    alone = make_weights([like], crowd(semantic=False))["plain"]
    both = make_weights([like, unlike], crowd(semantic=False))["plain"]
    assert both.features["w:pilot"] < 0
    weights = [model.features for model in (alone, both)]
    before, after = (found["w:strike"] / found["w:docker"] for found in weights)
    assert after < before


def test_stop_words_of_a_language_the_archive_lacks_are_left_out() -> None:
    spanish = Exemplar(text("cuando", "huelga", language="es"), NO_SENTENCES)
    words = {"es": frozenset({"cuando"})}
    plain = make_weights([spanish], crowd(semantic=False), "", words.__getitem__)["plain"]
    assert "w:huelga" in plain.features
    assert "w:cuando" not in plain.features


def test_a_keyword_lifts_and_the_level_stays() -> None:
    background = crowd(semantic=False)
    plain = make_weights([exemplar("docker")], background, "KEYWORD t")["plain"]
    marked = Text("en", {"c:KEYWORD t": 1.0, "t:KEYWORD t": 1.0})
    assert score(plain, marked) > score(plain, text("word1"))
    level = find_level(score_texts(plain, background.texts), smooth=False)
    assert level == pytest.approx(0, abs=1e-6)


@given(st.integers(0, 4))
def test_a_few_wanted_texts_hardly_move_the_level(wanted: int) -> None:
    scores = np.random.default_rng(1).exponential(size=1_000)
    with_some = np.concatenate([scores, np.full(wanted, 50.0)])
    clean = find_level(scores, smooth=True)
    assert find_level(with_some, smooth=True) == pytest.approx(clean, rel=0.3)
    assert (scores > clean).mean() <= 0.003


# --- labels ---------------------------------------------------------------------------------------


def test_labels_lift_what_the_wanted_share_and_lower_what_the_others_do() -> None:
    background = crowd(semantic=False)
    plain = make_weights([exemplar("strike")], background)["plain"]
    judged = [Judged(text("strike", "docker"), wanted=True) for _ in range(3)]
    judged += [Judged(text("strike", "pilot"), wanted=False) for _ in range(3)]
    learned = learn(plain, judged, background)
    assert learned.features["w:docker"] > 0 > learned.features["w:pilot"]
    assert score(learned, text("strike", "docker")) > score(learned, text("strike", "pilot"))


def test_a_word_of_one_judged_text_alone_is_not_learned() -> None:
    background = crowd(semantic=False)
    plain = make_weights([exemplar("strike")], background)["plain"]
    learned = learn(plain, [Judged(text("strike", "once"), wanted=True)], background)
    assert "w:once" not in learned.features


@pytest.mark.parametrize("semantic", [False, True])
def test_labels_leave_the_level_of_the_background(semantic: bool) -> None:
    background = crowd(semantic=semantic)
    vector = unit(1, 1) if semantic else None
    models = make_weights([exemplar("strike", vector=vector)], background)
    weights = models["semantic" if semantic else "plain"]
    near = unit(1, 0, 1) if semantic else None
    judged = [Judged(text("strike", "docker", vector=near), wanted=True) for _ in range(5)]
    learned = learn(weights, judged, background)
    flagged = (score_texts(learned, background.texts) > 0).mean()
    assert flagged <= 0.01
    assert score(learned, text("docker", vector=near)) > score(weights, text("docker", vector=near))


def test_a_shipped_models_vector_moves_towards_the_wanted() -> None:
    background = crowd()
    weights = Weights(-3.0, {"w:strike": 1.0}, tuple(4 * unit(1)))
    judged = [Judged(text("x", vector=unit(0, 1)), wanted=True) for _ in range(4)]
    learned = learn(weights, judged, background)
    assert learned.vector[1] > 0.5
    assert learned.vector[0] > 1


def test_texts_that_ship_can_be_the_background() -> None:
    items = background_items(50)
    assert len(items) == len(set(items)) == 50
    assert background_items(0) == ()
    assert all(item.content.strip() for item in items)
