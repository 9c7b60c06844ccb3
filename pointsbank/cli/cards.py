"""`pointsbank cards`: issue cards and print the sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pointsbank.cli.files import write_for_owner
from pointsbank.cli.opening import by_option, caller_of, password_option, writing
from pointsbank.foundation import new_key
from pointsbank.people import (
    CARDS_PER_SHEET,
    as_png,
    draw_sheet,
    issue_missing_cards,
    list_card_faces,
    missing_glyphs,
    sheet_pdf,
)


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--number", "numbers", multiple=True, help="Only this 志愿者编号; may be repeated.")
@by_option
@password_option
@click.pass_obj
def cards(home: Path, out: Path, numbers: tuple[str, ...], by: str, password_file: Any) -> None:
    """Issue a card to everybody who has none, and print all sheets to OUT (.pdf or .png).

    A PDF holds as many pages as there are cards; PNG files are numbered. Printing again prints the
    same cards, because each is derived from the card key.
    """
    with writing(home) as bank:
        caller = caller_of(bank, by, password_file)
        issued = issue_missing_cards(bank, by=caller, key=new_key(), numbers=list(numbers))
        faces = list_card_faces(bank, card_key=bank.keys.card, numbers=list(numbers))
    rare = missing_glyphs("".join(face.masked_name for face in faces))
    if rare:
        click.echo(f"字体里没有这些字 The font lacks: {rare}", err=True)
    if out.suffix.lower() == ".pdf":
        write_for_owner(out, sheet_pdf(faces))
        written = [out]
    else:
        pages = [faces[i : i + CARDS_PER_SHEET] for i in range(0, len(faces), CARDS_PER_SHEET)]
        written = [out.with_name(f"{out.stem}-{n:03d}.png") for n in range(1, len(pages) + 1)]
        for path, page in zip(written, pages, strict=True):
            write_for_owner(path, as_png(draw_sheet(page)))
    click.echo(
        f"新发 issued {issued.answer['issued']} · 共印 printed {len(faces)} · "
        f"{written[0] if written else out}"
    )
