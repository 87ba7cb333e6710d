"""Say in plain sentences, Korean and English, what a room's camera can do and what to change."""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from cameras.advice import DARK_FACES, Sentence, camera_advice, light_advice
from server.services.rooms.light import PLACES, light_by_hour
from server.services.rooms.room_check import SURE, RoomCheck, Row, RowState

# Width of a camera of 3840 x 2160.
WIDE_4K: Final = 3840


def verdict(check: RoomCheck) -> Sentence:
    """The room in one sentence."""
    if not check.rows:
        return _nobody(check)
    parts = [(state, [row.number for row in check.rows if row.state is state]) for state in RowState]
    told = [(state, _spans(numbers)) for state, numbers in parts if numbers]
    korean = ", ".join(f"{spans}줄 {_KOREAN[state]}" for state, spans in told)
    english = ", ".join(f"{_rows_word(spans)} {spans} {_ENGLISH[state]}" for state, spans in told)
    remedy = _remedy(check)
    return Sentence(f"{korean}{remedy.korean}", f"{english[:1].upper()}{english[1:]}{remedy.english}")


def advice(check: RoomCheck) -> list[Sentence]:
    """What to change about light, focus, compression and place, and what was not tested."""
    return [*_of_light(check), *_of_camera(check), *_of_walls(check), *_of_pictures(check), *NOT_TESTED]


_KOREAN: Final = {RowState.SURE: "가능", RowState.DOUBTFUL: "확인 필요", RowState.INVISIBLE: "불가"}
_ENGLISH: Final = {RowState.SURE: "yes", RowState.DOUBTFUL: "ask", RowState.INVISIBLE: "no"}
NOT_TESTED: Final = (
    Sentence(
        "텔레비전 속의 사람과 유리 너머로 지나가는 사람도 셉니다. 그런 곳은 zone add로 화면에서 빼십시오.",
        "People on a television and behind glass are counted as people: leave such places out by `zone add`.",
    ),
    Sentence(
        "좌우가 뒤집힌 화면인지는 검사하지 않습니다. 글씨가 적힌 종이를 들고 화면에서 바로 읽히는지 보십시오.",
        "Whether the picture is mirrored is not tested, faces look alike in a mirror: hold up a page with writing.",
    ),
)


def _nobody(check: RoomCheck) -> Sentence:
    if check.turned_deg:
        return Sentence(
            f"카메라가 누워 있습니다. 화면을 왼쪽으로 {check.turned_deg}도 돌려야 얼굴이 바로 섭니다.",
            f"The camera lies: turn its picture by {check.turned_deg} degrees to the left.",
        )
    return Sentence(
        "사람의 얼굴이 보이지 않아 아무것도 말할 수 없습니다. 학생들이 앉아 있을 때 다시 찍으십시오.",
        "No living face is seen, so nothing can be said: take pictures while people sit there.",
    )


def _spans(numbers: Sequence[int]) -> str:
    """1, 2, 3, 5 as 1–3, 5."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return ", ".join(f"{each[0]}–{each[-1]}" if len(each) > 1 else str(each[0]) for each in spans)


def _rows_word(spans: str) -> str:
    return "row" if spans.isdigit() else "rows"


def _remedy(check: RoomCheck) -> Sentence:
    short = [row for row in check.rows if row.state is not RowState.SURE]
    if not short:
        return Sentence(". 이 카메라로 충분합니다.", ". This camera is good enough.")
    factor = max(check.needed_px / max(row.size_px, 1.0) for row in short)
    if not math.isfinite(factor):
        return Sentence(". 카메라를 한 대 더 두십시오.", ". A second camera is needed.")
    if factor <= WIDE_4K / check.width:
        return Sentence(
            ". 4K 카메라로 바꾸거나 뒤쪽에 한 대를 더 두면 됩니다.",
            ". A 4K camera or a second one nearer to the back would do.",
        )
    return Sentence(
        f". 얼굴이 {factor:.1f}배 커야 합니다. 뒷줄 가까이에 카메라를 한 대 더 두십시오.",
        f". Faces would have to be {factor:.1f} times as large: put a second camera nearer to the back.",
    )


def _of_light(check: RoomCheck) -> Iterator[Sentence]:
    yield from light_advice(check.quality)
    yield from light_by_hour(check.lights)
    for row in check.rows:
        if dark := [place for place, cell in zip(PLACES, row.cells, strict=True) if cell and cell.light < DARK_FACES]:
            korean, english = (", ".join(each[at] for each in dark) for at in (0, 1))
            yield Sentence(f"{row.number}줄 {korean}이(가) 어둡습니다.", f"Row {row.number} is dark: {english}.")


def _of_camera(check: RoomCheck) -> Iterator[Sentence]:
    yield from camera_advice(check.quality)


def _of_walls(check: RoomCheck) -> Iterator[Sentence]:
    if check.still_faces:
        yield Sentence(
            f"얼굴 {check.still_faces}개는 모든 사진에서 똑같아 세지 않았습니다(포스터, 벽의 사진).",
            f"Faces that are the same in every picture are on a wall and not counted: {check.still_faces}.",
        )
    if check.twice:
        yield Sentence(
            f"{check.twice}명이 거울이나 화면에 한 번 더 보여 두 번 세었습니다. zone add로 화면에서 빼십시오.",
            f"People whom one picture shows twice, in a mirror or on a screen, are counted twice: {check.twice}; "
            "leave it out by `zone add`.",
        )


def _of_pictures(check: RoomCheck) -> Iterator[Sentence]:
    if check.unreadable:
        yield Sentence(
            f"사진 {check.unreadable}장은 읽을 수 없거나 크기가 달랐습니다.",
            f"Pictures that could not be read, or were of another size: {check.unreadable}.",
        )
    if check.repeated:
        yield Sentence(
            f"사진 {check.repeated}장은 바로 앞의 것과 똑같습니다. 카메라가 멈추는지 보십시오.",
            f"Pictures that were the same as the one before: {check.repeated}; see whether the camera stands still.",
        )
    if check.pictures < 3:
        yield Sentence(
            "사진이 3장보다 적어 벽의 사진과 사람을 가릴 수 없습니다.",
            "With fewer than three pictures a poster cannot be told from a person.",
        )


def row_sentences(rows: Sequence[Row]) -> list[Sentence]:
    """Each row's figures in words."""
    return [
        Sentence(
            f"{row.number}줄: 얼굴 {row.faces}, {row.size_px:.0f}픽셀, 한 장에서 확실 {row.sure:.0%}",
            f"Row {row.number}: {row.faces} faces of {row.size_px:.0f} px, {row.sure:.0%} sure in one picture",
        )
        for row in rows
    ]


def enough() -> str:
    """What `yes` means, as a share."""
    return f"{SURE:.0%}"


def change_sentence(change: str) -> Sentence:
    """What happened to the camera since it was checked. change: as Scene.changed says, and not ""."""
    return _CHANGES[change]


_CHANGES: Final = {
    "moved": Sentence(
        "지난 점검 뒤로 카메라가 움직였거나 다른 곳을 봅니다. 이 점검이 새 기준입니다.",
        "The camera was moved since it was checked last, or shows another room: this check takes that one's place.",
    ),
    "covered": Sentence("카메라가 가려져 있습니다.", "The camera is covered."),
    "dirty": Sentence(
        "지난 점검 뒤로 렌즈가 더러워졌거나 초점이 나갔습니다.",
        "The lens is dirty or out of focus since it was checked last: wipe it.",
    ),
}
