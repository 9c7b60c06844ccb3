"""A rulebook (积分办法): all rules of a place in one document, read strictly, told in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from pointsbank.earning.rules.caps import CAPS, Cap
from pointsbank.earning.rules.coefficients import COEFFICIENTS
from pointsbank.earning.rules.errors import (
    RulebookBroken,
    RulebookSaidTwice,
    RulebookUnreadable,
)
from pointsbank.earning.rules.extras import BONUSES, DEDUCTIONS, Bonus, Deduction
from pointsbank.earning.rules.giving import GIVING, Giving
from pointsbank.earning.rules.kind import RuleKind, Words
from pointsbank.earning.rules.limits import LIMITS, Limit
from pointsbank.earning.rules.multipliers import MULTIPLIERS, TAG, Multipliers
from pointsbank.earning.rules.notice import NOTICE, Notice
from pointsbank.earning.rules.per_act import PER_ACT
from pointsbank.earning.rules.per_time import PER_TIME, PerTime
from pointsbank.earning.rules.property_fee import PROPERTY_FEE, PropertyFee
from pointsbank.earning.rules.rate import Rate
from pointsbank.earning.rules.reading import LIST_MOST, Part
from pointsbank.earning.rules.redeeming import REDEEMING, Redeeming
from pointsbank.earning.rules.review import REVIEW, Review
from pointsbank.earning.rules.rounding import ROUNDING, Rounding
from pointsbank.earning.rules.served import Served
from pointsbank.earning.rules.sessions import SESSIONS
from pointsbank.earning.rules.sources import SOURCES_EARNING, Sources
from pointsbank.earning.rules.time_credit import TIME_CREDIT, TimeCredit
from pointsbank.earning.rules.validity import VALIDITY, Validity
from pointsbank.foundation import PointsBankError, canonical_json

# The rates that a rulebook may hold, each by its `kind`.
RATES: tuple[RuleKind, ...] = (PER_TIME, PER_ACT, SESSIONS, COEFFICIENTS)
# Its other parts, in the order in which people read them; each is a field of the document and of
# `Rulebook`.
PARTS: tuple[RuleKind, ...] = (
    SOURCES_EARNING,
    ROUNDING,
    MULTIPLIERS,
    CAPS,
    BONUSES,
    DEDUCTIONS,
    LIMITS,
    REVIEW,
    NOTICE,
    VALIDITY,
    REDEEMING,
    GIVING,
    PROPERTY_FEE,
    TIME_CREDIT,
)
FORMAT = "pointsbank-rulebook-1"
ABOUT_MOST = 500
TEXT_MOST = 200_000


@dataclass(frozen=True)
class Rulebook:
    """All rules of a place. `version` is 0 as long as nobody has decided on it."""

    name: str
    rates: tuple[Rate, ...]
    about: str = ""
    sources: Sources = field(default_factory=Sources)
    rounding: Rounding = field(default_factory=Rounding)
    multipliers: Multipliers = field(default_factory=Multipliers)
    caps: tuple[Cap, ...] = ()
    bonuses: tuple[Bonus, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    limits: tuple[Limit, ...] = ()
    review: Review = field(default_factory=Review)
    notice: Notice = field(default_factory=Notice)
    validity: Validity = field(default_factory=Validity)
    redeeming: Redeeming = field(default_factory=Redeeming)
    giving: Giving = field(default_factory=Giving)
    property_fee: PropertyFee | None = None
    time_credit: TimeCredit = field(default_factory=TimeCredit)
    version: int = 0
    starts_on: str = ""
    decided_by: str = ""
    proposed_by: str | None = None

    @property
    def approvers(self) -> tuple[str, ...]:
        """The roles that may approve what was attended."""
        return self.review.approvers

    @property
    def manual_approvers(self) -> tuple[str, ...]:
        """The roles that may approve what was filled in afterwards."""
        return self.review.manual_approvers

    def approvers_of(self, source: str) -> tuple[str, ...]:
        """The roles that may approve what was recorded in this way."""
        return self.review.approvers_of(source)

    @property
    def review_within_days(self) -> int | None:
        """After how many days a record that nobody looked at lapses; None is never."""
        return self.review.within_days

    @property
    def warn_days(self) -> int:
        """How many days before their end a warning comes."""
        return self.validity.warn_days

    def expires_on(self, earned_on: str) -> str | None:
        """The last day of points that came into the wallet on a day; None is for good."""
        return self.validity.expires_on(earned_on)

    def earns(self, source: str) -> bool:
        """Whether what is recorded in this way earns points."""
        return source in self.sources.earning

    def rate_for(self, served: Served) -> Rate | None:
        """The rate of a service: the one that names its category, else the one for all others."""
        general = None
        for rate in self.rates:
            if served.category is not None and served.category in rate.categories:
                return rate
            if not rate.categories:
                general = rate
        return general

    @property
    def tags(self) -> list[str]:
        """What a service may be said to be besides its category: 专业, 应急 …"""
        named = [case.tag for rate in self.rates for case in rate.cases() if case.tag]
        named += [one.name for one in self.multipliers.factors if one.when == TAG]
        return list(dict.fromkeys(named))

    @property
    def categories(self) -> list[str]:
        """The categories that it names."""
        named = [one for rate in self.rates for one in rate.categories]
        named += [case.category for rate in self.rates for case in rate.cases() if case.category]
        named += [one for cap in self.caps for one in cap.categories]
        named += [one.category for one in self.time_credit.ratios]
        return list(dict.fromkeys(named))

    @property
    def hourly(self) -> Fraction | None:
        """Points of an hour of plain service, where time is what counts; None where it is not."""
        plain = Served(minutes=60, source="sign_in", served_on="2000-01-03")
        rate = self.rate_for(plain) or self.rates[0]
        if not rate.by_minutes:
            return None
        return rate.worth(plain, 60).points or None

    def tenths_of_hours(self, points: int) -> int:
        """How long one serves for so many points, in tenths of an hour, rounded up.

        0 where points do not come from time.
        """
        return -(-points * 10 // self.hourly) if self.hourly else 0

    def to_document(self) -> dict[str, Any]:
        """The whole rulebook as plain values; reading them again gives the same rulebook."""
        told: dict[str, Any] = {"format": FORMAT, "name": self.name, "about": self.about}
        told["rates"] = [rate.to_document() for rate in self.rates]
        for kind in PARTS:
            held = getattr(self, kind.code)
            if kind.many:
                told[kind.code] = [one.to_document() for one in held]
            else:
                told[kind.code] = None if held is None else held.to_document()
        return told

    def tell(self) -> list[tuple[Words, list[Words]]]:
        """Everything in sentences, under the titles of the kinds that have something to say."""
        told = [(Words("积分标准", "Points"), [one for rate in self.rates for one in rate.tell()])]
        for kind in PARTS:
            held = getattr(self, kind.code)
            several = held if kind.many else [] if held is None else [held]
            told.append((kind.title, [said for one in several for said in one.tell()]))
        return [(title, said) for title, said in told if said]


def read_rulebook(document: Mapping[str, Any]) -> Rulebook:
    """The rulebook that a document says. Raises the first of what `check_document` finds."""
    made, problems = _read(document)
    if problems:
        raise problems[0]
    return made


def check_document(document: Mapping[str, Any]) -> list[PointsBankError]:
    """Everything that is wrong with a document, each with its path; nothing when it is right."""
    return _read(document)[1]


def _read(document: Mapping[str, Any]) -> tuple[Rulebook, list[PointsBankError]]:
    whole = Part(document)
    whole.one_of("format", (FORMAT,), FORMAT)
    name = whole.text("name")
    about = whole.text("about", ABOUT_MOST, "")
    rates = [_rate(one) for one in whole.parts("rates", 1, LIST_MOST)]
    parts: dict[str, Any] = {}
    for kind in PARTS:
        if kind.many:
            parts[kind.code] = tuple(_one(kind, one) for one in whole.parts(kind.code))
        elif not kind.optional or whole.has(kind.code):
            parts[kind.code] = _one(kind, whole.part(kind.code))
    whole.done()
    made = Rulebook(name, tuple(rates), about, **parts)
    whole.problems.extend(_said_twice(made))
    return made, whole.problems


def _one(kind: RuleKind, part: Part) -> Any:
    made = kind.read(part)
    part.done()
    return made


def _rate(part: Part) -> Rate:
    code = part.one_of("kind", [kind.code for kind in RATES])
    kind = next(kind for kind in RATES if kind.code == code)
    made: Rate = kind.read(part)
    # After a kind that nobody knows, nobody knows either which fields it has.
    if not part.problems:
        part.done()
    return made


def _said_twice(book: Rulebook) -> Iterable[PointsBankError]:
    seen: set[str] = set()
    for place, rate in enumerate(book.rates):
        for category in rate.categories or ("*",):
            if category in seen:
                yield RulebookSaidTwice(path=f"rates[{place}].categories", what=category)
            seen.add(category)
    for kind in (BONUSES, DEDUCTIONS):
        codes: set[str] = set()
        for place, one in enumerate(getattr(book, kind.code)):
            if one.code in codes:
                yield RulebookSaidTwice(path=f"{kind.code}[{place}].code", what=one.code)
            codes.add(one.code)


def read_text(text: str | bytes) -> dict[str, Any]:
    """A document out of the text of a file. Raises RulebookUnreadable, RulebookBroken."""
    if len(text) > TEXT_MOST:
        raise RulebookUnreadable()
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        document = json.loads(plain, parse_constant=_refuse_constant)
    except json.JSONDecodeError as cause:
        raise RulebookBroken(line=cause.lineno, column=cause.colno) from cause
    except (ValueError, RecursionError) as cause:
        raise RulebookUnreadable() from cause
    if not isinstance(document, dict):
        raise RulebookUnreadable()
    return document


def _refuse_constant(text: str) -> Any:
    raise ValueError(text)


def write_text(book: Rulebook) -> str:
    """A rulebook as a file that people can read and mend."""
    return json.dumps(book.to_document(), ensure_ascii=False, indent=2) + "\n"


def canonical_text(book: Rulebook) -> str:
    """The one way in which a version keeps its document."""
    return canonical_json(book.to_document()).decode()


@lru_cache(maxsize=64)
def _kept(document: str) -> Rulebook:
    return read_rulebook(json.loads(document))


def kept_rulebook(document: str, **row: Any) -> Rulebook:
    """A rulebook as a version keeps it; versions never change, so each is read once."""
    kept = _kept(document)
    return replace(kept, **row) if row else kept


def plain_document(
    points_per_hour: int = 10,
    *,
    name: str = "积分办法",
    minutes_unit: int = 1,
    counts_manual: bool = False,
    cap_minutes_per_activity: int | None = None,
    **parts: Any,
) -> dict[str, Any]:
    """The simplest rulebook there is: so many points an hour; `parts` are further fields of it."""
    earning = Sources().earning + (("manual", "honorary") if counts_manual else ())
    document: dict[str, Any] = {
        "format": FORMAT,
        "name": name,
        "rates": [PerTime(60, points_per_hour).to_document()],
        "sources": {"earning": list(earning)},
        "rounding": {"minutes": minutes_unit},
        "caps": [],
    }
    if cap_minutes_per_activity is not None:
        cap = {"per": "activity", "of": "minutes", "most": cap_minutes_per_activity}
        document["caps"] = [cap]
    return document | parts
