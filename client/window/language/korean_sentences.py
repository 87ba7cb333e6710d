"""The sentences of errors in Korean, with the same {blanks}."""

from typing import Final

from cameras.error_texts import CameraText
from client.error_texts import ClientText
from protocol.error_texts import ServerText

_CAMERA: Final[dict[str, str]] = {
    CameraText.OPENING: "{camera}: 여는 중입니다.",
    CameraText.LIVE: "{camera}: {width} x {height} 픽셀.",
    CameraText.OVER: "{camera}: 끝났습니다.",
    CameraText.SILENT: "{camera}: {seconds}초 동안 사진이 오지 않았습니다.",
    CameraText.TRIED_AGAIN: "{problem} {pause}초 뒤 다시 시도합니다.",
    CameraText.FAILED: "{camera}: 오류가 났습니다({kind}).",
    CameraText.ENDED: "{camera}: 더 이상 사진이 오지 않습니다.",
    CameraText.UNREADABLE_PICTURES: "{camera}: 읽을 수 없는 사진을 보냅니다.",
    CameraText.WEBCAM_NOT_OPENED: (
        "{camera}: 열 수 없습니다. 연결되어 있는지, 다른 프로그램이 쓰고 있지 않은지, 이 PC에서 카메라 사용이 "
        "허용되어 있는지 확인하세요."
    ),
    CameraText.STREAM_NOT_OPENED: (
        "{camera}: 열 수 없습니다. 켜져 있는지, 경로와 ROLLCALL_CAMERA_USER, ROLLCALL_CAMERA_PASSWORD가 맞는지 "
        "확인하세요."
    ),
    CameraText.VIDEO_NOT_OPENED: "{camera}: 열 수 없습니다. 동영상 파일인지 확인하세요.",
    CameraText.NOT_ALLOWED: (
        "{camera}: 사용자 이름 또는 비밀번호를 거부합니다(HTTP {status}). ROLLCALL_CAMERA_USER와 "
        "ROLLCALL_CAMERA_PASSWORD를 설정하세요."
    ),
    CameraText.UNKNOWN_SIGN_ON: (
        "{camera}: 알 수 없는 방식으로 비밀번호를 요구합니다. qop auth 다이제스트나 기본 인증으로 설정하세요."
    ),
    CameraText.HTTP_STATUS: "{camera}: HTTP 상태 {status}로 응답합니다. 경로가 맞는지 확인하세요.",
    CameraText.NO_PICTURE_TYPE: "{camera}: 사진도 MJPEG 스트림도 아닌 {kind}로 응답합니다. 경로가 맞는지 확인하세요.",
    CameraText.SLOW: "{camera}: 사진 한 장에 {seconds}초가 넘게 걸립니다.",
    CameraText.ENDLESS: "{camera}: 사진 한 장으로 {bytes}바이트 넘게 보냅니다.",
    CameraText.NO_ANSWER: "{camera}: 응답하지 않습니다. 카메라가 켜져 있는지, 네트워크가 연결되어 있는지 확인하세요.",
    CameraText.NOT_REACHED: (
        "{camera}: 연결할 수 없습니다({reason}). 카메라가 켜져 있는지, 주소와 포트가 맞는지 확인하세요."
    ),
    CameraText.STREAM_ENDED: "{camera}: 스트림을 끝냈습니다.",
    CameraText.NO_BOUNDARY: "{camera}: MJPEG 스트림에 사진의 경계가 없습니다.",
    CameraText.PART_TOO_LARGE: "{camera}: {bytes}바이트가 넘는 사진을 보냅니다.",
    CameraText.NO_STREAM: "{camera}: MJPEG 스트림이 아닌 것을 보냅니다.",
    CameraText.NO_PICTURES: "{camera}: 읽을 수 있는 사진이 없습니다.",
    CameraText.NOT_READ: "{camera}: 읽을 수 없습니다({reason}).",
    CameraText.EMPTY: "{camera}: 빈 파일입니다.",
    CameraText.FILE_TOO_LARGE: "{camera}: {bytes}바이트로, 읽을 수 있는 {most}바이트보다 큽니다.",
    CameraText.TOO_MANY_PIXELS: (
        "{camera}: {width} x {height} 픽셀로, 보낼 수 있는 {most} 픽셀보다 큽니다. 더 작게 설정하세요."
    ),
    CameraText.NO_FORMAT: "{camera}: JPEG, PNG, GIF, BMP, WebP 사진이 아닙니다.",
    CameraText.DAMAGED: "{camera}: 손상되었습니다({reason}).",
    CameraText.TOO_LARGE_TO_SEND: "{camera}: {bytes}바이트로, 서버가 받는 {most}바이트보다 큽니다.",
}

