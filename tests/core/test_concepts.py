from typing import Any

import pytest

from monitor.core.concepts import (
    Derived,
    Families,
    Form,
    Screen,
    add_keywords,
    keyword_concept,
    read_concepts,
)


def test_a_table_is_read_into_forms_and_derived_concepts() -> None:
    table = {"A": {"de": ["eins"], "any": ["one*"]}, "B": {"derived": [["A"]]}}
    concepts = read_concepts(table)
    assert (concepts.forms, concepts.derived) == (
        (Form("A", "de", "eins"), Form("A", "any", "one*")),
        (Derived("B", ("A",)),),
    )
    assert concepts.names == {"A", "B"}


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("de", {"d", "e", "x"}),
        ("en", {"e", "x"}),
        ("fr", {"e", "f", "x"}),
        ("pt", {"e", "f", "s", "x"}),  # no forms of its own
    ],
)
def test_each_language_is_read_with_its_own_forms(language: str, texts: set[str]) -> None:
    table = {"A": {"de": ["d"], "en": ["e"], "fr": ["f"], "es": ["s"], "any": ["x"]}}
    assert {form.text for form in read_concepts(table).of(language)} == texts


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({"A": ["one"]}, "A: expected a table"),
        ({"A": {"de": "one"}}, r"A\.de: expected a list"),
        ({"A": {"de": [""]}}, r"A\.de: expected a list of non-empty"),
        ({"A": {"de": ["one *"]}}, r"A\.de: a star may begin or end a word"),
        ({"A": {"de": ["*o*"]}}, r"A\.de: a star may begin or end a word"),
        ({"A": {"de": ["mai-*"]}}, r"A\.de: a star may begin or end a word"),
        ({"A": {"derived": [["B"]]}}, "unknown concept B"),
    ],
)
def test_a_wrong_table_is_told_with_its_place(table: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_concepts(table)


FAMILIES = Families(
    ["rechenzentr*", "rechenzentrumsblase*", "*blase", "bubble*", "bubbles", "glut"]
)


@pytest.mark.parametrize(
    ("word", "family"),
    [
        ("Rechenzentren", "rechenzentr*"),
        ("Rechenzentrumsblasen", "rechenzentrumsblase*"),
        ("KI-Blase", "*blase"),
        ("Bubbly", "bubbly"),
        ("bubbles", "bubbles"),
        ("Bubbled", "bubble*"),
        ("Glut", "glut"),
        ("gluten", "gluten"),
    ],
)
def test_a_word_belongs_to_the_pattern_with_the_most_letters(word: str, family: str) -> None:
    assert FAMILIES.of(word) == family


@pytest.mark.parametrize(
    ("form", "rows"),
    [
        (["glut"], [("glut",)]),
        (["bubble*"], [("bubble*",), ("bubbles",)]),
        (["*blase"], [("*blase",)]),
        (["rechenzentr*", "glut"], [("rechenzentr*", "glut"), ("rechenzentrumsblase*", "glut")]),
    ],
)
def test_a_form_fits_every_family_it_covers(form: list[str], rows: list[tuple[str, ...]]) -> None:
    assert FAMILIES.variants(form) == rows


SCREEN = Screen(
    [
        Form("AI", "en", "ai"),
        Form("AI", "de", "*ki"),
        Form("AI", "de", "kuenstliche* intelligenz"),
        Form("WHO", "any", "openai*"),
        Form("PLACE", "en", "data center*"),
        Form("PLACE", "de", "*rechenzentrum"),
        Form("AI", "it", "dell'intelligenza art*"),
    ]
)


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("What AI costs", True),
        ("Der Maier schwieg", False),  # "ai" inside a word
        ("Die Google-KI", True),
        ("Kino und Kirche", False),
        ("Künstliche Intelligenz", True),
        ("KUENSTLICHE INTELLIGENZ", True),
        ("OpenAI's plans", True),
        ("Das Großrechenzentrum", True),
        ("The data-\ncenters", True),
        ("Data from the center", False),
        ("Il futuro dell’intelligenza artificiale", True),
        ("Il futuro dell'arte", False),
        ("", False),
    ],
)
def test_a_screen_lets_pass_what_may_name_a_concept(text: str, passes: bool) -> None:
    assert SCREEN.passes(text) is passes


def test_a_screen_without_forms_stops_everything() -> None:
    assert not Screen([]).passes("anything")


def test_keywords_are_a_concept_of_their_topic_in_any_language() -> None:
    concepts = add_keywords(read_concepts({}), {"strikes": ("Hafenstreik*", "picket line")})
    assert concepts.names == {keyword_concept("strikes")}
    assert [form.text for form in concepts.of("fr")] == ["Hafenstreik*", "picket line"]


def test_without_keywords_the_table_stays_as_it_is() -> None:
    concepts = read_concepts({"A": {"en": ["a"]}})
    assert add_keywords(concepts, {"strikes": ()}) is concepts


@pytest.mark.parametrize("keyword", ["", "a*b", "*"])
def test_a_keyword_that_no_word_can_match_is_refused(keyword: str) -> None:
    with pytest.raises(ValueError, match="keyword"):
        add_keywords(read_concepts({}), {"strikes": (keyword,)})
