"""Real photographs through the running server: who is recognised, what is refused, who comes and who is erased."""

import io
import sqlite3
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from protocol import messages
from protocol.framing import encode_frame
from server.store import open_store
from tests import legacy_client
from tests.end_to_end.test_serving import COURSE, import_roster, roster_states
from tests.photographs import jpeg, side_by_side, small
from tests.running import CLIENT, SERVER, Running, Speaker, legacy, run, run_json, serving

ENROLLED, SECOND, ELSEWHERE = "201511041", "201511042", "201599999"
ROSTER = (
    f"student_id,name,course_code\n{ENROLLED},김하늘,{COURSE}\n{SECOND},이바다,{COURSE}\n{ELSEWHERE},박구름,ea0099_9\n"
)


def prepared(folder: Path) -> Path:
    """The folder, with a roster and one photograph."""
    import_roster(folder, ROSTER)
    (folder / "knowns").mkdir()
    small("obama.jpg", 600).save(folder / "knowns" / f"{ENROLLED}_front.jpg", quality=95)
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    """For tests that change nothing that another one asks for."""
    with serving(prepared(tmp_path_factory.mktemp("pictures"))) as running:
        yield running


@pytest.fixture
def own(tmp_path: Path):
    """A server for one test alone, and its folder."""
    with serving(prepared(tmp_path)) as running:
        yield running, tmp_path


CLASS = ("obama2.jpg", "biden.jpg")


def test_the_enrolled_student_is_named_and_the_stranger_is_not(server: Running) -> None:
    picture = jpeg(side_by_side(*(small(name, 600) for name in CLASS)))
    with Speaker(server) as speaker:
        reply = speaker.ask(messages.Snapshot(course=COURSE, record=True), picture)
    assert sorted((face.verdict, face.student, face.name) for face in reply.faces) == [
        ("sure", ENROLLED, "김하늘"),
        ("unknown", None, None),
    ]
    (known,) = (face for face in reply.faces if face.student)
    assert known.candidates[0].student == ENROLLED
    assert 0 < known.box[0] < known.box[2] < reply.width / 2, "the enrolled one sits on the left"
    assert reply.recorded == 1


