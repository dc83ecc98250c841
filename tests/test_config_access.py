"""What config.toml says of asking one feed's server, and that its secrets stay where they are."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config import Settings, load_settings, read_default_config
from monitor.core.model import FeedAccess, Proxy
from monitor.errors import ConfigError
from monitor.log import MASK, mask

URL = "https://blatt.example/rss"
FEED = f'[[feeds]]\nurl = "{URL}"\n'
BASIC = "Basic bGVzZXI6Z2Vow6RsdGVy"
"""leser:gehälter, as RFC 7617 writes it in UTF-8."""

Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a text as config.toml of an otherwise empty folder."""

    def load_text(text: str, **environ: str) -> Settings:
        file = tmp_path / "config.toml"
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
        return load_settings(None, {"TZ": "UTC", **environ}, tmp_path)

    return load_text


def complaint(load: Load, text: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(text, **environ)
    return str(caught.value).split("\n")


# --- what is understood ---


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('headers = { x-api-key = "k", User-Agent = "leser/1" }',
         FeedAccess({"X-Api-Key": "k", "User-Agent": "leser/1"})),
        ('cookies = { abo = "1", sitzung = "a=b" }', FeedAccess({"Cookie": "abo=1; sitzung=a=b"})),
        ('username = "leser"\npassword = "gehälter"', FeedAccess({"Authorization": BASIC})),
        ('headers.Authorization = "Bearer t"', FeedAccess({"Authorization": "Bearer t"})),
        ('proxy = "http://proxy.example:3128"', FeedAccess(proxy=Proxy("http://proxy.example:3128"))),
        ('proxy = "https://10.0.0.1/"', FeedAccess(proxy=Proxy("https://10.0.0.1"))),
        ('proxy = "http://leser:geh%C3%A4lter@[::1]:3128"',
         FeedAccess(proxy=Proxy("http://[::1]:3128", {"Proxy-Authorization": BASIC}))),
        ("tls_verify = false", FeedAccess(tls_verify=False)),
    ],
)  # fmt: skip
def test_each_key_says_how_the_server_is_asked(
    load: Load, lines: str, expected: FeedAccess
) -> None:
    assert load(FEED + lines).access == {URL: expected}


def test_a_feed_without_wishes_is_asked_plainly(load: Load) -> None:
    assert load(FEED + "tls_verify = true").access == {}


def test_the_example_of_the_default_file_can_be_switched_on(load: Load) -> None:
    default = read_default_config()
    example = re.search(r"^# \[\[feeds\]\]\n(# \w.*\n)+", default, re.MULTILINE)
    assert example
    names = dict.fromkeys(re.findall(r"\$\{(\w+)\}", example[0]), "kanarienvogel")
    access = load(re.sub(r"^# ", "", example[0], flags=re.MULTILINE), **names).access
    [asked] = access.values()
    assert set(asked.headers) == {"X-Api-Key", "Cookie", "Authorization"}
    assert asked.proxy


# --- where secrets come from ---


def test_secrets_come_from_the_environment(load: Load) -> None:
    text = FEED + 'username = "${WHO}"\npassword = "${PW}"\ncookies = { abo = "${PW}" }'
    sent = load(text, WHO="leser", PW="gehälter").access[URL].headers
    assert sent == {"Cookie": "abo=gehälter", "Authorization": BASIC}


@pytest.mark.parametrize("line", ['password_file = "pw"', 'password = "${pw}"'])
def test_secrets_come_from_files_and_systemd(load: Load, tmp_path: Path, line: str) -> None:
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials/pw").write_text("gehälter\n", encoding="utf-8")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")}
    assert load(f'{FEED}username = "leser"\n{line}', **environ).access[URL].headers == {
        "Authorization": BASIC
    }


def test_a_proxy_may_stand_in_a_file(load: Load, tmp_path: Path) -> None:
    (tmp_path / "proxy").write_text("http://u:p@proxy.example:3128\n", encoding="utf-8")
    assert load(FEED + 'proxy_file = "proxy"').access[URL].proxy == Proxy(
        "http://proxy.example:3128", {"Proxy-Authorization": "Basic dTpw"}
    )


