"""A rulebook as a form (积分办法的表单): a document as flat fields, and flat fields as a document.

A field is called after the path of what it holds, `rates[0].points` is `rates-0-points`, so that
whatever is wrong with a document can be said under the field it stands in. What somebody typed that
is no number stays as it was typed: the reading of the document says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pointsbank.earning import FORMAT, SOURCES
from pointsbank.foundation import PointsBankError
from pointsbank.foundation.cells import narrow

ROWS = ("rates", "caps", "multipliers-factors", "bonuses", "deductions", "limits")
ROLES = ("worker", "witness", "admin")
WEEKDAYS = range(1, 8)
MONTHS = range(1, 13)
ROWS_MOST = 60
# Lists that are typed into one field.
SEVERAL = "table ratios levels days weekdays categories months days_of_month".split()
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_BETWEEN = re.compile(r"[、，,;；\s]+")
_NEW: Mapping[str, Mapping[str, str]] = {
    "rates": {"kind": "per_time", "minutes": "60"},
    "caps": {"per": "day", "of": "minutes"},
    "multipliers-factors": {"when": "night"},
    "bonuses": {},
    "deductions": {"appeal_days": "15"},
    "limits": {"of": "no_shows"},
}

Fields = dict[str, str]


# ---------------------------------------------------------------------- from a document to fields


def fields_of(document: Mapping[str, Any]) -> Fields:
    """A document that is right, as the fields of its form."""
    fields = {"name": document["name"], "about": document["about"]}
    for place, rate in enumerate(document["rates"]):
        _put_rate(fields, f"rates-{place}", rate)
    for source in document["sources"]["earning"]:
        fields[f"sources-earning-{source}"] = "1"
    fields["rounding-minutes"] = str(document["rounding"]["minutes"])
    fields["multipliers-combine"] = document["multipliers"]["combine"]
    for place, factor in enumerate(document["multipliers"]["factors"]):
        _put_factor(fields, f"multipliers-factors-{place}", factor)
    for place, cap in enumerate(document["caps"]):
        _put_cap(fields, f"caps-{place}", cap)
    for place, bonus in enumerate(document["bonuses"]):
        _put(fields, f"bonuses-{place}", bonus)
    for place, deduction in enumerate(document["deductions"]):
        _put(fields, f"deductions-{place}", deduction)
    for place, limit in enumerate(document["limits"]):
        _put(fields, f"limits-{place}", limit)
    review = document["review"]
    for who in ("approvers", "manual_approvers"):
        fields |= {f"review-{who}-{role}": "1" for role in review[who]}
    _put(fields, "review", {"within_days": review["within_days"]})
    _put(fields, "notice", document["notice"])
    _put(fields, "validity", document["validity"])
    _put_redeeming(fields, document["redeeming"])
    _put(fields, "giving", document["giving"])
    if document["property_fee"]:
        for name, fen in document["property_fee"].items():
            fields[f"property_fee-{name}"] = "" if fen is None else _decimal(Decimal(fen) / 100)
    _put_time_credit(fields, document["time_credit"])
    return fields


def _put_time_credit(fields: Fields, rule: Mapping[str, Any]) -> None:
    if rule["kept"]:
        fields["time_credit-kept"] = "1"
    fields["time_credit-percent"] = _times(rule["percent"])
    ratios = [f"{row['category']} {_times(row['percent'])}" for row in rule["ratios"]]
    fields["time_credit-ratios"] = "\n".join(ratios)


def _put(fields: Fields, name: str, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, bool):
            if value:
                fields[f"{name}-{key}"] = "1"
        elif value is not None:
            fields[f"{name}-{key}"] = str(value)


def _put_rate(fields: Fields, name: str, rate: Mapping[str, Any]) -> None:
    plain = {key: value for key, value in rate.items() if not isinstance(value, list)}
    _put(fields, name, plain)
    fields[f"{name}-categories"] = "、".join(rate["categories"])
    levels = [f"{row['level']} {row['points']}" for row in rate.get("levels", [])]
    fields[f"{name}-levels"] = "\n".join(levels)
    table = [
        f"{row['category'] or '*'} {row['level'] or '*'} {_times(row['percent'])}"
        for row in rate.get("table", [])
    ]
    fields[f"{name}-table"] = "\n".join(table)


def _put_factor(fields: Fields, name: str, factor: Mapping[str, Any]) -> None:
    _put(fields, name, {key: factor.get(key) for key in ("when", "name", "begins", "ends")})
    fields[f"{name}-percent"] = _times(factor["percent"])
    fields[f"{name}-days"] = " ".join(factor.get("days", []))
    fields |= {f"{name}-weekdays-{one}": "1" for one in factor.get("weekdays", [])}
    if factor.get("weekends"):
        fields[f"{name}-weekends"] = "1"


def _put_cap(fields: Fields, name: str, cap: Mapping[str, Any]) -> None:
    most = _hours(cap["most"]) if cap["of"] == "minutes" else str(cap["most"])
    _put(fields, name, {"per": cap["per"], "of": cap["of"], "most": most})
    fields[f"{name}-categories"] = "、".join(cap["categories"])


def _put_redeeming(fields: Fields, redeeming: Mapping[str, Any]) -> None:
    fields |= {f"redeeming-weekdays-{one}": "1" for one in redeeming["weekdays"]}
    fields |= {f"redeeming-months-{one}": "1" for one in redeeming["months"]}
    fields["redeeming-days_of_month"] = " ".join(map(str, redeeming["days_of_month"]))
    for limit in ("times", "per_item"):
        _put(fields, f"redeeming-{limit}", redeeming[limit] or {})
    fields["redeeming-min_balance"] = str(redeeming["min_balance"] or "")
    minutes = redeeming["min_minutes"]
    fields["redeeming-min_minutes"] = _hours(minutes) if minutes else ""
    fields["redeeming-undo_minutes"] = str(redeeming["undo_minutes"])


def _times(percent: int) -> str:
    return _decimal(Decimal(percent) / 100)


def _hours(minutes: int) -> str:
    return _decimal(Decimal(minutes) / 60)


def _decimal(value: Decimal) -> str:
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


# ---------------------------------------------------------------------- from fields to a document


def document_of(fields: Mapping[str, str]) -> dict[str, Any]:
    """The document that a form says, right or not; `check_document` tells."""
    rate_rows, factor_rows = rows_of(fields, "rates"), rows_of(fields, "multipliers-factors")
    fee = {
        "fen_per_point": _scaled(fields.get("property_fee-fen_per_point", ""), 100),
        "yearly_most_fen": _scaled(fields.get("property_fee-yearly_most_fen", ""), 100),
    }
    return {
        "format": FORMAT,
        "name": fields.get("name", ""),
        "about": fields.get("about", ""),
        "rates": [_rate(fields, f"rates-{row}") for row in rate_rows],
        "sources": {"earning": _ticked(fields, "sources-earning", SOURCES)},
        "rounding": {"minutes": _number(fields.get("rounding-minutes", "1"))},
        "multipliers": {
            "combine": fields.get("multipliers-combine", "highest"),
            "factors": [_factor(fields, f"multipliers-factors-{row}") for row in factor_rows],
        },
        "caps": [_cap(fields, f"caps-{row}") for row in rows_of(fields, "caps")],
        "bonuses": [_bonus(fields, f"bonuses-{row}") for row in rows_of(fields, "bonuses")],
        "deductions": [
            _deduction(fields, f"deductions-{row}") for row in rows_of(fields, "deductions")
        ],
        "limits": [_limit(fields, f"limits-{row}") for row in rows_of(fields, "limits")],
        "review": {
            "approvers": _ticked(fields, "review-approvers", ROLES),
            "manual_approvers": _ticked(fields, "review-manual_approvers", ROLES),
            "within_days": _number(fields.get("review-within_days", "")),
        },
        "notice": {
            "length": _number(fields.get("notice-length", "")),
            "unit": fields.get("notice-unit", "working"),
        },
        "validity": _validity(fields),
        "redeeming": _redeeming(fields),
        "giving": {
            "closed": "giving-closed" in fields,
            "daily_most": _number(fields.get("giving-daily_most", "")),
        },
        "property_fee": fee if any(one is not None for one in fee.values()) else None,
        "time_credit": {
            "kept": "time_credit-kept" in fields,
            "percent": _scaled(fields.get("time_credit-percent", ""), 100),
            "ratios": [
                {"category": " ".join(category), "percent": _scaled(times, 100)}
                for *category, times in _lines(fields.get("time_credit-ratios", ""))
            ],
        },
    }


def rows_of(fields: Mapping[str, str], name: str) -> list[int]:
    """The numbers of a list's rows, as they stand in the form."""
    found = {
        int(match[1])
        for field in fields
        if (match := re.match(rf"{re.escape(name)}-([0-9]{{1,3}})-", field))
    }
    return sorted(found)[:ROWS_MOST]


