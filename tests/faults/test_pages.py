"""A1 on the way of a page: what waits to be read is in the database, and is told of once."""

from pathlib import Path

import pytest

from tests.e2e.neighbours import Neighbours
from tests.e2e.test_pages import ARTICLE, TITLE, configure, write_page
from tests.faults.harness.campaign import Victim
from tests.faults.proof import Record

POINTS = ("inside classify", "before pages", "inside pages", "after pages")


@pytest.mark.fault("A1")
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_on_the_way_of_a_page_loses_and_repeats_nothing(
    beside: Neighbours, tmp_path: Path, record: Record, point: str
) -> None:
    victim = Victim(tmp_path)
    configure(victim, beside, good=write_page(TITLE, ARTICLE))
    victim.armed.touch()
    with victim.live("--kill", point) as running:
        running.process.wait(60)
    victim.armed.unlink()
    with victim.live() as running:
        running.until(lambda: beside.calls, "an alert")
        assert running.stop() == 0
    victim.do("run", "--once")
    record(kills=1, lost=not beside.calls, repeated=len(beside.calls) - 1)
    assert [TITLE in call.title for call in beside.calls] == [True]
    assert victim.rows("SELECT state FROM page") == [("taken",)]
