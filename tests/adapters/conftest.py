"""What several adapters' tests need."""

import ssl

import pytest

from tests.adapters.certificates import make_self_signed


@pytest.fixture(scope="session")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's context whose certificate no client knows."""
    return make_self_signed(tmp_path_factory.mktemp("tls"))
