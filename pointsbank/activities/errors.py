"""What this room refuses (活动与签到的拒绝)."""

from __future__ import annotations

from pointsbank.foundation import Conflict, InvalidInput, NotFound, NotPermitted, RuleRefused


class ActivityUnknown(NotFound):
    """No activity has this number (没有这个活动): fact activity."""

    code = "activities.activity_unknown"


class ProjectUnknown(NotFound):
    """No project has this number (没有这个项目): fact project."""

    code = "activities.project_unknown"


class TimesInvalid(InvalidInput):
    """An activity ends after it begins, and within a day (时间不对)."""

    code = "activities.times_invalid"


class NameEmpty(InvalidInput):
    """An activity and a project have a name, an activity a place (没有写全)."""

    code = "activities.name_empty"


class PeopleInvalid(InvalidInput):
    """A limit of people or of age is a number within its bounds: facts least, most."""

    code = "activities.people_invalid"


class CategoryUnknown(InvalidInput):
    """The list of categories does not have this one (没有这个类别)."""

    code = "activities.category_unknown"


class ReasonMissing(InvalidInput):
    """Whoever calls something off says why (须写明理由)."""

    code = "activities.reason_missing"


class TimesInFuture(InvalidInput):
    """Only what is over can be entered afterwards (还没有做完): fact until."""

    code = "activities.times_in_future"


class NotInCharge(NotPermitted):
    """Only leaders of the team and workers may do this (须由队长或社区办)."""

    code = "activities.not_in_charge"


class OwnRow(NotPermitted):
    """Nobody confirms or enters hours of their own or of their household (要由别人确认)."""

    code = "activities.own_row"


class InsuranceMissing(RuleRefused):
    """Dangerous service starts only when it is insured (危险活动先保险): 条例 art. 17."""

    code = "activities.insurance_missing"


class MinorInDanger(RuleRefused):
    """No minor does dangerous service (未成年人不得参加危险活动)."""

    code = "activities.minor_in_danger"


class TooYoung(RuleRefused):
    """The activity has a least age (年龄不够): fact age."""

    code = "activities.too_young"


class AgeUnknown(RuleRefused):
    """Where an age is asked for, it must be known (先登记出生年份): fact age."""

    code = "activities.age_unknown"


class ActivityFull(RuleRefused):
    """As many as may come have joined (人满了): fact most."""

    code = "activities.full"


class NotJoined(RuleRefused):
    """Only who has joined may sign in here (没有报名)."""

    code = "activities.not_joined"


class NotOpenYet(RuleRefused):
    """Nobody has opened the activity (活动还没开放签到): fact begins."""

    code = "activities.not_open"


class NotBegun(RuleRefused):
    """It is too early to sign in (还没到签到时间): fact opens."""

    code = "activities.not_begun"


class ActivityOver(RuleRefused):
    """The activity is over (活动结束了): fact ended."""

    code = "activities.over"


class ActivityCancelled(RuleRefused):
    """The activity was called off (活动取消了)."""

    code = "activities.cancelled"


class WrongState(RuleRefused):
    """This cannot be done in the state that the activity is in: fact state."""

    code = "activities.wrong_state"


class Elsewhere(RuleRefused):
    """The activity is signed in and out at another place (不在这里签到): fact activity."""

    code = "activities.elsewhere"


class VolunteersOnly(RuleRefused):
    """A family's card signs nobody in (这张卡不能签到)."""

    code = "activities.volunteers_only"


class AlreadySignedIn(Conflict):
    """This person is signed in here already (已经签到): fact since."""

    code = "activities.already_signed_in"


class SignedInElsewhere(Conflict):
    """This person is signed in to another activity (在别处签到了): facts activity, since."""

    code = "activities.signed_in_elsewhere"


class NotSignedIn(Conflict):
    """Whoever is not signed in cannot sign out (没有签到)."""

    code = "activities.not_signed_in"


class JustSignedIn(Conflict):
    """Less than a minute has passed since the sign-in (刚刚签到): fact since."""

    code = "activities.just_signed_in"


class ClockStopped(Conflict):
    """The clock has stopped by itself; the list is looked through (停表了): facts at, minutes."""

    code = "activities.clock_stopped"


class AlreadyJoined(Conflict):
    """This person has joined already (已经报名)."""

    code = "activities.already_joined"


class AttendanceUnknown(NotFound):
    """There is no such sign-in (没有这次签到)."""

    code = "activities.attendance_unknown"


class TakeBackTooLate(RuleRefused):
    """A sign-in can be taken back for five minutes (撤销时间已过): fact until."""

    code = "activities.take_back_too_late"


class NotOwnAttendance(NotPermitted):
    """Another card signed in here (不是这张卡签的)."""

    code = "activities.not_own_attendance"


class AttendanceDecided(Conflict):
    """The list has been confirmed already (已经确认过): fact status."""

    code = "activities.attendance_decided"


class MinutesRaised(RuleRefused):
    """A leader may lower minutes, never raise them (只能减不能加): fact most."""

    code = "activities.minutes_raised"


class CodeWrong(NotPermitted):
    """The code is wrong or over (签到码不对)."""

    code = "activities.code_wrong"


class CallerNotAllowed(RuleRefused):
    """Only a shop's machine or a station reads cards (只有自助机和签到台能刷卡)."""

    code = "activities.caller_not_allowed"


class RotaUnknown(NotFound):
    """No rota has this number (没有这个排班): fact rota."""

    code = "activities.rota_unknown"


class SlotsInvalid(InvalidInput):
    """Slots are one to twelve times of the day, of ten minutes to a day (班次不对)."""

    code = "activities.slots_invalid"


class RotaGap(RuleRefused):
    """A gate day and night has no gap and no overlap (24 小时没排满): facts ends, begins."""

    code = "activities.rota_gap"


class DaysInvalid(InvalidInput):
    """A rota is generated for at most so many days (天数不对): fact most."""

    code = "activities.days_invalid"


class RotaTooFew(RuleRefused):
    """Too few people are free for a leg (人不够): facts wanted, free, begins."""

    code = "activities.rota_too_few"


class SameDuty(RuleRefused):
    """Nobody swaps with oneself or with who is on the leg already (不用换)."""

    code = "activities.same_duty"


class DutyClash(RuleRefused):
    """Somebody does something else then or has not rested (时间冲突): facts number, begins."""

    code = "activities.duty_clash"
