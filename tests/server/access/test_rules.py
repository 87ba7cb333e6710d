"""Who may do what: the table, and the one function that asks it."""

import pytest

from protocol.messages import REPLY_TO
from server.access import (
    LOCAL,
    NOBODY,
    RULES,
    Action,
    Grant,
    Kind,
    Principal,
    Role,
    Teaching,
    authorise,
    authorise_somewhere,
    courses_for,
    may,
)
from server.dispatch.access import NEEDS
from server.dispatch.legacy_form import HANDLERS as OF_2019
from server.errors import Forbidden, Unauthorised

MINE, OTHER = "ea0017_1", "eb0099_1"
PROFESSOR = Principal(kind=Kind.USER, id=1, name="prof.kim", teaches=(Teaching(MINE, Role.PROFESSOR),))
ON_A_WINDOW = Principal(
    kind=Kind.USER, id=1, name="prof.kim", teaches=(Teaching(MINE, Role.PROFESSOR),), window=True, course_now=OTHER
)
OFFICE = Principal(kind=Kind.USER, id=3, name="office", roles=frozenset({Role.OFFICE}))
ADMIN = Principal(kind=Kind.USER, id=4, name="admin", roles=frozenset({Role.ADMIN}))
PRIVACY = Principal(kind=Kind.USER, id=5, name="privacy", roles=frozenset({Role.PRIVACY_OFFICER}))
STUDENT = Principal(kind=Kind.USER, id=6, name="haneul", roles=frozenset({Role.STUDENT}), student="201511041")
DEVICE = Principal(
    kind=Kind.DEVICE,
    id=7,
    name="front",
    roles=frozenset({Role.DEVICE}),
    room_courses=frozenset({MINE, OTHER}),
    course_now=MINE,
)
LEGACY = Principal(kind=Kind.LEGACY, name="10.0.3.7", roles=frozenset({Role.LEGACY}), room_courses=frozenset({MINE}))


def assistant(*grants: Grant) -> Principal:
    return Principal(kind=Kind.USER, id=2, name="ta.lee", teaches=(Teaching(MINE, Role.ASSISTANT, frozenset(grants)),))


EVERYBODY = [PROFESSOR, ON_A_WINDOW, OFFICE, ADMIN, PRIVACY, STUDENT, DEVICE, LEGACY, assistant(*Grant)]


@pytest.mark.parametrize("action", Action)
def test_every_action_has_a_rule(action: Action) -> None:
    assert action in RULES


@pytest.mark.parametrize("message", [*REPLY_TO, *OF_2019], ids=lambda kind: kind.__name__)
def test_every_message_says_what_right_it_needs(message: type) -> None:
    assert message in NEEDS


@pytest.mark.parametrize("action", Action)
def test_who_is_not_known_may_nothing(action: Action) -> None:
    with pytest.raises(Unauthorised):
        authorise(NOBODY, action, course=MINE, student="201511041", why="because")


@pytest.mark.parametrize("action", Action)
def test_this_machine_may_everything(action: Action) -> None:
    authorise(LOCAL, action, course=MINE)


def test_nobody_gets_a_template_or_an_embedding() -> None:
    assert not [each for each in Action if "template" in each or "embedding" in each]
    assert not [
        (kind.__name__, field)
        for kind in REPLY_TO.values()
        for field in kind.__struct_fields__
        if "embedding" in field or "template" in field
    ]


@pytest.mark.parametrize(
    "action", [Action.READ_BOARD, Action.READ_ROSTER, Action.MARK, Action.SUBMIT, Action.REOPEN, Action.READ_REPORT]
)
def test_a_professor_may_in_their_own_course_and_in_no_other(action: Action) -> None:
    authorise(PROFESSOR, action, course=MINE)
    with pytest.raises(Forbidden, match=f"prof.kim may not do this in course {OTHER}"):
        authorise(PROFESSOR, action, course=OTHER, why="I should like to")
    with pytest.raises(Forbidden):
        authorise(PROFESSOR, action)


@pytest.mark.parametrize(
    ("action", "grant"),
    [(Action.MARK, Grant.MARK), (Action.SUBMIT, Grant.SUBMIT), (Action.IMPORT_ROSTER, Grant.ROSTER)],
)
def test_an_assistant_may_what_their_course_lets_them(action: Action, grant: Grant) -> None:
    assert may(assistant(grant), action, course=MINE)
    assert not may(assistant(*set(Grant) - {grant}), action, course=MINE)
    assert not may(assistant(grant), action, course=OTHER)


