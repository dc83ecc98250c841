"""py3langid: tells the language of a text."""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from monitor.core.concepts import LANGUAGES

_HINT_ODDS = math.log(50)
_FAINTEST = 1e-30
_TELLING = 400
"""Characters that tell a language; the whole would cost more than all else."""


def detect_language(text: str, hint: str | None, languages: Sequence[str] = LANGUAGES) -> str:
    """The most likely of `languages` and the feed's own; the hint counts as odds of 50 to 1.

    So a short title in the feed's language never flips, a whole article in another one does.
    """
    hinted = (hint or "").lower().replace("_", "-").partition("-")[0]
    scores = {
        code: math.log(max(share, _FAINTEST)) + (_HINT_ODDS if code == hinted else 0.0)
        for code, share in load_identifier().rank(text[:_TELLING], (*languages, hinted))
        if code in languages or code == hinted
    }
    best: str = max(scores, key=lambda code: scores[code])
    return best


class Identifier:
    """The model, with the weights of the languages that were ever asked for.

    Those of all its 140 languages take 28 MB, as much as they do on the disk; one takes 0.2.
    """

    def __init__(self, languages: Iterable[str]) -> None:
        whole = _read_model()
        self._known = frozenset(whole.labels)
        self._held = self._known.intersection(languages)
        self._model = _narrow(whole, self._held, whole)

    def rank(self, text: str, languages: Iterable[str]) -> list[tuple[str, float]]:
        """The languages at hand with their shares, best first; those asked for are among them."""
        lacking = self._known.intersection(languages) - self._held
        if lacking:
            self._held |= lacking
            self._model = _narrow(_read_model(), self._held, self._model)
        ranked: list[tuple[str, float]] = self._model.rank(text)
        return ranked


@cache
def load_identifier() -> Identifier:
    """The model of this process."""
    return Identifier(LANGUAGES)


def _read_model() -> Any:
    from py3langid.langid import (  # noqa: PLC0415  # heavy; the parent process never needs it
        MODEL_FILE,
        LanguageIdentifier,
    )

    return LanguageIdentifier.from_model_file(MODEL_FILE)


def _narrow(whole: Any, languages: Iterable[str], automaton: Any) -> Any:
    """A model for fewer languages. By `set_languages` alone the weights of all would stay."""
    whole.set_languages(languages)
    return type(whole)(
        whole.nb_ptc,
        whole.nb_pc,
        whole.nb_classes,
        automaton.tk_nextmove,
        automaton.tk_output,
        norm_probs=True,
        tk_row=automaton.tk_row,
    )
