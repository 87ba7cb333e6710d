"""Stay until a signal comes, and end a process of which a thread does not answer."""

import logging

from server.process.liveness import LOOK_S, Liveness
from server.process.log_queue import LogQueue
from server.process.service_manager import tell_service_manager
from server.process.stop import DEAF_STATUS, Stop, end_now

log = logging.getLogger(__name__)


def watch(liveness: Liveness, stop: Stop, log_queue: LogQueue) -> None:
    """Until a signal comes; ends the process where a thread does not answer: systemd starts it again."""
    while not stop.wait(LOOK_S):
        try:
            silent = liveness.silent()
        except MemoryError:
            silent = "there is no memory left to look after the threads"
        if silent is not None:
            log.critical("%s: the server ends, for it would answer nobody; what was acknowledged is kept", silent)
            log_queue.close()
            end_now(DEAF_STATUS)
        tell_service_manager("WATCHDOG=1")