def _rate(fields: Mapping[str, str], name: str) -> dict[str, Any]:
    kind = fields.get(f"{name}-kind", "per_time")
    rate: dict[str, Any] = {"kind": kind}
    rate["categories"] = _words(fields.get(f"{name}-categories", ""))
    numbers = {
        "per_time": ("minutes", "points"),
        "per_act": ("points",),
        "sessions_and_hours": ("points_per_session", "points_per_hour"),
        "coefficients": ("minutes", "points"),
    }
    for one in numbers.get(kind, ()):
        rate[one] = _number(fields.get(f"{name}-{one}", ""))
    if kind == "per_act":
        rate["levels"] = [
            {"level": " ".join(level), "points": _number(points)}
            for *level, points in _lines(fields.get(f"{name}-levels", ""))
        ]
    if kind == "coefficients":
        lines = _lines(fields.get(f"{name}-table", ""))
        rate["table"] = [_coefficient(line) for line in lines]
    return rate


def _coefficient(line: list[str]) -> dict[str, Any]:
    *names, times = line
    category, level, *_more = [*names, "*", "*"]
    row: dict[str, Any] = {"percent": _scaled(times, 100)}
    if category != "*":
        row["category"] = category
    if level != "*":
        row["level"] = level
    return row


def _factor(fields: Mapping[str, str], name: str) -> dict[str, Any]:
    when = fields.get(f"{name}-when", "night")
    factor: dict[str, Any] = {
        "when": when,
        "name": fields.get(f"{name}-name", ""),
        "percent": _scaled(fields.get(f"{name}-percent", ""), 100),
    }
    if when == "night":
        factor |= {end: narrow(fields.get(f"{name}-{end}", "")) for end in ("begins", "ends")}
    if when == "holiday":
        factor["weekends"] = f"{name}-weekends" in fields
    if when == "days":
        factor["days"] = _words(fields.get(f"{name}-days", ""))
        factor["weekdays"] = [day for day in WEEKDAYS if f"{name}-weekdays-{day}" in fields]
    return factor


