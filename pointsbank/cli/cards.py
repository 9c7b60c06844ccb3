"""`pointsbank cards`: issue cards and print the sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pointsbank.cli.files import write_for_owner
from pointsbank.cli.opening import by_option, caller_of, password_option, writing
from pointsbank.foundation import Bank, Caller, RuleRefused, new_key
from pointsbank.people import (
    CARDS_MOST,
    CARDS_PER_SHEET,
    CardFace,
    as_png,
    draw_sheet,
    draw_sheet_of_backs,
    has_back,
    issue_missing_cards,
    list_printed_faces,
    list_short_numbers,
    missing_glyphs,
    print_cards,
    refuse_unknown_holders,
    sheet_pdf,
)


class NoCards(RuleRefused):
    """Nobody of those asked for has a card or can have one (没有可印的卡)."""

    code = "cli.no_cards"


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--number", "numbers", multiple=True, help="Only this 志愿者编号; may be repeated.")
@by_option
@password_option
@click.pass_obj
def cards(home: Path, out: Path, numbers: tuple[str, ...], by: str, password_file: Any) -> None:
    """Issue a card to everybody who has none, and print all sheets to OUT (.pdf or .png).

    A PDF holds ten cards on a page, and their backs behind it when a public address is set; PNG
    files are numbered. Printing again prints the same cards, because each is derived from the card
    key, and every print is written down with who printed.
    """
    with writing(home) as bank:
        caller = caller_of(bank, by, password_file)
        refuse_unknown_holders(bank, numbers=list(numbers))
        issued = issue_missing_cards(bank, by=caller, key=new_key(), numbers=list(numbers))
        faces = _print(bank, caller, list_short_numbers(bank, numbers=list(numbers)))
    if not faces:
        raise NoCards()
    rare = missing_glyphs("".join(face.masked_name for face in faces))
    if rare:
        click.echo(f"字体里没有这些字 The font lacks: {rare}", err=True)
    if out.suffix.lower() == ".pdf":
        write_for_owner(out, sheet_pdf(faces))
        written = [out]
    else:
        written = []
        for number, start in enumerate(range(0, len(faces), CARDS_PER_SHEET), start=1):
            page = faces[start : start + CARDS_PER_SHEET]
            written.append(out.with_name(f"{out.stem}-{number:03d}.png"))
            write_for_owner(written[-1], as_png(draw_sheet(page)))
            if has_back(page):
                back = out.with_name(f"{out.stem}-{number:03d}-back.png")
                write_for_owner(back, as_png(draw_sheet_of_backs(page)))
    click.echo(
        f"新发 issued {issued.answer['issued']} · 共印 printed {len(faces)} · "
        f"{written[0] if written else out}"
    )


def _print(bank: Bank, by: Caller, short_numbers: list[str]) -> list[CardFace]:
    """What stands on these cards, once it is written down that they are printed."""
    faces = []
    for start in range(0, len(short_numbers), CARDS_MOST):
        chunk = short_numbers[start : start + CARDS_MOST]
        done = print_cards(bank, by=by, key=new_key(), short_numbers=chunk, why="list")
        faces += list_printed_faces(bank, by=by, receipt=done.receipt)
    return faces
