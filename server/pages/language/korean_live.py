"""The texts of the picture of the class, and of faces that are not a student's, in Korean, with the same {names}."""

from typing import Final

KOREAN_LIVE: Final[dict[str, str]] = {
    # the picture
    "Picture": "사진",
    "Picture of the class": "수업 사진",
    "Hold the picture": "사진 멈추기",
    "For you alone, in memory for {seconds} seconds, and kept nowhere. Touch a face for the student's sheet.": (
        "선생님께만 보이며, {seconds}초 동안 메모리에만 있고 어디에도 남지 않습니다. "
        "얼굴을 누르면 학생 화면이 열립니다."
    ),
    "Taken at {when}": "{when} 촬영",
    "Faces by their place in the picture": "사진 속 위치대로 놓은 얼굴",
    "Not known": "알 수 없음",
    "Sure and in view, not decided yet": "화면에 보이는 확실한 학생 가운데 아직 정하지 않은 학생",
    "Confirm these {count}": "이 {count}명 확인",
    "Confirm these {count}?": "이 {count}명을 확인할까요?",
    "Confirm": "확인",
    "Cancel": "취소",
    "The faces, largest first": "얼굴 목록, 큰 순서",
    "The camera sees nobody.": "카메라에 아무도 보이지 않습니다.",
    "The picture cannot be had at the moment.": "지금은 사진을 가져올 수 없습니다.",
    "Nobody has touched this page for ten minutes: touch it to see the picture again.": (
        "10분 동안 이 화면을 쓰지 않아 사진을 감추었습니다. 화면을 누르면 다시 보입니다."
    ),
    "There is no picture of this moment: none came in the last {seconds} seconds, or the class is over.": (
        "지금 볼 수 있는 사진이 없습니다. 지난 {seconds}초 동안 들어온 사진이 없거나 수업이 끝났습니다."
    ),
    "Where several servers share the work, a picture is in the memory of the one that looked at it and goes to no "
    "other; then it may be there the next time. The seats show where everybody was seen, on any server.": (
        "서버가 여러 대이면 사진은 그것을 본 서버의 메모리에만 있고 다른 서버로 가지 않습니다. 다음번에는 보일 수 "
        "있습니다. 자리 화면은 어느 서버에서나 학생이 보인 위치를 보여 줍니다."
    ),
    "The picture of the class is switched off on this server.": "이 서버에서는 수업 사진 보기가 꺼져 있습니다.",
    # a face that is not known
    "A face that is not known": "알 수 없는 얼굴",
    "Back to the picture": "사진으로",
    "It may be a student without a photograph, or somebody who is not on the list. Nothing is kept of it.": (
        "사진을 등록하지 않은 학생이거나 명단에 없는 사람일 수 있습니다. 이 얼굴은 저장하지 않습니다."
    ),
    "Who of the class is most alike": "가장 닮은 수강생",
    "Nobody who has a photograph.": "사진이 있는 수강생이 없습니다.",
    "This picture is forgotten already; touch the face in the newest one.": (
        "이 사진은 이미 지워졌습니다. 최근 사진에서 얼굴을 다시 누르세요."
    ),
    # a face that is not theirs
    "A face that is not theirs": "다른 사람의 얼굴",
    "The face that you touched is somebody else's: it is not taken for {name} again in this course until the end of "
    "the term.": (
        "누르신 얼굴은 다른 사람입니다. 이 과목에서는 학기가 끝날 때까지 그 얼굴을 {name} 학생으로 제안하지 않습니다."
    ),
    "The face that the camera takes for {name} in hour {hour} is somebody else's: it is not taken for them again in "
    "this course until the end of the term.": (
        "{hour}교시에 카메라가 {name} 학생으로 본 얼굴은 다른 사람입니다. 이 과목에서는 학기가 끝날 때까지 그 얼굴을 "
        "이 학생으로 제안하지 않습니다."
    ),
    "Marks stay as they are.": "기록된 출결은 그대로입니다.",
    "This is not {name}": "{name} 학생이 아닙니다",
    "until {day}": "{day}까지",
    "void: faces are told apart by another model now": "효력 없음: 지금은 다른 모델로 얼굴을 구별합니다",
    "Take back": "취소하기",
    "Take back what was said on {when}": "{when}에 정한 것 취소하기",
    "No picture of this hour that can still be compared shows a face that is taken for {student}: wait for the next "
    "one, or mark the student by hand.": (
        "이 교시에 {student} 학생으로 본, 비교할 수 있는 얼굴이 없습니다. 다음 사진을 기다리거나 직접 출결을 정하세요."
    ),
    "This is taken back already, or was never said: load the page anew.": (
        "이미 취소되었거나 없는 항목입니다. 화면을 새로 고치세요."
    ),
    "{student} is taken for others too often in this course ({most} faces are kept): new photographs help, and the "
    "vetoes that are no longer needed can be taken back.": (
        "{student} 학생은 이 과목에서 다른 사람과 너무 자주 혼동됩니다(얼굴 {most}개 보관 중). 새 사진을 등록하면 "
        "나아지며, 필요 없는 항목은 취소할 수 있습니다."
    ),
    # for the privacy officer
    "Faces that are not theirs": "본인이 아닌 얼굴",
    "Professors said of these faces that they are not the student's. The face is kept encrypted, without a name, to "
    "the end of the term; it goes earlier when anybody of the course is erased or takes a consent back.": (
        "교수가 그 학생이 아니라고 한 얼굴입니다. 얼굴 특징정보는 이름 없이 암호화해 학기 말까지 보관하며, 그 과목의 "
        "누구라도 파기되거나 동의를 철회하면 그때 지웁니다."
    ),
    "Not this student": "이 학생이 아님",
    "Remove entry {number}": "{number}번 항목 삭제",
    "There is no such entry; load the page anew.": "그런 항목이 없습니다. 화면을 새로 고치세요.",
}
