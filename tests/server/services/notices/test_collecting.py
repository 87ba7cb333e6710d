"""Who has to be told of what, once a day, and of nobody but themselves."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.domain.absences import AbsenceRequest, AbsenceState
from server.domain.appeals import Appeal, AppealState
from server.domain.attendance import State
from server.domain.consents import Channel, Consent, Purpose
from server.domain.notices import MailState, Notice, NoticeKind
from server.domain.sessions import SessionState
from server.domain.timetable import PlannedHour
from server.services.class_day.courses import Courses
from server.store import Store
from tests.server.services.notices.outbox import WRITER, Outbox, with_a_course
from tests.server.services.reported_class import (
    BADA,
    COURSE,
    FIRST,
    HANEUL,
    NAMES,
    NAMU,
    NOON,
    PLAN,
    SECOND,
    ZONE,
    mark,
    with_rules,
)

CALLED = f"자료구조 ({COURSE})"


@pytest.fixture
def outbox(store: Store) -> Outbox:
    return with_a_course(store)


def never_frozen(outbox: Outbox) -> None:
    Courses(outbox.store, ZONE).set_plan(COURSE, with_rules(freeze_days=None), at=NOON, by="office")
    outbox.__post_init__()


def not_submitted(outbox: Outbox) -> int:
    """The session of the first Monday, its corrections long over."""
    begins = datetime(2026, 8, 31, 1, 30, tzinfo=UTC)
    hours = [PlannedHour(number, begins, begins + timedelta(minutes=50)) for number in (3, 4)]
    how = {"makeup": False, "at": begins, "by": "kim"}
    opened = outbox.store.sessions.open(COURSE, FIRST, hours, closes_at=begins + timedelta(days=1), **how)  # type: ignore[arg-type]
    return opened.id


def appeal_of(outbox: Outbox, student: str) -> Appeal:
    filed = Appeal(
        number=0,
        student=student,
        course=COURSE,
        day=FIRST,
        hour=3,
        filed_at=NOON,
        due_at=NOON + timedelta(days=30),
        text="look again",
    )
    return outbox.store.appeals.add(filed, lambda _: None, by="s")


def test_a_student_is_told_before_f_at_every_absence_and_at_f(outbox: Outbox) -> None:
    never_frozen(outbox)
    mark(outbox.store, FIRST, 3, {HANEUL: State.ABSENT, BADA: State.PRESENT, NAMU: State.ABSENT})
    near = Notice(NoticeKind.NEAR, f"{COURSE} 1", {"course": CALLED, "absences": "1", "left": "1"})
    assert outbox.found() == {"haneul": [near]}
    assert outbox.make() == 1
    assert outbox.make() == 0
    outbox.now += timedelta(days=1)
    for day, hour in ((FIRST, 4), (SECOND, 3)):
        mark(outbox.store, day, hour, {HANEUL: State.ABSENT, BADA: State.PRESENT, NAMU: State.ABSENT})
    (failed,) = outbox.found()["haneul"]
    assert (failed.kind, failed.blanks["absences"]) == (NoticeKind.FAILED, "3")
    outbox.now += timedelta(days=60)
    assert outbox.found() == {}, "the term has been over for long"


def test_a_student_is_told_of_answers_and_of_a_consent_that_is_asked_again(outbox: Outbox) -> None:
    store = outbox.store
    appeal, others = appeal_of(outbox, HANEUL), appeal_of(outbox, NAMU)
    for each in (appeal, others):
        store.appeals.answer(each, AppealState.UPHELD, "so it was", at=NOON, by="kim")
    appeal_of(outbox, BADA)
    asked = AbsenceRequest(
        number=0,
        student=HANEUL,
        course=COURSE,
        begins=FIRST,
        ends=SECOND,
        reason="army",
        filed_at=NOON,
        proof_type="",
    )
    request = store.absences.add(asked, b"", lambda _: None, by="haneul")
    store.absences.answer(request, AbsenceState.GRANTED, "shown", at=NOON, by="kim")
    given = {"purpose": Purpose.TEMPLATE, "decided_at": NOON, "language": "ko", "channel": Channel.PAGE, "who": "s"}
    store.consents.record(
        [
            Consent(student=HANEUL, given=True, text_version="2025-1", **given),  # type: ignore[arg-type]
            Consent(student=BADA, given=True, text_version="2026-1", **given),  # type: ignore[arg-type]
        ]
    )
    found = outbox.found()
    assert set(found) == {"haneul"}
    assert [(each.kind, each.about) for each in found["haneul"]] == [
        (NoticeKind.APPEAL, str(appeal.number)),
        (NoticeKind.ABSENCE, str(request.number)),
        (NoticeKind.CONSENT, "2026-1"),
    ]
    outbox.now += timedelta(days=15)
    assert [each.kind for each in outbox.found()["haneul"]] == [NoticeKind.CONSENT]


def test_a_professor_is_told_of_a_session_that_was_not_submitted_in_time(outbox: Outbox) -> None:
    session = not_submitted(outbox)
    found = outbox.found()
    assert set(found) == {"kim"}, "not the assistant, who need not submit"
    (notice,) = found["kim"]
    assert notice.kind is NoticeKind.OVERDUE
    assert notice.blanks == {"course": CALLED, "day": FIRST.isoformat(), "hours": "3, 4"}
    outbox.collector.sessions.set_state(
        session, SessionState.SUBMITTED, at=outbox.now, now=outbox.now, by="kim", why=""
    )
    assert outbox.found() == {}


def test_the_office_is_told_of_a_device_that_was_silent_during_a_class(outbox: Outbox) -> None:
    devices, begin = outbox.store.devices, NOON - timedelta(hours=2, minutes=30)
    for name, used in (("front", timedelta(hours=-1)), ("back", timedelta(hours=1)), ("new", None)):
        device = devices.register(name, PLAN.room, at=NOON - timedelta(days=9), by="admin")
        token = devices.add_token("device", b"h" * 32, device=device.id, expires_at=None, at=NOON - timedelta(days=9))
        if used is not None:
            devices.used(token, at=begin + used)
    assert outbox.found() == {}, "the day is not over"
    outbox.now = NOON + timedelta(days=1)
    found = outbox.found()
    assert set(found) == {"office"}
    assert [each.blanks for each in found["office"]] == [
        {"device": "front", "room": PLAN.room, "day": SECOND.isoformat()}
    ]
    outbox.now = NOON + timedelta(days=2)
    assert outbox.found() == {}, "there was no class on that day"


def test_who_does_not_want_them_has_those_alone_that_they_are_owed(outbox: Outbox) -> None:
    never_frozen(outbox)
    mark(outbox.store, FIRST, 3, {HANEUL: State.ABSENT})
    outbox.store.appeals.answer(appeal_of(outbox, HANEUL), AppealState.UPHELD, "no", at=NOON, by="kim")
    account = outbox.store.accounts.get("haneul")
    outbox.store.accounts.set_notices(account.id, language="ko", wanted=False)
    assert [each.kind for each in outbox.found()["haneul"]] == [NoticeKind.APPEAL]


@pytest.mark.parametrize("how", ["no address", "refused", "disabled"])
def test_nobody_is_told_who_cannot_be_written_to(outbox: Outbox, how: str) -> None:
    never_frozen(outbox)
    mark(outbox.store, FIRST, 3, {HANEUL: State.ABSENT})
    accounts = outbox.store.accounts
    if how == "no address":
        accounts.set_address("haneul", "", at=NOON, by="haneul")
    elif how == "disabled":
        accounts.disable("haneul", at=NOON, by="admin")
    else:
        outbox.make()
        mail = outbox.store.mails.claim(now=NOON, until=NOON + timedelta(minutes=1))
        assert mail is not None
        outbox.store.mails.put_aside(mail, MailState.REFUSED, "550", at=NOON, address=True)
    assert outbox.found() == {}


def test_mails_are_made_once_a_day_from_their_hour_on(outbox: Outbox) -> None:
    not_submitted(outbox)
    outbox.now = NOON.replace(hour=21, minute=59)  # 6:59 on campus, of the 8th
    assert outbox.make() == 0
    outbox.now += timedelta(minutes=1)
    assert outbox.make() == 1
    assert [each.day for each in outbox.store.mails.listed(9)] == [date(2026, 9, 8)]


def test_no_digest_holds_a_name_or_number_of_another_person(outbox: Outbox) -> None:
    never_frozen(outbox)
    mark(outbox.store, FIRST, 3, dict.fromkeys(NAMES, State.ABSENT))
    for student in NAMES:
        outbox.store.appeals.answer(appeal_of(outbox, student), AppealState.UPHELD, "no", at=NOON, by="kim")
    mark(outbox.store, date(2026, 9, 1), 3, {NAMU: State.ABSENT})
    outbox.make()
    texts = {}
    while mail := outbox.store.mails.claim(now=NOON, until=NOON + timedelta(minutes=1)):
        texts[mail.user.name] = WRITER.digest(mail, outbox.store.mails.notices_of(mail.id)).as_string()
        texts[mail.user.name] += WRITER.digest(mail, outbox.store.mails.notices_of(mail.id)).get_content()
    assert set(texts) == {"haneul", "bada"}
    for text in texts.values():
        assert not [each for each in (*NAMES, *NAMES.values(), "kim") if each in text]
