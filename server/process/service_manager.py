"""Tell systemd that the server is ready, alive and stopping: sd_notify(3), where the unit says Type=notify."""

import contextlib
import os
import socket


def has_service_manager() -> bool:
    """Whether something started this process that wants to hear of it."""
    return bool(os.environ.get("NOTIFY_SOCKET"))


def tell_service_manager(state: str) -> None:
    """Such as `READY=1`, `WATCHDOG=1`, `STOPPING=1`. Nothing where nobody listens, and never a wait."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")) or not hasattr(socket, "AF_UNIX"):
        return
    # "@" stands for the zero byte that begins an abstract address.
    target = "\0" + address[1:] if address.startswith("@") else address
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifier:
        notifier.setblocking(False)
        notifier.sendto(state.encode(), target)
