"""Which day and hour it is on campus. Times in are zone-aware; nothing here asks a clock."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

HOUR_WITHOUT_TIMETABLE = 1
"""The class hour that is on now in a course without a timetable: the one hour of the day's session."""


def campus_day(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day of `moment` (zone-aware) on campus: 08:55 in Seoul belongs to that day, not to UTC's."""
    return moment.astimezone(zone).date()
