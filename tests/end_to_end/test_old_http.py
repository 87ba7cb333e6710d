"""The HTTP clients of 2019 and 2020 against the real server, a real camera and real faces."""

import json
import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest

from tests.cameras.camera_servers import CameraServer, http_camera
from tests.end_to_end.test_pictures import CLASS, ENROLLED, prepared
from tests.photographs import jpeg, side_by_side, small
from tests.running import PATIENCE_S, Running, serving


def asked(address: str, path: str, **query: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://{address}{path}?{urlencode(query)}", timeout=PATIENCE_S) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


@pytest.fixture(scope="module")
def camera():
    picture = jpeg(side_by_side(*(small(name, 600) for name in CLASS)))
    alone = jpeg(small(CLASS[0], 600))
    with http_camera(lambda request: request.give(alone if "alone" in request.path else picture)) as serving_camera:
        yield serving_camera


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, camera: CameraServer):
    folder = prepared(tmp_path_factory.mktemp("old"))
    (folder / "ids.csv").write_text(f"student,id\n{ENROLLED},0\n", encoding="utf-8")
    host = f"http://127.0.0.1:{camera.server_port}"
    flags = ("--legacy-http", "1219=0, 80=0", "--camera-urls", f"{host}/", "--legacy-http-ids", str(folder / "ids.csv"))
    with serving(folder, *flags) as running:
        yield running, old_addresses(running)


def old_addresses(running: Running) -> dict[str, str]:
    lines = [running.lines.get(timeout=PATIENCE_S).split() for _ in range(2)]
    return {line[2]: line[4] for line in lines}


def test_a_page_sees_every_face_and_asks_who_one_is(
    server: tuple[Running, dict[str, str]], camera: CameraServer
) -> None:
    address = server[1]["1219"]
    status, body = asked(address, "/modelfr", ip=camera.url)
    boxes = json.loads(body)["box"]
    assert (status, len(boxes)) == (200, 2)
    assert all(len(box["landmarks"]) == 10 and box["x1"] < box["landmarks"][2] < box["x2"] for box in boxes)
    ids = [asked(address, "/modelin", ip=camera.url, landmark=str(box["landmarks"])[1:-1])[1] for box in boxes]
    assert sorted(ids) == [b'{"id":["0"]}\n', b'{"id":["Unknown"]}\n']
    assert asked(address, "/modelat", ip=camera.url) == (200, b'{"id":["0"]}\n')
    assert asked(address, "/modelfr", ip="http://127.0.0.1:1/shot.jpg")[0] == 500


def test_a_door_asks_whether_it_is_that_student(server: tuple[Running, dict[str, str]], camera: CameraServer) -> None:
    stream = f"127.0.0.1:{camera.server_port}/alone?action=snapshot"
    refused = asked(server[1]["80"], "/facerec", username="0", stream_url=stream)
    assert refused == (500, b'{"message": "Internal Server Error"}\n'), "the list names no query"
    status, body = asked(server[1]["80"], "/facerec", username="0", stream_url=stream.partition("?")[0])
    assert (status, json.loads(body)["face_rec"]) == (200, "True")
    assert asked(server[1]["80"], "/")[0] == 200
