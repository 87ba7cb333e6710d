"""Each family through the running programs, and a database that goes from one to another."""

from pathlib import Path

import pytest

from protocol import messages
from server.families import FAMILIES
from tests.end_to_end.test_pictures import CLASS, ENROLLED, SECOND, prepared
from tests.end_to_end.test_serving import COURSE
from tests.photographs import jpeg, side_by_side, small
from tests.running import SERVER, Running, Speaker, run, serving
from tests.weights import need


def named(server: Running) -> list[tuple[str, str | None]]:
    """What is said of a picture of the enrolled student beside a stranger."""
    with Speaker(server) as speaker:
        reply = speaker.ask(messages.Snapshot(course=COURSE), jpeg(side_by_side(*(small(name, 600) for name in CLASS))))
    return sorted((face.verdict, face.student) for face in reply.faces)


def log_of(server: Running, word: str) -> list[str]:
    return [line for line in server.log if word in line]


def flags(folder: Path) -> tuple[str, ...]:
    return ("--database", str(folder / "rollcall.sqlite"), "--key-file", str(folder / "key"))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_new_database_is_served_by_every_family(tmp_path: Path, family: str) -> None:
    need(family)
    with serving(prepared(tmp_path), "--family", family) as server:
        assert named(server) == [("sure", ENROLLED), ("unknown", None)]
        assert log_of(server, f"family {family} (")


def test_a_database_stays_with_its_family_until_somebody_says_otherwise(tmp_path: Path) -> None:
    need("khuface")
    folder = prepared(tmp_path)
    small("biden.jpg", 600).save(folder / "knowns" / f"{SECOND}.jpg", quality=95)
    enrolled = run(SERVER, "enrol", str(folder / "knowns"), "--family", "dlib", *flags(folder))
    assert "2 photographs: 2 taken." in enrolled.stdout, enrolled.stderr
    (folder / "knowns" / f"{SECOND}.jpg").unlink()
    with serving(folder) as server:
        assert log_of(server, "family dlib (")
        assert named(server) == [("sure", ENROLLED), ("sure", SECOND)]

    changed = run(SERVER, "enrol", str(folder / "knowns"), "--family", "khuface", "--again-all", *flags(folder))
    assert "1 photograph: 1 taken." in changed.stdout
    assert changed.stderr == (
        "Of 1 student no photograph is left, and family khuface cannot recognise them: photograph them again: "
        f"{SECOND}.\n"
    )
    with serving(folder) as server:
        assert log_of(server, "family dlib ("), "two students know dlib, one khuface"
    with serving(folder, "--family", "khuface") as server:
        (warning,) = log_of(server, "cannot be recognised")
        assert "1 student cannot be recognised by family khuface, being enrolled with dlib alone" in warning
        assert named(server) == [("sure", ENROLLED), ("unknown", None)]


def test_photographs_that_are_not_kept_are_enrolled_with_every_family(tmp_path: Path) -> None:
    need("khuface")
    folder = prepared(tmp_path)
    done = run(SERVER, "enrol", str(folder / "knowns"), "--every-family", *flags(folder))
    assert "1 photograph: 1 taken." in done.stdout
    assert sorted(done.stderr.splitlines()) == [
        "Family dlib: 1 photograph: 1 taken.",
        "Family fused: 1 photograph: 1 taken.",
    ]


def test_a_server_says_nothing_of_students_whom_it_has_just_enrolled(tmp_path: Path) -> None:
    need("khuface")
    folder = prepared(tmp_path)
    run(SERVER, "enrol", str(folder / "knowns"), "--family", "dlib", *flags(folder))
    with serving(folder, "--family", "khuface") as server:
        assert named(server) == [("sure", ENROLLED), ("unknown", None)]
        assert not log_of(server, "cannot be recognised")
