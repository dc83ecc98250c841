"""Links made comparable: as the server sees them, without what only counts visitors."""

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from w3lib.url import canonicalize_url

from monitor.adapters.parse.link import absolute_link, canonical_link

ORIGIN = "https://paper.example/news/feed.xml"


@pytest.mark.parametrize(
    ("given", "absolute", "canonical"),
    [
        ("https://a.example/x", "https://a.example/x", "https://a.example/x"),
        (" https://a.example/x\n", "https://a.example/x", "https://a.example/x"),
        ("//b.example/y", "https://b.example/y", "https://b.example/y"),
        ("../z", "https://paper.example/z", "https://paper.example/z"),
        ("https://a.example", "https://a.example", "https://a.example/"),
        ("https://A.example/x#top", "https://A.example/x#top", "https://a.example/x"),
        ("http://a.example/?b=2&a=1&utm_source=f", None, "http://a.example/?a=1&b=2"),
        ("http://a.example/ü", "http://a.example/ü", "http://a.example/%C3%BC"),
        ("mailto:a@b.example", "", None),
        ("javascript:alert(1)", "", None),
        ("", "", None),
    ],
)
def test_links(given: str, absolute: str | None, canonical: str | None) -> None:
    """An `absolute` of None stands for `given` itself, "" for no link."""
    found = absolute_link(given, ORIGIN)
    assert found == ((given if absolute is None else absolute) or None)
    assert canonical_link(found) == canonical


LABELS = st.one_of(st.text("abx0-", min_size=1, max_size=4), st.just("a" * 70), st.just("xn--a"))
HOSTS = st.lists(LABELS, min_size=1, max_size=3).map(".".join)
PATHS = st.text("/aZ0.-_~", max_size=12)


@given(st.sampled_from(["http", "https"]), HOSTS, PATHS)
def test_links_that_pass_unchanged_are_canonical(scheme: str, host: str, path: str) -> None:
    link = f"{scheme}://{host}/{path}"
    try:
        expected = canonicalize_url(link)
    except ValueError:
        expected = None
    assert canonical_link(link) == expected
    origin = f"{scheme}://{host}/other/"
    assert absolute_link(link, origin) == urljoin(origin, link)
