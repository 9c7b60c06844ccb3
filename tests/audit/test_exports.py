"""The books in an auditor's own tools: they add up to ours, and one moved point is refused."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text, update

from pointsbank.audit import EXPORTS, export_books, run_checks
from pointsbank.audit.exports import books, names
from pointsbank.foundation import (
    SHOP_ZONE,
    Act,
    Answer,
    Bank,
    Clock,
    Session,
    Unavailable,
    operation,
)
from pointsbank.ledger import (
    ACCOUNT_TYPES,
    Account,
    AccountRef,
    Transfer,
    declare_kind,
    issue_points,
    open_account,
    open_commodity,
    post_entry,
    reverse_entry,
    take_back_issue,
    trial_balance,
)
from tests.make import Make, line

KIND = declare_kind(
    "tests.exports",
    [
        ("issued", "wallet"),
        ("issued", "owed"),
        ("wallet", "owed"),
        ("wallet", "redeemed"),
        ("supply", "store_room"),
        ("store_room", "shelf"),
        ("shelf", "given_out"),
    ],
)
FRIDAY = datetime(2026, 11, 20, 10, 26, tzinfo=SHOP_ZONE)
NASTY_MEMOS = (
    '=HYPERLINK("http://x") 引号 " 反斜 \\',
    "两行\n2026-01-01 * 假凭证\r\n    Assets:Fake  1 PTS",
    "a ; b  ; date: x, [2026-01-02] | c",
    "(假号) ! * tag:: 1+1 #tag ^link",
    "",
    "\x1b[31m\x00 \u2028 退兑 \u202e 倒",
    "\\",
)
NASTY_CODES = (
    "TRUE",
    "NULL",
    "洗衣液",
    "soap 2kg",
    "10-1",
    "MAR1",
    "=1+1",
    'A"B;C',
    "X-A-X",
    "É",
    "",
)


@operation("tests.exports_post")
def post(act: Act, *, lines: list[Any], memo: str) -> Answer:
    """Post moves under a memo of one's own."""
    transfers = [Transfer(AccountRef(*s), AccountRef(*t), amount) for s, t, amount in lines]
    posted = post_entry(act, KIND, transfers, memo=memo, document=f"test:{act.receipt_id}")
    return {"id": posted.id, "entry": posted.number}


@operation("tests.exports_issue")
def issue(act: Act, *, accounts: list[Any], amount: int) -> Answer:
    """Issue points for a service."""
    issued, wallet, owed = (AccountRef(*account) for account in accounts)
    posted = issue_points(
        act,
        KIND,
        issued=issued,
        wallet=wallet,
        owed=owed,
        amount=amount,
        memo=f"{amount // 10}.0 小时 × 10 = {amount}",
        document=f"test:{act.receipt_id}",
        rule="earning_rule:1",
        expires_on="2028-12-31",
    )
    return {"id": posted.id}


@operation("tests.exports_take_back")
def take_back(act: Act, *, entry_id: int, owed: list[Any]) -> Answer:
    """Take an issue back, however much of it has been spent."""
    taken = take_back_issue(
        act, KIND, entry_id, owed=AccountRef(*owed), memo="记录作废", document="test:void"
    )
    return {"id": taken.id}


@operation("tests.exports_undo")
def undo(act: Act, *, entry_id: int) -> Answer:
    """Reverse an entry."""
    return {"id": reverse_entry(act, KIND, entry_id, memo="退兑").id}


@operation("tests.exports_fund")
def give_money(act: Act, *, fen: int) -> Answer:
    """Book renminbi, which people write with two decimals."""
    money = open_commodity(act.session, "CNY", "currency", 2)
    supply = open_account(act.session, "supply", money, "donor:4", now=act.now)
    room = open_account(act.session, "store_room", money, "shop:1", now=act.now)
    return {"id": post_entry(act, KIND, [Transfer(supply, room, fen)], memo="捐款").id}


def plain(account: AccountRef) -> list[Any]:
    return [account.id, account.type, account.commodity_id]


@pytest.fixture
def world(make: Make, clock: Clock) -> Bank:
    """Issued, delivered, shelved, taken and undone; one issue taken back, so that 60 are owed."""
    issued, redeemed = (
        make.account("issued", holder="bank"),
        make.account("redeemed", holder="bank"),
    )
    wallet, owed = (make.account(kind, holder="volunteer:12") for kind in ("wallet", "owed"))
    make.account("wallet", holder="family:3")
    first = make.do(issue, accounts=[plain(issued), plain(wallet), plain(owed)], amount=100)
    for code, pieces in (("XIYIYE", 24), ("2000000000015", 12)):
        room = make.account("store_room", code, "shop:1")
        shelf = make.account("shelf", code, "shop:1")
        supply = make.account("supply", code, "donor:4")
        make.do(post, lines=[line(supply, room, pieces)], memo="到货")
        make.do(post, lines=[line(room, shelf, 10)], memo="上架")
    given_out = make.account("given_out", "2000000000015", "shop:1")
    basket = [line(wallet, redeemed, 30), line(shelf, given_out, 2)]
    taken = make.do(post, lines=basket, memo="兑换 R000001")
    clock.set_now(lambda: FRIDAY + timedelta(days=1))
    make.do(undo, entry_id=taken.answer["id"])
    make.do(
        post, lines=[line(wallet, redeemed, 60), line(shelf, given_out, 4)], memo="兑换 R000002"
    )
    make.do(take_back, entry_id=first.answer["id"], owed=plain(owed))
    return make.bank


