"""Every room's tables under one roof, for migrations and for whoever reads the whole schema."""

from pointsbank.charity import Grant
from pointsbank.earning import EarningRule, ServiceRecord
from pointsbank.foundation import Base
from pointsbank.inventory import (
    Delivery,
    Product,
    ProductBarcode,
    ProductPrice,
    Recount,
    ShelfPlace,
    UnknownCode,
)
from pointsbank.ledger import Account, Commodity, JournalEntry, Move
from pointsbank.people import (
    Card,
    Device,
    FailedLogin,
    Family,
    Organisation,
    Pairing,
    Person,
    Shop,
    Staff,
    StaffLogin,
    Volunteer,
)
from pointsbank.redemption import HelpCall, Redemption, RedemptionLine, RedemptionUndo

metadata = Base.metadata

__all__ = [
    "Account",
    "Card",
    "Commodity",
    "Delivery",
    "Device",
    "EarningRule",
    "FailedLogin",
    "Family",
    "Grant",
    "HelpCall",
    "JournalEntry",
    "Move",
    "Organisation",
    "Pairing",
    "Person",
    "Product",
    "ProductBarcode",
    "ProductPrice",
    "Recount",
    "Redemption",
    "RedemptionLine",
    "RedemptionUndo",
    "ServiceRecord",
    "ShelfPlace",
    "Shop",
    "Staff",
    "StaffLogin",
    "UnknownCode",
    "Volunteer",
    "metadata",
]
