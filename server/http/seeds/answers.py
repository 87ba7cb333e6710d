"""The answers of Flask 1.1.2, Werkzeug 1.0.1, Flask-RESTful 0.3.8 and Flask-CORS 3.0.8, as recorded from them."""

import json
from dataclasses import dataclass
from typing import Any, Final

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json"
ALLOW: Final = "HEAD, OPTIONS, GET"
ALL_METHODS: Final = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"


@dataclass(frozen=True, slots=True)
class Exact:
    """allow: with the methods of the path."""

    status: int
    content_type: str
    body: bytes
    allow: bool = False


def _page(title: str, text: str) -> bytes:
    doctype = '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">'
    name = title.partition(" ")[2]
    return f"{doctype}\n<title>{title}</title>\n<h1>{name}</h1>\n<p>{text}</p>\n".encode()


FAILED: Final = Exact(
    500,
    HTML,
    _page(
        "500 Internal Server Error",
        "The server encountered an internal error and was unable to complete your request. Either the server is "
        "overloaded or there is an error in the application.",
    ),
)
NOT_FOUND: Final = Exact(
    404,
    HTML,
    _page(
        "404 Not Found",
        "The requested URL was not found on the server. If you entered the URL manually please check your spelling "
        "and try again.",
    ),
)
NO_METHOD: Final = Exact(
    405, HTML, _page("405 Method Not Allowed", "The method is not allowed for the requested URL."), allow=True
)
OPTIONS: Final = Exact(200, HTML, b"", allow=True)
HOME: Final = Exact(
    200,
    HTML,
    (
        "<html><title>얼굴인식용 웹서버</title> <head><h1>[ 얼굴인식 웹서버 ]<br></h1></head><body>"
        "<h3>서버가 정상 작동중입니다.</h3></body></html>"
    ).encode(),
)


def jsonify(value: dict[str, Any]) -> Exact:
    """As Flask: compact, keys in order of the alphabet, ASCII."""
    return Exact(200, JSON, json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n")


def restful(value: dict[str, Any], status: int = 200) -> Exact:
    """As Flask-RESTful: spaces, keys as given, ASCII."""
    return Exact(status, JSON, json.dumps(value).encode() + b"\n", allow=status == 405)


RESTFUL_FAILED: Final = restful({"message": "Internal Server Error"}, 500)
RESTFUL_NO_METHOD: Final = restful({"message": "The method is not allowed for the requested URL."}, 405)
