"""Names of people (姓名): how they are read, hidden and spoken.

Everything counts code points, never bytes or UTF-16 units, so that 𬍛 is one character. The
separator of minority names is U+00B7 and 50 characters must fit, as the national rule on
collecting names (姓名采集应用规范) asks.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from pointsbank.foundation import InvalidInput

SEPARATOR = "·"
LENGTH_MOST = 50

_STARS_MOST = 2
_SPACES = re.compile("[\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_DOTS = "•‧・･．﹒∙⋅"
_DOT_BETWEEN = re.compile(rf"(?<=\w) *[{_DOTS}{SEPARATOR}]+ *(?=\w)")
# A plain full stop separates Chinese names only; "J. Smith" keeps his.
_STOP_BETWEEN = re.compile(r"(?<=[^\W\da-zA-Z]) *\. *(?=\w)|(?<=\w) *\. *(?=[^\W\da-zA-Z])")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
# Lists are padded by hand, 张　三 under 张小丽: such a gap is no part of the name.
_GAP_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")

# Full-width letters and digits, and the one character of names that systems on GBK kept in the
# private area because GBK has no place for it.
_READ_AS: dict[int, int | None] = {0xFF21 + i: 0x41 + i for i in range(26)}
_READ_AS |= {0xFF41 + i: 0x61 + i for i in range(26)}
_READ_AS |= {0xFF10 + i: 0x30 + i for i in range(10)}
_READ_AS |= {0xE863: 0x4DAE}
# Variation selectors choose between drawings of one character, they do not change the name.
_READ_AS |= dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)], None)
# Characters that count as letters or signs but leave no ink: fillers, a blank, a joiner.
_INKLESS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc\ufffd")

_COMPOUND_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 司空 夏侯 南宫 西门 东郭 "
    "百里 呼延 端木 独孤 拓跋 轩辕 赫连 澹台 淳于 单于 申屠 钟离 濮阳 太叔 仲孙 公冶 公羊 公西 "
    "万俟 闻人 闾丘 左丘 梁丘 谷梁 榖梁 乐正 漆雕 壤驷 宰父 巫马 亓官 司寇 子车 颛孙 段干 鲜于 "
    "羊舌 微生 宗政 贺兰 纳兰 完颜 叶赫 第五 歐陽 司馬 諸葛 東方 尉遲 公孫 長孫".split()
)

Unreadable = Literal["empty", "too_long", "character"]


class NameUnreadable(InvalidInput):
    """A name is empty, too long, or holds a character that nobody can see (姓名无法识别).

    Facts: `reason` and, as it applies, `limit` or `character` as U+XXXX; never the name.
    """

    code = "people.name_unreadable"


def normalise_name(text: str) -> str:
    """A name as the bank keeps it (规范姓名): one form, whatever list or keyboard it came from.

    Raises NameUnreadable.

    >>> normalise_name(" 阿不都热依木 • 买买提 ")
    '阿不都热依木·买买提'
    """
    name = unicodedata.normalize("NFC", text.strip().translate(_READ_AS))
    name = _SPACES.sub(" ", name)
    _refuse_unseen(name)
    name = _DOT_BETWEEN.sub(SEPARATOR, name)
    name = _STOP_BETWEEN.sub(SEPARATOR, name)
    name = _GAP_BETWEEN_HAN.sub("", name).strip(SEPARATOR + " ")
    if not any(unicodedata.category(letter)[0] in "LN" for letter in name):
        raise NameUnreadable(reason="empty")
    if len(name) > LENGTH_MOST:
        raise NameUnreadable(reason="too_long", limit=LENGTH_MOST)
    return name


def mask_name(name: str) -> str:
    """A name as others may see it (脱敏姓名): the first character of each part and stars.

    At most two stars a part, so that the length does not tell who it is.

    >>> mask_name("张䶮"), mask_name("欧阳娜娜"), mask_name("阿卜杜热合曼·买买提")
    ('张*', '欧**', '阿**·买**')
    """
    parts = re.split(rf"([{SEPARATOR} ]+)", name)
    return "".join(part if place % 2 else _masked(part) for place, part in enumerate(parts))


def surname_of(name: str) -> str:
    """The surname (姓), or of a name with a separator or in Latin letters its first part.

    >>> surname_of("欧阳娜娜"), surname_of("欧阳"), surname_of("买买提·艾力")
    ('欧阳', '欧', '买买提')
    """
    first = re.split(rf"[{SEPARATOR} ]", name)[0]
    if first != name or not re.match(rf"[{_HAN}]", name):
        return first
    return name[:2] if len(name) > 2 and name[:2] in _COMPOUND_SURNAMES else name[:1]


def form_of_address(name: str, title: str) -> str:
    """How the kiosk greets somebody (称呼), with the title chosen when the card was issued.

    >>> form_of_address("张小丽", "阿姨"), form_of_address("Anna Li", "老师")
    ('张阿姨', 'Anna老师')
    """
    return surname_of(name) + title.strip()


def _masked(part: str) -> str:
    if not part:
        return part
    return part[0] + "*" * max(1, min(len(part) - 1, _STARS_MOST))


def _refuse_unseen(name: str) -> None:
    """Control, direction, zero-width, private and ink-less characters hide one name in another."""
    for letter in name:
        # Cn is not refused: it also holds characters newer than this Python's tables.
        unseen = unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        if unseen or letter in _INKLESS:
            raise NameUnreadable(reason="character", character=f"U+{ord(letter):04X}")
