"""Write a room's check as one HTML file that needs nothing else, for the office."""

import base64
from collections.abc import Sequence
from html import escape
from string import Template
from typing import Final

from cameras.advice import Sentence
from server.services.rooms.check_picture import COLOURS
from server.services.rooms.light import PLACES, HourLight, SideLight
from server.services.rooms.room_check import Cell, RoomCheck, Row
from server.services.rooms.verdict import advice, enough, verdict

_PAGE: Final = Template("""<!doctype html>
<html lang="ko"><meta charset="utf-8"><title>$title</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>
body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #777;padding:.3rem .5rem;text-align:right}
th{text-align:left}img{max-width:100%}.verdict{font-size:1.3rem;font-weight:bold}[lang=en]{color:#444}
</style>
<h1>$title</h1>
<p class="verdict">$korean</p><p lang="en">$english</p>
<img alt="$korean" src="data:image/png;base64,$picture">
<table><tr><th>줄 <span lang="en">row</span><th>얼굴 <span lang="en">faces</span><th>픽셀 <span lang="en">px</span>
<th>확실 <span lang="en">sure</span>$places</tr>
$rows</table>
$lights<ul>
$advice</ul>
<p>확실: 사진 한 장에서 알아보는 학생의 비율($family, 30명 반, 학생마다 등록 사진 한 장). 가능: $enough 이상.
<span lang="en">sure: share of students recognised in one picture (family $family, a class of 30, one photograph
enrolled of each); yes: $enough or more. An hour's pictures together find more.</span></p>
</html>
""")


def check_page(check: RoomCheck, title: str, picture: bytes) -> bytes:
    """The file, UTF-8."""
    said = verdict(check)
    places = "".join(f'<th>{korean} <span lang="en">{english}</span>' for korean, english in PLACES)
    page = _PAGE.substitute(
        title=escape(title),
        korean=escape(said.korean),
        english=escape(said.english),
        picture=base64.b64encode(picture).decode(),
        places=places,
        rows="".join(_row(each) for each in check.rows),
        lights=_lights(check.lights, places),
        advice=_items(advice(check)),
        family=escape(check.family),
        enough=enough(),
    )
    return page.encode()


def _row(row: Row) -> str:
    cells = "".join(f"<td>{_cell(each)}" for each in row.cells)
    colour = COLOURS[row.state]
    return (
        f'<tr><th style="border-left:.6rem solid {colour}">{row.number}<td>{row.faces}<td>{row.size_px:.0f}'
        f"<td>{row.sure:.0%}{cells}</tr>\n"
    )


def _cell(cell: Cell | None) -> str:
    return "" if cell is None else f"{cell.size_px:.0f} px, {cell.sure:.0%}"


def _lights(lights: Sequence[HourLight], places: str) -> str:
    """Grey values by hour and third: of the picture, and of the faces where there were some."""
    if not lights:
        return ""
    rows = "".join(f"<tr><th>{each.hour}{''.join(map(_side, each.sides))}</tr>\n" for each in lights)
    heading = '<tr><th>시 <span lang="en">light by hour, 0 to 255</span>'
    return f"<table>{heading}{places}</tr>\n{rows}</table>\n"


def _side(side: SideLight) -> str:
    faces = "" if side.face is None else f', 얼굴 <span lang="en">faces</span> {side.face:.0f}'
    return f"<td>{side.picture:.0f}{faces}"


def _items(sentences: Sequence[Sentence]) -> str:
    return "".join(
        f'<li>{escape(each.korean)} <span lang="en">{escape(each.english)}</span></li>\n' for each in sentences
    )
