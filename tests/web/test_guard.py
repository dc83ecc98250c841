"""Who may ask what of the page."""

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from monitor.web.guard import LARGEST_BODY, BodyLimit
from tests.web.conftest import Site
from tests.web.stories import add_story


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8787", 200),
        ("localhost", 200),
        ("[::1]:8787", 200),
        ("LOCALHOST:1", 200),
        ("attacker.example", 400),
        ("127.0.0.1.attacker.example", 400),
        ("localhost.attacker.example:8787", 400),
        ("10.0.0.5", 400),
        ("", 400),
    ],
)
async def test_only_our_own_names_are_answered(site: Site, host: str, status: int) -> None:
    assert (await site.get("/", Host=host)).status == status


async def test_every_answer_says_what_a_browser_may_load(site: Site) -> None:
    for path in ("/", "/nothing/here", "/static/page.css", "/events-x"):
        headers = (await site.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


async def test_a_post_without_our_token_changes_nothing(site: Site) -> None:
    story = await add_story(site.app.parts.store)
    said = {"word": "yes", "topic": "ai-overbuild"}
    for headers, form in (
        ({}, {}),
        ({}, {"token": "guessed"}),
        ({"X-Token": "guessed"}, {"token": ""}),
        ({"Origin": "https://attacker.example"}, {"token": "ä"}),
    ):
        assert (await site.post(f"/stories/{story.id}/label", said | form, headers)).status == 403
    assert await site.app.parts.store.read(lambda tx: tx.labels.of("ai-overbuild")) == ()


async def test_a_get_never_changes_anything(site: Site) -> None:
    story = await add_story(site.app.parts.store)
    token = await site.read_token()
    for verb in ("label", "silence", "end-silence"):
        path = f"/stories/{story.id}/{verb}?word=yes&topic=ai-overbuild&token={token}"
        assert (await site.get(path)).status == 405


async def test_a_body_without_end_is_refused_as_it_comes() -> None:
    read = 0

    async def receive() -> Message:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"y" * 65_536, "more_body": True}

    async def swallow(scope: Scope, receive: Receive, send: Send) -> None:
        while True:
            await receive()

    async def send(message: Message) -> None:
        pytest.fail("it answers nothing by itself")

    with pytest.raises(HTTPException) as refused:
        await BodyLimit(swallow)({"type": "http"}, receive, send)
    assert refused.value.status_code == 413
    assert read == LARGEST_BODY // 65_536 + 1


async def test_the_language_is_remembered_and_leads_back_only_to_us(site: Site) -> None:
    assert 'lang="en"' in (await site.get("/")).text
    chosen = await site.get("/language/de?back=/stories/1")
    assert (chosen.status, chosen.headers["location"]) == (303, "/stories/1")
    assert 'lang="de"' in (await site.get("/")).text
    for elsewhere in ("https://attacker.example", "//attacker.example", "/\\attacker.example"):
        assert (await site.get(f"/language/en?back={elsewhere}")).headers["location"] == "/"
    assert (await site.get("/language/xx")).status == 404
