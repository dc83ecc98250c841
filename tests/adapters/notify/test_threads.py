"""Messages of one story share a thread where a channel lets us name it."""

import json

import pytest
import requests

from monitor.adapters.notify.letter import Letter
from monitor.adapters.notify.sender import send_letter

CHAT = "gchat://workspace/key/token"


def letter(address: str, occasion: str) -> Letter:
    return Letter(address, "A title", "A body", "text", "A body", f"key-{occasion}", "a1-story-7")


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What would leave for Google, whose address no test can change."""
    found: list[dict[str, object]] = []

    def send(session: object, request: requests.PreparedRequest, **_: object) -> requests.Response:
        assert isinstance(request.body, str | bytes)
        found.append(json.loads(request.body))
        answer = requests.Response()
        answer.status_code = 200
        return answer

    monkeypatch.setattr(requests.Session, "send", send)
    return found


def test_a_story_is_one_thread_in_google_chat(posted: list[dict[str, object]]) -> None:
    for occasion in ("first", "update-1"):
        send_letter(letter(CHAT, occasion))
    assert [payload["thread"] for payload in posted] == [{"thread_key": "a1-story-7"}] * 2


def test_a_thread_of_the_operators_own_stays(posted: list[dict[str, object]]) -> None:
    send_letter(letter(f"{CHAT}/news", "first"))
    assert [payload["thread"] for payload in posted] == [{"thread_key": "news"}]