def test_what_is_stored_and_shown_of_a_feed_is_never_filled_in(load: Load) -> None:
    feed = load(FEED + 'name = "${PW}"\ntags = ["${PW}"]', PW="geheim").feeds[0]
    assert (feed.name, feed.tags) == ("${PW}", ("${PW}",))


# --- what is refused: the line, what is wrong, what to write instead ---


@pytest.mark.fault("F3")
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('headers = "x"', "headers must be a table"),
        ("headers = { X-Key = 5 }", "X-Key must be text in quotes; write headers ="),
        ('headers = { Host = "x" }', 'header "Host" is set by the program; leave it out'),
        ('headers = { content-LENGTH = "1" }', 'header "Content-Length" is set by the program'),
        ('headers = { transfer-encoding = "x" }', 'header "Transfer-Encoding" is set by'),
        ('headers = { connection = "close" }', 'header "Connection" is set by the program'),
        ('headers = { If-None-Match = "x" }', 'header "If-None-Match" is set by the program'),
        ('headers = { Proxy-Authorization = "x" }', 'header "Proxy-Authorization" is set by'),
        ('headers = { Accept-Encoding = "br" }', 'header "Accept-Encoding" is set by the'),
        ('headers = { "X Y" = "x" }', '"X Y" is no header name; write headers ='),
        ('headers = { X-Key = "a\\r\\nHost: b" }', 'header "X-Key" is more than one line; write'),
        ('headers = { Cookie = "a=b" }', 'header "Cookie" has a key of its own; write cookies ='),
        ('cookies = { a = "b; c=d" }', 'cookie "a" is no single name and value; write cookies ='),
        ('cookies = { "a b" = "c" }', 'cookie "a b" is no single name and value; write cookies'),
        ('cookies = { a = "b\\nc" }', 'cookie "a" is no single name and value; write cookies ='),
        ('proxy = "socks5://127.0.0.1:1080"', "socks proxies are not understood; name an http"),
        ('proxy = "proxy.example:3128"', "the proxy is no http(s)://host:port; write proxy ="),
        ('proxy = "http://proxy.example/x"', "the proxy is no http(s)://host:port; write proxy"),
        ('proxy = "http://proxy.example:x"', "the proxy is no http(s)://host:port; write proxy"),
        ('tls_verify = "no"', "tls_verify must be true or false; write tls_verify = false"),
        ('password = "${GONE}"\nusername = "u"', "${GONE} is not set; set GONE in the environment"),
        ('password_file = 5\nusername = "u"', 'password_file must be text; write password_file'),
        ('passwort = "x"', 'unknown key "passwort"; did you mean "password"?'),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_remedy(load: Load, lines: str, expected: str) -> None:
    assert complaint(load, FEED + lines)[0].startswith(f"config.toml:3: {expected}")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('username = "leser"', "username and password belong together; give both"),
        ('password = "x"', "username and password belong together; give both"),
        ('username = "a:b"\npassword = "x"', 'the username is more than a name; write username ='),
        ('username = "a"\npassword = "x"\nheaders = { authorization = "y" }',
         'both a username and header "Authorization"; keep one'),
        ('password = "x"\npassword_file = "f"', "both password and password_file; keep one"),
        ('proxy = "https://proxy.example"\ntls_verify = false',
         "tls_verify = false would hold for the https proxy too; use an http proxy"),
    ],
)  # fmt: skip
def test_keys_that_contradict_are_told_at_their_feed(load: Load, lines: str, expected: str) -> None:
    assert complaint(load, FEED + lines)[0].startswith(f"config.toml:1: {expected}")


