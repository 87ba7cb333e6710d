"""The programs that clients of 2019 and 2020 ask: what each path of theirs answers."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import parse_qsl

from cameras.allowed import NotAllowed
from cameras.errors import CameraLost
from server.errors import RollcallError
from server.http.seeds import answers
from server.http.seeds.answers import Exact, jsonify, restful
from server.services.cameras.identity import CameraIdentity
from server.services.cameras.looks import CameraLooks, SeenFace
from server.services.cameras.old_ids import OldIds

MOST_PARAMETERS: Final = 50
UNKNOWN: Final = "Unknown"
OK: Final = "ok"  # in the log


class Program(StrEnum):
    """By the port that each had."""

    FACES = "1219"
    TILES = "1121"
    FACEREC = "80"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the programs stand on."""

    looks: CameraLooks
    identity: CameraIdentity
    ids: OldIds
    # Logs that this address was told whose faces a camera shows; raises Unavailable, and then nothing is told.
    note: Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class SeedRoute:
    """fails: how an error looks there. heads: whether HEAD is answered as GET."""

    answer: Callable[[Mapping[str, str], Seen], Exact]
    fails: Exact = answers.FAILED
    no_method: Exact = answers.NO_METHOD
    heads: bool = True
    names: bool = False  # tells whose a face is


def answered(route: SeedRoute, query: Mapping[str, str], seen: Seen, address: str) -> tuple[Exact, str]:
    """The answer, and one word for the log. A camera that is not allowed looks as one that is away."""
    try:
        exact = route.answer(query, seen)
        if route.names:
            seen.note(address, query.get("ip") or query.get("stream_url", ""))
        return exact, OK
    except NotAllowed as error:
        return route.fails, f"camera refused: {error}"
    except CameraLost as error:
        return route.fails, f"camera lost: {type(error).__name__}"
    except RollcallError as error:
        return route.fails, error.code
    except KeyError:
        return route.fails, "parameter missing"


def parameters(query: bytes, body: bytes = b"") -> dict[str, str]:
    """The first of each name; of a JSON body what the query has not, as Flask-RESTful's reqparse takes both."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, errors="replace", max_num_fields=MOST_PARAMETERS)
    found: dict[str, str] = {}
    for name, value in (*pairs, *_of_body(body)):
        found.setdefault(name, value)
    return found


def _of_body(body: bytes) -> list[tuple[str, str]]:
    try:
        value = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        return []
    items = value.items() if isinstance(value, dict) else ()
    return [(name, str(each)) for name, each in items if isinstance(each, str | int | float)]


def _boxes(query: Mapping[str, str], seen: Seen) -> Exact:
    return jsonify({"box": [_box(face) for face in seen.looks.look(query["ip"]).faces]})


def _box(face: SeenFace) -> dict[str, Any]:
    left, top, right, bottom = face.box
    return {"landmarks": list(face.landmarks), "x1": left, "x2": right, "y1": top, "y2": bottom}


def _ids(query: Mapping[str, str], seen: Seen) -> list[str]:
    faces = sorted(seen.looks.look(query["ip"]).faces, key=lambda face: -face.score)
    return [id for face in faces if face.student and (id := seen.ids.id_of(face.student)) is not None]


def _present(query: Mapping[str, str], seen: Seen) -> Exact:
    return jsonify({"id": _ids(query, seen)})


def _present_once(query: Mapping[str, str], seen: Seen) -> Exact:
    return restful({"id": list(dict.fromkeys(_ids(query, seen)))})


def _who(query: Mapping[str, str], seen: Seen) -> Exact:
    landmarks = _landmarks(query.get("landmark", ""))
    if landmarks is None:
        return jsonify({"id": [UNKNOWN]})
    face = seen.looks.face_with(query["ip"], landmarks)
    id = seen.ids.id_of(face.student) if face is not None and face.student else None
    return jsonify({"id": [UNKNOWN if id is None else id]})


def _landmarks(text: str) -> tuple[float, ...] | None:
    """Ten numbers, with brackets or without; None for anything else."""
    try:
        numbers = tuple(map(float, text.strip().removeprefix("[").removesuffix("]").split(",")))
    except ValueError:
        return None
    return numbers if len(numbers) == 10 and all(map(math.isfinite, numbers)) else None


def _facerec(query: Mapping[str, str], seen: Seen) -> Exact:
    username, stream = query["username"], query["stream_url"]
    student = seen.ids.student_of(username)
    same = student is not None and seen.identity.verify(student, f"http://{stream}")
    return restful({"username": username, "stream_url": stream, "face_rec": str(same)})


def _home(query: Mapping[str, str], seen: Seen) -> Exact:  # noqa: ARG001
    return answers.HOME


def _of_restful(answer: Callable[[Mapping[str, str], Seen], Exact]) -> SeedRoute:
    return SeedRoute(answer, fails=answers.RESTFUL_FAILED, no_method=answers.RESTFUL_NO_METHOD, names=True)


ROUTES: Final[dict[Program, dict[str, SeedRoute]]] = {
    Program.FACES: {
        "/modelfr": SeedRoute(_boxes, heads=False),
        "/modelat": SeedRoute(_present, heads=False, names=True),
        "/modelin": SeedRoute(_who, heads=False, names=True),
    },
    Program.TILES: {"/modelat": _of_restful(_present_once)},
    Program.FACEREC: {"/facerec": _of_restful(_facerec), "/": SeedRoute(_home)},
}
