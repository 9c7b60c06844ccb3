"""A community's first books by commands alone; other people's tools agree with them."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pointsbank.cli.bank import make_home
from pointsbank.earning import approve_records, list_records, list_rulebooks
from pointsbank.foundation import SHOP_ZONE, Bank, Caller, Paging, new_key, open_bank
from pointsbank.inventory import shelve
from pointsbank.ledger import trial_balance
from pointsbank.people import (
    SHOP_CODE,
    EnrolmentUnknown,
    add_staff,
    enrol,
    hash_password,
    list_staff,
    open_pairing,
    pair_device,
    read_readiness,
)
from pointsbank.people.card_faces import list_card_faces
from pointsbank.redemption import check_out, quote
from tests import commands

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "data"
PASSWORD = "correct horse battery staple"
REDEMPTIONS = 100
CODE = re.compile(r"One-time code: ([0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4})")
NAMES = (
    *("王㛃", "梁𬍛", "张䶮", "阿不都热依木·买买提", "欧阳娜娜", "张伟", "张伟", "林小荷", "周全"),
    *("吴桂香", "郑月", "冯立", "陈晨", "褚良", "卫东升", "蒋文", "沈默", "韩梅", "杨柳", "朱红"),
)
BY = ("--by", "limin", "--password-file", "-")
OFFICE = Caller(actor="staff:1", client="staff:1")
AUDITORS = {
    "beancount": [str(Path(sys.executable).with_name("bean-check"))],
    "hledger": ["hledger", "check", "--strict", "-f"],
}


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real bank that `init` has made."""
    folder = tmp_path_factory.mktemp("founded") / "bank"
    done = run(
        folder,
        "init",
        *("--community", "晨光社区", "--shop", "晨光社区积分超市", "--admin", "limin"),
        *("--admin-name", "李敏", "--password-file", "-"),
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def home(founded: Path, tmp_path: Path) -> Path:
    """The same for one test."""
    return Path(shutil.copytree(founded, tmp_path / "bank"))


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One command, as a person types it; the password comes on standard input."""
    return commands.run("--home", str(home), *words, typed=f"{PASSWORD}\n")


def take(home: Path, what: str, file: Path) -> subprocess.CompletedProcess[str]:
    """Import a list, the good rows of it."""
    words = ("import", what, str(file), "--take-good", "--by", "limin", "--password-file", "-")
    return run(home, *words)


def write_lists(folder: Path) -> dict[str, Path]:
    """Three lists as people have them: GB18030, UTF-8 with BOM, plain; a bad row in each."""
    people = ["序号,志愿者姓名,志愿者编号,性别,手机"]
    hours = ["序号,志愿者姓名,志愿者编号,项目名称,开始时间,结束时间,录入时长,录入方式,录入日期"]
    for place, name in enumerate(NAMES, start=1):
        number = f"99010000{place:08d}"
        people.append(f"{place},{name},{number},女,")
        for week in range(5):
            day = f"2026-0{3 + week}-1{place % 10}"
            hours.append(
                f"{len(hours)},{name},{number},便民服务日,{day} 09:00:00,{day} 11:00:00,"
                f"2.00 小时,签到,{day}"
            )
    people.append("99,无名氏,,女,12345")
    hours.append("999,查无此人,9999999999,便民服务日,2026-03-01 09:00,2026-03-01 10:00,-1,签到,-")
    goods = [
        "商品编码,条码,品名,规格,积分,捐赠方,入库数量",
        "SHUI,6921168509256,饮用天然水,550ml,12,琴台社区食堂,120",
        "HUAI,6903148079590,坏条码,1个,10,琴台社区食堂,1",
    ]
    files = {
        "volunteers": (people, "gb18030"),
        "hours": (hours, "utf-8-sig"),
        "goods": (goods, "utf-8"),
    }
    for what, (lines, encoding) in files.items():
        (folder / f"{what}.csv").write_bytes("\r\n".join(lines).encode(encoding))
    return {what: folder / f"{what}.csv" for what in files}


def test_lists_go_in_points_come_out_and_the_books_stand_every_check(
    home: Path, tmp_path: Path
) -> None:
    for what, file in write_lists(tmp_path).items():
        done = take(home, what, file)
        assert (done.returncode, "有问题 bad 1" in done.stdout) == (3, True), done.stdout
        assert file.with_name(f"{what}.problems.csv").exists()
        assert "入账 booked 0 " in take(home, what, file).stdout
    bank = open_bank(home)
    try:
        records = approve_everything(bank)
        shelve(bank, by=OFFICE, key=new_key(), shop_id=1, sku="SHUI", quantity=REDEMPTIONS)
    finally:
        bank.close()
    assert records == len(NAMES) * 5
    printed = run(home, "cards", str(tmp_path / "cards.pdf"), *BY)
    assert (tmp_path / "cards.pdf").read_bytes().startswith(b"%PDF"), printed.stderr
    bank = open_bank(home)
    try:
        redeem(bank, "SHUI", REDEMPTIONS)
        points = {row.type: row.balance for row in trial_balance(bank) if row.commodity == "PTS"}
    finally:
        bank.close()
    assert points == {"issued": -2000, "redeemed": 1200, "wallet": 800}
    prove(home, tmp_path)


def approve_everything(bank: Bank) -> int:
    """A second person finds every record right; no command can be that person."""
    staff = list_staff(bank)
    if len(staff) == 1:
        add_staff(
            bank,
            by=OFFICE,
            key=new_key(),
            login="wangfang",
            name="王芳",
            password_hash=hash_password(PASSWORD + " two"),
            roles=["worker"],
        )
    second = Caller(actor="staff:2", client="staff:2")
    approved = 0
    while waiting := list_records(bank, status="pending", paging=Paging(per_page=200)).items:
        done = approve_records(
            bank, by=second, key=new_key(), records=[row.number for row in waiting]
        )
        assert done.answer["passed_over"] == []
        approved += len(done.answer["approved"])
    return approved


def redeem(bank: Bank, sku: str, count: int) -> None:
    """So many single pieces, each by the next person who can afford it."""
    code, _ = open_pairing(bank, by=OFFICE, key=new_key(), shop=SHOP_CODE, name="门口自助机")
    token = os.urandom(32)
    made = pair_device(bank, code=code, token_hash=token, key=new_key())
    name = f"device:{made.answer['device']}"
    kiosk = Caller(actor=name, client=name, device=name)
    faces = list_card_faces(bank, card_key=bank.keys.card)
    bought = 0
    # The shop is open at ten, whatever the time is where this test runs.
    morning = datetime.now(SHOP_ZONE).replace(hour=10) + timedelta(days=1)
    bank.clock.set_now(lambda: morning)
    for face in itertools.islice(itertools.cycle(faces), 4 * count):
        offer = quote(
            bank,
            by=kiosk,
            kind="goods",
            shop_id=1,
            device_number=1,
            card=face.code,
            request={"lines": [{"sku": sku, "quantity": 1, "scanned": True}]},
        )
        if offer.refusals:
            continue
        check_out(
            bank,
            by=kiosk,
            key=new_key(),
            kind="goods",
            card=face.code,
            quote=offer.quote,
            total_points=offer.total_points,
        )
        bought += 1
        if bought == count:
            return
    raise AssertionError(f"only {bought} could be bought: {offer.refusals}")


def prove(home: Path, folder: Path) -> None:
    """Our check and two tools of other people find nothing; one point moved by hand is found."""
    check = run(home, "check")
    assert (check.returncode, "0 处不符" in check.stdout) == (0, True), check.stdout
    for form, command in AUDITORS.items():
        book = folder / f"books.{form}"
        assert run(home, "export", "--format", form, "-o", str(book)).returncode == 0
        judged = subprocess.run(
            [*command, str(book)],
            capture_output=True,
            text=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            check=False,
        )
        assert judged.returncode == 0, judged.stdout + judged.stderr
    with sqlite3.connect(home / "bank.sqlite") as behind:
        behind.execute(
            "UPDATE account SET balance = balance + 1 WHERE id = "
            "(SELECT min(id) FROM account WHERE type = 'wallet')"
        )
    found = run(home, "check")
    assert found.returncode == 3
    assert "J0" in found.stdout


def test_a_command_says_by_whom_and_refuses_in_both_languages(home: Path, tmp_path: Path) -> None:
    file = write_lists(tmp_path)["goods"]
    nobody = run(home, "import", "goods", str(file), "--by", "nobody", "--password-file", "-")
    assert nobody.returncode == 1
    assert "people.login_wrong" in nobody.stderr
    assert run(home, "import", "goods", str(file)).returncode == 2
    again = run(
        home,
        "init",
        *("--community", "甲", "--shop", "乙", "--admin", "abc", "--admin-name", "丙"),
        *("--password-file", "-"),
    )
    assert (again.returncode, "people.already_founded" in again.stderr) == (1, True)


def test_cards_for_nobody_are_refused_and_no_file_is_written(home: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "cards.pdf"
    for words in (["cards", str(sheet), "--number", "nonsense", *BY], ["cards", str(sheet), *BY]):
        refused = run(home, *words)
        assert (refused.returncode, sheet.exists()) == (1, False), refused.stderr
    assert "没有可印的卡" in refused.stderr


def test_a_demonstration_for_other_machines_names_the_word_that_lets_them_in(
    tmp_path: Path,
) -> None:
    refused = commands.run("demo", "--host", "0.0.0.0", "--folder", str(tmp_path / "demo"))
    assert "--insecure" in refused.stderr
    assert not (tmp_path / "demo").exists()


def test_init_asks_who_is_first_and_prints_a_code_for_the_browser(tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    made = subprocess.run(
        [sys.executable, "-m", "pointsbank", "--home", str(folder), "init"],
        input="wangfang\n王芳\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        timeout=120,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    first = CODE.search(made.stdout)
    assert first is not None, made.stdout
    bank = open_bank(folder)
    try:
        assert list_rulebooks(bank)[0].hourly == 10
        assert read_readiness(bank).settled == frozenset()
    finally:
        bank.close()
    renewed = run(folder, "staff", "first-code")
    second = CODE.search(renewed.stdout)
    assert second is not None, renewed.stderr
    bank = open_bank(folder)
    try:
        with pytest.raises(EnrolmentUnknown):
            enrol(bank, code=first[1], password=PASSWORD, key=new_key())
        enrol(bank, code=second[1], password=PASSWORD, key=new_key())
    finally:
        bank.close()
    late = run(folder, "staff", "first-code")
    assert (late.returncode, "people.first_person_came" in late.stderr) == (1, True)


def test_what_writes_waits_until_the_server_has_stopped(home: Path, tmp_path: Path) -> None:
    holding = open_bank(home)
    try:
        refused = take(home, "goods", write_lists(tmp_path)["goods"])
        assert refused.returncode == 1
        assert "foundation.bank_in_use" in refused.stderr
        assert run(home, "check").returncode == 0
    finally:
        holding.close()


def test_an_admin_enters_a_second_person_and_shuts_one_out(home: Path, tmp_path: Path) -> None:
    secret = tmp_path / "new-password"
    secret.write_text("another long and private word\n")
    words = ("staff", "add", "wangfang", "--name", "王芳", "--new-password-file", str(secret))
    added = run(home, *words, *BY)
    assert added.returncode == 0, added.stderr
    assert "wangfang · 王芳 · worker" in run(home, "staff", "list").stdout
    lists = write_lists(tmp_path)
    theirs = ("--by", "wangfang", "--password-file", str(secret))
    assert run(home, "import", "volunteers", str(lists["volunteers"]), *theirs).returncode == 3
    not_hers = run(home, "staff", "disable", "limin", *theirs)
    assert (not_hers.returncode, "people.role_missing" in not_hers.stderr) == (1, True)
    assert run(home, "staff", "disable", "wangfang", *BY).returncode == 0
    shut = run(home, "import", "goods", str(lists["goods"]), *theirs)
    assert (shut.returncode, "people.login_wrong" in shut.stderr) == (1, True)


def test_what_was_broken_off_is_no_bank_yet_and_a_weak_password_leaves_nothing(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "bare"
    words = ("init", "--admin", "limin", "--admin-name", "李敏", "--password-file", "-")
    weak = commands.run("--home", str(folder), *words, typed="short\n")
    assert (weak.returncode, "people.password_length" in weak.stderr) == (1, True)
    assert not folder.exists()
    make_home(folder).close()
    for command in ("check", "serve"):
        refused = run(folder, command)
        assert (refused.returncode, "foundation.no_bank" in refused.stderr) == (1, True)
    assert run(folder, *words).returncode == 0
    assert run(folder, "check").returncode == 0
