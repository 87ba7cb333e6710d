"""A client as a process of its own: keeps marks in an outbox while a thread sends them, and says each that is on disk.

    python -m tests.client.ticking OUTBOX PORT FIRST LAST [--wait]

Tick n is one student in one hour, in a state that belongs to n. --wait: end only when nothing waits any more.
"""

import sys
import threading
from contextlib import closing
from pathlib import Path

from client.api import Api, new_key
from client.outbox import Delivery, Outbox, Situation
from client.transport import TcpTransport
from protocol.messages import Mark

COURSE = "ea0017_1"
STUDENTS = [f"2015110{number:02}" for number in range(1, 41)]
STATES = ("present", "late", "absent", "left_early")
TIMEOUT_S = 60.0
LOOK_AGAIN_S = 1.0


def tick(number: int) -> tuple[str, int, str]:
    """Student, hour and state of the n-th tick; no two are of the same student and hour up to 960."""
    return STUDENTS[number % len(STUDENTS)], 1 + number // len(STUDENTS), STATES[number % len(STATES)]


def mark(number: int) -> Mark:
    student, hour, state = tick(number)
    return Mark(student=student, course=COURSE, hour=hour, state=state, key=new_key())


def main(path: Path, port: int, first: int, last: int, *, wait: bool) -> None:
    done = threading.Event()

    def told(situation: Situation) -> None:
        if not situation.waiting and not situation.trouble:
            done.set()

    def connect() -> Api:
        return Api(TcpTransport("127.0.0.1", port, TIMEOUT_S), "room 301")

    with closing(Outbox(path, "server")) as outbox:
        sender = Delivery(outbox, connect, lambda outcome: None, told)
        sender.start()
        for number in range(first, last):
            sender.add(mark(number))
            print(number, flush=True)
        while wait and outbox.waiting():
            sender.send_now()
            done.wait(LOOK_AGAIN_S)
            done.clear()
        sender.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]), wait="--wait" in sys.argv)
