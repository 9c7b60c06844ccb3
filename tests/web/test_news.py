"""News on scan: told at the kiosk in both languages, once; and by the office to who never comes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from pointsbank.earning import approve_record
from pointsbank.foundation import Act, Answer, new_key, operation
from pointsbank.people import (
    NEWS_KINDS,
    NewsLine,
    block_card,
    find_volunteer,
    list_untold,
    register_family,
    tell,
)
from pointsbank.web.api import cards, news
from pointsbank.web.i18n import LANGUAGES
from pointsbank.web.news_words import both_languages, news_sentence
from tests.counter import Buyer, Counter, tapped
from tests.web.conftest import KioskClient, pair_kiosk, problem
from tests.web.page_visitor import Visitor
from tests.web.test_api_contract import holds

CHINESE = re.compile("[\u4e00-\u9fff]")


@operation("tests.tell_many")
def tell_many(act: Act, *, holder: str, codes: list[str], count: int) -> Answer:
    """One thing of each of these kinds, so many times."""
    for place in range(count):
        for code in codes:
            about = f"{code}:{place}"
            tell(act, code, holder, about=about, day="2026-11-18", points=10)
    return {}


def holder_of(counter: Counter, buyer: Buyer) -> str:
    found = counter.bank.database.read(lambda session: find_volunteer(session, buyer.number))
    assert found is not None
    return found.holder


def say(counter: Counter, buyer: Buyer, *codes: str, count: int = 1) -> str:
    """Have a buyer told these kinds of things; whose they are."""
    holder = holder_of(counter, buyer)
    codes = codes or ("earning.points_arrived",)
    counter.make.do(tell_many, holder=holder, codes=list(codes), count=count)
    return holder


def read(kiosk: KioskClient, buyer: Buyer) -> dict[str, list[dict[str, object]]]:
    answer = kiosk.post("/cards/read", {"code": buyer.card})
    return holds(cards.CardAnswer, answer)


# --------------------------------------------------------------------------------------- sentences


@pytest.mark.parametrize("kind", NEWS_KINDS, ids=lambda kind: kind.code)
def test_every_kind_has_its_sentences_in_both_languages(kind: object) -> None:
    code, tone = kind.code, kind.tone  # type: ignore[attr-defined]
    for count in (1, 3):
        facts: dict[str, int | str] = {"day": "2026-11-18", "points": 20}
        facts |= {"stars": "2", "certificate": "2026-000012", "case": "C000012-5"}
        line = NewsLine(code, tone, count, facts, "", (1,))
        for quiet in (False, True):
            said = both_languages(line, quiet=quiet)
            for language, text in zip(LANGUAGES, said.values(), strict=True):
                assert code not in text, language
                assert "{" not in text, language
                assert bool(CHINESE.search(text)) == (language == "zh-CN"), text
                assert not quiet or not re.search(r"\d", text), text


def test_a_sentence_says_the_day_and_the_points_as_people_do() -> None:
    facts: dict[str, int | str] = {"day": "2026-11-18", "points": 20}
    one = NewsLine("earning.points_arrived", "in", 1, facts, "", (1,))
    assert news_sentence(one, language="zh-CN") == "11月18日的服务认定了，20 分到账。"
    assert news_sentence(one, language="en") == (
        "Your service of 18 Nov was approved: 20 points arrived."
    )


# --------------------------------------------------------------------------------------- the kiosk


def test_what_came_for_somebody_is_told_at_the_next_scan_and_only_there(
    app: Flask, kiosk_client: KioskClient, counter: Counter
) -> None:
    buyer = counter.buyer()
    found = counter.bank.database.read(lambda session: find_volunteer(session, buyer.number))
    assert found is not None
    worker, witness = counter.make.staff("worker"), counter.make.staff("witness")
    record = counter.make.record(found, 120, by=worker)
    counter.make.do(approve_record, by=witness.caller, record=record)
    [line] = read(kiosk_client, buyer)["news"]
    assert line["text"] == {
        "zh": "11月18日的服务认定了，20 分到账。",
        "en": "Your service of 18 Nov was approved: 20 points arrived.",
    }
    assert line["tone"] == "in"
    # Reading alone tells nothing: the mark comes when the line has stood on the screen.
    assert len(read(kiosk_client, buyer)["news"]) == 1
    told = kiosk_client.post("/news/told", {"card": buyer.card, "news": [line["id"]]})
    assert holds(news.Marked, told) == {"told": 1}
    assert read(pair_kiosk(app, counter), buyer)["news"] == []


def test_forty_hours_approved_at_once_are_one_line(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    buyer = counter.buyer()
    say(counter, buyer, count=40)
    [line] = read(kiosk_client, buyer)["news"]
    assert line["text"] == {
        "zh": "40 次服务认定了，一共 400 分到账。",
        "en": "40 services were approved: 400 points arrived.",
    }
    told = kiosk_client.post("/news/told", {"card": buyer.card, "news": [line["id"]]})
    assert told.get_json() == {"told": 40}


def test_at_most_five_lines_come_and_how_many_wait_behind_them(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    buyer = counter.buyer()
    say(counter, buyer, *(kind.code for kind in NEWS_KINDS))
    answer = read(kiosk_client, buyer)
    assert (len(answer["news"]), answer["news_more"]) == (5, len(NEWS_KINDS) - 5)
    assert [line["tone"] for line in answer["news"]][:2] == ["stop", "stop"]
    ids = [line["id"] for line in answer["news"]]
    assert kiosk_client.post("/news/told", {"card": buyer.card, "news": ids}).status_code == 200
    assert [one["id"] for one in read(kiosk_client, buyer)["news"]] != ids


def test_who_hides_the_balance_is_told_without_figures(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    made = counter.make.volunteer(hide_balance=True)
    card = counter.make.card(made)
    buyer = Buyer(made.number, card.code, made.wallet, card.short_number)
    say(counter, buyer, count=2)
    [line] = read(kiosk_client, buyer)["news"]
    assert line["text"] == {"zh": "有新的积分到账。", "en": "New points have arrived."}


def test_nobody_marks_anothers_news_and_a_blocked_card_marks_none(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    buyer, other = counter.buyer(), counter.buyer()
    holder = say(counter, buyer)
    [line] = read(kiosk_client, buyer)["news"]
    strange = kiosk_client.post("/news/told", {"card": other.card, "news": [line["id"]]})
    assert strange.get_json() == {"told": 0}
    counter.make.do(block_card, short_number=buyer.short_number)
    refused = problem(kiosk_client.post("/news/told", {"card": buyer.card, "news": [line["id"]]}))
    assert (refused["status"], refused["code"]) == (409, "people.card_blocked")
    untold = counter.bank.database.read(lambda session: list_untold(session, holder))
    assert len(untold) == 1


def test_telling_twice_under_one_key_is_telling_once(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    buyer, key = counter.buyer(), new_key()
    say(counter, buyer)
    [line] = read(kiosk_client, buyer)["news"]
    body = {"card": buyer.card, "news": [line["id"]]}
    answers = [kiosk_client.post("/news/told", body, key).get_json() for _ in range(2)]
    assert answers == [{"told": 1}, {"told": 1}]
    assert kiosk_client.post("/news/told", body).get_json() == {"told": 0}


def test_news_cost_a_purchase_nothing(kiosk_client: KioskClient, counter: Counter) -> None:
    counter.goods("SOAP", 30, shelf=9)
    plain, told = counter.buyer(points=100), counter.buyer(points=100)
    say(counter, told, count=30)

    def statements(buyer: Buyer) -> int:
        ran = []
        inner = counter.bank.database.write

        def counted(work: object) -> object:
            def run(session: object) -> object:
                done = work(session)  # type: ignore[operator]
                ran.append(session.runs)  # type: ignore[attr-defined]
                return done

            return inner(run)  # type: ignore[arg-type]

        body = kiosk_client.basket(buyer.card, tapped("SOAP"))
        counter.bank.database.write = counted  # type: ignore[method-assign,assignment]
        try:
            assert kiosk_client.post("/redemptions", body).status_code == 201
        finally:
            counter.bank.database.write = inner  # type: ignore[method-assign]
        return sum(ran)

    assert statements(plain) == statements(told) <= 11


# -------------------------------------------------------------------------------------- the office


def a_fortnight_later(app: Flask, counter: Counter, role: str = "worker") -> Visitor:
    """Nobody came by in the meantime; somebody of the staff comes to work."""
    later = counter.bank.clock.moment() + timedelta(days=15)
    counter.bank.clock.set_now(lambda: later)
    return Visitor(app, counter.bank, counter.make.staff(role))


def test_today_says_that_somebody_waits_and_the_worker_calls_them(
    app: Flask, counter: Counter
) -> None:
    made = counter.make.volunteer(name="欧阳娜娜", phone="19900001234")
    card = counter.make.card(made)
    buyer = Buyer(made.number, card.code, made.wallet, card.short_number)
    say(counter, buyer, count=3)
    early = Visitor(app, counter.bank, counter.make.staff("worker"))
    assert "位有消息还不知道" not in early.read("/office/")
    worker = a_fortnight_later(app, counter)
    assert "1 位有消息还不知道" in worker.read("/office/")
    text = worker.read("/office/tell")
    assert "3 次服务认定了，一共 30 分到账。" in text
    assert "199****1234" in text
    assert "19900001234" not in text
    shown = worker.send("/office/tell", f"/office/tell/{made.number}/phone")
    assert "19900001234" in shown.text
    assert "19900001234" not in worker.read("/office/tell")
    news_field = re.search(r'name="news" value="([\d ]+)"', worker.get("/office/tell").text)
    assert news_field is not None
    address = f"/office/tell/{made.number}"
    assert worker.send("/office/tell", address, news=news_field[1], how="phone").status_code == 302
    assert "没有人在等消息" in worker.read("/office/tell")
    assert "位有消息还不知道" not in worker.read("/office/")


def test_whoever_comes_to_the_desk_is_told_from_the_own_file(app: Flask, counter: Counter) -> None:
    buyer = counter.buyer()
    say(counter, buyer, count=3)
    worker = Visitor(app, counter.bank, counter.make.staff("worker"))
    page = f"/office/volunteers/{buyer.number}"
    shown = worker.get(page).text
    assert "3 次服务认定了，一共 30 分到账。" in shown
    field = re.search(r'name="news" value="([\d ]+)"', shown)
    assert field is not None
    # A witness reads it and marks nothing.
    witness = Visitor(app, counter.bank, counter.make.staff("witness"))
    assert "还没告诉本人" in witness.read(page)
    assert "当面说了" not in witness.read(page)
    told = {"news": field[1], "how": "desk", "beside": "yes"}
    done = worker.send(page, f"/office/tell/{buyer.number}", **told)
    assert (done.status_code, done.headers["Location"]) == (302, page)
    assert "还没告诉本人" not in worker.read(page)


def test_a_witness_sees_the_list_and_neither_telephones_nor_buttons(
    app: Flask, counter: Counter
) -> None:
    made = counter.make.volunteer(phone="19900001234")
    counter.make.do(tell_many, holder=made.holder, codes=["earning.points_arrived"], count=1)
    witness = a_fortnight_later(app, counter, "witness")
    assert "199****1234" in witness.read("/office/tell")
    form = witness.hidden("/office/books")
    for address in (f"/office/tell/{made.number}", f"/office/tell/{made.number}/phone"):
        assert witness.press(address, form, news="1", how="phone").status_code == 403


def test_a_family_is_told_in_person(app: Flask, counter: Counter) -> None:
    counter.make.do(register_family)
    counter.make.do(tell_many, holder="family:1", codes=["charity.points_received"], count=1)
    worker = a_fortnight_later(app, counter)
    assert "没有电话，见面说" in worker.read("/office/tell")
    done = worker.send("/office/tell", "/office/tell/F0001", news="1", how="desk")
    assert done.status_code == 302
    assert "没有人在等消息" in worker.read("/office/tell")
