"""OneRoster 1.1 and 1.2: students' enrolments with their days are read; what points nowhere is told by line."""

import io
import zipfile
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import BadRequest, TooLarge
from server.services.rosters import oneroster
from server.services.rosters.headings import Headings
from server.services.rosters.imports import ImportedRoster, read_rosters
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


def _read(data: bytes) -> ImportedRoster:
    return read_rosters([("oneroster.zip", data)], Headings())


def _problems(data: bytes) -> list[str]:
    with pytest.raises(BadRequest) as caught:
        _read(data)
    return [line.strip() for line in caught.value.text.splitlines()[1:]]


def test_a_students_enrolment_comes_with_number_name_class_code_and_days() -> None:
    row = RosterLine("201511041", "김하늘", "EA0017_1", date(2026, 9, 1), date(2026, 12, 19), "자료구조")
    assert _read(_zip()) == ImportedRoster([row], [], changes_only=False)


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
    roster = _read(_zip(enrollments=ENROLLMENTS + lines))
    assert [row.student for row in roster.rows] == ["201511041"]
    assert roster.unread == (
        "enrollments.csv line 3: user 'u7' is not in users.csv",
        "enrollments.csv line 4: class 'c8' is not in classes.csv",
    )
    assert _problems(_zip(enrollments=ENROLLMENTS + lines.removeprefix(ENROLLED))) == [
        "enrollments.csv line 2: user 'u7' is not in users.csv",
        "enrollments.csv line 3: class 'c8' is not in classes.csv",
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
            "enrollments.csv line 2: classes.csv line 3: another class of its term has the classCode 'EA0017_1' "
            "already",
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
    ],
)
def test_a_wrong_row_is_told_by_file_and_line(parts: dict[str, str], problem: str) -> None:
    assert _problems(_zip(**parts)) == [problem]


@pytest.mark.parametrize("name", ["manifest.csv", "users.csv", "classes.csv", "enrollments.csv"])
def test_a_missing_file_is_named(name: str) -> None:
    sentence = f"lacks {name} at the root"
    with pytest.raises(BadRequest, match=sentence):
        _read(_zip(without=name))


def test_files_in_a_folder_are_read_beside_what_a_mac_puts_into_the_zip() -> None:
    packed = io.BytesIO(_zip(root="export/"))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("__MACOSX/export/._users.csv", b"x")
        archive.writestr("__MACOSX/export/users.csv", b"x")
    assert [row.student for row in _read(packed.getvalue()).rows] == ["201511041"]
    with pytest.raises(BadRequest, match=r"lacks users\.csv in the folder 'export/'"):
        _read(_zip(root="export/", without="users.csv"))


def test_of_two_folders_with_the_files_neither_is_guessed() -> None:
    packed = io.BytesIO(_zip(root="a/"))
    with zipfile.ZipFile(packed, "a") as archive, zipfile.ZipFile(io.BytesIO(_zip(root="b/"))) as other:
        for name in other.namelist():
            archive.writestr(name, other.read(name))
    with pytest.raises(BadRequest, match="in the folders 'a/', 'b/': import each by itself"):
        _read(packed.getvalue())


def _days(data: bytes) -> list[tuple[str, date | None, date | None]]:
    return [(row.student, row.begins, row.ends) for row in _read(data).rows]


BACK = "e2,,,c1,school,u1,student,,2027-01-11,\n"


def test_who_left_and_came_back_has_two_spans() -> None:
    assert _days(_zip(enrollments=ENROLLMENTS + BACK + ENROLLED)) == [
        ("201511041", date(2026, 9, 1), date(2026, 12, 19)),
        ("201511041", date(2027, 1, 11), None),
    ]


@pytest.mark.parametrize(
    "more", [ENROLLED, "e2,,,c1,school,u1,student,,2026-10-01,2026-11-01\n", "e2,,,c1,school,u1,student,,,2026-10-01\n"]
)
def test_lines_about_the_same_days_are_one_span(more: str) -> None:
    ((_, _, ends),) = _days(_zip(enrollments=ENROLLMENTS + ENROLLED + more))
    assert ends == date(2026, 12, 19)


