"""Rosters of .xlsx: what spreadsheets and offices' systems write is read; what is damaged or too much is refused."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import BadRequest, TooLarge
from server.services.rosters.headings import Headings
from server.services.rosters.imports import read_rosters
from server.store import RosterLine
from tables.archives import MAX_UNPACKED_BYTES
from tables.xlsx import cells, xml_parts

HEADER = ("학번", "성명", "학수번호")
ROW = RosterLine("201511041", "김하늘", "EA0017_1")


def _book(*rows: tuple[Any, ...], change: Callable[[Any], None] = lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "명단"
    for row in rows:
        book.active.append(row)
    change(book)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _rows(data: bytes, headings: Headings | None = None) -> list[RosterLine]:
    return read_rosters([("roster.xlsx", data)], headings or Headings()).rows


def _repacked(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return packed.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def _with_shared_strings() -> bytes:
    """The same list as spreadsheets write it: texts in a part of their own, a bare number, no styles."""
    texts = [*HEADER, "김하늘", "C1"]
    cells = [
        "".join(f'<c t="s"><v>{number}</v></c>' for number in range(3)),
        '<c><v>201511041</v></c><c t="s"><v>3</v></c><c t="s"><v>4</v></c>',
    ]
    schemas = "http://schemas.openxmlformats.org"
    main, package = f"{schemas}/spreadsheetml/2006/main", f"{schemas}/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    office = f"{schemas}/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(
            f'<Override PartName="/xl/{name}.xml" ContentType="{kind}{what}+xml"/>'
            for name, what in (
                ("workbook", "sheet.main"),
                ("worksheets/sheet1", "worksheet"),
                ("sharedStrings", "sharedStrings"),
            )
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="r{number}" Type="{office}/{what}" Target="{target}"/>'
            for number, what, target in (
                (1, "worksheet", "worksheets/sheet1.xml"),
                (2, "sharedStrings", "sharedStrings.xml"),
            )
        )
        + "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="명단" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{"".join(f"<si><t>{each}</t></si>" for each in texts)}</sst>',
        SHEET: f'<worksheet xmlns="{main}"><sheetData>'
        + "".join(f"<row>{row}</row>" for row in cells)
        + "</sheetData></worksheet>",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return packed.getvalue()


def test_texts_in_a_part_of_their_own_and_cells_without_places_are_read() -> None:
    assert _rows(_with_shared_strings()) == [RosterLine("201511041", "김하늘", "C1")]


def test_numbers_stored_as_numbers_keep_their_digits() -> None:
    data = _book(HEADER, (201511041, "김하늘", "EA0017_1"), (201511042.0, "이바다", 17))
    assert _rows(data) == [ROW, RosterLine("201511042", "이바다", "17")]


def test_zeros_before_a_number_that_its_format_shows_are_kept() -> None:
    def format_number(book: Any) -> None:
        book.active["A2"].number_format = "000000000"

    assert _rows(_book(HEADER, (17041, "김하늘", "C1"), change=format_number))[0].student == "000017041"


@pytest.mark.parametrize(
    ("code", "number"),
    [("000000000;@", "000017041"), ("0000-00000", "0000-17041"), ('"20"0000000', "200017041"), ("#,##0", "17041")],
)
def test_digits_that_any_format_shows_are_kept(code: str, number: str) -> None:
    def format_number(book: Any) -> None:
        book.active["A2"].number_format = code

    assert _rows(_book(HEADER, (17041, "김하늘", "C1"), change=format_number))[0].student == number


def test_a_format_that_shows_other_than_the_digits_is_told_by_row() -> None:
    def format_number(book: Any) -> None:
        book.active["A2"].number_format = "0%"

    with pytest.raises(
        BadRequest, match=r"row 2: student_id 17041 is shown otherwise by its number format, '0%'; format"
    ):
        _rows(_book(HEADER, (17041, "김하늘", "C1"), change=format_number))


def test_a_date_as_a_code_is_told_by_row() -> None:
    with pytest.raises(
        BadRequest, match=r"row 2: course_code is a date, 2026-03-01: a spreadsheet makes one of .*; form"
    ):
        _rows(_book(HEADER, (201511041, "김하늘", date(2026, 3, 1))))
    assert _rows(_book((*HEADER, "생년월일"), (201511041, "김하늘", "EA0017_1", date(2006, 3, 1)))) == [ROW]


def test_merged_cells_say_the_same_in_each_row() -> None:
    data = _book(
        HEADER,
        (201511041, "김하늘", "EA0017_1"),
        (201511042, "이바다", None),
        (201511043, "박나무", None),
        change=lambda book: book.active.merge_cells("C2:C4"),
    )
    assert [row.course for row in _rows(data)] == ["EA0017_1"] * 3


def test_a_header_over_two_rows_and_a_merged_sum_are_no_students() -> None:
    def merge(book: Any) -> None:
        for cells_of_one in ("A1:A2", "B1:B2", "C1:D1", "A5:D5"):
            book.active.merge_cells(cells_of_one)

    data = _book(
        ("학번", "성명", "교과목", None),
        (None, None, "학수번호", "분반"),
        (201511041, "김하늘", "EA0017_1", 1),
        (201511042, "이바다", "EA0017_1", 1),
        (None, None, None, None, "총 2명"),
        change=merge,
    )
    assert [row.student for row in _rows(data)] == ["201511041", "201511042"]


def test_hidden_rows_are_not_read_and_that_is_told() -> None:
    def hide(book: Any) -> None:
        book.active.auto_filter.ref = "A1:C4"
        for row in (2, 4):
            book.active.row_dimensions[row].hidden = True
        book.active.merge_cells("C2:C4")

    rows = [(201511041 + number, "김하늘", "EA0017_1" if number == 0 else None) for number in range(3)]
    roster = read_rosters([("roster.xlsx", _book(HEADER, *rows, change=hide))], Headings())
    assert roster.rows == [RosterLine("201511042", "김하늘", "EA0017_1")]
    assert roster.unread == (
        "sheet '명단': 2 hidden rows were not read, as a filter leaves them; show all rows to import them too",
    )


def test_a_row_without_height_is_hidden() -> None:
    data = _repacked(
        _book(HEADER, (201511041, "김하늘", "EA0017_1"), (201511042, "이바다", "EA0017_1")),
        SHEET,
        lambda xml: xml.replace(b'<row r="3"', b'<row r="3" ht="0.0" customHeight="1"'),
    )
    assert _rows(data) == [ROW]


def _strict(data: bytes) -> bytes:
    def strict(xml: bytes) -> bytes:
        office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        return xml.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ).replace(office, b"http://purl.oclc.org/ooxml/officeDocument/relationships")

    for part in zipfile.ZipFile(io.BytesIO(data)).namelist():
        data = _repacked(data, part, strict)
    return data


def test_strict_open_xml_is_read() -> None:
    data = _strict(_book(HEADER, (201511041, "김하늘", "EA0017_1")))
    assert b"purl.oclc.org" in zipfile.ZipFile(io.BytesIO(data)).read("xl/workbook.xml")
    assert _rows(data) == [ROW]


def test_paths_that_windows_wrote_into_the_zip_are_read() -> None:
    packed = io.BytesIO()
    plain = io.BytesIO(_book(HEADER, (201511041, "김하늘", "EA0017_1")))
    with zipfile.ZipFile(packed, "w") as archive, zipfile.ZipFile(plain) as old:
        for name in old.namelist():
            info = zipfile.ZipInfo("x")
            info.filename = name.replace("/", "\\")
            archive.writestr(info, old.read(name))
    assert any("\\" in name for name in zipfile.ZipFile(packed).namelist())
    assert _rows(packed.getvalue()) == [ROW]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<fills", b"<fills><fill/></fills><fills"),
        (b"<fill><patternFill /></fill>", b"<fill/>"),
        (b"<fonts", b'<fonts><font><color rgb="#FF0000" /></font></fonts><fonts'),
        (b"<cellStyles", b'<dxfs><dxf><fill bogus="x"/></dxf></dxfs><cellStyles'),
    ],
)
def test_odd_looks_damage_no_list(old: bytes, new: bytes) -> None:
    data = _book(HEADER, (201511041, "김하늘", "EA0017_1"))
    odd = _repacked(data, "xl/styles.xml", lambda xml: xml.replace(old, new, 1))
    assert odd != data
    assert _rows(odd) == [ROW]


def test_how_a_name_is_pronounced_is_no_part_of_it() -> None:
    data = _repacked(
        _with_shared_strings(),
        "xl/sharedStrings.xml",
        lambda xml: xml.replace(
            "<t>김하늘</t>".encode(), "<r><t>김</t></r><r><t>하늘</t></r><rPh sb='0' eb='1'><t>kim</t></rPh>".encode()
        ).replace(b"<t>C1", b"<t>C_x0031_"),
    )
    assert _rows(data) == [RosterLine("201511041", "김하늘", "C1")]


@pytest.mark.parametrize(
    ("part", "old", "new", "why"),
    [
        (SHEET, b"<sheetData>", b"<sheetData><row>" + b"<c/>" * 20_000 + b"</row>", "more than 16384 cells"),
        (SHEET, b"<sheetData>", b"<sheetData>" + b"<a>" * 1000, "damaged"),
        (SHEET, b"<sheetData>", b"<!--" + b"x" * 3_000_000 + b"--><sheetData>", "damaged"),
        (SHEET, b"<t>student", b"<t>" + b"x" * 100_000 + b"student", "damaged"),
        ("xl/styles.xml", b"<cellXfs", b"<cellXfs>" + b"<xf/>" * 100_001 + b"</cellXfs><cellXfs", "damaged"),
    ],
)
def test_what_can_grow_without_end_is_refused_at_once(part: str, old: bytes, new: bytes, why: str) -> None:
    data = _book(("student_id", "name", "course_code"), (1, "x", "C1"))
    with pytest.raises(BadRequest, match=why):
        _rows(_repacked(data, part, lambda xml: xml.replace(old, new, 1)))


def test_a_file_with_more_elements_than_any_list_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_parts, "MAX_ELEMENTS", 300)
    with pytest.raises(TooLarge, match="too many cells to be a list"):
        _rows(_book(HEADER, *((number, "x", "C1") for number in range(50))))


def test_a_number_with_more_digits_than_spreadsheets_keep_is_refused() -> None:
    with pytest.raises(BadRequest, match=r"sheet '명단', row 2: student_id 2\.01511E\+15 is a number that a spread"):
        _rows(_book(HEADER, (2015110411234567, "김하늘", "C1")))


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (date(2026, 9, 1), "is a date, 2026-09-01: a spreadsheet makes one"),
        (-5, "below zero"),
        ("#REF!", "a formula that it cannot compute"),
        (None, "is missing"),
        (20261001.5, r"20261001\.5 is a number with a fraction"),
        (True, r"is a yes or no \(TRUE\)"),
        (False, r"is a yes or no \(FALSE\)"),
    ],
)
def test_a_cell_that_is_no_number_of_a_student_is_reported_by_sheet_and_row(value: Any, problem: str) -> None:
    with pytest.raises(BadRequest, match=rf"\n  sheet '명단', row 3: student_id .*{problem}"):
        _rows(_book(HEADER, (201511041, "김하늘", "C1"), (value, "이바다", "C1")))


def test_a_fraction_or_a_yes_beside_the_student_number_is_nobodys_mistake() -> None:
    assert _rows(_book((*HEADER, "점수", "재수강"), (201511041, "김하늘", "EA0017_1", 38.5, True))) == [ROW]


def test_a_formula_counts_as_what_the_spreadsheet_computed_of_it() -> None:
    data = _repacked(_book(HEADER, ("=1+1", "김하늘", "C1")), SHEET, lambda xml: xml.replace(b"<v />", b"<v>2</v>"))
    assert _rows(data)[0].student == "2"


def test_titles_above_the_header_and_sums_below_the_list_are_passed_over() -> None:
    data = _book(
        ("2026학년도 2학기 수강생 명단",),
        (None,) * 6 + ("출력일", "2026-09-01"),
        ("교과목", "자료구조"),
        (),
        ("순번", *HEADER, "비고"),
        (1, 201511041, "김하늘", "EA0017_1", None),
        (),
        ("총원 1명",),
        change=lambda book: book.active.merge_cells("A1:E1"),
    )
    assert _rows(data) == [ROW]


def test_a_wrong_size_in_the_file_does_not_hide_its_lines() -> None:
    data = _repacked(
        _book(HEADER, (201511041, "김하늘", "EA0017_1")),
        SHEET,
        lambda xml: xml.replace(b'<dimension ref="A1:C2"', b'<dimension ref="A1"'),
    )
    assert b'ref="A1"' in zipfile.ZipFile(io.BytesIO(data)).read(SHEET)
    assert _rows(data) == [ROW]


def test_the_sheet_with_the_list_is_found_and_hidden_ones_are_passed_over() -> None:
    def add_sheets(book: Any) -> None:
        book.create_sheet("표지", 0)["A1"] = "출석부"
        old = book.create_sheet("지난 학기")
        old.append(HEADER)
        old.sheet_state = "hidden"

    assert _rows(_book(HEADER, (201511041, "김하늘", "EA0017_1"), change=add_sheets)) == [ROW]


def test_of_several_lists_one_has_to_be_named() -> None:
    def add_sheet(book: Any) -> None:
        second = book.create_sheet("2반")
        second.append(HEADER)
        second.append((201511042, "이바다", "EA0017_2"))

    data = _book(HEADER, (201511041, "김하늘", "EA0017_1"), change=add_sheet)
    with pytest.raises(BadRequest, match="rosters on the sheets '명단', '2반': name the one"):
        _rows(data)
    assert _rows(data, Headings(sheet="2반")) == [RosterLine("201511042", "이바다", "EA0017_2")]
    with pytest.raises(BadRequest, match="no sheet '3반'; it has '명단', '2반'"):
        _rows(data, Headings(sheet="3반"))


def test_a_sheet_without_the_header_says_what_it_names() -> None:
    named = r"in sheet '명단', row 1 course_code is not there once\. It names '학번', '[^']+'\. "
    with pytest.raises(BadRequest, match=named):
        _rows(_book((*HEADER[:2], None, " "), (201511041, "김하늘", None, 3)))
    with pytest.raises(BadRequest, match="The roster is empty"):
        _rows(_book())


def test_a_stray_cell_at_the_edge_of_the_sheet_does_no_harm() -> None:
    def add_strays(book: Any) -> None:
        book.active["XFD1"] = "x"
        book.active["XFD100000"] = "x"

    assert _rows(_book(HEADER, (201511041, "김하늘", "EA0017_1"), change=add_strays)) == [ROW]


def test_a_row_number_beyond_every_sheet_ends_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "LAST_ROW", 10_000)
    data = _repacked(
        _book(HEADER, (201511041, "김하늘", "EA0017_1"), (201511042, "이바다", "C1")),
        SHEET,
        lambda xml: xml.replace(b'<row r="3"', b'<row r="999999999999"'),
    )
    assert _rows(data) == [ROW]


def test_a_sheet_with_too_many_lines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MAX_LINES", 3)
    lines = [(201511041 + number, "김하늘", "C1") for number in range(3)]
    assert len(_rows(_book(HEADER, *lines[:2]))) == 2
    with pytest.raises(TooLarge, match="more than 3 lines"):
        _rows(_book(HEADER, *lines))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = _repacked(_book(HEADER, (1, "x", "C1")), SHEET, lambda xml: xml + b" " * (MAX_UNPACKED_BYTES + 1))
    assert len(bomb) < 1_000_000
    with pytest.raises(TooLarge, match="unpacks to"):
        _rows(bomb)


def test_a_part_that_is_longer_than_it_says_is_refused() -> None:
    data = _book(HEADER, (1, "x", "C1"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        said = archive.getinfo(SHEET).file_size
    lie = data.replace(said.to_bytes(4, "little"), (said - 50).to_bytes(4, "little"))
    with pytest.raises(BadRequest, match="damaged"):
        _rows(lie)


def test_entities_that_grow_without_end_are_refused() -> None:
    laughs = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + number, b"&%c;" % (97 + number) * 10) for number in range(9))
        + b"]>"
    )
    data = _repacked(
        _with_shared_strings(), "xl/sharedStrings.xml", lambda xml: laughs + xml.replace(b"<t>C1", b"<t>&j;")
    )
    with pytest.raises(BadRequest, match="damaged"):
        _rows(data)


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["mimetype", "content.xml"], r"of the kind \.ods, or the like: save it as \.xlsx"),
        (["notes.txt"], r"neither an \.xlsx file nor OneRoster: it has no enrollments\.csv"),
        (["Index/Document.iwa"], r"of Numbers: export it as \.xlsx"),
        (["[Content_Types].xml"], "damaged, or not of the kind .xlsx"),
    ],
)
def test_another_zip_is_refused(names: list[str], sentence: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    with pytest.raises(BadRequest, match=sentence):
        _rows(packed.getvalue())


def test_a_file_under_a_password_says_so() -> None:
    data = bytearray(_book(HEADER, (1, "x", "C1")))
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    with pytest.raises(BadRequest, match="under a password"):
        _rows(bytes(data))


GOOD = [_book(HEADER, (201511041, "김하늘", "EA0017_1"), (201511042, "이바다", "EA0017_1")), _with_shared_strings()]
PARTS = [(data, part) for data in GOOD for part in zipfile.ZipFile(io.BytesIO(data)).namelist()]


def _read_or_refused(data: bytes) -> None:
    """Nothing but a refusal of ours may come out."""
    with suppress(BadRequest, TooLarge):
        _rows(data)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PARTS), st.floats(0, 1, exclude_max=True), st.binary(max_size=12), st.integers(0, 60))
def test_damage_anywhere_is_a_refusal_or_harmless(of: tuple[bytes, str], place: float, put: bytes, cut: int) -> None:
    def damaged(xml: bytes) -> bytes:
        at = int(place * len(xml))
        return xml[:at] + put + xml[at + cut :]

    _read_or_refused(_repacked(*of, damaged))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(GOOD[0]) - 1), st.binary(min_size=1, max_size=4))
def test_damage_of_the_zip_itself_is_a_refusal_or_harmless(place: int, put: bytes) -> None:
    _read_or_refused(GOOD[0][:place] + put + GOOD[0][place + len(put) :])
