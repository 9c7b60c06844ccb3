"""What this room refuses (备份与恢复的拒绝)."""

from __future__ import annotations

from pointsbank.foundation import (
    Conflict,
    InvalidInput,
    InvariantBroken,
    NotFound,
    RuleRefused,
    Unavailable,
)


class NoSpace(Unavailable):
    """There is too little room on the disk (磁盘空间不够): facts place, needed_mb, free_mb."""

    code = "safekeeping.no_space"


class BackupRunning(Unavailable):
    """Another backup of this bank is being made (正在备份)."""

    code = "safekeeping.backup_running"


class PlaceUnwritable(Unavailable):
    """Nothing can be written there (写不进去): facts place, reason."""

    code = "safekeeping.place_unwritable"


class CopyIncomplete(InvariantBroken):
    """The copy lacks what was in the books before it was begun (副本不全): facts has, needs."""

    code = "safekeeping.copy_incomplete"


class CopyDiffers(InvariantBroken):
    """What was read back is not what was written (读回来的和写进去的不一样): fact what."""

    code = "safekeeping.copy_differs"


class CopyWrong(InvariantBroken):
    """The books in the copy do not stand the check (账不对): facts findings, first."""

    code = "safekeeping.books_wrong"


class BackupUnknown(NotFound):
    """There is no such backup (没有这份备份)."""

    code = "safekeeping.backup_unknown"


class NotABackup(InvalidInput):
    """The file is no backup of a points bank (不是备份文件)."""

    code = "safekeeping.not_a_backup"


class BackupAltered(InvalidInput):
    """The file was changed or cut short since it was made (备份被改过或不完整)."""

    code = "safekeeping.backup_altered"


class PassphraseWrong(InvalidInput):
    """This passphrase does not open this backup (备份口令打不开)."""

    code = "safekeeping.passphrase_wrong"


class SecretUnreadable(InvalidInput):
    """A secret was mistyped; fact group tells where, 0 for "not the right number of digits"."""

    code = "safekeeping.secret_unreadable"


class NewerProgram(RuleRefused):
    """The backup was made by a newer program (备份来自更新的版本): facts made_by, needs."""

    code = "safekeeping.newer_program"


class FolderNotEmpty(Conflict):
    """A bank is restored into an empty folder only (文件夹不是空的): fact path."""

    code = "safekeeping.folder_not_empty"


class DatabaseNotEmpty(Conflict):
    """A bank is restored into an empty database only (数据库不是空的)."""

    code = "safekeeping.database_not_empty"


class OlderCopy(RuleRefused):
    """The books are an older copy: later receipts have been seen (账册是旧的): facts seen, at."""

    code = "safekeeping.older_copy"


class NotOlder(RuleRefused):
    """The books are not older than what was seen; there is nothing to accept (账册不是旧的)."""

    code = "safekeeping.not_older"


class DriveUnknown(NotFound):
    """No such stick or folder is there now (没有插这个U盘)."""

    code = "safekeeping.drive_unknown"


class DriveOfOther(Conflict):
    """The stick keeps another bank's backups (U盘是别的账册的)."""

    code = "safekeeping.drive_of_other"


class SlipUnreadable(InvalidInput):
    """A slip's number is like A3-0412 (小票号格式不对)."""

    code = "safekeeping.slip_unreadable"


class SlipKnown(Conflict):
    """The slip stands in the books; nothing is missing (小票在账上): fact slip."""

    code = "safekeeping.slip_known"


class SeenUnknown(NotFound):
    """There is no such line in the list (清单里没有这一条)."""

    code = "safekeeping.seen_unknown"


class RecoveryWrong(InvalidInput):
    """This is not the recovery code of this bank (恢复码不对)."""

    code = "safekeeping.recovery_wrong"


class LookUnknown(NotFound):
    """There is nothing of this name to look at after a restore (没有这一样要核对)."""

    code = "safekeeping.look_unknown"
