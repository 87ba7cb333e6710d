"""The sentences of the server's and the cameras' errors in Korean, with the same {blanks}."""

from typing import Final

from cameras.error_texts import CameraText
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
    CameraText.NO_PICTURE_TYPE: "{camera}: 사진도 MJPEG 스트림도 아닌 {kind}로 응답합니다. 경로가 맞는지 확인하거나, "
    "RTSP 주소(rtsp://)나 사진 한 장을 주는 주소(스냅숏)를 대신 쓰세요.",
    CameraText.SLOW: "{camera}: 사진 한 장에 {seconds}초가 넘게 걸립니다.",
    CameraText.ENDLESS: "{camera}: 사진 한 장으로 {bytes}바이트 넘게 보냅니다.",
    CameraText.NO_ANSWER: "{camera}: 응답하지 않습니다. 카메라가 켜져 있는지, 네트워크가 연결되어 있는지 확인하세요.",
    CameraText.NOT_REACHED: (
        "{camera}: 연결할 수 없습니다({reason}). 카메라가 켜져 있는지, 주소와 포트가 맞는지 확인하세요."
    ),
    CameraText.STREAM_ENDED: "{camera}: 스트림을 끝냈습니다.",
    CameraText.NO_BOUNDARY: "{camera}: MJPEG 스트림에 사진의 경계가 없습니다.",
    CameraText.PART_TOO_LARGE: "{camera}: {bytes}바이트가 넘는 사진을 보냅니다.",
    CameraText.NO_STREAM: "{camera}: MJPEG 스트림이 아닌 것을 보냅니다. RTSP 주소(rtsp://)나 사진 한 장을 주는 "
    "주소(스냅숏)를 대신 쓰세요.",
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
    ServerText.ONE_PLACE: (
        "{hour}교시에 카메라가 {student} 학생과 {other} 학생을 한 자리에서 보았는데 둘 다 출석으로 기록되어 있습니다. "
        "둘 다 있었다고 답하거나 기록을 고치세요."
    ),
    ServerText.ONE_FACE: (
        "{hour}교시에 카메라가 {student} 학생과 {other} 학생의 얼굴로 한 사람만 보았는데 둘 다 출석으로 기록되어 "
        "있습니다. 둘 다 있었다고 답하거나 기록을 고치세요."
    ),
    ServerText.CHANGED_MEANWHILE: (
        "{number}번 수업이 그사이 ‘{state}’ 상태가 되어 ‘{new}’(으)로 바꿀 수 없습니다. 다시 확인하세요."
    ),
    ServerText.NO_REASON_TO_DISCARD: "{number}번 수업을 취소하려면 사유가 필요합니다. 왜 잘못 열었는지 적으세요.",
    ServerText.SHADOW_MODE: (
        "{course} 과목에서는 카메라가 지켜보기만 하므로 제안을 확인할 수 없습니다. 학생마다 직접 기록하세요."
    ),
    ServerText.STATE_NOT_IN_RULES: "{course} 과목의 규칙에는 ‘{state}’ 상태가 없습니다.",
    ServerText.ENCRYPTION_REQUIRED: ("이 서버는 암호화된 연결만 받습니다. 클라이언트를 --tls와 --ca로 시작하세요."),
    ServerText.SIGN_IN_FIRST: "누구인지 알 수 없습니다. 로그인하거나 이 기기의 토큰으로 시작하세요.",
    ServerText.SIGN_IN_OVER: "로그인이 끝났습니다. 다시 로그인하세요.",
    ServerText.CREDENTIAL_UNKNOWN: "이 서버에서 쓸 수 없는 토큰입니다. 확인하거나 `device rotate`로 새로 받으세요.",
    ServerText.CREDENTIAL_REVOKED: "취소된 토큰입니다. 기기 담당자에게 새 토큰을 받으세요.",
    ServerText.CREDENTIAL_OVER: "기한이 지난 토큰입니다. 기기 담당자에게 새 토큰을 받거나 다시 로그인하세요.",
    ServerText.ACCOUNT_DISABLED: "사용이 중지된 계정입니다. 계정 담당자에게 문의하세요.",
    ServerText.TOO_MANY_WRONG: "이 주소에서 잘못된 토큰이 너무 많이 왔습니다. 1분 뒤에 다시 시도하세요.",
    ServerText.NOT_ALLOWED: "{who}에게는 권한이 없습니다. 계정 담당자에게 문의하세요.",
    ServerText.NOT_ALLOWED_IN_COURSE: (
        "{who}에게는 강의 {course}에 대한 권한이 없습니다. 강의 담당자와 조교의 권한은 학사 담당 부서에서 정합니다."
    ),
    ServerText.REASON_NEEDED: "이유가 필요합니다. 이유를 적으세요.",
    ServerText.SIGN_ON_STALE: "다른 브라우저에서 시작했거나 너무 오래된 로그인입니다. 처음부터 다시 하세요.",
    ServerText.SIGN_ON_NOT_DONE: "{provider}에서 로그인되지 않았습니다. 다시 하거나 그 계정 담당자에게 문의하세요.",
    ServerText.SIGN_ON_UNPROVEN: (
        "{provider}에서 온 내용으로는 누구인지 확인할 수 없습니다. 다시 하고, 또 그러면 이 서버 담당자에게 알리세요."
    ),
    ServerText.SIGN_ON_NO_ACCOUNT: (
        "{provider}에서 확인되었지만 여기에는 계정이 없습니다. 계정 담당자에게 요청하세요."
    ),
    ServerText.SIGN_ON_OTHER_PERSON: (
        "같은 이름의 계정이 {provider}의 다른 사람에게 연결되어 있습니다. 계정 담당자에게 문의하세요."
    ),
    ServerText.SIGN_ON_NOT_BY_PROXY: "학교 로그인을 거쳐서만 들어올 수 있는 주소입니다. 첫 페이지에서 시작하세요.",
    ServerText.LTI_NOT_REGISTERED: "등록되지 않은 학습 플랫폼에서 왔습니다. 이 서버 담당자에게 알리세요.",
    ServerText.SIGN_ON_AWAY: "{provider}에 연결할 수 없습니다. 잠시 뒤에 다시 하거나 비밀번호로 로그인하세요.",
    ServerText.SIGN_ON_BUSY: "지금 로그인하는 사람이 너무 많습니다. 잠시 뒤에 다시 하세요.",
    ServerText.UNDECIDED_BEFORE_END: "로그인이 끝난 뒤에 결정한 것입니다. 다시 로그인해서 결정하세요.",
    ServerText.NO_DAY_OF_CLASS: "{day}은(는) 수업일이 아닙니다. 날짜를 확인하세요.",
    ServerText.NO_DAY_OF_CALENDAR: "{text}은(는) 날짜가 아닙니다. 2026-03-02처럼 쓰세요.",
    ServerText.NO_TERM: "‘{term}’(이)라는 학기는 없습니다. 있는 학기: {terms}.",
    ServerText.NO_TIME_OF_CLASS: "{time}({day})은(는) 수업 시각이 아닙니다. 이 PC의 시계를 확인하세요.",
    ServerText.NO_SUCH_HOUR: "{hour}교시는 없습니다. 1교시부터 {most}교시까지 있습니다.",
    ServerText.BAD_IDENTIFIER: "‘{text}’은(는) 쓸 수 없습니다. 앞뒤 공백과 제어 문자 없이 1~{most}자여야 합니다.",
    ServerText.BAD_ADDRESS: ("‘{text}’은(는) 메일 주소가 아닙니다. name@example.ac.kr처럼 영문으로 입력해 주세요."),
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
    ServerText.RECOGNISERS_AWAY: "얼굴 인식 서버가 지금 응답하지 않습니다. 잠시 뒤 다시 보냅니다.",
    ServerText.RECOGNISERS_BUSY: "얼굴 인식 서버가 더 받을 수 없을 만큼 바쁩니다. 잠시 뒤 다시 보냅니다.",
    ServerText.PICTURE_WAITED: "사진이 차례를 너무 오래 기다렸습니다. 잠시 뒤 다시 보냅니다.",
    ServerText.BYTES_WAIT: "서버가 다른 전송을 많이 받고 있습니다. 잠시 뒤 다시 시도합니다.",
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

KOREAN_SENTENCES: Final[dict[str, str]] = {**_CAMERA, **_SERVER}
