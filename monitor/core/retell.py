"""Beside the stages: what they noted in English, said again as the reader of a page speaks.

Stages keep why a feed is due, what its poll met and why a message was held as short English
sentences: they stand in the log and in the command line's answers. What is not known here stays as
it is: it may be a server's own words.
"""

import re

from monitor.core.words import format_span, say

_REDIRECTED = re.compile(r"(?P<text>.*) \(redirect \d+, to (?P<url>.*)\)", re.DOTALL)
_AT_MOST = re.compile(r"(?P<text>.*); at most (?P<span>\w+)")

_NOTES = (
    # (what a stage notes, the text that says the same)
    (r"new", "note.new"),
    (r"by hand", "note.by-hand"),
    (r"interval (?P<span>\w+)", "note.interval"),
    (r"its own interval (?P<span>\w+)", "note.own-interval"),
    (r"rhythm: news every (?P<span>\w+) or so", "note.rhythm"),
    (r"rhythm: no news for (?P<span>\w+)", "note.no-news"),
    (r"the feed says every (?P<span>\w+)", "note.feed-says"),
    (r"the server says fresh for (?P<span>\w+)", "note.server-says"),
    (r"skipHours or skipDays", "note.skip"),
    (r"no network", "note.no-network"),
    (r"Retry-After", "note.retry-after"),
    (r"Retry-After of its host", "note.host-rests"),
    (r"back-off after (?P<n>\d+) failures", "note.back-off"),
    (r"the server says it is gone \(410\); asked weekly", "note.gone"),
    (r"quiet hours", "note.quiet-hours"),
    (r"cool-down", "note.cool-down"),
    (r"held meanwhile", "note.held"),
    (r"(?P<n>\d+) messages an hour", "note.cap"),
    (r"(?P<n>\d+) waited at once", "note.many"),
    (r"gap between two messages", "note.gap"),
    (r"its story is gone", "note.story-gone"),
    (r"digest", "note.digest"),
    (r"feeds were new", "note.baseline"),
    (r"channels are taken to accept every message at once; .*", "note.outages"),
    (r"stories that were split or merged by hand are .*", "note.corrected"),
    (r"pages of articles are read as they were: .*", "note.pages"),
    (r"before (?P<begin>\S+) there are no articles, .*", "note.begins"),
    (r"F1", "measure.f1"),
    (r"alerts per 1,000 background", "measure.background"),
    (r"false per 100 near zeros", "measure.near"),
    (r"calibration, largest gap", "measure.calibration"),
    (r"average precision", "measure.precision"),
    (r"accepted", "note.accepted"),
    (r"default route", "route.default"),
    (r"HTTP (?P<n>401|407)", "error.login"),
    (r"HTTP (?P<n>403)", "error.forbidden"),
    (r"HTTP (?P<n>404)", "error.missing"),
    (r"HTTP (?P<n>410)", "error.gone"),
    (r"HTTP (?P<n>429)", "error.too-often"),
    (r"HTTP (?P<n>5\d\d)", "error.server"),
    (r"no whole answer within (?P<span>\w+) s", "error.slow"),
    (r"(?P<host>\S+): no address found \(DNS\)", "error.dns"),
    (r"(?P<host>\S+): certificate not accepted: (?P<why>.*)", "error.certificate"),
    (r"(?P<host>.+) is not a public address", "error.private"),
    (r"(?P<host>\S+:\d+): (?P<why>.*)", "error.unreachable"),
    (r"the (compressed )?answer was cut off.*", "error.cut"),
    (r"redirects in a circle|more than \d+ redirects", "error.circle"),
    (r"a web page, not a feed; .*|a JSON document, not a JSON Feed", "error.no-feed"),
    (r"neither RSS, Atom nor JSON Feed; .*", "error.no-feed"),
    (r"an empty document, not a feed", "error.empty"),
    (r"too costly to read: .*", "error.costly"),
    (r"more than [\d,]+ bytes.*", "error.large"),
    (r"entry .*", "error.entries"),
)
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), key) for pattern, key in _NOTES)


def retell(language: str, note: str) -> str:
    """The same in the reader's language; what no stage notes stays as it is."""
    if found := _AT_MOST.fullmatch(note):
        longest = format_span(language, found["span"])
        return say(language, "note.at-most", text=retell(language, found["text"]), span=longest)
    if found := _REDIRECTED.fullmatch(note):
        text = retell(language, found["text"])
        return say(language, "note.redirected", text=text, url=found["url"])
    for pattern, key in _PATTERNS:
        if found := pattern.fullmatch(note):
            return say(language, key, **_write(language, found.groupdict()))
    return note


def find_remedy(error: str) -> str:
    """The text that says what to do about a feed's error."""
    if found := _REDIRECTED.fullmatch(error):
        return find_remedy(found["text"])
    keys = (key for pattern, key in _PATTERNS if pattern.fullmatch(error))
    key = next((key for key in keys if key.startswith("error.")), "error.other")
    return key.replace("error.", "remedy.")


def _write(language: str, values: dict[str, str]) -> dict[str, str]:
    span = values.get("span", "")
    return {**values, "span": format_span(language, span)} if span else values
