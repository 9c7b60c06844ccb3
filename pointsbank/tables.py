"""Every room's tables under one roof, for migrations and for whoever reads the whole schema."""

from pointsbank.foundation import Base
from pointsbank.ledger import Account, Commodity, JournalEntry, Move

metadata = Base.metadata

__all__ = ["Account", "Commodity", "JournalEntry", "Move", "metadata"]
