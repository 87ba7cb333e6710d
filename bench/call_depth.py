"""Count the calls of ours that lie between a socket and the network or the SQL, on the real server.

What is counted stands on the stacks at one moment: of the connection's thread, which waits, and of the thread that
works for it. Frames of libraries and of Python's own threads do not count.
"""

import io
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

import numpy as np
import onnxruntime
from PIL import Image
from sqlalchemy import Engine, event

from client.api import Api
from client.errors import Refused
from client.transport import TcpTransport
from server.bootstrap.family import set_family
from server.bootstrap.recognition import recogniser_of
from server.bootstrap.server import Server
from server.bootstrap.store import store_of
from server.clock import utc_now
from server.config import Settings, load
from server.store import RosterLine

ROOT: Final = Path(__file__).resolve().parent.parent
COURSE: Final = "ea0017_1"
STUDENT: Final = "201511041"


def call_depths() -> dict[str, int]:
    """The deepest call into the network for a snapshot, and into SQL that writes a mark."""
    found = {"from socket to network for a snapshot": 0, "from socket to SQL for a mark": 0}
    to_network, to_sql = found
    network = onnxruntime.InferenceSession.run

    def run(session: Any, *arguments: Any, **more: Any) -> Any:
        found[to_network] = max(found[to_network], depth())
        return network(session, *arguments, **more)

    def execute(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO marks"):
            found[to_sql] = max(found[to_sql], depth())

    onnxruntime.InferenceSession.run = run
    event.listen(Engine, "before_cursor_execute", execute)
    try:
        with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as folder, running(Path(folder)) as port:
            ask(port)
    finally:
        onnxruntime.InferenceSession.run = network
        event.remove(Engine, "before_cursor_execute", execute)
    return found


def depth() -> int:
    """Frames of ours on this thread and on the connection's, which waits for it."""
    worker = threading.get_ident()
    mine = ours(sys._getframe(1))
    waiting = [ours(frame) for thread, frame in sys._current_frames().items() if thread != worker]
    return mine + max((each for each in waiting if each), default=0)


def ours(frame: FrameType | None) -> int:
    """Frames of a stack that lie in the server or the protocol, if it is a worker's or a connection's; else 0."""
    files = []
    while frame is not None:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    folders = (str(ROOT / "server"), str(ROOT / "protocol"))
    counted = [file for file in files if file.startswith(folders)]
    return len(counted) if any(file.endswith("/threading.py") for file in files) else 0


@contextmanager
def running(folder: Path) -> Iterator[int]:
    """The port of a whole server, in this process, with a class of one and no photograph."""
    settings: Settings = load(
        {
            "database": str(folder / "rollcall.sqlite"),
            "key_file": folder / "key",
            "knowns": folder / "knowns",
            "host": "127.0.0.1",
            "port": 0,
        },
        {},
    )
    with store_of(settings) as store:
        row = RosterLine(STUDENT, "Kim Ada", COURSE)
        store.rosters.change([row], at=utc_now(), by="bench", day=utc_now().date())
        server = Server(settings, store, recogniser_of(settings, set_family(settings)), utc_now)
        server.start()
        try:
            yield server.port
        finally:
            server.stop()


def ask(port: int) -> None:
    """A mark, and a picture of nobody that is kept."""
    pixels = np.random.default_rng(1).integers(0, 256, (240, 320, 3), np.uint8)
    image = io.BytesIO()
    Image.fromarray(pixels).save(image, "PNG")
    with closing(TcpTransport("127.0.0.1", port, 60.0)) as transport:
        api = Api(transport, "bench")
        api.mark(STUDENT, COURSE)
        try:
            api.snapshot(image.getvalue(), course=COURSE, record=True)
        except Refused as error:
            raise SystemExit(f"The picture was refused: {error.text}") from error
