"""An official absence is asked for with a proof, decided by a person, and the proof destroyed when its time is over."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.bootstrap.retention import proofs_job
from server.domain.absences import MOST_PROOF_BYTES
from tests.server.classroom import COURSE, MONDAY, PROOF_DAYS, Classroom, seoul
from tests.server.http.campus import Http, http_of
from tests.server.http.listening import Answer
from tests.server.pages.asking import FORM, OTHER_PROFESSOR, PROFESSOR, page, send, student

ME, OTHER = 0, 1
PDF = b"%PDF-1.7 a certificate of the army"
DAYS = {"course": COURSE, "begins": MONDAY, "ends": MONDAY}


@pytest.fixture
def http(on_sqlite: Classroom, tmp_path: Path) -> Iterator[Http]:
    on_sqlite.set_course()
    on_sqlite.now = seoul("10:40")
    on_sqlite.open()
    with http_of(on_sqlite, tmp_path / "knowns", body_bytes=8 * 1024 * 1024) as opened:
        opened.principal = student(on_sqlite, ME)
        yield opened


def ask(http: Http, proof: bytes = PDF, **form: Any) -> Answer:
    fields = {**DAYS, "reason": "reserve training", **form}
    parts = [
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = b'--B\r\nContent-Disposition: form-data; name="proof"; filename="../../x.pdf"\r\n'
    body = b"".join([*parts, head, b"Content-Type: text/html\r\n\r\n", proof, b"\r\n--B--\r\n"])
    headers = {**FORM, "Content-Type": "multipart/form-data; boundary=B", "Accept-Language": "en"}
    return http.ask("POST", "/my/absences", body, headers)


def test_a_request_is_granted_as_a_mark_of_every_hour_and_its_proof_destroyed_in_time(
    http: Http, tmp_path: Path
) -> None:
    room = http.room
    assert ask(http).status == 303
    assert "reserve training" in page(http, "/my/absences")
    http.principal = PROFESSOR
    assert "reserve training" in page(http, "/absences")
    proof = http.ask("GET", "/absences/1/proof")
    assert proof.body == PDF
    assert proof.headers["content-disposition"] == 'attachment; filename="proof-1.pdf"'
    assert send(http, "/absences/1", state="excused_absence", text="shown").status == 303
    assert {key: state for key, (state, _) in room.marks(1).items()} == {
        (ME, 3): "excused_absence",
        (ME, 4): "excused_absence",
    }
    job = proofs_job(room.services.students.absences)
    job.run(room.now + timedelta(days=PROOF_DAYS - 1))
    assert http.ask("GET", "/absences/1/proof").status == 200
    job.run(room.now + timedelta(days=PROOF_DAYS, seconds=1))
    assert http.ask("GET", "/absences/1/proof").status == 404
    assert "destroyed on" in page(http, "/absences")
    actions = {line.action for line in room.store.access_log.lines(student=room.students[ME])}
    assert {"request_absence", "read_proof", "answer_absence"} <= actions


def test_a_proof_lies_sealed_and_is_nobody_elses_to_read(http: Http, tmp_path: Path) -> None:
    ask(http)
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(PDF in each for each in files)
    for principal, status in ((student(http.room, ME), 403), (student(http.room, OTHER), 403), (OTHER_PROFESSOR, 404)):
        http.principal = principal
        for answer in (http.ask("GET", "/absences/1/proof"), send(http, "/absences/1", state="excused", text="x")):
            assert answer.status == status
            assert PDF not in answer.body
    http.principal = student(http.room, OTHER)
    assert "reserve training" not in page(http, "/my/absences")
    assert http.room.marks(1) == {}


def test_what_is_no_proof_no_day_or_no_course_of_theirs_is_refused_clearly(http: Http) -> None:
    wrong = (
        ask(http, proof=b"MZ\x90 a program"),
        ask(http, proof=PDF + b"x" * MOST_PROOF_BYTES),
        ask(http, ends="2026-02-27"),
        ask(http, ends="2026-09-01"),
        ask(http, begins="soon"),
        ask(http, reason=" "),
    )
    assert [each.status for each in wrong] == [400] * len(wrong)
    assert "A proof is a PDF, JPEG or PNG file of 5 MB at most" in wrong[0].body.decode()
    assert ask(http, course="eb0099_1").status == 404
    assert http.room.store.absences.of_student(http.room.students[ME]) == []


def test_one_request_waits_and_the_same_again_is_refused(http: Http) -> None:
    assert [ask(http).status for _ in range(3)] == [303, 400, 400]
    assert ask(http, proof=b"", reason="without a proof", ends="2026-03-03").status == 303
    http.principal = PROFESSOR
    assert "Without a proof." in page(http, "/absences")
    early = send(http, "/absences/2", state="excused", text="x")
    assert early.status == 400
    assert "answer when it has come" in early.body.decode()
    assert send(http, "/absences/2", state="refused", text="no proof came").status == 303
    http.principal = student(http.room, ME)
    assert "no proof came" in page(http, "/my/absences")