def _cap(fields: Mapping[str, str], name: str) -> dict[str, Any]:
    measure, most = fields.get(f"{name}-of", "minutes"), fields.get(f"{name}-most", "")
    return {
        "per": fields.get(f"{name}-per", "day"),
        "of": measure,
        "most": _scaled(most, 60) if measure == "minutes" else _number(most),
        "categories": _words(fields.get(f"{name}-categories", "")),
    }


def _bonus(fields: Mapping[str, str], name: str) -> dict[str, Any]:
    told = fields.get(f"{name}-name", "")
    return {
        "code": fields.get(f"{name}-code", "") or told,
        "name": told,
        "points": _number(fields.get(f"{name}-points", "")),
        "most_yearly": _number(fields.get(f"{name}-most_yearly", "")),
    }


def _deduction(fields: Mapping[str, str], name: str) -> dict[str, Any]:
    told = fields.get(f"{name}-name", "")
    return {
        "code": fields.get(f"{name}-code", "") or told,
        "name": told,
        "points": _number(fields.get(f"{name}-points", "") or "0"),
        "voids_hours": f"{name}-voids_hours" in fields,
        "appeal_days": _number(fields.get(f"{name}-appeal_days", "")),
    }


def _limit(fields: Mapping[str, str], name: str) -> dict[str, Any]:
    return {
        "of": fields.get(f"{name}-of", "no_shows"),
        "reaches": _number(fields.get(f"{name}-reaches", "")),
        "then": fields.get(f"{name}-then", ""),
    }


def _validity(fields: Mapping[str, str]) -> dict[str, Any]:
    until = fields.get("validity-until", "none")
    told = {"until": until, "warn_days": _number(fields.get("validity-warn_days", ""))}
    if until == "years":
        told["years"] = _number(fields.get("validity-years", ""))
    return told


