"""What client and server say of errors, a whole sentence each: the English text of the source -> the Korean one.

{blanks} hold the particulars. Knows no screen; a test holds it against the sources.
"""

from typing import Final

_TRIED_AGAIN: Final = ("{name} ", ". It is tried again in {pause} s.", "{name}: ", " {pause}초 뒤 다시 시도합니다.")

_CAMERA_LOST: Final = {
    "is empty": "빈 파일입니다.",
    "holds no picture that can be read": "읽을 수 있는 사진이 없습니다.",
    "cannot be read ({reason})": "읽을 수 없습니다({reason}).",
    "refuses the user name or the password (HTTP {status}): set ROLLCALL_CAMERA_USER and ROLLCALL_CAMERA_PASSWORD": (
        "사용자 이름 또는 비밀번호를 거부합니다(HTTP {status}). ROLLCALL_CAMERA_USER와 ROLLCALL_CAMERA_PASSWORD를"
        " "
        "설정하세요."
    ),
    "wants the password in a way that is not known here: let it ask for a digest with qop auth, or for basic": (
        "알 수 없는 방식으로 비밀번호를 요구합니다. qop auth 다이제스트나 기본 인증으로 설정하세요."
    ),
    "answers with HTTP status {status}: is the path right": (
        "HTTP 상태 {status}로 응답합니다. 경로가 맞는지 확인하세요."
    ),
    "answers with {kind}, which is neither a picture nor an MJPEG stream: is the path right": (
        "사진도 MJPEG 스트림도 아닌 {kind}로 응답합니다. 경로가 맞는지 확인하세요."
    ),
    "takes longer than {seconds} s for one picture": "사진 한 장에 {seconds}초가 넘게 걸립니다.",
    "sends more than {bytes} bytes for one picture": "사진 한 장으로 {bytes}바이트 넘게 보냅니다.",
    "does not answer: is it switched on, is the network there": (
        "응답하지 않습니다. 카메라가 켜져 있는지, 네트워크가 연결되어 있는지 확인하세요."
    ),
    "cannot be reached ({reason}): is it switched on, are host and port right": (
        "연결할 수 없습니다({reason}). 카메라가 켜져 있는지, 주소와 포트가 맞는지 확인하세요."
    ),
    "ended its stream": "스트림을 끝냈습니다.",
    "has {bytes} bytes, but the server takes at most {most}": "{bytes}바이트로, 서버가 받는 {most}바이트보다 큽니다.",
    "sends an MJPEG stream that does not say what parts its pictures": "MJPEG 스트림에 사진의 경계가 없습니다.",
    "sends pictures of more than {bytes} bytes": "{bytes}바이트가 넘는 사진을 보냅니다.",
    "sends what is no MJPEG stream": "MJPEG 스트림이 아닌 것을 보냅니다.",
    "gives no more pictures": "더 이상 사진이 오지 않습니다.",
    "gives pictures that cannot be read": "읽을 수 없는 사진을 보냅니다.",
    "cannot be opened: is it connected, used by no other program, and may programs use the camera here": (
        "열 수 "
        "없습니다. 연결되어 있는지, 다른 프로그램이 쓰고 있지 않은지, 이 PC에서 카메라 사용이 허용되어 있는지 "
        "확인하세요."
    ),
    "cannot be opened: is it switched on, is its path right, and are "
    "ROLLCALL_CAMERA_USER and ROLLCALL_CAMERA_PASSWORD": (
        "열 수 없습니다. 켜져 있는지, 경로와 ROLLCALL_CAMERA_USER, ROLLCALL_CAMERA_PASSWORD가 맞는지 확인하세요."
    ),
    "cannot be opened: is it a video": "열 수 없습니다. 동영상 파일인지 확인하세요.",
    "has {bytes} bytes, but at most {most} are read": "{bytes}바이트로, 읽을 수 있는 {most}바이트보다 큽니다.",
    "has {width} x {height} pixels, but at most {most} can be sent; set it smaller": (
        "{width} x {height} 픽셀로, 보낼 수 있는 {most} 픽셀보다 큽니다. 더 작게 설정하세요."
    ),
    "is no JPEG, PNG, GIF, BMP or WebP picture": "JPEG, PNG, GIF, BMP, WebP 사진이 아닙니다.",
    "is damaged ({reason})": "손상되었습니다({reason}).",
    "failed ({kind})": "오류가 났습니다({kind}).",
}

