"""The sentences that students are told, in Korean, with the same {blanks}."""

from typing import Final

from server.services.student.texts import StudentText

KOREAN_STUDENT_SENTENCES: Final[dict[str, str]] = {
    StudentText.NO_HOUR_OF_YOURS: "본인의 수업 시간이 아닙니다. 내 과목과 날짜에서 고르세요.",
    StudentText.NO_COURSE_OF_YOURS: "본인의 과목이 아닙니다. 목록에서 고르세요.",
    StudentText.NO_APPEAL: "그런 요청이 없습니다. 목록에서 고르세요.",
    StudentText.NO_RECEIPT: "본인의 확인서 중에 그런 것이 없습니다.",
    StudentText.EMPTY_APPEAL: "무엇을 다시 보아야 하는지 {most}자 이내로 적어 주세요.",
    StudentText.EMPTY_ANSWER: "이유를 {most}자 이내로 적어 주세요. 학생이 읽습니다.",
    StudentText.TOO_LATE: "이 시간은 {day}까지만 요청할 수 있었습니다. 교수님께 직접 말씀드리세요.",
    StudentText.OPEN_ALREADY: "이 시간에 대해 이미 요청했고, 아직 답변이 오지 않았습니다.",
    StudentText.OFTEN_ENOUGH: "이 시간에 대해 {most}번 요청했고 답변을 받았습니다. 교수님께 직접 말씀드리세요.",
    StudentText.TOO_MANY: "답변을 기다리는 요청이 {most}건 있습니다. 답변을 받은 뒤에 다시 요청하세요.",
    StudentText.ANSWERED_MEANWHILE: "그사이 다른 사람이 이 요청에 답했습니다. 다시 확인하세요.",
    StudentText.TEXT_CHANGED: "이 페이지를 연 뒤 문안이 바뀌었습니다. 새 문안을 읽고 다시 정해 주세요.",
    StudentText.NOT_TAKEN: "이 시간에는 출석을 부르지 않았거나, 아직 정하지 않았습니다. 결석이 아닙니다.",
    StudentText.NOT_VISIBLE: "카메라가 잘 볼 수 없어서 아무것도 말할 수 없습니다. 결석이 아닙니다.",
    StudentText.OVERDUE: "교수님이 기한 안에 제출하지 않은 날입니다. 제출하기 전에는 누구에게도 계산되지 않습니다.",
    StudentText.BY_CAMERA: "카메라가 제안하고 사람이 확인했습니다.",
    StudentText.BY_PROFESSOR: "사람이 출석판에서 정했습니다.",
    StudentText.BY_ROLL_CALL: "사람이 이름을 불러 정했습니다.",
    StudentText.BY_IMPORT: "가져온 명단에 있던 것입니다.",
    StudentText.BY_LEGACY: "강의실의 예전 프로그램에서 왔습니다.",
    StudentText.BY_COPY: "이 시간은 따로 보지 않았고, 앞 시간의 출석을 따릅니다(연강).",
    StudentText.PROPOSED: "카메라의 제안: {state}.",
    StudentText.NOT_SEEN: "사진 {looks}장 중 어디에도 보이지 않았습니다.",
    StudentText.SEEN: "사진 {looks}장 중 {seen}장에 보였습니다. 처음 {first}, 마지막 {last}.",
    StudentText.RULE_LATE: "이 과목의 규칙: 시작 후 {minutes}분이 지나 처음 보이면 지각입니다.",
    StudentText.RULE_ABSENT: "이 과목의 규칙: 시작 후 {minutes}분이 지나 처음 보이면 결석입니다.",
    StudentText.RULE_LEFT: "이 과목의 규칙: 마지막 사진 {pictures}장에서 {minutes}분 동안 보이지 않으면 조퇴입니다.",
    StudentText.RULE_LATES: "지각 {count}번은 결석 한 번입니다.",
    StudentText.RULE_LEAVES: "조퇴 {count}번은 결석 한 번입니다.",
    StudentText.RULE_EXCUSED: "출석인정은 모든 계산에서 출석입니다.",
    StudentText.RULE_EXCUSED_ABSENCE: "공결은 점수에서는 출석이고, F 기준에서는 결석입니다.",
    StudentText.MAY_CHANGE: "이 날의 출석은 아직 작성 중이라 바뀔 수 있습니다.",
}