def test_who_is_not_on_the_courses_list_is_not_named_there(server: Running) -> None:
    picture = jpeg(small("obama2.jpg", 600))
    with Speaker(server) as speaker:
        assert speaker.ask(messages.Snapshot(course="ea0099_9"), picture).faces[0].student is None
        assert speaker.ask(messages.Snapshot(), picture).faces[0].student == ENROLLED
        assert speaker.ask(messages.Snapshot(course="nowhere1"), picture).code == "unknown_course"


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "BMP"])
def test_the_old_client_is_told_one_number(server: Running, format_: str) -> None:
    buffer = io.BytesIO()
    small("obama2.jpg", 480).convert("RGB").save(buffer, format_)
    assert legacy_client.snapshot(server.port, buffer.getvalue()) == ENROLLED
    buffer = io.BytesIO()
    small("biden.jpg", 480).convert("RGB").save(buffer, format_)
    assert legacy_client.snapshot(server.port, buffer.getvalue()) == "Unknown"


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def test_bad_pictures_are_named_in_our_form_and_unknown_in_the_old(server: Running) -> None:
    whole = jpeg(small("obama2.jpg", 480))
    bad = {
        "text": (b"this is no picture at all", "bad_image", b"fail"),
        "half a JPEG": (whole[: len(whole) // 2], "bad_image", b"Unknown"),
        "huge": (png_that_claims(30_000, 30_000), "too_large", b"Unknown"),
        "PNG that lies": (png_that_claims(64, 64), "bad_image", b"Unknown"),
        "JPEG of nothing": (b"\xff\xd8\xff\xd9", "bad_image", b"Unknown"),
    }
    with Speaker(server) as speaker:
        for name, (data, code, old) in bad.items():
            assert (name, speaker.ask(messages.Snapshot(course=COURSE), data).code) == (name, code)
            assert (name, legacy(server, data, half_close=True)) == (name, old)
        speaker.socket.sendall(encode_frame(b'{"type":"snapshot","id":99}'))
        assert speaker.reply().code == "bad_image", "a snapshot without an image"
        empty = jpeg(Image.new("RGB", (320, 240), "white"))
        assert speaker.ask(messages.Snapshot(course=COURSE), empty).code == "no_face"
    assert legacy(server, empty) == b"Unknown"


def test_enrolling_and_erasing_reach_the_running_server(own: tuple[Running, Path]) -> None:
    server, folder = own
    settings = (
        "--database",
        str(folder / "rollcall.sqlite"),
        "--key-file",
        str(folder / "key"),
        "--knowns",
        str(folder / "knowns"),
    )
    photograph = folder / "knowns" / SECOND / "front.jpg"
    photograph.parent.mkdir()
    small("biden.jpg", 700).save(photograph, quality=95)
    (folder / "knowns" / "notes_about.jpg").write_text("no photograph")
    (folder / "knowns" / f"{SECOND}_bad.jpg").write_text("no photograph")
    lines = {line["name"]: line for line in run_json(SERVER, "enrol", *settings)}
    assert lines[f"{SECOND}/front.jpg"]["outcome"] == "taken"
    assert "image" in lines[f"{SECOND}_bad.jpg"]["text"]
    assert "number" in lines["notes_about.jpg"]["text"]
    picture = jpeg(small("biden.jpg", 480))
    assert legacy_client.snapshot(server.port, picture) == SECOND

    sealed = templates_on_disk(folder / "rollcall.sqlite", SECOND)
    receipt = run(SERVER, "erase", SECOND, "--as", "officer", *settings)
    assert receipt.returncode == 0, receipt.stderr
    assert "1 removed" in receipt.stdout
    assert "officer" in receipt.stdout
    assert not photograph.exists()
    assert legacy_client.snapshot(server.port, picture) == "Unknown"
    for file in folder.glob("rollcall.sqlite*"):
        assert not any(each in file.read_bytes() for each in sealed), f"the template is still in {file.name}"

    photograph.parent.mkdir(exist_ok=True)
    small("biden.jpg", 700).save(photograph, quality=95)
    lines = {line["name"]: line for line in run_json(SERVER, "enrol", *settings)}
    assert "erased" in lines[f"{SECOND}/front.jpg"]["text"]
    assert legacy_client.snapshot(server.port, picture) == "Unknown"
    again = {line["name"]: line for line in run_json(SERVER, "enrol", "--again", SECOND, *settings)}
    assert again[f"{SECOND}/front.jpg"]["outcome"] == "taken"
    assert legacy_client.snapshot(server.port, picture) == SECOND


def test_one_person_under_two_numbers_is_told_at_enrolment(tmp_path: Path) -> None:
    knowns = tmp_path / "knowns"
    knowns.mkdir()
    for number, name in ((ENROLLED, "obama.jpg"), (SECOND, "obama2.jpg"), (ELSEWHERE, "biden.jpg")):
        small(name, 600).save(knowns / f"{number}.jpg", quality=95)
    done = run(SERVER, "enrol", str(knowns), "--database", str(tmp_path / "a.sqlite"))
    assert done.returncode == 0, done.stderr
    assert f"Students {ENROLLED} and {SECOND} look like one person" in done.stderr
    assert ELSEWHERE not in done.stderr
    with serving(tmp_path) as running:
        running.end()
    (said,) = (line for line in running.log if "one person under two numbers" in line)
    assert ENROLLED not in said


def templates_on_disk(database: Path, student: str) -> list[bytes]:
    """The sealed templates of a student, as bytes that must not be found any more once they are erased."""
    connection = sqlite3.connect(database)
    try:
        rows = connection.execute("SELECT sealed FROM templates WHERE student = ?", (student,)).fetchall()
    finally:
        connection.close()
    assert rows
    return [row[0] for row in rows]


def test_the_client_confirms_who_was_recognised(server: Running, tmp_path: Path) -> None:
    picture = tmp_path / "class.jpg"
    picture.write_bytes(jpeg(small("obama2.jpg", 600)))
    command = ("snapshot", str(picture), "--course", COURSE, "--confirm", "--server", server.address)
    done = run(CLIENT, *command, answers="y\n")
    assert done.returncode == 0, done.stderr
    assert f"{ENROLLED} 김하늘: record as present?" in done.stdout + done.stderr
    assert roster_states(server)[ENROLLED] == {"1": "present"}


def test_a_wrong_key_is_one_sentence_and_the_photographs_can_be_enrolled_again(own: tuple[Running, Path]) -> None:
    _, folder = own
    other = folder / "other.key"
    database, knowns = ("--database", str(folder / "rollcall.sqlite")), ("--knowns", str(folder / "knowns"))
    done = run(SERVER, "enrol", "--key-file", str(other), *database, *knowns)
    assert done.returncode == 1
    assert str(other) in done.stderr
    assert "--new-key" in done.stderr
    assert not other.exists()
    store = open_store(str(folder / "rollcall.sqlite"), key_file=folder / "key")
    try:
        assert store.health.check_key()
    finally:
        store.close()
    assert run(SERVER, "enrol", "--new-key", "--key-file", str(other), *database, *knowns).returncode == 0
    assert run(SERVER, "enrol", "--key-file", str(other), *database, *knowns).returncode == 0