_CAMERA: Final = {
    "{name} is over.": "{name}: 끝났습니다.",
    "{name} gives {width} x {height} pixels.": "{name}: {width} x {height} 픽셀.",
    "{name} is being opened.": "{name}: 여는 중입니다.",
    "{name} has given no picture for {seconds} s.": "{name}: {seconds}초 동안 사진이 오지 않았습니다.",
}

_WAY_TO_THE_SERVER: Final = {
    "Nothing listens at {address}; start the server, or name another by --server or ROLLCALL_SERVER.": (
        "{address}에 서버가 없습니다. 서버를 켜거나 --server 또는 ROLLCALL_SERVER로 다른 서버를 지정하세요."
    ),
    "The name in {address} was not found; check it (--server or ROLLCALL_SERVER) and the network.": (
        "{address}의 이름을 찾을 수 없습니다. 주소(--server 또는 ROLLCALL_SERVER)와 네트워크를 확인하세요."
    ),
    "The server at {address} did not answer within {seconds} s. Large pictures take long: allow more time with "
    "--timeout SECONDS, or send a smaller picture; otherwise check that it runs and that no firewall is between.": (
        "{address} 서버가 {seconds}초 안에 응답하지 않았습니다. 큰 사진은 오래 걸리므로 --timeout 으로 시간을"
        " "
        "늘리거나 작은 사진을 보내세요. 아니면 서버가 켜져 있는지, 방화벽이 막고 있지 않은지 확인하세요."
    ),
    "The server at {address} hung up before it answered; check that it runs, then try again.": (
        "{address} 서버가 응답하기 전에 연결을 끊었습니다. 서버가 켜져 있는지 확인한 뒤 다시 시도하세요."
    ),
    "The server at {address} cannot be reached ({reason}); check the network and --server or ROLLCALL_SERVER.": (
        "{address} 서버에 연결할 수 없습니다({reason}). 네트워크와 --server 또는 ROLLCALL_SERVER를 확인하세요."
    ),
    "What answers at {address} is not a Rollcall server; check host and port (--server or ROLLCALL_SERVER), and that "
    "both are of the same version.": (
        "{address}에서 응답하는 것은 Rollcall 서버가 아닙니다. 주소와 포트(--server "
        "또는 ROLLCALL_SERVER), 그리고 "
        "서로 같은 버전인지 확인하세요."
    ),
    "The server ended the connection before it answered; its log says why. Try again.": (
        "서버가 응답하기 전에 연결을 끊었습니다. 원인은 서버 로그에 있습니다. 다시 시도하세요."
    ),
    "The server answered more than it was asked, or in another order; try again.": (
        "서버가 묻지 않은 것을 답했거나 순서가 다릅니다. 다시 시도하세요."
    ),
    "The server answered message {number} where {asked} was asked; try again.": (
        "{asked}번을 물었는데 서버가 {number}번을 답했습니다. 다시 시도하세요."
    ),
    "The server answered '{got}' where '{asked}' was asked; check that both are of the same version.": (
        "‘{asked}’을(를) 물었는데 서버가 ‘{got}’(으)로 답했습니다. 서로 같은 버전인지 확인하세요."
    ),
    "The server answered {marks} with {others} of others; look at the roster for what is recorded.": (
        "서버가 다른 학생의 {others}건으로 답했습니다. 무엇이 기록되었는지 명단에서 확인하세요."
    ),
    "The server's answer does not fit the question; check that both are of the same version.": (
        "서버의 답이 질문과 맞지 않습니다. 서로 같은 버전인지 확인하세요."
    ),
    "The server's answer cannot be understood. {problem} Check that both are of the same version.": (
        "서버의 답을 알아볼 수 없습니다({problem}). 서로 같은 버전인지 확인하세요."
    ),
    "This cannot be sent. {problem}": "보낼 수 없는 내용입니다({problem}).",
    "The server refused this ({code}).": "서버가 거부했습니다({code}).",
}

