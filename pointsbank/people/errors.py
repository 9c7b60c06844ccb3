"""What this room refuses (人员、卡与登录的拒绝)."""

from __future__ import annotations

from pointsbank.foundation import Conflict, InvalidInput, NotFound, NotPermitted, RuleRefused


class AlreadyFounded(Conflict):
    """This bank has been founded before (账册已经建好)."""

    code = "people.already_founded"


class VolunteerUnknown(NotFound):
    """No volunteer has this number (没有这位志愿者)."""

    code = "people.volunteer_unknown"


class NumberReserved(InvalidInput):
    """No volunteer can have this number: it is of our own kinds, or of no address (编号不能用)."""

    code = "people.number_reserved"


class NumberIsIdentity(InvalidInput):
    """What was typed is a resident's identity number, and none is kept (身份证号不能当编号)."""

    code = "people.number_is_identity"


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


class ParentUnknown(InvalidInput):
    """What it belongs to is neither here nor in the list, or belongs to it in turn: fact code."""

    code = "people.parent_unknown"


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


class PinWrong(NotPermitted):
    """The PIN is another one (密码不对): fact left, the tries until the next stop."""

    code = "people.pin_wrong"


class CardLoginWrong(NotPermitted):
    """Card and PIN do not belong together; which of them is wrong is not told (号码或密码不对)."""

    code = "people.card_login_wrong"


class PinLocked(NotPermitted):
    """Five wrong PINs; wait a quarter of an hour (密码先锁一会儿): facts until, seconds."""

    code = "people.pin_locked"


class PinBlocked(NotPermitted):
    """Ten wrong PINs in a row; only a new one, given in person, helps (密码已停用)."""

    code = "people.pin_blocked"


class PinMissing(RuleRefused):
    """Nobody has given this holder a PIN yet (还没有密码)."""

    code = "people.pin_missing"


class PinOwnOnly(NotPermitted):
    """A member of staff draws an own PIN and nobody else's (工作密码只能本人领)."""

    code = "people.pin_own_only"


class ProofExpired(RuleRefused):
    """The PIN was typed more than three minutes ago (请再输一次密码)."""

    code = "people.proof_expired"


class BadgeUnknown(NotFound):
    """No badge carries such a code; a points card is none (不认识这张工作证)."""

    code = "people.badge_unknown"


class BadgeBlocked(RuleRefused):
    """The badge was blocked or replaced (工作证已停用): fact status."""

    code = "people.badge_blocked"


class BadgeExists(Conflict):
    """This member of staff has a badge already; replace it instead (已经有工作证)."""

    code = "people.badge_exists"


class BadgeNeedsVolunteer(RuleRefused):
    """A volunteers' representative is a volunteer; the login must say which one (须登记编号)."""

    code = "people.badge_needs_volunteer"


class SamePersonTwice(NotPermitted):
    """Two people are asked for, and this is one (第二个人须是另一个人)."""

    code = "people.same_person_twice"


class SameHousehold(NotPermitted):
    """Two of those concerned live in one household (同住一家的不能互相确认)."""

    code = "people.same_household"


class BenefitsOneself(NotPermitted):
    """The second person is the one for whom it is done (不能确认自己的)."""

    code = "people.benefits_oneself"


class SettingUnknown(InvalidInput):
    """This bank has no such setting (没有这项设置): fact name."""

    code = "people.setting_unknown"


class SettingEmpty(InvalidInput):
    """A name or a telephone was left empty (不能空着): fact name."""

    code = "people.setting_empty"


class SettingOutOfBounds(InvalidInput):
    """A number is out of its bounds (数字超出范围): facts name, least, most."""

    code = "people.setting_out_of_bounds"


class SettingInPast(RuleRefused):
    """A number changes from today or later on (只能从今天或以后起): facts starts_on, today."""

    code = "people.setting_in_past"


class AddressUnreadable(InvalidInput):
    """A public address is not of the form https://name (网址格式不对)."""

    code = "people.address_unreadable"


class VolunteerErased(RuleRefused):
    """Nobody knows any more who this was; nothing can be added (档案已注销): fact number."""

    code = "people.volunteer_erased"


class ChildOnList(InvalidInput):
    """A list registers nobody for whom a guardian must consent (未成年须逐个登记): fact under."""

    code = "people.child_on_list"


class LikelyRegistered(Conflict):
    """Somebody of the same name and telephone is registered (可能已经登记过): fact number.

    It is asked once; whoever says that they are two people is believed.
    """

    code = "people.likely_registered"


class GuardianNeeded(RuleRefused):
    """Whoever may be under fourteen has a guardian, who consents (须监护人同意): fact under."""

    code = "people.guardian_needed"


class GuardianIncomplete(InvalidInput):
    """A guardian has a name and a telephone (监护人要有姓名和电话)."""

    code = "people.guardian_incomplete"


class OwnHelper(InvalidInput):
    """Nobody is one's own helper (代办人不能是本人)."""

    code = "people.own_helper"


class ConsentTextChanged(Conflict):
    """The text to consent to is another by now (同意书换了新版): fact version."""

    code = "people.consent_text_changed"


class ConsentMissing(RuleRefused):
    """There is no consent that could be taken back (没有可撤回的同意)."""

    code = "people.consent_missing"


class HouseholdTaken(Conflict):
    """The volunteer is in a household already and leaves that first (已在别的户): fact number."""

    code = "people.household_taken"


