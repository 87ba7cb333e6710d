"""The lists of a trial's campus. As a program it brings them in by the code that PYTHONPATH names, an older one too.

`lists.py DATABASE KEY_FILE ZONE COURSE=ADDRESS...` prints the token of the professor who is signed in.
"""

import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from server.access import Role
from server.services.class_day.courses import Courses
from server.services.identity.secrets import hash_of, new_secret, token_text
from server.services.plans.course_file import read_course_toml
from server.store import RosterLine, StaffEntry, Store, open_store

ROOMS: Final = 8
# One student of each has a photograph: who is named in a picture of both tells whose list it was compared with.
COURSES: Final = {"ea0017_1": "201511041", "ea0018_1": "201511042"}
COURSE: Final = next(iter(COURSES))
DEVICE, PROFESSOR = "front", "prof.kim"
FIRST_STUDENT: Final = 202000000
PLAN: Final = 'room = "{room}"\ndevices = ["{device}"]\n[timetable]\n{day} = ["1 10:00-14:00"]\n'


def bring_in(store: Store, zone: ZoneInfo, rooms: dict[str, str]) -> str:
    """rooms: the address of each course's. The token of the professor, who has signed in on the window of a device."""
    now = datetime.now(UTC)
    here = now.astimezone(zone)
    lines = [RosterLine(str(FIRST_STUDENT + number), "학생", COURSE) for number in range(ROOMS)]
    lines += [RosterLine(student, "학생", course) for course, student in COURSES.items()]
    store.rosters.change(lines, at=now, by="office", day=here.date())
    courses = Courses(store, zone)
    for course, address in rooms.items():
        plan = PLAN.format(room=course, device=address, day=f"{here:%A}".lower())
        courses.set_plan(course, read_course_toml(plan.encode()), at=now, by="office")
    user = store.accounts.add(PROFESSOR, role="member", at=now, by="admin")
    entry = StaffEntry(COURSE, PROFESSOR, Role.PROFESSOR, frozenset(), now.date() - timedelta(days=30))
    store.accounts.add_staff(entry, at=now, by="office")
    device, secret = store.devices.register(DEVICE, COURSE, at=now, by="admin"), new_secret()
    until = now + timedelta(hours=2)
    number = store.devices.add_token(
        "pairing", hash_of(secret), device=device.id, user=user.id, expires_at=until, at=now
    )
    return token_text(number, secret)


if __name__ == "__main__":
    url, key_file, zone, *rooms = sys.argv[1:]
    with closing(open_store(url, key_file=Path(key_file))) as opened:
        print(bring_in(opened, ZoneInfo(zone), dict(each.split("=") for each in rooms)))
