"""Tells what was read: the end of every digest, also of an empty one."""

from collections import Counter

from monitor.core.model import Health
from monitor.core.render.parts import name_some
from monitor.core.words import format_number, join_names, name_language, say, say_count

LANGUAGES = 3
"""So many languages are counted by name."""


def tell_health(health: Health, language: str) -> str:
    """Say in a few sentences how much was read, from whom, and what is not as it should be."""
    read = say(
        language,
        "health.read",
        articles=say_count(language, "digest.articles", health.articles),
        ok=format_number(language, health.feeds_ok),
        feeds=format_number(language, health.feeds),
    )
    if spoken := _count_languages(health, language):
        read = say(language, "health.languages", read=read, languages=join_names(language, spoken))
    sentences = [say(language, "health.fine", read=read)]
    if health.failing:
        named = [f"{name} ({error})" for name, error in health.failing]
        n = format_number(language, len(named))
        names = name_some(named, language)
        sentences = [say(language, "health.failing", read=read, n=n, names=names)]
    if health.quiet:
        sentences.append(say(language, "health.quiet", names=name_some(health.quiet, language)))
    if health.channels:
        channels = join_names(language, health.channels)
        sentences.append(say(language, "health.channels", names=channels))
    if health.dead:
        sentences.append(say_count(language, "health.dead", health.dead))
    return " ".join(sentences)


def _count_languages(health: Health, language: str) -> list[str]:
    """The most frequent languages with their articles; one alone needs no word."""
    spoken = Counter[str]()
    for code, count in health.languages:
        spoken[name_language(language, code) or ""] += count
    unknown = spoken.pop("", 0)
    if len(spoken) + bool(unknown) <= 1:
        return []
    named = spoken.most_common(LANGUAGES)
    rest = unknown + sum(spoken.values()) - sum(count for _, count in named)
    told = [
        say(language, "health.language", n=format_number(language, count), spoken=name)
        for name, count in named
    ]
    if rest:
        told.append(say(language, "health.rest", n=format_number(language, rest)))
    return told
