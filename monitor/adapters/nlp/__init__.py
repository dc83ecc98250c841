"""spaCy and py3langid: finds language, sentences, concepts and signals in documents.

`analyzer` is the parent's part. All else runs in its worker process, which builds one blank
pipeline for German, one for English and one for every other language when it first needs them.
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
