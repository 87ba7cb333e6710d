"""The sentences of the client's own errors in Korean, with the same {blanks}."""

from typing import Final

from client.error_texts import ClientText

KOREAN_CLIENT_SENTENCES: Final[dict[str, str]] = {
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
    ClientText.NO_HANDSHAKE: (
        "{address} 서버가 암호화된 연결을 시작하지 않아 아무것도 보내지 않았습니다. 서버의 tls 설정이 off가 "
        "아닌지, 포트가 맞는지 관리자에게 확인하세요."
    ),
    ClientText.NO_HANDSHAKE_IN_TIME: (
        "{address} 서버가 제시간에 암호화된 연결을 시작하지 않아 아무것도 보내지 않았습니다. 다시 시도하고, 서버의 "
        "tls 설정이 off가 아닌지 관리자에게 확인하세요."
    ),
    ClientText.CERTIFICATE_UNKNOWN: (
        "{address} 서버의 인증서를 보증하는 기관을 알 수 없어 아무것도 보내지 않았습니다. 관리자가 나누어 준 파일을 "
        "--ca 또는 ROLLCALL_CA로 지정하세요."
    ),
    ClientText.CERTIFICATE_OF_ANOTHER: (
        "{address} 서버의 인증서는 {host}의 것이 아니므로 아무것도 보내지 않았습니다. 인증서에 적힌 이름으로 "
        "--server 또는 ROLLCALL_SERVER를 지정하세요."
    ),
    ClientText.CERTIFICATE_OVER: (
        "{address} 서버의 인증서가 만료되어 아무것도 보내지 않았습니다. 관리자가 갱신해야 합니다. 이 컴퓨터의 시계가 "
        "맞는지도 확인하세요."
    ),
    ClientText.CERTIFICATE_NOT_YET: (
        "{address} 서버의 인증서가 아직 유효하지 않아 아무것도 보내지 않았습니다. 이 컴퓨터의 시계를 확인하세요."
    ),
    ClientText.CERTIFICATE_REFUSED: (
        "{address} 서버의 인증서를 받아들일 수 없어({reason}) 아무것도 보내지 않았습니다. 관리자에게 알리세요."
    ),
    ClientText.NO_SERVER_OF_OURS: (
        "{address}에서 응답하는 것은 Rollcall 서버가 아닙니다. 주소와 포트(--server 또는 ROLLCALL_SERVER), 그리고 "
        "서로 같은 버전인지 확인하세요."
    ),
    ClientText.UPDATE: (
        "서버는 버전 {server}, 이 프로그램은 {client}입니다. 여기서 정한 것은 그대로 기록되지만 "
        "새 기능은 쓸 수 없습니다. 담당자에게 업데이트를 요청하세요."
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
    ClientText.LOOK_FAILED: (
        "카메라 사진을 확인하지 못했습니다({kind}). 다시 시도합니다. 계속되면 출석을 직접 부르고 창을 다시 여세요."
    ),
    ClientText.DELIVERY_FAILED: (
        "발신함에서 보내지 못했습니다({kind}). 다시 시도합니다. 기록은 이 컴퓨터에 그대로 있습니다."
    ),
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
