"""Roster files: what offices export is read; what is wrong is reported by line, and then nothing is imported."""

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import BadRequest, TooLarge
from server.services.rosters import imports as roster
from server.services.rosters.headings import Headings, read_map
from server.services.rosters.imports import read_rosters
from server.store import RosterLine
from tables import delimited

HEADER = "student_id,name,course_code\n"
ROW_FIELDS = ("201511041", "김 가나", "EA0017_1")
ROW = RosterLine(*ROW_FIELDS)


def _rows(data: bytes, headings: Headings | None = None) -> list[RosterLine]:
    return read_rosters([("roster.csv", data)], headings or Headings()).rows


def _problems(text: str) -> str:
    with pytest.raises(BadRequest) as caught:
        _rows(text.encode())
    return caught.value.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le", "utf-16-be"])
def test_utf8_with_and_without_bom_utf16_and_cp949_are_read(encoding: str) -> None:
    text = HEADER + "201511041,김 가나,EA0017_1\r\n"
    assert _rows(text.encode(encoding)) == [ROW]


def test_columns_may_stand_in_any_order_beside_others() -> None:
    text = "Course_Code, grade ,NAME,student_id\nEA0017_1,3,김 가나,201511041\n"
    assert _rows(text.encode()) == [ROW]


def test_blank_lines_and_lines_of_commas_alone_are_passed_over() -> None:
    text = f"\r\n{HEADER}\r\n  \r\n201511041,김 가나,EA0017_1\r\n,,\r\n"
    assert _rows(text.encode()) == [ROW]


def test_quoted_fields_may_hold_commas_quotes_and_new_lines() -> None:
    text = HEADER + '201511041,"Kim, ""Ga""\r\nna",EA0017_1\r\n'
    assert _rows(text.encode()) == [RosterLine("201511041", 'Kim, "Ga" na', "EA0017_1")]


def test_names_are_composed_and_white_space_around_fields_goes() -> None:
    decomposed = unicodedata.normalize("NFD", "김 가나")
    assert decomposed != "김 가나"
    text = f"{HEADER} 201511041 , {decomposed}\t, EA0017_1 \n"
    assert _rows(text.encode()) == [ROW]


def test_a_student_of_two_courses_and_numbers_of_any_form_are_fine() -> None:
    text = HEADER + "a_1.B-7,Kim,C1\na_1.B-7,Kim,C2\nA_1.B-7,Lee,C1\n"
    assert [(row.student, row.course) for row in _rows(text.encode())] == [
        ("a_1.B-7", "C1"),
        ("a_1.B-7", "C2"),
        ("A_1.B-7", "C1"),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (",Kim,C1", "student_id is missing"),
        ("1, ,C1", "name is missing"),
        ("1,Kim,", "course_code is missing"),
        ("1,Kim", "it has 2 fields, the header 3"),
        ("1,Kim, Ga,C1", "it has 4 fields, the header 3; a name with a comma stands in double quotes"),
        ("1" * 33 + ",Kim,C1", "student_id has 33 characters, at most 32 are possible"),
        ("1,Kim," + "c" * 33, "course_code has 33 characters, at most 32 are possible"),
        ("1," + "k" * 101 + ",C1", "name has 101 characters, at most 100 are possible"),
        ("2015 11041,Kim,C1", "student_id '2015 11041' holds white space or control characters"),
        ("1\x0041,Kim,C1", "student_id '1\\x0041' holds white space or control characters"),
        ("\u200b,Kim,C1", "student_id is missing"),
        ("1,K\x07im,C1", "name holds control characters"),
        (
            "2.01511E+08,Kim,C1",
            "student_id 2.01511E+08 is a number that a spreadsheet has shortened: format the column as",
        ),
        (
            "201511041.0,Kim,C1",
            "student_id 201511041.0 is a number to which a spreadsheet has added decimals: format the",
        ),
        ("-201511041,Kim,C1", "student_id -201511041 is a number below zero: format the"),
        ("'201511041,Kim,C1", "student_id '201511041 is a number before which a spreadsheet's mark for text was left"),
        (
            '="201511042",Kim,C1',
            'student_id ="201511042" is a number that was written as a spreadsheet\'s formula: format',
        ),
        ('"=""201511042""",Kim,C1', 'student_id ="201511042" is a number that was written as a spreadsheet\'s formula'),
        ('1,"Kim"x,C1', "it is not CSV"),
        ('1,"Kim,C1', "it is not CSV"),
    ],
)
def test_a_wrong_line_is_reported_with_its_number(line: str, problem: str) -> None:
    text = _problems(f"{HEADER}7,Park,C1\n{line}\n")
    assert "  line 3: " in text
    assert problem in text


