"""When digests come, in words."""

from datetime import date

from monitor.core.model import EVERY_DAY, DigestPlan
from monitor.core.words import format_date, join_names, name_weekday, say


def tell_plan(language: str, plan: DigestPlan) -> str:
    """Write "Mon and Fri at 07:00 (Europe/Berlin), to mail"."""
    names = [name_weekday(language, day) for day in sorted(plan.days)]
    daily = len(names) == len(EVERY_DAY)
    return say(
        language,
        "page.digest.at",
        days=say(language, "page.digest.daily") if daily else join_names(language, names),
        time=f"{plan.hour:02}:{plan.minute:02}",
        zone=plan.timezone,
        channels=join_names(language, plan.channels),
    )


def tell_date(language: str, occasion: str) -> str:
    """Write the local date a digest is of, and the minute where it was sent by hand."""
    day, _, minute = occasion.partition("T")
    written = format_date(language, date.fromisoformat(day))
    return f"{written}, {minute}" if minute else written
