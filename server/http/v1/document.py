"""Serve the OpenAPI document, and a page that shows it without anything from outside and without a script."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from server import __version__
from server.http.application import exchange_of
from server.http.v1.openapi import openapi
from server.http.v1.route import Route

STYLE: Final = """body{font-family:system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;line-height:1.5}
h2{font-family:ui-monospace,monospace;font-size:1.1rem;margin:2.5rem 0 0}
table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid #ccc;padding:.3rem .6rem .3rem 0;text-align:left}
code,pre{font-family:ui-monospace,monospace;font-size:.9rem}pre{background:#f4f4f4;padding:1rem;overflow:auto}
@media(prefers-color-scheme:dark){body{background:#111;color:#eee}pre{background:#222}td,th{border-color:#444}}
"""


def document_routes(routes: Sequence[Route]) -> list[HTTPRouteHandler]:
    document = openapi(routes, __version__)
    served = {
        "/v1/openapi.json": (msgspec.json.format(msgspec.json.encode(document)), "application/json"),
        "/v1/docs": ("".join(_page(document)).encode(), "text/html"),
        "/v1/docs.css": (STYLE.encode(), "text/css"),
    }
    return [_serving(path, data, kind) for path, (data, kind) in served.items()]


def _serving(path: str, data: bytes, media_type: str) -> HTTPRouteHandler:
    async def serve(request: Request[Any, Any, Any]) -> Response[bytes]:
        exchange_of(request).route = path
        return Response(data, media_type=media_type, headers={"Cache-Control": "no-cache"})

    return get(path)(serve)


def _page(document: dict[str, Any]) -> Iterator[str]:
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Rollcall /v1</title>'
    yield '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/v1/docs.css"></head>'
    yield f"<body><h1>Rollcall {escape(document['info']['version'])}, /v1</h1>"
    yield '<p>For programs: <a href="/v1/openapi.json">openapi.json</a>.</p>'
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield from _operation(method.upper(), path, operation)
    yield "<h1>Schemas</h1>"
    for name, schema in document["components"]["schemas"].items():
        text = msgspec.json.format(msgspec.json.encode(schema)).decode()
        yield f'<h2 id="{escape(name)}">{escape(name)}</h2><pre>{escape(text)}</pre>'
    yield "</body></html>"


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"<h2>{method} {escape(path)}</h2><p>{escape(operation['summary'])}.</p>"
    if parameters := operation["parameters"]:
        yield "<table><tr><th>parameter</th><th>in</th><th>needed</th><th>schema</th></tr>"
        for each in parameters:
            schema = msgspec.json.encode(each["schema"]).decode()
            needed = "yes" if each["required"] else ""
            yield f"<tr><td><code>{escape(each['name'])}</code></td><td>{each['in']}</td><td>{needed}</td>"
            yield f"<td><code>{escape(schema)}</code></td></tr>"
        yield "</table>"
    for kind, body in operation.get("requestBody", {}).get("content", {}).items():
        text = msgspec.json.format(msgspec.json.encode(body["schema"])).decode()
        yield f"<p>Body: {escape(kind)}</p><pre>{escape(text)}</pre>"
    for kind, body in operation["responses"]["200"]["content"].items():
        name = body["schema"].get("$ref", "").rpartition("/")[2]
        link = f', <a href="#{escape(name)}">{escape(name)}</a>' if name else ""
        yield f"<p>Answer: {escape(kind)}{link}</p>"