_OUTBOX: Final = {
    "The disk is full: the outbox {path} could not be written. Make room, then do the same again; what was kept before "
    "is still there.": (
        "디스크가 가득 차서 발신함 {path}에 쓸 수 없습니다. 공간을 비운 뒤 다시 하세요. 전에 "
        "저장한 것은 그대로 "
        "있습니다."
    ),
    "Another program has been using the outbox {path} for {seconds} s; end it, then try again.": (
        "다른 프로그램이 {seconds}초 동안 발신함 {path}을(를) 쓰고 있습니다. 그 프로그램을 끝낸 뒤 다시 하세요."
    ),
    "The outbox {path} cannot be written ({reason}); check its rights and its folder's, or name another file by "
    "--outbox or ROLLCALL_OUTBOX.": (
        "발신함 {path}에 쓸 수 없습니다({reason}). 파일과 폴더의 권한을 확인하거나 "
        "--outbox 또는 ROLLCALL_OUTBOX로 "
        "다른 파일을 지정하세요."
    ),
    "The outbox {path} cannot be opened ({reason}); name another file by --outbox or ROLLCALL_OUTBOX.": (
        "발신함 {path}을(를) 열 수 없습니다({reason}). --outbox 또는 ROLLCALL_OUTBOX로 다른 파일을 지정하세요."
    ),
    "The outbox {path} is damaged ({reason}); start the client again: it sets the file aside.": (
        "발신함 {path}이(가) 손상되었습니다({reason}). 프로그램을 다시 시작하면 그 파일을 따로 옮겨 둡니다."
    ),
    "The outbox {path} could not be written or read ({reason}); check the disk, then try again.": (
        "발신함 {path}을(를) 쓰거나 읽을 수 없습니다({reason}). 디스크를 확인한 뒤 다시 하세요."
    ),
    "The outbox {path} was made by a newer client; use that one, or name another file by --outbox.": (
        "발신함 {path}은(는) 더 새로운 프로그램이 만들었습니다. 그 프로그램을 쓰거나 --outbox로 다른 파일을 지정하세요."
    ),
    "{path} cannot be locked ({reason}); remove it.": "{path}을(를) 잠글 수 없습니다({reason}). 그 파일을 지우세요.",
    "Another program is sending what waits in {path}; it goes on there.": (
        "다른 프로그램이 {path}에서 기다리는 것을 보내고 있습니다. 그쪽에서 계속됩니다."
    ),
    "Entry {number} of the outbox cannot be sent ({reason}).": "발신함의 {number}번은 보낼 수 없습니다({reason}).",
}

