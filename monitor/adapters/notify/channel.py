"""The Channel port, and the check of addresses: our end of the sender process, without Apprise.

Apprise takes a third of a second and 18 MB. So the daemon never imports it: what needs it is below
as functions that run in the process, which has it from the forkserver.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from monitor.adapters.notify.letter import Address, Writer
from monitor.core.model import Envelope, Outcome, Receipt
from monitor.errors import ConfigError, WorkerDied, WorkerTimeout

T = TypeVar("T")

DEADLINE = timedelta(seconds=30)


class Sender(Protocol):
    """Runs a function in a killable process (`adapters.worker.FreshWorker`)."""

    async def call(self, function: Callable[..., T], *args: object, deadline: timedelta) -> T:
        """Raise `WorkerTimeout`, `WorkerDied`, or the `MonitorError` that the function raised."""
        ...


class AppriseChannel:
    """One named Apprise address.

    `root` is where a relative `file://` path starts. The address is a secret: it goes to the
    sender process over a pipe and appears in no receipt, log or representation.
    """

    def __init__(
        self,
        name: str,
        url: str,
        worker: Sender,
        formatter: Writer,
        root: Path,
        *,
        deadline: timedelta = DEADLINE,
    ) -> None:
        self.name = name
        self._address = Address(url, root)
        self._worker = worker
        self._formatter = formatter
        self._deadline = deadline

    async def send(self, envelope: Envelope) -> Receipt:
        """Hand it over once; what the receiver did is the receipt's outcome."""
        call = (send_envelope, self._address, self._formatter, envelope)
        try:
            return await self._worker.call(*call, deadline=self._deadline)
        except WorkerTimeout:
            seconds = self._deadline.total_seconds()
            return Receipt(Outcome.AMBIGUOUS, f"no answer within {seconds:g} s")
        except WorkerDied:
            return Receipt(Outcome.AMBIGUOUS, "the sender process ended without an answer")
        except ConfigError as error:
            # The file's own check has not ended yet, and will tell the operator.
            return Receipt(Outcome.TEMPORARY, str(error))


def send_envelope(address: Address, formatter: Writer, envelope: Envelope) -> Receipt:
    """Write it for this address and send it; runs in the worker. Raise `ConfigError`."""
    from monitor.adapters.notify.sender import send_letter  # noqa: PLC0415 - see above
    from monitor.adapters.notify.writing import write_letter  # noqa: PLC0415 - see above

    return send_letter(write_letter(address, formatter, envelope))


def check_addresses(addresses: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with each address that no channel can be made of, with a remedy, by its name.

    Runs here or in the worker.
    """
    from monitor.adapters.notify.plugins import inspect_channel  # noqa: PLC0415 - see above

    complaints = {}
    for name, url in addresses.items():
        try:
            inspect_channel(Address(url, Path()))
        except ConfigError as error:
            complaints[name] = str(error)
    return complaints
