"""Run the clients that were written for the HTTP servers of 2019 and 2020, unchanged, against this server.

    python -m setup.seed_clients --page khu-front --webrequest webrequest.py --image-request image_request.py

Three public programs, which are not part of this one: the React page (folder khu-front) of `youjeongsue/Face-
recognition-service-for-lecture`, `python_scripts/webrequest.py` of `sngze/homeassistant`, and `image_request.py` of
`HwangToeMat/FaceRecognition_FlaskServer`, as it was before it was deleted. It needs node and npm (the page's
libraries come from npm's registry), Chromium, the photographs that set-up fetches, and Linux: all of it runs in a
network of its own (`unshare --net`) in which this machine has the addresses that those programs name. The page's
package.json is missing, so its libraries are those of its lock file; react-router-dom is not in that, and is of the
same months. Its components are bundled as they are. Its own Django is a stub of four answers here.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Page, Response, sync_playwright

from demo.programs import ROOT, run_json, running_server

# What the programs name: the page its recogniser, the door its server and its camera.
PAGE_SERVER: Final = "35.201.156.40"
DOOR_SERVER: Final = "192.168.219.133"
CAMERA: Final = "192.168.219.200"
# Where the page comes from: of the rooms' network, as its camera, or browsers of today keep the camera from it.
PAGE_HOST: Final = "192.168.219.10"
CAMERA_PORT: Final = 8090
PAGE_PORT: Final = 3000
PHOTOGRAPHS: Final = ROOT / ".cache" / "photos"
# The page shows a camera of this size, and no other.
FRAME: Final = (960, 540)
COURSE: Final = "ea0017_1"
KNOWN, OTHER, AWAY = "201511041", "201511042", "201511043"
# The bank's folders, to which the page adds 1; and the name that the door knows.
PAGE_IDS: Final = f"student,id\n{KNOWN},0\n{OTHER},1\n{AWAY},2\n"
DOOR_IDS: Final = f"student,id\n{KNOWN},parkjaehyun\n"
PEOPLE: Final = {KNOWN: "obama.jpg", OTHER: "biden.jpg"}
ROSTER: Final = f"student_id,name,course_code\n{KNOWN},첫째,{COURSE}\n{OTHER},둘째,{COURSE}\n{AWAY},셋째,{COURSE}\n"
LIBRARIES: Final = ("react-router-dom@5.2.0", "esbuild@0.25.12")
LOCKED: Final = ("react", "react-dom", "axios", "semantic-ui-css")
INSIDE: Final = "--inside"
PATIENCE_S: Final = 120.0
# The longest that the door's other caller waits; and more questions than a page asks that has stopped.
DOOR_S: Final = 20.0
MANY: Final = 10


@dataclass
class Proof:
    """What was seen, line by line."""

    failed: list[str] = field(default_factory=list)

    def check(self, is_so: bool, what: str, seen: object = "") -> None:
        print(f"{'yes' if is_so else 'NO '}  {what}{f': {seen}' if seen else ''}", flush=True)
        if not is_so:
            self.failed.append(what)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--page", type=Path, required=True, help="the folder khu-front")
    parser.add_argument("--webrequest", type=Path, required=True, help="the door's caller")
    parser.add_argument("--image-request", type=Path, required=True, help="the poller of 2020")
    parser.add_argument("--screenshots", type=Path, help="keep pictures of the page in this folder")
    parser.add_argument(INSIDE, dest="built", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.built is not None:
        return _proof(options)
    missing = [each for each in ("node", "npm", "unshare", "ip", "chromium") if shutil.which(each) is None]
    if missing or not (PHOTOGRAPHS / "complete").exists():
        print(f"Missing: {', '.join(missing) or 'the photographs (make setup)'}.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="rollcall-page-") as name:
        _bundle(options.page, Path(name))
        again = [sys.executable, "-m", "setup.seed_clients", *sys.argv[1:], INSIDE, name]
        own_network = ["unshare", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
        return subprocess.run([*own_network, *again], check=False).returncode


def _bundle(page: Path, folder: Path) -> None:
    """Its components as they are, with the libraries that its lock file names."""
    locked = json.loads((page / "package-lock.json").read_text(encoding="utf-8"))["dependencies"]
    wanted = {name: locked[name]["version"] for name in LOCKED}
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": wanted}))
    quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    subprocess.run(["npm", "install", *quiet, *LIBRARIES], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    shutil.copytree(page / "src", folder / "src")
    loaders = [f"--loader:.{kind}=dataurl" for kind in ("png", "svg", "eot", "woff", "woff2", "ttf")]
    defined = ('--define:process.env.NODE_ENV="production"', '--define:process.env.PUBLIC_URL=""')
    command = ["node_modules/.bin/esbuild", "src/index.js", "--bundle", "--loader:.js=jsx", "--log-level=error"]
    subprocess.run([*command, *loaders, *defined, "--outdir=out"], cwd=folder, check=True)
    body = '<div id="root"></div><script src="/index.js"></script>'
    html = (
        f'<!doctype html><html lang="ko"><meta charset="utf-8"><link rel="stylesheet" href="/index.css">{body}</html>'
    )
    (folder / "out" / "index.html").write_text(html, encoding="utf-8")


def _proof(options: argparse.Namespace) -> int:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in (PAGE_SERVER, DOOR_SERVER, CAMERA, PAGE_HOST):
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    proof = Proof()
    print(f"{datetime.now(UTC):%Y-%m-%d}: the clients of 2019 and 2020, unchanged")
    with tempfile.TemporaryDirectory(prefix="rollcall-seeds-") as name, _camera(), _own_django(options.built / "out"):
        folder = Path(name)
        flags = _prepared(folder)
        (folder / "ids.csv").write_text(PAGE_IDS, encoding="utf-8")
        with running_server(folder, *flags):
            _poller(proof, options.image_request)
            _page(proof, options.screenshots)
        (folder / "ids.csv").write_text(DOOR_IDS, encoding="utf-8")
        with running_server(folder, *flags):
            _door(proof, folder, options.webrequest)
    print("all as in 2020" if not proof.failed else f"{len(proof.failed)} things were otherwise")
    return 1 if proof.failed else 0


def _prepared(folder: Path) -> tuple[str, ...]:
    """The flags of a server in a network where not everybody is trusted, as a university would start it."""
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (folder / "knowns").mkdir()
    for number, photograph in PEOPLE.items():
        shutil.copy(PHOTOGRAPHS / photograph, folder / "knowns" / f"{number}.jpg")
    run_json(folder, "face_recog_server.py", "roster", "import", "roster.csv")
    certificates = run_json(
        folder, "face_recog_server.py", "cert", "new", "--name", "localhost", "--out", str(folder / "certificates")
    )
    flags = {
        "--host": "0.0.0.0",  # noqa: S104 - of a network of its own
        "--authentication": "required",
        "--consent": "off",
        "--tls-certificate": certificates["tls_certificate"],
        "--tls-key": certificates["tls_key"],
        "--legacy-http": "1219, 1121, 80",
        "--legacy-http-clients": f"{PAGE_SERVER}, {DOOR_SERVER}",
        "--legacy-http-ids": str(folder / "ids.csv"),
        "--camera-urls": f"http://{CAMERA}:{CAMERA_PORT}/shot.jpg http://{CAMERA}:{CAMERA_PORT}/?action=snapshot",
    }
    return tuple(each for flag in flags.items() for each in flag)


def _poller(proof: Proof, program: Path) -> None:
    for model, port in (("fr", 1219), ("at", 1121)):
        camera = f"http://{CAMERA}:{CAMERA_PORT}"
        command = [sys.executable, str(program), "--path", camera, "--ip", "127.0.0.1", "--model", model]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        ) as asking:
            assert asking.stdout is not None  # noqa: S101 - it was started with a pipe
            lines = [asking.stdout.readline().strip() for _ in range(3)]
            asking.kill()
        proof.check(lines == ["<Response [200]>"] * 3, f"image_request.py --model {model} (port {port})", lines[-1])


def _door(proof: Proof, folder: Path, program: Path) -> None:
    """It tells a broker by mosquitto_pub, which is a script here."""
    said, tools = folder / "said.txt", folder / "bin"
    tools.mkdir()
    (tools / "mosquitto_pub").write_text(f'#!/bin/sh\necho "$*" >>{said}\n')
    (tools / "mosquitto_pub").chmod(0o755)
    began = time.monotonic()
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    done = subprocess.run([sys.executable, str(program)], env=environment, timeout=PATIENCE_S, check=False)
    told = said.read_text().strip() if said.exists() else ""
    proof.check(done.returncode == 0 and told.endswith("-m pass"), "webrequest.py lets whom it knows in", told)
    proof.check(time.monotonic() - began < DOOR_S, "within the 20 s that its sibling waits")


def _page(proof: Proof, screenshots: Path | None) -> None:
    answers: list[Response] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 900})
        page.on("response", lambda answer: answers.append(answer))
        page.goto(f"http://{PAGE_HOST}:{PAGE_PORT}/dashboard/1/live")
        _before_class(proof, page, answers)
        page.fill("input.ip-text", f"{CAMERA}:{CAMERA_PORT}")
        page.click("text=수업 시작")
        page.wait_for_selector("button.button", timeout=PATIENCE_S * 1000)
        page.check("input.ip-checkbox")
        video = page.locator("img.screen-video")
        width = video.evaluate("picture => picture.naturalWidth")
        proof.check(width == FRAME[0], "the camera's picture lies under the buttons", f"{width} px wide")
        _faces(proof, page, answers)
        _roll(proof, page, answers)
        if screenshots is not None:
            screenshots.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=screenshots / "seed-page.png")
        browser.close()


def _asked(answers: Sequence[Response], path: str) -> list[Response]:
    return [each for each in answers if f":1219/{path}?" in each.url]


def _before_class(proof: Proof, page: Page, answers: Sequence[Response]) -> None:
    """It asks for a camera that is none; an answer of 200 would make it ask again for ever."""
    page.wait_for_timeout(2000)
    found = _asked(answers, "modelfr")
    proof.check(
        bool(found) and {each.status for each in found} == {500}, "no class yet: 500, and the page stops asking"
    )
    proof.check(len(found) < MANY, "asked within two seconds", f"{len(found)} times")


def _faces(proof: Proof, page: Page, answers: Sequence[Response]) -> None:
    faces = page.locator("button.button")
    proof.check(faces.count() == len(PEOPLE), "a button over each face", faces.count())
    named = []
    for place in range(faces.count()):
        # It shows a student by the id of the click before, which is its own way.
        for _ in range(2):
            faces.nth(place).click(force=True)
            page.wait_for_timeout(1500)
        named += _asked(answers, "modelin")[-1].json()["id"]
    proof.check(sorted(named) == ["0", "1"], "each button names its student by the bank's number", named)
    last = _asked(answers, "modelfr")[-1]
    compact = json.dumps(last.json(), sort_keys=True, separators=(",", ":")).encode() + b"\n"
    proof.check(last.body() == compact, "/modelfr to the byte as Flask's jsonify wrote it", f"{len(compact)} bytes")
    headers, origin = last.headers, f"http://{PAGE_HOST}:{PAGE_PORT}"
    proof.check(headers["content-type"] == "application/json", "Content-Type", headers["content-type"])
    proof.check(headers.get("access-control-allow-origin") == origin, "the page's own origin may read it", origin)


def _roll(proof: Proof, page: Page, answers: Sequence[Response]) -> None:
    page.click("text=출석체크")
    page.wait_for_selector(f"text={KNOWN}", timeout=PATIENCE_S * 1000)
    page.wait_for_timeout(3000)
    body = _asked(answers, "modelat")[-1].body()
    proof.check(body in {b'{"id":["0","1"]}\n', b'{"id":["1","0"]}\n'}, "/modelat names both", body)
    rows = [row.inner_text().split("\t") for row in page.locator(".attendance tbody tr").all()]
    marks = {row[2]: row[3] for row in rows}
    here = {KNOWN: "O", OTHER: "O", AWAY: "X"}
    proof.check(marks == here, "the page's list has O for them and X for who is away", marks)


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler], address: str, port: int) -> Iterator[None]:
    server = ThreadingHTTPServer((address, port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class _Answering(BaseHTTPRequestHandler):
    def give(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _camera() -> Any:
    """As the telephone's program: a picture, a video, a page of settings; and the door's picture."""
    room, door = _frame("obama2.jpg", "biden.jpg"), _frame("obama2.jpg")

    class Handler(_Answering):
        def do_GET(self) -> None:
            if self.path == "/settings_window.html":
                self.give(b"<!doctype html>", "text/html")
            else:
                self.give(door if "action=snapshot" in self.path else room, "image/jpeg")

    return _serving(Handler, CAMERA, CAMERA_PORT)


def _frame(*photographs: str) -> bytes:
    frame = Image.new("RGB", FRAME, "gray")
    for place, name in enumerate(photographs):
        with Image.open(PHOTOGRAPHS / name) as photograph:
            width = FRAME[0] // len(photographs)
            shown = photograph.convert("RGB")
            shown.thumbnail((width, FRAME[1]))
            frame.paste(shown, (place * width, 0))
    made = BytesIO()
    frame.save(made, "JPEG", quality=92)
    return made.getvalue()


def _own_django(out: Path) -> Any:
    """The page with the four answers of its own server."""
    people = [
        {"id": place + 1, "name": name, "student_num": number, "department": "-"}
        for place, (number, name) in enumerate(((KNOWN, "첫째"), (OTHER, "둘째"), (AWAY, "셋째")))
    ]

    class Handler(_Answering):
        def do_GET(self) -> None:
            parts = self.path.strip("/").split("/")
            if parts[0] == "students":
                self._json({"students": people})
            elif parts[0] == "student":
                self._json({"student": next((each for each in people if str(each["id"]) == parts[1]), None)})
            elif parts[0] == "lecture":
                self._json({"lecture": {"id": 1, "lecture_name": "수업"}})
            else:
                file = out / (self.path.strip("/") or "index.html")
                file = file if file.is_file() else out / "index.html"
                kind = {".js": "text/javascript", ".css": "text/css"}.get(file.suffix, "text/html; charset=utf-8")
                self.give(file.read_bytes(), kind)

        def _json(self, value: object) -> None:
            self.give(json.dumps(value).encode(), "application/json")

    return _serving(Handler, PAGE_HOST, PAGE_PORT)


if __name__ == "__main__":
    sys.exit(main())
