"""Sends messages through Apprise, each in a process of its own. Door to apprise and rich.

`channel` is our end of that process, `letter` what goes there. In it `writing` writes as the
channel wants it, `plugins` knows Apprise's kinds, `sender` sends, `local` is our own console and
file channel, `receipts` reads off what the receiver said.
"""

from monitor.adapters.notify.channel import AppriseChannel, check_addresses

__all__ = ["AppriseChannel", "check_addresses"]
