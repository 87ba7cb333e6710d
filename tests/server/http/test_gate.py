"""Hostile requests against a real listener: whoever sends them, the others are answered."""

import statistics
import threading
import time
from ipaddress import ip_network
from typing import Any

import pytest
from litestar import Request, Response, get, post

from server.http.application import application, exchange_of
from server.http.connection import ConnectionLimits
from server.http.gate import GateLimits
from server.http.health import health_routes
from server.readiness import Readiness
from tests.server.http.listening import Answer, connected, listening, parsed, read_all, request_of, said

MOST_BYTES = 100_000
PROXY = ip_network("127.0.0.0/8")


@get("/v1/address")
async def address(request: Request[Any, Any, Any]) -> Response[Any]:
    return Response({"address": exchange_of(request).address, "secure": exchange_of(request).secure})


@post("/v1/length")
async def length(request: Request[Any, Any, Any]) -> Response[Any]:
    return Response({"length": len(await request.body())}, status_code=200)


@get("/v1/defect", sync_to_thread=True)
def defect() -> Response[Any]:
    raise RuntimeError("a secret detail")


def gate(**limits: Any) -> Any:
    readiness = Readiness()
    readiness.recognised(True)
    readiness.database_answered()
    given = {"body_bytes": MOST_BYTES, "body_timeout_s": 0.3, "names": ["rollcall.example"], **limits}
    return application([*health_routes(readiness), address, length, defect], GateLimits(**given))


@pytest.fixture(scope="module")
def port():
    with listening(gate(), ConnectionLimits(message_timeout_s=0.4, connections=8)) as listener:
        yield listener.port


def is_alive(port: int) -> bool:
    return said(port, request_of("GET", "/healthz")).status == 200


@pytest.mark.parametrize(
    "path", ["/v1/%61ddress", "/v1%2faddress", "/../v1/address", "/v1/./address", "//v1/address", "/v1/a%00b", "/v1\\x"]
)
def test_a_path_of_another_spelling_is_refused(port: int, path: str) -> None:
    answer = said(port, request_of("GET", path))
    assert (answer.status, answer.json["code"]) == (400, "bad_request")


def test_an_absolute_address_as_path_is_refused(port: int) -> None:
    assert said(port, request_of("GET", "http://elsewhere.example/healthz")).status == 400


@pytest.mark.parametrize("host", ["elsewhere.example", "localhost.elsewhere.example", "127.0.0.1.nip.example", ""])
def test_a_host_that_is_not_this_server_is_refused(port: int, host: str) -> None:
    assert said(port, request_of("GET", "/healthz", host=host)).status == 400


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1:9999", "[::1]:80", "rollcall.example"])
def test_a_name_of_this_server_is_taken(port: int, host: str) -> None:
    assert said(port, request_of("GET", "/healthz", host=host)).status == 200


def test_two_hosts_are_refused(port: int) -> None:
    assert said(port, request_of("GET", "/healthz", "Host: localhost")).status == 400


def test_every_answer_has_its_number_and_the_headers_that_protect_a_browser(port: int) -> None:
    for path in ("/healthz", "/nowhere", "/v1/%00"):
        headers = said(port, request_of("GET", path)).headers
        assert len(headers["x-request-id"]) == 36
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "access-control-allow-origin" not in headers


def test_an_error_is_a_problem_with_the_number_of_its_request(port: int) -> None:
    answer = said(port, request_of("GET", "/nowhere"))
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    assert answer.json["status"] == answer.status == 404


def test_a_method_that_a_path_has_not_is_told_which_it_has(port: int) -> None:
    answer = said(port, request_of("DELETE", "/v1/length"))
    assert answer.status == 405
    assert "POST" in answer.headers["allow"]


def test_a_defect_says_nothing_of_itself(port: int, caplog: pytest.LogCaptureFixture) -> None:
    answer = said(port, request_of("GET", "/v1/defect"))
    assert (answer.status, answer.json["code"]) == (500, "internal")
    assert b"secret" not in answer.body
    assert "a secret detail" in caplog.text


