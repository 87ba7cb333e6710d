"""Enrolment: what becomes of each photograph, what is kept, and what is not looked at again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from server.errors import BadRequest, SetupProblem, Unavailable
from server.services.enrolment import enrolment
from server.services.enrolment.enrolment import EnrolReport, enrol, unrecognised
from server.services.enrolment.erasure import erase
from server.store import RosterLine, Store, open_store
from tests.server.services.paper_faces import PaperRecogniser, decode_paper, embedding_of, paper

AT = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass
class Office:
    """A folder of photographs, a store, and somebody who enrols one into the other."""

    store: Store
    folder: Path
    recogniser: PaperRecogniser = field(default_factory=PaperRecogniser)

    def put(self, name: str, data: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)

    def enrol(self, **options: Any) -> EnrolReport:
        return enrol(self.store, self.recogniser, self.folder, decode=decode_paper, at=AT, by="office", **options)

    def lines(self, **options: Any) -> dict[str, tuple[str, str]]:
        return {line.name: (line.outcome, line.text) for line in self.enrol(**options).lines}

    def enrolled(self) -> list[tuple[str, str]]:
        return [(each.student, each.photo_name) for each in self.store.templates.of_model(self.recogniser.model_id)]

    def import_students(self, *students: str) -> None:
        rows = [RosterLine(each, "name", "C1") for each in students]
        self.store.rosters.change(rows, at=AT, by="office", day=AT.date())


@pytest.fixture
def office(store: Store, knowns: Path) -> Office:
    return Office(store, knowns)


def test_every_form_is_taken_and_the_embedding_kept_with_its_photograph(office: Office) -> None:
    office.put("201511041/front.jpg", paper("a"))
    office.put("201511042.jpg", paper("b"))
    office.put("201511043_smile.jpg", paper("c"))
    report = office.enrol()
    assert [line.outcome for line in report.lines] == ["taken"] * 3
    assert office.enrolled() == [
        ("201511041", "201511041/front.jpg"),
        ("201511042", "201511042.jpg"),
        ("201511043", "201511043_smile.jpg"),
    ]
    (first, *_) = office.store.templates.of_model("paper/1")
    assert first.embedding.tolist() == embedding_of(paper("a")).tolist()


def test_a_student_of_no_roster_is_taken_with_a_remark(office: Office) -> None:
    office.import_students("201511041")
    office.put("201511041.jpg", paper("a"))
    office.put("201511042.jpg", paper("b"))
    assert office.lines() == {
        "201511041.jpg": ("taken", ""),
        "201511042.jpg": ("taken", "student 201511042 is in no roster yet"),
    }


REFUSED = {
    "201511041.jpg": (b"some text", "no image that can be used: The bytes are no image of a known format."),
    "201511042.jpg": (b"", "no image that can be used"),
    "201511043.jpg": (paper("nobody", 10), "no face"),
    "201511044.jpg": (paper("far away", 60), "face too small (60 pixels, at least 80 are needed)"),
    "201511047.jpg": (paper("a group", 60, 45), "several faces, all under 80 pixels (2, of 60, 45 pixels)"),
    "201511045.jpg": (paper("friends", 90, 200), "several faces (2, of 200, 90 pixels)"),
    "201511046.jpg": (paper("crash"), "it could not be looked at, the log says why"),
    "holiday.jpg": (paper("x"), "no student number"),
}


def test_each_bad_photograph_has_its_reason_and_stops_nothing(office: Office) -> None:
    for name, (data, _) in REFUSED.items():
        office.put(name, data)
    office.put("201511040.jpg", paper("first"))
    office.put("201511049.jpg", paper("last"))
    lines = office.lines()
    for name, (_, reason) in REFUSED.items():
        assert lines[name][0] == "refused"
        assert lines[name][1].startswith(reason)
    assert [student for student, _ in office.enrolled()] == ["201511040", "201511049"]


def test_a_failing_library_is_logged_without_names(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.put("201511041_kim.jpg", paper("crash"))
    with caplog.at_level(logging.DEBUG, logger="server"):
        office.enrol()
    assert "the native library gave up" in caplog.text
    assert "kim" not in caplog.text


def test_a_small_face_in_the_background_does_not_make_several(office: Office) -> None:
    office.put("201511041.jpg", paper("with poster", 200, 79))
    assert office.lines()["201511041.jpg"][0] == "taken"


def test_a_face_that_only_the_closer_look_finds_is_taken_when_large_enough(office: Office) -> None:
    class ShortSighted(PaperRecogniser):
        def faces(self, image: Any, *, min_face_px: int | None = None, thorough: bool = False) -> list[Any]:
            return [] if min_face_px == 80 else super().faces(image)

    office.recogniser = ShortSighted()
    office.put("201511041.jpg", paper("a", 85))
    assert office.lines()["201511041.jpg"][0] == "taken"


def test_a_photograph_that_was_turned_is_taken_and_that_is_said(office: Office) -> None:
    class Turning(PaperRecogniser):
        def quarter_turns(self, image: Any, min_face_px: int) -> int:
            return 2

        def faces(self, image: Any, *, min_face_px: int | None = None, thorough: bool = False) -> list[Any]:
            return super().faces(np.rot90(image, 2), min_face_px=min_face_px)

    office.recogniser = Turning()
    office.put("201511041.jpg", paper("a"))
    said = "it stood on its head and was turned upright"
    assert office.lines()["201511041.jpg"] == ("taken", f"{said}, student 201511041 is in no roster yet")


def test_a_second_start_with_a_thousand_photographs_looks_at_none(office: Office) -> None:
    for number in range(1000):
        office.put(f"2015{number:05}.jpg", paper(str(number), 200 if number % 10 else 50))
    first = office.enrol()
    assert (first.count("taken"), first.count("refused")) == (900, 100)
    looks = office.recogniser.looks
    second = office.enrol()
    assert (second.count("already"), second.count("refused")) == (900, 100)
    assert office.recogniser.looks == looks
    assert [line.text for line in second.lines if line.outcome == "refused"] == [
        line.text for line in first.lines if line.outcome == "refused"
    ]


def test_an_embedding_without_numbers_is_refused_and_never_kept(office: Office) -> None:
    office.put("201511041.jpg", paper("no number"))
    outcome, text = office.lines()["201511041.jpg"]
    assert (outcome, office.enrolled()) == ("refused", [])
    assert "take another" in text


def test_what_was_refused_is_looked_at_again_by_another_detector(office: Office) -> None:
    office.put("201511041.jpg", paper("a", 50))
    office.enrol()
    before = office.recogniser.looks
    office.recogniser.detector = "sharper"
    office.enrol()
    assert office.recogniser.looks > before


def test_another_model_makes_its_own_templates(office: Office) -> None:
    office.put("201511041.jpg", paper("a"))
    office.enrol()
    office.recogniser.model_id = "paper/2"
    assert office.lines() == {"201511041.jpg": ("taken", "student 201511041 is in no roster yet")}
    assert [len(office.store.templates.of_model(model)) for model in ("paper/1", "paper/2")] == [1, 1]


def test_a_photograph_without_a_number_is_taken_once_a_roster_has_it(office: Office) -> None:
    office.put("A1_smile.jpg", paper("a"))
    assert office.lines()["A1_smile.jpg"][0] == "refused"
    office.import_students("A1")
    assert office.lines()["A1_smile.jpg"] == ("taken", "")
    assert office.enrolled() == [("A1", "A1_smile.jpg")]


def test_a_file_renamed_to_another_student_gives_its_template_to_them(office: Office) -> None:
    office.put("201511041.jpg", paper("a"))
    office.enrol()
    looks = office.recogniser.looks
    (office.folder / "201511041.jpg").rename(office.folder / "201511042.jpg")
    assert office.lines() == {"201511042.jpg": ("taken", "it was student 201511041's before")}
    assert office.enrolled() == [("201511042", "201511042.jpg")]
    assert office.recogniser.looks == looks


def test_a_roster_that_comes_later_gives_the_photograph_to_whom_it_fits_better(office: Office) -> None:
    office.put("201511041A.jpg", paper("a"))
    office.enrol()
    office.import_students("201511041A")
    office.enrol()
    assert office.enrolled() == [("201511041A", "201511041A.jpg")]


def test_a_file_renamed_for_the_same_student_stays_enrolled_under_its_new_name(office: Office) -> None:
    office.put("201511041.jpg", paper("a"))
    office.enrol()
    (office.folder / "201511041.jpg").rename(office.folder / "201511041_old.jpg")
    assert office.lines() == {"201511041_old.jpg": ("already", "")}
    assert office.enrolled() == [("201511041", "201511041_old.jpg")]


def test_one_photograph_under_two_students_is_refused_for_both_until_one_is_removed(office: Office) -> None:
    office.put("201511041.jpg", paper("a"))
    office.enrol()
    office.put("201511042.jpg", paper("a"))
    assert {outcome for outcome, _ in office.lines().values()} == {"refused"}
    assert office.enrolled() == []
    (office.folder / "201511041.jpg").unlink()
    assert office.lines()["201511042.jpg"][0] == "taken"
    assert office.enrolled() == [("201511042", "201511042.jpg")]


def test_the_same_photograph_twice_for_one_student_is_one_template(office: Office) -> None:
    office.put("201511041.jpg", paper("a"))
    office.put("201511041_copy.jpg", paper("a"))
    lines = office.lines()
    assert lines["201511041.jpg"][0] == "taken"
    assert lines["201511041_copy.jpg"] == ("already", "it is the same photograph as 201511041.jpg")
    assert office.enrolled() == [("201511041", "201511041.jpg")]


def test_a_photograph_that_is_gone_is_reported_and_pruned_only_when_asked(office: Office) -> None:
    office.put("201511041.jpg", paper("a"))
    office.put("201511042.jpg", paper("b"))
    office.enrol()
    (office.folder / "201511041.jpg").unlink()
    assert office.lines()["201511041.jpg"][0] == "missing"
    assert len(office.enrolled()) == 2
    assert office.lines(prune=True)["201511041.jpg"][0] == "pruned"
    assert office.enrolled() == [("201511042", "201511042.jpg")]
    assert "201511041.jpg" not in office.lines()


def test_an_empty_folder_prunes_nothing(office: Office) -> None:
    office.put("201511041.jpg", paper("a"))
    office.enrol()
    (office.folder / "201511041.jpg").unlink()
    with pytest.raises(BadRequest, match="nothing is pruned"):
        office.enrol(prune=True)
    assert len(office.enrolled()) == 1


def test_a_photograph_that_is_there_but_cannot_be_read_is_not_pruned(office: Office, tmp_path: Path) -> None:
    for name in ("201511041.jpg", "201511042/a.jpg", "201511043.jpg"):
        office.put(name, paper(name))
    office.enrol()
    for name in ("201511041.jpg", "201511042"):
        (office.folder / name).rename(tmp_path / Path(name).name)
        (office.folder / name).symlink_to(tmp_path / "an unmounted disk")
    lines = office.lines(prune=True)
    assert {name: outcome for name, (outcome, _) in lines.items()} == {
        "201511041.jpg": "refused",
        "201511042": "refused",
        "201511043.jpg": "already",
    }
    assert len(office.enrolled()) == 3


def test_an_erased_student_is_refused_until_asked_for(office: Office) -> None:
    office.put("201511041.jpg", paper("a"))
    office.enrol()
    erase(office.store, office.folder, "201511041", at=AT, by="office")
    office.put("201511041.jpg", paper("a"))
    outcome, text = office.lines()["201511041.jpg"]
    assert outcome == "refused"
    assert "--again 201511041" in text
    assert office.enrolled() == []
    assert office.lines(again=["201511041"])["201511041.jpg"][0] == "taken"
    assert office.enrolled() == [("201511041", "201511041.jpg")]


def test_an_erased_students_photograph_is_not_taken_under_another_number(office: Office) -> None:
    office.put("201511041.jpg", paper("a"))
    office.enrol()
    erase(office.store, office.folder, "201511041", at=AT, by="office")
    office.put("201511041.jpg", paper("a"))
    office.put("201511041_2.jpg", paper("a"))
    office.put("201511042.jpg", paper("a"))
    lines = office.lines()
    assert "--again 201511041" in lines["201511041.jpg"][1]
    assert "--again 201511041" in lines["201511041_2.jpg"][1]
    assert lines["201511042.jpg"] == (
        "refused",
        "the same photograph is there for student 201511041 (201511041.jpg): remove the wrong one",
    )
    assert office.enrolled() == []


def test_a_template_of_another_goes_once_its_photograph_bears_an_erased_students_number_alone(office: Office) -> None:
    office.put("201511041.jpg", paper("b"))
    office.enrol()
    erase(office.store, office.folder, "201511041", at=AT, by="office")
    office.put("201511042.jpg", paper("a"))
    office.enrol()
    (office.folder / "201511042.jpg").rename(office.folder / "201511041.jpg")
    assert {name: outcome for name, (outcome, _) in office.lines().items()} == {"201511041.jpg": "refused"}
    assert office.enrolled() == []


def test_asking_again_for_a_student_who_was_not_erased_says_so(office: Office) -> None:
    with pytest.raises(BadRequest, match="201511041 was not erased"):
        office.enrol(again=["201511041"])


def _once(action: Callable[[], None]) -> Callable[[int, int], None]:
    return lambda done, _total: action() if done == 1 else None


def test_an_erasure_while_photographs_are_looked_at_is_kept(office: Office) -> None:
    office.put("201511041.jpg", paper("a"))
    office.put("201511042.jpg", paper("b"))
    office.import_students("201511042")
    office.enrol(progress=_once(lambda: erase_quietly(office, "201511042")))
    assert [student for student, _ in office.enrolled()] == ["201511041"]


def erase_quietly(office: Office, student: str) -> None:
    office.store.erasures.erase(student, at=AT, by="another process")


def test_a_file_that_changes_while_it_is_enrolled_is_not_taken_for_what_it_was(office: Office) -> None:
    office.put("201511041.jpg", paper("a"))
    office.put("201511042.jpg", paper("b"))
    report = office.enrol(progress=_once(lambda: office.put("201511042.jpg", paper("c"))))
    assert report.lines[1].text == "it changed while it was read: enrol again"
    assert office.lines()["201511042.jpg"][0] == "taken"


def test_a_file_that_goes_while_others_are_enrolled_stops_nothing(office: Office) -> None:
    office.put("201511041.jpg", paper("a"))
    office.put("201511042.jpg", paper("b"))
    report = office.enrol(progress=_once((office.folder / "201511042.jpg").unlink))
    assert report.lines[1].text == "it cannot be read: No such file or directory"


def test_an_interrupted_enrolment_keeps_whole_students_and_goes_on_after_them(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolment, "PHOTOGRAPHS_TOGETHER", 2)
    for name in ("201511041.jpg", "201511041_9.jpg", "201511042/a.jpg", "201511042/b.jpg", "201511042/c.jpg"):
        office.put(name, paper(name))
    office.put("201511042/c.jpg", paper("interrupt"))
    with pytest.raises(KeyboardInterrupt):
        office.enrol()
    assert {student for student, _ in office.enrolled()} == {"201511041"}
    office.put("201511042/c.jpg", paper("c"))
    office.recogniser.looks = 0
    assert office.enrol().count("taken") == 3
    assert office.recogniser.looks == 3


def test_a_students_photographs_come_into_use_together(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enrolment, "PHOTOGRAPHS_TOGETHER", 2)
    for number in range(5):
        office.put(f"201511041_{number}.jpg", paper(str(number)))
    sizes = []
    office.enrol(progress=lambda _done, _total: sizes.append(len(office.enrolled())))
    assert sizes == [0] * 5
    assert len(office.enrolled()) == 5


def test_progress_counts_only_what_is_looked_at(office: Office) -> None:
    office.put("201511041.jpg", paper("a"))
    office.enrol()
    office.put("201511042.jpg", paper("b"))
    office.put("201511043.jpg", b"no image")
    steps = []
    office.enrol(progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 2), (2, 2)]


def test_a_database_that_is_away_stops_enrolment_with_its_error(office: Office) -> None:
    class Away(PaperRecogniser):
        def faces(self, image: Any, *, min_face_px: int | None = None, thorough: bool = False) -> list[Any]:
            raise Unavailable("The database is away.")

    office.recogniser = Away()
    office.put("201511041.jpg", paper("a"))
    with pytest.raises(Unavailable):
        office.enrol()


def test_with_a_new_key_photographs_are_enrolled_anew(office: Office, tmp_path: Path) -> None:
    office.put("201511041.jpg", paper("a"))
    office.enrol()
    office.store.close()
    (tmp_path / "rollcall.key").unlink()
    office.store = open_store(str(tmp_path / "rollcall.sqlite"), key_file=tmp_path / "rollcall.key")
    try:
        with pytest.raises(SetupProblem):
            office.enrol()
        assert office.store.templates.remove_all() == 1
        assert office.lines()["201511041.jpg"][0] == "taken"
        assert office.enrolled() == [("201511041", "201511041.jpg")]
    finally:
        office.store.close()


def test_the_report_counts_in_words(office: Office) -> None:
    office.put("201511041.jpg", paper("a"))
    office.put("201511042.jpg", b"no image")
    assert office.enrol().summary == "2 photographs: 1 taken, 1 refused."
    (office.folder / "201511042.jpg").unlink()
    assert office.enrol().summary == "1 photograph: 1 enrolled already."


class TestAnotherFamily:
    def test_makes_its_own_templates_of_the_photographs_and_keeps_the_others(self, office: Office) -> None:
        office.put("201511041.jpg", paper("a"))
        office.enrol()
        office.recogniser = PaperRecogniser(model_id="other/1", dimensions=192)
        assert office.lines()["201511041.jpg"][0] == "taken"
        assert [len(each.embedding) for each in office.store.templates.of_model("other/1")] == [192]
        assert [len(each.embedding) for each in office.store.templates.of_model("paper/1")] == [128]

    def test_says_whose_photographs_are_gone_and_whose_were_refused(self, office: Office) -> None:
        for student in ("201511041", "201511042", "201511043"):
            office.put(f"{student}.jpg", paper(student))
        office.enrol()
        (office.folder / "201511042.jpg").unlink()
        office.put("201511043.jpg", paper("two", 200, 150))
        office.recogniser = PaperRecogniser(model_id="other/1")
        report = office.enrol()
        assert unrecognised(office.store, "other/1", report) == (["201511042"], ["201511043"])
        assert unrecognised(office.store, "paper/1", office.enrol()) == ([], [])

    def test_prunes_the_templates_that_only_others_had_of_a_photograph_that_is_gone(self, office: Office) -> None:
        for student in ("201511041", "201511042"):
            office.put(f"{student}.jpg", paper(student))
        office.enrol()
        (office.folder / "201511042.jpg").unlink()
        office.recogniser = PaperRecogniser(model_id="other/1")
        assert "201511042.jpg" not in office.lines()
        assert office.lines(prune=True)["201511042.jpg"][0] == "pruned"
        assert [each.student for each in office.store.templates.of_model("paper/1")] == ["201511041"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("20261000012 - LEE.jpg", "goes on behind the number of student 2026100001 with '2', as a longer number would"),
        ("2026100009.jpg", "begins with more than nine digits, which are no number of a student of a roster"),
        ("holiday.jpg", "begins neither with the number of a student of a roster nor with nine digits"),
    ],
)
def test_a_name_that_fits_nobody_says_what_it_goes_on_with(office: Office, name: str, why: str) -> None:
    office.import_students("2026100001")
    office.put(name, paper("x"))
    outcome, text = office.lines()[name]
    assert outcome == "refused"
    assert why in text


def test_a_number_that_was_read_from_other_letters_is_told(office: Office) -> None:
    office.import_students("2026100001")
    office.put("２０２６１００００１.jpg", paper("x"))
    assert office.lines() == {"２０２６１００００１.jpg": ("taken", "the number in its name was read as 2026100001")}
