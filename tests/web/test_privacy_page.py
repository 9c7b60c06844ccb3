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
