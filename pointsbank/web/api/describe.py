"""The API's document (OpenAPI 3.1), completed from the same marks that the doors obey.

Who may come in is read from `@allows`, the idempotency key from `@keyed`, the refusals from
`@refuses`, so that the document cannot promise anything else than the views do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from flask import Flask, current_app
from werkzeug.routing import Rule

from pointsbank.foundation import PointsBankError
from pointsbank.web.access import EVERYBODY
from pointsbank.web.closing import STAY_OPEN
from pointsbank.web.errors import PROBLEM, status_of
from pointsbank.web.i18n import sentence

PREFIX = "/api/v1"
DEVICES = frozenset({"kiosk", "station"})
_DOCUMENT = "pointsbank.api_document"
_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "幂等键 One key for one booking: sent again, it gives the same answer and books "
    "nothing twice.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{16,64}$"},
    "example": "6b1f0c5d9e7a4b2c8d3e5f6071829304",
}
_SECURITY_SCHEMES = {
    "device": {
        "type": "http",
        "scheme": "bearer",
        "description": "设备令牌 The token that a kiosk or a station was given when it was paired.",
    },
    "staff": {
        "type": "apiKey",
        "in": "cookie",
        "description": "登录 The cookie of somebody who logged in at /login. It may only read.",
    },
}
# What the framework itself answers, by status.
_FRAME_CODES = {
    400: "web.body_unreadable",
    413: "web.too_large",
    415: "web.media_type",
    422: "web.fields_invalid",
    429: "web.too_many",
}
_KEY_CODES = (
    "foundation.key_invalid",
    "foundation.key_reused",
    "foundation.key_voided",
    "foundation.too_busy",
    "foundation.outcome_unknown",
)


def api_document() -> dict[str, Any]:
    """The current application's document, made once; not to be changed by whoever reads it."""
    extensions = current_app.extensions
    if _DOCUMENT not in extensions:
        api = extensions["flask-smorest"]["apis"][""]["ext_obj"]
        extensions[_DOCUMENT] = _completed(current_app, api.spec.to_dict())
    return cast(dict[str, Any], extensions[_DOCUMENT])


def _completed(app: Flask, described: dict[str, Any]) -> dict[str, Any]:
    """What flask-smorest has described, with what the marks say."""
    described["components"]["securitySchemes"] = _security_schemes(app)
    families = {family.code: family for family in _families(PointsBankError)}
    for rule, operation in _operations(app, described):
        view = app.view_functions[rule.endpoint]
        operation["operationId"] = _public_name(rule.endpoint)
        operation["tags"] = [_public_name(tag) for tag in operation["tags"]]
        allowed: frozenset[str] = getattr(view, "__allows__", frozenset())
        operation["security"] = _security(allowed)
        if getattr(view, "__keyed__", False):
            operation.setdefault("parameters", []).append(_KEY_PARAMETER)
        for status, codes in sorted(_refusals(view, rule.endpoint, operation, families).items()):
            operation["responses"][str(status)] = _problem_response(status, codes)
        operation["responses"] = dict(sorted(operation["responses"].items()))
    for tag in described["tags"]:
        tag["name"] = _public_name(tag["name"])
    return described


def _public_name(endpoint: str) -> str:
    """The name of a part or a view as others see it: pages have parts of the same names."""
    return endpoint.removeprefix("api_").replace(".", "_")


def _security_schemes(app: Flask) -> dict[str, Any]:
    schemes = {name: dict(scheme) for name, scheme in _SECURITY_SCHEMES.items()}
    schemes["staff"]["name"] = app.config["LOGIN_COOKIE_NAME"]
    return schemes


def _operations(app: Flask, described: dict[str, Any]) -> Iterator[tuple[Rule, dict[str, Any]]]:
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(PREFIX):
            continue
        path = described["paths"][rule.rule.replace("<", "{").replace(">", "}")]
        for method in (rule.methods or set()) & {"GET", "POST"}:
            yield rule, path[method.lower()]


def _security(allowed: frozenset[str]) -> list[dict[str, list[str]]]:
    if EVERYBODY in allowed:
        return []
    named: list[dict[str, list[str]]] = [{"device": []}] if allowed & DEVICES else []
    staff = sorted(allowed - DEVICES)
    # OpenAPI 3.1 lets any scheme name the roles that it takes.
    return [*named, *([{"staff": staff}] if staff else [])]


def _refusals(
    view: Any,
    endpoint: str,
    operation: dict[str, Any],
    families: dict[str, type[PointsBankError]],
) -> dict[int, list[str]]:
    """Codes by status: the framework's, the door's, the key's, and the view's own."""
    allowed: frozenset[str] = getattr(view, "__allows__", frozenset())
    found: dict[int, list[str]] = {}
    if "requestBody" in operation:
        statuses = [400, 413, 415, 422, 429]
    else:
        statuses = [422, 429] if operation.get("parameters") else [429]
    for status in statuses:
        found.setdefault(status, []).append(_FRAME_CODES[status])
    codes: list[str] = []
    if EVERYBODY not in allowed:
        codes += ["web.login_needed", "web.role_missing"]
    if allowed & DEVICES:
        codes.append("people.device_unknown")
        if endpoint not in STAY_OPEN:
            codes.append("foundation.clock_wrong")
    if getattr(view, "__keyed__", False):
        codes += _KEY_CODES
    codes += getattr(view, "__refuses__", ())
    for code in codes:
        found.setdefault(int(status_of(families[code])), []).append(code)
    return found


def _families(root: type[PointsBankError]) -> Iterator[type[PointsBankError]]:
    yield root
    for family in root.__subclasses__():
        yield from _families(family)


def _problem_response(status: int, codes: list[str]) -> dict[str, Any]:
    examples = {
        code: {
            "summary": sentence(code, "title", "en"),
            "value": {
                "type": "about:blank",
                "status": status,
                "code": code,
                "title": sentence(code, "title", "zh-CN"),
                "detail": sentence(code, "detail", "zh-CN"),
                "facts": {},
            },
        }
        for code in dict.fromkeys(codes)
    }
    return {
        "description": ", ".join(examples),
        "content": {
            PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}
        },
    }
