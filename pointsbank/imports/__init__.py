"""Floor 5: lists that people bring, checked, previewed and taken in beside the running shop."""

from pointsbank.imports.bringing import bring_file, clean_file_name
from pointsbank.imports.errors import (
    ClaimLost,
    FileDamaged,
    FileGone,
    ImportKindUnknown,
    MayNotImport,
    NothingToTake,
    RowsBad,
    TooManyUploads,
    UploadNotReady,
    UploadNotWhole,
    UploadUnknown,
)
from pointsbank.imports.findings import PROBLEMS_SHOWN, Note, Preview, ShownRow, ToMend, together
from pointsbank.imports.forgetting import forget, forget_old_files
from pointsbank.imports.kinds import IMPORTS, get_import, take_list
from pointsbank.imports.operations import UPLOADS_MOST, discard_upload, go_on, take_upload
from pointsbank.imports.parts import FILE, MEND, PART_BYTES, PREVIEW, UploadPart
from pointsbank.imports.queries import (
    find_same_file,
    get_preview,
    get_to_mend,
    get_upload,
    has_file,
    has_stalled,
    list_uploads,
)
from pointsbank.imports.running import (
    CHANGED_MEANWHILE,
    CRASHED,
    IMPORTERS,
    run_next,
)
from pointsbank.imports.uploads import KEPT, Upload, UploadRow
from pointsbank.imports.worker import ImportWorker

__all__ = [
    "CHANGED_MEANWHILE",
    "CRASHED",
    "FILE",
    "IMPORTERS",
    "IMPORTS",
    "KEPT",
    "MEND",
    "PART_BYTES",
    "PREVIEW",
    "PROBLEMS_SHOWN",
    "UPLOADS_MOST",
    "ClaimLost",
    "FileDamaged",
    "FileGone",
    "ImportKindUnknown",
    "ImportWorker",
    "MayNotImport",
    "Note",
    "NothingToTake",
    "Preview",
    "RowsBad",
    "ShownRow",
    "ToMend",
    "TooManyUploads",
    "Upload",
    "UploadNotReady",
    "UploadNotWhole",
    "UploadPart",
    "UploadRow",
    "UploadUnknown",
    "bring_file",
    "clean_file_name",
    "discard_upload",
    "find_same_file",
    "forget",
    "forget_old_files",
    "get_import",
    "get_preview",
    "get_to_mend",
    "get_upload",
    "go_on",
    "has_file",
    "has_stalled",
    "list_uploads",
    "run_next",
    "take_list",
    "take_upload",
    "together",
]
