"""The envelope (信封): what lies in the safe, so that the bank outlives its computer.

Only the backup passphrase must be on paper: every other key is in the backup that it opens. The
recovery code lets somebody in when nobody can log in. Card key and signing key are for the day on
which there is no backup either: with them old cards and old seals still prove to be genuine.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from pointsbank.foundation import Bank, list_settings
from pointsbank.safekeeping.errors import RecoveryWrong
from pointsbank.safekeeping.packing import bank_id
from pointsbank.safekeeping.sealing import Sealer
from pointsbank.safekeeping.spelling import read_secret, spell_secret

GROUPS_IN_A_LINE = 4

FOR_BACKUP = ("备份口令", "Backup passphrase")
FOR_RECOVERY = ("恢复码", "Recovery code")
FOR_CARDS = ("卡密钥", "Card key")
FOR_SEALS = ("签名密钥", "Signing key")
FOR_AGE = ("age 私钥", "age secret key")

USES = {
    FOR_BACKUP: ("打开备份用。没有它，备份谁也打不开。", "Opens the backups. Nothing else does."),
    FOR_RECOVERY: (
        "谁都登录不了的时候用：pointsbank recover 用户名",
        "When nobody can log in: pointsbank recover LOGIN",
    ),
    FOR_CARDS: (
        "备份也没有了才用：凭它认得出旧卡是真的。",
        "Only if no backup is left: it tells genuine cards.",
    ),
    FOR_SEALS: (
        "备份也没有了才用：凭它接着盖同一个章。",
        "Only if no backup is left: it goes on with the same seal.",
    ),
    FOR_AGE: (
        "不用本系统也能打开备份：age --decrypt -i 这一行存成的文件 备份.age | tar xz",
        "Opens a backup without our program, by age and tar.",
    ),
}

STEPS = (
    (
        "找一台电脑，照说明装好公益银行的程序。旧硬盘先别扔。",
        "Take any computer and install the program. Keep the old disk.",
    ),
    (
        "插上备份U盘，里面的 pointsbank-backup 文件夹里，最新的 .age 文件就是备份。",
        "Plug in the stick: the newest .age file in pointsbank-backup is the backup.",
    ),
    (
        "运行 pointsbank --home 新文件夹 restore 那个文件",
        "Run: pointsbank --home NEW_FOLDER restore FILE",
    ),
    (
        "按提示输入备份口令（8 组数字，或用扫码枪扫旁边的二维码）。哪组输错了会告诉您。",
        "Type the backup passphrase, or scan its code. A wrong group is named.",
    ),
    (
        "看到“账是对的”，再运行 pointsbank --home 新文件夹 serve，用原来的用户名和密码登录。",
        "When it says the books are right, run serve and log in as before.",
    ),
    (
        "每台自助机重新配对（办公室 → 设备）。原来的积分卡照样能用。",
        "Pair each kiosk again (office → devices). The same cards work.",
    ),
    (
        "打开 办公室 → 备份 → 备份之后的小票：最后一次备份以后换出去的，按小票一张张补登。",
        "Office → backup → missing slips: settle what was redeemed after the last backup.",
    ),
)

CARE = (
    ("放进保险柜，两个人知道在哪里。不拍照，不存手机，不放在U盘旁边。"),
    "Keep it in the safe; two people know where. No photo, not beside the stick.",
)


@dataclass(frozen=True)
class Secret:
    """One secret as it stands on the paper. `scanned` is what its QR code says."""

    name: tuple[str, str]
    groups: list[str]
    scanned: str

    @property
    def lines(self) -> list[str]:
        """The groups, so many in a line."""
        if not self.groups:
            return [self.scanned]
        return [
            "  ".join(self.groups[start : start + GROUPS_IN_A_LINE])
            for start in range(0, len(self.groups), GROUPS_IN_A_LINE)
        ]


@dataclass(frozen=True)
class Envelope:
    """Everything that is printed; it is made anew from the keys and kept nowhere."""

    community: str
    bank: str
    printed_on: str
    demonstration: bool
    first: list[Secret]
    second: list[Secret]


def fill_envelope(bank: Bank) -> Envelope:
    """The envelope of an open bank. Have `record_envelope` booked before anybody sees it."""
    settings, keys = bank.database.read(list_settings), bank.keys
    return Envelope(
        community=settings.get("community_name", ""),
        bank=bank_id(keys),
        printed_on=bank.clock.today(),
        demonstration=settings.get("nature") == "demonstration",
        first=[_spelt(FOR_BACKUP, keys.backup), _spelt(FOR_RECOVERY, keys.recovery)],
        second=[
            _spelt(FOR_CARDS, keys.card),
            _spelt(FOR_SEALS, keys.signing),
            Secret(FOR_AGE, [], Sealer.of(keys.backup).identity),
        ],
    )


def envelope_text(envelope: Envelope) -> str:
    """The same as plain text, for a screen."""
    lines = [
        "信封 · 放进保险柜  The envelope, for the safe",
        f"{envelope.community} · 账册编号 bank {envelope.bank} · {envelope.printed_on}",
        CARE[0],
        CARE[1],
        "",
    ]
    for secret in (*envelope.first, *envelope.second):
        lines += [" ".join(secret.name), *(f"    {use}" for use in USES[secret.name])]
        lines += [f"        {line}" for line in secret.lines] + [""]
    lines.append("电脑坏了那天怎么办  The day the computer dies")
    for number, (chinese, english) in enumerate(STEPS, 1):
        lines += [f"{number}. {chinese}", f"   {english}"]
    return "\n".join(lines) + "\n"


def check_recovery(bank: Bank, typed: str) -> None:
    """Raise RecoveryWrong, or SecretUnreadable, unless this is the bank's recovery code."""
    given = read_secret(typed, len(bank.keys.recovery))
    if not hmac.compare_digest(given, bank.keys.recovery):
        raise RecoveryWrong()


def _spelt(name: tuple[str, str], secret: bytes) -> Secret:
    groups = spell_secret(secret)
    return Secret(name, groups, "".join(groups))
