"""Every write about cases. One module would be longer than a page of reading, so it is a room with four corners."""

from guatu.cases import verbs as verbs
from guatu.cases.acts.classes import find_class, set_classes
from guatu.cases.acts.clockwork import mark_overdue, watch_deadlines
from guatu.cases.acts.exchange import send_upward
from guatu.cases.acts.opening import (
    Draft,
    Imported,
    add_before,
    correct_case,
    import_cases,
    report_case,
    undo_import,
)
from guatu.cases.acts.steps import (
    Outcome,
    accept_case,
    close_case,
    dispatch_case,
    file_case,
    handle_case,
    many,
    recall_case,
    reject_case,
    return_case,
    verify_case,
    void_case,
)

__all__ = [
    "Draft",
    "Imported",
    "Outcome",
    "accept_case",
    "add_before",
    "close_case",
    "correct_case",
    "dispatch_case",
    "file_case",
    "find_class",
    "handle_case",
    "import_cases",
    "many",
    "mark_overdue",
    "recall_case",
    "reject_case",
    "report_case",
    "return_case",
    "send_upward",
    "set_classes",
    "undo_import",
    "verify_case",
    "void_case",
    "watch_deadlines",
]
