"""The one table of who may do what, and the function that asks it."""

from collections.abc import Iterator, Mapping
from enum import Enum, StrEnum
from typing import Final

from protocol.error_texts import ServerText
from server.access.principal import Grant, Kind, Principal, Role
from server.errors import Forbidden, Unauthorised


class Action(StrEnum):
    """What can be asked for. Templates and embeddings are nowhere here: nobody gets them."""

    READ_INFO = "read_info"
    LIST_COURSES = "list_courses"
    LIST_SESSIONS = "list_sessions"
    READ_ROSTER = "read_roster"
    READ_BOARD = "read_board"
    READ_HISTORY = "read_history"
    READ_SIGNS = "read_signs"  # on the board: whose face may be a photograph that is held up
    OPEN_SESSION = "open_session"
    PROPOSE = "propose"
    MARK = "mark"
    EXCUSE = "excuse"  # a mark that excuses and no other
    MARK_PRESENT_2019 = "mark_present_2019"
    SUBMIT = "submit"  # and close
    REOPEN = "reopen"
    DISCARD = "discard"
    SEND_PICTURE = "send_picture"
    READ_ZONES = "read_zones"  # what of a room's pictures is never looked at
    SEE_PICTURE = "see_picture"  # the last one of a session that is on
    VETO = "veto"  # say that a face is not a student's, and take it back
    OPEN_BY_PICTURE = "open_by_picture"
    VERIFY = "verify"
    READ_REPORT = "read_report"
    DOWNLOAD = "download"
    CHANGE_PLAN = "change_plan"
    CHANGE_CALENDAR = "change_calendar"
    IMPORT_ROSTER = "import_roster"
    ADD_PHOTOGRAPHS = "add_photographs"
    READ_OWN = "read_own"
    GIVE_CONSENT = "give_consent"
    RECORD_CONSENT = "record_consent"
    READ_CONSENTS = "read_consents"
    WITHDRAW_CONSENT = "withdraw_consent"
    ERASE = "erase"
    FILE_APPEAL = "file_appeal"
    READ_APPEALS = "read_appeals"
    PREPARE_APPEAL = "prepare_appeal"
    ANSWER_APPEAL = "answer_appeal"
    REQUEST_ABSENCE = "request_absence"
    ANSWER_ABSENCE = "answer_absence"  # and read its proof
    MANAGE_USERS = "manage_users"
    MANAGE_STAFF = "manage_staff"
    MANAGE_DEVICES = "manage_devices"
    START_PAIRING = "start_pairing"
    APPROVE_PAIRING = "approve_pairing"
    READ_ACCESS_LOG = "read_access_log"
    MAINTAIN = "maintain"  # the machine's own: models, database, enrolment from a folder, thresholds


class Scope(Enum):
    """Where a role may do it."""

    COURSE = "in the courses that they teach"
    MARKING = "in the courses that let their assistants mark"
    SUBMITTING = "in the courses that let their assistants submit"
    ROSTERS = "in the courses that let their assistants change the list"
    WINDOW = "in the courses that they teach, from a classroom's window"
    ROOM = "in the courses of the room where the device, or the client of 2019, stands"
    NOW = "in the course that is on in that room"
    OWN = "about themselves"
    ALL = "everywhere"
    REASON = "everywhere, with a reason"
    COURSE_REASON = "in the courses that they teach, with a reason"


_REASONED: Final = frozenset({Scope.REASON, Scope.COURSE_REASON})
_GRANTED: Final = {Scope.MARKING: Grant.MARK, Scope.SUBMITTING: Grant.SUBMIT, Scope.ROSTERS: Grant.ROSTER}

_P, _A, _S, _O = Role.PROFESSOR, Role.ASSISTANT, Role.STUDENT, Role.OFFICE
_ADMIN, _PRIVACY, _D, _L = Role.ADMIN, Role.PRIVACY_OFFICER, Role.DEVICE, Role.LEGACY
_EVERYBODY: Final = dict.fromkeys((_P, _A, _S, _O, _ADMIN, _PRIVACY, _D), Scope.ALL)

