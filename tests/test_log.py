"""Logging: what a line looks like, and that no secret is ever in one."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from monitor.log import configure_logging, mask


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """Put back what `configure_logging` replaces."""
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(capture=False)


log = logging.getLogger("monitor.pipeline")


def fail(reason: str) -> None:
    raise RuntimeError(reason)


def test_elsewhere_a_line_is_one_json_document() -> None:
    stream = io.StringIO()
    configure_logging("INFO", stream=stream)
    log.info("polled %s", "tagesschau", extra={"articles": 12, "text": "Zölle\nsteigen"})
    line = json.loads(stream.getvalue())
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "polled tagesschau",
        "level": "info",
        "logger": "monitor.pipeline",
        "articles": 12,
        "text": "Zölle\nsteigen",
    }
    assert stream.getvalue().count("\n") == 1


def test_on_a_terminal_a_line_is_short_and_coloured() -> None:
    stream = Terminal()
    configure_logging("INFO", stream=stream)
    log.warning("one channel is down", extra={"channel": "mail"})
    assert "one channel is down" in stream.getvalue()
    assert "\x1b[" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_the_form_can_be_chosen() -> None:
    stream = io.StringIO()
    configure_logging("INFO", stream=stream, json=False)
    log.info("ready")
    assert "ready" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()
    assert "{" not in stream.getvalue()


def test_a_traceback_stays_inside_its_json_line() -> None:
    stream = io.StringIO()
    configure_logging("INFO", stream=stream)
    try:
        fail("broken")
    except RuntimeError:
        log.exception("handler failed")
    line = json.loads(stream.getvalue())
    assert "RuntimeError: broken" in line["exception"]


@pytest.mark.parametrize(
    "name", ["apscheduler.executors.default", "aiohttp.client", "sqlalchemy.engine", "urllib3"]
)
def test_libraries_are_heard_from_warning_on(name: str) -> None:
    stream = io.StringIO()
    configure_logging("DEBUG", stream=stream)
    logging.getLogger(name).info("chatter")
    logging.getLogger(name).warning("trouble")
    log.debug("detail")
    assert "chatter" not in stream.getvalue()
    assert "trouble" in stream.getvalue()
    assert "detail" in stream.getvalue()


def test_a_tick_that_takes_longer_than_a_second_is_no_warning_each_second() -> None:
    stream = io.StringIO()
    configure_logging("DEBUG", stream=stream)
    logging.getLogger("apscheduler.scheduler").warning("maximum number of running instances")
    logging.getLogger("apscheduler.scheduler").error("error submitting job")
    assert "maximum" not in stream.getvalue()
    assert "error submitting" in stream.getvalue()


def test_configuring_again_replaces() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure_logging("INFO", stream=first)
    configure_logging("INFO", stream=second, secrets=["new-secret"])
    log.info("once new-secret")
    assert first.getvalue() == ""
    assert second.getvalue().count("once ***") == 1


# --- FAULTS F1: eight canaries -----------------------------------------------------------------

CANARIES = (
    "canary-1-plain",
    'canary-2-"quoted"\\back',
    "canary-3-päßwörd",
    "canary-4 with space&amp",
    "canary-5/slash+plus%41",
    "canary-6-'apostrophe'",
    "canary-7-Ωμέγα",
    "tgram://123456789:canary-8-token/42",
)


def speak(secret: str) -> None:
    log.debug("sending to %s", secret)
    log.info("sending", extra={"url": secret, "nested": {"list": [secret]}})
    log.warning("failed: %r", {"password": secret})
    try:
        fail(f"POST {secret} failed")
    except RuntimeError:
        log.exception("giving up")
        try:
            fail(secret)
        except RuntimeError:
            log.exception("chained")
    log.error(secret)


@pytest.mark.fault("F1")
@pytest.mark.parametrize("form", [True, False], ids=["json", "console"])
@pytest.mark.parametrize("stream", [io.StringIO, Terminal], ids=["file", "terminal"])
def test_no_canary_is_ever_logged(form: bool, stream: type[io.StringIO]) -> None:
    written = stream()
    configure_logging("DEBUG", stream=written, json=form, secrets=CANARIES)
    for secret in CANARIES:
        speak(secret)
    assert "***" in written.getvalue()
    assert "canary" not in written.getvalue()


def test_the_canaries_would_be_seen_without_a_mask() -> None:
    written = io.StringIO()
    configure_logging("DEBUG", stream=written, json=False)
    speak(CANARIES[0])
    assert written.getvalue().count("canary") >= 7


@pytest.mark.fault("F1")
def test_an_uncaught_error_is_masked_too() -> None:
    script = (
        "from monitor.log import configure_logging\n"
        "configure_logging('INFO', secrets=['canary-9'])\n"
        "raise RuntimeError('connecting with canary-9 failed')\n"
    )
    done = subprocess.run(  # this very interpreter
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "connecting with *** failed" in done.stderr
    assert "with canary-9 failed" not in done.stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET https://me:opensesame@example.org/a", "GET https://me:***@example.org/a"),
        ("https://x.org/?token=abc123&page=2", "https://x.org/?token=***&page=2"),
        ("https://x.org/?api_key=abc123", "https://x.org/?api_key=***"),
        ("Authorization: Bearer eyJhbGciOi.abc", "Authorization: Bearer ***"),
        (
            "https://api.telegram.org/bot123456:AAEaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/sendMessage",
            "https://api.telegram.org/bot***/sendMessage",
        ),
        ("https://discord.com/api/webhooks/123/ab-C_d", "https://discord.com/api/webhooks/***"),
        ("http://127.0.0.1:8000/feed?page=2", "http://127.0.0.1:8000/feed?page=2"),
        ("read 12 articles at 07:00 from tagesschau", "read 12 articles at 07:00 from tagesschau"),
    ],
)
def test_credentials_nobody_configured_are_masked_by_their_shape(text: str, expected: str) -> None:
    assert mask(text) == expected


def test_the_longer_secret_goes_first() -> None:
    assert mask("abc123-long", ["abc123", "abc123-long"]) == "***"


def test_an_empty_secret_hides_nothing() -> None:
    assert mask("text", [""]) == "text"
