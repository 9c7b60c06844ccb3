"""What this room refuses (积分认定的拒绝)."""

from __future__ import annotations

from pointsbank.foundation import Conflict, InvalidInput, NotFound, NotPermitted, RuleRefused


class RecordUnknown(NotFound):
    """No service record has this number (没有这条服务记录)."""

    code = "earning.record_unknown"


class RecordDecided(Conflict):
    """Somebody has decided on the record already (已经认定过了): facts number, status."""

    code = "earning.record_decided"


class RecordRepeated(Conflict):
    """The same service stands in the books already (重复的服务记录): fact number."""

    code = "earning.record_repeated"


class RecordDoubled(Conflict):
    """Another record of this person may be the same service (疑似重复): fact number."""

    code = "earning.record_doubled"


class RecordNotEffective(RuleRefused):
    """Only an effective record can be voided (只有已生效的记录可以作废): facts number, status."""

    code = "earning.record_not_effective"


class SamePersonTwice(NotPermitted):
    """Who recorded it cannot be the one who approves it (记录人和认定人须是两个人): fact number."""

    code = "earning.same_person_twice"


class OwnRecord(NotPermitted):
    """Nobody records, approves or voids hours of their own (不能办理自己的时长)."""

    code = "earning.own_record"


class NoRule(RuleRefused):
    """No rule was in force on the day of the service (当日没有积分规则): fact day."""

    code = "earning.no_rule"


class RuleInPast(RuleRefused):
    """A new rule starts today or later; what was earned keeps its rule: facts starts_on, today."""

    code = "earning.rule_in_past"


class ServiceInFuture(InvalidInput):
    """The service has not been done yet (服务还没有做): fact day."""

    code = "earning.service_in_future"


class ServiceNotOver(InvalidInput):
    """The service cannot be over yet (服务还没有做完): fact now, in the shop's own time."""

    code = "earning.service_not_over"


class SourceNotTyped(RuleRefused):
    """What is typed in is back-filled, never a sign-in (手打的只能记成补录): fact source."""

    code = "earning.source_not_typed"


class HoursInvalid(InvalidInput):
    """A service takes from one minute to one day, and no longer than from its start to its end."""

    code = "earning.hours_invalid"


class ReasonMissing(InvalidInput):
    """A rejection or a voiding says why (须写明理由)."""

    code = "earning.reason_missing"


class NumberMissing(InvalidInput):
    """The name alone does not tell who it is (同名, 须写编号): fact people."""

    code = "earning.number_missing"


class NameDiffers(InvalidInput):
    """The number belongs to somebody of another name (姓名与编号不符): fact number."""

    code = "earning.name_differs"


class NoCalendar(RuleRefused):
    """Nobody has said which days of this year are holidays (还没有这一年的放假安排): fact year."""

    code = "earning.no_calendar"


class CalendarEmpty(InvalidInput):
    """A list of holidays without a single day off is none (没有一天放假): fact year."""

    code = "earning.calendar_empty"


class CalendarUnreadable(InvalidInput):
    """A list of holidays has name, date and isOffDay, all of one year (读不出来): fact value."""

    code = "earning.calendar_unreadable"


class NothingToPublish(RuleRefused):
    """No record waits to be hung on a notice (没有等公示的记录)."""

    code = "earning.nothing_to_publish"


class NoticeUnknown(NotFound):
    """No notice has this number (没有这一期公示): fact notice."""

    code = "earning.notice_unknown"


class NoticeDayWrong(InvalidInput):
    """A notice is hung and taken down within its own days (日期不对): facts least, most."""

    code = "earning.notice_day"


class NoticeNotHung(RuleRefused):
    """What nobody has noted as hung cannot be taken down (还没记张贴): fact notice."""

    code = "earning.notice_not_hung"


class NoticeRunning(RuleRefused):
    """The notice is not over yet (公示还没到期): facts notice, last_day."""

    code = "earning.notice_running"


class NoticeBegun(RuleRefused):
    """Something on the notice counts already; its end is not moved (已有生效的): fact notice."""

    code = "earning.notice_begun"


class NoticeWithdrawn(RuleRefused):
    """The notice was withdrawn, and nothing comes of it (公示已作废): fact notice."""

    code = "earning.notice_withdrawn"


class ObjectionUnknown(NotFound):
    """No objection has this number (没有这条异议): fact objection."""

    code = "earning.objection_unknown"


class ObjectionDecided(Conflict):
    """Somebody has decided on the objection already (异议已处理): facts objection, outcome."""

    code = "earning.objection_decided"


class ObjectionOpen(RuleRefused):
    """An objection to the record waits for a decision (有异议未处理): fact number."""

    code = "earning.objection_open"


class MarkStands(Conflict):
    """The same mark stands already (已经记过): fact kind."""

    code = "earning.mark_stands"


class MarkUnknown(NotFound):
    """No such mark stands (没有这个记号)."""

    code = "earning.mark_unknown"


class CategoriesUnreadable(InvalidInput):
    """Categories are one to so many names, none of them twice (类别清单不对): fact most."""

    code = "earning.categories_unreadable"


class UndatedTooEarly(RuleRefused):
    """Points are given no day that is nearer than this (到期日太近): fact least."""

    code = "earning.undated_too_early"


class RuleUnknown(NotFound):
    """The rulebook in force gives or takes no points for that (办法里没有这一条): fact rule."""

    code = "earning.rule_unknown"


class BonusLimit(RuleRefused):
    """So many of these bonuses a year, and no more (今年给满了): fact most."""

    code = "earning.bonus_limit"


class ExtraUnknown(NotFound):
    """There is no such deduction (没有这一笔扣减): fact extra."""

    code = "earning.extra_unknown"


class AppealTooLate(RuleRefused):
    """The days for appealing are over (过了申诉期): fact until."""

    code = "earning.appeal_too_late"


class NotAppealed(RuleRefused):
    """Nobody has appealed against it (没有人申诉): fact extra."""

    code = "earning.not_appealed"


class AppealDecided(Conflict):
    """It was appealed against before; once is all (已经申诉过了): fact extra."""

    code = "earning.appeal_decided"


class BookletNumberUnreadable(InvalidInput):
    """A booklet, or a scan, is named by letters and digits (编号只写字母和数字)."""

    code = "earning.booklet_number_unreadable"


class BookletEmpty(InvalidInput):
    """A booklet has points or hours, and no more than so many (存折上没有): facts points, hours."""

    code = "earning.booklet_empty"


class BookletInFuture(InvalidInput):
    """The last line of the booklet is dated after today (日期还没到): fact day."""

    code = "earning.booklet_in_future"


class BookletKnown(Conflict):
    """This booklet was brought before (这本存折登记过了): facts booklet, number."""

    code = "earning.booklet_known"


class OpeningUnknown(NotFound):
    """No booklet was brought under this number (没有这一笔存折旧账): fact number."""

    code = "earning.opening_unknown"


class OpeningDecided(Conflict):
    """Somebody has decided on this booklet already (已经有人处理过了): facts number, status."""

    code = "earning.opening_decided"


class TagUnknown(InvalidInput):
    """The rulebook of that day speaks of nothing called so (积分办法里没有): facts tag, known."""

    code = "earning.tag_unknown"
