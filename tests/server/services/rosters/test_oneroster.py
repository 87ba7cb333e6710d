"""OneRoster 1.1 and 1.2: students' enrolments with their days are read; what points nowhere is told by line."""

import io
import zipfile
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import BadRequest
from server.services.rosters.headings import Headings
from server.services.rosters.imports import Roster, read_rosters
from server.store import RosterLine

MANIFEST = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.enrollments,bulk\n"
USERS_1_1 = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
)
USERS_1_2 = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,"
    "preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n"
)
CLASSES = (
    "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
    "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\n"
)
ENROLLMENTS = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"
)
HANEUL = "u1,,,true,school,student,haneul,,하늘,김,,201511041,,,,,,\n"
TEACHER = "u9,,,true,school,teacher,prof,,Grace,Hopper,,P9,,,,,,\n"
CLASS = "c1,,,자료구조,,course1,EA0017_1,scheduled,,school,term1,,,\n"
ENROLLED = "e1,,,c1,school,u1,student,false,2026-09-01,2026-12-19\n"


def _zip(*, root: str = "", without: str = "", **parts: str) -> bytes:
    files = {
        "manifest.csv": MANIFEST,
        "users.csv": USERS_1_1 + HANEUL + TEACHER,
        "classes.csv": CLASSES + CLASS,
        "enrollments.csv": ENROLLMENTS + ENROLLED,
    } | {f"{name}.csv": text for name, text in parts.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            if name != without:
                archive.writestr(root + name, text)
    return packed.getvalue()


def _read(data: bytes) -> Roster:
    return read_rosters([("oneroster.zip", data)], Headings())


def _problems(data: bytes) -> list[str]:
    with pytest.raises(BadRequest) as caught:
        _read(data)
    return [line.strip() for line in caught.value.text.splitlines()[1:]]


def test_a_students_enrolment_comes_with_number_name_class_code_and_days() -> None:
    row = RosterLine("201511041", "김하늘", "EA0017_1", date(2026, 9, 1), date(2026, 12, 19), "자료구조")
    assert _read(_zip()) == Roster([row], [], changes_only=False)


@pytest.mark.parametrize(
    ("title", "read"),
    [("", ""), ("  Data \u00a0 Structures ", "Data Structures"), ("a\x07b", ""), ("가" * 300, "가" * 200)],
)
def test_a_title_never_keeps_a_roster_out(title: str, read: str) -> None:
    assert [row.title for row in _read(_zip(classes=CLASSES + CLASS.replace("자료구조", title))).rows] == [read]
    without = "sourcedId,classCode\nc1,EA0017_1\n"
    assert [row.title for row in _read(_zip(classes=without)).rows] == [""]


def test_version_1_2_needs_no_role_of_the_user() -> None:
    users = USERS_1_2 + "u1,,,true,haneul,,하늘,김,,201511041,,,,,,,,,,,,,\n"
    roles = (
        "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
        "userProfileSourcedId\nr1,,,u1,primary,student,,,school,\n"
    )
    data = _zip(users=users, roles=roles, manifest=MANIFEST.replace("1.1", "1.2"))
    assert [row.student for row in _read(data).rows] == ["201511041"]


def test_a_byte_order_mark_and_other_orders_of_columns_are_fine() -> None:
    users = "\ufeffidentifier,familyName,givenName,sourcedId,extra\r\n201511041,Kim,Haneul,u1,x\r\n"
    assert _read(_zip(users=users)).rows[0].name == "Haneul Kim"


def test_only_students_are_enrolled() -> None:
    others = "".join(f"e{role},,,c1,school,u9,{role},,,\n" for role in ("teacher", "administrator", "proctor"))
    assert len(_read(_zip(enrollments=ENROLLMENTS + others + ENROLLED)).rows) == 1


def test_days_that_are_not_said_stay_open() -> None:
    row = _read(_zip(enrollments=ENROLLMENTS + "e1,,,c1,school,u1,student,,,\n")).rows[0]
    assert (row.begins, row.ends) == (None, None)


def test_a_class_without_a_code_goes_by_the_senders_own() -> None:
    data = _zip(classes=CLASSES + CLASS.replace("EA0017_1", ""))
    assert _read(data).rows[0].course == "c1"


def test_rows_that_point_nowhere_are_told_by_file_and_line() -> None:
    lines = ENROLLED + "e2,,,c1,school,u7,student,,,\n" + "e3,,,c8,school,u1,student,,,\n"
    assert _problems(_zip(enrollments=ENROLLMENTS + lines)) == [
        "enrollments.csv line 3: user 'u7' is not in users.csv",
        "enrollments.csv line 4: class 'c8' is not in classes.csv",
    ]


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        (
            {"users": USERS_1_1 + HANEUL.replace("201511041", "")},
            "enrollments.csv line 2: users.csv line 2: the student has no identifier, where the student number "
            "should stand",
        ),
        (
            {"classes": CLASSES + CLASS.replace("c1", "c0") + CLASS},
            "enrollments.csv line 2: classes.csv line 3: another class has the classCode 'EA0017_1' already",
        ),
        (
            {"enrollments": ENROLLMENTS + ENROLLED.replace("2026-09-01", "1.9.2026")},
            "enrollments.csv line 2: beginDate '1.9.2026' is not a day like 2026-09-01",
        ),
        (
            {"enrollments": ENROLLMENTS + ENROLLED.replace("2026-12-19", "2026-09-01")},
            "enrollments.csv line 2: endDate 2026-09-01 is not after beginDate 2026-09-01",
        ),
        (
            {"users": USERS_1_1 + HANEUL.replace("201511041", "2015 11041")},
            "enrollments.csv line 2: student_id '2015 11041' holds white space or control characters",
        ),
        (
            {"enrollments": ENROLLMENTS + ENROLLED + ENROLLED},
            "enrollments.csv line 3: student 201511041 is in course EA0017_1 already, in enrollments.csv line 2",
        ),
    ],
)
def test_a_wrong_row_is_told_by_file_and_line(parts: dict[str, str], problem: str) -> None:
    assert _problems(_zip(**parts)) == [problem]