def test_an_assistant_never_reopens_and_exports_nothing() -> None:
    for action in (Action.REOPEN, Action.DOWNLOAD, Action.DISCARD, Action.CHANGE_PLAN, Action.ANSWER_APPEAL):
        assert not may(assistant(*Grant), action, course=MINE)


def test_the_office_reopens_and_reads_reports_with_a_reason_only() -> None:
    for action in (Action.REOPEN, Action.READ_REPORT, Action.DOWNLOAD):
        with pytest.raises(Forbidden, match="needs a reason"):
            authorise(OFFICE, action, course=MINE, why="  ")
        authorise(OFFICE, action, course=MINE, why="an appeal of the student")


def test_the_office_excuses_and_marks_nothing_else() -> None:
    assert may(OFFICE, Action.EXCUSE, course=MINE)
    assert not may(OFFICE, Action.MARK, course=MINE)


def test_an_admin_sees_no_attendance_and_the_privacy_officer_changes_none() -> None:
    for action in (Action.READ_BOARD, Action.READ_ROSTER, Action.READ_REPORT, Action.READ_ACCESS_LOG, Action.MARK):
        assert not may(ADMIN, action, course=MINE)
    for action in (Action.MARK, Action.EXCUSE, Action.SUBMIT, Action.READ_BOARD, Action.MANAGE_USERS):
        assert not may(PRIVACY, action, course=MINE)


def test_a_student_sees_themselves_and_nobody_else() -> None:
    assert may(STUDENT, Action.READ_OWN, student="201511041")
    assert not may(STUDENT, Action.READ_OWN, student="201511042")
    assert not may(STUDENT, Action.READ_OWN)
    allowed = {each for each in Action if may(STUDENT, each, course=MINE)}
    assert allowed == {Action.READ_INFO}


def test_a_device_sends_pictures_of_its_room_and_sees_the_course_that_is_on() -> None:
    assert may(DEVICE, Action.SEND_PICTURE, course=OTHER)
    assert not may(DEVICE, Action.SEND_PICTURE, course="ec0001_1")
    assert not may(DEVICE, Action.SEND_PICTURE)
    assert may(DEVICE, Action.READ_BOARD, course=MINE)
    assert not may(DEVICE, Action.READ_BOARD, course=OTHER)
    for action in (Action.MARK, Action.SUBMIT, Action.OPEN_SESSION, Action.READ_REPORT, Action.READ_HISTORY):
        assert not may(DEVICE, action, course=MINE)


def test_a_client_of_2019_may_what_it_could_in_its_room_alone() -> None:
    for action in (Action.MARK_PRESENT_2019, Action.READ_ROSTER, Action.SEND_PICTURE):
        assert may(LEGACY, action, course=MINE)
        assert not may(LEGACY, action, course=OTHER)
        assert not may(LEGACY, action)
    assert {each for each in Action if may(LEGACY, each, course=MINE)} == {
        Action.MARK_PRESENT_2019,
        Action.READ_ROSTER,
        Action.SEND_PICTURE,
    }


def test_a_professor_sends_pictures_of_their_course_from_a_window_only() -> None:
    assert may(ON_A_WINDOW, Action.SEND_PICTURE, course=MINE)
    assert not may(ON_A_WINDOW, Action.SEND_PICTURE, course=OTHER)
    assert not may(PROFESSOR, Action.SEND_PICTURE, course=MINE)


def test_a_room_lends_its_course_to_no_person() -> None:
    assert not may(ON_A_WINDOW, Action.READ_BOARD, course=OTHER)


def test_nobody_but_the_machine_maintains() -> None:
    assert not [each for each in EVERYBODY if may(each, Action.MAINTAIN, course=MINE)]


def test_what_is_asked_of_all_courses_is_told_of_ones_own() -> None:
    authorise_somewhere(PROFESSOR, Action.LIST_SESSIONS)
    assert courses_for(PROFESSOR, Action.LIST_SESSIONS) == {MINE}
    assert courses_for(DEVICE, Action.LIST_SESSIONS) == {MINE, OTHER}
    with pytest.raises(Forbidden):
        authorise_somewhere(STUDENT, Action.LIST_SESSIONS)


def test_keys_of_two_principals_are_two() -> None:
    assert len({each.key_scope for each in (PROFESSOR, OFFICE, DEVICE, LEGACY, LOCAL)}) == 5


@pytest.mark.parametrize("principal", [each for each in EVERYBODY if each is not LEGACY], ids=lambda each: each.name)
def test_whoever_is_known_is_told_what_the_server_is(principal: Principal) -> None:
    authorise(principal, Action.READ_INFO)
