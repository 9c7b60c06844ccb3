"""The kiosk's scan capture and code reader in a real browser, without bank or network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from stdnum import damm, ean, luhn

from tests.browser.kiosk_driver import KioskDriver

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
BARE_PAGE = """<!doctype html><title>scan</title><input id="field" value="kept">
<button id="button">press</button>"""
# The page's time is in the test's hand, so that no pause is ever too short or too long.
LISTEN = """async () => {
  const { Capture } = await import("/kiosk/static/capture.js");
  const time = { now: 0, waiting: [] };
  globalThis.pass = (ms) => {
    time.now += ms;
    const due = time.waiting.filter((one) => one.at <= time.now);
    time.waiting = time.waiting.filter((one) => one.at > time.now);
    for (const one of due) one.call();
  };
  globalThis.codes = [];
  globalThis.pressed = 0;
  document.getElementById("button").addEventListener("click", () => { globalThis.pressed += 1; });
  globalThis.capture = new Capture({
    onCode: (code) => globalThis.codes.push(code),
    now: () => time.now,
    later: (call, ms) => time.waiting.push({ at: time.now + ms, call }),
  }).listen();
}"""
PAUSE_END_MS = 200


def card_code(seed: str) -> str:
    """A code of the right form whose last character is its public check."""
    body = (seed * 23)[:23]
    return body + str(luhn.calc_check_digit(body, alphabet=ALPHABET))


CARD = card_code("QZ7")
SOAP = "6901234567892"


@pytest.fixture(scope="module")
def bare_page(browser: Browser) -> Iterator[Page]:
    """One page for all tests here."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def page(bare_page: Page, kiosk_files: str) -> Page:
    """A fresh document with one field and one button, where the capture listens."""
    bare_page.goto(f"{kiosk_files}/bare")
    bare_page.set_content(BARE_PAGE)
    bare_page.evaluate(LISTEN)
    return bare_page


def let_pass(page: Page, ms: int) -> None:
    """Let time pass on the page."""
    page.evaluate("(ms) => globalThis.pass(ms)", ms)


def codes_on(page: Page) -> list[str]:
    """What was captured so far, after the pause that ends a code."""
    let_pass(page, PAUSE_END_MS)
    found: list[str] = page.evaluate("globalThis.codes")
    return found


def read(page: Page, *texts: str) -> list[dict[str, str]]:
    """What `readCode` says about each text."""
    script = """async (texts) => {
      const { readCode } = await import("/kiosk/static/codes.js");
      return texts.map(readCode);
    }"""
    found: list[dict[str, str]] = page.evaluate(script, list(texts))
    return found


def key(page: Page, **event: Any) -> None:
    """One key press as an input method or an unusual scanner would report it."""
    script = """(event) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
      { bubbles: true, cancelable: true, ...event }))"""
    page.evaluate(script, event)


@pytest.mark.parametrize("end", ["Enter", "Tab", ""])
def test_a_scan_ends_with_enter_tab_or_a_pause(page: Page, end: str) -> None:
    KioskDriver(page).scan(CARD, end=end)
    assert codes_on(page) == [CARD]


def test_a_hand_on_the_keyboard_is_not_a_scanner(page: Page) -> None:
    page.focus("#field")
    KioskDriver(page).scan("12345678", gap_ms=120)
    assert codes_on(page) == []
    assert "12345678" in page.input_value("#field")


def test_the_enter_of_a_scan_presses_no_focused_button(page: Page) -> None:
    page.focus("#button")
    KioskDriver(page).scan(SOAP)
    assert codes_on(page) == [SOAP]
    assert page.evaluate("globalThis.pressed") == 0


def test_the_page_s_own_clock_ends_a_scan_without_an_end(page: Page) -> None:
    page.evaluate(
        """async () => {
          const { Capture } = await import("/kiosk/static/capture.js");
          new Capture({ onCode: (code) => { document.title = code; } }).listen();
        }"""
    )
    KioskDriver(page).scan(CARD, end="")
    expect(page).to_have_title(CARD)


@pytest.mark.parametrize("late_ms", [70, 190, 390])
def test_an_enter_that_comes_before_the_pause_is_over_ends_the_scan(
    page: Page, late_ms: int
) -> None:
    page.focus("#button")
    KioskDriver(page).scan(SOAP, end="").press_key_later("Enter", after_ms=late_ms)
    assert page.evaluate("globalThis.codes") == [SOAP]
    assert codes_on(page) == [SOAP]
    assert page.evaluate("globalThis.pressed") == 0


def test_an_enter_that_comes_after_the_pause_presses_nothing_either(page: Page) -> None:
    page.focus("#button")
    driver = KioskDriver(page).scan(SOAP, end="")
    assert codes_on(page) == [SOAP]
    driver.press_key_later("Enter", after_ms=260)
    assert codes_on(page) == [SOAP]
    assert page.evaluate("globalThis.pressed") == 0
    driver.press_key_later("Enter", after_ms=260)
    assert page.evaluate("globalThis.pressed") == 1, "that one was a hand's"


def test_a_page_that_was_busy_tears_no_code_apart(page: Page) -> None:
    driver = KioskDriver(page).scan(CARD[:10], end="")
    # The timer of the tenth key is heard 300 ms late, before the keys that were pressed meanwhile.
    let_pass(page, PAUSE_END_MS + 300)
    for character in CARD[10:]:
        driver.press_key_later(character, after_ms=5)
    assert codes_on(page) == [CARD]


