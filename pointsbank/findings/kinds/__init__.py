"""The kinds of findings (异常的种类), in the order in which they are looked for."""

from pointsbank.findings.kinds.barred_purchase import BARRED_PURCHASE
from pointsbank.findings.kinds.form import FindingKind, Found, Window
from pointsbank.findings.kinds.limit_reached import LIMIT_REACHED
from pointsbank.findings.kinds.long_day import LONG_DAY
from pointsbank.findings.kinds.manual_share import MANUAL_SHARE
from pointsbank.findings.kinds.no_sign_in import NO_SIGN_IN
from pointsbank.findings.kinds.overlap import OVERLAP
from pointsbank.findings.kinds.same_pair import SAME_PAIR
from pointsbank.findings.kinds.soon_after import SOON_AFTER

# A new kind is a file here, a line in this list, and its sentence in the office's
# `finding_words.py`.
KINDS: tuple[FindingKind, ...] = (
    OVERLAP,
    SOON_AFTER,
    NO_SIGN_IN,
    LONG_DAY,
    MANUAL_SHARE,
    SAME_PAIR,
    BARRED_PURCHASE,
    LIMIT_REACHED,
)

__all__ = ["KINDS", "FindingKind", "Found", "Window"]
