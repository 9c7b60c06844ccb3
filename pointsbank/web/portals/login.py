"""Logging in and out (登录, 退出): one door for staff, witnesses and merchants."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, make_response, redirect, render_template, request, session
from werkzeug.wrappers import Response

from pointsbank.foundation import InvalidInput, NotPermitted, new_key
from pointsbank.people import (
    EnrolmentUnknown,
    StaffRow,
    check_password,
    end_login,
    enrol,
    open_login,
)
from pointsbank.web.access import allows_everybody, hash_of_token
from pointsbank.web.api.limits import counting_wrong_logins
from pointsbank.web.api.strict_json import is_harmful
from pointsbank.web.context import NOBODY, current_bank, current_visitor
from pointsbank.web.errors import problem_of, status_of
from pointsbank.web.portals.forms import Form, Typed

blueprint = Blueprint("login", __name__)


class PasswordsDiffer(InvalidInput):
    """The password was typed twice, and not the same (两次密码不一样)."""

    code = "web.passwords_differ"


def home_of(roles: frozenset[str]) -> str:
    """Where a person begins the day."""
    return "/merchant/" if roles == frozenset({"merchant"}) else "/office/"


@blueprint.get("/login")
@allows_everybody
def page() -> Any:
    visitor = current_visitor()
    if visitor is not NOBODY:
        return redirect(home_of(visitor.roles))
    return render_template("public/login.html", problem=None, next=request.args.get("next", ""))


@blueprint.post("/login")
@allows_everybody
def log_in() -> Any:
    """Check the password, then start a new session under a new token."""
    bank = current_bank()
    name, password = request.form.get("login", ""), request.form.get("password", "")
    try:
        with counting_wrong_logins():
            staff = check_password(bank, name, password)
    except NotPermitted as refusal:
        problem = problem_of(refusal)
        page = render_template(
            "public/login.html", problem=problem, next=request.form.get("next", ""), login=name
        )
        return make_response(page, int(status_of(refusal)))
    return _let_in(staff, _inside(request.form.get("next")))


@blueprint.get("/login/first")
@allows_everybody
def first() -> Any:
    """Where somebody new sets a password, with the one-time code that was handed over on paper."""
    return render_template("public/first_login.html", form=Form())


@blueprint.post("/login/first")
@allows_everybody
def set_password() -> Any:
    """Use the code up, set the password, and let its owner in."""
    typed = Typed()
    try:
        code, password = typed.text("code"), request.form.get("password", "")
        if password != request.form.get("again", ""):
            typed.reading = "again"
            raise PasswordsDiffer()
        typed.reading = "password"
        with counting_wrong_logins():
            staff = enrol(current_bank(), code=code, password=password, key=new_key())
    except (InvalidInput, NotPermitted) as refusal:
        if isinstance(refusal, EnrolmentUnknown):
            typed.reading = "code"
        form = Form.of(refusal, typed)
        # What was typed as a password never comes back on a page.
        form.typed = {"code": typed.fields.get("code", "")}
        page = render_template("public/first_login.html", form=form)
        return make_response(page, int(status_of(refusal)))
    return _let_in(staff, None)


def _let_in(staff: StaffRow, target: str | None) -> Response:
    """Begin a login under a new token; nothing from before it lives on, not the form's token."""
    _end_this_login()
    token = secrets.token_urlsafe(32)
    open_login(current_bank(), staff_id=staff.id, token_hash=hash_of_token(token), key=new_key())
    session.clear()
    answer = redirect(target or home_of(frozenset(staff.roles)))
    _set_cookie(answer, token)
    return answer


@blueprint.post("/logout")
@allows_everybody
def log_out() -> Any:
    """End this session; its cookie is worth nothing from now on."""
    _end_this_login()
    session.clear()
    answer = redirect("/login")
    # What the browser may still hold of the pages just left is gone as well.
    answer.headers["Clear-Site-Data"] = '"cache"'
    answer.delete_cookie(
        current_app.config["LOGIN_COOKIE_NAME"], path="/", secure=current_app.config["SECURE"]
    )
    return answer


def _end_this_login() -> None:
    token = request.cookies.get(current_app.config["LOGIN_COOKIE_NAME"])
    if token and current_visitor() is not NOBODY:
        end_login(current_bank(), token_hash=hash_of_token(token), key=new_key())


def _set_cookie(answer: Response, token: str) -> None:
    answer.set_cookie(
        current_app.config["LOGIN_COOKIE_NAME"],
        token,
        secure=current_app.config["SECURE"],
        httponly=True,
        samesite="Strict",
        path="/",
    )


def _inside(target: str | None) -> str | None:
    """A page of our own to go on to, or None: never another site's address."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or is_harmful(target):
        return None
    parts = urlsplit(target)
    return None if parts.netloc or parts.scheme else target
