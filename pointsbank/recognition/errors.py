"""What this room refuses (表彰的拒绝)."""

from __future__ import annotations

from pointsbank.foundation import Conflict, InvalidInput, NotFound, RuleRefused


class DayAhead(InvalidInput):
    """What is noted in a file has happened already (日期还没到): fact day."""

    code = "recognition.day_ahead"


class WordsMissing(InvalidInput):
    """A line of the file says what it was (须写明内容)."""

    code = "recognition.words_missing"


class MarkInvalid(InvalidInput):
    """A mark is from one to five (评分从 1 到 5)."""

    code = "recognition.mark_invalid"


class LengthInvalid(InvalidInput):
    """A training takes from one minute to so many hours (学时不对): fact most."""

    code = "recognition.length_invalid"


class PeopleMissing(InvalidInput):
    """A line of the file is about somebody, and about not too many at once: fact most."""

    code = "recognition.people_missing"


class OthersRecord(InvalidInput):
    """The evaluated service is another's (不是本人的服务记录): fact number."""

    code = "recognition.others_record"


class LineUnknown(NotFound):
    """The file has no such line (档案里没有这一条)."""

    code = "recognition.line_unknown"


class LineStruck(RuleRefused):
    """The line has been struck out before (这一条已经划掉)."""

    code = "recognition.line_struck"


class StarRuleWrong(InvalidInput):
    """Something in a table of stars cannot be (星级标准有误): facts where, reason."""

    code = "recognition.star_rule_wrong"


class StarRuleInPast(RuleRefused):
    """A table of stars begins today or later (只能从今天或以后起): facts starts_on, today."""

    code = "recognition.star_rule_in_past"


class StarUnknown(NotFound):
    """No such star was ever asked for (没有这次星级申请)."""

    code = "recognition.star_unknown"


class StarOpen(Conflict):
    """Somebody has put this volunteer forward already (已经在评定)."""

    code = "recognition.star_open"


class StarDecided(Conflict):
    """The star has been decided on (已经评定过了): fact status."""

    code = "recognition.star_decided"


class StarUnchecked(RuleRefused):
    """Nobody has put the volunteer forward yet; the wish alone decides nothing (还没有人审核)."""

    code = "recognition.star_unchecked"


class StarNotReached(RuleRefused):
    """The next star takes more (还没达到): facts stars, hours, needed."""

    code = "recognition.star_not_reached"


class StarSecondMissing(RuleRefused):
    """The hours are there, the second criterion is not (另一项还没达到): facts stars, second."""

    code = "recognition.star_second_missing"


class StarsComplete(RuleRefused):
    """There is no higher star (已经是最高星级): fact stars."""

    code = "recognition.stars_complete"


class StarOutOfOrder(RuleRefused):
    """Stars are given one after the other (星级要依次评定): fact stars."""

    code = "recognition.star_out_of_order"


class StarsStand(RuleRefused):
    """What the stars rest on is still there; nothing is lowered (星级的依据还在)."""

    code = "recognition.stars_stand"


class CertificateUnknown(NotFound):
    """There is no such certificate (没有这份证明)."""

    code = "recognition.certificate_unknown"


class CertificateMissing(NotFound):
    """No certificate has this number and these check digits (查不到这份证明)."""

    code = "recognition.certificate_missing"


class CertificateOpen(Conflict):
    """This volunteer waits for a certificate already (已经在办一份证明)."""

    code = "recognition.certificate_open"


class CertificateDecided(Conflict):
    """The certificate has been signed or refused (已经办过了): fact status."""

    code = "recognition.certificate_decided"


class CertificateUnprepared(RuleRefused):
    """Nobody has prepared it yet (还没有拟好)."""

    code = "recognition.certificate_unprepared"


class CertificateChanged(Conflict):
    """It was prepared anew since the signer read it (内容又改过了)."""

    code = "recognition.certificate_changed"


class CertificateOutdated(RuleRefused):
    """The hours behind it are others now; it is prepared anew first (时长变了，要重新拟)."""

    code = "recognition.certificate_outdated"


class CertificateNotIssued(RuleRefused):
    """Only a certificate that holds can be printed or revoked (证明没有生效): fact status."""

    code = "recognition.certificate_not_issued"


class HoursNone(RuleRefused):
    """There is no confirmed service in these days (这段时间没有认定的服务): facts since, until."""

    code = "recognition.hours_none"


class PeriodInvalid(InvalidInput):
    """A period begins before it ends, and ends today at the latest (起止日期不对)."""

    code = "recognition.period_invalid"
