"""The page that shows the API's document to people (接口文档), made from the document itself."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, current_app, render_template, request

from pointsbank.foundation import list_settings
from pointsbank.web.access import allows_everybody
from pointsbank.web.api.describe import api_document
from pointsbank.web.context import current_bank
from pointsbank.web.i18n import current_language, sentence

blueprint = Blueprint("api_reading", __name__)

ABOUT = (
    "兑换、报价、回执：自助机说的话，别的程序也可以说。"
    "What the kiosk says to the bank, any other program may say too. Bodies are strict JSON, "
    "errors are problem details (RFC 9457) with a code that never changes, and every request that "
    "books carries an idempotency key."
)
_METHODS = ("get", "post")
# What stands behind the last sign that is not ASCII is the English.
_BOTH = re.compile(r"(.*[^\x00-\x7f])\s([\x21-\x7e][\x20-\x7e]*)", re.DOTALL)
_TOKEN = "$TOKEN"


@dataclass
class Field:
    """One field of a request or a parameter, as a line of a table."""

    name: str
    form: str
    required: bool
    meaning: str


@dataclass
class Shown:
    """One operation as the page shows it."""

    anchor: str
    method: str
    path: str
    title: str
    says: str
    who: list[str]
    keyed: bool
    status: int
    fields: list[Field]
    curl: str
    answer: str
    refusals: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass
class Group:
    """The operations of one noun."""

    anchor: str
    title: str
    operations: list[Shown] = field(default_factory=list)


@blueprint.get("/api/")
@allows_everybody
def page() -> str:
    """Everything that the document says, to be read."""
    settings = current_bank().database.read(list_settings)
    return render_template(
        "public/api.html",
        here="api",
        shop_name=settings.get("community_name", ""),
        root=request.host_url.rstrip("/"),
        groups=groups_of(api_document()),
    )


def groups_of(document: dict[str, Any]) -> list[Group]:
    """The document by nouns, in the order of its tags."""
    english = current_language() == "en"
    groups = {
        tag["name"]: Group(
            tag["name"].replace("_", "-"), _one_language(tag["description"], english)
        )
        for tag in document["tags"]
    }
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                parameters = [*methods.get("parameters", []), *operation.get("parameters", [])]
                shown = _shown(document, path, method, operation, parameters, english)
                groups[operation["tags"][0]].operations.append(shown)
    return [group for group in groups.values() if group.operations]


def _one_language(text: str, english: bool) -> str:
    """Descriptions say it in Chinese, then in English; where there is only one, that.

    >>> _one_language("卡上的 24 位码 The code on the card", english=False)
    '卡上的 24 位码'
    """
    found = _BOTH.match(text)
    told = found[2 if english else 1] if found else text
    return told.replace("`", "")


def _shown(
    document: dict[str, Any],
    path: str,
    method: str,
    operation: dict[str, Any],
    parameters: list[dict[str, Any]],
    english: bool,
) -> Shown:
    title, says = operation.get("summary", ""), operation.get("description", "")
    if not english:
        code = f"api.{operation['operationId']}"
        found = sentence(code)
        title, says = (found, sentence(code, "detail")) if found != code else (title, says)
    body = _body_schema(document, operation)
    status, answer = _answer(document, operation)
    keyed = any(parameter["name"] == "Idempotency-Key" for parameter in parameters)
    return Shown(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        title=title.rstrip("."),
        says=says.replace("`", ""),
        who=_who(operation),
        keyed=keyed,
        status=status,
        fields=[
            *(_parameter(parameter, english) for parameter in parameters),
            *(_fields(document, body, "", english) if body else ()),
        ],
        curl=_curl(document, path, method, operation, body, keyed),
        answer=json.dumps(answer, ensure_ascii=False, indent=2),
        refusals=_refusals(operation),
    )


def _who(operation: dict[str, Any]) -> list[str]:
    """Roles that may ask; empty for everybody."""
    named = []
    for scheme in operation.get("security", []):
        named += ["kiosk"] if "device" in scheme else list(scheme.get("staff", []))
    return named


def _refusals(operation: dict[str, Any]) -> list[tuple[int, str, str]]:
    listed = []
    for status, response in operation["responses"].items():
        for content in response.get("content", {}).values():
            for code in content.get("examples", {}):
                listed.append((int(status), code, sentence(code)))
    return listed


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without its reference; of several forms the first."""
    while True:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif "oneOf" in schema or "anyOf" in schema:
            schema = (schema.get("oneOf") or schema["anyOf"])[0]
        else:
            return schema


