"""What the API is made with: strict arguments, plain answers, marks for its document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import marshmallow
from flask import Response
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import fields
from webargs.flaskparser import FlaskParser

from pointsbank.foundation import PER_PAGE_MOST, Page, Paging, json_writer
from pointsbank.web.api.fields import Body, WrittenWhole, told
from pointsbank.web.api.strict_json import load_body

View = TypeVar("View", bound=Callable[..., Any])
Answer = Response

PAGE_MOST = 100_000

_write = json_writer(ascii_only=False)


class StrictParser(FlaskParser):
    """The argument parser with strict JSON; unknown fields are refused everywhere."""

    def __init__(self) -> None:
        super().__init__(unknown=marshmallow.RAISE)

    def load_json(self, req: Any, schema: Any) -> Any:
        return load_body(req)


PARSER = StrictParser()


class Blueprint(SmorestBlueprint):
    """A part of the API whose bodies are read strictly."""

    ARGUMENTS_PARSER = PARSER

    def arguments(self, schema: type[marshmallow.Schema], **options: Any) -> Any:
        """Read a view's arguments by a schema that is made once and not for each request."""
        return super().arguments(schema(), **options)


class PageWanted(Body):
    """Which page of a list; a view that lists things adds its own filters."""

    page = WrittenWhole(1, PAGE_MOST, load_default=1, metadata=told("第几页 Which page", 1))
    per_page = WrittenWhole(
        1, PER_PAGE_MOST, load_default=25, metadata=told("每页几条 How many on a page", 25)
    )


def page_of(item: type[Body]) -> type[marshmallow.Schema]:
    """The answer of a view that lists things."""
    parts: dict[str, fields.Field[Any]] = {
        "items": fields.List(fields.Nested(item), required=True),
        "total": fields.Integer(required=True, metadata=told("一共几条 How many in all", 7)),
        "page": fields.Integer(required=True, metadata=told("第几页", 1)),
        "pages": fields.Integer(required=True, metadata=told("共几页", 1)),
    }
    return Body.from_dict(parts, name=f"{item.__name__}Page")


def answered(body: dict[str, Any], status: int = 200) -> Response:
    """An answer as it goes over the wire.

    The schemas of answers describe them and the tests hold them to it; they do not run on every
    request, because the kiosk's confirming press waits for this.
    """
    return Response(_write(body), status, mimetype="application/json")


def paging_of(query: dict[str, Any]) -> Paging:
    """Take the page out of a query's fields."""
    return Paging(query.pop("page"), query.pop("per_page"))


def answered_page(page: Page[dict[str, Any]]) -> Response:
    """One page of a list, with the total in the body and in `X-Total-Count`."""
    answer = answered(
        {"items": list(page.items), "total": page.total, "page": page.page, "pages": page.pages}
    )
    answer.headers["X-Total-Count"] = str(page.total)
    return answer


def keyed(view: View) -> View:
    """Mark a view that books something, and so wants an idempotency key."""
    view.__keyed__ = True  # type: ignore[attr-defined]  # our own mark
    return view


def refuses(*codes: str) -> Callable[[View], View]:
    """Mark a view with the refusals of its own, for the document."""

    def mark(view: View) -> View:
        view.__refuses__ = codes  # type: ignore[attr-defined]  # our own mark
        return view

    return mark
