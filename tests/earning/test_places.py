"""What places have published of their rules, sentence by sentence, each as data and without code.

Every figure here is one that the place itself made known. Where a place has published that there
is a rule but not its figure, any figure is tried, and none is called the place's own.
"""

from __future__ import annotations

from typing import Any

import pytest

from pointsbank.earning import (
    FORMAT,
    Counted,
    Rulebook,
    Served,
    SoFar,
    Working,
    read_rulebook,
    work_out,
)

HOUR = {"kind": "per_time", "minutes": 60}
ANY_FIGURE = [1, 7, 40]


def book_of(name: str, *rates: dict[str, Any], **parts: Any) -> Rulebook:
    """A place's rulebook as its document says it."""
    return read_rulebook({"format": FORMAT, "name": name, "rates": list(rates), **parts})


def earn(
    book: Rulebook,
    minutes: int = 60,
    category: str | None = None,
    source: str = "sign_in",
    on: str = "2026-10-01",
    so_far: SoFar | None = None,
    tags: frozenset[str] = frozenset(),
) -> Working:
    """The working of one service."""
    served = Served(minutes, source, on, "活动", category, tags=tags)
    return work_out(book, served, so_far or SoFar())


# ------------------------------------------------------------------------------------------- 海林

HAILIN = book_of(
    "海林",
    {**HOUR, "points": 1},
    caps=[{"per": "activity", "of": "minutes", "most": 120}],
    bonuses=[{"code": "referral", "name": "推荐", "points": 2}],
    deductions=[{"code": "complaint", "name": "投诉属实", "voids_hours": True}],
    redeeming={"times": {"most": 1, "per": "quarter"}},
)


@pytest.mark.parametrize(("minutes", "points"), [(60, 1), (120, 2), (121, 2), (180, 2), (480, 2)])
def test_hailin_an_hour_is_a_point_and_an_activity_counts_two_hours_at_most(
    minutes: int, points: int
) -> None:
    working = earn(HAILIN, minutes)
    assert (working.points, working.minutes) == (points, minutes)
    assert working.counted_minutes == min(minutes, 120)


def test_hailin_the_two_hours_are_of_the_activity_and_not_of_each_sign_in() -> None:
    before = SoFar((Counted("2026-10-01", "活动", None, 90, 1),))
    assert earn(HAILIN, 90, so_far=before).counted_minutes == 30
    other = SoFar((Counted("2026-10-01", "别的活动", None, 120, 2),))
    assert earn(HAILIN, 90, so_far=other).counted_minutes == 90


def test_hailin_a_referral_adds_two_and_an_upheld_complaint_takes_the_activitys_hours() -> None:
    [referral], [complaint] = HAILIN.bonuses, HAILIN.deductions
    assert referral.points == 2
    assert complaint.voids_hours


def test_hailin_redeems_once_a_quarter() -> None:
    times = HAILIN.redeeming.times
    assert times is not None
    assert (times.most, times.per) == (1, "quarter")


# ------------------------------------------------------------------------------------------- 黄石

HUANGSHI = book_of("黄石", {**HOUR, "points": 1}, validity={"until": "calendar_year"})


def test_huangshi_an_hour_that_was_attended_is_a_point() -> None:
    assert [earn(HUANGSHI, 60, source=one).points for one in ("sign_in", "app")] == [1, 1]


def test_huangshi_honorary_hours_filled_in_by_an_administrator_earn_nothing() -> None:
    assert [earn(HUANGSHI, 600, source=one).points for one in ("honorary", "manual")] == [0, 0]


@pytest.mark.parametrize("earned_on", ["2026-01-01", "2026-07-15", "2026-12-31"])
def test_huangshi_points_are_valid_to_the_end_of_the_year_in_which_they_were_earned(
    earned_on: str,
) -> None:
    assert HUANGSHI.expires_on(earned_on) == "2026-12-31"


# ------------------------------------------------------------------------------------------- 黄山

HUANGSHAN = book_of(
    "黄山",
    {**HOUR, "points": 1},
    validity={"until": "years", "years": 3},
    redeeming={"undo_minutes": 0},
)


@pytest.mark.parametrize(
    ("earned_on", "until"),
    [("2026-10-01", "2029-10-01"), ("2025-12-31", "2028-12-31"), ("2028-02-29", "2031-02-28")],
)
def test_huangshan_points_are_valid_for_three_years(earned_on: str, until: str) -> None:
    assert HUANGSHAN.expires_on(earned_on) == until


def test_huangshan_nothing_is_given_back_or_swapped() -> None:
    assert HUANGSHAN.redeeming.undo_minutes == 0


# ------------------------------------------------------------------------------------------- 昆山


def test_kunshan_an_hour_is_ten_points_and_gifts_cost_800_to_3800() -> None:
    book = book_of("昆山", {**HOUR, "points": 10})
    assert earn(book, 60).points == 10
    assert [book.tenths_of_hours(price) for price in (800, 3800)] == [800, 3800]


