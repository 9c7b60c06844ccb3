"""Cards (积分卡): issue, block, unblock, replace; and the printing of one card or of all."""

from __future__ import annotations

import io
from typing import Any

from flask import send_file, url_for
from flask_babel import gettext as _

from pointsbank.foundation import Operation
from pointsbank.people import (
    CardFace,
    CardUnknown,
    as_png,
    block_card,
    draw_card,
    issue_card,
    issue_missing_cards,
    list_card_faces,
    replace_card,
    sheet_pdf,
    unblock_card,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor, request_key
from pointsbank.web.portals.forms import book, submit
from pointsbank.web.portals.office.frame import WRITERS, office_blueprint, office_page
from pointsbank.web.portals.office.volunteers import person_page

blueprint = office_blueprint("cards")


@blueprint.post("/volunteers/<number>/card")
@allows(*WRITERS)
def issue(number: str) -> Any:
    """Issue a card to a volunteer who has none."""
    return submit(
        lambda typed: book(issue_card, number=number),
        again=lambda form: person_page(number, form=form),
        done=lambda outcome: (_file(number), _("发卡了，可以打印。")),
    )


@blueprint.post("/volunteers/<number>/card/block")
@allows(*WRITERS)
def block(number: str) -> Any:
    """Block a lost card."""
    return _change(number, block_card, _("挂失了，这张卡从现在起不能用，积分都在。"))


@blueprint.post("/volunteers/<number>/card/unblock")
@allows(*WRITERS)
def unblock(number: str) -> Any:
    """Let a found card live again."""
    return _change(number, unblock_card, _("解挂了，卡又能用。"))


@blueprint.post("/volunteers/<number>/card/replace")
@allows(*WRITERS)
def replace(number: str) -> Any:
    """Give a new card with the same points."""
    return _change(number, replace_card, _("补了新卡，请打印；旧卡不能再用。"))


def _change(number: str, verb: Operation[Any], said: str) -> Any:
    return submit(
        lambda typed: book(verb, short_number=typed.text("short_number")),
        again=lambda form: person_page(number, form=form),
        done=lambda outcome: (_file(number), said),
    )


def _file(number: str) -> str:
    return url_for("office_volunteers.person", number=number)


@blueprint.get("/cards")
@allows(*WRITERS)
def page() -> Any:
    """All cards that can be printed, and who has none yet."""
    return office_page("cards.html", "volunteers", faces=_faces())


@blueprint.post("/cards/issue")
@allows(*WRITERS)
def issue_all() -> Any:
    """Issue a card to everybody who has none."""
    return submit(
        lambda typed: issue_missing_cards(
            current_bank(), by=current_visitor().caller, key=request_key()
        ),
        again=lambda form: office_page("cards.html", "volunteers", faces=_faces(), form=form),
        done=lambda outcome: (
            url_for("office_cards.page"),
            _("新发了 %(n)s 张卡。", n=outcome.answer["issued"]),
        ),
    )


@blueprint.get("/cards.pdf")
@allows(*WRITERS)
def sheets() -> Any:
    """All cards as sheets of ten, to print at full size."""
    return _file_of(sheet_pdf(_faces()), "cards.pdf", "application/pdf")


@blueprint.get("/volunteers/<number>/card.pdf")
@allows(*WRITERS)
def one_sheet(number: str) -> Any:
    """One person's card on a sheet."""
    return _file_of(sheet_pdf([_face(number)]), f"card-{number}.pdf", "application/pdf")


@blueprint.get("/volunteers/<number>/card.png")
@allows(*WRITERS)
def picture(number: str) -> Any:
    """One person's card as a picture of its own size."""
    return _file_of(as_png(draw_card(_face(number))), f"card-{number}.png", "image/png")


def _faces(numbers: list[str] | None = None) -> list[CardFace]:
    bank = current_bank()
    return list_card_faces(bank, card_key=bank.keys.card, numbers=numbers)


def _face(number: str) -> CardFace:
    found = _faces([number])
    if not found:
        raise CardUnknown()
    return found[0]


def _file_of(content: bytes, name: str, kind: str) -> Any:
    return send_file(
        io.BytesIO(content),
        mimetype=kind,
        as_attachment=True,
        download_name=name,
        conditional=False,
        etag=False,
    )
