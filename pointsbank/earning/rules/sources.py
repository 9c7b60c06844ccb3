"""Which ways of recording earn (哪些录入方式给分): by default what was attended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words
from pointsbank.earning.rules.reading import Part

# 签到签退, 平台打卡, 组长点名, 补录, 荣誉时长.
SOURCES = ("sign_in", "app", "roll_call", "manual", "honorary")
# Recorded afterwards by hand: nothing but a person's word stands behind these.
BACK_FILLED = frozenset({"manual", "honorary"})
ATTENDED = tuple(source for source in SOURCES if source not in BACK_FILLED)
SOURCE_WORDS = {
    "sign_in": Words("签到签退", "sign-in and sign-out"),
    "app": Words("平台打卡", "sign-in on a platform"),
    "roll_call": Words("组长点名", "a leader's roll-call"),
    "manual": Words("事后补录", "entered afterwards"),
    "honorary": Words("荣誉时长", "honorary hours"),
}


@dataclass(frozen=True)
class Sources:
    """The ways of recording that earn; the hours of the others count as hours alone."""

    earning: tuple[str, ...] = ATTENDED

    @classmethod
    def read(cls, part: Part) -> Sources:
        return cls(part.some_of("earning", SOURCES, ATTENDED))

    def to_document(self) -> dict[str, Any]:
        return {"earning": list(self.earning)}

    def tell(self) -> list[Words]:
        zh = "、".join(SOURCE_WORDS[one].zh for one in self.earning) or "都不"
        en = ", ".join(SOURCE_WORDS[one].en for one in self.earning) or "nothing"
        told = [Words(f"给分的：{zh}", f"Points are given for: {en}")]
        others = [SOURCE_WORDS[one] for one in SOURCES if one not in self.earning]
        if others:
            zh, en = "、".join(one.zh for one in others), ", ".join(one.en for one in others)
            told.append(Words(f"只记时长、不给分的：{zh}", f"Hours without points: {en}"))
        return told


SOURCES_EARNING = RuleKind(
    code="sources",
    title=Words("哪些录入方式给分", "Which ways of recording earn"),
    read=Sources.read,
    examples=({}, {"earning": ["sign_in"]}, {"earning": list(SOURCES)}),
)
