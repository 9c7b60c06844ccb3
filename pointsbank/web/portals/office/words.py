"""Words for what the books keep as codes: kinds of entries, types of accounts, steps, sources."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

ENTRY_KINDS = {
    "earning.issue": _("发放积分"),
    "redemption.goods": _("兑换商品"),
    "inventory.deliver": _("捐赠入库"),
    "inventory.shelve": _("上架"),
    "inventory.unshelve": _("下架"),
    "charity.donate": _("捐给公益池"),
    "charity.grant": _("公益拨付"),
}
ACCOUNT_TYPES = {
    "wallet": _("积分卡"),
    "family_wallet": _("家庭积分"),
    "pool": _("公益池"),
    "hold": _("冻结"),
    "owed": _("欠分"),
    "issued": _("积分发放"),
    "redeemed": _("兑换收回"),
    "expired": _("过期收回"),
    "supply": _("捐赠来源"),
    "store_room": _("库房"),
    "shelf": _("货架"),
    "quarantine": _("待检区"),
    "given_out": _("邻居领走"),
    "lost_found": _("盘点差异"),
    "written_off": _("报损"),
}
RECORD_SOURCES = {
    "sign_in": _("刷卡签到签退"),
    "app": _("志愿汇导入"),
    "manual": _("补录"),
    "honorary": _("荣誉时长"),
}
RECORD_STEPS = {
    "pending": (_("等认定"), "wait"),
    "effective": (_("已认定"), "in"),
    "rejected": (_("已驳回"), "muted"),
    "void": (_("已撤回"), "stop"),
}
CARD_STATES = {
    "active": (_("卡有效"), "in"),
    "blocked": (_("已挂失"), "stop"),
    "replaced": (_("已补卡"), "muted"),
}
OPERATIONS = {
    "people.register_volunteer": _("登记志愿者"),
    "people.register_family": _("登记家庭"),
    "people.issue_card": _("发卡"),
    "people.block_card": _("挂失"),
    "people.unblock_card": _("解挂"),
    "people.replace_card": _("补卡"),
    "people.show_name": _("查看全名"),
    "people.open_pairing": _("开配对码"),
    "people.pair_device": _("配对设备"),
    "people.revoke_device": _("停用设备"),
    "earning.record_service": _("记一次服务"),
    "earning.record_services": _("成批记服务"),
    "earning.approve_record": _("认定服务"),
    "earning.approve_records": _("成批认定服务"),
    "earning.reject_record": _("驳回服务"),
    "earning.void_record": _("撤回认定"),
    "earning.set_rule": _("定积分规则"),
    "inventory.add_product": _("商品建档"),
    "inventory.set_price": _("定价"),
    "inventory.deliver": _("收一批捐赠"),
    "inventory.shelve": _("上架"),
    "inventory.unshelve": _("下架"),
    "inventory.take_goods": _("导入商品"),
    "inventory.add_barcode": _("绑条码"),
    "inventory.settle_recount": _("清点相符"),
    "charity.donate_points": _("捐积分"),
    "charity.propose_grant": _("提出拨付"),
    "charity.approve_grant": _("批准拨付"),
    "people.change_volunteer": _("改志愿者资料"),
    "people.erase_volunteer": _("注销志愿者"),
    "people.issue_cards": _("成批发卡"),
    "redemption.call_help": _("叫人帮忙"),
    "redemption.answer_help": _("去帮忙"),
    "redemption.check_out": _("自助兑换"),
    "redemption.undo": _("撤销兑换"),
}


def entry_kind(code: str) -> str:
    """A kind of entry in words; a kind without words keeps its code."""
    return str(ENTRY_KINDS.get(code, code))


def account_type(code: str) -> str:
    """A type of account in words."""
    return str(ACCOUNT_TYPES.get(code, code))


def operation_word(code: str) -> str:
    """An operation in words."""
    return str(OPERATIONS.get(code, code))
