from datetime import timedelta

import pytest

from monitor.adapters.notify.receipts import (
    Answered,
    Lost,
    Note,
    Unsent,
    judge,
    read_retry_after,
    read_wish,
)
from monitor.core.model import Outcome, Receipt

HTTP_DATE = "Fri, 10 Jul 2026 07:00:00 GMT"


def http(code: int, seconds: int | None = None) -> Answered:
    return Answered("HTTP", code, None if seconds is None else timedelta(seconds=seconds))


def smtp(code: int) -> Answered:
    return Answered("SMTP", code)


@pytest.mark.parametrize(
    ("accepted", "notes", "outcome", "detail"),
    [
        (True, [http(200)], Outcome.DELIVERED, "HTTP 200"),
        (True, [http(204)], Outcome.DELIVERED, "HTTP 204"),
        (True, [], Outcome.DELIVERED, "accepted"),
        (True, [smtp(502), smtp(250)], Outcome.DELIVERED, "SMTP 250"),
        *((False, [http(c)], Outcome.PERMANENT, f"HTTP {c}") for c in (400, 401, 403, 404, 410)),
        *((False, [http(c)], Outcome.PERMANENT, f"HTTP {c}") for c in (301, 302, 307, 308)),
        *((False, [http(c)], Outcome.TEMPORARY, f"HTTP {c}") for c in (408, 425, 429, 500, 503)),
        *((False, [smtp(c)], Outcome.TEMPORARY, f"SMTP {c}") for c in (421, 450, 451, 452)),
        *((False, [smtp(c)], Outcome.PERMANENT, f"SMTP {c}") for c in (535, 550, 552, 554)),
        (False, [Unsent("no connection")], Outcome.TEMPORARY, "no connection"),
        (False, [Lost("gone")], Outcome.AMBIGUOUS, "gone"),
        (False, [], Outcome.TEMPORARY, "not accepted, for no stated reason"),
        (False, [http(200), http(500)], Outcome.AMBIGUOUS, "HTTP 500"),
        (False, [http(200), Unsent("no connection")], Outcome.AMBIGUOUS, "no connection"),
        (False, [http(200), http(404)], Outcome.PERMANENT, "HTTP 404"),
        (False, [http(404), http(200)], Outcome.PERMANENT, "HTTP 404"),
    ],
)
def test_an_answer_becomes_an_outcome(
    accepted: bool, notes: list[Note], outcome: Outcome, detail: str
) -> None:
    assert judge(accepted, notes) == Receipt(outcome, detail)


def test_the_receivers_wish_is_passed_on() -> None:
    assert judge(False, [http(429, 90)]).retry_after == timedelta(seconds=90)


@pytest.mark.fault("E3")
@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", None, 120),
        (" 0 ", None, 0),
        ("999999999", None, 86400),
        ("Fri, 10 Jul 2026 07:02:00 GMT", HTTP_DATE, 120),
        ("Fri, 10 Jul 2026 06:00:00 GMT", HTTP_DATE, 0),
        ("Fri, 10 Jul 2026 07:02:00 GMT", None, None),
        ("Fri, 10 Jul 2026 07:02:00 GMT", "nonsense", None),
        ("0.75", None, 0.75),
        ("-5", None, None),
        ("soon", HTTP_DATE, None),
        ("٣", None, None),
        (None, HTTP_DATE, None),
    ],
)
def test_retry_after(value: str | None, date: str | None, seconds: float | None) -> None:
    wait = None if seconds is None else timedelta(seconds=seconds)
    assert read_retry_after(value, date) == wait


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (b'{"ok": false, "parameters": {"retry_after": 35}}', 35),
        (b'{"message": "You are being rate limited.", "retry_after": 0.5}', 0.5),
        (b'{"retry_after": 1e99}', None),
        (b'{"retry_after": 1e8}', 86400),
        (b'{"retry_after": -3}', 0),
        (b'{"retry_after": "soon"}', None),
        (b'{"parameters": []}', None),
        (b"[35]", None),
        (b"slow down", None),
        (b"\xff\xfe", None),
        (b"", None),
    ],
)
def test_a_wish_in_the_body(body: bytes, seconds: float | None) -> None:
    assert read_wish(body) == (None if seconds is None else timedelta(seconds=seconds))