_SERVER: Final = {
    "No student has the number '{student}': import a roster that names them.": (
        "학번 {student} 학생이 없습니다. 그 학생이 있는 명단을 먼저 가져오세요."
    ),
    "No course has the code '{course}': import its roster first.": (
        "코드가 {course}인 과목이 없습니다. 명단을 먼저 가져오세요."
    ),
    "Student '{student}' is not enrolled in course '{course}' on {day}: "
    "check the course, or import its newest roster.": (
        "{student} 학생은 {day}에 {course} 과목의 수강생이 아닙니다. 과목을 확인하거나 최신 명단을 가져오세요."
    ),
    "The session of course '{course}' on {day} is closed and takes no marks: reopen it first.": (
        "{day} {course} 수업은 마감되어 기록할 수 없습니다. 먼저 다시 여세요."
    ),
    "Session {number} is closed: what the camera proposed stays as it was kept. Reopen it first.": (
        "{number}번 수업은 마감되어 카메라의 제안이 저장된 그대로 남습니다. 먼저 다시 여세요."
    ),
    "Session {number} is of {day}, and the picture was taken on {other}: name the session of that day, or only the "
    "course.": "{number}번 수업은 {day} 수업인데 사진은 {other}에 찍혔습니다. 그날의 수업을 여세요.",
    "Session {number} is {state} and cannot become {new}: submit it first.": (
        "{number}번 수업은 ‘{state}’ 상태라 ‘{new}’(으)로 바꿀 수 없습니다. 먼저 제출하세요."
    ),
    "Session {number} is {state} meanwhile and cannot become {new}: look at it again.": (
        "{number}번 수업이 그사이 ‘{state}’ 상태가 되어 ‘{new}’(으)로 바꿀 수 없습니다. 다시 확인하세요."
    ),
    "There is no session {number}: list the sessions of the course for their numbers.": (
        "{number}번 수업이 없습니다. 과목의 수업 목록에서 번호를 확인하세요."
    ),
    "Session {number} has no hour {hour}; it has {hours}.": (
        "{number}번 수업에는 {hour}교시가 없습니다. 있는 교시: {hours}."
    ),
    "Session {number} is of course {course}, not of {other}.": (
        "{number}번 수업은 {other}이(가) 아니라 {course} 수업입니다."
    ),
    "Course {course} has no class on {day} by its timetable: name the hours to hold one.": (
        "시간표에 따르면 "
        "{course} 과목은 {day}에 수업이 없습니다. 보강이면 교시를 지정하여 여세요"
        "(session open --hours)."
    ),
    "Course {course} has no hour {hour} on {day}: open its session of that day with that hour first.": (
        "{course} 과목은 {day}에 {hour}교시가 없습니다. 먼저 그 교시로 그날의 수업을 여세요."
    ),
    "Course {course} is in shadow mode: its proposals cannot be confirmed. Record what you decided by `marks`.": (
        "{course} 과목에서는 카메라가 지켜보기만 하므로 제안을 확인할 수 없습니다. 학생마다 직접 기록하세요."
    ),
    "By its rules course {course} does not record the state {state}.": (
        "{course} 과목의 규칙에는 ‘{state}’ 상태가 없습니다."
    ),
    "The day {day} is no day of a class: check the date.": "{day}은(는) 수업일이 아닙니다. 날짜를 확인하세요.",
    "{text} is no day of the calendar; write one like 2026-03-02.": (
        "{text}은(는) 날짜가 아닙니다. 2026-03-02처럼 쓰세요."
    ),
    "The time {time} of {day} is no time of a class: check the clock.": (
        "{time}({day})은(는) 수업 시각이 아닙니다. 이 PC의 시계를 확인하세요."
    ),
    "The class hour {hour} does not exist: hours are numbered 1 to {most}.": (
        "{hour}교시는 없습니다. 1교시부터 {most}교시까지 있습니다."
    ),
    "The {what} '{text}' cannot be used: it needs 1 to {most} characters, without white space around them and without "
    "control characters.": "‘{text}’은(는) 쓸 수 없습니다. 앞뒤 공백과 제어 문자 없이 1~{most}자여야 합니다.",
    "The {what} '{text}' cannot be used: it may have {most} characters at most and no control ones.": (
        "‘{text}’은(는) 쓸 수 없습니다. 제어 문자 없이 {most}자까지 쓸 수 있습니다."
    ),
    "This key was used before for other content: every new request needs a new key.": (
        "같은 요청 번호가 다른 내용에 쓰였습니다. 다시 하세요."
    ),
    "The answer to {count} marks is too long for one message; send them in two.": (
        "{count}건의 답이 한 번에 보내기에는 너무 깁니다. 둘로 나누어 보내세요."
    ),
    "The server could not do this; its log says why.": "서버가 하지 못했습니다. 원인은 서버 로그에 있습니다.",
    "The server cannot reach its database just now; send the same again in a moment.": (
        "서버가 지금 데이터베이스에 연결할 수 없습니다. 잠시 뒤 다시 보냅니다."
    ),
    "The answer is too long for one message: ask for less, such as one hour, or fewer days.": (
        "답이 한 번에 보내기에는 너무 깁니다. 한 교시나 더 짧은 기간을 고르세요."
    ),
    "In all {count} rows are wrong; here are the first {shown}.": (
        "모두 {count}건이 잘못되었습니다. 처음 {shown}건입니다."
    ),
    "And {count} rows more.": "그 밖에 {count}건.",
    "And 1 row more.": "그 밖에 1건.",
    "The server is stopping; send the mark again in a moment.": "서버가 꺼지는 중입니다. 잠시 뒤 다시 보냅니다.",
    "The server is stopping; send the picture again in a moment.": "서버가 꺼지는 중입니다. 잠시 뒤 다시 보냅니다.",
    "Too many marks wait for the database; send this one again in a moment.": (
        "데이터베이스를 기다리는 기록이 너무 많습니다. 잠시 뒤 다시 보냅니다."
    ),
    "The mark could not be recorded; the server's log says why.": "기록하지 못했습니다. 원인은 서버 로그에 있습니다.",
    "{waiting} pictures wait already; send this one again in a moment.": (
        "사진 {waiting}장이 이미 기다리고 있습니다. 잠시 뒤 다시 보냅니다."
    ),
    "The picture waited too long for its turn; send it again in a moment.": (
        "사진이 차례를 너무 오래 기다렸습니다. 잠시 뒤 다시 보냅니다."
    ),
    "The server has as many connections as it can serve; try again in a moment.": (
        "서버에 연결이 너무 많습니다. 잠시 뒤 다시 시도합니다."
    ),
    "The picture of {size} pixels shows no face of {least} pixels or more.": (
        "{size} 픽셀 사진에 {least} 픽셀 이상인 얼굴이 없습니다."
    ),
    "A snapshot that is to be recorded must name its course or its session.": (
        "저장할 사진에는 과목이나 수업을 밝혀야 합니다."
    ),
    "The image is {width} x {height} pixels; at most {most} pixels are accepted. Send a smaller picture.": (
        "사진이 {width} x {height} 픽셀로, 받을 수 있는 {most} 픽셀보다 큽니다. 더 작은 사진을 보내세요."
    ),
    "The image is {width} x {height} pixels; no side may have more than {most}. Send a smaller picture.": (
        "사진이 {width} x {height} 픽셀인데 한 변은 {most} 픽셀까지입니다. 더 작은 사진을 보내세요."
    ),
    "The image is {width} x {height} pixels in {scans} scans, which takes too long to decode. Save it anew.": (
        "{width} x {height} 픽셀 사진의 스캔이 {scans}개라 읽는 데 너무 오래 걸립니다. 다시 저장하세요."
    ),
    "The {kind} image is truncated: its data is too short for {width} x {height} pixels; send the whole file.": (
        "{kind} 사진이 {width} x {height} 픽셀에 모자라게 잘렸습니다. 파일 전체를 보내세요."
    ),
    "The {kind} image of {width} x {height} pixels is damaged or truncated ({reason}); send it again or save it "
    "anew.": "{width} x {height} 픽셀 {kind} 사진이 손상되었거나 잘렸습니다({reason}). 다시 보내거나 새로 저장하세요.",
    "The {kind} image contradicts itself: {width} x {height} and {other} x {another} pixels.": (
        "{kind} 사진의 크기가 서로 다릅니다: {width} x {height}, {other} x {another} 픽셀."
    ),
}

SENTENCES: Final[dict[str, str]] = {
    **_CAMERA,
    **_WAY_TO_THE_SERVER,
    **_OUTBOX,
    **_SERVER,
    **{
        _TRIED_AGAIN[0] + english + _TRIED_AGAIN[1]: _TRIED_AGAIN[2] + korean + _TRIED_AGAIN[3]
        for english, korean in _CAMERA_LOST.items()
    },
}

VALUES: Final[dict[str, str]] = {
    "present": "출석",
    "late": "지각",
    "left_early": "조퇴",
    "absent": "결석",
    "excused": "출석인정",
    "excused_absence": "공결",
    "not_taken": "미실시",
    "not_visible": "확인불가",
    "draft": "작성 중",
    "submitted": "제출됨",
    "closed": "마감",
}
"""What may stand in a blank and has a Korean word."""