@pytest.mark.fault("F1")
@pytest.mark.parametrize(
    "url",
    [
        "https://leser:kanarienvogel@blatt.example/rss",
        "https://leser:kanarien{vogel}@blatt.example/rss",
        "https://kanarienvogel@blatt.example",
        "ftp://leser:kanarienvogel@blatt.example?x@y",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(load: Load, url: str) -> None:
    twice = f'[[feeds]]\nurl = "{url}"\n' * 2
    told = complaint(load, twice)
    assert told[0].startswith("config.toml:2: a feed's address cannot hold a password")
    assert "write username and password as keys of its [[feeds]]" in told[0]
    assert "kanarien" not in str(told)


# --- secrets stay where they are (F1, F2) ---

SECRETS = {
    "PW": "kanarienvogel",
    "KEY": "rotkehlchen",
    "SESSION": "zaunkoenig",
    "PROXY_PW": "nacht%20igall",
}
GUARDED = (
    FEED
    + """\
username = "leser"
password = "${PW}"
headers = { X-Api-Key = "${KEY}", Accept-Language = "de-DE" }
cookies = { sitzung = "${SESSION}" }
proxy = "http://leser:${PROXY_PW}@proxy.example:3128"
"""
)
BIRDS = ("kanarienvogel", "rotkehlchen", "zaunkoenig", "nacht%20igall", "nacht igall")


@pytest.mark.fault("F1")
def test_the_log_shows_none_of_them_in_no_form(load: Load) -> None:
    settings = load(GUARDED, **SECRETS)
    access = settings.access[URL]
    assert access.proxy
    sent = " ".join([*access.headers.values(), *access.proxy.headers.values(), *BIRDS])
    shown = mask(sent, settings.secrets)
    assert not any(bird in shown for bird in BIRDS)
    assert access.headers["Authorization"].split()[1] not in shown
    assert shown.count(MASK) >= 6
    assert "de-DE" in shown


@pytest.mark.fault("F1")
def test_the_settings_show_none_of_them(load: Load) -> None:
    settings = load(GUARDED, **SECRETS)
    shown = repr(settings) + repr(settings.access) + str(settings.feeds)
    assert not any(bird in shown for bird in BIRDS)
    assert "Basic" not in shown


@pytest.mark.fault("F1")
@pytest.mark.parametrize(
    "line",
    [
        'password = "kanarienvogel"',
        'username = "leser"\npassword = ["kanarienvogel"]',
        'headers = { X = "kanarienvogel\\n" }',
        'cookies = { abo = "kanarienvogel;" }',
        'proxy = "kanarienvogel"',
        'proxy = "http://u:kanarienvogel@h/x"',
    ],
)
def test_no_complaint_shows_one(load: Load, line: str) -> None:
    assert "kanarienvogel" not in str(complaint(load, FEED + line))


@pytest.mark.fault("F2")
@pytest.mark.parametrize(
    ("line", "warned"),
    [
        ('username = "u"\npassword = "kanarienvogel"', True),
        ('username = "u"\npassword = "${PW}"', False),
        ('headers = { X-Api-Key = "k" }', True),
        ('headers = { Accept-Language = "de" }', False),
        ('cookies = { abo = "1" }', True),
        ('proxy = "http://proxy.example"', False),
        ('proxy = "http://u:p@proxy.example"', True),
    ],
)
def test_a_secret_that_every_user_can_read_is_warned_of(
    load: Load, tmp_path: Path, line: str, warned: bool
) -> None:
    (tmp_path / "config.toml").touch(mode=0o600)
    (tmp_path / "config.toml").chmod(0o644)
    warnings = load(FEED + line, PW="x").warnings
    assert any("chmod 600" in warning for warning in warnings) is warned


@pytest.mark.fault("F1")
@pytest.mark.parametrize(
    ("scheme", "line", "warned"),
    [
        ("http", 'cookies = { abo = "${PW}" }', True),
        ("http", 'username = "u"\npassword = "${PW}"', True),
        ("http", 'headers = { Accept-Language = "de" }', False),
        ("http", "tls_verify = false", False),
        ("http", 'proxy = "http://u:${PW}@proxy.example"', False),
        ("https", 'cookies = { abo = "${PW}" }', False),
    ],
)
def test_a_login_that_everybody_on_the_way_can_read_is_warned_of(
    load: Load, scheme: str, line: str, warned: bool
) -> None:
    feed = FEED.replace("https:", f"{scheme}:")
    warnings = load(feed + line, PW="kanarienvogel").warnings
    assert any("unencrypted" in warning for warning in warnings) is warned
    assert "kanarienvogel" not in str(warnings)


@pytest.mark.fault("F2")
def test_a_secret_file_that_every_user_can_read_is_warned_of(load: Load, tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("kanarienvogel", encoding="utf-8")
    (tmp_path / "pw").chmod(0o644)
    [warning] = load(FEED + 'username = "u"\npassword_file = "pw"').warnings
    assert str(tmp_path / "pw") in warning
