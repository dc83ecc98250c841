"""The configuration: what is understood, and how every mistake is told."""

import os
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import time, timedelta
from pathlib import Path

import pytest

from monitor.config import (
    Settings,
    check_topics,
    load_settings,
    read_default_config,
    refuse_channels,
    system_zone,
)
from monitor.core.delivery import ChannelRules
from monitor.core.model import DigestPlan, FeedSpec, Route
from monitor.core.quiet import QuietHours
from monitor.errors import ConfigError

CONFIG = Path("config.toml")
Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a text as config.toml of an otherwise empty folder."""

    def load_text(text: str | bytes, **environ: str) -> Settings:
        content = text.encode() if isinstance(text, str) else text
        (tmp_path / CONFIG).write_bytes(content)
        (tmp_path / CONFIG).chmod(0o600)
        return load_settings(None, {"TZ": "UTC", **environ}, tmp_path)

    return load_text


def complaint(load: Load, text: str | bytes, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(text, **environ)
    return str(caught.value).split("\n")


# --- what is understood ------------------------------------------------------------------------

EVERYTHING = """
timezone = "Europe/Berlin"
language = "de"
[polling]
interval = "1h"
max_interval = "6h"
gap = "2s"
contact = "wache@blatt.example"
allow = ["127.0.0.1:8000"]
full_text = "off"
[[feeds]]
url = "https://example.org/rss.xml"
[[feeds]]
url = "https://example.org/tech.xml"
name = "Technik"
interval = "90s"
tags = ["tech", "de"]
full_text = true
[[topics]]
name = "ai-overbuild"
threshold = 0.7
[channels.desk]
url = "console://"
[channels.mail]
url = "mailto://me:hunter22@example.org"
quiet = ["22:00-07:00", "12:00-13:30"]
timezone = "Europe/London"
break_through = 0.95
max_per_hour = 5
gap = "2s"
repeat = "never"
[[routes]]
topic = "ai-overbuild"
min_score = 0.9
languages = ["de"]
feeds = ["Technik", "example.org"]
tags = ["tech"]
min_sources = 2
channels = ["mail"]
[[routes]]
channels = ["desk"]
[alerts]
baseline = false
group_wait = "30s"
cool_down = "15m"
update_sources = 8
[[digests]]
name = "evening"
time = "18:30"
timezone = "Europe/London"
days = ["fri", "mon"]
topics = ["ai-overbuild"]
language = "en"
channels = ["mail", "desk"]
[storage]
path = "news/monitor.sqlite"
keep = "30d"
backups = 7
[web]
listen = "127.0.0.1:9000"
public_url = "https://monitor.example.org"
[classifier]
encoder = "off"
"""


def test_every_key_becomes_a_value(load: Load, tmp_path: Path) -> None:
    settings = load(EVERYTHING)
    assert (settings.timezone, settings.language) == ("Europe/Berlin", "de")
    assert settings.polling.interval == timedelta(hours=1)
    assert settings.polling.max_interval == timedelta(hours=6)
    assert settings.polling.gap == timedelta(seconds=2)
    assert settings.polling.contact == "wache@blatt.example"
    assert settings.polling.allow == ("127.0.0.1:8000",)
    assert settings.polling.full_text == "off"
    assert settings.feeds == (
        FeedSpec(url="https://example.org/rss.xml", name="example.org"),
        FeedSpec(
            url="https://example.org/tech.xml",
            name="Technik",
            interval=timedelta(seconds=90),
            tags=("tech", "de"),
            full_text=True,
        ),
    )
    assert [(topic.name, topic.threshold) for topic in settings.topics] == [("ai-overbuild", 0.7)]
    assert list(settings.channels) == ["desk", "mail"]
    assert settings.routes == (
        Route(
            channels=("mail",),
            topic="ai-overbuild",
            min_score=0.9,
            languages=("de",),
            feeds=("Technik", "example.org"),
            tags=("tech",),
            min_sources=2,
        ),
        Route(channels=("desk",)),
    )
    assert settings.alerts.baseline is False
    assert settings.alerts.group_wait == timedelta(seconds=30)
    assert settings.alerts.cool_down == timedelta(minutes=15)
    assert settings.channels["mail"].to_rules(settings.timezone) == ChannelRules(
        quiet=QuietHours(((time(22), time(7)), (time(12), time(13, 30))), "Europe/London"),
        break_through=0.95,
        max_per_hour=5,
        gap=timedelta(seconds=2),
        repeats=False,
    )
    assert settings.channels["desk"].to_rules(settings.timezone) == ChannelRules()
    assert settings.alerts.update_sources == 8
    assert settings.digests == (
        DigestPlan(
            "evening", 18, 30, "Europe/London", ("mail", "desk"), "en", (0, 4), ("ai-overbuild",)
        ),
    )
    assert settings.storage.path == tmp_path / "news/monitor.sqlite"
    assert (settings.storage.keep, settings.storage.backups) == (timedelta(days=30), 7)
    assert settings.folder == tmp_path
    assert (settings.web.listen, settings.web.public_url) == (
        "127.0.0.1:9000",
        "https://monitor.example.org",
    )
    assert settings.classifier.encoder == "off"


def test_an_empty_file_is_a_working_configuration(load: Load, tmp_path: Path) -> None:
    settings = load("", TZ="Europe/Vienna")
    assert list(settings.channels) == ["console", "file"]
    assert settings.routes == (Route(channels=("console", "file")),)
    assert settings.digests == (DigestPlan("daily", 7, 0, "Europe/Vienna", ("console", "file")),)
    assert settings.polling.interval == timedelta(minutes=15)
    assert settings.polling.full_text == "auto"
    assert settings.storage.path == tmp_path / "monitor.sqlite"
    assert (settings.feeds, settings.topics, settings.warnings) == ((), (), ())


def test_without_routes_and_digests_all_goes_to_every_channel(load: Load) -> None:
    settings = load('channels.mail.url = "json://127.0.0.1"\nchannels.desk.url = "console://"')
    assert settings.routes == (Route(channels=("mail", "desk")),)
    assert settings.digests[0].channels == ("mail", "desk")


def test_quiet_hours_count_in_the_zone_of_the_file(load: Load) -> None:
    settings = load('timezone = "Asia/Kolkata"\n' + DESK + 'quiet = "22:00-07:00"')
    rules = settings.channels["desk"].to_rules(settings.timezone)
    assert rules.quiet == QuietHours(((time(22), time(7)),), "Asia/Kolkata")


def test_an_empty_list_of_digests_means_none(load: Load) -> None:
    assert load("digests = []").digests == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1s", timedelta(seconds=1)),
        ("15m", timedelta(minutes=15)),
        ("1h", timedelta(hours=1)),
        ("1d", timedelta(days=1)),
    ],
)
def test_durations(load: Load, text: str, expected: timedelta) -> None:
    assert load(f'[polling]\ninterval = "{text}"').polling.interval == expected


@pytest.mark.parametrize(
    "content",
    [
        b'\xef\xbb\xbflanguage = "de"\n',
        b'language = "de"\r\n[polling]\r\ninterval = "1s"\r\n',
        b"language = 'de' # no newline at the end",
    ],
    ids=["byte order mark", "CRLF", "no last newline"],
)
def test_editors_may_write_as_they_like(load: Load, content: bytes) -> None:
    assert load(content).language == "de"


def test_settings_do_not_change(load: Load) -> None:
    settings = load("")
    with pytest.raises(FrozenInstanceError):
        settings.language = "de"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("environ", "target", "expected"),
    [
        ({"TZ": "Europe/Berlin"}, "Asia/Tokyo", "Europe/Berlin"),
        ({"TZ": ":Europe/Berlin"}, "Asia/Tokyo", "Europe/Berlin"),
        ({"TZ": "CET-1CEST"}, "Asia/Tokyo", "Asia/Tokyo"),
        ({}, "Asia/Tokyo", "Asia/Tokyo"),
        ({}, "../nowhere", "UTC"),
    ],
)
def test_the_machines_zone_is_the_default(
    tmp_path: Path, environ: dict[str, str], target: str, expected: str
) -> None:
    localtime = tmp_path / "localtime"
    localtime.symlink_to(tmp_path / "zoneinfo" / target)
    assert system_zone(environ, localtime) == expected


# --- where the file is -------------------------------------------------------------------------


def test_the_option_wins_over_the_environment_over_the_folder(tmp_path: Path) -> None:
    for name, language in (("config.toml", "en"), ("env.toml", "de")):
        (tmp_path / name).write_text(f'language = "{language}"')
    environ = {"MONITOR_CONFIG": str(tmp_path / "env.toml")}
    assert load_settings(None, {}, tmp_path).language == "en"
    assert load_settings(None, environ, tmp_path).language == "de"
    assert load_settings(CONFIG, environ, tmp_path).language == "en"


def test_a_missing_file_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(None, {}, tmp_path)
    assert str(caught.value) == 'config.toml: no such file; write one with "monitor init"'


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a folder; name the file, .*/config\.toml"):
        load_settings(tmp_path, {}, tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_an_unreadable_file(tmp_path: Path) -> None:
    (tmp_path / CONFIG).touch(mode=0)
    with pytest.raises(ConfigError, match="Permission denied; make it readable"):
        load_settings(None, {}, tmp_path)


# --- how mistakes are told ---------------------------------------------------------------------

FEED = '[[feeds]]\nurl = "https://example.org/a"\n'
EXAMPLE = '"https://monitor.example.org"'
DESK = '[channels.desk]\nurl = "console://"\n'


@pytest.mark.fault("F3")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('langauge = "de"', '1: unknown key "langauge"; did you mean "language"?'),
        ('[pulling]\ninterval = "1s"', '1: unknown key "pulling"; did you mean "polling"?'),
        ('[polling]\n\nintervall = "1s"', '3: unknown key "intervall"; did you mean "interval"?'),
        ("[web]\n\ncolour = 1", '3: unknown key "colour"; known: listen, public_url'),
        ('language = "fr"', "1: language must be 'de' or 'en'; write language = \"en\""),
        (
            '[storage]\nkeep = "13d"',
            '2: texts must be kept for at least 14 days; write keep = "90d"',
        ),
        (
            "[storage]\nbackups = -1",
            "2: backups must be greater than or equal to 0; write backups = 3",
        ),
        ("[polling]\ninterval = 15", '2: 15 is no duration; write interval = "15m"'),
        ('[polling]\ninterval = "15 min"', "2: '15 min' is no duration; write interval = \"15m\""),
        (
            '[polling]\ninterval = "0s"',
            '2: an interval must be longer than 0 s; write interval = "15m"',
        ),
        (
            '[polling]\nallow = ["localhost"]',
            '2: "localhost" is no host:port; write allow = ["127.0.0.1:8000"]',
        ),
        (
            '[polling]\ninterval = "2h"\nmax_interval = "1h"',
            '3: max_interval is shorter than interval; write max_interval = "1h"',
        ),
        (
            '[polling]\ngap = "1m"',
            '2: a gap is at most 10 s; write gap = "1s"',
        ),
        (
            '[polling]\ncontact = "the editors"',
            (
                "2: 'the editors' is neither a mail address nor a web address;"
                ' write contact = "me@example.org"'
            ),
        ),
        (
            "[polling]\nfull_text = true",
            "2: full_text must be 'auto' or 'off'; write full_text = \"auto\"",
        ),
        (
            FEED + 'full_text = "auto"',
            "3: full_text must be true or false; write full_text = false",
        ),
        ("polling = 5", "1: polling must be a table; write [polling]"),
        ('feeds = "x"', "1: feeds must be a list; write [[feeds]]"),
        (
            '[[feeds]]\nname = "x"',
            '1: "url" is missing; write url = "https://example.org/rss.xml"',
        ),
        (
            '[[feeds]]\nurl = "example.org"',
            "2: 'example.org' is no http(s) address; write url = \"https://example.org/rss.xml\"",
        ),
        (
            '[[feeds]]\nurl = "file:///etc"',
            "2: 'file:///etc' is no http(s) address; write url = \"https://example.org/rss.xml\"",
        ),
        (FEED + FEED, '4: "https://example.org/a" is listed twice; remove one'),
        (FEED + 'tags = ["x", 3]', '3: tags must be text in quotes; write tags = ["tech"]'),
        (
            '[[topics]]\nname = "x"\nthreshold = 60',
            "3: threshold must be less than or equal to 1; write threshold = 0.6",
        ),
        (
            'channels.mail = "mailto://x"',
            "1: channels must be a table; write [channels.NAME]",
        ),
        (
            '[channels.mail]\nurl = "me@example.org"',
            '2: the url is no channel address; write url = "console://", or url_file = "a-file"',
        ),
        (
            DESK + '[[routes]]\nchannels = ["dsek"]',
            '4: no channel "dsek"; did you mean "desk"?',
        ),
        (
            DESK + '[[routes]]\ntopic = "x"\nchannels = ["desk"]',
            "3: no default route; add a [[routes]] with nothing but channels",
        ),
        (
            DESK + '[[digests]]\ntime = "7 Uhr"\nchannels = ["desk"]',
            '4: "7 Uhr" is no time of day; write time = "07:00"',
        ),
        (
            DESK + '[[digests]]\ntimezone = "Europe/Berln"\nchannels = ["desk"]',
            '4: unknown time zone "Europe/Berln"; did you mean "Europe/Berlin"?',
        ),
        (
            DESK + '[[digests]]\nchannels = ["desk"]\ndays = []',
            '5: days must not be empty; write days = ["mon", "thu"]',
        ),
        (
            DESK + '[[digests]]\nchannels = ["desk"]\ndays = ["monday"]',
            (
                "5: days must be 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or 'sun'; "
                'write days = ["mon", "thu"]'
            ),
        ),
        (
            DESK + '[[digests]]\nchannels = ["desk"]\nlanguage = "fr"',
            "5: language must be 'de' or 'en'; write language = \"de\"",
        ),
        (
            DESK + "[[digests]]\nchannels = []",
            '4: channels must not be empty; write channels = ["file"]',
        ),
        *(
            (
                f'[web]\npublic_url = "{url}"',
                f'2: "{url}" is not scheme and host alone; write public_url = {EXAMPLE}',
            )
            for url in ("https://m.example/desk", "https://m.example?a=b", "m.example", "ftp://m")
        ),
        (
            '[web]\nlisten = "off"\npublic_url = "https://monitor.example.org"',
            '1: public_url leads nowhere while listen is "off"; remove one of them',
        ),
        (
            "[web]\nlisten = 8787",
            '2: listen must be text in quotes; write listen = "127.0.0.1:8787"',
        ),
        (
            "[classifier]\nencoder = true",
            "2: encoder must be 'auto', 'on' or 'off'; write encoder = \"auto\"",
        ),
        (
            DESK + 'quiet = "22-7"',
            '3: "22" is no time of day; write quiet = "22:00-07:00"',
        ),
        (
            DESK + 'quiet = ["22:00-07:00", "12:00"]',
            "3: '12:00' is no span of a day; write quiet = \"22:00-07:00\"",
        ),
        (DESK + "quiet = 22", '3: quiet must be a list; write quiet = "22:00-07:00"'),
        (
            DESK + "max_per_hour = 0",
            "3: max_per_hour must be greater than or equal to 1; write max_per_hour = 20",
        ),
        (DESK + 'gap = "1m"', '3: a gap is at most 10 s; write gap = "1s"'),
        (
            DESK + 'repeat = "always"',
            "3: repeat must be 'mark' or 'never'; write repeat = \"mark\"",
        ),
        (
            DESK + '[[routes]]\nchannels = ["desk"]\n[[routes]]\nchannels = []\nmin_sources = 0',
            "7: min_sources must be greater than or equal to 1; write min_sources = 3",
        ),
        ("[alerts]\nbaseline = 1", "2: baseline must be true or false; write baseline = true"),
        (
            "[alerts]\nupdate_sources = 1",
            "2: update_sources must be greater than or equal to 2; write update_sources = 5",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_remedy(load: Load, text: str, expected: str) -> None:
    assert complaint(load, text) == [f"config.toml:{expected}"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"language = de", r"config\.toml:1: no valid TOML: Invalid value; text stands in quotes"),
        (b"\n\n[polling]\n[polling]", r"config\.toml:4: no valid TOML: Cannot declare"),
        (b'language = "de', r"config\.toml:1: no valid TOML"),
        ('# Grüße\n# süß\nlanguage = "de"'.encode("latin-1"), r"config\.toml:1: not UTF-8 text"),
        ('language = "de"'.encode("utf-16"), r"config\.toml:1: not UTF-8 text"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(load: Load, content: bytes, expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        load(content)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(load: Load) -> None:
    text = (
        'timezone = "Mars"\n[polling]\ninterval = "0s"\n[channels.a]\nurl = "json://${NOPE}"\n'
        '[[routes]]\nchannels = ["b"]\n'
    )
    assert [line.split(":")[1] for line in complaint(load, text)] == ["1", "3", "5", "7"]


def test_lines_are_found_whatever_the_layout(load: Load) -> None:
    text = '''
# [polling]
language = """
[polling]
interval = "x"
"""
'polling' . "interval" = [ # a list over
  "]", # several lines
]
'''
    assert [line.split(":")[1] for line in complaint(load, text)] == ["3", "7"]


def test_a_topic_must_exist(load: Load) -> None:
    settings = load(EVERYTHING)
    check_topics(settings, {"ai-overbuild"})
    with pytest.raises(ConfigError) as caught:
        check_topics(settings, {"ai-overbuilt"})
    lines = str(caught.value).split("\n")
    assert len(lines) == 3
    assert all('unknown topic "ai-overbuild"; did you mean "ai-overbuilt"?' in x for x in lines)


def test_channels_are_checked_with_their_lines(load: Load) -> None:
    settings = load(DESK + '[channels.a]\nurl = "x://1"\n[channels.b]\nurl = "xx://2"')
    complaint = "Apprise does not know this address; see its list"
    with pytest.raises(ConfigError) as caught:
        refuse_channels(settings, {"a": complaint, "b": complaint})
    assert str(caught.value) == "\n".join(
        f"config.toml:{line}: Apprise does not know this address; see its list" for line in (4, 6)
    )


# --- secrets -----------------------------------------------------------------------------------


@pytest.mark.fault("F2")
def test_secrets_come_from_the_environment(load: Load) -> None:
    settings = load('[channels.tg]\nurl = "tgram://${TOKEN}/${CHAT}"', TOKEN="1:abcdef99", CHAT="7")
    assert settings.channels["tg"].url.get_secret_value() == "tgram://1:abcdef99/7"
    assert "abcdef99" in settings.secrets


def test_secrets_come_from_a_file_beside_the_config(load: Load, tmp_path: Path) -> None:
    (tmp_path / "mail-url").write_text("mailto://me:hunter22@example.org\n")
    settings = load('[channels.mail]\nurl_file = "mail-url"')
    assert settings.channels["mail"].url.get_secret_value() == "mailto://me:hunter22@example.org"


@pytest.mark.fault("F2")
@pytest.mark.parametrize("line", ['url_file = "mail"', 'url = "${mail}"'])
def test_secrets_come_from_systemd_credentials(load: Load, tmp_path: Path, line: str) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "mail").write_text("mailto://me:hunter22@example.org")
    settings = load(f"[channels.mail]\n{line}", CREDENTIALS_DIRECTORY=str(credentials))
    assert settings.channels["mail"].url.get_secret_value() == "mailto://me:hunter22@example.org"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('url = "tgram://${TOKEN}/7"', "${TOKEN} is not set; set TOKEN in the environment"),
        ('url = "${TOKEN}"', "${TOKEN} is not set; set TOKEN in the environment"),
        ("url_file = 5", 'url_file must be text; write url_file = "a-file"'),
    ],
)
def test_a_missing_secret_is_one_complaint(load: Load, line: str, expected: str) -> None:
    assert complaint(load, f"[channels.x]\n{line}") == [f"config.toml:2: {expected}"]


def test_a_missing_secret_file_is_named(load: Load, tmp_path: Path) -> None:
    [line] = complaint(load, '[channels.x]\nurl_file = "gone"')
    assert line.startswith(f"config.toml:2: cannot read {tmp_path}/gone (No such file")


def test_url_and_url_file_contradict(load: Load, tmp_path: Path) -> None:
    (tmp_path / "u").write_text("console://")
    text = '[channels.x]\nurl = "console://"\nurl_file = "u"'
    assert complaint(load, text) == ["config.toml:1: both url and url_file; keep one"]


SECRET = "s3cr3t-canary"


def test_secrets_are_never_shown(load: Load) -> None:
    settings = load(f'[channels.mail]\nurl = "mailto://me:{SECRET}@example.org"')
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


@pytest.mark.fault("F1")
@pytest.mark.parametrize(
    "text",
    [
        f'[channels.mail]\nurl = "{SECRET}"',
        f'[channels.mail]\nurl = "json://x"\nurll = "{SECRET}"',
        f'[channels]\nmail = ["{SECRET}"]',
        f'[[feeds]]\nurl = "https://me:{SECRET}@example.org/"',
    ],
)
def test_a_complaint_never_shows_a_secret(load: Load, text: str) -> None:
    assert SECRET not in "\n".join(complaint(load, text))


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("mailto://me:hunter22@example.org", "hunter22"),
        ("mailto://me:hun%40ter22@example.org", "hun@ter22"),
        ("discord://1234567890/AbCdEf0123456789", "AbCdEf0123456789"),
        ("tgram://123456:AAE-longtoken_1/7", "AAE-longtoken_1"),
        ("jsons://hook.example.org/in?apikey=opensesame", "opensesame"),
        ("jsons://example.org/in?+X-Hook=Bearer%20opensesame", "opensesame"),
        ("matrixs://bot:pässword@[::1]:8448/!room", "pässword"),
    ],
)
def test_what_counts_as_a_secret(load: Load, url: str, secret: str) -> None:
    settings = load(f'[channels.x]\nurl = "{url}"')
    assert {url, secret} <= settings.secrets


def test_words_and_hosts_are_no_secrets(load: Load) -> None:
    settings = load('[channels.x]\nurl = "jsons://hook.example.org/monitor?format=markdown"')
    assert settings.secrets == {"jsons://hook.example.org/monitor?format=markdown"}


@pytest.mark.fault("F2")
@pytest.mark.parametrize(
    ("mode", "url", "warned"),
    [
        (0o644, "mailto://me:hunter22@example.org", True),
        (0o640, "mailto://me:hunter22@example.org", False),
        (0o644, "console://", False),
        (0o644, "mailto://me:${PASSWORD}@example.org", False),
    ],
)
def test_a_secret_that_everyone_can_read_is_warned_of(
    tmp_path: Path, mode: int, url: str, warned: bool
) -> None:
    """FAULTS F2."""
    file = tmp_path / CONFIG
    file.write_text(f'[channels.mail]\nurl = "{url}"')
    file.chmod(mode)
    settings = load_settings(None, {"PASSWORD": "hunter22"}, tmp_path)
    remedy = f"{file} holds a secret and every user can read it; run: chmod 600 {file}"
    assert settings.warnings == ((remedy,) if warned else ())


def test_a_secret_file_that_everyone_can_read_is_warned_of(load: Load, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("console://")
    (tmp_path / "url").chmod(0o604)
    assert "chmod 600" in load('[channels.x]\nurl_file = "url"').warnings[0]


# --- the file that ships -----------------------------------------------------------------------


def test_the_default_file_loads_without_a_warning(load: Load) -> None:
    settings = load(read_default_config())
    assert len(settings.feeds) >= 25
    assert settings.warnings == ()
    assert any(route.is_default for route in settings.routes)


def test_the_default_file_says_what_an_empty_one_means(load: Load) -> None:
    shipped, empty = load(read_default_config()), load("")
    for name in ("language", "polling", "channels", "routes", "alerts", "digests", "web"):
        assert getattr(shipped, name) == getattr(empty, name), name
    assert shipped.storage == empty.storage
    assert shipped.classifier == empty.classifier