def _body_schema(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any] | None:
    contents = operation.get("requestBody", {}).get("content", {})
    found = [_resolved(document, content["schema"]) for content in contents.values()]
    return found[0] if found else None


def _answer(document: dict[str, Any], operation: dict[str, Any]) -> tuple[int, Any]:
    status = next(status for status in operation["responses"] if status.startswith("2"))
    content = operation["responses"][status].get("content", {}).get("application/json", {})
    return int(status), _example(document, content["schema"]) if content else {}


def _parameter(parameter: dict[str, Any], english: bool) -> Field:
    return Field(
        parameter["name"],
        f"{parameter['in']} · {_form(parameter['schema'])}",
        bool(parameter.get("required")),
        _one_language(parameter.get("description", ""), english),
    )


def _fields(
    document: dict[str, Any], schema: dict[str, Any], before: str, english: bool
) -> list[Field]:
    listed = []
    for name, part in schema.get("properties", {}).items():
        inner = _resolved(document, part)
        mark = ""
        if inner.get("type") == "array":
            inner, mark = _resolved(document, inner["items"]), "[]"
        full = f"{before}{name}{mark}"
        if inner.get("properties"):
            listed += _fields(document, inner, f"{full}.", english)
        else:
            required = name in schema.get("required", ())
            meaning = part.get("description") or inner.get("description", "")
            told = _one_language(meaning, english)
            listed.append(Field(full, _form(inner), required, told))
    return listed


def _form(schema: dict[str, Any]) -> str:
    """What may stand there, in a few signs."""
    kinds = schema.get("type", "object")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if "enum" in schema:
        return " | ".join(str(word) for word in schema["enum"] if word is not None)
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return f"{kind} {least}–{most}"
    if "maxLength" in schema:
        return f"{kind} {schema.get('minLength', 0)}–{schema['maxLength']}"
    return str(kind)


def _example(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    if schema.get("examples"):
        return schema["examples"][0]
    schema = _resolved(document, schema)
    if schema.get("examples"):
        return schema["examples"][0]
    kinds = schema.get("type", "object")
    if isinstance(kinds, list) and "null" in kinds:
        return None
    if kinds == "object":
        parts = schema.get("properties", {})
        return {name: _example(document, part) for name, part in parts.items()}
    if kinds == "array":
        return [_example(document, schema["items"])]
    if schema.get("enum"):
        return schema["enum"][0]
    return {"integer": 0, "boolean": False}.get(kinds, "…")


def _curl(
    document: dict[str, Any],
    path: str,
    method: str,
    operation: dict[str, Any],
    body: dict[str, Any] | None,
    keyed: bool,
) -> str:
    who = _who(operation)
    parts = [f'curl "$BANK{path}"']
    if "kiosk" in who:
        parts.append(f'-H "Authorization: Bearer {_TOKEN}"')
    elif who:
        parts.append(f'-b "{current_app.config["LOGIN_COOKIE_NAME"]}=$COOKIE"')
    if keyed:
        parts.append('-H "Idempotency-Key: $(uuidgen)"')
    if body is not None:
        told = json.dumps(_example(document, body), ensure_ascii=False)
        parts += ['-H "Content-Type: application/json"', f"-d '{told}'"]
    elif method == "post":
        parts.append("-X POST")
    return " \\\n     ".join(parts)