# ------------------------------------------------------------------------------------------- 嵊州


@pytest.mark.parametrize("session", ANY_FIGURE)
@pytest.mark.parametrize("hour", ANY_FIGURE)
def test_shengzhou_counts_hours_and_the_number_of_sessions(session: int, hour: int) -> None:
    rate = {"kind": "sessions_and_hours", "points_per_session": session, "points_per_hour": hour}
    book = book_of("嵊州", rate)
    assert earn(book, 120).points == session + 2 * hour
    assert earn(book, 60).points + earn(book, 60).points == 2 * session + 2 * hour


def test_shengzhou_gives_two_of_each_gift_to_a_person_at_most() -> None:
    part = {"per_item": {"most": 2, "per": "ever", "whose": "person"}}
    book = book_of("嵊州", {**HOUR, "points": 1}, redeeming=part)
    limit = book.redeeming.per_item
    assert limit is not None
    assert (limit.most, limit.per, limit.whose) == (2, "ever", "person")


# ------------------------------------------------------------------------------------------- 唐山


@pytest.mark.parametrize(("minutes", "points"), [(29, 0), (30, 1), (59, 1), (60, 2), (150, 5)])
def test_tangshan_half_an_hour_is_a_point(minutes: int, points: int) -> None:
    half = {"kind": "per_time", "minutes": 30, "points": 1}
    book = book_of("唐山", half, rounding={"minutes": 30})
    assert earn(book, minutes).points == points
    # A bag of rice is 200 points.
    assert book.tenths_of_hours(200) == 1000


# ------------------------------------------------------------------------------------------- 陇县


def test_longxian_an_hour_is_a_point_is_a_yuan_of_the_property_fee() -> None:
    book = book_of("陇县", {**HOUR, "points": 1}, property_fee={"fen_per_point": 100})
    assert earn(book, 60).points == 1
    assert book.property_fee is not None
    # 100 points paid 100 yuan; the fee of a year is 150.
    assert book.property_fee.fen_for(100) == 10_000
    assert book.property_fee.points_for(15_000) == 150


# ------------------------------------------------------------------------------ 枝江、安陆、盐城


@pytest.mark.parametrize("place", ["枝江", "安陆"])
def test_zhijiang_and_anlu_an_hour_is_a_point_is_a_yuan(place: str) -> None:
    book = book_of(place, {**HOUR, "points": 1}, property_fee={"fen_per_point": 100})
    assert earn(book, 180).points == 3
    assert book.property_fee is not None
    assert book.property_fee.fen_for(3) == 300


def test_yancheng_acts_that_are_written_down_give_10_to_600() -> None:
    least = {"kind": "per_act", "points": 10, "categories": ["最少的一件"]}
    most = {"kind": "per_act", "points": 600, "categories": ["最多的一件"]}
    book = book_of("盐城", least, most, notice={"length": 3})
    assert [earn(book, 5, one).points for one in ("最少的一件", "最多的一件")] == [10, 600]


@pytest.mark.parametrize("length", ANY_FIGURE)
def test_yancheng_a_public_notice_stands_before_the_points(length: int) -> None:
    book = book_of("盐城", {**HOUR, "points": 1}, notice={"length": length})
    assert (book.notice.length, book.notice.unit) == (length, "working")


def test_a_countys_charity_counts_a_point_as_a_yuan() -> None:
    book = book_of("某县慈善会", {**HOUR, "points": 1}, property_fee={"fen_per_point": 100})
    assert book.property_fee is not None
    assert [book.property_fee.fen_for(points) for points in (1, 37)] == [100, 3700]


# ------------------------------------------------------------------------------------------- 湘潭

XIANGTAN = book_of(
    "湘潭",
    {"kind": "per_act", "points": 15, "categories": ["护理"]},
    {"kind": "per_act", "points": 10, "categories": ["陪同就医"]},
    {"kind": "per_act", "points": 5, "categories": ["调解"]},
    {"kind": "per_act", "points": 2, "categories": ["建言"]},
)


@pytest.mark.parametrize(
    ("category", "points"), [("护理", 15), ("陪同就医", 10), ("调解", 5), ("建言", 2)]
)
@pytest.mark.parametrize("minutes", [1, 60, 600])
def test_xiangtan_counts_acts_and_not_minutes(category: str, points: int, minutes: int) -> None:
    assert earn(XIANGTAN, minutes, category).points == points


def test_xiangtan_prices_are_no_hours() -> None:
    # Oil of 25 yuan is 30 points; how many hours that is nobody can say.
    assert XIANGTAN.tenths_of_hours(30) == 0


# ------------------------------------------------------------------------------------------- 德州