class HouseholdMissing(NotFound):
    """The volunteer is in no household (没有家庭户)."""

    code = "people.household_missing"


class FamilyEnded(RuleRefused):
    """The family's account has been closed (这个家庭已停用): facts number, ended_on."""

    code = "people.family_ended"


class EnrolmentUnknown(NotPermitted):
    """No open code like this: mistyped, used, replaced, or older than a day (一次性代码无效)."""

    code = "people.enrolment_unknown"


class StaffDisabled(RuleRefused):
    """The login was ended; it is opened again first (登录已停用): fact login."""

    code = "people.staff_disabled"


class LastAdmin(RuleRefused):
    """Somebody must stay who can let others in (最后一位管理员不能停用)."""

    code = "people.last_admin"


class RolesMissing(InvalidInput):
    """Somebody who logs in has at least one role (至少选一个身份)."""

    code = "people.roles_missing"


class MerchantAlone(InvalidInput):
    """A merchant's login belongs to an organisation and has no second role (商户登录须有机构)."""

    code = "people.merchant_alone"


class CardsMissing(InvalidInput):
    """No card was chosen (没有选卡)."""

    code = "people.cards_missing"


class CardsTooMany(InvalidInput):
    """More cards than one act takes (一次选得太多): fact most."""

    code = "people.cards_too_many"


class PrintOver(RuleRefused):
    """What was printed is fetched soon and by whoever printed it (这次打印已过时): fact minutes."""

    code = "people.print_over"


class PersonAbsent(RuleRefused):
    """A found card lives again only while its holder stands there (解挂须本人在场)."""

    code = "people.person_absent"


class HandedInFuture(InvalidInput):
    """No card was handed over on a day that is yet to come (交卡日期在以后): fact day."""

    code = "people.handed_in_future"


class CardNotHanded(RuleRefused):
    """Nobody has noted that this card was handed over (这张卡没有记过交到手)."""

    code = "people.card_not_handed"


class HandoverUnknown(NotFound):
    """There is no such handover (没有这次交接)."""

    code = "people.handover_unknown"


class HandoverExists(Conflict):
    """This one's handover has begun and is not closed yet (已经在交接): fact handover."""

    code = "people.handover_exists"


class HandoverUncounted(RuleRefused):
    """Nobody signs before it was counted (还没清点)."""

    code = "people.handover_uncounted"


class HandoverSigned(RuleRefused):
    """What somebody has signed is not changed (已经有人签字)."""

    code = "people.handover_signed"


class HandoverUnsigned(RuleRefused):
    """A handover ends when both have signed (还没有都签字): fact missing."""

    code = "people.handover_unsigned"


class HandoverClosed(RuleRefused):
    """The handover is over, or was withdrawn (交接已办完或撤回)."""

    code = "people.handover_closed"


class HandoverBooked(Conflict):
    """What was counted at a handover is booked already (差数已经入账)."""

    code = "people.handover_booked"


class HandoverOfOthers(NotPermitted):
    """Only who leaves and who takes over sign (只有交接双方能签)."""

    code = "people.handover_of_others"


class FamilyUnnamed(RuleRefused):
    """Who fetched a family's card would say who the family is (家庭户的卡不记代领人)."""

    code = "people.family_unnamed"


class FirstPersonCame(NotPermitted):
    """An admin has set a password already, and offers codes to others (管理员已经来过)."""

    code = "people.first_person_came"


class ProposalUnknown(NotFound):
    """Nothing was proposed under this number (没有这件提出的事): fact number."""

    code = "people.proposal_unknown"


class ProposalExists(Conflict):
    """The same was proposed before and waits still (已经有人提出了): fact number."""

    code = "people.proposal_exists"


class ProposalDecided(Conflict):
    """What was proposed is decided already (已经定了): facts number, state."""

    code = "people.proposal_decided"


class ProposalOther(Conflict):
    """Something else was proposed than is to be done (和提出的不一样): fact number."""

    code = "people.proposal_other"


class ProposalOfOthers(NotPermitted):
    """Only who proposed it takes it back (只有提出的人能撤回): fact number."""

    code = "people.proposal_of_others"


class ReasonNeeded(InvalidInput):
    """Saying no takes a reason (请写明理由)."""

    code = "people.reason_needed"


class TeamUnknown(NotFound):
    """No team has this number (没有这支队伍): fact team."""

    code = "people.team_unknown"


class TeamNameEmpty(InvalidInput):
    """A team has a name (队伍要有名称)."""

    code = "people.team_name_empty"


class TeamNameTaken(Conflict):
    """Another team is or was called so (队名已有队伍用过): fact team."""

    code = "people.team_name_taken"


class TeamEnded(RuleRefused):
    """The team is no more (队伍已撤): fact team."""

    code = "people.team_ended"


class TeamBelowItself(RuleRefused):
    """No team stands below itself (不能归到自己或自己的下级名下): fact team."""

    code = "people.team_below_itself"


class TeamHasOthers(RuleRefused):
    """Teams stand below this one; they are moved or ended first (下面还有队伍): fact teams."""

    code = "people.team_has_others"


class LeaderExists(Conflict):
    """This volunteer leads the team already (已经是队长): fact number."""

    code = "people.leader_exists"


class LeaderMissing(NotFound):
    """This volunteer does not lead the team (不是这支队伍的队长): fact number."""

    code = "people.leader_missing"
