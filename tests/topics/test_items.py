"""The news items written for this project: enough, varied, and nobody else's."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from monitor.learning.corpus import Item, read_items, read_labels
from monitor.topics import NAMES

CORPUS = Path(__file__).parents[3] / "shared/corpus"
TRAIN = read_items("train")
ANY_WORD = re.compile(r"\w+")
SHARED_WORDS = 8


def is_wanted(item: Item) -> bool:
    return any(item.is_wanted(topic) for topic in NAMES)


def test_there_are_enough_to_learn_from_in_both_languages() -> None:
    languages = Counter(item.language for item in TRAIN)
    assert len(TRAIN) >= 1_500
    assert set(languages) == {"de", "en"}
    assert 0.45 < languages["de"] / len(TRAIN) < 0.55


@pytest.mark.parametrize("topic", NAMES)
@pytest.mark.parametrize("label", [0, 1, 2])
def test_every_topic_has_every_label(topic: str, label: int) -> None:
    assert sum(item.labels[topic] == label for item in TRAIN) >= 100


def test_four_in_ten_are_near_the_topics_and_yet_not_wanted() -> None:
    plain = re.compile("ordinary|phones|games|apps|social-media|gadgets|sport|local")
    hard = [i for i in TRAIN if not is_wanted(i) and not plain.search(i.kind)]
    assert len(hard) / len(TRAIN) >= 0.4


def test_texts_are_of_all_lengths_and_no_title_comes_twice() -> None:
    lengths = [len(item.document.text) for item in TRAIN]
    assert sum(length == 0 for length in lengths) >= 100
    assert sum(length > 600 for length in lengths) >= 300
    assert len({item.document.title for item in TRAIN}) == len(TRAIN)


def test_what_is_only_judged_is_not_trained_on() -> None:
    trained = {item.document.title for item in TRAIN}
    for part, least in (("held-out", 300), ("languages", 80)):
        items = read_items(part)
        assert len(items) >= least
        assert not trained & {item.document.title for item in items}


def test_the_four_other_languages_have_enough_wanted_items() -> None:
    items = read_items("languages")
    assert {item.language for item in items} == {"fr", "es", "it", "nl"}
    assert sum(map(is_wanted, items)) >= 40


def test_three_hundred_titles_were_labelled_alone() -> None:
    assert len(read_labels("title-labels")) >= 300


def shingles(text: str) -> set[str]:
    words = [word.lower() for word in ANY_WORD.findall(text)]
    return {" ".join(words[i : i + SHARED_WORDS]) for i in range(len(words) - SHARED_WORDS + 1)}


@pytest.mark.skipif(not CORPUS.exists(), reason=f"needs the texts in {CORPUS}, which are not there")
def test_no_eight_words_in_a_row_are_a_publishers() -> None:
    theirs: set[str] = set()
    for name in ("labelled", "background"):
        for line in (CORPUS / f"{name}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            theirs |= shingles(f"{row['title']} . {row['summary']}")
    ours = [i for part in ("train", "held-out", "languages") for i in read_items(part)]
    assert not [
        i.document.title
        for i in ours
        if theirs & shingles(f"{i.document.title} . {i.document.text}")
    ]
