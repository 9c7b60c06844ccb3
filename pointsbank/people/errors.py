"""What this room refuses (人员、卡与登录的拒绝)."""

from __future__ import annotations

from pointsbank.foundation import Conflict, InvalidInput, NotFound, NotPermitted, RuleRefused


class AlreadyFounded(Conflict):
    """This bank has been founded before (账册已经建好)."""

    code = "people.already_founded"


class VolunteerUnknown(NotFound):
    """No volunteer has this number (没有这位志愿者)."""

    code = "people.volunteer_unknown"


class NumberTaken(Conflict):
    """The number belongs to a volunteer already (编号已有人使用)."""

    code = "people.number_taken"


class VolunteerLeft(RuleRefused):
    """The volunteer has left (志愿者已退出): facts number, left_on."""

    code = "people.volunteer_left"


class FamilyUnknown(NotFound):
    """No family has this number (没有这个家庭)."""

    code = "people.family_unknown"


class OrganisationUnknown(NotFound):
    """No organisation has this code (没有这个机构)."""

    code = "people.organisation_unknown"


class ShopUnknown(NotFound):
    """No shop has this code (没有这个超市)."""

    code = "people.shop_unknown"


class CodeTaken(Conflict):
    """An organisation or a shop has this code already (代码已被使用)."""

    code = "people.code_taken"


class CardUnknown(NotFound):
    """No card of this bank carries such a code (这张卡不认识)."""

    code = "people.card_unknown"


class CardBlocked(RuleRefused):
    """The card was blocked or replaced; its points are safe (卡已停用): fact status."""

    code = "people.card_blocked"


class CardNotBlocked(RuleRefused):
    """Only a blocked card can be unblocked (卡没有挂失): fact status."""

    code = "people.card_not_blocked"


class CardExists(Conflict):
    """The holder has a card already; replace it instead (已经有卡): fact short_number."""

    code = "people.card_exists"


class CardKeyOther(RuleRefused):
    """The card was made under another card key and cannot be printed again: fact short_number."""

    code = "people.card_key_other"


class PinNeeded(RuleRefused):
    """A short number alone opens nothing; its PIN belongs to it (需要密码)."""

    code = "people.pin_needed"


class StaffUnknown(NotFound):
    """Nobody on the staff has this login (没有这位工作人员)."""

    code = "people.staff_unknown"


class LoginTaken(Conflict):
    """The login belongs to somebody already (用户名已有人使用)."""

    code = "people.login_taken"


class RoleMissing(NotPermitted):
    """This takes a role that the caller has not (没有这个权限): fact needed."""

    code = "people.role_missing"


class SecondPersonNeeded(NotPermitted):
    """This takes a person who logged in; a command is nobody (须本人登录办理)."""

    code = "people.second_person_needed"


class LoginWrong(NotPermitted):
    """Login and password do not belong together; which of them is wrong is not told."""

    code = "people.login_wrong"


class LoginLocked(NotPermitted):
    """Too many wrong passwords; wait (登录已锁定): facts until, seconds."""

    code = "people.login_locked"


class PasswordTooShort(InvalidInput):
    """The password has too few characters (密码太短): facts least, most."""

    code = "people.password_length"


class PasswordTooCommon(InvalidInput):
    """The password is one that everybody tries first (密码太常见)."""

    code = "people.password_common"


class LoginUnreadable(InvalidInput):
    """A login is 2 to 32 small letters, digits, dots, hyphens (用户名格式不对)."""

    code = "people.login_unreadable"


class PairingUnknown(NotFound):
    """No open pairing has this code: mistyped, used, or older than ten minutes (配对码无效)."""

    code = "people.pairing_unknown"


class DeviceUnknown(NotPermitted):
    """The device's token is not known or was revoked (设备没有配对)."""

    code = "people.device_unknown"
