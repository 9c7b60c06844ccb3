"""Printed cards: what is drawn can be read again, by a scanner and by a person."""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from pointsbank.people.card_codes import make_card_code, make_short_number
from pointsbank.people.card_sheet import (
    CardFace,
    as_png,
    draw_back,
    draw_card,
    draw_sheet,
    draw_sheet_of_backs,
    has_back,
    sheet_pdf,
)
from pointsbank.people.fonts import (
    FontMissing,
    find_font_face,
    fit_text,
    missing_glyphs,
    text_width,
)
from tests.fonts import print_with_all

KEY = bytes(range(32))
LONG = "阿卜杜热合曼·买买提"
RARE = "㛃𬍛䶮·"
MM = 300 / 25.4
BLACK, PLATE = (0, 0, 0), (0x17, 0x3F, 0x73)


def face(serial: int = 1, **changes: Any) -> CardFace:
    plain = CardFace(
        code=make_card_code(KEY, serial, 1),
        short_number=make_short_number(4071822 + serial),
        masked_name="张*",
        number="V000386-2",
        place="晨光社区公益银行",
        found_at="晨光路 12 号居委会",
        found_phone="8651 2030",
    )
    return replace(plain, **changes)


def codes_in(image: Image.Image) -> list[str]:
    return sorted(found.text for found in zxingcpp.read_barcodes(image))


def streams_of(pdf: bytes) -> list[bytes]:
    """The PDF's streams; only the long ones are packed."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return [zlib.decompressobj().decompress(part) if part[:1] == b"x" else part for part in found]


def black_boxes_of(page: bytes, scale: float) -> Image.Image:
    """The page's filled black rectangles alone, drawn by the test itself."""
    image = Image.new("L", (round(595.28 * scale), round(841.89 * scale)), 255)
    draw = ImageDraw.Draw(image)
    fill = ""
    for line in page.decode("latin-1").splitlines():
        if line.endswith((" g", " rg")):
            fill = line
        elif line.endswith(" re f") and fill == "0 g":
            left, top, width, height = (float(word) for word in line.split()[:4])
            x, y = left * scale, image.height - top * scale
            draw.rectangle((x, y, x + width * scale - 1, y - height * scale - 1), fill=0)
    return image


@pytest.mark.parametrize("dpi", [150, 203, 300, 600])
def test_a_card_can_be_scanned_at_any_resolution(dpi: int) -> None:
    card = draw_card(face(), dpi=dpi)
    assert card.size == (round(86 / 25.4 * dpi), round(54 / 25.4 * dpi))
    assert codes_in(card) == [face().code]


def test_the_code_is_a_qr_code_with_error_correction_q() -> None:
    (found,) = zxingcpp.read_barcodes(draw_card(face()))
    assert (found.format, found.ec_level) == (zxingcpp.BarcodeFormat.QRCode, "Q")


def test_a_worn_and_tilted_card_can_still_be_scanned() -> None:
    card = draw_card(face()).convert("L")
    ImageDraw.Draw(card).ellipse((800, 350, 850, 400), fill=235)
    worn = card.filter(ImageFilter.GaussianBlur(3)).rotate(7, expand=True, fillcolor=200)
    assert codes_in(worn) == [face().code]


@pytest.mark.parametrize("demonstration", [False, True])
def test_the_code_is_25_mm_in_four_clear_modules(demonstration: bool) -> None:
    card = draw_card(face(demonstration=demonstration, masked_name="长" * 50))
    (found,) = zxingcpp.read_barcodes(card)
    corner = found.position.top_left
    side = found.position.top_right.x - corner.x
    assert side / MM == pytest.approx(25, abs=0.2)
    quiet = card.crop(
        (
            corner.x - round(4 * MM) + 1,
            corner.y - round(4 * MM) + 2,
            min(card.width, corner.x + side + round(4 * MM)),
            corner.y + side + round(4 * MM) - 2,
        )
    )
    ImageDraw.Draw(quiet).rectangle(
        (4 * MM - 3, 4 * MM - 4, 29 * MM + 2, 29 * MM + 2), fill="white"
    )
    assert quiet.getextrema() == ((255, 255),) * 3


def test_the_short_number_is_seven_millimetres_tall() -> None:
    card = draw_card(face()).convert("L")
    column = card.crop((round(4 * MM), round(29 * MM), round(48 * MM), round(40 * MM)))
    inked = column.point(lambda value: 255 if value < 100 else 0).getbbox()
    assert inked is not None
    assert (inked[3] - inked[1]) / MM == pytest.approx(7, abs=0.5)


def test_the_band_and_its_seal_are_there() -> None:
    card = draw_card(face())
    assert card.getpixel((3, 3)) == PLATE
    assert card.getpixel((round(5 * MM), round(7 * MM))) == (0xB0, 0x2A, 0x1E)
    assert card.getpixel((500, round(14 * MM))) == (0xD9, 0xB7, 0x84)


def test_a_demonstration_card_says_so_and_a_real_one_does_not() -> None:
    real, shown = draw_card(face()), draw_card(face(demonstration=True))
    band = (600, 0, 1016, round(13 * MM))
    assert {colour for _, colour in real.crop(band).getcolors(9999) or []} == {PLATE, *whites(real)}
    assert (0xFC, 0xEF, 0xD6) in {c for _, c in shown.crop(band).getcolors(9999) or []}
    assert codes_in(shown) == [face().code]


def whites(card: Image.Image) -> set[object]:
    """The shades of the place's name, which reaches into the same part of the band."""
    name = card.crop((600, 0, 700, 110)).getcolors(9999) or []
    return {colour for _, colour in name}


