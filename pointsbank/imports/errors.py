"""What can be refused when a list is brought and taken in."""

from __future__ import annotations

from pointsbank.foundation import (
    Conflict,
    InvalidInput,
    InvariantBroken,
    NotFound,
    NotPermitted,
    RuleRefused,
)


class ImportKindUnknown(InvalidInput):
    """There is no such kind of list: fact kind."""

    code = "imports.kind_unknown"


class UploadUnknown(NotFound):
    """There is no such upload (没有这次导入): fact number."""

    code = "imports.upload_unknown"


class TooManyUploads(RuleRefused):
    """One person brought too many files within an hour: fact most."""

    code = "imports.too_many_uploads"


class UploadNotWhole(Conflict):
    """Some of the file's bytes did not arrive."""

    code = "imports.upload_not_whole"


class UploadNotReady(Conflict):
    """It is not at this step, or not any more: fact status."""

    code = "imports.upload_not_ready"


class RowsBad(RuleRefused):
    """All was to be taken, but some rows must be mended first: fact bad."""

    code = "imports.rows_bad"


class NothingToTake(RuleRefused):
    """No row of the file can be taken (没有能收的行)."""

    code = "imports.nothing_to_take"


class FileGone(RuleRefused):
    """The file was deleted; it must be brought again (文件已删)."""

    code = "imports.file_gone"


class FileDamaged(InvariantBroken):
    """The kept bytes are not those that were brought."""

    code = "imports.file_damaged"


class MayNotImport(NotPermitted):
    """Whoever wanted it taken may not import any more (已无权导入)."""

    code = "imports.may_not_import"


class ClaimLost(Conflict):
    """Another process goes on with this import."""

    code = "imports.claim_lost"
