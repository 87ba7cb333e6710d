"""The privacy officer's pages: the log, erasures, who is affected, documents."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from server.access import Principal, Role
from server.access.principal import Kind
from server.services.privacy.breach import affected, everybody
from server.store import AccessLine
from tests.server.classroom import COURSE, SEOUL, classroom
from tests.server.http.campus import Http, http_of
from tests.server.http.listening import Answer

FORM = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def http(tmp_path: Path) -> Iterator[Http]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
        room.set_course()
        with http_of(room, tmp_path / "knowns") as speaking:
            speaking.principal = Principal(
                kind=Kind.USER, id=7, name="officer", roles=frozenset({Role.PRIVACY_OFFICER})
            )
            yield speaking


def post(http: Http, path: str, **fields: str) -> Answer:
    return http.ask("POST", path, urlencode(fields).encode(), FORM)


def saw(http: Http, who: str, *, student: str = "", course: str = "", subjects: int = 0, why: str = "") -> None:
    line = AccessLine(http.room.now, who, "read_board", student, "", "10.0.0.9", "", course, subjects, why)
    http.room.store.access_log.write(line)


def test_the_log_is_filtered_and_looking_at_it_is_logged(http: Http) -> None:
    saw(http, "kim", course=COURSE, subjects=6, why="<script>alert(1)</script>")
    saw(http, "lee", student=http.room.students[0])
    page = http.ask("GET", "/access-log", who="kim").body.decode()
    assert "10.0.0.9" in page
    assert "<script>alert" not in page
    assert http.room.students[0] not in page
    assert http.room.students[0] in http.ask("GET", "/access-log", student=http.room.students[0]).body.decode()
    assert http.room.store.access_log.lines(who="officer")[0].action == "read_access_log"
    assert http.ask("GET", "/access-log", since="soon").status == 400
    assert http.ask("GET", "/access-log/month", of="2026-3x").status == 400
    assert "kim" in http.ask("GET", "/access-log/month", of="2026-03").body.decode()


def test_an_erasure_asks_for_the_number_twice_and_gives_a_receipt(http: Http) -> None:
    student = http.room.students[0]
    assert post(http, "/erasures", student=student, again="201511042").status == 400
    assert student in http.room.store.templates.students()
    answer = post(http, "/erasures", student=student, again=student)
    assert answer.status == 200
    assert b"Receipt of erasure" in answer.body
    assert student not in http.room.store.templates.students()
    assert b">officer<" in http.ask("GET", "/erasures").body


def test_of_a_course_everybody_on_its_list_that_day_is_affected_and_of_a_student_that_one(http: Http) -> None:
    store, since = http.room.store, http.room.now
    saw(http, "lee", student=http.room.students[2])
    assert [each.student for each in affected(store, SEOUL, since=since, who="lee").people] == [http.room.students[2]]
    saw(http, "kim", course=COURSE, subjects=6)
    by_kim = affected(store, SEOUL, since=since, who="kim")
    assert [each.student for each in by_kim.people] == http.room.students
    assert {(each.courses, each.templates) for each in by_kim.people} == {((COURSE,), True)}
    assert affected(store, SEOUL, since=since.replace(year=2027)).people == ()
    assert [each.student for each in everybody(store).people] == http.room.students


def test_of_who_was_erased_since_a_breach_counts_lines_and_names_nobody(http: Http) -> None:
    student = http.room.students[1]
    saw(http, "lee", student=student)
    assert post(http, "/erasures", student=student, again=student).status == 200
    found = affected(http.room.store, SEOUL, since=http.room.now, who="lee")
    assert (found.people, found.unnamed) == ((), 1)


def test_the_page_lists_who_has_to_be_told(http: Http) -> None:
    saw(http, "kim", course=COURSE, subjects=6)
    page = http.ask("GET", "/breach", since="2026-03-02", who="kim").body.decode()
    assert all(each in page for each in http.room.students)
    assert http.room.students[0] in http.ask("GET", "/breach", whole="yes").body.decode()


@pytest.mark.parametrize("which", ["policy", "assessment"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_document_is_filled_in(http: Http, which: str, language: str) -> None:
    answer = post(http, "/privacy-documents", which=which, language=language)
    text = answer.body.decode()
    assert "attachment" in answer.headers["content-disposition"]
    assert ("30일" if language == "ko" else "30 days") in text
    assert "{" not in text
    assert post(http, "/privacy-documents", which="../etc", language=language).status == 400


def test_a_breach_tells_what_of_each_person_is_kept(http: Http) -> None:
    store, (me, other) = http.room.store, http.room.students[:2]
    store.accounts.add("s0", student=me, at=http.room.now, by="test")
    store.accounts.set_address("s0", "haneul@example.ac.kr", at=http.room.now, by="test")
    store.templates.photographs_destroyed(list(store.templates.photographs(other)), at=http.room.now, by="test")
    found = {each.student: (each.templates, each.photographs, each.address) for each in everybody(store).people}
    assert (found[me], found[other]) == ((True, True, True), (True, False, False))
    assert b"Address for mail" in http.ask("GET", "/breach", headers={"Accept-Language": "en"}, whole="yes").body


def test_the_documents_name_mails_photographs_and_every_period(http: Http) -> None:
    for language, words in (("en", "mails are sent: no"), ("ko", "메일 발송: 아니요")):
        for which in ("policy", "assessment"):
            text = post(http, "/privacy-documents", which=which, language=language).body.decode()
            assert words in text
            assert "180" in text
            assert "{" not in text
