"""What is acknowledged is on disk: a process is watched while it records."""

import subprocess
import sys
from pathlib import Path

from tests import strace

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import os, sys
sys.path.insert(0, {root!r})
from server.store import open_store
from tests.server.store.store_values import NOW, STUDENTS, enrol, mark, record, request
store = open_store(sys.argv[1], key_file=None)
store.health.upgrade()
enrol(store)
for number, student in enumerate(STUDENTS):
    os.write(1, b"asked %d\\n" % number)
    record(store, request(mark(student), key=student))
    os.write(1, b"acknowledged %d\\n" % number)
store.close()
"""


def test_every_mark_is_synced_before_it_is_acknowledged(tmp_path: Path) -> None:
    log = tmp_path / "strace.log"
    program = PROGRAM.format(root=str(ROOT))
    command = [*strace.command(log), sys.executable, "-c", program, str(tmp_path / "a.sqlite")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    seen = list(strace.calls(log.read_text(errors="replace").splitlines()))
    for number in range(5):
        asked = strace.position(seen, f"asked {number}")
        acknowledged = strace.position(seen, f"acknowledged {number}", asked)
        assert strace.synced_between(seen, asked, acknowledged, "a.sqlite-wal"), number


def test_a_log_of_strace_is_read_call_by_call() -> None:
    log = """\
12 pwrite64(5</d/a-wal>, "marks"..., 4096, 32) = 4096
13 fdatasync(5</d/a-wal> <unfinished ...>
12 write(1<pipe:[7]>, "early", 5) = 5
13 <... fdatasync resumed>) = 0
12 write(1<pipe:[7]>, "late", 4) = 4
12 fsync(9</d/b>) = -1 EIO (Input/output error)
12 --- SIGCHLD {si_signo=SIGCHLD} ---
sendto(3<TCP:[127.0.0.1:1->127.0.0.1:2]>, "reply", 5, 0, NULL, 0) = 5
+++ exited with 0 +++
"""
    seen = list(strace.calls(log.splitlines()))
    assert [(each.name, each.target) for each in seen] == [
        ("pwrite64", "/d/a-wal"),
        ("write", "pipe:[7]"),
        ("fdatasync", "/d/a-wal"),
        ("write", "pipe:[7]"),
        ("sendto", "TCP:[127.0.0.1:1->127.0.0.1:2]"),
    ]
    assert not strace.synced_between(seen, 0, strace.position(seen, "early"), "-wal")
    assert strace.synced_between(seen, 0, strace.position(seen, "late"), "-wal")