def test_what_is_announced_too_large_is_refused_at_once(port: int) -> None:
    answer = said(port, request_of("POST", "/v1/length", f"Content-Length: {10**15}"))
    assert (answer.status, answer.json["code"]) == (413, "too_large")


def test_what_grows_too_large_in_chunks_is_refused(port: int) -> None:
    chunk = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
    head = request_of("POST", "/v1/length", "Transfer-Encoding: chunked")
    answer = said(port, head + chunk * 40 + b"0\r\n\r\n")
    assert (answer.status, answer.json["code"]) == (413, "too_large")


def test_what_is_as_large_as_it_may_be_is_taken(port: int) -> None:
    assert said(port, request_of("POST", "/v1/length", body=b"x" * MOST_BYTES)).json == {"length": MOST_BYTES}


def test_compressed_content_is_refused_unread(port: int) -> None:
    answer = said(port, request_of("POST", "/v1/length", "Content-Encoding: gzip", body=b"\x1f\x8b"))
    assert answer.status == 415


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: +5",),
        ("Content-Length: 5_0",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding : chunked",),
    ],
)
def test_lengths_that_two_readers_understand_differently_end_the_connection(port: int, lines: tuple[str, ...]) -> None:
    head = "\r\n".join(["POST /v1/length HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()
    with connected(port) as client:
        client.sendall(head + b"0\r\n\r\nGET /v1/address HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answered = read_all(client)
    assert answered.count(b"HTTP/1.1 ") == 1, answered
    assert parsed(answered).status in {400, 501}


def test_all_bodies_together_are_bounded_and_small_ones_are_taken_all_the_same() -> None:
    head = b"POST /v1/length HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n"
    with listening(gate(held_bytes=120_000, body_timeout_s=20.0), ConnectionLimits(message_timeout_s=20.0)) as listener:
        with connected(listener.port) as first, connected(listener.port) as second:
            first.sendall(head + bytes(90_000))
            second.sendall(head + bytes(90_000))
            refused = parsed(read_all(second))
            assert (refused.status, refused.json["code"], refused.json["retry"]) == (503, "busy", True)
            assert said(listener.port, request_of("POST", "/v1/length", body=b"x" * 1000)).json == {"length": 1000}
            first.sendall(bytes(10_000))
            assert parsed(read_all(first)).json == {"length": 100_000}
        with connected(listener.port) as again:
            again.sendall(head + bytes(100_000))
            assert parsed(read_all(again)).json == {"length": 100_000}


def test_a_body_that_trickles_is_refused_when_its_time_is_over(port: int) -> None:
    with connected(port) as client:
        client.sendall(request_of("POST", "/v1/length", "Content-Length: 1000") + b"x")
        answer = parsed(read_all(client))
    assert (answer.status, answer.json["retry"]) == (408, True)


def test_a_body_that_goes_on_behind_its_answer_ends_with_the_connection(port: int) -> None:
    with connected(port) as client:
        client.sendall(request_of("GET", "/healthz", "Content-Length: 90000"))
        assert parsed(read_all(client)).status == 200


def test_a_head_that_never_ends_is_hung_up_on(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ")
        assert read_all(client) == b""


def test_a_head_without_an_end_in_sight_is_refused(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 60_000)
        assert parsed(read_all(client)).status == 400


def test_who_says_nothing_does_not_keep_others_out(port: int) -> None:
    silent = [connected(port) for _ in range(24)]
    try:
        assert is_alive(port)
    finally:
        for each in silent:
            each.close()


def test_what_is_no_http_is_refused(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64 + b"\r\n\r\n")
        assert parsed(read_all(client)).status == 400
    assert is_alive(port)


def test_two_requests_on_one_connection_are_answered_in_their_order(port: int) -> None:
    first = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connected(port) as client:
        client.sendall(first + request_of("GET", "/readyz"))
        answered = read_all(client)
    assert answered.index(b'{"alive":true}') < answered.index(b'{"ready":true}')


def test_a_forwarded_address_is_not_believed_of_just_anybody(port: int) -> None:
    answer = said(port, request_of("GET", "/v1/address", "X-Forwarded-For: 10.9.9.9", "X-Forwarded-Proto: https"))
    assert answer.json == {"address": "127.0.0.1", "secure": False}
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("10.9.9.9", "10.9.9.9"),
        ("1.1.1.1, 10.9.9.9", "10.9.9.9"),
        ("10.9.9.9, 127.0.0.2", "10.9.9.9"),
        ("1.1.1.1, nonsense", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_of_a_proxy_the_last_address_is_believed_that_it_did_not_make_up(forwarded: str, address: str) -> None:
    with listening(gate(proxies=[PROXY])) as listener:
        answer = said(
            listener.port,
            request_of("GET", "/v1/address", f"X-Forwarded-For: {forwarded}", "X-Forwarded-Proto: https"),
        )
        assert answer.json == {"address": address, "secure": True}
        assert answer.headers["strict-transport-security"]


def test_the_log_has_a_line_of_each_request_and_no_query(port: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "server.http")
    answer = said(port, request_of("GET", "/healthz?student=201511041"))
    line = next(each.getMessage() for each in caplog.records if answer.headers["x-request-id"] in each.getMessage())
    assert line.startswith("127.0.0.1 GET /healthz 200 ")
    assert "201511041" not in caplog.text


def test_a_method_of_somebodys_own_does_not_fill_the_log(port: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "server.http")
    said(port, request_of("A" * 20_000, "/healthz"))
    assert len(caplog.text) < 2000


def test_a_kept_connection_is_answered_without_the_delay_of_small_packets(port: int) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    took = []
    with connected(port) as client:
        for _ in range(21):
            started, answer = time.perf_counter(), b""
            client.sendall(request)
            while b'{"alive":true}' not in answer:
                answer += client.recv(65536)
            took.append(time.perf_counter() - started)
    assert statistics.median(took) < 0.03, "each waits for the other side's delayed acknowledgement, 40 ms"


def test_a_stop_answers_what_has_begun() -> None:
    begun, may_end = threading.Event(), threading.Event()

    @get("/slow", sync_to_thread=True)
    def slow() -> Response[Any]:
        begun.set()
        may_end.wait(10)
        return Response({"done": True})

    answers: list[Answer] = []
    with listening(application([slow], GateLimits())) as listener:
        asking = threading.Thread(target=lambda: answers.append(said(listener.port, request_of("GET", "/slow"))))
        asking.start()
        begun.wait(10)
        stopping = threading.Thread(target=listener.stop)
        stopping.start()
        may_end.set()
        stopping.join()
        asking.join()
    assert answers[0].json == {"done": True}


def test_ready_is_told_with_its_reason_when_it_is_not() -> None:
    readiness = Readiness()
    with listening(application(health_routes(readiness), GateLimits())) as listener:
        first = said(listener.port, request_of("GET", "/readyz"))
        readiness.database_answered()
        second = said(listener.port, request_of("GET", "/readyz"))
        readiness.recognised(True)
        third = said(listener.port, request_of("GET", "/readyz"))
    assert (first.status, first.headers["retry-after"]) == (503, "1")
    assert "database" in first.json["detail"]
    assert "recognise" in second.json["detail"]
    assert third.status == 200


def test_refusals_that_are_alike_are_counted_and_said_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "server.http")
    with listening(gate()) as listener:
        for path in ("/nothing/here", "/nothing/there") * 20:
            assert said(listener.port, request_of("GET", path)).status == 404
    lines = [each.getMessage() for each in caplog.records if " 404" in each.getMessage()]
    assert len(lines) == 2
    assert lines[1].startswith("127.0.0.1 GET - 404: 39 more in ")
