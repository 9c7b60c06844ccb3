"""Every check of the books, in a list you can see. A new one is one more line here."""

from pointsbank.audit.check import (
    balances,
    bounds,
    doubts,
    entries,
    expiry,
    extras,
    guards,
    issues,
    openings,
    receipts,
    redemptions,
    rehearsals,
    reversals,
    steps,
    time_credits,
)
from pointsbank.audit.check.declaration import Check

# In the order in which they run: first that nobody has taken a guard away, then the books.
CHECKS: tuple[Check, ...] = (
    *guards.CHECKS,
    *entries.CHECKS,
    *balances.CHECKS,
    *bounds.CHECKS,
    *issues.CHECKS,
    *steps.CHECKS,
    *extras.CHECKS,
    *openings.CHECKS,
    *time_credits.CHECKS,
    *doubts.CHECKS,
    *expiry.CHECKS,
    *redemptions.CHECKS,
    *rehearsals.CHECKS,
    *reversals.CHECKS,
    *receipts.CHECKS,
)