@pytest.mark.parametrize("status", ["tobedeleted", "inactive", "ToBeDeleted "])
def test_a_line_that_is_deleted_beside_one_that_holds_ends_nothing(status: str) -> None:
    gone = ENROLLED.replace("e1,", f"e0,{status}")
    roster = _read(_zip(enrollments=ENROLLMENTS + gone + ENROLLED + gone))
    assert ([row.student for row in roster.rows], roster.gone, roster.unread) == (["201511041"], [], ())


def test_an_inactive_line_is_deleted() -> None:
    roster = _read(_zip(enrollments=ENROLLMENTS + ENROLLED.replace("e1,", "e1,inactive")))
    assert (roster.rows, roster.gone) == ([], [("EA0017_1", "201511041")])


def test_one_number_under_two_accounts_is_one_student_by_the_first_name() -> None:
    second = "u2,,,true,school,student,haneul2,,Haneul,Kim,,201511041,,,,,,\n"
    lines = ENROLLED + ENROLLED.replace("e1", "e2").replace("u1", "u2")
    roster = _read(_zip(users=USERS_1_1 + HANEUL + second, enrollments=ENROLLMENTS + lines))
    assert [(row.student, row.name) for row in roster.rows] == [("201511041", "김하늘")]
    assert roster.remarks == (
        "enrollments.csv line 3: student 201511041 has another name in enrollments.csv line 2, and that one is taken",
    )


def test_an_account_that_is_deleted_does_not_end_what_the_other_holds() -> None:
    second = HANEUL.replace("u1,", "u2,tobedeleted")
    lines = ENROLLED.replace("e1", "e2").replace("u1", "u2") + ENROLLED
    roster = _read(_zip(users=USERS_1_1 + HANEUL + second, enrollments=ENROLLMENTS + lines))
    assert ([row.student for row in roster.rows], roster.gone) == (["201511041"], [])


TERMS = (
    "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n"
    "term1,,,봄,term,2026-03-02,2026-06-19,,2026\nterm2,,,가을,term,2026-09-01,2026-12-18,,2026\n"
)
AUTUMN = CLASS.replace("c1,", "c2,").replace("term1", "term2")
BOTH = "e1,,,c1,school,u1,student,,,\ne2,,,c2,school,u1,student,,,\n"


def test_a_code_of_two_terms_is_a_class_in_each() -> None:
    data = _zip(classes=CLASSES + CLASS + AUTUMN, academicSessions=TERMS, enrollments=ENROLLMENTS + BOTH)
    assert _days(data) == [
        ("201511041", date(2026, 3, 2), date(2026, 6, 20)),
        ("201511041", date(2026, 9, 1), date(2026, 12, 19)),
    ]


def test_a_code_of_two_terms_without_days_is_told_by_line_and_the_rest_is_read() -> None:
    roster = _read(_zip(classes=CLASSES + CLASS + AUTUMN, enrollments=ENROLLMENTS + BOTH))
    assert len(roster.rows) == 1
    (told,) = roster.unread
    assert told.startswith("enrollments.csv line 3: classes.csv line 3: a class of another term has the classCode")


def test_a_deleted_class_does_not_hold_its_code() -> None:
    deleted = CLASS.replace("c1,,", "c0,tobedeleted,")
    assert [row.course for row in _read(_zip(classes=CLASSES + deleted + CLASS)).rows] == ["EA0017_1"]


def test_files_that_a_spreadsheet_saved_again_are_read() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, zipfile.ZipFile(io.BytesIO(_zip())) as old:
        for name in old.namelist():
            archive.writestr(name, old.read(name).decode().encode("cp949"))
    assert [row.name for row in _read(packed.getvalue()).rows] == ["김하늘"]


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


def test_files_that_would_fill_the_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadRequest, match=r"users\.csv has a line of more than 100000 letters"):
        _read(_zip(users=USERS_1_1 + "," * 200_000))
    monkeypatch.setattr(oneroster, "MAX_LINES", 4)
    with pytest.raises(TooLarge, match=r"enrollments\.csv has more than 4 lines"):
        _read(_zip(enrollments=ENROLLMENTS + ENROLLED * 5))
