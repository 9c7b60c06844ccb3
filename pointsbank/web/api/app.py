"""The API's frame: its parts in order, problem details, the OpenAPI document and its page."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, json
from flask_smorest import Api
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException, NotFound

from pointsbank.web.access import open_to_everybody
from pointsbank.web.api import (
    attendance,
    calls,
    cards,
    demo,
    devices,
    entries,
    kiosk,
    limits,
    news,
    quotes,
    reading,
    receipts,
    redemptions,
    seen,
    shelf,
    slip_goods,
    station,
    unconfirmed,
    volunteers,
)
from pointsbank.web.api.describe import PREFIX, api_document
from pointsbank.web.api.fields import told
from pointsbank.web.api.frame import Blueprint
from pointsbank.web.api.strict_json import is_harmful
from pointsbank.web.errors import PROBLEM, http_refused

_PATH_PART_MOST = 64


# RFC 9457 problem details, with our code and the facts of its sentence.
ProblemSchema = Schema.from_dict(
    {
        "type": fields.String(required=True),
        "status": fields.Integer(required=True),
        "code": fields.String(required=True, metadata=told("代码 It never changes")),
        "title": fields.String(required=True, metadata=told("一句话 In the reader's language")),
        "detail": fields.String(required=True, metadata=told("说明与出路 What to do now")),
        "facts": fields.Dict(keys=fields.String(), required=True, metadata=told("句子里的数字")),
        "fields": fields.Dict(
            keys=fields.String(), metadata=told("哪几项不对 What is wrong, by place and field")
        ),
    },
    name="Problem",
)


class ProblemApi(Api):
    """flask-smorest with our form of error and our document."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"

    def handle_http_exception(self, error: HTTPException) -> Response:
        return http_refused(error)

    def _register_responses(self) -> None:
        # Errors are problem details in the document as they are on the wire; a test holds this,
        # because the method is not a public one.
        ordinary = self.DEFAULT_RESPONSE_CONTENT_TYPE
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = ordinary

    def _openapi_json(self) -> Response:
        text = json.dumps(api_document(), ensure_ascii=False, indent=2, sort_keys=False)
        return Response(text, mimetype="application/json")


BLUEPRINTS: tuple[Blueprint, ...] = (
    kiosk.blueprint,
    devices.blueprint,
    cards.blueprint,
    news.blueprint,
    shelf.blueprint,
    quotes.blueprint,
    unconfirmed.blueprint,
    redemptions.blueprint,
    attendance.blueprint,
    station.blueprint,
    receipts.blueprint,
    seen.blueprint,
    calls.blueprint,
    volunteers.blueprint,
    entries.blueprint,
)


def init_app(app: Flask) -> None:
    app.config.update(
        API_TITLE="公益银行 Points bank",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"info": {"description": reading.ABOUT}, "servers": [{"url": "/"}]},
    )
    app.url_value_preprocessor(_refuse_harmful_path)
    limits.init_app(app)
    slip_goods.init_app(app)
    api = ProblemApi(app)
    own = (demo.blueprint,) if app.config["DEMONSTRATION"] else ()
    for blueprint in BLUEPRINTS + own:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    open_to_everybody(app, "api-docs.")
    app.register_blueprint(reading.blueprint)


def _refuse_harmful_path(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """No address of ours has a part that is long, or holds what nobody can see."""
    for value in (values or {}).values():
        if isinstance(value, str) and (len(value) > _PATH_PART_MOST or is_harmful(value)):
            raise NotFound()
