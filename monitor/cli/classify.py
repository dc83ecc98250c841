"""`classify`: judge one article, or a stream of them."""


def classify() -> None:
    """Judge an article without a configuration."""