def test_a_line_with_several_mistakes_is_one_line_of_the_list() -> None:
    assert _problems(HEADER + ",,C1\n").endswith(":\n  line 2: student_id is missing; name is missing")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_header_says_what_separates_the_fields(separator: str) -> None:
    text = HEADER.replace(",", separator) + separator.join(ROW_FIELDS) + "\r\n"
    assert _rows(text.encode()) == [ROW]
    wrong = HEADER.replace(",", separator) + separator.join(["1", "Kim", "Ga", "C1"])
    assert "; a name with a " in _problems(wrong)


def test_a_comma_in_a_name_does_not_make_a_file_with_semicolons_one_with_commas() -> None:
    text = "student_id;name;course_code\r\n1;Kim, Ga, Na;C1\r\n"
    assert _rows(text.encode()) == [RosterLine("1", "Kim, Ga, Na", "C1")]


@pytest.mark.parametrize("first", ["sep=,\r\n", "sep=,\n", '"sep=,",,\r\n'])
def test_a_line_that_tells_spreadsheets_the_separator_is_passed_over_and_counted(first: str) -> None:
    assert _rows(f"{first}{HEADER}201511041,김 가나,EA0017_1\n".encode("utf-8-sig")) == [ROW]
    assert _problems(f"{first}{HEADER},Kim,C1\n").endswith("\n  line 3: student_id is missing")


@pytest.mark.parametrize("header", ["학번,이름,과목코드", "성명;학수번호;학번", "교과목코드,학년,학번,성 명"])
def test_korean_headings_are_known(header: str) -> None:
    fields = {"학번": "201511041", "이름": "김 가나", "성명": "김 가나", "성 명": "김 가나", "학년": "3"}
    separator = ";" if ";" in header else ","
    line = separator.join(fields.get(name, "EA0017_1") for name in header.split(separator))
    assert _rows(f"{header}\n{line}\n".encode("cp949")) == [ROW]


def test_a_line_after_a_field_of_several_lines_has_its_number_in_the_file() -> None:
    text = _problems(HEADER + '7,"Park\n\nNa",C1\n\n,Kim,C1\n')
    assert text.endswith("\n  line 6: student_id is missing")


def test_the_same_line_twice_is_nothing() -> None:
    rows = _rows(f"{HEADER}1,Kim,C1\n1,Kim,C2\n １ ,Kim,C1\n".encode())
    assert rows == [RosterLine("1", "Kim", "C1"), RosterLine("1", "Kim", "C2")]


def test_the_same_student_twice_in_a_course_under_two_names_is_reported_with_the_first_line() -> None:
    text = _problems(HEADER + "1,Kim,C1\n1,Kim,C2\n1,Lee,C1\n")
    assert "line 4: student 1 is in course C1 already, in line 2; student 1 has another name in line 2" in text


def test_a_header_that_is_said_again_is_no_student() -> None:
    assert _rows(f"{HEADER}1,Kim,C1\n\n{HEADER}2,Lee,C1\n".encode()) == [
        RosterLine("1", "Kim", "C1"),
        RosterLine("2", "Lee", "C1"),
    ]


