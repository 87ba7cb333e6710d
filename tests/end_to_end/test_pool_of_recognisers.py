"""A server and its pool of recognisers as processes: pictures are answered through it, and nothing else needs it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from protocol import messages
from tests.end_to_end.test_pictures import ENROLLED, prepared
from tests.end_to_end.test_serving import COURSE
from tests.photographs import jpeg, small
from tests.running import PATIENCE_S, SERVER, Speaker, environment, run_json, serving

pytestmark = pytest.mark.slow


def certificates(folder: Path) -> tuple[str, ...]:
    """Flags that name a certificate for this machine and its authority's."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(folder / "machine.pem")
    return ("--recogniser-certificate", str(folder / "machine.pem"), "--recogniser-ca", str(folder / "ca.pem"))


@contextmanager
def recogniser(*flags: str, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process of the pool that is ready, and its port."""
    command = [sys.executable, SERVER, "recogniser", "--listen", f"127.0.0.1:{port}", "--threads", "1", *flags]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment(), encoding="utf-8"
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("ready on 127.0.0.1:"), line
        yield process, int(line.rpartition(":")[2])
    finally:
        process.kill()
        process.wait(PATIENCE_S)
        assert process.stdout
        process.stdout.close()


def test_a_student_is_named_by_the_pool_and_without_it_everything_but_pictures_goes_on(tmp_path: Path) -> None:
    flags, picture = certificates(prepared(tmp_path)), jpeg(small("obama2.jpg", 600))
    mark = messages.Mark(student=ENROLLED, course=COURSE, key="k", state="present")
    with recogniser(*flags) as (process, port):
        pool = ("--recognisers", f"https://127.0.0.1:{port}", *flags)
        with serving(tmp_path, *pool) as server, Speaker(server) as speaker:
            reply = speaker.ask(messages.Snapshot(course=COURSE), picture)
            assert [face.student for face in reply.faces] == [ENROLLED]
            database = ("--database", str(tmp_path / "rollcall.sqlite"), "--key-file", str(tmp_path / "key"))
            findings = run_json(SERVER, "doctor", *database, "--knowns", str(tmp_path / "knowns"), *pool)
            assert [each["level"] for each in findings if each["what"] == "recognisers"] == ["fine"]
            process.terminate()
            assert process.wait(PATIENCE_S) == 0
            away = speaker.ask(messages.Snapshot(course=COURSE), picture)
            assert (away.code, away.retry) == ("unavailable", True)
            assert isinstance(speaker.ask(mark), messages.Marked)
        assert not any("Traceback" in line for line in server.log)