# Who is not named may not. LOCAL may everything, and NOBODY nothing.
RULES: Final[Mapping[Action, Mapping[Role, Scope]]] = {
    Action.READ_INFO: _EVERYBODY,
    Action.LIST_COURSES: {_P: Scope.COURSE, _A: Scope.COURSE, _O: Scope.ALL, _ADMIN: Scope.ALL, _D: Scope.ROOM},
    Action.LIST_SESSIONS: {_P: Scope.COURSE, _A: Scope.COURSE, _O: Scope.ALL, _D: Scope.ROOM},
    Action.READ_ROSTER: {_P: Scope.COURSE, _A: Scope.COURSE, _O: Scope.ALL, _D: Scope.NOW, _L: Scope.ROOM},
    Action.READ_BOARD: {_P: Scope.COURSE, _A: Scope.COURSE, _O: Scope.ALL, _D: Scope.NOW},
    Action.READ_HISTORY: {_P: Scope.COURSE, _A: Scope.COURSE, _O: Scope.ALL},
    Action.READ_SIGNS: {_P: Scope.COURSE},
    Action.OPEN_SESSION: {_P: Scope.COURSE, _A: Scope.COURSE, _O: Scope.ALL},
    Action.PROPOSE: {_P: Scope.COURSE, _A: Scope.MARKING},
    Action.MARK: {_P: Scope.COURSE, _A: Scope.MARKING},
    Action.EXCUSE: {_P: Scope.COURSE, _A: Scope.MARKING, _O: Scope.ALL},
    Action.MARK_PRESENT_2019: {_L: Scope.ROOM},
    Action.SUBMIT: {_P: Scope.COURSE, _A: Scope.SUBMITTING},
    Action.REOPEN: {_P: Scope.COURSE, _O: Scope.REASON},
    Action.DISCARD: {_P: Scope.COURSE},
    Action.SEND_PICTURE: {_P: Scope.WINDOW, _A: Scope.WINDOW, _D: Scope.ROOM, _L: Scope.ROOM},
    Action.READ_ZONES: {_P: Scope.COURSE, _A: Scope.COURSE, _O: Scope.ALL, _ADMIN: Scope.ALL, _D: Scope.ROOM},
    Action.SEE_PICTURE: {_P: Scope.COURSE, _A: Scope.MARKING},
    Action.VETO: {_P: Scope.COURSE, _A: Scope.MARKING},
    Action.OPEN_BY_PICTURE: {_P: Scope.WINDOW, _A: Scope.WINDOW, _D: Scope.ROOM},
    Action.VERIFY: {_D: Scope.ROOM},
    Action.READ_REPORT: {_P: Scope.COURSE, _A: Scope.COURSE, _O: Scope.REASON},
    Action.DOWNLOAD: {_P: Scope.COURSE_REASON, _O: Scope.REASON},
    Action.CHANGE_PLAN: {_P: Scope.COURSE, _O: Scope.ALL, _ADMIN: Scope.ALL},
    Action.CHANGE_CALENDAR: {_O: Scope.ALL, _ADMIN: Scope.ALL},
    Action.IMPORT_ROSTER: {_A: Scope.ROSTERS, _O: Scope.ALL, _ADMIN: Scope.ALL},
    Action.ADD_PHOTOGRAPHS: {_S: Scope.OWN, _O: Scope.ALL, _ADMIN: Scope.ALL},
    Action.READ_OWN: {_S: Scope.OWN},
    Action.GIVE_CONSENT: {_S: Scope.OWN},
    Action.RECORD_CONSENT: {_O: Scope.ALL},
    Action.READ_CONSENTS: {_S: Scope.OWN, _O: Scope.ALL, _PRIVACY: Scope.ALL},
    Action.WITHDRAW_CONSENT: {_S: Scope.OWN, _PRIVACY: Scope.ALL},
    Action.ERASE: {_S: Scope.OWN, _O: Scope.ALL, _ADMIN: Scope.ALL, _PRIVACY: Scope.ALL},
    Action.FILE_APPEAL: {_S: Scope.OWN},
    Action.READ_APPEALS: {_P: Scope.COURSE, _A: Scope.COURSE, _S: Scope.OWN, _O: Scope.ALL, _PRIVACY: Scope.ALL},
    Action.PREPARE_APPEAL: {_P: Scope.COURSE, _A: Scope.COURSE},
    Action.ANSWER_APPEAL: {_P: Scope.COURSE},
    Action.REQUEST_ABSENCE: {_S: Scope.OWN},
    Action.ANSWER_ABSENCE: {_P: Scope.COURSE, _O: Scope.ALL},
    Action.MANAGE_USERS: {_ADMIN: Scope.ALL},
    Action.MANAGE_STAFF: {_O: Scope.ALL, _ADMIN: Scope.ALL},
    Action.MANAGE_DEVICES: {_ADMIN: Scope.ALL},
    Action.START_PAIRING: {_D: Scope.ALL},
    Action.APPROVE_PAIRING: {_P: Scope.COURSE, _A: Scope.COURSE},
    Action.READ_ACCESS_LOG: {_P: Scope.COURSE, _S: Scope.OWN, _PRIVACY: Scope.ALL},
    Action.MAINTAIN: {},
}

