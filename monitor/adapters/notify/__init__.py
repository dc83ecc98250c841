"""Sends messages through Apprise, each in a process of its own. Door to apprise and rich.

`channel` writes the letter, `plugins` knows Apprise's kinds, `sender` runs in the child, `local`
is our own console and file channel, `receipts` reads off what the receiver said.
"""

from monitor.adapters.notify.channel import AppriseChannel
from monitor.adapters.notify.plugins import check_channel_url, mask_channel_url

__all__ = ["AppriseChannel", "check_channel_url", "mask_channel_url"]
