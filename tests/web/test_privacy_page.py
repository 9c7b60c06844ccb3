"""What is kept of people, for whoever asks: nobody need log in, in both languages, for paper."""

from __future__ import annotations

import pytest
from flask import Flask

from pointsbank.people import write_consent_text
from tests.counter import Counter
from tests.web.page_visitor import Visitor


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


def test_anybody_reads_who_keeps_what_why_how_long_and_what_can_be_done(
    app: Flask, counter: Counter
) -> None:
    client = app.test_client()
    told = client.get("/privacy").text
    for words in ("谁在管", "为什么记", "记什么", "留多久", "您可以做什么", "027-84840000"):
        assert words in told
    assert "同意书第 1 版，2026-11-20 起" in told
    assert "晴川社区" in told
    english = client.get("/privacy?lang=en").text
    assert "What is kept" in english
    assert "谁在管" not in english


def test_a_newer_consent_text_dates_it_anew_and_forms_lead_there(
    app: Flask, counter: Counter
) -> None:
    worker = Visitor(app, counter.bank, counter.make.staff("worker", "admin"))
    assert 'href="/privacy"' in worker.get("/office/volunteers/new").text
    assert 'href="/privacy"' in app.test_client().get("/me/login").text
    by = worker.staff.caller
    counter.make.do(write_consent_text, by=by, text="只记姓名。", after=1)
    told = app.test_client().get("/privacy").text
    assert "同意书第 2 版" in told
    assert "只记姓名。" in told


def test_the_consent_text_is_read_in_english_where_it_is_written_in_it(
    app: Flask, counter: Counter
) -> None:
    client, page = app.test_client(), "/office/consent"
    assert "the community needs to keep your name" in client.get("/privacy?lang=en").text
    admin = Visitor(app, counter.bank, counter.make.staff("worker", "admin"))
    told = {"text": "只记姓名。", "after": "1"}
    assert admin.send(page, page, **told, text_en="Your name alone.").status_code == 302
    assert "Your name alone." in client.get("/privacy?lang=en").text
    assert "Your name alone." not in client.get("/privacy?lang=zh-CN").text
    assert "Your name alone." in admin.get("/office/volunteers/new?lang=en").text
    admin.get("/office/?lang=zh-CN")
    assert admin.send(page, page, text="只记编号。", after="2").status_code == 302
    english = client.get("/privacy?lang=en").text
    assert "Your name alone." not in english
    assert "只记编号。" in english
    assert "not in English yet" in english


def test_a_kiosk_that_leads_there_has_a_way_back_and_no_print_button(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/privacy?from=kiosk&large=1").text
    assert 'href="/kiosk/"' in page
    assert 'data-return="/kiosk/"' in page
    assert "data-print" not in page
    assert "/kiosk/" not in client.get("/privacy").text
