"""py3langid: tells the language of a text."""

import math
from collections.abc import Sequence
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
        for code, share in load_identifier().rank(text[:_TELLING])
        if code in languages or code == hinted
    }
    best: str = max(scores, key=lambda code: scores[code])
    return best


@cache
def load_identifier() -> Any:
    """The model for all languages, once: a copy for fewer languages takes 70 MB more."""
    from py3langid.langid import (  # noqa: PLC0415  # heavy; the parent process never needs it
        MODEL_FILE,
        LanguageIdentifier,
    )

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
