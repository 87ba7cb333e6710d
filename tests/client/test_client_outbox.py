"""What is kept on disk: written before anything else happens, in order, for its owner only, never lost in silence."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from client.errors import OutboxError, UsageError
from client.outbox import EntryRefusal, Keyed, Outbox
from client.outbox.file import sender_lock
from protocol.messages import Confirm, ConfirmItem, Mark, MarkItem, Marks, OpenSession, SetSession
from protocol.sentences import Sentence, sentence
from tests import strace

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EARLIER = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
SERVER, OTHER = "here:20060", "there:20060"
COURSE = "ea0017_1"


def mark(number: int, *, key: str | None = None, at: datetime | None = None) -> Mark:
    return Mark(student=f"{number:09d}", course=COURSE, key=key or f"k{number}", at=at)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "outbox.sqlite"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    with closing(open_outbox(path)) as outbox:
        yield outbox


def open_outbox(path: Path, server: str = SERVER) -> Outbox:
    return Outbox(path, server, lambda: NOW)


def fill(outbox: Outbox) -> None:
    """Let no page be added and leave none with room, as on a full disk."""
    with closing(sqlite3.connect(outbox.path)) as file:
        (pages,) = file.execute("PRAGMA page_count").fetchone()
    outbox._file.execute(f"PRAGMA max_page_count = {pages + 2}")
    with suppress(OutboxError):
        while True:
            outbox.add(mark(1))


# -- what is kept


@pytest.mark.parametrize(
    "message",
    [
        mark(1, at=EARLIER),
        Marks(marks=(MarkItem(student="1", course=COURSE, at=EARLIER, by="김하늘"),), key="k", session=3, partial=True),
        Confirm(session=3, items=(ConfirmItem(student="1", hour=2, state="late"),), key="k", at=EARLIER),
        SetSession(session=3, state="submitted", key="k", at=EARLIER),
        OpenSession(course=COURSE, key="k", date="2026-03-02"),
    ],
    ids=lambda message: type(message).__name__,
)
def test_a_message_comes_back_as_it_was_after_a_restart(path: Path, message: Keyed) -> None:
    with closing(open_outbox(path)) as outbox:
        number = outbox.add(message)
    with closing(open_outbox(path)) as outbox:
        (entry,) = outbox.entries()
        assert (entry.number, entry.message(), entry.kept_at, entry.server) == (number, message, NOW, SERVER)


def test_what_does_not_say_when_it_was_decided_was_decided_now(outbox: Outbox) -> None:
    outbox.add(mark(1))
    rows = (MarkItem(student="1", course=COURSE), MarkItem(student="2", course=COURSE, at=EARLIER))
    outbox.add(Marks(marks=rows, key="k"))
    single, batch = (entry.message() for entry in outbox.entries())
    assert single.at == NOW
    assert [item.at for item in batch.marks] == [NOW, EARLIER]


@pytest.mark.parametrize(
    "message",
    [
        mark(1, key="k" * 65),
        Mark(student="1\n2", course=COURSE, key="k"),
        Marks(marks=(), key="k"),
        OpenSession(course=COURSE, key="k"),
    ],
    ids=["long key", "line break", "no marks", "no date"],
)
def test_what_cannot_be_sent_is_not_kept(outbox: Outbox, message: Keyed) -> None:
    with pytest.raises(UsageError):
        outbox.add(message)
    assert outbox.entries() == []


def test_entries_for_another_server_are_kept_apart(path: Path, outbox: Outbox) -> None:
    outbox.add(mark(1))
    with closing(open_outbox(path, OTHER)) as other:
        other.add(mark(2))
        assert [entry.message().student for entry in other.take(10)] == ["000000002"]
        assert (other.waiting(), outbox.waiting(), len(outbox.entries())) == (1, 1, 2)


def test_numbers_are_never_used_again(outbox: Outbox) -> None:
    first = outbox.add(mark(1))
    outbox.settle([first], [])
    assert outbox.add(mark(2)) > first


# -- for a person


def test_a_refused_entry_no_longer_waits_and_is_let_wait_again_behind_the_others(outbox: Outbox) -> None:
    first, second = outbox.add(mark(1)), outbox.add(mark(2))
    outbox.settle([], [EntryRefusal(first, "closed", Sentence("The session is closed."))])
    assert [entry.number for entry in outbox.take(10)] == [second]
    again = outbox.retry(first)
    assert [entry.number for entry in outbox.take(10)] == [second, again]
    assert [entry.message().key for entry in outbox.take(10)] == ["k2", "k1"]


def test_a_refusal_is_kept_with_its_template_and_values(path: Path, outbox: Outbox) -> None:
    first = outbox.add(mark(1))
    cause = sentence("No {what} on {day}.", what="tea", day=date(2026, 3, 2))
    outbox.settle(
        [], [EntryRefusal(first, "closed", sentence("{problem} And {count} rows more.", problem=cause, count=2))]
    )
    with closing(open_outbox(path)) as again:
        kept = again.entries()[0]
    assert kept.text == "No tea on 2026-03-02. And 2 rows more."
    assert kept.sentence is not None
    assert kept.sentence.values == {"problem": cause, "count": 2}
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE entries SET sentence = '{\"text\": 7}'")
        file.commit()
    assert outbox.entries()[0].sentence == Sentence(kept.text)


def test_a_refusal_that_an_older_client_kept_has_its_text(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as file:
        file.executescript(
            "CREATE TABLE entries (number INTEGER PRIMARY KEY AUTOINCREMENT, server TEXT NOT NULL, "
            "kept_at TEXT NOT NULL, message BLOB NOT NULL, sent_key TEXT, code TEXT, text TEXT);"
            "INSERT INTO entries (server, kept_at, message, code, text) "
            "VALUES ('old:1', '2026-03-02T00:00:00+00:00', '', 'closed', 'It is {closed}.'), "
            "('old:1', '2026-03-02T00:00:00+00:00', '', NULL, NULL); PRAGMA user_version = 2;"
        )
    with closing(open_outbox(path)) as outbox:
        refused, waiting = outbox.entries()
        assert (refused.code, refused.sentence) == ("closed", Sentence("It is {closed}."))
        assert (waiting.sentence, waiting.text) == (None, "")


def test_what_was_sent_and_not_answered_cannot_be_discarded_for_it_may_be_recorded(outbox: Outbox) -> None:
    sent, unsent = outbox.add(mark(1)), outbox.add(mark(2))
    outbox.note_sent([(sent, "k1")])
    outbox.discard(unsent)
    with pytest.raises(OutboxError, match="it may be recorded"):
        outbox.discard(sent)
    assert outbox.waiting() == 1


def test_what_waits_needs_no_retry(outbox: Outbox) -> None:
    with pytest.raises(OutboxError, match="waits already"):
        outbox.retry(outbox.add(mark(1)))


# -- the disk


def test_an_entry_is_on_disk_when_add_returns(tmp_path: Path) -> None:
    program = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from client.outbox import Outbox
from protocol.messages import Mark
outbox = Outbox(Path({str(tmp_path / "outbox.sqlite")!r}), "here:1")
print("begin", flush=True)
outbox.add(Mark(student="1", course="c", key="k"))
print("added", flush=True)
"""
    log = tmp_path / "trace"
    subprocess.run([*strace.command(log), sys.executable, "-c", program], check=True, timeout=120, capture_output=True)
    seen = list(strace.calls(log.read_text(errors="replace").splitlines()))
    begin = strace.position(seen, "begin")
    assert strace.synced_between(seen, begin, strace.position(seen, "added", begin), "-wal")


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such rights on this system")
def test_only_its_owner_can_read_it(path: Path, outbox: Outbox) -> None:
    outbox.add(mark(1))
    rights = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    assert rights == dict.fromkeys(("outbox.sqlite", "outbox.sqlite-wal", "outbox.sqlite-shm"), 0o600)
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_full_disk_is_told_and_what_was_kept_before_stays(outbox: Outbox) -> None:
    fill(outbox)
    kept = outbox.waiting()
    assert kept > 0
    with pytest.raises(OutboxError, match="disk is full"):
        outbox.add(mark(1))
    assert outbox.waiting() == kept
    outbox.settle([entry.number for entry in outbox.take(1000)], [])
    outbox.add(mark(2))


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no such limit")
def test_a_file_that_may_not_grow_is_told_in_a_sentence(tmp_path: Path) -> None:
    program = f"""
import resource, sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from client.errors import OutboxError
from client.outbox import Outbox
from protocol.messages import Mark
outbox = Outbox(Path({str(tmp_path / "outbox.sqlite")!r}), "here:1")
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
kept = 0
try:
    while True:
        outbox.add(Mark(student="1", course="c", key="k"))
        kept += 1
except OutboxError as error:
    print(kept, outbox.waiting(), error.text)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    acknowledged, waiting, text = done.stdout.split(" ", 2)
    assert int(acknowledged) == int(waiting) > 0
    assert "could not be written" in text


def test_what_was_sent_is_not_left_in_the_file(path: Path) -> None:
    with closing(open_outbox(path)) as outbox:
        for number in range(50):
            outbox.add(Mark(student="201511041", course="of_the_secret", key=f"k{number}"))
        outbox.settle([entry.number for entry in outbox.take(1000)], [])
    assert [each.name for each in path.parent.iterdir() if b"of_the_secret" in each.read_bytes()] == []


@pytest.mark.parametrize("damage", ["whole", "inside"])
def test_a_damaged_file_is_set_aside_whole_and_a_new_one_begun(path: Path, damage: str) -> None:
    with closing(open_outbox(path)) as outbox:
        for number in range(200):
            outbox.add(mark(number))
    content = path.read_bytes()
    damaged = b"\xa5" * len(content) if damage == "whole" else content[:8192] + b"\xa5" * 8192 + content[16384:]
    path.write_bytes(damaged)
    with closing(open_outbox(path)) as outbox:
        assert outbox.set_aside is not None
        assert outbox.set_aside.read_bytes() == damaged
        outbox.add(mark(1))
    with closing(open_outbox(path)) as outbox:
        assert (outbox.set_aside, outbox.waiting()) == (None, 1)


def test_a_file_of_a_newer_client_is_left_alone(path: Path) -> None:
    open_outbox(path).close()
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(OutboxError, match="newer client"):
        open_outbox(path)
    assert path.read_bytes() == before


def test_a_place_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutboxError, match="--outbox"):
        open_outbox(tmp_path / "file" / "outbox.sqlite")
    with pytest.raises(OutboxError, match="--outbox"):
        open_outbox(tmp_path)


def test_an_entry_that_is_nothing_we_know_is_told_when_it_is_read(path: Path, outbox: Outbox) -> None:
    outbox.add(mark(1))
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE entries SET message = ?", (b'{"type":"dance"}',))
    (entry,) = outbox.entries()
    with pytest.raises(OutboxError, match="Entry 1 of the outbox cannot be sent"):
        entry.message()


# -- several at once


def test_there_is_one_sender_at_a_time(path: Path, outbox: Outbox) -> None:
    with closing(open_outbox(path)) as other:
        with outbox.sending(0) as first, other.sending(0) as second:
            assert (first, second) == (True, False)
        with other.sending(0) as alone:
            assert alone


def test_the_senders_turn_ends_with_its_process(path: Path, outbox: Outbox) -> None:
    program = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from client.outbox import Outbox
with Outbox(Path({str(path)!r}), "here:1").sending(0) as alone:
    print(alone, flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "True\n"
        with outbox.sending(0) as alone:
            assert not alone
        process.kill()
        process.wait(120)
        with outbox.sending(0) as alone:
            assert alone


def test_a_lock_that_cannot_be_used_is_told(path: Path, outbox: Outbox) -> None:
    sender_lock(path).mkdir()
    with pytest.raises(OutboxError, match="cannot be locked"), outbox.sending(0):
        pass


def test_a_new_file_that_somebody_else_is_opening_is_waited_for(path: Path) -> None:
    path.parent.mkdir()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.3, lambda: other.execute("COMMIT"))
    done.start()
    try:
        with closing(open_outbox(path)) as outbox:
            assert outbox.add(mark(1)) == 1
    finally:
        done.join()
        other.close()


def test_threads_and_processes_add_without_losing_anything(path: Path) -> None:
    program = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from client.outbox import Outbox
from protocol.messages import Mark
from protocol.sentences import Sentence, sentence
outbox = Outbox(Path({str(path)!r}), {SERVER!r})
for number in range(50):
    outbox.add(Mark(student=str(number + 1), course="c", key=f"{{sys.argv[1]}}-{{number}}"))
"""
    processes = [subprocess.Popen([sys.executable, "-c", program, str(each)]) for each in range(2)]
    with closing(open_outbox(path)) as outbox:
        threads = [threading.Thread(target=lambda: [outbox.add(mark(each)) for each in range(50)]) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [process.wait(120) for process in processes] == [0, 0]
        assert outbox.waiting() == 200
        numbers = [entry.number for entry in outbox.entries()]
        assert numbers == sorted(set(numbers))


def test_taking_stops_at_what_was_asked_for_and_at_what_fits_into_memory(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [outbox.add(mark(each)) for each in range(6)]
    assert [entry.number for entry in outbox.take(3)] == numbers[:3]
    monkeypatch.setattr("client.outbox.box.MOST_BYTES", 1)
    assert [entry.number for entry in outbox.take(3)] == numbers[:1], "one at least"
