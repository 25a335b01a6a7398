"""The OpenAPI 3.1 document, made from the endpoints' table and their models."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.desk.api.door import KEY_HEADER, PATH, Endpoint
from bot.desk.api.shapes import Failure
from bot.desk.api.tokens import SCOPES

VERSION: Final = "1.0.0"
_REF: Final = "#/components/schemas/{model}"
_ERRORS: Final = {
    400: "Something in the request is not valid; `problems` says what.",
    401: "The token is missing, wrong, expired or revoked.",
    403: "The token lacks the scope.",
    404: "There is no such thing.",
    409: "The state does not allow it; `code` says why.",
    422: "The idempotency key was used for another request: nothing was done.",
    429: "The token calls too often: nothing was done.",
}


def document(endpoints: Iterable[Endpoint], company: str) -> dict[str, Any]:
    """The document of these endpoints."""
    table = list(endpoints)
    used = {Failure, *(each.answer for each in table), *(each.body for each in table if each.body)}
    models = sorted(used, key=lambda model: model.__name__)
    _, schemas = models_json_schema([(model, "serialization") for model in models], ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in table:
        paths.setdefault(PATH + endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{company}: customer service",
            "version": VERSION,
            "description": "Conversations, messages, tickets and notes. See docs/protocols/api.md.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made in the desk under 设置. Scopes: "
                    + ", ".join(f"`{scope}`" for scope in SCOPES),
                }
            },
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    parameters = [*_path_parameters(endpoint.path), *_query_parameters(endpoint.query)]
    if endpoint.method == "POST":
        schema = {"type": "string", "minLength": 8, "maxLength": 64}
        parameters.append({"name": KEY_HEADER, "in": "header", "required": True, "schema": schema})
    told: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": f"Needs the scope `{endpoint.scope}`.",
        "parameters": parameters,
        "responses": {
            str(endpoint.status): {"description": "Done.", "content": _content(endpoint.answer)},
            **{str(status): _refusal(status) for status in sorted(_errors(endpoint))},
        },
    }
    if endpoint.body is not None:
        told["requestBody"] = {"required": True, "content": _content(endpoint.body)}
    return told


def _errors(endpoint: Endpoint) -> set[int]:
    """Every status that refuses; 422 is a key that was used for something else."""
    return {400, 401, 403, 429, *({422} if endpoint.method == "POST" else ()), *endpoint.errors}


def _refusal(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {"description": _ERRORS[status], "content": _content(Failure)}
    if status == 429:
        after = {"description": "After so many seconds it is allowed again.", "schema": {"type": "integer"}}
        told["headers"] = {"Retry-After": after}
    return told


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", path)
    ]


def _query_parameters(query: type[BaseModel]) -> list[dict[str, Any]]:
    properties = query.model_json_schema()["properties"] if query.model_fields else {}
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "schema": {key: value for key, value in schema.items() if key not in ("title", "description")},
            **({"description": schema["description"]} if "description" in schema else {}),
        }
        for name, schema in properties.items()
    ]


def _content(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}