def _redeeming(fields: Mapping[str, str]) -> dict[str, Any]:
    days = _words(fields.get("redeeming-days_of_month", ""))
    times, per_item = (fields.get(f"redeeming-{limit}-most", "") for limit in ("times", "per_item"))
    return {
        "weekdays": [day for day in WEEKDAYS if f"redeeming-weekdays-{day}" in fields],
        "months": [month for month in MONTHS if f"redeeming-months-{month}" in fields],
        "days_of_month": [_number(day) for day in days],
        "times": {
            "most": _number(times),
            "per": fields.get("redeeming-times-per", "quarter"),
        }
        if times
        else None,
        "per_item": {
            "most": _number(per_item),
            "per": fields.get("redeeming-per_item-per", "month"),
            "whose": fields.get("redeeming-per_item-whose", "person"),
        }
        if per_item
        else None,
        "min_balance": _number(fields.get("redeeming-min_balance", "")),
        "min_minutes": _scaled(fields.get("redeeming-min_minutes", ""), 60),
        "undo_minutes": _number(fields.get("redeeming-undo_minutes", "")),
    }


def _number(text: str) -> int | str | None:
    """A whole number; nothing is None, and what is none stays what was typed."""
    plain = narrow(text)
    if not plain:
        return None
    return int(plain) if _WHOLE.fullmatch(plain) else text


def _scaled(text: str, by: int) -> int | str | None:
    """Hours, yuan or times with decimals, in the small unit that a document counts in."""
    plain = narrow(text)
    if not plain:
        return None
    try:
        scaled = Decimal(plain) * by
    except InvalidOperation:
        return text
    if not scaled.is_finite() or abs(scaled) > 10**9:
        return text
    # 1.33 hours are meant as 80 minutes: what two decimals cannot say is not held against anybody.
    return int(scaled.to_integral_value())


def _words(text: str) -> list[str]:
    return [one for one in _BETWEEN.split(text) if one]


def _lines(text: str) -> list[list[str]]:
    lines = (_words(line) for line in text.splitlines())
    return [line for line in lines if line]


def _ticked(fields: Mapping[str, str], name: str, allowed: Iterable[str]) -> list[str]:
    return [one for one in allowed if f"{name}-{one}" in fields]


# ------------------------------------------------------------------------------- rows and problems


def with_new_row(fields: Mapping[str, str], name: str) -> Fields:
    """The same form with one more row at the end of a list."""
    row = max(rows_of(fields, name), default=-1) + 1
    more = {f"{name}-{row}-{key}": value for key, value in _NEW[name].items()}
    return dict(fields) | {f"{name}-{row}-name": ""} | more


def without_row(fields: Mapping[str, str], name: str, row: str) -> Fields:
    """The same form without one row of a list."""
    gone = f"{name}-{row}-"
    return {field: value for field, value in fields.items() if not field.startswith(gone)}


def numbered_anew(fields: Mapping[str, str]) -> Fields:
    """The same form with the rows of each list counted from 0, as the document counts them."""
    renamed = dict(fields)
    for name in ROWS:
        for place, row in enumerate(rows_of(fields, name)):
            if place != row:
                for field in list(renamed):
                    if field.startswith(f"{name}-{row}-"):
                        rest = field.removeprefix(f"{name}-{row}-")
                        renamed[f"{name}-{place}-{rest}"] = renamed.pop(field)
    return renamed


def field_of(path: str) -> str:
    """The field in which what stands at a path was typed.

    >>> field_of("rates[0].table[2].percent"), field_of("redeeming.weekdays[1]")
    ('rates-0-table', 'redeeming-weekdays')
    """
    name = re.sub(r"\[([0-9]+)\]", r"-\1", path).replace(".", "-")
    for several in SEVERAL:
        name = re.sub(rf"-{several}-.*", f"-{several}", name)
    return name


def told_under(problems: Iterable[PointsBankError]) -> dict[str, PointsBankError]:
    """What is wrong, each under its field; of several for one field the first."""
    under: dict[str, PointsBankError] = {}
    for problem in problems:
        under.setdefault(field_of(str(problem.facts.get("path", ""))), problem)
    return under