@pytest.mark.parametrize("name", ["manifest.csv", "users.csv", "classes.csv", "enrollments.csv"])
def test_a_missing_file_is_named(name: str) -> None:
    sentence = f"lacks {name} at the root"
    with pytest.raises(BadRequest, match=sentence):
        _read(_zip(without=name))


def test_files_in_a_folder_of_the_zip_are_no_oneroster() -> None:
    with pytest.raises(BadRequest, match=r"enrollments\.csv is not at its root"):
        _read(_zip(root="export/"))


@pytest.mark.parametrize(
    ("part", "text", "sentence"),
    [
        ("users", USERS_1_1.replace("identifier", "Identifier") + HANEUL, "users.csv has no column identifier"),
        ("classes", "", "classes.csv has no column sourcedId, classCode"),
        ("enrollments", ENROLLMENTS + 'e1,"x\n', "enrollments.csv is not CSV in UTF-8"),
        ("manifest", MANIFEST.replace("1.1", "2.0"), "says OneRoster version '2.0'; 1.1 and 1.2 can be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(part: str, text: str, sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence):
        _read(_zip(**{part: text}))


@pytest.mark.parametrize("part", ["enrollments", "users", "classes"])
def test_what_its_sender_has_deleted_is_gone_and_not_enrolled(part: str) -> None:
    text = {
        "enrollments": ENROLLMENTS + ENROLLED.replace("e1,", "e1,tobedeleted"),
        "users": USERS_1_1 + HANEUL.replace("u1,", "u1,tobedeleted"),
        "classes": CLASSES + CLASS.replace("c1,", "c1,tobedeleted"),
    }[part]
    roster = _read(_zip(**{part: text}))
    assert (roster.rows, roster.gone) == ([], [("EA0017_1", "201511041")])


def test_files_of_changes_say_that_they_are() -> None:
    assert _read(_zip(manifest=MANIFEST.replace("bulk", "delta"))).changes_only


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["manifest", "users", "classes", "enrollments"]), st.text(max_size=60), st.booleans())
def test_any_text_in_any_file_is_an_enrolment_or_a_refusal(part: str, text: str, below: bool) -> None:
    whole = {"manifest": MANIFEST, "users": USERS_1_1 + HANEUL, "classes": CLASSES + CLASS, "enrollments": ENROLLMENTS}
    with suppress(BadRequest):
        _read(_zip(**{part: (whole[part] if below else "") + text}))