def test_numbers_codes_and_names_that_look_alike_are_one_and_it_is_told() -> None:
    text = (
        f"{HEADER}２０１５１１０４１,김\u200b가나,ＥＡ００１７＿１\n2026–002,박\u3164서준,CSE\u2011101\n"
        "3,\u0639\u0644\u06cc\u200c\u0631\u0636\u0627,C\u00a0\n"
    )
    roster = read_rosters([("a.csv", text.encode())], Headings())
    assert roster.rows == [
        RosterLine("201511041", "김가나", "EA0017_1"),
        RosterLine("2026-002", "박서준", "CSE-101"),
        RosterLine("3", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "C"),
    ]
    assert roster.remarks == (
        "line 2: student_id ２０１５１１０４１ is read as 201511041",
        "line 2: course_code ＥＡ００１７＿１ is read as EA0017_1",
        "line 2: the name holds letters that nobody sees, which were left out",
        "line 3: student_id 2026\\u2013002 is read as 2026-002",
        "line 3: course_code CSE\\u2011101 is read as CSE-101",
        "line 3: the name holds letters that nobody sees, which were left out",
    )


@pytest.mark.parametrize(
    "code",
    [
        "1-Mar",
        "01-mar-26",
        "Mar-26",
        "2026-03-01",
        "2026/3/1",
        "2026. 3. 1.",
        "3/1/2026",
        "03월 01일",
        "3월1일",
        "2026년 3월",
        "2026-03-01 00:00",
    ],
)
def test_a_date_as_a_code_is_told_with_what_to_do(code: str) -> None:
    assert (
        f"line 2: course_code {code} is a date: a spreadsheet makes one of what is typed like 3-1; format"
        in _problems(f"{HEADER}1,Kim,{code}\n")
    )
    assert _rows("학번,성명\n1,Kim\n".encode(), Headings(course="3-1")) == [RosterLine("1", "Kim", "3-1")]


@pytest.mark.parametrize("code", ["3-1", "MAR-101", "1-May-A", "2026-001", "2026-13-01", "3/1", "EA0017_1"])
def test_a_code_that_is_no_date_is_taken(code: str) -> None:
    assert _rows(f"{HEADER}1,Kim,{code}\n".encode())[0].course == code


def test_a_student_with_two_names_is_reported_and_the_names_are_not_shown() -> None:
    text = _problems(HEADER + "1,Kim,C1\n1,Lee,C2\n")
    assert "line 3: student 1 has another name in line 2" in text
    assert "Kim" not in text
    assert "Lee" not in text


def test_all_mistakes_are_counted_and_the_first_twenty_shown() -> None:
    text = _problems(HEADER + "1,,C1\n" * 25)
    assert text.count("\n") == 21
    assert text.endswith("… and 5 more")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (HEADER.encode(), "holds no student"),
        (b"student_id,name\n1,Kim\n", "course_code is not there once"),
        (b"student_id,name,course_code,name\n", "name is not there once"),
        (
            b"student_id;name;code\n",
            "separated by commas, semicolons or tabs; in line 1 course_code is not there once. "
            "It names 'student_id', 'name', 'code'",
        ),
        (b"student_id name course_code\n", "It names 'student_id name course_code'"),
        (b'"student_id"x,name,course_code\n', "line 1 cannot be read"),
        (b"PK\x03\x04\x14\x00", "is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1", 'spreadsheet of the old kind .* save it as .xlsx or as "CSV UTF-8'),
        (b"<html><table><tr><td>student_id</td></tr></table>", "is a web page"),
        (b"\xff\xff\x00", "neither UTF-8 nor UTF-16 nor cp949"),
    ],
)
def test_a_file_that_is_no_roster_says_what_is_wrong(data: bytes, sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence):
        _rows(data)


def test_a_file_over_the_limit_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "MAX_ROSTER_BYTES", 40)
    with pytest.raises(TooLarge, match="at most 40 are read"):
        _rows(HEADER.encode() + b"1,Kim,C1\n2,Lee,C1\n")


def test_a_file_with_more_lines_than_any_university_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_LINES", 2)
    assert len(_rows(HEADER.encode() + b"1,Kim,C1\n2,Lee,C1\n")) == 2
    with pytest.raises(TooLarge, match="more than 2 lines"):
        _rows(HEADER.encode() + b"1,Kim,C1\n2,Lee,C1\n3,Cho,C1\n")


def test_a_header_of_millions_of_fields_is_refused() -> None:
    with pytest.raises(BadRequest, match="cannot be read: it has 1000001 fields"):
        _rows(b"," * 1_000_000)