# What may still be delivered under a sign-in that is over: what was decided before its end.
DELIVERABLE: Final = frozenset({Action.OPEN_SESSION, Action.MARK, Action.EXCUSE, Action.SUBMIT, Action.REOPEN})


def authorise(
    principal: Principal, action: Action, *, course: str | None = None, student: str | None = None, why: str = ""
) -> None:
    """Let the action pass, or raise Unauthorised (who asks is not known) or Forbidden.

    course, student: whose it is about; None: nobody's in particular, which is more than any one's.
    """
    require_known(principal, action)
    if principal.kind is Kind.LOCAL:
        return
    scopes = set(_scopes(principal, action, course))
    held = {each for each in scopes if _holds(principal, each, course, student)}
    if held - _REASONED:
        return
    if not held:
        if course is None:
            raise Forbidden(ServerText.NOT_ALLOWED, who=principal.name)
        raise Forbidden(ServerText.NOT_ALLOWED_IN_COURSE, who=principal.name, course=course)
    if not why.strip():
        raise Forbidden(ServerText.REASON_NEEDED)


def authorise_somewhere(principal: Principal, action: Action) -> None:
    """As `authorise`, for what every one of their courses is asked at once, or a course that is not known yet."""
    require_known(principal, action)
    if not may_everywhere(principal, action) and not courses_for(principal, action):
        raise Forbidden(ServerText.NOT_ALLOWED, who=principal.name)


def may(principal: Principal, action: Action, *, course: str | None = None, student: str | None = None) -> bool:
    """Whether `authorise` lets it pass, with a reason where it asks one."""
    try:
        authorise(principal, action, course=course, student=student, why="as may be given")
    except (Unauthorised, Forbidden):
        return False
    return True


def may_everywhere(principal: Principal, action: Action) -> bool:
    """Whether it needs no course of theirs."""
    return principal.kind is Kind.LOCAL or not {Scope.ALL, Scope.REASON}.isdisjoint(_scopes(principal, action, None))


def courses_for(principal: Principal, action: Action) -> frozenset[str]:
    """The courses that are theirs to do it in; where it `may_everywhere`, that is more."""
    theirs = {each.course for each in principal.teaches} | principal.room_courses
    if principal.course_now is not None:
        theirs.add(principal.course_now)
    return frozenset(each for each in theirs if may(principal, action, course=each))


def require_known(principal: Principal, action: Action) -> None:
    """Raise Unauthorised for somebody who is not known, or whose sign-in is over."""
    if principal.kind is Kind.NOBODY:
        raise Unauthorised(ServerText.SIGN_IN_FIRST)
    if principal.ended is not None and action not in DELIVERABLE:
        raise Unauthorised(ServerText.SIGN_IN_OVER)


def _scopes(principal: Principal, action: Action, course: str | None) -> Iterator[Scope]:
    rule = RULES[action]
    for role, grants in principal.roles_in(course):
        scope = rule.get(role)
        if scope is not None and _GRANTED.get(scope, None) in {None, *grants}:
            yield scope


def _holds(principal: Principal, scope: Scope, course: str | None, student: str | None) -> bool:
    match scope:
        case Scope.ALL | Scope.REASON:
            return True
        case Scope.OWN:
            return student is not None and student == principal.student
        case Scope.ROOM:
            return course is not None and course in principal.room_courses
        case Scope.NOW:
            return course is not None and course == principal.course_now
        case Scope.WINDOW:
            return principal.window and course is not None
    return course is not None
