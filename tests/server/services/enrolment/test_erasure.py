"""Erasure: what goes, what stays, what the receipt says, and that an interrupted one is completed."""

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.errors import BadRequest, Unavailable, UnknownStudent
from server.services.enrolment.enrolment import enrol
from server.services.enrolment.erasure import Receipt, erase
from server.store import RecordedPicture, RosterLine, Sighting, Store
from tests.server.services.paper_faces import PaperRecogniser, decode_paper, paper

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WHO = "201511041"


def _put(folder: Path, name: str, data: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _enrol(store: Store, folder: Path) -> None:
    enrol(store, PaperRecogniser(), folder, decode=decode_paper, at=AT, by="office")


def _erase(store: Store, folder: Path, student: str = WHO) -> Receipt:
    return erase(store, folder, student, at=AT, by="officer")


def _left(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def _students(store: Store) -> list[str]:
    return [each.student for each in store.templates.of_model("paper/1")]


def test_photographs_of_all_forms_templates_and_sightings_go(store: Store, knowns: Path) -> None:
    rows = [RosterLine(WHO, "김가나", "C1"), RosterLine("201511042", "Lee", "C1")]
    store.rosters.change(rows, at=AT, by="office", day=AT.date())
    for name in (
        f"{WHO}.jpg",
        f"{WHO}_김가나.jpg",
        f"{WHO}/front.jpg",
        f"{WHO}/Thumbs.db",
        f"{WHO}/.a.swp",
        f"{WHO}/old/b.jpg",
        f"._{WHO}.jpg",
        "Thumbs.db",
    ):
        _put(knowns, name, paper(name))
    _put(knowns, "201511042.jpg", paper("another"))
    _enrol(store, knowns)
    sighting = Sighting(WHO, "sure", 0.9, ((WHO, 0.3),), (0, 0, 9, 9), None, "paper/1")
    picture = RecordedPicture("C1", date(2026, 3, 2), 1, AT, "room 7", 2, 640, 480)
    store.pictures.add(picture, [sighting, replace(sighting, student="201511042")], now=AT)
    receipt = _erase(store, knowns)
    assert (len(receipt.files), receipt.templates, receipt.sightings) == (6, 3, 1)
    assert receipt.thumbnail_caches == 2
    assert "  files      6 removed\n" in receipt.text()
    assert "  Thumbs.db  2 removed, in which Windows kept small copies" in receipt.text()
    assert len(receipt.remarks) == 1, "each template's photograph was found, by whatever way"
    assert _left(knowns) == ["201511042.jpg"]
    assert _students(store) == ["201511042"]
    assert store.templates.photographs(WHO) == {}
    assert store.erasures.students() == {WHO}


def test_a_longer_number_is_another_students(store: Store, knowns: Path) -> None:
    store.rosters.change([RosterLine(each, "x", "C1") for each in ("A1", "A1_2")], at=AT, by="office", day=AT.date())
    for name in ("A1.jpg", "A1_2.jpg", "A1_2_3.jpg", "A1_4.jpg", "A12.jpg", "2015110412.jpg"):
        _put(knowns, name, paper(name))
    _enrol(store, knowns)
    _erase(store, knowns, "A1")
    assert _left(knowns) == ["2015110412.jpg", "A12.jpg", "A1_2.jpg", "A1_2_3.jpg"]
    assert _students(store) == ["A1_2", "A1_2"]


FORMS = (
    "2026100001 - KIM.jpg",
    "2026100001 (1).jpg",
    "2026100001-2.jpg",
    "2026100001KIM.jpg",
    "２０２６１００００１.jpg",
)


def test_every_file_that_enrolment_would_take_is_removed(store: Store, knowns: Path) -> None:
    store.rosters.change([RosterLine("2026100001", "x", "C1")], at=AT, by="office", day=AT.date())
    for name in FORMS:
        _put(knowns, name, paper(name))
    _enrol(store, knowns)
    assert _students(store) == ["2026100001"] * len(FORMS)
    receipt = _erase(store, knowns, "2026100001")
    assert (len(receipt.files), receipt.to_look_at, _left(knowns)) == (len(FORMS), (), [])


def test_what_cannot_be_attributed_stays_and_is_named(store: Store, knowns: Path) -> None:
    rows = [RosterLine(each, "x", "C1") for each in ("2026100001", "20261000012")]
    store.rosters.change(rows, at=AT, by="office", day=AT.date())
    for name in ("2026100001.jpg", "20261000012 - LEE.jpg", "20261000019.jpg", "IMG_2044.jpg", "README.md"):
        _put(knowns, name, paper(name))
    receipt = _erase(store, knowns, "2026100001")
    assert _left(knowns) == ["20261000012 - LEE.jpg", "20261000019.jpg", "IMG_2044.jpg", "README.md"]
    assert receipt.to_look_at == (
        f"Left, for it may bear a longer number that no student has: {knowns / '20261000019.jpg'}",
        f"Left, for it bears nobody's number: {knowns / 'IMG_2044.jpg'}",
    )
    assert "2 files in the folder of photographs could not be attributed" in receipt.text().replace("\n", " ")
    assert "2044" not in receipt.text()


def test_the_receipt_has_the_number_what_went_and_what_stays_and_no_name(store: Store, knowns: Path) -> None:
    store.rosters.change([RosterLine(WHO, "김가나", "C1")], at=AT, by="office", day=AT.date())
    _put(knowns, f"{WHO}_김가나.jpg", paper("a"))
    _enrol(store, knowns)
    text = _erase(store, knowns).text()
    assert "김가나" not in text
    for words in (
        WHO,
        "officer",
        "2026-03-02 09:30:00+00:00",
        "files      1 removed",
        "SHA-256 ",
        "templates  1 removed",
        "sightings  0 removed",
        "marks",
        "--again",
    ):
        assert words in text


def test_copies_without_a_number_are_found_by_their_bytes(store: Store, knowns: Path) -> None:
    _put(knowns, f"{WHO}.jpg", paper("a"))
    _enrol(store, knowns)
    _put(knowns, "holiday.jpg", paper("a"))
    _put(knowns, "party/x.jpg", paper("b"))
    assert len(_erase(store, knowns).files) == 2
    assert _left(knowns) == ["party", "party/x.jpg"]


def test_a_photograph_that_was_renamed_away_since_is_found_by_its_bytes(store: Store, knowns: Path) -> None:
    _put(knowns, f"{WHO}.jpg", paper("a"))
    _enrol(store, knowns)
    (knowns / f"{WHO}.jpg").rename(knowns / "old.jpg")
    _erase(store, knowns)
    assert _left(knowns) == []


def test_a_copy_under_another_number_is_left_and_mentioned_without_it(store: Store, knowns: Path) -> None:
    _put(knowns, f"{WHO}.jpg", paper("a"))
    _put(knowns, "201511042.jpg", paper("a"))
    receipt = _erase(store, knowns)
    assert _left(knowns) == ["201511042.jpg"]
    assert "another student's number" in receipt.text()
    assert "201511042" not in receipt.text()
    assert "201511042" not in str(receipt.record())
    assert receipt.to_look_at == (f"Left, for it bears another student's number: {knowns / '201511042.jpg'}",)


@pytest.mark.parametrize("moved", ["elsewhere/front.jpg", "knowns/201511041/old/front.jpg"])
def test_a_photograph_that_is_no_longer_in_the_folder_is_remarked_by_its_hash(
    store: Store, knowns: Path, tmp_path: Path, moved: str
) -> None:
    _put(knowns, f"{WHO}_김가나.jpg", paper("a"))
    _put(knowns, f"{WHO}_2.jpg", paper("b"))
    _enrol(store, knowns)
    (tmp_path / moved).parent.mkdir(parents=True)
    (knowns / f"{WHO}_김가나.jpg").rename(tmp_path / moved)
    receipt = _erase(store, knowns)
    assert receipt.folder == str(knowns)
    assert f"  folder     {knowns}\n" in receipt.text()
    if moved.startswith("knowns"):
        assert (len(receipt.files), len(receipt.remarks), receipt.to_look_at) == (2, 1, ())
        return
    short = sha256(paper("a")).hexdigest()[:16]
    assert receipt.remarks[1] == (
        f"A template was made of a photograph that is not in {knowns} any more (SHA-256 {short}…); "
        "if it lies elsewhere, remove it there."
    )
    assert receipt.to_look_at == (f"Not in the folder any more: {WHO}_김가나.jpg (SHA-256 {short}…).",)
    assert "김가나" not in receipt.text() + str(receipt.record())


def test_what_programs_read_has_the_time_in_its_zone_and_no_line_breaks(store: Store, knowns: Path) -> None:
    _put(knowns, f"{WHO}.jpg", paper("a"))
    _put(knowns, "201511042.jpg", paper("a"))
    receipt = erase(store, knowns, WHO, at=AT.astimezone(ZoneInfo("Asia/Seoul")), by="officer")
    assert "  when       2026-03-02 18:30:00+09:00\n" in receipt.text()
    record = receipt.record()
    assert record["at"] == "2026-03-02T18:30:00+09:00"
    assert "\n" not in json.dumps(record)
    assert not any("\n" in each for each in receipt.remarks)
    assert all(len(line) <= 100 for line in receipt.text().split("removed\n")[-1].splitlines())


def test_links_go_and_what_they_lead_to_outside_stays(store: Store, knowns: Path, tmp_path: Path) -> None:
    _put(tmp_path, "elsewhere/a.jpg", paper("a"))
    (knowns / f"{WHO}.jpg").symlink_to(tmp_path / "elsewhere" / "a.jpg")
    (knowns / WHO).symlink_to(tmp_path / "elsewhere")
    (knowns / f"{WHO}_3").mkdir()
    (knowns / f"{WHO}_3" / "deep").symlink_to(tmp_path / "elsewhere")
    receipt = _erase(store, knowns)
    assert _left(knowns) == []
    assert (tmp_path / "elsewhere" / "a.jpg").exists()
    assert all("a link" in each for each in receipt.files)


def test_files_that_enrolment_refuses_go_too(store: Store, knowns: Path) -> None:
    _put(knowns, f"{WHO}.jpg", b"no image")
    _put(knowns, f"{WHO}_2.jpg", paper("nobody", 10))
    os.mkfifo(knowns / f"{WHO}_3.jpg")
    with (knowns / f"{WHO}_4.jpg").open("wb") as file:
        file.truncate(40 * 2**20)
    assert len(_erase(store, knowns).files) == 4
    assert _left(knowns) == []


def test_photographs_that_were_never_enrolled_go_and_the_receipt_says_so(store: Store, knowns: Path) -> None:
    _put(knowns, f"{WHO}.jpg", paper("a"))
    receipt = _erase(store, knowns)
    assert (len(receipt.files), receipt.templates) == (1, 0)
    assert _left(knowns) == []
    assert ("refused from now on" in receipt.text()) == (WHO in store.erasures.students())


def test_a_student_of_whom_nothing_is_known_is_an_error(store: Store, knowns: Path) -> None:
    _put(knowns, "201511042.jpg", paper("a"))
    with pytest.raises(UnknownStudent):
        _erase(store, knowns)
    assert _left(knowns) == ["201511042.jpg"]


def test_without_the_folder_nothing_is_erased(store: Store, knowns: Path) -> None:
    _put(knowns, f"{WHO}.jpg", paper("a"))
    _enrol(store, knowns)
    with pytest.raises(BadRequest, match="cannot be opened"):
        _erase(store, knowns / "wrong")
    assert _students(store) == [WHO]


class _Away:
    """Erasures of a store whose database goes away at that moment."""

    def erase(self, student: str, *, at: datetime, by: str) -> Any:
        raise Unavailable("The database is away.")


def test_an_erasure_that_the_database_stopped_is_completed_by_the_next(store: Store, knowns: Path) -> None:
    _put(knowns, f"{WHO}.jpg", paper("a"))
    _put(knowns, "copy.jpg", paper("a"))
    _enrol(store, knowns)
    away = replace(store, erasures=_Away())
    with pytest.raises(Unavailable):
        _erase(away, knowns)
    assert _students(store) == [WHO]
    receipt = _erase(store, knowns)
    assert receipt.templates == 1
    assert _left(knowns) == []


def test_a_file_that_cannot_be_removed_leaves_no_receipt_and_no_template(
    store: Store, knowns: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(knowns, f"{WHO}/a.jpg", paper("a"))
    _put(knowns, f"{WHO}/b.jpg", paper("b"))
    _enrol(store, knowns)
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.name == "a.jpg":
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        with pytest.raises(Unavailable, match=r"templates and sightings are gone, .*a\.jpg: Permission denied"):
            _erase(store, knowns)
    assert _students(store) == []
    assert _left(knowns) == [WHO, f"{WHO}/a.jpg"]
    assert len(_erase(store, knowns).files) == 1
    assert _left(knowns) == []


def test_erasing_twice_says_that_nothing_was_left(store: Store, knowns: Path) -> None:
    _put(knowns, f"{WHO}.jpg", paper("a"))
    _enrol(store, knowns)
    _erase(store, knowns)
    again = _erase(store, knowns)
    assert (again.files, again.templates, again.sightings) == ((), 0, 0)
