"""Cards at the desk (办卡): print, hand over, lost, found, replace; what is in the drawer.

Paper comes only from a print that was written down: printing is a form, never a link, and its
sheets are fetched from the page of that print by whoever printed.
"""

from __future__ import annotations

import io
from typing import Any

from flask import request, send_file, url_for
from flask_babel import gettext as _

from pointsbank.foundation import Outcome, Page, Paging
from pointsbank.people import (
    CARDS_MOST,
    DeskCard,
    as_png,
    block_card,
    count_desk_cards,
    draw_card,
    get_desk_card,
    hand_over_cards,
    has_back,
    issue_card,
    issue_missing_cards,
    list_desk_cards,
    list_printed,
    list_printed_faces,
    list_short_numbers,
    place_of_cards,
    print_cards,
    replace_card,
    report_spoilt_print,
    sheet_pdf,
    take_back_tick,
    unblock_card,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor, request_key
from pointsbank.web.portals.addresses import address, asked, asked_of, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import WRITERS, office_blueprint, office_page
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.volunteer_forms import RELATION_WORDS, read_helper
from pointsbank.web.portals.office.volunteers import person_page
from pointsbank.web.portals.office.words import (
    CARD_EVENTS,
    CARD_PRINTS,
    CARD_SHELVES,
    CARD_STATES,
    LOSS_REASONS,
    LOSS_WAYS,
)

blueprint = office_blueprint("cards")

SHOWN = 50


@blueprint.get("/cards")
@allows(*WRITERS)
def page() -> Any:
    """Cards by shelf: in the drawer, blocked, to be printed, all; or those that were searched."""
    return _list_page(Form())


def _list_page(form: Form) -> str:
    bank = current_bank()
    words = asked("words") or ""
    shelf = asked_of("shelf", CARD_SHELVES) or ("all" if words else "drawer")
    found = list_desk_cards(bank, shelf=shelf, search=words, paging=asked_paging(SHOWN))
    counts = count_desk_cards(bank)
    return office_page(
        "cards.html",
        "volunteers",
        form=form,
        found=found,
        shelf=shelf,
        words=words,
        counts_of=counts,
        shelves=[
            (f"{word} {counts[code]}", address("/office/cards", shelf=code), code == shelf)
            for code, word in CARD_SHELVES.items()
        ],
        chosen=request.form.getlist("card"),
        today=bank.clock.today(),
        prints=CARD_PRINTS,
        states=CARD_STATES,
        pager=pager_of(found),
    )


def _list_address() -> str:
    """The list that a form was sent from, with its shelf, its words and its page."""
    kept = {name: request.args.get(name, "")[:100] for name in ("shelf", "words", "page")}
    return address("/office/cards", **kept)


@blueprint.post("/cards/issue")
@allows(*WRITERS)
def issue_all() -> Any:
    """Issue a card to everybody who has none."""
    return submit(
        lambda typed: issue_missing_cards(
            current_bank(), by=current_visitor().caller, key=request_key()
        ),
        again=_list_page,
        done=lambda outcome: (
            url_for("office_cards.page", shelf="print"),
            _("新发了 %(n)s 张卡，可以打印了。", n=outcome.answer["issued"]),
        ),
    )


@blueprint.post("/volunteers/<number>/card")
@allows(*WRITERS)
def issue(number: str) -> Any:
    """Issue a card to a volunteer who has none."""
    return submit(
        lambda typed: book(issue_card, number=number),
        again=lambda form: person_page(number, form=form),
        done=lambda outcome: (
            url_for("office_volunteers.person", number=number, _anchor="card"),
            _("发卡了，可以打印。"),
        ),
    )


# ---------------------------------------------------------------------------------------- printing


@blueprint.post("/cards/print")
@allows(*WRITERS)
def print_chosen() -> Any:
    """Note that the chosen cards are printed, and go to the page of this print."""
    return submit(_print, again=_again, done=_printed)


def _print(typed: Typed) -> Outcome:
    why = typed.maybe("why") or "list"
    return book(print_cards, short_numbers=_chosen(typed), why=why)


def _chosen(typed: Typed) -> list[str]:
    """The cards that were ticked, or the whole queue of the printer."""
    if typed.ticked("queue"):
        return list_short_numbers(current_bank(), to_be_printed=True)[:CARDS_MOST]
    return request.form.getlist("card")


def _again(form: Form) -> str:
    """The page that a form was sent from: a card's own, or the list."""
    own = request.form.get("own", "")
    return _card_page(own, form) if own else _list_page(form)


def _printed(outcome: Outcome) -> tuple[str, str]:
    return (
        url_for("office_cards.printed", receipt=outcome.receipt),
        _("记下了：打印 %(n)s 张。", n=len(outcome.answer["printed"])),
    )


@blueprint.get("/cards/printed/<receipt>")
@allows(*WRITERS)
def printed(receipt: str) -> Any:
    """One print: its sheets to fetch, its list to sign, and what did not come out right."""
    return _printed_page(receipt, Form())


def _printed_page(receipt: str, form: Form) -> str:
    bank = current_bank()
    cards = _cards_of(receipt)
    faces = list_printed_faces(bank, by=current_visitor().caller, receipt=receipt)
    return office_page(
        "cards_printed.html",
        "volunteers",
        form=form,
        receipt=receipt,
        found=cards,
        faces=len(faces),
        backs=has_back(faces),
        prints=CARD_PRINTS,
        states=CARD_STATES,
        today=bank.clock.today(),
    )


def _cards_of(receipt: str) -> Page[DeskCard]:
    bank = current_bank()
    numbers = list_printed(bank, receipt=receipt)
    return list_desk_cards(bank, short_numbers=numbers, paging=Paging(1, CARDS_MOST))


@blueprint.get("/cards/printed/<receipt>.pdf")
@allows(*WRITERS)
def sheets(receipt: str) -> Any:
    """The sheets of a print, ten cards to a page, to print at full size."""
    return _file_of(sheet_pdf(_faces(receipt)), "cards.pdf", "application/pdf")


@blueprint.get("/cards/printed/<receipt>.png")
@allows(*WRITERS)
def picture(receipt: str) -> Any:
    """The first card of a print as a picture of its own size, for a printer of cards."""
    return _file_of(as_png(draw_card(_faces(receipt)[0])), "card.png", "image/png")


def _faces(receipt: str) -> Any:
    return list_printed_faces(current_bank(), by=current_visitor().caller, receipt=receipt)


def _file_of(content: bytes, name: str, kind: str) -> Any:
    return send_file(
        io.BytesIO(content),
        mimetype=kind,
        as_attachment=True,
        download_name=name,
        conditional=False,
        etag=False,
    )


@blueprint.post("/cards/spoilt")
@allows(*WRITERS)
def spoilt() -> Any:
    """Say that chosen cards did not come out right; they wait for the printer again."""
    return submit(
        lambda typed: book(report_spoilt_print, short_numbers=_chosen(typed)),
        again=_again,
        done=lambda outcome: (
            url_for("office_cards.page", shelf="print"),
            _("记下了：%(n)s 张要重印，印出来还是同一张卡。", n=len(outcome.answer["spoilt"])),
        ),
    )


# ------------------------------------------------------------------------------------ handing over


@blueprint.get("/cards/sign")
@allows(*WRITERS)
def sign() -> Any:
    """The list that people sign when they fetch their cards: of a print, or of a shelf."""
    receipt = asked("print")
    if receipt:
        found = _cards_of(receipt)
    else:
        found = list_desk_cards(
            current_bank(),
            shelf=asked_of("shelf", CARD_SHELVES) or "drawer",
            search=asked("words") or "",
            paging=asked_paging(SHOWN),
        )
    bank = current_bank()
    return office_page(
        "cards_sign.html",
        "volunteers",
        cards=[card for card in found.items if card.status == "active" and not card.handed_on],
        place=place_of_cards(bank),
        today=bank.clock.today(),
        back=url_for("office_cards.printed", receipt=receipt) if receipt else _list_address(),
    )


@blueprint.post("/cards/hand-over")
@allows(*WRITERS)
def hand_over() -> Any:
    """Note that the chosen cards were handed over, to their holders or to somebody who came."""

    def work(typed: Typed) -> Outcome:
        whom = "other" if typed.maybe("to_whom") == "other" else "self"
        return book(
            hand_over_cards,
            short_numbers=_chosen(typed),
            handed_on=typed.day("handed_on"),
            to_whom=whom,
            other=read_helper(typed) if whom == "other" else None,
        )

    def done(outcome: Outcome) -> tuple[str, str]:
        own = request.form.get("own", "")
        target = _card_address(own) if own else _list_address()
        n, passed = len(outcome.answer["handed"]), len(outcome.answer["passed_over"])
        if passed:
            return target, _("交了 %(n)s 张；%(rest)s 张早就交过。", n=n, rest=passed)
        return target, _("记下了：交了 %(n)s 张卡。", n=n)

    return submit(work, again=_again, done=done)


# --------------------------------------------------------------------------------------- one card


@blueprint.get("/cards/<short_number>")
@allows(*WRITERS)
def card(short_number: str) -> Any:
    """One card: whose, what happened to it, and what can be done with it."""
    return _card_page(short_number, Form())


def _card_page(short_number: str, form: Form) -> str:
    bank = current_bank()
    found, events = get_desk_card(bank, short_number=short_number)
    holders = [event.actor for event in events]
    return office_page(
        "card.html",
        "volunteers",
        form=form,
        card=found,
        events=events,
        names=bank.database.read(lambda session: names_for(session, holders=holders)),
        today=bank.clock.today(),
        states=CARD_STATES,
        prints=CARD_PRINTS,
        event_words=CARD_EVENTS,
        reasons=LOSS_REASONS,
        ways=LOSS_WAYS,
        relations=RELATION_WORDS,
    )


def _card_address(short_number: str) -> str:
    return url_for("office_cards.card", short_number=short_number)


@blueprint.post("/cards/<short_number>/lost")
@allows(*WRITERS)
def lost(short_number: str) -> Any:
    """Block a lost card at once, and note who told it."""

    def work(typed: Typed) -> Outcome:
        told_by = "other" if typed.maybe("told_by") == "other" else "self"
        return book(
            block_card,
            short_number=short_number,
            reason=typed.maybe("reason") or "lost",
            told_by=told_by,
            told_how=typed.maybe("told_how") or "desk",
            other=read_helper(typed) if told_by == "other" else None,
        )

    return submit(
        work,
        again=lambda form: _card_page(short_number, form),
        done=lambda outcome: (
            _card_address(short_number),
            _("挂失了，这张卡从现在起不能用，积分都在。"),
        ),
    )


@blueprint.post("/cards/<short_number>/not-handed")
@allows(*WRITERS)
def not_handed(short_number: str) -> Any:
    """Take a tick back: the card is in the drawer after all."""
    return submit(
        lambda typed: book(take_back_tick, short_number=short_number),
        again=lambda form: _card_page(short_number, form),
        done=lambda outcome: (_card_address(short_number), _("收回了，这张卡还没交。")),
    )


@blueprint.post("/cards/<short_number>/found")
@allows(*WRITERS)
def found(short_number: str) -> Any:
    """Let a found card live again, while its holder stands there."""
    return submit(
        lambda typed: book(
            unblock_card, short_number=short_number, person_present=typed.ticked("present")
        ),
        again=lambda form: _card_page(short_number, form),
        done=lambda outcome: (_card_address(short_number), _("解挂了，卡又能用。")),
    )


@blueprint.post("/cards/<short_number>/replace")
@allows(*WRITERS)
def replace(short_number: str) -> Any:
    """Give a new card with the same points."""
    return submit(
        lambda typed: book(replace_card, short_number=short_number),
        again=lambda form: _card_page(short_number, form),
        done=lambda outcome: (
            _card_address(outcome.answer["short_number"]),
            _("补了新卡，请打印；旧卡不能再用。"),
        ),
    )