@pytest.mark.parametrize(
    ("category", "tag", "points"),
    [
        ("大扫除", None, 3),
        ("大扫除", "半重", 4),
        ("大扫除", "重活", 5),
        ("听课", None, 2),
        ("听课", "主讲", 3),
    ],
)
def test_dezhou_3_to_5_for_a_clean_up_and_2_to_3_for_a_lecture(
    category: str, tag: str | None, points: int
) -> None:
    cleaning = [{"level": "半重", "points": 4}, {"level": "重活", "points": 5}]
    lecture = {"level": "主讲", "points": 3}
    book = book_of(
        "德州",
        {"kind": "per_act", "points": 3, "categories": ["大扫除"], "levels": cleaning},
        {"kind": "per_act", "points": 2, "categories": ["听课"], "levels": [lecture]},
    )
    assert earn(book, 90, category, tags=frozenset([tag] if tag else [])).points == points


# ------------------------------------------------------------------- 景洪、合裕路社区、长沙爱星社


def test_jinghong_redeems_every_friday() -> None:
    redeeming = book_of("景洪", {**HOUR, "points": 1}, redeeming={"weekdays": [5]}).redeeming
    assert redeeming.is_open("2026-11-20")
    assert not any(redeeming.is_open(f"2026-11-{day}") for day in (21, 22, 23, 24, 25, 26))
    assert redeeming.opens_next("2026-11-21") == "2026-11-27"


def test_heyulu_what_is_left_goes_over_into_the_next_year() -> None:
    book = book_of("合裕路社区", {**HOUR, "points": 1})
    assert book.expires_on("2026-12-31") is None


@pytest.mark.parametrize("points", ANY_FIGURE)
def test_luohe_a_table_of_items_says_what_each_gives(points: int) -> None:
    table = {"一类": points, "二类": points + 1}
    rates = [
        {"kind": "per_act", "points": gives, "categories": [one]} for one, gives in table.items()
    ]
    book = book_of("漯河", *rates)
    assert {one: earn(book, 20, one).points for one in table} == table
    # What stands in no line of the table gives nothing, and that is said.
    assert earn(book, 20, "别的").zh == "20 分钟，“别的”没有积分标准"


@pytest.mark.parametrize("points", ANY_FIGURE)
def test_changsha_five_hours_are_needed_to_begin(points: int) -> None:
    book = book_of("长沙爱星社", {**HOUR, "points": points}, redeeming={"min_minutes": 300})
    assert earn(book, 60).points == points
    assert book.redeeming.min_minutes == 5 * 60


# ------------------------------------------------------------------------------- 龙泉驿、苏州


def test_longquanyi_an_hour_is_ten_points_and_hours_to_use_up_are_kept_beside() -> None:
    book = book_of("龙泉驿", {**HOUR, "points": 10}, time_credit={"kept": True})
    assert earn(book, 90).points == 15
    assert book.time_credit.kept


@pytest.mark.parametrize("percent", [80, 100, 150])
def test_suzhou_points_for_time_by_a_coefficient_of_the_class(percent: int) -> None:
    table = [{"category": "一类", "percent": percent}, {"category": "二类", "percent": 100}]
    book = book_of("苏州", {"kind": "coefficients", "minutes": 60, "points": 10, "table": table})
    assert earn(book, 120, "一类").points == 20 * percent // 100
    assert earn(book, 120, "二类").points == 20


# ------------------------------------------------------------------------- a place of nobody's


def test_a_place_that_is_on_no_list_needs_no_code() -> None:
    book = book_of(
        "哪儿也不是",
        {"kind": "per_time", "minutes": 45, "points": 7, "categories": ["修渠"]},
        {"kind": "per_act", "points": 4},
        rounding={"minutes": 15},
        multipliers={
            "combine": "multiply",
            "factors": [
                {
                    "when": "night",
                    "name": "夜里",
                    "percent": 150,
                    "begins": "23:00",
                    "ends": "05:00",
                },
                {"when": "days", "name": "腊月", "percent": 120, "days": ["2027-01-08"]},
            ],
        },
        caps=[{"per": "month", "of": "points", "most": 30, "categories": ["修渠"]}],
        validity={"until": "years", "years": 2, "warn_days": 60},
    )
    late = Served(100, "sign_in", "2027-01-08", "渠", "修渠", "2027-01-08T15:59:59.000000Z")
    working = work_out(book, late)
    # 90 of 100 minutes are two stretches of 45, 14 points; by night and on that day times 1.8.
    assert (working.counted_minutes, working.points) == (90, 25)
    assert working.zh == (
        "1 小时 40 分钟，满 15 分钟才计：1.5 小时，每 45 分钟 7 分"
        " × 1.5（夜里） × 1.2（腊月） = 25 分（不足 1 分舍去）"
    )
    before = SoFar((Counted("2027-01-31", "渠", "修渠", 45, 7),))
    assert work_out(book, late, before).points == 23
    assert work_out(book, Served(5, "sign_in", "2027-01-08", "别的")).points == 4
