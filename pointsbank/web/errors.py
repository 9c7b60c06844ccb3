"""The only place that knows both our refusals and HTTP.

A refusal becomes RFC 9457 problem details with `code` and `facts`, or a page that says the same;
the sentence is looked up by code in the reader's language.
"""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, json, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from pointsbank.foundation import (
    Conflict,
    InvalidInput,
    InvariantBroken,
    NotFound,
    NotPermitted,
    PointsBankError,
    RuleRefused,
    Unavailable,
)
from pointsbank.web.i18n import sentence

PROBLEM = "application/problem+json"
RETRY_SECONDS = 2

_STATUS: tuple[tuple[type[PointsBankError], HTTPStatus], ...] = (
    (InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotFound, HTTPStatus.NOT_FOUND),
    (NotPermitted, HTTPStatus.FORBIDDEN),
    (RuleRefused, HTTPStatus.CONFLICT),
    (Conflict, HTTPStatus.CONFLICT),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (InvariantBroken, HTTPStatus.INTERNAL_SERVER_ERROR),
)
# Codes whose status is not their family's.
_STATUS_BY_CODE = {
    "foundation.key_invalid": HTTPStatus.BAD_REQUEST,
    "foundation.key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "imports.too_many_uploads": HTTPStatus.TOO_MANY_REQUESTS,
    "web.body_unreadable": HTTPStatus.BAD_REQUEST,
    "web.login_needed": HTTPStatus.UNAUTHORIZED,
    "people.device_unknown": HTTPStatus.UNAUTHORIZED,
}
_HTTP_CODES = {
    400: "web.bad_request",
    404: "web.page_not_found",
    405: "web.method_not_allowed",
    413: "web.too_large",
    415: "web.media_type",
    422: "web.fields_invalid",
    429: "web.too_many",
    503: "foundation.too_busy",
}

log = logging.getLogger("pointsbank.web")


class BodyUnreadable(InvalidInput):
    """The body is not strict JSON (请求内容无法读取)."""

    code = "web.body_unreadable"


def status_of(error: PointsBankError | type[PointsBankError]) -> HTTPStatus:
    """The HTTP status of a refusal, or of a class of them."""
    if error.code in _STATUS_BY_CODE:
        return _STATUS_BY_CODE[error.code]
    leaf = error if isinstance(error, type) else type(error)
    named = (status for family, status in _STATUS if issubclass(leaf, family))
    return next(named, HTTPStatus.INTERNAL_SERVER_ERROR)


def problem_of(error: PointsBankError) -> dict[str, Any]:
    """A refusal as problem details, in the reader's language."""
    return {
        "type": "about:blank",
        "status": int(status_of(error)),
        "code": error.code,
        "title": sentence(error.code, "title", **error.facts),
        "detail": sentence(error.code, "detail", **error.facts),
        "facts": error.facts,
    }


def init_app(app: Flask) -> None:
    app.register_error_handler(PointsBankError, _refused)
    app.register_error_handler(CSRFError, _csrf_refused)
    app.register_error_handler(HTTPException, http_refused)
    app.register_error_handler(Exception, _crashed)


def _refused(error: PointsBankError) -> Response:
    if isinstance(error, InvariantBroken):
        log.critical("the books contradict themselves: %s", error)
    return _answer(problem_of(error))


def _csrf_refused(error: CSRFError) -> Response:
    return _answer(_plain("web.form_expired", 403))


def http_refused(error: HTTPException) -> Response:
    """An HTTP error of the framework's own, in our form; its headers are kept."""
    status = error.code or 500
    problem = _plain(_HTTP_CODES.get(status, "web.failed"), status)
    fields = getattr(error, "data", {}).get("messages") if hasattr(error, "data") else None
    if fields:
        problem["fields"] = fields
    answer = _answer(problem)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return answer


def _crashed(error: Exception) -> Response:
    number = secrets.token_hex(4)
    log.error("request failed, number %s", number, exc_info=error)
    problem = _plain("web.failed", 500)
    problem["facts"] = {"number": number}
    return _answer(problem)


def _plain(code: str, status: int) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "status": status,
        "code": code,
        "title": sentence(code, "title"),
        "detail": sentence(code, "detail"),
        "facts": {},
    }


def _answer(problem: dict[str, Any]) -> Response:
    if request.path.startswith("/api/"):
        answer = make_response(json.dumps(problem, ensure_ascii=False), problem["status"])
        answer.mimetype = PROBLEM
    else:
        answer = make_response(
            render_template("public/refusal.html", problem=problem), problem["status"]
        )
    if problem["status"] == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer
