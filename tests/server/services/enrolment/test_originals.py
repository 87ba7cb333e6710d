"""Photographs that are not to be kept are destroyed once every family has looked at them, and no earlier."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.errors import Unavailable
from server.services.enrolment.enrolment import EnrolReport, enrol
from server.services.enrolment.erasure import erase
from server.services.enrolment.originals import destroy_originals
from server.services.student.stored import StoredData
from tests.server.classroom import MODEL, Classroom, MadeUpRecogniser
from tests.server.http.campus import Http, http_of
from tests.server.pages.asking import page, student
from tests.server.pages.test_photograph_pages import add

ME = 0
OTHER_MODEL = "another"


class Another(MadeUpRecogniser):
    """Of another family; it sees nobody in pictures of `blind`."""

    model_id = OTHER_MODEL
    detector = "made-up"
    blind: bytes = b""

    def look(self, image: Any) -> Any:
        return [] if bytes(image[0]) == self.blind else super().look(image)


@pytest.fixture
def room(on_sqlite: Classroom, tmp_path: Path) -> Classroom:
    on_sqlite.recogniser.detector = "made-up"  # type: ignore[attr-defined]
    (tmp_path / "knowns").mkdir(exist_ok=True)
    return on_sqlite


@pytest.fixture
def another(room: Classroom) -> Another:
    return Another(room.recogniser._people)


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / "knowns" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def enrolled(room: Classroom, folder: Path, *recognisers: Any, **more: Any) -> list[EnrolReport]:
    how: dict[str, Any] = {"decode": room.decode, "at": room.now, "by": "office", **more}
    return [enrol(room.store, each, folder / "knowns", **how) for each in recognisers]


def destroyed(room: Classroom, folder: Path, *recognisers: Any) -> int:
    return destroy_originals(room.store, folder / "knowns", recognisers, at=room.now, by="office").files


def test_a_photograph_goes_once_every_family_has_a_template_of_it(
    room: Classroom, another: Another, tmp_path: Path
) -> None:
    me = room.students[ME]
    paths = [put(tmp_path, f"{me}/front.jpg", b"0"), put(tmp_path, f"{me}/copy.jpg", b"0")]
    cache = put(tmp_path, "Thumbs.db", b"small copies")
    enrolled(room, tmp_path, room.recogniser)
    assert destroyed(room, tmp_path, room.recogniser, another) == 0
    assert all(each.exists() for each in paths)
    enrolled(room, tmp_path, another)
    assert destroyed(room, tmp_path, room.recogniser, another) == 2
    assert not [each for each in (*paths, cache) if each.exists()]
    assert len(room.store.templates.of_model(OTHER_MODEL)) == 1
    (line,) = [each for each in room.store.access_log.lines(limit=99) if each.action == "destroy_photographs"]
    assert (line.subject, line.detail) == (me, "photographs: 1")


def test_what_one_family_refuses_for_good_goes_and_what_all_refuse_stays(
    room: Classroom, another: Another, tmp_path: Path
) -> None:
    another.blind = b"0"
    seen, nobody = (
        put(tmp_path, f"{room.students[ME]}.jpg", b"0"),
        put(tmp_path, f"{room.students[1]}.jpg", b" "),
    )
    enrolled(room, tmp_path, room.recogniser, another)
    assert destroyed(room, tmp_path, room.recogniser, another) == 1
    assert (seen.exists(), nobody.exists()) == (False, True)


def test_a_destroyed_photograph_is_neither_missed_nor_pruned_nor_asked_for(room: Classroom, tmp_path: Path) -> None:
    put(tmp_path, f"{room.students[ME]}_2.jpg", b"0")
    enrolled(room, tmp_path, room.recogniser)
    assert destroyed(room, tmp_path, room.recogniser) == 1
    put(tmp_path, f"{room.students[1]}_2.jpg", b"1")
    (report,) = enrolled(room, tmp_path, room.recogniser, prune=True)
    assert report.count("pruned") == len(room.students), "those whose files never were here"
    assert set(room.store.templates.photographs(room.students[ME]).values()) == {f"{room.students[ME]}_2.jpg"}
    (report,) = enrolled(room, tmp_path, room.recogniser)
    assert report.count("missing") == 0
    receipt = erase(room.store, tmp_path / "knowns", room.students[ME], at=room.now, by="office")
    assert "1 photograph had been destroyed before" in " ".join(receipt.remarks)
    assert "if it lies elsewhere" not in receipt.text()
    assert receipt.to_look_at == ()
    assert room.store.templates.destroyed() == frozenset()


def test_a_photograph_that_is_copied_back_is_destroyed_again(room: Classroom, tmp_path: Path) -> None:
    for _ in range(2):
        path = put(tmp_path, f"{room.students[ME]}_2.jpg", b"0")
        enrolled(room, tmp_path, room.recogniser)
        assert destroyed(room, tmp_path, room.recogniser) == 1
        assert not path.exists()
    assert len(room.store.templates.photographs(room.students[ME])) == 2


def test_what_stops_between_the_database_and_the_file_is_completed(
    room: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, f"{room.students[ME]}_2.jpg", b"0")
    enrolled(room, tmp_path, room.recogniser)

    def broken(*_: Any) -> None:
        raise Unavailable("the machine was switched off")

    with monkeypatch.context() as patched:
        patched.setattr("server.services.enrolment.originals.Removal.remove", broken)
        with pytest.raises(Unavailable):
            destroyed(room, tmp_path, room.recogniser)
    assert path.exists()
    assert destroyed(room, tmp_path, room.recogniser) == 1
    assert not path.exists()


@pytest.fixture
def http(room: Classroom, another: Another, tmp_path: Path) -> Iterator[Http]:
    with http_of(room, tmp_path / "knowns", others=lambda: [another]) as opened:
        opened.principal = student(room, ME)
        yield opened


def test_what_a_student_sends_is_never_written_and_every_family_knows_them(
    http: Http, another: Another, tmp_path: Path
) -> None:
    room, me = http.room, http.room.students[ME]
    assert "Your photograph is not kept" in page(http, "/my/photographs")
    assert add(http, b"0").status == 303
    another.blind = b"0 "
    assert add(http, b"0 ").status == 303
    assert [path for path in (tmp_path / "knowns").rglob("*") if path.is_file()] == []
    own = [each for each in room.store.templates.of_model(MODEL) if each.student == me]
    assert len(own) == 3
    assert [each.student for each in room.store.templates.of_model(OTHER_MODEL)] == [me]
    assert add(http, b"0").headers["location"] == "/my/photographs?done=known"
    stored = StoredData(room.store, room.services.students.attendance, tmp_path / "knowns").of(me)
    assert (len(stored.photographs), stored.photographs_destroyed) == (3, 2)
    assert "destroyed once features were made of them: 2" in page(http, "/my/data")
    assert http.ask("GET", "/v1/me/data").json["photographs_destroyed"] == 2


def test_the_office_is_told_that_a_photograph_is_not_there_to_be_looked_at(http: Http, room: Classroom) -> None:
    http.principal = None
    assert "Photographs are not kept here" in page(http, "/office/photographs")
    me, other = room.students[ME], room.students[1]
    for number, content in ((me, b"0"), *((other, b"0" + b" " * spaces) for spaces in range(1, 9))):
        sent = http.ask(
            "POST", "/office/photographs/one", content, {"Sec-Fetch-Site": "same-origin"}, name=f"{number}.jpg"
        )
        assert sent.json["lines"][0]["outcome"] == "taken"
    shown = page(http, "/office/photographs")
    assert "One person under two numbers" in shown
    assert "destroyed after enrolment" in shown
