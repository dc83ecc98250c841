"""E6: a service that answers a message with a redirect learns nothing more from us, of any kind."""

from collections.abc import Iterator

import pytest
import requests
from requests.adapters import HTTPAdapter

from monitor.adapters.notify.letter import Letter
from monitor.adapters.notify.sender import send_letter
from monitor.core.model import Outcome
from tests.faults.harness.addresses import Canary, open_canary
from tests.faults.harness.hostile import Hostile, open_hostile, redirect
from tests.faults.proof import Record, pick

STATUSES = pick((302, 307), (301, 302, 303, 307, 308))
HOST, TOKEN = "b.example", "a" * 40
UUID = "8b799edf-6f98-4d3a-9be7-2862fb4e5752"
KINDS = (
    # on a server of one's own
    *(f"json://{HOST}/a", f"xml://{HOST}/a", f"form://{HOST}/a", f"apprise://{HOST}/token"),
    *(f"gotify://{HOST}/AbCdEf123456789", f"ntfy://{HOST}/topic", f"mmost://{HOST}/{TOKEN[:32]}"),
    *(f"matrix://me:pw@{HOST}/!room:{HOST}", f"matrix://{TOKEN}@{HOST}/?mode=slack"),
    *(f"rocket://me:pw@{HOST}/#desk", f"rocket://hook/token@{HOST}/#desk", f"bark://{HOST}/key"),
    *(f"hassio://{HOST}/longtoken", f"emby://me:pw@{HOST}", f"kodi://me:pw@{HOST}"),
    *(f"ncloud://me:pw@{HOST}/she", f"nctalk://me:pw@{HOST}/room", f"enigma2://me:pw@{HOST}"),
    *(f"signal://{HOST}/15551234567/15557654321", f"synology://{HOST}/token"),
    *(f"pushdeer://{HOST}/pushkey", f"mastodon://token@{HOST}"),
    # at somebody's service
    "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "guilded://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "tgram://123456789:abcdefg_hijklmnop/12315544",
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
    "workflow://prod-1.westeurope.logic.azure.com:443/aaaaaaaa/bbbbbbbbbbbb",
    f"mailgun://me@{HOST}/{TOKEN[:32]}-{TOKEN[:8]}-{TOKEN[:8]}/a@{HOST}",
    *(f"sendgrid://{TOKEN}:me@{HOST}/a@{HOST}", f"resend://{TOKEN}:me@{HOST}/a@{HOST}"),
    *(f"brevo://{TOKEN}:me@{HOST}/a@{HOST}", f"smtp2go://me@{HOST}/{TOKEN}/a@{HOST}"),
    *("gchat://space/key/token", f"pover://{TOKEN[:30]}@{TOKEN[:30]}", f"wxteams://{TOKEN * 2}"),
    *("ifttt://hook@event", f"pbul://{TOKEN[:34]}", f"prowl://{TOKEN}", f"join://{TOKEN[:32]}"),
    *(f"zulip://bot@org/{TOKEN[:32]}", f"ryver://org/{TOKEN[:15]}", f"revolt://{TOKEN[:32]}/desk"),
    *("spush://abcdef", f"line://{TOKEN}/user", "twist://pw:me@b.example/#g", "notica://abcdef"),
    *("pagerduty://AAAA@BBBB/", f"flock://{TOKEN[:24]}"),
    *(f"dingtalk://{TOKEN}", f"feishu://{TOKEN}", "wecombot://botkey"),
    *(f"pushy://{TOKEN[:20]}/dev", f"kumulos://{UUID}/{TOKEN[:36]}"),
    *("clickatell://key/15551234567", "d7sms://t@15551234567", "bluesky://me@pw"),
)


@pytest.fixture
def canary() -> Iterator[Canary]:
    with open_canary() as listening:
        yield listening


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    with open_hostile() as server:
        yield server


@pytest.fixture
def _diverted(hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever service a channel means, its requests go to the hostile server."""
    send = HTTPAdapter.send

    def divert(
        adapter: HTTPAdapter, request: requests.PreparedRequest, **options: object
    ) -> requests.Response:
        if "canary" not in (request.url or ""):
            request.url = hostile.url("go")
        return send(adapter, request, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(HTTPAdapter, "send", divert)


def write(address: str) -> Letter:
    return Letter(address, "Titel", "Text", "text", "Text", "key", "reference")


@pytest.mark.fault("E6")
@pytest.mark.usefixtures("_diverted")
@pytest.mark.parametrize("status", STATUSES)
def test_no_kind_of_channel_follows_a_redirect(
    status: int, hostile: Hostile, canary: Canary, record: Record
) -> None:
    hostile.answers["go"] = redirect(f"http://127.0.0.1:{canary.port}/canary", status)
    outcomes, idle = {}, []
    for address in KINDS:
        asked = len(hostile.asked)
        outcomes[address] = send_letter(write(address)).outcome
        idle += [address] if len(hostile.asked) == asked else []
    hits = canary.count()
    record(channels=len(KINDS), hits=hits)
    assert (hits, idle) == (0, [])
    assert Outcome.DELIVERED not in outcomes.values()


@pytest.mark.usefixtures("_diverted")
def test_somebody_who_follows_redirects_would_get_there(hostile: Hostile, canary: Canary) -> None:
    hostile.answers["go"] = redirect(f"http://127.0.0.1:{canary.port}/canary", 307)
    with pytest.raises(requests.RequestException):
        requests.post("http://b.example/", timeout=1)
    assert canary.count() >= 1
