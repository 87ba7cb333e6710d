"""Describe the routes as OpenAPI 3.1, from the structs that they take and give."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import FieldInfo

from server.http.problems import MEDIA_TYPE, ProblemDetails
from server.http.v1.route import JSON, Route

REFERENCE: Final = "#/components/schemas/{name}"
# Every route may answer so, each with a problem.
ERRORS: Final = {
    400: "The request is wrong",
    401: "No credential, or one that does not count",
    403: "Not allowed to who asks",
    404: "No such student, course or session",
    406: "None of the kinds that Accept names",
    408: "The request took too long to arrive",
    409: "Not as things are: not enrolled, or closed",
    413: "Too large",
    415: "Another kind of content, or compressed",
    422: "A picture that cannot be used, or without a face",
    429: "Too many requests",
    503: "Busy, or the database is away: the same may succeed later",
}


def openapi(routes: Sequence[Route], version: str) -> dict[str, Any]:
    """The whole document, for JSON."""
    structs = [ProblemDetails, *(each.asks for each in routes), *(each.gives for each in routes if each.gives)]
    _, components = msgspec.json.schema_components(list(dict.fromkeys(structs)), ref_template=REFERENCE)
    schemas = {name: _portable(schema) for name, schema in components.items()}
    paths: dict[str, dict[str, Any]] = {}
    for each in routes:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, schemas)
    asked_only = {each.asks.__name__ for each in routes} - set(_referred(paths, schemas))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rollcall",
            "version": version,
            "description": "Attendance by face recognition. docs/http.md explains it; fields are those of the wire.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": {name: schema for name, schema in schemas.items() if name not in asked_only},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-rollcall"},
            },
        },
    }


def _operation(each: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    properties = schemas[each.asks.__name__]["properties"]
    operation: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "parameters": list(_parameters(each, properties)),
        "responses": {**_answers(each), **{str(status): _error(text) for status, text in ERRORS.items()}},
    }
    if content := _content(each, properties):
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameters(each: Route, properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in sorted(each.path_fields):
        yield {"name": name, "in": "path", "required": True, "schema": properties[name]}
    if each.keyed:
        text = "A new text for each thing that is to be done once, the same again for a retry"
        schema = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9._-]+$"}
        yield {"name": "Idempotency-Key", "in": "header", "required": True, "description": text, "schema": schema}
    if each.method not in {"GET"}:
        text = "1, needed where no token is sent"
        yield {"name": "Rollcall", "in": "header", "required": False, "description": text, "schema": {"enum": ["1"]}}
    if each.dated:
        text = "The server's clock when the page that sends this was loaded, and no later; without it `at` is believed"
        # Plain for makers of clients, who know no times in headers.
        schema = {"type": "string", "minLength": 20, "maxLength": 40}
        yield {"name": "Rollcall-Loaded", "in": "header", "required": False, "description": text, "schema": schema}
    for found in () if each.has_json else each.other_fields:
        schema = {name: value for name, value in _plain(properties[found.name]).items() if name != "default"}
        yield {"name": found.name, "in": "query", "required": found.required, "schema": schema}


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Of a parameter, which is left out where there is no value, and never null."""
    options = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    return options[0] if len(options) == 1 else schema


def _content(each: Route, properties: dict[str, Any]) -> dict[str, Any]:
    if each.content:
        return {kind: {"schema": {"type": "string", "format": "binary"}} for kind in each.content}
    if not each.has_json:
        return {}
    needed: Sequence[FieldInfo] = [found for found in each.other_fields if found.required]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {found.name: properties[found.name] for found in each.other_fields},
    }
    if needed:
        schema["required"] = [found.name for found in needed]
    return {JSON: {"schema": schema}}


def _answers(each: Route) -> dict[str, Any]:
    headers = {"X-Request-Id": {"schema": {"type": "string", "format": "uuid"}}}
    content: dict[str, Any] = {}
    if each.gives is not None:  # first, for makers of clients take the first that they know
        content[JSON] = {"schema": {"$ref": REFERENCE.format(name=each.gives.__name__)}}
    # A file in JSON is any value of it; every other is bytes.
    content |= {kind: {"schema": {} if kind == JSON else {"type": "string", "format": "binary"}} for kind in each.files}
    if each.revised:
        headers["ETag"] = {"schema": {"type": "string"}}
    answers: dict[str, Any] = {"200": {"description": "Done", "headers": headers, "content": content}}
    if each.revised:
        answers["304"] = {"description": "As it was, by If-None-Match"}
    return answers


def _error(text: str) -> dict[str, Any]:
    return {
        "description": text,
        "content": {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(name=ProblemDetails.__name__)}}},
    }


def _portable(schema: Any) -> Any:
    """As other languages write it: their patterns have no `\\Z`."""
    if isinstance(schema, dict):
        if (first := schema.get("prefixItems")) and all(each == first[0] for each in first):
            # A tuple of one kind, as older readers understand it.
            schema = {name: value for name, value in schema.items() if name != "prefixItems"} | {"items": first[0]}
        return {name: _portable(value) for name, value in schema.items()}
    if isinstance(schema, list | tuple):
        return [_portable(each) for each in schema]
    return schema.replace("\\Z", "$") if isinstance(schema, str) else schema


def _referred(*parts: Any) -> Iterator[str]:
    """The names of schemas that are referred to."""
    for part in parts:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"].rpartition("/")[2]
            yield from _referred(*part.values())
        elif isinstance(part, list):
            yield from _referred(*part)