def test_a_page_that_is_always_busy_ends_a_code_all_the_same(page: Page) -> None:
    KioskDriver(page).scan(SOAP, end="")
    let_pass(page, PAUSE_END_MS + 300)
    let_pass(page, PAUSE_END_MS + 300)
    assert page.evaluate("globalThis.codes") == [SOAP]


def test_a_hand_can_still_press_a_focused_button_with_enter(page: Page) -> None:
    page.focus("#button")
    page.keyboard.press("Enter")
    assert page.evaluate("globalThis.pressed") == 1


def test_a_focused_field_gets_its_former_words_back(page: Page) -> None:
    page.focus("#field")
    KioskDriver(page).scan(CARD)
    assert codes_on(page) == [CARD]
    assert page.input_value("#field") == "kept"


def test_the_same_code_within_a_second_is_one_scan_and_a_later_one_is_two(page: Page) -> None:
    driver = KioskDriver(page)
    driver.scan(SOAP).scan(SOAP)
    assert codes_on(page) == [SOAP]
    let_pass(page, 1100)
    driver.scan(SOAP)
    assert codes_on(page) == [SOAP, SOAP]


def test_another_code_directly_afterwards_is_taken(page: Page) -> None:
    KioskDriver(page).scan(SOAP).scan(CARD)
    assert codes_on(page) == [SOAP, CARD]


def test_a_key_that_is_held_down_adds_nothing(page: Page) -> None:
    script = """(digits) => { for (const digit of digits) {
      for (const repeat of [false, true, true]) document.dispatchEvent(
        new KeyboardEvent("keydown", { code: `Digit${digit}`, key: digit, repeat, bubbles: true }));
    } }"""
    page.evaluate(script, SOAP)
    assert codes_on(page) == [SOAP]


def test_a_chinese_input_method_changes_nothing(page: Page) -> None:
    script = """(code) => { for (const one of code) {
      const name = /[0-9]/.test(one) ? `Digit${one}` : `Key${one}`;
      document.dispatchEvent(new KeyboardEvent("keydown",
        { code: name, key: "Process", isComposing: true, bubbles: true }));
    } }"""
    page.evaluate(script, CARD)
    assert codes_on(page) == [CARD]


def test_keys_without_a_place_on_the_keyboard_are_read_by_their_text(page: Page) -> None:
    script = """(code) => { for (const one of code) document.dispatchEvent(
      new KeyboardEvent("keydown", { code: "", key: one, bubbles: true })); }"""
    page.evaluate(script, SOAP)
    assert codes_on(page) == [SOAP]


def test_shortcuts_are_left_alone(page: Page) -> None:
    for character in SOAP:
        key(page, code=f"Digit{character}", key=character, ctrlKey=True)
    assert codes_on(page) == []


def test_camera_and_tray_are_the_same_scan_as_the_scanner(page: Page) -> None:
    KioskDriver(page).scan(SOAP)
    assert page.evaluate("(code) => globalThis.capture.taken(code, 'camera')", SOAP) is False
    assert codes_on(page) == [SOAP]


def test_a_card_is_known_by_its_own_check_character(page: Page) -> None:
    found = read(page, CARD, card_code("A"), card_code("M5"))
    assert [one["kind"] for one in found] == ["card"] * 3


def test_every_single_misread_of_a_card_is_noticed(page: Page) -> None:
    wrong = [
        CARD[:place] + other + CARD[place + 1 :]
        for place in range(len(CARD))
        for other in ALPHABET
        if other != CARD[place]
    ]
    assert {one["kind"] for one in read(page, *wrong)} == {"misread"}


def test_short_numbers_and_barcodes_are_known_by_their_check_digits(page: Page) -> None:
    numbers = [f"{body}{damm.calc_check_digit(body)}" for body in ("1234567", "0000042", "8651203")]
    barcodes = [SOAP, "2000000000015", "6921168509256", "036000291452", "96385074"]
    assert all(ean.is_valid(code) for code in barcodes)
    assert [one["kind"] for one in read(page, *numbers)] == ["number"] * 3
    assert [one["kind"] for one in read(page, *barcodes)] == ["goods"] * 5
    assert read(page, "6901234567893")[0]["kind"] == "other"


def test_a_code_that_arrives_doubled_is_one(page: Page) -> None:
    found = read(page, SOAP * 2, CARD * 2, "CANCEL" * 2)
    assert [one["code"] for one in found] == [SOAP, CARD, "CANCEL"]
    assert [one["kind"] for one in found] == ["goods", "card", "cancel"]


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (f"\\000026{CARD}", CARD),
        (f"]Q2\\000026{CARD}", CARD),
        (f"]E0{SOAP}", SOAP),
        (f"\x02{SOAP}\r\n", SOAP),
        ("\uff16\uff19\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff12", SOAP),
        (CARD.lower(), CARD),
        ("cancel", "CANCEL"),
    ],
)
def test_prefixes_control_characters_and_full_width_forms_are_taken_off(
    page: Page, sent: str, meant: str
) -> None:
    assert read(page, sent)[0]["code"] == meant
