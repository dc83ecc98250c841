"""spaCy and py3langid: finds language, sentences, concepts and signals in documents.

`analyzer` is the parent's part. All else runs in its worker process, which builds a blank pipeline
for each language of `core.concepts.LANGUAGES`, and one for all others, when it first needs it.
Only tokenising and phrase matching are spaCy's part; no trained model is loaded.
"""

from monitor.adapters.nlp.analyzer import (
    ARTICLE_LIMIT,
    BATCH,
    BATCH_LIMIT,
    RECYCLE_AFTER,
    START_LIMIT,
    Caller,
    SpacyAnalyzer,
)
from monitor.adapters.nlp.batch import analyze_batch, analyze_packed, load_pipelines
from monitor.adapters.nlp.language import detect_language
from monitor.adapters.nlp.pipeline import stop_words

__all__ = [
    "ARTICLE_LIMIT",
    "BATCH",
    "BATCH_LIMIT",
    "RECYCLE_AFTER",
    "START_LIMIT",
    "Caller",
    "SpacyAnalyzer",
    "analyze_batch",
    "analyze_packed",
    "detect_language",
    "load_pipelines",
    "stop_words",
]
