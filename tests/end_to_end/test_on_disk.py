"""What is acknowledged is on disk: the running server's system calls, in their order."""

import re
import shutil
import signal
from pathlib import Path

import pytest

from tests.end_to_end.test_serving import COURSE, STUDENTS, import_roster, mark
from tests.running import PATIENCE_S, Speaker, legacy, serving

CALL = re.compile(r"^\d+ +(?P<call>\w+)\((?P<rest>.*)")


def calls(trace: Path) -> list[tuple[str, str]]:
    """(system call, its arguments) in the order of their beginning; a resumed call is its end and is left out."""
    lines = trace.read_text(errors="replace").splitlines()
    return [(found["call"], found["rest"]) for line in lines if (found := CALL.match(line))]


def test_the_log_is_synced_before_a_mark_is_acknowledged(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed (Debian: strace)")
    import_roster(tmp_path)
    trace = tmp_path / "trace"
    watched = "trace=pwrite64,write,fsync,fdatasync,sendto"
    with serving(tmp_path, prefix=(strace, "-D", "-f", "-y", "-s", "256", "-e", watched, "-o", str(trace))) as server:
        with Speaker(server) as speaker:
            assert speaker.ask(mark(STUDENTS[0], "k")).marks
        assert legacy(server, f"{STUDENTS[1]}{COURSE}".encode()) == b"success"
        server.end(signal.SIGTERM, PATIENCE_S)
    seen = calls(trace)
    for student, answer in ((STUDENTS[0], '\\"type\\":\\"marked\\"'), (STUDENTS[1], '"success"')):
        sent = next(at for at, (call, rest) in enumerate(seen) if call in {"sendto", "write"} and answer in rest)
        before = seen[:sent]
        written = max(at for at, (call, rest) in enumerate(before) if call == "pwrite64" and "-wal>" in rest)
        synced = [at for at, (call, rest) in enumerate(before) if "sync" in call and "-wal>" in rest]
        assert synced, f"no sync of the log before {student} was answered"
        assert synced[-1] > written, "the log was written after its last sync"
        seen = seen[sent + 1:]
