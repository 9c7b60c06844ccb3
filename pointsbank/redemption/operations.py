"""What happens at the counter: check out, undo, call for help."""

from __future__ import annotations

from pointsbank.foundation import Act, Answer, operation
from pointsbank.redemption.callers import require_kiosk, require_till
from pointsbank.redemption.errors import OtherShop, TotalDiffers
from pointsbank.redemption.help_calls import answer_call, open_call
from pointsbank.redemption.kinds import get_kind
from pointsbank.redemption.quotes import read_quote
from pointsbank.redemption.redemptions import get_redemption_row


@operation("redemption.check_out")
def check_out(act: Act, *, kind: str, card: str, quote: str, total_points: int) -> Answer:
    """Redeem what a quote promised, for the total that the person saw (确认兑换)."""
    require_till(act.caller)
    promised = read_quote(act.keys, quote, kind=kind, actor=act.caller.actor, now=act.now)
    if promised.total_points != total_points:
        raise TotalDiffers(seen=total_points, total_points=promised.total_points)
    return get_kind(kind).check_out(act, promised, card)


@operation("redemption.undo")
def undo(act: Act, *, number: str, card: str, shop_id: int) -> Answer:
    """Take a purchase back within five minutes, at a kiosk of the shop where it was made (撤销).

    `shop_id` is the kiosk's own, as its door knows it.
    """
    require_kiosk(act.caller)
    redemption = get_redemption_row(act.session, number)
    if redemption.shop_id != shop_id:
        raise OtherShop()
    return get_kind(redemption.kind).undo(act, redemption, card)


@operation("redemption.call_help", whatever_the_time=True)
def call_help(act: Act) -> Answer:
    """Ask for a worker at this kiosk (叫人帮忙)."""
    return {"call": open_call(act, require_kiosk(act.caller))}


@operation("redemption.answer_help", whatever_the_time=True)
def answer_help(act: Act, *, call: int) -> Answer:
    """Say that somebody is on the way to a kiosk."""
    answer_call(act, call)
    return {"call": call}
