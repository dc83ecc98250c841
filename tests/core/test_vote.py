from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.vote import LIFETIME, Flaw, Vote, make_token, open_ballot, read_token

NOW = datetime(2026, 7, 10, 5, 0, 0, 250_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KEY = bytes(range(32))
OTHER_KEY = bytes(32)
VOTE = Vote(71, "ai-overbuild", wanted=True, expires_at=datetime(2026, 8, 9, 5, 0, tzinfo=UTC))
TOKEN = make_token(VOTE, KEY)

votes = st.builds(
    Vote,
    article_id=st.integers(1, 10**12),
    topic=st.from_regex(r"[a-z0-9]{1,20}(-[a-z0-9]{1,20}){0,2}", fullmatch=True),
    wanted=st.booleans(),
    expires_at=st.integers(1, 86_400 * 365).map(lambda n: NOW.replace(microsecond=0) + n * SECOND),
)


def test_a_token_is_short_and_says_in_clear_what_it_means() -> None:
    text, _, signature = TOKEN.rpartition(".")
    assert text == "71.yes.1786251600.ai-overbuild"
    assert len(signature) == 32
    assert int(signature, 16)


SIGNED_ELSEWHERE = "71.yes.1786251600.ai-overbuild.0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("token", "key", "now", "read"),
    [
        (TOKEN, KEY, NOW, VOTE),
        (TOKEN, KEY, VOTE.expires_at - SECOND, VOTE),
        (TOKEN, KEY, VOTE.expires_at, Flaw.EXPIRED),
        (TOKEN, KEY, NOW + 366 * LIFETIME, Flaw.EXPIRED),
        (TOKEN, OTHER_KEY, NOW, Flaw.FORGED),
        (TOKEN, OTHER_KEY, VOTE.expires_at, Flaw.FORGED),
        (TOKEN.replace("71.", "72."), KEY, NOW, Flaw.FORGED),
        (TOKEN.replace("yes", "no"), KEY, NOW, Flaw.FORGED),
        (TOKEN.replace("overbuild", "underbuild"), KEY, NOW, Flaw.FORGED),
        (TOKEN.replace("1786251600", "9786251600"), KEY, VOTE.expires_at, Flaw.FORGED),
        (SIGNED_ELSEWHERE, KEY, NOW, Flaw.FORGED),
        (TOKEN[:-1], KEY, NOW, Flaw.FORGED),
        (f"{TOKEN}0", KEY, NOW, Flaw.FORGED),
        (f"{TOKEN}.", KEY, NOW, Flaw.FORGED),
        (TOKEN.rpartition(".")[0], KEY, NOW, Flaw.FORGED),
        ("", KEY, NOW, Flaw.FORGED),
        ("....", KEY, NOW, Flaw.FORGED),
        (f"{TOKEN}ü", KEY, NOW, Flaw.FORGED),
        (f"\ud800{TOKEN}\udfff", KEY, NOW, Flaw.FORGED),
    ],
    ids=[
        "right", "in its last second", "expired", "long expired", "another installation's key",
        "another's key, expired", "another article", "the other word", "another topic",
        "a later end", "an invented signature", "cut off", "longer", "no signature", "not signed",
        "empty", "dots", "not ASCII", "half characters",
    ],
)  # fmt: skip
def test_only_what_was_signed_here_and_is_not_too_old_is_read(
    token: str, key: bytes, now: datetime, read: Vote | Flaw
) -> None:
    assert read_token(token, key, now) == read


@given(vote=votes, key=st.binary(min_size=32, max_size=32))
def test_what_is_written_is_read(vote: Vote, key: bytes) -> None:
    assert read_token(make_token(vote, key), key, NOW) == vote


@given(vote=votes, data=st.data())
def test_no_flipped_bit_is_taken(vote: Vote, data: st.DataObject) -> None:
    written = bytearray(make_token(vote, KEY).encode())
    at = data.draw(st.integers(0, len(written) * 8 - 1))
    written[at // 8] ^= 1 << at % 8
    assert read_token(written.decode("latin-1"), KEY, NOW) is Flaw.FORGED


@given(vote=votes, other=votes)
def test_a_signature_fits_its_own_vote_alone(vote: Vote, other: Vote) -> None:
    text, signature = make_token(other, KEY).rpartition(".")[0], make_token(vote, KEY)[-32:]
    read = read_token(f"{text}.{signature}", KEY, NOW)
    assert read == (vote if vote == other else Flaw.FORGED)


def test_links_of_a_message_lead_to_the_page_and_end_a_month_after_it_was_written() -> None:
    ballot = open_ballot("https://monitor.example.org/", KEY, NOW)
    link = ballot.link(71, "ai-overbuild", wanted=True)
    assert link == f"https://monitor.example.org/vote/{TOKEN}"
    no = ballot.link(71, "ai-overbuild", wanted=False)
    assert read_token(no.rpartition("/")[2], KEY, NOW) == replace(VOTE, wanted=False)
    assert ballot.expires_at == VOTE.expires_at


def test_the_key_shows_in_no_representation() -> None:
    assert repr(KEY) not in repr(open_ballot("https://monitor.example.org", KEY, NOW))
