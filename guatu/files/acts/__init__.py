"""Every write about files: attaching, withdrawing, and the walk of an import."""

from guatu.files import verbs as verbs
from guatu.files.acts.attaching import Upload, attach, withdraw
from guatu.files.acts.importing import (
    apply_import,
    apply_later,
    check_import,
    import_file,
    map_columns,
    resume,
    start_import,
    undo_import,
)

__all__ = [
    "Upload",
    "apply_import",
    "apply_later",
    "attach",
    "check_import",
    "import_file",
    "map_columns",
    "resume",
    "start_import",
    "undo_import",
    "withdraw",
]
