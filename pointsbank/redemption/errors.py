"""Why something cannot be redeemed (兑换的拒绝). A refusal has changed nothing."""

from __future__ import annotations

from pointsbank.foundation import Conflict, InvalidInput, NotFound, NotPermitted, RuleRefused


class KindUnknown(NotFound):
    """There is no such way of spending points here (没有这种兑换方式): fact kind."""

    code = "redemption.kind_unknown"


class RedemptionUnknown(NotFound):
    """No such redemption (没有这一笔兑换): fact number."""

    code = "redemption.redemption_unknown"


class HelpCallUnknown(NotFound):
    """No such call for help, or it has been answered (没有这个求助)."""

    code = "redemption.help_call_unknown"


class CallerNotAllowed(NotPermitted):
    """Only a shop's kiosk, or for a checkout also a worker, may do this (只能在自助机办理)."""

    code = "redemption.caller_not_allowed"


class BasketUnreadable(InvalidInput):
    """A basket has too few or too many lines or pieces: facts lines_most, quantity_most."""

    code = "redemption.basket_unreadable"


class QuoteUnreadable(InvalidInput):
    """This is not a quote of ours for this caller (报价无效)."""

    code = "redemption.quote_unreadable"


class QuoteExpired(RuleRefused):
    """A quote holds for two minutes; ask for a new one (报价已过时)."""

    code = "redemption.quote_expired"


class QuoteUsed(Conflict):
    """This very basket was redeemed before, under another key (这一篮已经换过): fact number."""

    code = "redemption.quote_used"


class UnconfirmedUnknown(NotFound):
    """No such basket was left (没有这个未确认的篮子): fact number."""

    code = "redemption.unconfirmed_unknown"


class UnconfirmedEnded(RuleRefused):
    """That basket has its answer already (已经问过了): fact number."""

    code = "redemption.unconfirmed_ended"


class TotalDiffers(Conflict):
    """What the person saw is not what the quote says: facts seen, total_points."""

    code = "redemption.total_differs"


class OutOfHours(RuleRefused):
    """The shop is closed now (不在营业时间): fact opens."""

    code = "redemption.out_of_hours"


class ClosedToday(RuleRefused):
    """Today is no day of redeeming by the rulebook (今天不是兑换日): fact until, the next one."""

    code = "redemption.closed_today"


class PointsTooFew(RuleRefused):
    """Redeeming begins at so many points (满多少分才能换): facts needed, short."""

    code = "redemption.points_too_few"


class HoursTooFew(RuleRefused):
    """Redeeming begins after so many hours of service (服务满几小时才能换): facts hours, short."""

    code = "redemption.hours_too_few"


class TimesLimit(RuleRefused):
    """This person has redeemed often enough in the period (次数满了): facts limit, until."""

    code = "redemption.times_limit"


class ItemShare(RuleRefused):
    """The rulebook's share of these goods is taken (每样限几件): facts sku, limit, until."""

    code = "redemption.item_share"


class ItemShareForGood(RuleRefused):
    """The rulebook's share of these goods is taken, and for good: facts sku, limit."""

    code = "redemption.item_share_for_good"


class SoldOut(RuleRefused):
    """The shelf has not so many (换完了): facts sku, left. Never said of what was scanned."""

    code = "redemption.sold_out"


class RecountFirst(RuleRefused):
    """Scanned pieces that the books lack are given a few times a day only: facts sku, left.

    More of them must be counted by a worker first (请工作人员清点).
    """

    code = "redemption.recount_first"


class PriceChanged(RuleRefused):
    """A price is another now (改价了): facts sku, was, now, total_points."""

    code = "redemption.price_changed"


class ItemLimit(RuleRefused):
    """This person's month is full for these goods (每月限量): facts sku, limit, until."""

    code = "redemption.item_limit"


class DailyLimit(RuleRefused):
    """This person's day is full (每日限额): facts limit, left, until."""

    code = "redemption.daily_limit"


class PinForSum(RuleRefused):
    """From so many points a day on the card alone is not enough (满额要密码): fact from_points."""

    code = "redemption.pin_for_sum"


class NotOwn(NotPermitted):
    """The basket or the purchase belongs to somebody else (不是本人的)."""

    code = "redemption.not_own"


class OtherShop(NotPermitted):
    """The purchase was made in another shop and is undone there (请到原超市撤销)."""

    code = "redemption.other_shop"


class AlreadyUndone(Conflict):
    """The purchase was undone before; once is all (已经撤销)."""

    code = "redemption.already_undone"


class UndoTooLate(RuleRefused):
    """Undoing is over; a worker can still help (过了撤销时间): fact until, an instant."""

    code = "redemption.undo_too_late"


class RehearsalOpen(Conflict):
    """A rehearsal goes on already; end it first (演练还没收场): fact number."""

    code = "redemption.rehearsal_open"


class NoRehearsal(RuleRefused):
    """No rehearsal goes on, so none can be ended (现在没有演练)."""

    code = "redemption.no_rehearsal"


class LateDayOutside(InvalidInput):
    """Nobody enters tomorrow's purchases, nor those of long ago: facts since, until."""

    code = "redemption.late_day_outside"


class LateSlipUnreadable(InvalidInput):
    """A slip's or a sheet's number is letters, digits and hyphens (单号看不懂)."""

    code = "redemption.late_slip_unreadable"


class LateTwice(Conflict):
    """This slip of this day is in the books (这一张已经在账上): facts slip, day."""

    code = "redemption.late_twice"


class LateTotalDiffers(RuleRefused):
    """By the prices of that day it comes to something else: facts told, total_points, day."""

    code = "redemption.late_total_differs"
