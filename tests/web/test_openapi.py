"""The API's document is whole, true, and readable."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pointsbank.web.api.app import ProblemApi
from pointsbank.web.i18n import sentence
from tests.web.conftest import API

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """The document is the same on every database."""
    return sqlite_url


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    told: dict[str, Any] = json.loads(answer.data)
    return told


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def every_part(value: Any) -> list[dict[str, Any]]:
    """Every object in the document, at any depth."""
    if isinstance(value, list):
        return [part for item in value for part in every_part(item)]
    if isinstance(value, dict):
        return [value, *(part for item in value.values() for part in every_part(item))]
    return []


def test_the_document_has_the_form_of_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert {"title", "version", "description"} <= set(document["info"])
    assert set(document) <= {"openapi", "info", "servers", "paths", "components", "tags"}
    tags = {tag["name"] for tag in document["tags"]}
    ids = set()
    for name, operation in operations(document).items():
        path = name.split(" ")[1]
        assert path.startswith("/"), name
        assert operation["operationId"] not in ids, name
        ids.add(operation["operationId"])
        assert operation["summary"], name
        assert set(operation["tags"]) <= tags, name
        parameters = [
            *document["paths"][path].get("parameters", []),
            *operation.get("parameters", []),
        ]
        for parameter in parameters:
            assert {"name", "in", "schema"} <= set(parameter), name
            assert parameter["in"] in {"path", "query", "header"}, name
            assert parameter["in"] != "path" or parameter["required"] is True, name
        assert {p["name"] for p in parameters if p["in"] == "path"} == set(
            re.findall(r"\{([^}]+)\}", path)
        ), name
        assert any(status.startswith("2") for status in operation["responses"]), name
        for status, response in operation["responses"].items():
            assert re.fullmatch(r"[1-5][0-9]{2}|default", status), name
            assert "$ref" in response or response["description"], (name, status)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = [part["$ref"] for part in every_part(document) if "$ref" in part]
    assert len(references) > 20
    for reference in references:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place, reference


def test_no_schema_was_renamed_because_two_have_one_name(document: dict[str, Any]) -> None:
    assert not [name for name in document["components"]["schemas"] if re.search(r"\d$", name)]


def test_every_address_of_the_api_is_described_and_no_other(
    app: Flask, document: dict[str, Any]
) -> None:
    served = {
        f"{method} {rule.rule.replace('<', '{').replace('>', '}')}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(API)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == set(operations(document))


def test_every_error_is_problem_details_in_the_document_as_on_the_wire(
    document: dict[str, Any],
) -> None:
    for name, operation in operations(document).items():
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                assert list(response["content"]) == ["application/json"], (name, status)
                continue
            if "$ref" in response:
                response = document["components"]["responses"][response["$ref"].split("/")[-1]]
            assert list(response["content"]) == ["application/problem+json"], (name, status)
            schema = response["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}, (name, status)


def test_the_private_hook_that_makes_errors_problem_details_is_still_there() -> None:
    # flask-smorest may rename it in any release; then the document would say application/json.
    [base] = ProblemApi.__mro__[1:2]
    assert callable(base._register_responses)
    assert ProblemApi._register_responses is not base._register_responses


def test_who_may_ask_and_which_requests_want_a_key_stand_in_the_document(
    document: dict[str, Any],
) -> None:
    told = operations(document)
    assert told[f"POST {API}/devices/pair"]["security"] == []
    assert told[f"POST {API}/redemptions"]["security"] == [{"device": []}]
    staff = ["admin", "auditor", "witness", "worker"]
    assert told[f"GET {API}/entries"]["security"] == [{"staff": staff}]
    assert told[f"GET {API}/redemptions/{{number}}"]["security"] == [
        {"device": []},
        {"staff": staff},
    ]
    assert set(document["components"]["securitySchemes"]) == {"device", "staff"}
    keyed = {
        name
        for name, operation in told.items()
        for parameter in operation.get("parameters", [])
        if parameter["name"] == "Idempotency-Key" and parameter["required"]
    }
    assert keyed == {
        f"POST {API}/redemptions",
        f"POST {API}/redemptions/{{number}}/undo",
        f"POST {API}/activities/{{number}}/sign-in",
        f"POST {API}/activities/{{number}}/sign-out",
        f"POST {API}/activities/{{number}}/scan",
        f"POST {API}/attendances/{{number}}/undo",
        f"POST {API}/receipts/{{key}}/void",
        f"POST {API}/unconfirmed",
        f"POST {API}/unconfirmed/{{number}}/answer",
        f"POST {API}/unknown-codes",
        f"POST {API}/help-calls",
        f"POST {API}/news/told",
        f"POST {API}/kiosk/seen",
    }


def test_requests_close_their_schemas_and_bound_their_numbers(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    asked = {"CardRead", "CheckOut", "Undoing", "UnknownCode", "Pairing", "GoodsWanted", "Nothing"}
    for name in asked | {"GoodsLine"}:
        assert schemas[name]["additionalProperties"] is False, name
        for field, form in schemas[name].get("properties", {}).items():
            if form.get("type") == "integer":
                assert {"minimum", "maximum"} <= set(form), (name, field)


def test_every_refusal_in_the_document_has_a_sentence(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        for response in operation["responses"].values():
            for content in response.get("content", {}).values():
                for code, example in content.get("examples", {}).items():
                    value = example["value"]
                    assert value["code"] == code, name
                    assert value["title"] != code, (name, code)
                    assert example["summary"] not in {code, value["title"]}, (name, code)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_page_shows_every_operation_in_both_languages(
    client: FlaskClient, document: dict[str, Any], language: str
) -> None:
    page = client.get(f"/api/?lang={language}")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    text = unescape(page.get_data(as_text=True))
    assert "<script>" not in text
    assert " style=" not in text
    for name, operation in operations(document).items():
        assert f'id="{operation["operationId"]}"' in text, name
        assert name.split(" ")[1] in text
        title = sentence(f"api.{operation['operationId']}", "title", "zh-CN")
        assert title != f"api.{operation['operationId']}", name
        shown = title if language == "zh-CN" else operation["summary"].rstrip(".")
        assert shown in text, (name, shown)
