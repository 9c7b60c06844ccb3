"""What the shelf and the store-room refuse (商品的拒绝)."""

from __future__ import annotations

from pointsbank.foundation import Conflict, InvalidInput, NotFound, RuleRefused


class GoodsUnknown(NotFound):
    """No such goods in this shop (没有这样商品): fact sku."""

    code = "inventory.goods_unknown"


class BarcodeUnknown(NotFound):
    """No goods carry this barcode (条码没登记): fact barcode."""

    code = "inventory.barcode_unknown"


class PastBestBefore(RuleRefused):
    """The goods are past their best-before day (过了保质期): facts sku, best_before."""

    code = "inventory.past_best_before"


class SkuTaken(Conflict):
    """These goods are listed already (商品编码已存在): fact sku."""

    code = "inventory.sku_taken"


class BarcodeTaken(Conflict):
    """The barcode belongs to other goods (条码已属于别的商品): facts barcode, sku."""

    code = "inventory.barcode_taken"


class GoodsDiffer(Conflict):
    """A list names known goods with another price, name or limit: facts sku, field, known, given.

    A list of goods never changes silently what was decided before.
    """

    code = "inventory.goods_differ"


class PriceInvalid(InvalidInput):
    """A price is not a whole number of points within its bounds: facts least, most."""

    code = "inventory.price_invalid"


class PriceDayPast(InvalidInput):
    """A price cannot begin before today (积分价不能从过去开始): facts starts_on, today."""

    code = "inventory.price_day_past"


class PiecesInvalid(InvalidInput):
    """So many pieces cannot have been counted (件数不对): facts least, most."""

    code = "inventory.pieces_invalid"


class LimitInvalid(InvalidInput):
    """A monthly limit is not a whole number within its bounds: facts least, most."""

    code = "inventory.limit_invalid"


class OwnBarcodesUsedUp(RuleRefused):
    """Every in-store barcode that belongs to these goods is taken by others (店内码已用完)."""

    code = "inventory.own_barcodes_used_up"


class ShopUnclear(InvalidInput):
    """It was not said which shop is meant, and there is not just one: fact shops."""

    code = "inventory.shop_unclear"


class RecountUnknown(NotFound):
    """No such finding waits for a recount (没有这条待清点)."""

    code = "inventory.recount_unknown"
