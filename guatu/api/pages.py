"""The description of the API: one document for machines, one page for people, nothing fetched from elsewhere."""

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI

_METHODS = ("get", "post", "put", "patch", "delete")


def _schema(request: HttpRequest) -> dict[str, Any]:
    from guatu.api.frame import api  # the frame mounts these pages

    described: NinjaAPI = api
    return dict(described.get_openapi_schema(path_prefix="/api/"))


def openapi(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1, UTF-8, Chinese left readable. Open to all: it describes the door, it shows nothing behind it."""
    text = json.dumps(_schema(request), ensure_ascii=False, indent=1, default=str)
    return HttpResponse(text, content_type="application/json; charset=utf-8")


@login_required
def reference(request: HttpRequest) -> HttpResponse:
    """Every operation by noun: address, parameters, body, answer, and a line to try."""
    schema = _schema(request)
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, item in schema["paths"].items():
        for method in _METHODS:
            if method in item:
                operation = item[method]
                tag = (operation.get("tags") or [""])[0]
                groups.setdefault(tag, []).append(_operation(path, method, operation))
    shapes = [
        _shape(name, shape) for name, shape in sorted(schema.get("components", {}).get("schemas", {}).items())
    ]
    return render(
        request, "api/reference.html", {"groups": sorted(groups.items()), "shapes": shapes, "schema": schema}
    )


def _operation(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    answers = operation.get("responses", {})
    good: dict[str, Any] = next((answers[code] for code in answers if str(code).startswith("2")), {})
    return {
        "method": method.upper(),
        "path": path,
        "anchor": operation.get("operationId", ""),
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "parameters": [
            {
                "name": each["name"],
                "where": each["in"],
                "required": each.get("required", False),
                "type": _type(each.get("schema", {})),
            }
            for each in operation.get("parameters", [])
        ],
        "body": _content(content),
        "answer": _content(good.get("content", {})),
    }


def _content(content: dict[str, Any]) -> str:
    return "; ".join(f"{kind}: {_type(part.get('schema', {}))}" for kind, part in content.items())


def _type(schema: dict[str, Any]) -> str:
    """The type of a value in a few words: string, array of PlaceOut, integer or null."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    return str(schema.get("format") or schema.get("type") or "any")


def _shape(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    needed = set(shape.get("required", []))
    return {
        "name": name,
        "description": shape.get("description", ""),
        "fields": [(key, _type(each), key in needed) for key, each in shape.get("properties", {}).items()],
    }
