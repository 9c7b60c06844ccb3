"""Today's lines about people's service (今日): stars and certificates that wait or are doubtful."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import Bank
from pointsbank.recognition import (
    count_doubtful_certificates,
    count_open_certificates,
    count_open_stars,
    count_shrunk_stars,
)

Line = dict[str, Any]


def recognition_lines(bank: Bank) -> list[Line]:
    """What waits for somebody, and what rests on service that was voided since."""
    return [*_stars(bank), *_certificates(bank)]


def _stars(bank: Bank) -> list[Line]:
    """Stars that wait for somebody, and those that rest on hours which were voided."""
    lines = []
    if waiting := count_open_stars(bank):
        lines.append(
            {
                "kind": "wait",
                "word": _("等评定"),
                "title": _("%(n)s 位的星级等人评定", n=waiting),
                "note": _("一个人提出，另一个人评定"),
                "href": url_for("office_stars.page", show="open"),
                "label": _("去评定"),
            }
        )
    if shrunk := count_shrunk_stars(bank):
        lines.append(
            {
                "kind": "stop",
                "word": _("要看看"),
                "title": _("%(n)s 位的星级够不上了", n=shrunk),
                "note": _("评定以后有服务作废了"),
                "href": url_for("office_stars.page", show="look"),
                "label": _("看看"),
            }
        )
    return lines


def _certificates(bank: Bank) -> list[Line]:
    """Certificates that wait for somebody, and those behind which service was voided."""
    lines = []
    if waiting := count_open_certificates(bank):
        lines.append(
            {
                "kind": "wait",
                "word": _("要办"),
                "title": _("%(n)s 份服务证明等着办", n=waiting),
                "note": _("一个人拟，另一个人签发"),
                "href": url_for("office_certificates.page", show="open"),
                "label": _("去办"),
            }
        )
    if doubtful := count_doubtful_certificates(bank):
        lines.append(
            {
                "kind": "stop",
                "word": _("要看看"),
                "title": _("%(n)s 份证明里的服务作废了", n=doubtful),
                "note": _("签发以后有服务作废了"),
                "href": url_for("office_certificates.page", show="doubtful"),
                "label": _("看看"),
            }
        )
    return lines
