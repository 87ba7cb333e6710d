"""The OpenAPI document under fire: whatever is generated from it, in every role, is answered as it says."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.access import LOCAL, NOBODY, Grant, Kind, Principal, Role, Teaching
from server.dispatch import Campus, Dispatcher
from server.gallery.constants import family_constants
from server.http.v1.route import JSON
from server.http.v1.routes import ROUTES
from server.recognition import decode_image
from server.services.rooms.checks import RoomChecks
from server.services.rooms.prediction import SurePrediction
from tests.running import environment
from tests.server.classroom import COURSE, SEOUL, classroom, seoul
from tests.server.http.campus import Http, http_of
from tests.server.test_room_check_asked import Boxes

ROOT = Path(__file__).resolve().parents[3]
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,unsupported_method"
)


def user(*roles: Role, **more: object) -> Principal:
    return Principal(kind=Kind.USER, name="somebody", id=1, roles=frozenset(roles), **more)  # type: ignore[arg-type]


ROLES = {
    "local": LOCAL,
    "nobody": NOBODY,
    "professor": user(teaches=(Teaching(COURSE, Role.PROFESSOR),)),
    "assistant": user(teaches=(Teaching(COURSE, Role.ASSISTANT, frozenset(Grant)),)),
    "student": user(Role.STUDENT, student="201511041"),
    "office": user(Role.OFFICE),
    "admin": user(Role.ADMIN),
    "privacy_officer": user(Role.PRIVACY_OFFICER),
    "device": Principal(
        kind=Kind.DEVICE,
        name="front",
        id=2,
        roles=frozenset({Role.DEVICE}),
        device="front",
        room_courses=frozenset({COURSE}),
        course_now=COURSE,
    ),
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Http]:
    folder = tmp_path_factory.mktemp("openapi")
    with classroom(str(folder / "a.sqlite"), folder) as room:
        room.set_course()
        prediction = SurePrediction(family_constants("khuface"))
        checks = RoomChecks(room.store, Boxes(()), decode_image, room.queue, lambda: prediction)  # type: ignore[arg-type]
        room.services = replace(room.services, rooms=checks)
        room.dispatcher = Dispatcher(room.services, Campus(SEOUL), lambda: room.now)
        room.now = seoul("10:31")
        with http_of(room, folder / "knowns") as spoken:
            yield spoken


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_whatever_is_asked_in_a_role_is_answered_as_the_document_says(opened: Http, role: str, tmp_path: Path) -> None:
    opened.principal = None
    opened.open()
    opened.principal = ROLES[role]
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"http://127.0.0.1:{opened.port}/v1/openapi.json",
        *("--checks", CHECKS, "--max-examples", "8", "--seed", "1", "--header", "Rollcall: 1"),
        *("--phases", "examples,coverage,fuzzing", "--workers", "1", "--no-color", "--max-failures", "5"),
        *("--exclude-operation-id", "events"),  # it has no end
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(SCHEMATHESIS_HOOKS="tests.server.http.schemathesis_hooks", PYTHONPATH=str(ROOT)),
        timeout=600,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-2000:]}"


@pytest.mark.slow
def test_a_client_that_is_generated_from_the_document_works(opened: Http, tmp_path: Path) -> None:
    generator = Path(sys.executable).with_name("openapi-python-client")
    if not generator.exists():
        pytest.skip("openapi-python-client is not installed: python -m pip install -r requirements.txt")
    opened.principal = None
    session = opened.open()
    kinds = {kind for each in ROUTES for kind in (*each.content, *each.files)} - {JSON, "text/event-stream"}
    overrides = dict.fromkeys(kinds, "application/octet-stream") | {"application/problem+json": JSON}
    (tmp_path / "config.json").write_text(json.dumps({"content_type_overrides": overrides, "post_hooks": []}))
    done = subprocess.run(
        [
            str(generator),
            "generate",
            "--config",
            "config.json",
            "--url",
            f"http://127.0.0.1:{opened.port}/v1/openapi.json",
            "--meta",
            "none",
            "--output-path",
            str(tmp_path / "rollcall_v1"),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(),
        timeout=300,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower(), done.stdout + done.stderr
    made = {each.stem for each in (tmp_path / "rollcall_v1" / "api" / "default").glob("*.py")}
    assert {each.name for each in ROUTES} <= made
    (tmp_path / "asking.py").write_text(
        "import sys\n"
        "from rollcall_v1 import Client\n"
        "from rollcall_v1.api.default import access_log, add_device, add_user, board, list_users, mark, open_session\n"
        "from rollcall_v1.api.default import report, roster\n"
        "from rollcall_v1.models import AddDeviceBody, AddUserBody, MarkBody, MarkItem\n"
        "client = Client(base_url=sys.argv[1], headers={'Rollcall': '1'})\n"
        "listed = roster.sync(client=client, course=sys.argv[2])\n"
        "item = MarkItem(student=listed.students[0].student, course=sys.argv[2], hour=3)\n"
        "marked = mark.sync(client=client, body=MarkBody(marks=[item]), idempotency_key='generated-1')\n"
        "assert marked.marks[0].changed, marked\n"
        "shown = board.sync(int(sys.argv[3]), client=client)\n"
        "token = add_device.sync(client=client, body=AddDeviceBody(device='generated', room='B101')).token\n"
        "assert token.startswith('rc1_'), token\n"
        "add_user.sync(client=client, body=AddUserBody(user='generated'))\n"
        "assert 'generated' in [each.user for each in list_users.sync(client=client, limit=200).accounts]\n"
        "assert report.sync(client=client, course=sys.argv[2]).students\n"
        "first = access_log.sync(client=client, limit=1)\n"
        "second = access_log.sync(client=client, limit=1, cursor=first.next_)\n"
        "assert first.lines[0] != second.lines[0]\n"
        "print(shown.students[0].hours[0].mark.value)\n",
        encoding="utf-8",
    )
    asked = subprocess.run(
        [sys.executable, "asking.py", f"http://127.0.0.1:{opened.port}", COURSE, str(session)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(PYTHONPATH=str(tmp_path), PYTHONWARNINGS="default"),
        timeout=120,
        encoding="utf-8",
    )
    assert asked.stdout == "present\n", asked.stderr
