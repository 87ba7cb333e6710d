"""No student's number or name stands in the log above debug, whatever a client sends and whatever breaks."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pymysql
import pytest
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from protocol import legacy, messages
from protocol.errors import ProtocolError
from protocol.framing import Frame, FrameDecoder, encode_frame
from protocol.legacy import LegacyDecoder
from protocol.messages import REQUESTS
from server.connection import Peer
from server.errors import SetupProblem
from server.store.database.failures import kind_of, translate
from settings.logs import PrivateFormatter
from tests.server.classroom import COURSE, Classroom, classroom

NUMBER, NAME = "201511041", "김하늘"
MARKERS = (NUMBER, NAME)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    folder = tmp_path_factory.mktemp("room")
    with classroom(str(folder / "a.sqlite"), folder) as opened:
        yield opened


@pytest.fixture
def log(room: Classroom, caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    caplog.set_level(logging.INFO)
    room.wire.close()  # refusals that are alike are counted, and only the first of them is written
    before = caplog.handler.formatter
    caplog.handler.setFormatter(PrivateFormatter("%(message)s"))
    yield caplog
    caplog.handler.setFormatter(before)


def peer() -> Peer:
    return Peer("192.0.2.7:50000", datetime.now(UTC))


def headers() -> Iterator[dict[str, object]]:
    """Requests of every type with the marker in the place of each field, of a field's name, of the type, of the id."""
    for place in MARKERS:
        yield {"type": place, "id": 1}
        yield {"type": "info", "id": place}
        yield {"type": "info", "id": 1, place: place}
        for kind, struct in REQUESTS.items():
            for field in msgspec.structs.fields(struct):
                for value in (place, [place], {place: place}, [{"student": [place], place: 1}], int(NUMBER) * 10**6):
                    yield {"type": kind, "id": 1, field.encode_name: value}


def test_no_message_of_ours_brings_a_number_or_a_name_into_the_log(
    room: Classroom, log: pytest.LogCaptureFixture
) -> None:
    who = peer()
    sent = list(headers())
    for header in sent:
        frame = Frame(json.dumps(header, ensure_ascii=False).encode(), b"")
        assert len(list(room.wire.framed([frame], who))) == 1
        room.wire.close()
    assert len(sent) > 300
    assert len(log.records) >= len(sent)
    assert [each for each in log.messages if any(marker in each for marker in MARKERS)] == []
    assert max(map(len, log.messages)) < 1000


@pytest.mark.parametrize(
    "header",
    [
        f'{{"type": "info", "id": 1, "{NUMBER}": 1, "{NUMBER}": 2}}',
        f'{{"type": "info", "id": 1, "x": {NUMBER * 4}}}',
        f'{{"type": "info", "id": 1, "x": {NUMBER}{"0" * 400}.5e999}}',
        f"{NUMBER}",
        f'{{"{NUMBER}',
    ],
)
def test_no_json_that_is_none_brings_a_number_into_the_log(
    room: Classroom, log: pytest.LogCaptureFixture, header: str
) -> None:
    assert len(list(room.wire.framed([Frame(header.encode(), b"")], peer()))) == 1
    assert log.records
    assert NUMBER not in log.text


@pytest.mark.parametrize(
    "sent",
    [f"{NUMBER}{COURSE}\r\n", f"{NUMBER}wrong\x00", f"{NUMBER}\t", NUMBER, f"GET /{NUMBER} HTTP/1.1\r\n\r\n", NAME],
)
def test_no_message_of_2019_brings_a_number_into_the_log(
    room: Classroom, log: pytest.LogCaptureFixture, sent: str
) -> None:
    decoder = LegacyDecoder()
    decoder.receive(sent.encode())
    with pytest.raises(ProtocolError) as refused:
        decoder.finish()
    room.wire.refuse_legacy(refused.value, peer())
    room.wire.legacy(legacy.LegacyMark(student=NUMBER, course="nowhere1"), peer())
    assert log.records
    assert NUMBER not in log.text
    assert NAME not in log.text


def test_bytes_that_are_no_frame_do_not_reach_the_log(room: Classroom, log: pytest.LogCaptureFixture) -> None:
    decoder = FrameDecoder()
    decoder.receive(encode_frame(b"{}")[:1] + b"2015")
    with pytest.raises(ProtocolError) as refused:
        decoder.next_frame()
    room.wire.refuse_framed(refused.value, peer())
    assert "32 30" not in log.text


def test_who_is_told_of_a_mistake_still_reads_what_they_sent(room: Classroom) -> None:
    (answer,) = room.wire.framed([Frame(json.dumps({"type": NUMBER, "id": 1}).encode(), b"")], peer())
    decoder = FrameDecoder()
    decoder.receive(answer)
    assert NUMBER in messages.decode_reply(decoder.next_frame()).message.text


def test_a_debug_log_has_the_whole_sentence(room: Classroom, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    list(room.wire.framed([Frame(json.dumps({"type": NUMBER, "id": 1}).encode(), b"")], peer()))
    assert NUMBER in caplog.text


def test_a_defect_is_logged_with_its_place_and_without_what_it_was_about(log: pytest.LogCaptureFixture) -> None:
    try:
        try:
            raise KeyError(NUMBER)
        except KeyError as error:
            raise ValueError(f"no such student: {NAME}") from error
    except ValueError:
        logging.getLogger("rollcall").exception("a request failed by a defect")
    text = log.text
    assert "test_log_of_numbers.py" in text
    assert text.index("KeyError") < text.index("ValueError")
    assert not any(marker in text for marker in MARKERS)


@pytest.mark.parametrize(
    ("wrapper", "number", "said"),
    [
        (IntegrityError, 1062, f"Duplicate entry '{NUMBER}-{COURSE}' for key 'PRIMARY'"),
        (DataError, 1366, f"Incorrect string value: '{NAME}' for column 'name' at row 1"),
        (OperationalError, 1292, f"Truncated incorrect DOUBLE value: '{NUMBER}'"),
        (OperationalError, 1525, f"Incorrect DATETIME value: '{NUMBER}'"),
    ],
)
def test_what_a_database_quotes_of_a_row_is_left_out(wrapper: type[IntegrityError], number: int, said: str) -> None:
    error = wrapper("INSERT", {}, pymysql.err.MySQLError(number, said))
    text = translate(error, kind_of(error), "mysql://rollcall@127.0.0.1/rollcall").text
    assert str(number) in text
    assert not any(marker in text for marker in MARKERS)


def test_an_error_about_a_record_is_logged_without_whose_it_is() -> None:
    problem = SetupProblem("The template of student {student} cannot be opened.", student=NUMBER)
    assert NUMBER in problem.text
    assert problem.log_text == "The template of student {student} cannot be opened."
