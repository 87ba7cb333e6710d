"""What a student's own pages and routes stand on."""

from dataclasses import dataclass

from server.domain.consents import Policy
from server.services.consent.decisions import Consents
from server.services.student.absences import Absences
from server.services.student.appeals import Appeals
from server.services.student.attendance import StudentAttendance
from server.services.student.stored import StoredData


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentServices:
    attendance: StudentAttendance
    appeals: Appeals
    absences: Absences
    stored: StoredData
    consents: Consents
    policy: Policy