_CLIENT: Final[dict[str, str]] = {
    ClientText.NOTHING_LISTENS: (
        "{address}에 서버가 없습니다. 서버를 켜거나 --server 또는 ROLLCALL_SERVER로 다른 서버를 지정하세요."
    ),
    ClientText.NAME_NOT_FOUND: (
        "{address}의 이름을 찾을 수 없습니다. 주소(--server 또는 ROLLCALL_SERVER)와 네트워크를 확인하세요."
    ),
    ClientText.NO_ANSWER: (
        "{address} 서버가 {seconds}초 안에 응답하지 않았습니다. 큰 사진은 오래 걸리므로 --timeout 으로 시간을 "
        "늘리거나 작은 사진을 보내세요. 아니면 서버가 켜져 있는지, 방화벽이 막고 있지 않은지 확인하세요."
    ),
    ClientText.HUNG_UP: (
        "{address} 서버가 응답하기 전에 연결을 끊었습니다. 서버가 켜져 있는지 확인한 뒤 다시 시도하세요."
    ),
    ClientText.NOT_REACHED: (
        "{address} 서버에 연결할 수 없습니다({reason}). 네트워크와 --server 또는 ROLLCALL_SERVER를 확인하세요."
    ),
    ClientText.NO_SERVER_OF_OURS: (
        "{address}에서 응답하는 것은 Rollcall 서버가 아닙니다. 주소와 포트(--server 또는 ROLLCALL_SERVER), 그리고 "
        "서로 같은 버전인지 확인하세요."
    ),
    ClientText.ENDED_BEFORE_ANSWER: (
        "서버가 응답하기 전에 연결을 끊었습니다. 원인은 서버 로그에 있습니다. 다시 시도하세요."
    ),
    ClientText.MORE_THAN_ASKED: "서버가 묻지 않은 것을 답했거나 순서가 다릅니다. 다시 시도하세요.",
    ClientText.OTHER_MESSAGE: "{asked}번을 물었는데 서버가 {number}번을 답했습니다. 다시 시도하세요.",
    ClientText.OTHER_TYPE: "‘{asked}’을(를) 물었는데 서버가 ‘{got}’(으)로 답했습니다. 서로 같은 버전인지 확인하세요.",
    ClientText.OTHER_STUDENT: "서버가 다른 학생의 {others}건으로 답했습니다. 무엇이 기록되었는지 명단에서 확인하세요.",
    ClientText.OTHER_STUDENTS: (
        "보낸 {asked}건이 아니라 다른 {others}건으로 서버가 답했습니다. 무엇이 기록되었는지 명단에서 확인하세요."
    ),
    ClientText.DOES_NOT_FIT: "서버의 답이 질문과 맞지 않습니다. 서로 같은 버전인지 확인하세요.",
    ClientText.NOT_UNDERSTOOD: "서버의 답을 알아볼 수 없습니다. {problem} 서로 같은 버전인지 확인하세요.",
    ClientText.CANNOT_BE_SENT: "보낼 수 없는 내용입니다. {problem}",
    ClientText.REFUSED: "서버가 거부했습니다({code}).",
    ClientText.ALSO: "{problem} 또한 {other}",
    ClientText.AND_A_ROW: "{problem} 그 밖에 1건.",
    ClientText.AND_ROWS: "{problem} 그 밖에 {count}건.",
    ClientText.DISK_FULL: (
        "디스크가 가득 차서 발신함 {path}에 쓸 수 없습니다. 공간을 비운 뒤 다시 하세요. 전에 저장한 것은 그대로 "
        "있습니다."
    ),
    ClientText.OUTBOX_TAKEN: (
        "다른 프로그램이 {seconds}초 동안 발신함 {path}을(를) 쓰고 있습니다. 그 프로그램을 끝낸 뒤 다시 하세요."
    ),
    ClientText.OUTBOX_NOT_WRITABLE: (
        "발신함 {path}에 쓸 수 없습니다({reason}). 파일과 폴더의 권한을 확인하거나 --outbox 또는 "
        "ROLLCALL_OUTBOX로 다른 파일을 지정하세요."
    ),
    ClientText.OUTBOX_NOT_OPENED: (
        "발신함 {path}을(를) 열 수 없습니다({reason}). --outbox 또는 ROLLCALL_OUTBOX로 다른 파일을 지정하세요."
    ),
    ClientText.OUTBOX_DAMAGED: (
        "발신함 {path}이(가) 손상되었습니다({reason}). 프로그램을 다시 시작하면 그 파일을 따로 옮겨 둡니다."
    ),
    ClientText.OUTBOX_FAILED: (
        "발신함 {path}을(를) 쓰거나 읽을 수 없습니다({reason}). 디스크를 확인한 뒤 다시 하세요."
    ),
    ClientText.OUTBOX_NEWER: (
        "발신함 {path}은(는) 더 새로운 프로그램이 만들었습니다. 그 프로그램을 쓰거나 --outbox로 다른 파일을 지정하세요."
    ),
    ClientText.NOT_LOCKED: "{path}을(를) 잠글 수 없습니다({reason}). 그 파일을 지우세요.",
    ClientText.SENT_ELSEWHERE: "다른 프로그램이 {path}에서 기다리는 것을 보내고 있습니다. 그쪽에서 계속됩니다.",
    ClientText.ENTRY_CANNOT_BE_SENT: "발신함의 {number}번은 보낼 수 없습니다({reason}).",
}

