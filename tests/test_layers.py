"""The arrows of the house, held by reading every import: server -> protocol <- client, and each library in its room."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {
    "dlib": ("server/recognition/",),
    "onnx": ("server/recognition/", "converter/"),
    "onnxruntime": ("server/recognition/",),
    "openvino": ("server/recognition/",),
    "cv2": ("server/recognition/", "cameras/"),
    "sqlalchemy": ("server/store/", "sql/migrations/"),
    "pymysql": ("server/store/", "sql/migrations/"),
    "alembic": ("server/store/", "sql/migrations/"),
    "cryptography": ("server/store/", "server/tls/", "server/cluster/"),
    "ssl": (
        "server/tls/",
        "server/connection.py",
        "server/http/listener.py",
        "server/extraction/",
        "server/bootstrap/",
        "client/tls.py",
        "client/transport.py",
        "cameras/",
        "server/services/sign_on/outside.py",
        "server/services/notices/smtp.py",
    ),
    "sqlite3": ("server/store/", "client/outbox/"),
    "socket": (
        "server/connection.py",
        "server/tcp.py",
        "server/tls/",
        "server/cluster/trial/",
        "client/tls.py",
        "demo/",
        "server/process/",
        "client/transport.py",
        "client/config.py",
        "server/http/listener.py",
        "cameras/allowed.py",
        "server/services/notices/smtp.py",
    ),
    "smtplib": ("server/services/notices/smtp.py",),
    "litestar": ("server/http/", "server/pages/"),
    "jinja2": ("server/pages/", "server/cluster/"),
    "prometheus_client": ("server/process/",),
    "opentelemetry": ("server/process/traces.py",),
    "uvicorn": ("server/http/",),
    "h11": ("server/http/",),
    "PySide6": ("client/window/",),
    "segno": ("client/window/", "server/services/consent/"),
    "httpx2": ("cameras/", "server/services/sign_on/", "server/extraction/"),
    "joserfc": ("server/services/sign_on/",),
    "httpcore2": ("cameras/",),
    "PIL": ("server/recognition/", "demo/", "cameras/"),
    "pwdlib": ("server/services/identity/",),
    "openpyxl": ("server/services/",),
    "matplotlib": ("server/services/",),
    "click": ("server/cli/", "client/cli/"),
    "face_recognition": (),
    "ai_edge_litert": (),
}
CLOSED = ("client.outbox",)
"""Packages whose modules are their own affair: others import from the package."""
DISTRIBUTIONS = {"cv2": "opencv-python", "PIL": "pillow", "PySide6": "PySide6-Essentials"}
"""What installs a library that is imported by another name."""
ERRORS = ("protocol.errors", "protocol.error_texts", "protocol.sentences")
WITHOUT_MESSAGES = (*ERRORS, "protocol.framing", "protocol.legacy")
"""What of the wire may be known where no message is."""
CHOOSERS = ("server/bootstrap/", "server/cli/")
"""The places that open a store and a recogniser; others use the store that they are handed."""
PROGRAM = (
    "protocol",
    "cameras",
    "language",
    "settings",
    "tables",
    "texts",
    "converter",
    "server",
    "client",
    "demo",
    "sql",
)
"""The folders of the program, beside its two entry files."""
APART = {
    "protocol": (("server", "client"), "protocol knows neither side"),
    "cameras": (("server", "client", "demo"), "cameras know neither side"),
    "language": (("server", "client", "demo"), "language knows neither side"),
    "settings": (("protocol", "cameras", "converter", "server", "client", "demo"), "settings knows neither side"),
    "tables": (
        ("protocol", "cameras", "language", "settings", "converter", "server", "client", "demo"),
        "of ours, tables know texts alone",
    ),
    "texts": (
        ("protocol", "cameras", "language", "settings", "tables", "converter", "server", "client", "demo"),
        "texts imports nothing of ours",
    ),
    "converter": (
        ("protocol", "cameras", "settings", "tables", "texts", "server", "client", "demo"),
        "the converter imports nothing of ours",
    ),
    "demo": (("protocol", "cameras", "server", "client"), "the demonstration starts programs and imports neither side"),
    "server": (("client", "attendance_client"), "the server does not know the client"),
    "client": (("server", "face_recog_server"), "the client does not know the server"),
}
"""Of our own packages, what a folder may not import, and the rule in words."""
SPEAKERS = ("server/dispatch/", "server/http/", "server/pages/", "server/wire.py")
"""The places that may know both messages and services."""


@dataclass(frozen=True)
class Import:
    file: str
    line: int
    name: str

    def is_of(self, *packages: str) -> bool:
        return any(self.name == package or self.name.startswith(f"{package}.") for package in packages)

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.name}"


def imported(file: str, source: str) -> Iterator[Import]:
    """Every import of a module's source, inside functions too; relative ones resolved; `from a import b` is a.b."""
    package = file.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (Import(file, node.lineno, f"{base}.{alias.name}") for alias in node.names)


