"""Every address there is, with ids that no row can have; and the language, chosen on a page."""

import re
from urllib.parse import urlencode

import pytest
from starlette.routing import Route

from monitor.web.site import list_routes
from tests.web.conftest import Site

NUMBERS = ["9" * 19, "9" * 30, "9" * 5_000, "-1", "1.5", "٣", "²", "0x1"]
"""No database counts so far, or no person means an id by it; Python reads some of them as one."""

WITH_ID = [route for route in list_routes() if isinstance(route, Route) and ":id}" in route.path]


def test_every_number_in_an_address_is_read_as_an_id() -> None:
    paths = [route.path for route in list_routes() if isinstance(route, Route)]
    assert [path for path in paths if re.search(r":(int|float)}", path)] == []
    assert WITH_ID


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:20])
async def test_an_address_with_an_id_that_nothing_can_have_is_not_found(
    site: Site, number: str
) -> None:
    for route in WITH_ID:
        path = re.sub(r"{\w+:id}", urlencode({"": number})[1:], route.path)
        asked = site.send(path) if "POST" in (route.methods or ()) else site.get(path)
        assert (route.path, (await asked).status) == (route.path, 404)


@pytest.mark.parametrize("number", ["", "x", *NUMBERS], ids=lambda number: number[:20])
async def test_a_form_with_such_an_id_is_refused(site: Site, number: str) -> None:
    answer = await site.send("/topics/ai-overbuild/words", article=number)
    assert answer.status == 400


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?topic=ai-overbuild&order=best&page=2",
        "/why-not?url=https%3A%2F%2Fblatt.example%2Fa%3Fb%3D1%26c%3D2%23top",
        "/search?q=%22KI-Blase%22+-Aktie&since=2026-01-01",
        "/search?q=a%5Cb%26q%3Dc",
        "/status?days=7",
        "/deliveries?state=dead",
        "/nowhere?a=1",
    ],
)
async def test_the_language_is_chosen_on_the_page_one_reads_with_what_was_asked(
    site: Site, path: str
) -> None:
    page = (await site.get(path)).text
    (choose,) = re.findall(r'href="(/language/de[^"]*)"', page)
    answer = await site.get(choose)
    assert (answer.status, answer.headers["location"]) == (303, path)
    assert '<html lang="de">' in (await site.get(path)).text


async def test_from_the_answer_to_a_form_the_language_leads_to_a_page_there_is(site: Site) -> None:
    refused = await site.post("/topics/ai-overbuild/train", {"token": "none of ours"})
    (choose,) = re.findall(r'href="(/language/de[^"]*)"', refused.text)
    back = (await site.get(choose)).headers["location"]
    assert (back, (await site.get(back)).status) == ("/", 200)
