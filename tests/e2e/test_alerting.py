"""Quiet hours, caps and silences as the program keeps them, up to what the receiver is sent."""

import pytest

from tests.e2e.neighbours import NEWS, Neighbours, write_feed
from tests.e2e.program import Program

TITLES = tuple(title for title, _ in NEWS)
ALWAYS = 'quiet = ["00:00-12:00", "12:00-00:00"]'


def configure(program: Program, beside: Neighbours, rules: str) -> None:
    """Let the receiver have these rules."""
    address = f'url = "json://127.0.0.1:{beside.port}/hook/a"\n'
    text = beside.configure("one")
    assert address in text
    program.configure(text.replace(address, f"{address}{rules}\n"))


def test_what_waited_in_quiet_hours_is_one_message(program: Program, beside: Neighbours) -> None:
    beside.feeds["one"] = write_feed(*TITLES[:3])
    configure(program, beside, ALWAYS)
    program.do("run", "--once")
    assert beside.calls == []
    rows = program.ask("alerts", "list")
    assert {(row["state"], row["note"]) for row in rows} == {("pending", "quiet hours")}

    configure(program, beside, "")
    program.do("run", "--once")
    (call,) = beside.calls
    assert call.title == "3 stories that waited"
    assert all(title in call.text for title in TITLES[:3])
    assert {row["state"] for row in program.ask("alerts", "list")} == {"folded"}


@pytest.mark.parametrize(
    ("cap", "shown", "messages"),
    [(2, 4, [TITLES[0], "3 stories that waited"]), (4, 2, list(TITLES[:2]))],
)
def test_the_cap_is_kept_and_nothing_is_left_out(
    program: Program, beside: Neighbours, cap: int, shown: int, messages: list[str]
) -> None:
    beside.feeds["one"] = write_feed(*TITLES[:shown])
    configure(program, beside, f'max_per_hour = {cap}\ngap = "0s"')
    program.do("run", "--once")
    assert [call.title.removeprefix("AI overbuild: ") for call in beside.calls] == messages
    told = " ".join(call.title + call.text for call in beside.calls)
    assert all(title in told for title in TITLES[:shown])


def test_a_silence_keeps_a_story_from_the_receiver(program: Program, beside: Neighbours) -> None:
    beside.feeds["one"] = write_feed(*TITLES[:2])
    configure(program, beside, ALWAYS)
    program.do("run", "--once")
    word = TITLES[0].split()[0]
    program.do("silence", "add", "--words", word, "--until", "2h", "--reason", "known")
    configure(program, beside, "")
    program.do("run", "--once")
    assert [call.title.removeprefix("AI overbuild: ") for call in beside.calls] == [TITLES[1]]
