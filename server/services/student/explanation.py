"""Say in sentences how an hour of a student came about."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from protocol.sentences import Sentence, sentence
from server.domain.attendance import Source, State
from server.domain.evidence import Proposal
from server.domain.rules import Rules
from server.domain.sessions import SessionState
from server.services.student.attendance import OwnHour
from server.services.student.texts import StudentText

_FROM: Final = {
    Source.CAMERA: StudentText.BY_CAMERA,
    Source.PROFESSOR: StudentText.BY_PROFESSOR,
    Source.ROLL_CALL: StudentText.BY_ROLL_CALL,
    Source.IMPORT: StudentText.BY_IMPORT,
    Source.LEGACY: StudentText.BY_LEGACY,
    Source.COPIED: StudentText.BY_COPY,
}


def explanation(hour: OwnHour, zone: ZoneInfo) -> list[Sentence]:
    """What stands and from where, what the camera had proposed, and the rule that applies."""
    return [*_standing(hour), *_seen(hour.proposal, zone), *_rule(hour.state, hour.rules)]


def _standing(hour: OwnHour) -> Iterator[Sentence]:
    if hour.overdue:
        yield sentence(StudentText.OVERDUE)
    elif hour.session_state is SessionState.DRAFT:
        yield sentence(StudentText.MAY_CHANGE)
    if hour.state is State.NOT_TAKEN:
        yield sentence(StudentText.NOT_TAKEN)
    elif hour.state is State.NOT_VISIBLE:
        yield sentence(StudentText.NOT_VISIBLE)
    if hour.last is not None:
        yield sentence(_FROM[hour.last.source])


def _seen(proposal: Proposal | None, zone: ZoneInfo) -> Iterator[Sentence]:
    if proposal is None:
        return
    yield sentence(StudentText.PROPOSED, state=proposal.state.value)
    if not proposal.seen or proposal.first_seen is None or proposal.last_seen is None:
        yield sentence(StudentText.NOT_SEEN, looks=proposal.looks)
    else:
        first, last = _clock(proposal.first_seen, zone), _clock(proposal.last_seen, zone)
        yield sentence(StudentText.SEEN, seen=proposal.seen, looks=proposal.looks, first=first, last=last)


def _rule(state: State, rules: Rules) -> Iterator[Sentence]:
    if state is State.LATE:
        yield sentence(StudentText.RULE_LATE, minutes=rules.late_minutes)
        if rules.lates_per_absence:
            yield sentence(StudentText.RULE_LATES, count=rules.lates_per_absence)
    elif state is State.LEFT_EARLY:
        yield sentence(StudentText.RULE_LEFT, pictures=rules.leave_pictures, minutes=rules.leave_minutes)
        if rules.leaves_per_absence:
            yield sentence(StudentText.RULE_LEAVES, count=rules.leaves_per_absence)
    elif state is State.ABSENT and rules.absent_minutes is not None:
        yield sentence(StudentText.RULE_ABSENT, minutes=rules.absent_minutes)
    elif state is State.EXCUSED:
        yield sentence(StudentText.RULE_EXCUSED)
    elif state is State.EXCUSED_ABSENCE:
        yield sentence(StudentText.RULE_EXCUSED_ABSENCE)


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}"