def test_lines_above_the_header_are_passed_over_and_counted() -> None:
    title = '2026학년도 2학기,"수강생 ""명단""",\r\n출력일 2026-09-01,,\r\n\r\n'
    text = f"{title}순번,학번,성명,학수번호\r\n1,201511041,김 가나,EA0017_1\r\n"
    assert _rows(text.encode("cp949")) == [ROW]
    assert _problems(f"{text}2,,이나다,EA0017_1\r\n").endswith("\n  line 6: student_id is missing")


def test_a_header_that_is_broken_into_lines_is_found() -> None:
    assert _rows('명단,,\n"학\n번",성명,학수번호\n201511041,김 가나,EA0017_1\n'.encode()) == [ROW]


def test_a_header_below_twenty_lines_is_not_looked_for() -> None:
    with pytest.raises(BadRequest, match="first 20 lines must name"):
        _rows(("제목,,\n" * 20 + HEADER + "1,Kim,C1\n").encode())


def test_sums_and_notes_below_the_list_are_passed_over() -> None:
    text = "순번,학번,성명,학수번호\n1,201511041,김 가나,EA0017_1\n총 1명,,,\n"
    assert _rows(text.encode()) == [ROW]


def test_headings_can_be_told() -> None:
    text = "수강생번호,학번,성명,강의\n201511041,x,김 가나,EA0017_1\n"
    headings = Headings(read_map(["수강생번호=student_id", "강 의 = course_code"]))
    assert _rows(text.encode(), headings) == [ROW]


def test_a_heading_that_was_told_and_is_not_there_is_named() -> None:
    with pytest.raises(BadRequest, match=r"columns 교번, name \(or 이름.* in line 1 student_id is not there once"):
        _rows(HEADER.encode() + b"1,Kim,C1\n", Headings(read_map(["교번=student_id"])))


@pytest.mark.parametrize("text", ["학번", "=student_id", "학번=number", "학번="])
def test_a_map_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="write HEADING=COLUMN"):
        read_map([text])


def test_two_headings_for_one_column_are_refused() -> None:
    with pytest.raises(BadRequest, match="Two headings are said to be the column name"):
        read_map(["성명=name", "이름=name"])


def test_the_course_can_be_told_where_no_column_says_it() -> None:
    assert _rows("학번,성명\n201511041,김 가나\n".encode(), Headings(course="EA0017_1")) == [ROW]


def test_the_course_that_was_told_stands_over_the_column_of_a_list_of_one_course() -> None:
    text = "학번,성명,학수번호,분반\n201511041,김 가나,EA0017,1\n"
    assert _rows(text.encode(), Headings(course="EA0017_1")) == [ROW]
    with pytest.raises(BadRequest, match="line 3: it is of course EA0018, others of EA0017, so --course cannot be"):
        _rows((text + "201511042,이나다,EA0018,1\n").encode(), Headings(course="EA0017_1"))


def test_files_are_read_together_and_their_mistakes_told_by_file_and_line() -> None:
    files = [("a.csv", HEADER.encode() + b"1,Kim,C1\n"), ("b.csv", HEADER.encode() + b"1,Lee,C2\n2,,C2\n1,Kim,C1\n")]
    with pytest.raises(BadRequest) as caught:
        read_rosters(files, Headings())
    assert caught.value.text.splitlines()[1:] == [
        "  b.csv, line 2: student 1 has another name in a.csv, line 2: give both lines one name, or put the "
        "number right",
        "  b.csv, line 3: name is missing",
    ]


def test_of_several_files_the_one_that_cannot_be_read_is_named() -> None:
    files = [("a.csv", HEADER.encode() + b"1,Kim,C1\n"), ("b.csv", b"")]
    with pytest.raises(BadRequest, match=r"^b\.csv: The roster is empty"):
        read_rosters(files, Headings())


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: (HEADER + text).encode("utf-8"))))
def test_any_bytes_are_rows_or_a_refusal(data: bytes) -> None:
    with suppress(BadRequest):
        assert _rows(data)