@pytest.mark.parametrize("name", ["张*", "欧**", LONG, RARE, "长" * 50, "W" * 50])
def test_no_name_reaches_the_quiet_zone(name: str) -> None:
    card = draw_card(face(masked_name=name)).convert("L")
    between = card.crop((round(52 * MM), round(15 * MM), round(55.5 * MM), round(47 * MM)))
    assert between.getextrema() == (255, 255)


def test_a_name_shrinks_first_and_is_cut_only_then() -> None:
    assert fit_text("张*", width=47, size=6, smallest=3.6) == ("张*", 6)
    text, size = fit_text(LONG, width=47, size=6, smallest=3.6)
    assert text == LONG
    assert 3.6 < size < 6
    text, size = fit_text("长" * 50, width=47, size=6, smallest=3.6)
    assert size == 3.6
    assert re.fullmatch("长{5,}…", text)
    assert text_width(text, size) <= 47


def test_a_full_sheet_is_a4_and_every_card_can_be_scanned() -> None:
    faces = [face(serial, demonstration=serial % 3 == 0) for serial in range(1, 11)]
    sheet = draw_sheet(faces)
    assert sheet.size == (2480, 3508)
    assert codes_in(sheet) == sorted(one.code for one in faces)


def test_an_eleventh_card_does_not_fit_a_sheet() -> None:
    with pytest.raises(ValueError, match="10 cards"):
        draw_sheet([face(serial) for serial in range(1, 12)])


def test_the_png_file_knows_its_size_on_paper() -> None:
    with Image.open(io.BytesIO(as_png(draw_card(face())))) as card:
        assert card.info["dpi"] == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize("change", [{"code": "A" * 23 + "B"}, {"short_number": "40718238"}])
def test_a_card_that_nobody_could_read_is_not_printed(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a"):
        face(**change)


def test_the_pdf_has_a_page_for_every_ten_cards() -> None:
    for cards, pages in ((0, 1), (10, 1), (11, 2), (23, 3)):
        pdf = sheet_pdf([face(serial) for serial in range(1, cards + 1)])
        assert len(re.findall(rb"/Type /Page\b", pdf)) == pages


def test_the_pdf_draws_codes_as_squares_that_can_be_scanned() -> None:
    faces = [face(serial) for serial in range(1, 11)]
    pdf = sheet_pdf(faces)
    assert b"/Subtype /Image" not in pdf
    (page,) = [part for part in streams_of(pdf) if b" re f" in part]
    assert codes_in(black_boxes_of(page, scale=3)) == sorted(one.code for one in faces)


def test_the_pdf_embeds_a_small_font_with_the_text_of_rare_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POINTSBANK_FONT", str(print_with_all().path))
    pdf = sheet_pdf([face(masked_name=f"王{RARE}")])
    assert re.search(rb"/BaseFont /[A-Z]{6}\+NotoSansCJK", pdf)
    assert len(pdf) < 60_000
    (text_map,) = [part for part in streams_of(pdf) if b"beginbfchar" in part]
    for letter in f"王{RARE}":
        assert f"<{letter.encode('utf-16-be').hex().upper()}>".encode() in text_map


def test_the_same_cards_print_the_same_bytes() -> None:
    assert sheet_pdf([face(1), face(2)]) == sheet_pdf([face(1), face(2)])


def test_rare_characters_of_names_are_in_the_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTSBANK_FONT", str(print_with_all().path))
    assert missing_glyphs(f"{RARE}𠮷𬸚𫖯㑇㼆张") == ""


def test_missing_characters_are_named_once_and_in_order() -> None:
    assert missing_glyphs("张\U0010fffd三\ue863\U0010fffd") == "\U0010fffd\ue863"


def test_the_simplified_chinese_face_is_taken() -> None:
    assert print_with_all().index == 2


def test_the_environment_chooses_the_font(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    linked = tmp_path / "chosen.ttc"
    linked.symlink_to(print_with_all().path)
    monkeypatch.setenv("POINTSBANK_FONT", str(linked))
    assert find_font_face().path == linked


def test_a_chosen_font_that_is_not_there_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTSBANK_FONT", "/nowhere/font.ttc")
    with pytest.raises(FontMissing):
        find_font_face()


ADDRESS = "https://jifen.example.org/me/"


def test_without_a_public_address_there_is_no_back() -> None:
    assert not has_back([face()])
    assert codes_in(draw_back(face())) == []
    assert len(re.findall(rb"/Type /Page\b", sheet_pdf([face(1), face(2)]))) == 1


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_the_back_leads_to_the_balances_and_to_nobody_in_particular(dpi: int) -> None:
    first, second = (draw_back(face(n, balance_address=ADDRESS), dpi=dpi) for n in (1, 2))
    assert codes_in(first) == [ADDRESS]
    assert first.tobytes() == second.tobytes()


def test_paper_turned_over_its_long_edge_has_each_back_behind_its_card() -> None:
    faces = [face(serial, balance_address=ADDRESS) for serial in (1, 2, 3)]
    fronts, backs = draw_sheet(faces), draw_sheet_of_backs(faces)
    assert codes_in(backs) == [ADDRESS] * 3
    middle = backs.width / 2
    places = [
        sorted(
            (found.position.top_left.y // 650, found.position.top_left.x < middle)
            for found in zxingcpp.read_barcodes(image)
        )
        for image in (fronts, backs)
    ]
    turned = sorted((row, not left) for row, left in places[0])
    assert turned == places[1]


def test_every_sheet_of_fronts_is_followed_by_its_backs() -> None:
    faces = [face(serial, balance_address=ADDRESS) for serial in range(1, 12)]
    assert len(re.findall(rb"/Type /Page\b", sheet_pdf(faces))) == 4
