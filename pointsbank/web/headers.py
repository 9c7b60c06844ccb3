"""The headers that every answer carries: nothing inline, nothing from elsewhere, nothing kept."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from werkzeug.routing import RequestRedirect

_PAGE = (
    "default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "media-src 'self' blob:; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)
# What serves us is nobody's business: granian names itself where we say nothing.
_SERVER = "pointsbank"
_DATA = "default-src 'none'; frame-ancestors 'none'; sandbox"
# Where codes are read by the camera: kiosk and station, and the page that tries its equipment.
_SEEING = ("/kiosk/", "/station/", "/office/setup/equipment")
_PAGES = frozenset({"text/html", "image/svg+xml"})
_STATIC_SECONDS = 3600


def init_app(app: Flask) -> None:
    app.after_request(_dress)


@cache
def _always(is_page: bool, may_see: bool) -> tuple[tuple[str, str], ...]:
    """What stands in every answer of a kind, put together once and not for each request.

    The policy comes first: a view may have its own, and of nothing else.
    """
    # The code reader is WebAssembly; these alone may compile it, and may open the camera.
    page = _PAGE.format(wasm=" 'wasm-unsafe-eval'" if may_see else "")
    camera = "(self)" if may_see else "()"
    return (
        ("Content-Security-Policy", page if is_page else _DATA),
        ("Server", _SERVER),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        (
            "Permissions-Policy",
            f"camera={camera}, microphone=(), geolocation=(), payment=(), usb=()",
        ),
    )


def _dress(response: Response) -> Response:
    headers = response.headers
    if isinstance(request.routing_exception, RequestRedirect):
        # The router writes the whole address, as the Host header of the request has it.
        parts = urlsplit(response.location or "")
        path = "/" + parts.path.lstrip("/")
        headers["Location"] = f"{path}?{parts.query}" if parts.query else path
        response.set_data("")
    is_page = response.mimetype in _PAGES
    policy, *always = _always(is_page, request.path.startswith(_SEEING))
    headers.setdefault(*policy)
    for name, value in always:
        headers[name] = value
    is_file = (request.endpoint or "").rpartition(".")[2] == "static"
    if is_file and response.status_code < 400:
        headers["Cache-Control"] = f"public, max-age={_STATIC_SECONDS}"
        headers["Content-Security-Policy"] = _PAGE.format(wasm="")
    else:
        headers["Cache-Control"] = "no-store"
    if current_app.config["SECURE"] and request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return response
