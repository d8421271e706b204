"""Every write about cases. One module would be longer than a page of reading, so it is a room with several corners."""

from guatu.cases import verbs as verbs
from guatu.cases.acts.approvals import ask, decide, take_back
from guatu.cases.acts.classes import find_class, set_classes
from guatu.cases.acts.clockwork import mark_overdue, watch_deadlines
from guatu.cases.acts.exchange import send_upward
from guatu.cases.acts.opening import (
    Draft,
    Imported,
    ReporterDraft,
    add_before,
    correct_case,
    import_cases,
    report_case,
    undo_import,
)
from guatu.cases.acts.routing import dispatch_by_rule, move_rule, save_rule, set_rules, switch_rule
from guatu.cases.acts.steps import (
    Outcome,
    accept_case,
    close_case,
    confirm_case,
    dispatch_case,
    feed_back_case,
    file_case,
    handle_case,
    many,
    recall_case,
    reject_case,
    report_stage,
    verify_case,
)
from guatu.cases.acts.table import STEPS
from guatu.cases.acts.turns import (
    contact_reporter,
    reclassify_case,
    reopen_case,
    resume_case,
    take_up_again,
    withdraw_case,
)

__all__ = [
    "STEPS",
    "Draft",
    "Imported",
    "Outcome",
    "ReporterDraft",
    "accept_case",
    "add_before",
    "ask",
    "close_case",
    "confirm_case",
    "contact_reporter",
    "correct_case",
    "decide",
    "dispatch_by_rule",
    "dispatch_case",
    "feed_back_case",
    "file_case",
    "find_class",
    "handle_case",
    "import_cases",
    "many",
    "mark_overdue",
    "move_rule",
    "recall_case",
    "reclassify_case",
    "reject_case",
    "reopen_case",
    "report_case",
    "report_stage",
    "resume_case",
    "save_rule",
    "send_upward",
    "set_classes",
    "set_rules",
    "switch_rule",
    "take_back",
    "take_up_again",
    "undo_import",
    "verify_case",
    "watch_deadlines",
    "withdraw_case",
]
