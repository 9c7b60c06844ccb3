"""Consents (知情同意): who agreed to what text, when, and whether a guardian did it for them.

A text is never changed: another wording is another version. What was given or taken back stays for
good and names nobody, so that it outlives the person's own data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Receipt,
    Session,
    Text,
    insert_ignoring,
    public_id,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import clean_text
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people.errors import ConsentTextChanged

TEXT_MOST = 4000
FIRST_VERSION = 1
# The house's own words, version 1 of every bank until its people write others. They are the form of
# notice of 个人信息保护法 art. 17: who, what for, what, how long, and how to have it undone.
FIRST_TEXT = """\
社区为了登记志愿服务、发放和兑换积分，需要记下您的姓名；性别、电话、服务区域、称呼、出生年份是自愿填写的，不填也照样服务和兑换。
不记身份证号，不拍照片，不采集人脸和指纹。
这些信息只在社区办公室的这台机器和它的备份里，只有工作人员能看，每次看全名都有记录；不公布，不卖，不给别的单位，要给必须另外征得您同意。
公示和打印时姓名遮住一部分。
未满十四岁的，由监护人同意，并留监护人的姓名和电话。
您可以随时到办公室查看、改正、撤回同意或者注销。注销后姓名、电话等马上删除，积分账目只留编号和数字。
备份里的旧信息随备份到期一起删除。\
"""

# The same in English, for whoever reads no Chinese; what counts is the Chinese.
FIRST_TEXT_EN = """\
To record voluntary service, and to issue and redeem points, the community needs to keep your \
name. Sex, telephone, area, form of address and year of birth are given freely; without them you \
serve and redeem all the same.
No identity number is kept, no photograph, no face and no fingerprint.
All this is only on this machine in the community's office and in its backups. Only the staff can \
see it, and each look at a full name is recorded. It is not published, not sold and given to \
nobody else, unless you agree to that separately.
On notices and prints a part of the name is masked.
For children under fourteen a guardian agrees, whose name and telephone are kept.
At any time you can come to the office to look, to correct, to withdraw your consent or to be \
erased. When you are erased, name and telephone are deleted at once, and the books of points keep \
numbers alone.
What old backups hold is deleted when they expire.\
"""

By = Literal["self", "guardian"]
_by = one_of({"self": "self", "guardian": "guardian"})


class ConsentText(Base):
    """A wording that people are asked to agree to, from version 2 on; append-only."""

    __tablename__ = "consent_text"
    __table_args__ = strict_table(CheckConstraint("version > 1", name="version"))

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    version: Mapped[int] = mapped_column(Int, unique=True)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[str] = mapped_column(Text)
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"))
    text_en: Mapped[str | None] = mapped_column(Text)


class Consent(Base):
    """One giving or taking back of a consent; append-only. The last row of a volunteer counts.

    The receipt says which worker was there.
    """

    __tablename__ = "consent"
    __table_args__ = strict_table(
        CheckConstraint("act IN ('given', 'withdrawn')", name="act"),
        CheckConstraint("given_by IN ('self', 'guardian')", name="given_by"),
        CheckConstraint("version > 0", name="version"),
        Index(None, "volunteer_id", "id"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    act: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Int)
    given_by: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(Text)
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"))


class ConsentFields(TypedDict):
    """A consent as it was given: the version that was read, and who gave it."""

    version: int
    by: By


@dataclass(frozen=True)
class Wording:
    """A version of the text."""

    version: int
    text: str
    text_en: str | None


@dataclass(frozen=True)
class ConsentRow:
    """Where somebody's consent stands."""

    act: str
    version: int
    given_by: str
    at: str
    actor: str
    receipt: str

    @property
    def stands(self) -> bool:
        """Whether it was given and not taken back."""
        return self.act == "given"


_INSERT = statement(insert(Consent))
_LAST = statement(
    select(
        Consent.act,
        Consent.version,
        Consent.given_by,
        Consent.at,
        Consent.receipt_id,
        Receipt.actor,
    )
    .join(Receipt, Receipt.id == Consent.receipt_id)
    .where(Consent.volunteer_id == bindparam("of_volunteer"))
    .order_by(Consent.id.desc())
    .limit(1)
)
_NEWEST = statement(
    select(ConsentText.version, ConsentText.text, ConsentText.text_en, ConsentText.written_at)
    .order_by(ConsentText.version.desc())
    .limit(1)
)
_INSERT_TEXT = statement(insert_ignoring(ConsentText, "version").returning(ConsentText.id))


def current_wording(session: Session) -> Wording:
    """The text that people are asked to agree to today."""
    row = session.row(_NEWEST)
    if row is None:
        return Wording(FIRST_VERSION, FIRST_TEXT, FIRST_TEXT_EN)
    return Wording(row.version, row.text, row.text_en)


def wording_since(session: Session) -> str | None:
    """When the text of today was written; None for the first, which is as old as the bank."""
    row = session.row(_NEWEST)
    return None if row is None else str(row.written_at)


def write_wording(act: Act, text: str, *, after: int, text_en: str = "") -> int:
    """The next version of the text; who agreed to an older one is not asked to have agreed to it.

    Raises ConsentTextChanged when somebody wrote one after version `after`.
    """
    made = None
    if current_wording(act.session).version == after:
        made = act.session.value(
            _INSERT_TEXT,
            version=after + 1,
            text=_lines(text),
            text_en=_lines(text_en) or None,
            written_at=act.now,
            receipt_id=act.receipt_id,
        )
    if made is None:
        raise ConsentTextChanged(version=current_wording(act.session).version)
    return after + 1


def _lines(text: str) -> str:
    """Paragraphs, one a line."""
    cleaned = (clean_text(line, TEXT_MOST) for line in text.splitlines())
    return "\n".join(line for line in cleaned if line)


def give(act: Act, volunteer_id: int, told: ConsentFields) -> None:
    """Note a consent (同意). Raises ConsentTextChanged unless the newest text was read."""
    version = current_wording(act.session).version
    if told["version"] != version:
        raise ConsentTextChanged(version=version)
    _note(act, volunteer_id, "given", version, _by(told["by"]))


def withdraw(act: Act, volunteer_id: int) -> bool:
    """Note that a consent was taken back (撤回); False when none stood."""
    kept = find_consent(act.session, volunteer_id)
    if kept is None or not kept.stands:
        return False
    _note(act, volunteer_id, "withdrawn", kept.version, kept.given_by)
    return True


def _note(act: Act, volunteer_id: int, what: str, version: int, by: str) -> None:
    act.session.run(
        _INSERT,
        volunteer_id=volunteer_id,
        act=what,
        version=version,
        given_by=by,
        at=act.now,
        receipt_id=act.receipt_id,
    )


def find_consent(session: Session, volunteer_id: int) -> ConsentRow | None:
    """The last that somebody said, or None when nobody was ever asked."""
    row: Any = session.row(_LAST, of_volunteer=volunteer_id)
    if row is None:
        return None
    receipt = public_id("Q", row.receipt_id)
    return ConsentRow(row.act, row.version, row.given_by, row.at, row.actor, receipt)
