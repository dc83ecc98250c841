"""What speaks for an article and what against: judged again by the daemon's own analyser."""

from collections.abc import Mapping

from monitor.core.grounds import Ground, find_grounds
from monitor.core.model import AnalysisFailure, Article
from monitor.errors import WorkerDied
from monitor.pipeline.classify import analyze_articles
from monitor.pipeline.parts import Parts


async def weigh_article(parts: Parts, article: Article) -> Mapping[str, tuple[Ground, ...]]:
    """The strongest sentences for and against, by topic. Nothing is stored.

    Raise `WorkerError` where the text cannot be read.
    """
    ((document, analysis),) = await analyze_articles(parts, [article])
    if isinstance(analysis, AnalysisFailure):
        raise WorkerDied(analysis.reason)
    return {topic.name: find_grounds(document, analysis, topic) for topic in parts.topics}
