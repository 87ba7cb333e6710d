"""What is acknowledged is on disk: the running server's system calls, in the order in which they ended."""

import signal
from pathlib import Path

from tests import strace
from tests.end_to_end.test_serving import STUDENTS, import_roster, mark
from tests.running import PATIENCE_S, Speaker, legacy, serving

COURSE = "ea0017_1"


def test_the_log_is_synced_before_a_mark_is_acknowledged(tmp_path: Path) -> None:
    import_roster(tmp_path)
    log = tmp_path / "trace"
    # -D: the process that is started, and stopped by a signal, is the server itself.
    name, *flags = strace.command(log)
    with serving(tmp_path, prefix=(name, "-D", *flags)) as server:
        with Speaker(server) as speaker:
            assert speaker.ask(mark(STUDENTS[0], "k")).marks
        assert legacy(server, f"{STUDENTS[1]}{COURSE}".encode()) == b"success"
        assert server.end(signal.SIGTERM, PATIENCE_S) == 0
    seen = list(strace.calls(log.read_text(errors="replace").splitlines()))
    ready = strace.position(seen, "ready on")
    in_our_form = strace.position(seen, r"\"type\":\"marked\"", ready)
    in_the_old = strace.position(seen, '"success"', in_our_form + 1)
    assert strace.synced_between(seen, ready, in_our_form, "-wal")
    assert strace.synced_between(seen, in_our_form, in_the_old, "-wal")
