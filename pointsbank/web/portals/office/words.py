"""Words for what the books keep as codes: kinds of entries, types of accounts, steps, sources."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

ENTRY_KINDS = {
    "earning.issue": _("发放积分"),
    "earning.expire": _("积分过期"),
    "earning.bonus": _("奖励"),
    "earning.deduct": _("扣减"),
    "earning.opening_balance": _("存折旧账"),
    "earning.time_credit": _("记时间储蓄"),
    "redemption.goods": _("兑换商品"),
    "redemption.late": _("补记兑换"),
    "redemption.rehearse": _("演练借积分"),
    "inventory.deliver": _("捐赠入库"),
    "inventory.shelve": _("上架"),
    "inventory.unshelve": _("下架"),
    "inventory.take_stock": _("盘点调整"),
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
    "deducted": _("扣减收回"),
    "time_wallet": _("时间储蓄"),
    "time_issued": _("时间储蓄发放"),
    "supply": _("捐赠来源"),
    "store_room": _("库房"),
    "shelf": _("货架"),
    "quarantine": _("待检区"),
    "given_out": _("邻居领走"),
    "lost_found": _("盘点差异"),
    "written_off": _("报损"),
}
RECORD_SOURCES = {
    "sign_in": _("签到签退"),
    "roll_call": _("组长点名"),
    "app": _("平台打卡"),
    "manual": _("补录"),
    "honorary": _("荣誉时长"),
}
# What an evaluation marks, and what each mark means.
MARK_WORDS = {
    "punctuality": _("守时程度"),
    "attitude": _("服务态度"),
    "skill": _("专业水平"),
}
DEGREES = {5: _("很好"), 4: _("好"), 3: _("一般"), 2: _("不够好"), 1: _("不好")}
STAR_STEPS = {
    "applied": (_("本人申请了"), "wait"),
    "proposed": (_("等另一个人评定"), "wait"),
    "approved": (_("已评定"), "in"),
    "refused": (_("没有评上"), "muted"),
    "lowered": (_("已降低"), "stop"),
}
CERTIFICATE_STEPS = {
    "applied": (_("本人申请了"), "wait"),
    "prepared": (_("等另一个人签发"), "wait"),
    "issued": (_("已签发"), "in"),
    "refused": (_("没有出具"), "muted"),
    "revoked": (_("已作废"), "stop"),
}
CASE_STATES = {
    "open": (_("等答复"), "wait"),
    "reversed": (_("撤回了"), "in"),
    "put_right": (_("改好了"), "in"),
    "kept": (_("没有错"), "muted"),
    "withdrawn": (_("本人撤回了"), "muted"),
}
FINDING_KINDS = {
    "overlap": _("时间重叠"),
    "soon_after": _("报名后几分钟就录入"),
    "no_sign_in": _("没有签到"),
    "long_day": _("一天服务太久"),
    "manual_share": _("手工录入太多"),
    "same_pair": _("总是同两个人"),
    "barred_purchase": _("暂停期间兑换了"),
    "limit_reached": _("到了限度"),
}
SANCTION_SCOPES = {
    "redeeming": _("兑换"),
    "earning": _("记时长、得积分"),
    "joining": _("报名和签到"),
    "leading": _("当负责人"),
}
SANCTION_STATES = {
    "ahead": (_("还没开始"), "wait"),
    "running": (_("暂停中"), "stop"),
    "over": (_("结束了"), "muted"),
    "lifted": (_("取消了"), "in"),
}
STAR_SECONDS = {
    "none": _("只看时长"),
    "points": _("还要看累计得过的积分"),
    "quality": _("还要看评价的平均分"),
}
ACTIVITY_STATES = {
    "planned": (_("安排好了"), "wait"),
    "open": (_("开放签到"), "in"),
    "closed": (_("结束了"), "muted"),
    "cancelled": (_("取消了"), "stop"),
}
# Where somebody of a rota is.
DUTY_STATES = {
    "to_come": (_("还没到点"), "muted"),
    "late": (_("没来"), "stop"),
    "here": (_("在"), "in"),
    "gone": (_("签退了"), "muted"),
    "absent": (_("缺岗"), "stop"),
}
# How it is known that somebody came or went.
ATTENDANCE_WAYS = {
    "card": _("刷卡"),
    "code": _("签到码"),
    "sheet": _("纸上的码"),
    "roll_call": _("点名"),
    "manual": _("补录"),
    "forgotten": _("忘了签退，自动停表"),
}
RECORD_STEPS = {
    "pending": (_("等认定"), "wait"),
    "reviewed": (_("等公示"), "wait"),
    "published": (_("公示中"), "wait"),
    "effective": (_("已生效"), "in"),
    "rejected": (_("已驳回"), "muted"),
    "lapsed": (_("已失效"), "stop"),
    "void": (_("已撤回"), "stop"),
}
# How far a paper booklet is.
OPENING_WORDS = {
    "waiting": (_("等核对"), "wait"),
    "confirmed": (_("已入账"), "in"),
    "declined": (_("退回了"), "muted"),
    "taken_back": (_("撤回了"), "stop"),
}
NOTICE_UNITS = {"working": _("个工作日"), "calendar": _("天")}
OBJECTION_OUTCOMES = {
    "upheld": (_("异议成立，驳回了"), "stop"),
    "corrected": (_("改了时长，另记一条"), "stop"),
    "dismissed": (_("异议不成立"), "in"),
}
HOLIDAY_KINDS = {"off": _("休"), "work": _("班")}
CARD_STATES = {
    "active": (_("卡有效"), "in"),
    "blocked": (_("已挂失"), "stop"),
    "replaced": (_("已补卡"), "muted"),
}
CARD_SHELVES = {
    "drawer": _("还没交到手"),
    "print": _("等打印"),
    "blocked": _("挂失的"),
    "all": _("所有在用的"),
}
# What the printer last did with a card.
CARD_PRINTS = {
    "never": (_("没印过"), "wait"),
    "first": (_("印好了"), "muted"),
    "list": (_("印好了"), "muted"),
    "reprint": (_("重印过"), "muted"),
    "spoilt": (_("没印好，要重印"), "stop"),
}
CARD_EVENTS = {
    "issued": _("发了卡"),
    "print_first": _("打印（首次）"),
    "print_list": _("打印（成批）"),
    "print_reprint": _("重印"),
    "print_spoilt": _("没印好"),
    "handed_over": _("交到手"),
    "tick_taken_back": _("勾错了，收回“交到手”"),
    "lost": _("挂失"),
    "found": _("解挂，本人在场"),
    "replaced": _("补了新卡，这张作废"),
}
LOSS_REASONS = {"lost": _("丢了"), "stolen": _("被人拿走"), "other": _("别的原因")}
LOSS_WAYS = {
    "phone": _("打电话来说的"),
    "desk": _("到服务台来说的"),
    "me": _("本人在手机上自己挂的"),
}
TELLING_WAYS = {"phone": _("电话里说了"), "desk": _("当面说了")}
# What each role is called, and what it is for.
ROLE_WORDS = {
    "worker": (_("社区工作者"), _("登记、发卡、记服务、管货架")),
    "witness": (_("监督员"), _("居务监督委员会或志愿者代表，做第二个人")),
    "auditor": (_("审计"), _("只看账，不办理，看不到全名")),
    "merchant": (_("商户"), _("只看自己捐的东西，要选机构")),
    "admin": (_("管理员"), _("还能登记工作人员、改设置")),
}
ORGANISATION_KINDS = {
    "merchant": _("爱心商户"),
    "unit": _("辖区单位"),
    "team": _("志愿服务队"),
    "community": _("社区"),
}
# As what somebody stands beside a screen and confirms.
STANDS_BY_AS = {
    "worker": _("社区工作者"),
    "committee": _("居务监督委员会"),
    "volunteers": _("志愿者代表"),
}
# What goes from hand to hand, and what may be open, when somebody leaves.
HANDED_KEYS = {
    "envelope": _("密封信封（恢复用的钥匙）"),
    "shop_key": _("超市的钥匙"),
    "office_key": _("办公室和柜子的钥匙"),
    "card_box": _("装卡的盒子"),
    "stick": _("备份U盘"),
    "paper": _("签收单和纸质账"),
}
# Why something is entered after it has happened.
LATE_WHYS = {
    "paper": _("停电时手写的"),
    "restored": _("恢复备份后，照小票补的"),
}
# Why a grant to a family is taken back.
GRANT_WHYS = {
    "family": _("拨错了户"),
    "points": _("分数错了"),
    "other": _("别的原因"),
}
# What became of what somebody proposed.
PROPOSAL_STATES = {
    "open": (_("等第二个人"), "wait"),
    "confirmed": (_("确认了"), "in"),
    "withdrawn": (_("自己撤回了"), "muted"),
    "declined": (_("没同意"), "stop"),
}
OPEN_ITEMS = {
    "records": _("记了还没认定的服务"),
    "proposals": _("提出了还没人确认的"),
    "cards": _("打印了还没交的卡"),
    "recounts": _("店里等清点的差异"),
    "calls": _("店里没人应的铃"),
}
OPERATIONS = {
    "findings.keep_findings": _("记下找到的异常"),
    "findings.look_at_finding": _("看过异常"),
    "people.impose_sanction": _("暂停"),
    "people.lift_sanction": _("取消暂停"),
    "cases.say_wrong": _("本人说这不对"),
    "cases.say_wrong_for": _("替人记下这不对"),
    "cases.withdraw": _("撤回更正"),
    "cases.answer": _("答复更正"),
    "cases.reverse": _("更正：撤回记录"),
    "cases.propose_reverse": _("提出更正：撤回记录"),
    "cases.confirm_reverse": _("确认更正：撤回记录"),
    "people.register_volunteer": _("登记志愿者"),
    "people.register_family": _("登记家庭"),
    "people.issue_card": _("发卡"),
    "people.block_card": _("挂失"),
    "people.unblock_card": _("解挂"),
    "people.replace_card": _("补卡"),
    "people.end_family": _("停用家庭"),
    "people.see_off_volunteer": _("志愿者退出"),
    "people.take_back_volunteer": _("恢复登记"),
    "people.give_consent": _("同意个人信息处理"),
    "people.withdraw_consent": _("撤回同意"),
    "people.write_consent_text": _("换同意书"),
    "people.join_household": _("登记家庭户"),
    "people.leave_household": _("移出家庭户"),
    "people.invite_staff": _("登记工作人员"),
    "people.offer_code": _("开一次性代码"),
    "people.enrol": _("自己设密码"),
    "people.change_staff": _("改工作人员"),
    "people.enable_staff": _("重新启用登录"),
    "people.print_cards": _("打印积分卡"),
    "people.report_spoilt_print": _("卡没印好"),
    "people.hand_over_cards": _("交卡"),
    "people.open_handover": _("开始交接"),
    "people.count_handover": _("交接清点"),
    "people.sign_handover": _("交接签字"),
    "people.close_handover": _("办完交接"),
    "people.found_team": _("建队"),
    "people.found_named_teams": _("按队名建队"),
    "people.change_team": _("改队伍"),
    "people.end_team": _("撤队"),
    "people.name_leader": _("任队长"),
    "people.end_leader": _("队长卸任"),
    "activities.plan_activity": _("安排活动"),
    "activities.change_activity": _("改活动"),
    "activities.open_activity": _("开放签到"),
    "activities.close_activity": _("结束活动"),
    "activities.cancel_activity": _("取消活动"),
    "activities.join_activity": _("报名"),
    "activities.leave_activity": _("退出活动"),
    "activities.sign_in": _("刷卡签到"),
    "activities.sign_out": _("刷卡签退"),
    "activities.scan_card": _("扫卡签到签退"),
    "activities.take_back_sign_in": _("撤销签到"),
    "activities.stop_clocks": _("自动停表"),
    "activities.call_roll": _("点名"),
    "activities.confirm_list": _("确认名单"),
    "activities.enter_attendance": _("补录签到"),
    "activities.mark_no_show": _("记失约"),
    "activities.take_back_no_show": _("撤销失约"),
    "activities.sign_by_code": _("输码签到签退"),
    "activities.begin_rota": _("建排班"),
    "activities.change_rota_members": _("改值班的人"),
    "activities.end_rota": _("停排班"),
    "activities.generate_duties": _("生成班次"),
    "activities.swap_duty": _("换班"),
    "activities.begin_project": _("立项"),
    "activities.begin_projects": _("成批立项"),
    "activities.end_project": _("结项"),
    "earning.set_categories": _("改服务类别"),
    "people.withdraw_handover": _("撤回交接"),
    "people.take_back_tick": _("收回“交到手”"),
    "inventory.book_handover": _("交接差数入账"),
    "people.tell_at_kiosk": _("自助机上告诉"),
    "people.tell_by_worker": _("告诉消息"),
    "people.show_phone": _("查看电话"),
    "people.give_data": _("代取资料"),
    "people.show_name": _("查看全名"),
    "people.assign_pin": _("给新密码"),
    "people.count_pin_try": _("输密码"),
    "people.forget_pin_tries": _("密码对了"),
    "people.issue_badge": _("发工作证"),
    "people.block_badge": _("挂失工作证"),
    "people.replace_badge": _("换工作证"),
    "people.print_badge": _("打印工作证"),
    "people.open_pairing": _("开配对码"),
    "people.pair_device": _("配对设备"),
    "people.revoke_device": _("停用设备"),
    "earning.record_service": _("记一次服务"),
    "earning.record_services": _("成批记服务"),
    "earning.approve_record": _("认定服务"),
    "earning.approve_records": _("成批认定服务"),
    "earning.reject_record": _("驳回服务"),
    "earning.take_back_review": _("收回认定"),
    "earning.take_up_record": _("重新受理服务"),
    "earning.lapse_records": _("把没人认定的作失效"),
    "earning.void_record": _("撤回认定"),
    "earning.propose_void": _("提出撤回认定"),
    "earning.open_notice": _("开一期公示"),
    "earning.note_hung": _("记公示张贴"),
    "earning.note_taken_down": _("记公示取下"),
    "earning.withdraw_notice": _("作废公示"),
    "earning.make_effective": _("公示到期入账"),
    "earning.show_notices": _("选公示给谁看"),
    "earning.object_to_record": _("记异议"),
    "earning.object_to_own_record": _("本人说自己的记录不对"),
    "earning.decide_objection": _("处理异议"),
    "earning.uphold_complaint": _("投诉属实"),
    "earning.lift_mark": _("撤销记号"),
    "earning.settle_calendar": _("定放假安排"),
    "people.choose_naming": _("选公示写不写姓名"),
    "earning.set_rule": _("定积分规则"),
    "earning.expire_points": _("积分过期"),
    "earning.warn_of_expiry": _("提醒积分快过期"),
    "earning.end_undated": _("给长期有效的积分定到期日"),
    "earning.set_rulebook": _("定积分办法"),
    "earning.propose_rulebook": _("提出积分办法"),
    "earning.propose_end_undated": _("提出给长期有效的积分定到期日"),
    "earning.set_expiry_grace": _("定退回的过期分留几天"),
    "earning.give_bonus": _("给奖励"),
    "earning.propose_opening_balance": _("登记存折"),
    "earning.propose_opening_balances": _("成批登记存折"),
    "earning.confirm_opening_balance": _("核对存折"),
    "earning.confirm_opening_balances": _("成批核对存折"),
    "earning.decline_opening_balance": _("退回存折"),
    "earning.take_back_opening_balance": _("撤回存折"),
    "earning.deduct": _("扣减"),
    "earning.appeal": _("记下申诉"),
    "earning.decide_appeal": _("处理申诉"),
    "inventory.add_product": _("商品建档"),
    "inventory.set_price": _("定价"),
    "inventory.deliver": _("收一批捐赠"),
    "inventory.shelve": _("上架"),
    "inventory.unshelve": _("下架"),
    "inventory.take_goods": _("导入商品"),
    "inventory.add_barcode": _("绑条码"),
    "inventory.settle_recount": _("清点相符"),
    "inventory.adjust_stock": _("盘点调整"),
    "inventory.propose_price": _("提出改价"),
    "inventory.propose_recount": _("提出清点相符"),
    "inventory.propose_stock": _("提出盘点调整"),
    "people.withdraw_proposal": _("撤回提出的事"),
    "people.decline_proposal": _("不同意提出的事"),
    "charity.donate_points": _("捐积分"),
    "charity.propose_grant": _("提出拨付"),
    "charity.propose_return": _("提出收回拨付"),
    "charity.take_back_grant": _("收回拨付"),
    "charity.approve_grant": _("批准拨付"),
    "people.change_volunteer": _("改志愿者资料"),
    "people.erase_volunteer": _("注销志愿者"),
    "people.issue_cards": _("成批发卡"),
    "people.register_organisations": _("成批登记机构"),
    "people.register_volunteers": _("成批登记志愿者"),
    "redemption.begin_rehearsal": _("开始演练"),
    "redemption.end_rehearsal": _("演练收场"),
    "people.change_settings": _("改设置"),
    "people.change_shop": _("改超市的资料"),
    "people.settle_step": _("确认一步设置"),
    "people.note_tried": _("记设备试得怎样"),
    "people.renew_first_code": _("再开第一位工作人员的一次性代码"),
    "redemption.call_help": _("叫人帮忙"),
    "redemption.answer_help": _("去帮忙"),
    "redemption.check_out": _("自助兑换"),
    "redemption.undo": _("撤销兑换"),
    "redemption.keep_unconfirmed": _("记未确认的篮子"),
    "redemption.answer_unconfirmed": _("答未确认的篮子"),
    "redemption.put_back_unconfirmed": _("了结未确认的篮子"),
    "redemption.enter_late": _("补记兑换"),
    "redemption.take_back_late": _("撤销补记"),
    "redemption.propose_late": _("提出补记"),
    "redemption.propose_take_back": _("提出撤销补记"),
    "safekeeping.propose_missing": _("提出补记账上没有的小票"),
    "safekeeping.look_restored": _("核对恢复后的名单"),
    "safekeeping.enter_missing": _("补记账上没有的小票"),
    "safekeeping.record_backup": _("备份"),
    "safekeeping.use_drive": _("启用备份U盘"),
    "safekeeping.set_keeping": _("定备份留多少"),
    "safekeeping.print_envelope": _("打印信封"),
    "safekeeping.begin_life": _("从备份恢复"),
    "safekeeping.leave_out_numbers": _("跳过一段编号"),
    "safekeeping.note_seen": _("自助机送来见过的小票"),
    "safekeeping.note_slip": _("记一张账上没有的小票"),
    "safekeeping.settle_seen": _("办完一张小票"),
    "imports.open_upload": _("上传名单"),
    "imports.keep_part": _("存上传的文件"),
    "imports.close_upload": _("名单传完"),
    "imports.take_upload": _("收下名单"),
    "imports.go_on": _("接着收名单"),
    "imports.discard_upload": _("名单不收了"),
    "imports.claim_upload": _("开始处理名单"),
    "imports.free_uploads": _("重新接手名单"),
    "imports.let_go": _("暂停处理名单"),
    "imports.note_progress": _("记导入进度"),
    "imports.note_checked": _("名单核对完"),
    "imports.note_done": _("名单收好了"),
    "imports.note_failed": _("名单没收成"),
    "imports.forget_parts": _("删上传的文件"),
    "imports.end_old_upload": _("过期的名单作罢"),
    "foundation.doubt_clock": _("时钟存疑"),
    "foundation.settle_clock": _("时钟自己走对了"),
    "foundation.confirm_clock": _("确认日期"),
    "foundation.begin_duty": _("开始夜间工作"),
    "foundation.record_duty": _("记夜间工作"),
    "foundation.set_duty_time": _("定夜间时间"),
    "people.clear_expired": _("清理过期登录"),
    "people.open_card_login": _("本人登录"),
    "people.renew_card_login": _("本人还在"),
    "people.end_card_login": _("本人退出登录"),
    "people.choose_reading": _("选大字、朗读"),
    "people.tell_on_own_page": _("在自己的页面上看到"),
    "recognition.note_training": _("记培训"),
    "recognition.note_award": _("记表彰"),
    "recognition.note_evaluation": _("记评价"),
    "recognition.strike_out": _("划掉档案里的一条"),
    "recognition.set_star_rule": _("定星级标准"),
    "recognition.apply_for_star": _("申请星级"),
    "recognition.propose_star": _("提出评定星级"),
    "recognition.approve_star": _("评定星级"),
    "recognition.refuse_star": _("不予评定星级"),
    "recognition.lower_stars": _("降低星级"),
    "recognition.keep_stars": _("看过，保留星级"),
    "recognition.apply_for_certificate": _("申请服务证明"),
    "recognition.prepare_certificate": _("拟服务证明"),
    "recognition.sign_certificate": _("签发服务证明"),
    "recognition.refuse_certificate": _("不予出具证明"),
    "recognition.revoke_certificate": _("作废服务证明"),
    "recognition.keep_certificate": _("看过，保留证明"),
    "recognition.print_certificate": _("打印服务证明"),
}

BACKUP_KINDS = {
    "nightly": _("夜里自己做的"),
    "on_demand": _("有人按的"),
    "stick": _("放到U盘"),
}
BACKUP_STEPS = {
    "copying": _("抄一份账"),
    "sealing": _("加密"),
    "proving": _("打开来查一遍"),
    "sticks": _("放到U盘"),
}
SLIP_ENDINGS = {
    "entered": _("补记好了"),
    "returned": _("东西退回来了"),
    "nothing": _("不用办"),
}
DUTIES = {
    "clear": _("清理过期的登录和配对码"),
    "rehearsal": _("收掉没收场的演练"),
    "lapse": _("把没人认定的记录作失效"),
    "effective": _("公示到期的入账"),
    "findings": _("找服务记录里的异常"),
    "check": _("核验全部账目"),
    "backup": _("备份"),
    "uploads": _("清掉旧的上传文件"),
    "expire": _("收回过期的积分"),
    "warn": _("提醒谁的积分快过期"),
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


def duty_word(name: str) -> str:
    """A duty of the night in words."""
    return str(DUTIES.get(name, name))
