from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.neighbours import Neighbours, neighbours
from tests.e2e.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture
def beside() -> Iterator[Neighbours]:
    with neighbours() as made:
        yield made