def program_imports() -> list[Import]:
    files = [path for folder in PROGRAM for path in (ROOT / folder).rglob("*.py")]
    files += ROOT.glob("*.py")
    named = [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in files]
    return [each for name, source in named for each in imported(name, source)]


def layers_broken(each: Import) -> str | None:
    """The rule between our own packages that this import breaks, or None."""
    file = each.file
    for room, (others, rule) in APART.items():
        if file.startswith(f"{room}/") and each.is_of(*others):
            return rule
    if file.startswith("cameras/") and each.is_of("protocol") and not each.is_of("protocol.sentences"):
        return "of the protocol, cameras know the sentences alone"
    if each.is_of("demo") and not file.startswith(("demo/", "server/cli/demo.py", "server/cli/machine/cluster_try.py")):
        return "the demonstration is played by its commands alone"
    if file.startswith("server/domain/") and not is_standard_or_domain(each):
        return "the domain knows the standard library, the errors and texts only"
    if file.startswith("server/services/") and each.is_of("protocol") and not each.is_of(*ERRORS):
        return "services know no messages"
    if file.startswith("server/") and not file.startswith(SPEAKERS) and knows_messages(each):
        return "only dispatch and http know messages"
    return None


def knows_messages(each: Import) -> bool:
    return each.is_of("protocol") and not each.is_of(*WITHOUT_MESSAGES)


def is_standard_or_domain(each: Import) -> bool:
    known = ("server.domain", "server.errors", "protocol.error_texts", "texts")
    return each.name.split(".")[0] in sys.stdlib_module_names or each.is_of(*known)


def choice_broken(each: Import) -> str | None:
    """The rule about concrete stores and recognisers that this import breaks, or None."""
    if not each.file.startswith("server/") or each.file.startswith(CHOOSERS):
        return None
    if each.is_of("server.store") and not is_of_the_store(each) and not each.file.startswith("server/store/"):
        return "only bootstrap opens a store; others use what server.store offers, and no module behind it"
    if each.is_of("server.recognition") and not each.file.startswith("server/recognition/"):
        return "only bootstrap chooses a recogniser; others are handed one"
    return None


def is_of_the_store(each: Import) -> bool:
    """Whether it is a class of the package itself, to be handed around or made: a store, a topic of it, a value."""
    return each.name.removeprefix("server.store.")[:1].isupper()


def room_broken(each: Import) -> str | None:
    """The room that this library may not leave, or None."""
    rooms = ROOMS.get(each.name.split(".")[0])
    if rooms is None or each.file.startswith(rooms):
        return None
    return f"{each.name.split('.')[0]} stays in {', '.join(rooms) or 'bench and tests'}"


def closed_broken(each: Import) -> str | None:
    """The package that this import reaches into, or None."""
    for package in CLOSED:
        folder = package.replace(".", "/")
        inner = each.name.removeprefix(f"{package}.").split(".")[0]
        if each.is_of(package) and (ROOT / folder / f"{inner}.py").exists() and not each.file.startswith(f"{folder}/"):
            return f"{package} is imported as a whole, not its module {inner}"
    return None


def broken(imports: list[Import]) -> list[str]:
    found = [
        (each, layers_broken(each) or choice_broken(each) or room_broken(each) or closed_broken(each))
        for each in imports
    ]
    return [f"{each}: {rule}" for each, rule in found if rule]


