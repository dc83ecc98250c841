import pytest

from monitor.core.signals import READ_LIMIT, find_numbers, fold, read_part, sketch


@pytest.mark.parametrize(
    ("word", "normal"),
    [
        ("Überangebot", "ueberangebot"),
        ("Ueberangebot", "ueberangebot"),
        ("GROßAKTIONÄR", "grossaktionaer"),
        ("Microsoft's", "microsoft"),
        ("OpenAI’s", "openai"),
        ("crédit", "credit"),
        ("'", "'"),
    ],
)
def test_a_word_has_one_normal_form(word: str, normal: str) -> None:
    assert fold(word) == normal


@pytest.mark.parametrize(
    ("content", "length"),
    [
        ("Title\n" + "a b " * 1000, len("Title\n") + 1000),
        ("T " * 1000 + "\ntext", 300 + 1000),
        ("short\ntext", len("short\ntext")),
        ("", 0),
    ],
)
def test_title_and_first_part_are_read(content: str, length: int) -> None:
    assert len(read_part(content)) == length


def test_what_is_read_keeps_every_offset() -> None:
    content = "Ti\x00tle\n" + "/" * 250 + " \ud800 end"
    part = read_part(content, READ_LIMIT)
    assert len(part) == len(content)
    assert part.index("end") == content.index("end")


@pytest.mark.fault("D9")
def test_runs_without_white_space_are_cut_at_a_hundred_characters() -> None:
    assert max(map(len, read_part("x" * 20_000, READ_LIMIT).split())) == 100


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("13 Milliarden Dollar", "de", {"13 billion"}),
        ("$13bn", "en", {"13 billion"}),
        ("1,5 Mrd. Euro", "de", {"1.5 billion"}),
        ("1.5 billion", "en", {"1.5 billion"}),
        ("2 Billionen", "de", {"2 trillion"}),
        ("13 milliards", "fr", {"13 billion"}),
        ("20 %", "de", {"20 percent"}),
        ("8 percent", "en", {"8 percent"}),
        ("1.500 MW", "de", {"1500 megawatt"}),
        ("1,500 MW", "en", {"1500 megawatt"}),
        ("seit 2019 nur 3 Kunden", "de", {"2019"}),
        ("version 3.10", "en", {"3.1"}),
        ("", "en", set()),
    ],
)
def test_figures_have_one_normal_form(text: str, language: str, numbers: set[str]) -> None:
    assert set(find_numbers(text, language)) == numbers


def agreement(one: str, other: str) -> float:
    pairs = list(zip(sketch(one.split()), sketch(other.split()), strict=True))
    return sum(a == b for a, b in pairs) / len(pairs)


def test_a_sketch_estimates_how_much_two_texts_share() -> None:
    words = [f"word{i}" for i in range(200)]
    half = words[:100] + [f"other{i}" for i in range(100)]
    assert agreement(" ".join(words), " ".join(words)) == 1.0
    # 98 of 298 shingles are shared.
    assert agreement(" ".join(words), " ".join(half)) == pytest.approx(98 / 298, abs=0.18)
    assert agreement(" ".join(words), "quite another short text") < 0.05


def test_a_sketch_is_the_same_in_every_process() -> None:
    assert sketch(["one", "two", "three"])[0] == 1658893592


def test_no_words_have_no_sketch() -> None:
    assert sketch([]) == ()
