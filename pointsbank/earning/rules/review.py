"""Who finds records right, and within what time (谁来认定、多久之内)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words, several
from pointsbank.earning.rules.reading import Part
from pointsbank.earning.rules.sources import BACK_FILLED

APPROVERS = ("worker", "witness", "admin")
APPROVER_WORDS = {
    "worker": Words("社区工作者", "a worker"),
    "witness": Words("监督员", "a witness"),
    "admin": Words("管理员", "an admin"),
}


@dataclass(frozen=True)
class Review:
    """The roles that may approve, for what was attended and for what was filled in afterwards.

    A record that nobody has looked at after `within_days` lapses; None is never.
    """

    approvers: tuple[str, ...] = APPROVERS
    manual_approvers: tuple[str, ...] = APPROVERS
    within_days: int | None = None

    @classmethod
    def read(cls, part: Part) -> Review:
        return cls(
            approvers=part.some_of("approvers", APPROVERS, APPROVERS) or APPROVERS,
            manual_approvers=part.some_of("manual_approvers", APPROVERS, APPROVERS) or APPROVERS,
            within_days=part.maybe_whole("within_days", 1, 400),
        )

    def approvers_of(self, source: str) -> tuple[str, ...]:
        """The roles that may approve what was recorded in this way."""
        return self.manual_approvers if source in BACK_FILLED else self.approvers

    def to_document(self) -> dict[str, Any]:
        return {
            "approvers": list(self.approvers),
            "manual_approvers": list(self.manual_approvers),
            "within_days": self.within_days,
        }

    def tell(self) -> list[Words]:
        told = [_told("签到的由{}认定", "Attended service is approved by {}", self.approvers)]
        if self.manual_approvers != self.approvers:
            zh, en = "补录的由{}认定", "what is entered afterwards by {}"
            told.append(_told(zh, en, self.manual_approvers))
        if self.within_days:
            days = self.within_days
            zh, en = (
                f"{days} 天没人认定就失效",
                f"What nobody approves in {several(days, 'day')} lapses",
            )
            told.append(Words(zh, en))
        return told


def _told(zh: str, en: str, roles: tuple[str, ...]) -> Words:
    return Words(
        zh.format("、".join(APPROVER_WORDS[role].zh for role in roles)),
        en.format(" or ".join(APPROVER_WORDS[role].en for role in roles)),
    )


REVIEW = RuleKind(
    code="review",
    title=Words("谁来认定", "Who approves"),
    read=Review.read,
    examples=({}, {"manual_approvers": ["witness"], "within_days": 30}),
)