def exported(bank: Bank, code: str) -> bytes:
    out = BytesIO()
    export_books(bank, code, out)
    return out.getvalue()


def as_file(content: bytes, path: Path) -> Path:
    path.write_bytes(content)
    return path


def run_tool(command: list[str]) -> subprocess.CompletedProcess[str]:
    # hledger stumbles over Chinese in a locale that is not UTF-8.
    env = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        command, capture_output=True, text=True, env=env, timeout=120, check=False
    )


def hledger(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    tool = shutil.which("hledger")
    assert tool, "hledger is missing: apt-get install hledger"
    return run_tool([tool, "-f", str(path), *words])


def bean_check(content: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("bean-check")
    assert tool.exists(), "bean-check is missing: pip install -r requirements/test.txt"
    return run_tool([str(tool), "--no-cache", str(as_file(content, folder / "books.beancount"))])


def hledger_check(content: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    return hledger(as_file(content, folder / "books.journal"), "check", "--strict")


TOOLS = {"beancount": bean_check, "hledger": hledger_check}
every_tool = pytest.mark.parametrize("code", TOOLS)
Balances = dict[tuple[str, str], Decimal]


def assert_accepted(bank: Bank, code: str, folder: Path) -> None:
    told = TOOLS[code](exported(bank, code), folder)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def beancount_balances(content: bytes) -> Balances:
    """Account and commodity to balance, as beancount's own loader adds them up."""
    entries, errors, _ = loader.load_string(content.decode())
    assert not errors
    found: Balances = Counter()  # type: ignore[assignment]  # a Counter adds Decimals as well
    for entry in entries:
        for posting in entry.postings if isinstance(entry, data.Transaction) else ():
            units: Any = posting.units
            found[posting.account, units.currency] += units.number
    return {key: amount for key, amount in found.items() if amount}


def hledger_balances(content: bytes, folder: Path) -> Balances:
    path = as_file(content, folder / "books.journal")
    told = hledger(path, "balance", "--flat", "--layout=tidy", "-O", "csv")
    rows = csv.DictReader(StringIO(told.stdout))
    return {
        (row["account"], row["commodity"]): Decimal(row["value"])
        for row in rows
        if row["account"] != "total" and Decimal(row["value"])
    }


def trial_balance_of(balances: Balances) -> Balances:
    """An auditor's balances, added up by account type and code, back in the holders' view."""
    types = {kind.heading: code for code, kind in ACCOUNT_TYPES.items()}
    found: Balances = Counter()  # type: ignore[assignment]  # a Counter adds Decimals as well
    for (account, symbol), amount in balances.items():
        sign = -1 if symbol in {"PTS", "TCM"} else 1
        heading = account.rpartition(":")[0]
        found[types[heading], names.read_commodity_symbol(symbol)] += sign * amount
    return {key: amount for key, amount in found.items() if amount}


@every_tool
def test_the_tool_accepts_the_books(world: Bank, code: str, tmp_path: Path) -> None:
    assert_accepted(world, code, tmp_path)


@every_tool
def test_the_tool_accepts_books_in_which_nothing_has_happened(
    bank: Bank, code: str, tmp_path: Path
) -> None:
    assert_accepted(bank, code, tmp_path)


@every_tool
def test_the_tool_adds_up_to_our_trial_balance_in_both_sign_conventions(
    world: Bank, code: str, tmp_path: Path
) -> None:
    content = exported(world, code)
    theirs = (
        beancount_balances(content) if code == "beancount" else hledger_balances(content, tmp_path)
    )
    assert trial_balance_of(theirs) == {
        (row.type, row.commodity): row.balance for row in trial_balance(world) if row.balance
    }
    soap = names.commodity_symbol("2000000000015")
    assert theirs == {
        # What somebody owes is an asset of the bank, what somebody holds would be a liability.
        ("Assets:Owed:V000012", "PTS"): 60,
        ("Equity:Redeemed:Bank", "PTS"): -60,
        ("Equity:Supply:D000004", "XIYIYE"): -24,
        ("Assets:StoreRoom:S000001", "XIYIYE"): 14,
        ("Assets:Shelf:S000001", "XIYIYE"): 10,
        ("Equity:Supply:D000004", soap): -12,
        ("Assets:StoreRoom:S000001", soap): 2,
        ("Assets:Shelf:S000001", soap): 6,
        ("Equity:GivenOut:S000001", soap): 4,
    }


def test_points_held_by_people_are_a_liability_and_a_delivery_is_a_plus_on_an_asset(
    world: Bank,
) -> None:
    shown = exported(world, "beancount").decode()
    assert "  Liabilities:Wallets:V000012  -100 PTS\n  Equity:Issued:Bank  100 PTS\n" in shown
    assert "  Assets:StoreRoom:S000001  24 XIYIYE\n  Equity:Supply:D000004  -24 XIYIYE\n" in shown


@every_tool
@pytest.mark.parametrize(("amount", "moved"), [("100 PTS", "99 PTS"), ("24 XIYIYE", "23 XIYIYE")])
def test_one_unit_moved_in_the_file_is_refused_although_it_still_balances(
    world: Bank, code: str, amount: str, moved: str, tmp_path: Path
) -> None:
    content = exported(world, code).decode()
    pair = re.search(rf"\n +\S+  {amount}\n +\S+  -{amount}\n", content) or re.search(
        rf"\n +\S+  -{amount}\n +\S+  {amount}\n", content
    )
    assert pair
    changed = content.replace(pair[0], pair[0].replace(amount, moved), 1)
    told = TOOLS[code](changed.encode(), tmp_path)
    assert told.returncode == 1
    assert "alance" in told.stderr


@every_tool
def test_points_taken_for_goods_are_refused_by_the_tool(
    world: Bank, code: str, tmp_path: Path
) -> None:
    changed = exported(world, code).replace(b"24 XIYIYE\n", b"24 PTS\n", 1)
    assert TOOLS[code](changed, tmp_path).returncode == 1


@every_tool
def test_a_kept_balance_changed_by_hand_makes_a_file_that_is_refused(
    world: Bank, code: str, tmp_path: Path
) -> None:
    one_more = update(Account).where(Account.type == "wallet").values(balance=Account.balance + 1)
    world.database.write(lambda session: session.run(one_more))
    assert TOOLS[code](exported(world, code), tmp_path).returncode == 1
    assert not run_checks(world.database.url, durable=False).is_right


def change_by_hand(bank: Bank, table: str, change: str) -> None:
    """Change a table that can only grow, past its trigger."""
    on_table = "" if bank.database.dialect == "sqlite" else f" ON {table}"

    def work(session: Session) -> None:
        session.run(text(f"DROP TRIGGER {table}_no_update{on_table}"))
        session.run(text(f"UPDATE {table} SET {change}"))

    bank.database.write(work)


@every_tool
def test_one_point_moved_in_the_database_is_found_by_the_check_and_by_the_tool(
    world: Bank, code: str, tmp_path: Path
) -> None:
    assert run_checks(world.database.url, durable=False).is_right
    change_by_hand(world, "move", "amount = amount - 1 WHERE entry_id = 1")
    report = run_checks(world.database.url, durable=False)
    assert "J000001-3" in {finding.entry for finding in report.findings}
    assert TOOLS[code](exported(world, code), tmp_path).returncode == 1


@every_tool
def test_no_memo_and_no_code_can_break_the_file(make: Make, code: str, tmp_path: Path) -> None:
    issued, wallet = make.account("issued", holder="bank"), make.account("wallet", holder="a b\n")
    for memo in NASTY_MEMOS:
        # PostgreSQL keeps no NUL.
        kept = memo if make.bank.database.dialect == "sqlite" else memo.replace("\x00", "")
        make.do(post, lines=[line(issued, wallet, 5)], memo=kept)
    for commodity in NASTY_CODES:
        room, supply = make.account("store_room", commodity), make.account("supply", commodity)
        make.do(post, lines=[line(supply, room, 3)], memo="到货")
    make.do(give_money, fen=2850)
    assert_accepted(make.bank, code, tmp_path)
    if code == "beancount":
        theirs = beancount_balances(exported(make.bank, code))
    else:
        theirs = hledger_balances(exported(make.bank, code), tmp_path)
    found = trial_balance_of(theirs)
    assert found["store_room", "CNY"] == Decimal("28.50")
    assert found["wallet", "PTS"] == 5 * len(NASTY_MEMOS)
    assert [found["store_room", commodity] for commodity in NASTY_CODES] == [3] * len(NASTY_CODES)


@every_tool
def test_an_entry_without_moves_is_shown_and_not_left_out(
    world: Bank, code: str, tmp_path: Path
) -> None:
    bare = (
        "INSERT INTO journal_entry (receipt_id, kind, occurred_on, posted_at, memo) "
        "VALUES (1, 'tests.any', '2026-11-21', '2026-11-21T02:26:00.000000Z', '空凭证')"
    )
    world.database.write(lambda session: session.run(text(bare)))
    assert "空凭证" in exported(world, code).decode()
    assert "空凭证" in exported(world, "csv").decode()
    assert_accepted(world, code, tmp_path)


@pytest.mark.parametrize("code", EXPORTS)
def test_the_file_is_the_same_however_few_entries_are_read_at_once(
    world: Bank, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = exported(world, code)
    monkeypatch.setattr(books, "ENTRIES_AT_ONCE", 2)
    assert exported(world, code) == at_once


@pytest.mark.parametrize("code", EXPORTS)
def test_entries_stand_by_day_and_then_as_they_were_posted(world: Bank, code: str) -> None:
    change_by_hand(world, "journal_entry", "occurred_on = '2026-11-01' WHERE id = 3")
    tags = r"^J(\d+)-\d,\d" if code == "csv" else r'^ +(?:; )?id: "?J(\d+)-'
    numbers = re.findall(tags, exported(world, code).decode("utf-8-sig"), re.MULTILINE)
    assert [int(number) for number in dict.fromkeys(numbers)] == [3, 1, 2, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize("code", EXPORTS)
def test_a_database_that_goes_away_half_way_never_writes_the_books_twice(
    world: Bank, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_once = world.database.read

    def read_again(work: Callable[[Any], Any]) -> None:
        read_once(work)
        read_once(work)

    monkeypatch.setattr(world.database, "read", read_again)
    with pytest.raises(Unavailable):
        exported(world, code)


def test_the_table_is_for_spreadsheets_and_every_unit_balances(world: Bank) -> None:
    content = exported(world, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n")
    rows = list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 2 * 13
    sides: Counter[str] = Counter()
    for row in rows:
        assert bool(row["借方 debit"]) != bool(row["贷方 credit"])
        sides[row["计量单位 commodity"]] += int(row["借方 debit"] or 0) - int(
            row["贷方 credit"] or 0
        )
    assert sides == {"PTS": 0, "XIYIYE": 0, "'2000000000015": 0}
    wallet = [row for row in rows if row["科目 account"] == "Liabilities:Wallets:V000012"]
    assert [row["持有人余额 holder_balance"] for row in wallet] == ["100", "70", "100", "40", "0"]
    assert wallet[0]["到期日 expires_on"] == "2028-12-31"
    assert wallet[0]["摘要 memo"] == "10.0 小时 × 10 = 100"


def test_no_cell_of_the_table_can_become_a_formula_a_date_or_a_rounded_number(
    make: Make,
) -> None:
    issued, wallet = make.account("issued", holder="bank"), make.account("wallet")
    texts = ("=1+1", "+1", "@SUM(A1)", " =1", "＝1+1", "-2+3", "2026-01-02", "007", "1E5", "MAR1")
    for memo in texts:
        make.do(post, lines=[line(issued, wallet, 5)], memo=memo)
    content = exported(make.bank, "csv").decode("utf-8-sig")
    rows = csv.DictReader(StringIO(content, newline=""))
    shown = list(dict.fromkeys(row["摘要 memo"] for row in rows))
    assert shown == [f"'{memo.strip()}" for memo in texts]


@pytest.mark.parametrize("code", EXPORTS)
def test_no_export_says_who_anybody_is(world: Bank, code: str) -> None:
    shown = exported(world, code).decode()
    accounts = set(re.findall(r"\b(?:Assets|Liabilities|Equity):\S+?(?=[\s,])", shown))
    assert all(re.fullmatch(r"[A-Za-z]+:[A-Za-z]+:([VFSD]\d{6}|Bank)", one) for one in accounts)
    assert {one.rpartition(":")[2] for one in accounts} >= {"V000012", "D000004", "S000001", "Bank"}


@given(st.text(max_size=12))
def test_every_code_becomes_a_symbol_that_beancount_takes_and_that_reads_back(code: str) -> None:
    symbol = names.commodity_symbol(code)
    assert re.fullmatch(r"[A-Z][A-Z0-9._-]*[A-Z0-9]|[A-Z]", symbol)
    assert symbol not in {"TRUE", "FALSE", "NULL"}
    assert names.read_commodity_symbol(symbol) == code


@given(
    st.text(max_size=12)
    | st.from_regex(r"(volunteer|family|shop|donor|bank|Bank|V|X-)?:?0?[0-9]{0,8}", fullmatch=True)
)
def test_every_holder_becomes_an_account_that_beancount_takes_and_that_reads_back(
    holder: str,
) -> None:
    name = names.holder_name(holder)
    assert re.fullmatch(r"[A-Z][A-Za-z0-9-]*", name)
    assert names.read_holder_name(name) == holder