_SERVER: Final[dict[str, str]] = {
    ServerText.UNKNOWN_STUDENT: "학번 {student} 학생이 없습니다. 그 학생이 있는 명단을 먼저 가져오세요.",
    ServerText.UNKNOWN_COURSE: "코드가 {course}인 과목이 없습니다. 명단을 먼저 가져오세요.",
    ServerText.NOT_ENROLLED: (
        "{student} 학생은 {day}에 {course} 과목의 수강생이 아닙니다. 과목을 확인하거나 최신 명단을 가져오세요."
    ),
    ServerText.NO_SESSION: "{number}번 수업이 없습니다. 과목의 수업 목록에서 번호를 확인하세요.",
    ServerText.NO_HOUR: "{number}번 수업에는 {hour}교시가 없습니다. 있는 교시: {hours}.",
    ServerText.NO_CLASS: (
        "시간표에 따르면 {course} 과목은 {day}에 수업이 없습니다. 보강이면 교시를 지정하여 여세요(session open "
        "--hours)."
    ),
    ServerText.HOUR_NOT_OPEN: "{course} 과목은 {day}에 {hour}교시가 없습니다. 먼저 그 교시로 그날의 수업을 여세요.",
    ServerText.OTHER_COURSE: "{number}번 수업은 {other}이(가) 아니라 {course} 수업입니다.",
    ServerText.OTHER_DAY: "{number}번 수업은 {day} 수업인데 사진은 {other}에 찍혔습니다. 그날의 수업을 여세요.",
    ServerText.CLOSED: "{day} {course} 수업은 마감되어 기록할 수 없습니다. 먼저 다시 여세요.",
    ServerText.PROPOSALS_CLOSED: (
        "{number}번 수업은 마감되어 카메라의 제안이 저장된 그대로 남습니다. 먼저 다시 여세요."
    ),
    ServerText.SUBMIT_FIRST: "{number}번 수업은 ‘{state}’ 상태라 ‘{new}’(으)로 바꿀 수 없습니다. 먼저 제출하세요.",
    ServerText.CHANGED_MEANWHILE: (
        "{number}번 수업이 그사이 ‘{state}’ 상태가 되어 ‘{new}’(으)로 바꿀 수 없습니다. 다시 확인하세요."
    ),
    ServerText.NO_REASON_TO_DISCARD: "{number}번 수업을 취소하려면 사유가 필요합니다. 왜 잘못 열었는지 적으세요.",
    ServerText.SHADOW_MODE: (
        "{course} 과목에서는 카메라가 지켜보기만 하므로 제안을 확인할 수 없습니다. 학생마다 직접 기록하세요."
    ),
    ServerText.STATE_NOT_IN_RULES: "{course} 과목의 규칙에는 ‘{state}’ 상태가 없습니다.",
    ServerText.NO_DAY_OF_CLASS: "{day}은(는) 수업일이 아닙니다. 날짜를 확인하세요.",
    ServerText.NO_DAY_OF_CALENDAR: "{text}은(는) 날짜가 아닙니다. 2026-03-02처럼 쓰세요.",
    ServerText.NO_TIME_OF_CLASS: "{time}({day})은(는) 수업 시각이 아닙니다. 이 PC의 시계를 확인하세요.",
    ServerText.NO_SUCH_HOUR: "{hour}교시는 없습니다. 1교시부터 {most}교시까지 있습니다.",
    ServerText.BAD_IDENTIFIER: "‘{text}’은(는) 쓸 수 없습니다. 앞뒤 공백과 제어 문자 없이 1~{most}자여야 합니다.",
    ServerText.BAD_TEXT: "‘{text}’은(는) 쓸 수 없습니다. 제어 문자 없이 {most}자까지 쓸 수 있습니다.",
    ServerText.KEY_USED_BEFORE: "같은 요청 번호가 다른 내용에 쓰였습니다. 다시 하세요.",
    ServerText.ANSWER_TOO_LONG: "답이 한 번에 보내기에는 너무 깁니다. 한 교시나 더 짧은 기간을 고르세요.",
    ServerText.DEFECT: "서버가 하지 못했습니다. 원인은 서버 로그에 있습니다.",
    ServerText.DATABASE_UNUSABLE: (
        "서버가 지금 데이터베이스를 쓸 수 없습니다. 서버 관리자가 고쳐야 하며, 나중에 다시 보냅니다."
    ),
    ServerText.OUT_OF_RESOURCES: "지금 서버에 메모리나 디스크가 모자랍니다. 잠시 뒤 다시 보냅니다.",
    ServerText.DATABASE_AWAY: "서버가 지금 데이터베이스에 연결할 수 없습니다. 잠시 뒤 다시 보냅니다.",
    ServerText.MARK_NOT_RECORDED: "기록하지 못했습니다. 원인은 서버 로그에 있습니다.",
    ServerText.STOPPING_MARK: "서버가 꺼지는 중입니다. 잠시 뒤 다시 보냅니다.",
    ServerText.STOPPING_PICTURE: "서버가 꺼지는 중입니다. 잠시 뒤 다시 보냅니다.",
    ServerText.MARKS_WAIT: "데이터베이스를 기다리는 기록이 너무 많습니다. 잠시 뒤 다시 보냅니다.",
    ServerText.PICTURES_WAIT: "사진 {waiting}장이 이미 기다리고 있습니다. 잠시 뒤 다시 보냅니다.",
    ServerText.PICTURE_WAITED: "사진이 차례를 너무 오래 기다렸습니다. 잠시 뒤 다시 보냅니다.",
    ServerText.CONNECTIONS_FULL: "서버에 연결이 너무 많습니다. 잠시 뒤 다시 시도합니다.",
    ServerText.NO_FACE: "{size} 픽셀 사진에 {least} 픽셀 이상인 얼굴이 없습니다.",
    ServerText.SNAPSHOT_OF_NOTHING: "저장할 사진에는 과목이나 수업을 밝혀야 합니다.",
    ServerText.TOO_MANY_PIXELS: (
        "사진이 {width} x {height} 픽셀로, 받을 수 있는 {most} 픽셀보다 큽니다. 더 작은 사진을 보내세요."
    ),
    ServerText.SIDE_TOO_LONG: (
        "사진이 {width} x {height} 픽셀인데 한 변은 {most} 픽셀까지입니다. 더 작은 사진을 보내세요."
    ),
    ServerText.TOO_MANY_SCANS: (
        "{width} x {height} 픽셀 사진의 스캔이 {scans}개라 읽는 데 너무 오래 걸립니다. 다시 저장하세요."
    ),
    ServerText.IMAGE_CUT: "{kind} 사진이 {width} x {height} 픽셀에 모자라게 잘렸습니다. 파일 전체를 보내세요.",
    ServerText.IMAGE_DAMAGED: (
        "{width} x {height} 픽셀 {kind} 사진이 손상되었거나 잘렸습니다({reason}). 다시 보내거나 새로 저장하세요."
    ),
    ServerText.IMAGE_CONTRADICTS_ITSELF: (
        "{kind} 사진의 크기가 서로 다릅니다: {width} x {height}, {other} x {another} 픽셀."
    ),
}

KOREAN_SENTENCES: Final[dict[str, str]] = {**_CAMERA, **_CLIENT, **_SERVER}