def test_every_import_follows_the_arrows() -> None:
    imports = program_imports()
    assert len(imports) > 50, "hardly any imports were found: is the tree where this test looks?"
    assert broken(imports) == []


@pytest.mark.parametrize(
    ("file", "statement"),
    [
        ("server/tcp.py", "import client.api"),
        ("demo/story.py", "from client import cli"),
        ("settings/loading.py", "from server.config import Settings"),
        ("client/api.py", "from server.domain import attendance"),
        ("protocol/framing.py", "import server.errors"),
        ("protocol/legacy.py", "from client import api"),
        ("texts/hangul.py", "from protocol.messages import Mark"),
        ("server/domain/hours.py", "import numpy"),
        ("server/domain/hours.py", "from server.store import Session"),
        ("server/domain/hours.py", "from ..store import Session"),
        ("server/domain/ledger.py", "from protocol.errors import ErrorCode"),
        ("server/services/class_day/recorder.py", "from protocol.messages import Mark"),
        ("server/services/class_day/recorder.py", "def f():\n    from protocol import messages"),
        ("server/services/class_day/recorder.py", "from server.store import open_store"),
        ("server/services/class_day/recorder.py", "from server.store.marks import MarkStore"),
        ("server/services/class_day/recorder.py", "from server.store.database.transactions import Database"),
        ("server/services/class_day/recognition.py", "from server.recognition import open_recogniser"),
        ("server/tcp.py", "from protocol import messages"),
        ("server/connection.py", "from protocol.sessions import SessionInfo"),
        ("server/services/class_day/recognition.py", "import dlib"),
        ("server/gallery/match.py", "import cv2"),
        ("client/window/main.py", "import cv2"),
        ("client/window/main.py", "import socket"),
        ("client/watch/course.py", "from PySide6 import QtCore"),
        ("client/watch/course.py", "from client.outbox.box import Outbox"),
        ("client/cli/outbox.py", "from client.outbox import file"),
        ("client/api.py", "import click"),
        ("server/services.enrolment.enrolment.py", "from sqlalchemy import select"),
        ("client/api.py", "import pymysql"),
        ("server/recognition/reference.py", "import face_recognition"),
    ],
)
def test_an_import_against_the_arrows_is_found(file: str, statement: str) -> None:
    assert broken(list(imported(file, statement))) != []


@pytest.mark.parametrize(
    ("file", "statement"),
    [
        ("server/dispatch/framed.py", "from protocol.messages import Mark"),
        ("server/services/class_day/recorder.py", "from protocol.errors import ErrorCode"),
        ("server/domain/ledger.py", "from server.errors import SessionClosed"),
        ("server/domain/identifiers.py", "from texts.identifiers import normal"),
        ("server/services/class_day/recorder.py", "from server.store import MarkStore, Store"),
        ("server/bootstrap/store.py", "from server.store import open_store"),
        ("server/recognition/engine.py", "import dlib, cv2, onnxruntime"),
        ("cameras/picture.py", "import cv2"),
        ("server/recognition/models.py", "import face_recognition_models"),
        ("server/store/database/tables.py", "from server.domain.attendance import Mark"),
        ("client/window/outbox_worker.py", "from client.outbox import Outbox, Delivery"),
        ("client/outbox/post.py", "from client.outbox.box import Outbox"),
    ],
)
def test_an_import_along_the_arrows_is_let_through(file: str, statement: str) -> None:
    assert broken(list(imported(file, statement))) == []


def test_the_rooms_pc_needs_only_what_its_requirements_name() -> None:
    requirements = {line.partition("==")[0] for line in requirement_lines("requirements-client.txt")}
    own = {"protocol", "cameras", "language", "settings", "tables", "texts", "client"}
    side = ("client/", "cameras/", "settings/", "tables/", "texts/", "protocol/")
    roots = {each.name.split(".")[0] for each in program_imports() if each.file.startswith(side)}
    others = roots - own - sys.stdlib_module_names
    assert {DISTRIBUTIONS.get(name, name) for name in others} == requirements


def test_the_rooms_pc_gets_the_versions_of_the_server() -> None:
    assert set(requirement_lines("requirements-client.txt")) <= set(requirement_lines("requirements.txt"))


def requirement_lines(name: str) -> list[str]:
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line]
