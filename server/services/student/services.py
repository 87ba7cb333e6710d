"""What a student's own pages and routes stand on."""

from dataclasses import dataclass

from server.domain.consents import Policy
from server.services.consent.decisions import Consents
from server.services.student.appeals import Appeals
from server.services.student.attendance import StudentAttendance


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentServices:
    attendance: StudentAttendance
    appeals: Appeals
    consents: Consents
    policy: Policy
