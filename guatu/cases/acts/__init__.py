"""Every write about cases. One module would be longer than a page of reading, so it is a room with several corners."""

from guatu.cases import verbs as verbs
from guatu.cases.acts import turns as turns
from guatu.cases.acts.approvals import ask, decide, take_back
from guatu.cases.acts.assigning import assign_case
from guatu.cases.acts.bulk import run_bulk, start_bulk, undo_bulk, work_on_bulk
from guatu.cases.acts.classes import add_class, edit_class, find_class, set_classes
from guatu.cases.acts.clockwork import mark_overdue, watch_deadlines
from guatu.cases.acts.comments import comment, edit_comment, withdraw_comment
from guatu.cases.acts.exchange import send_upward
from guatu.cases.acts.joint import (
    accept_part,
    answer_offer,
    finish_part,
    give_part,
    offer_case,
    return_part,
    take_back_part,
)
from guatu.cases.acts.ladder import acknowledge_alert, climb, climb_ladder, see_alerts, settle_orders
from guatu.cases.acts.merging import merge_case, merge_cases, unmerge_case
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
from guatu.cases.acts.standards import add_standard, edit_standard, set_standards
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
from guatu.cases.acts.suggestions import accept_suggestion, learn_suggestions
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
    "accept_part",
    "accept_suggestion",
    "acknowledge_alert",
    "add_before",
    "add_class",
    "add_standard",
    "answer_offer",
    "ask",
    "assign_case",
    "climb",
    "climb_ladder",
    "close_case",
    "comment",
    "confirm_case",
    "contact_reporter",
    "correct_case",
    "decide",
    "dispatch_by_rule",
    "dispatch_case",
    "edit_class",
    "edit_comment",
    "edit_standard",
    "feed_back_case",
    "file_case",
    "find_class",
    "finish_part",
    "give_part",
    "handle_case",
    "import_cases",
    "learn_suggestions",
    "many",
    "mark_overdue",
    "merge_case",
    "merge_cases",
    "move_rule",
    "offer_case",
    "recall_case",
    "reclassify_case",
    "reject_case",
    "reopen_case",
    "report_case",
    "report_stage",
    "resume_case",
    "return_part",
    "run_bulk",
    "save_rule",
    "see_alerts",
    "send_upward",
    "set_classes",
    "set_rules",
    "set_standards",
    "settle_orders",
    "start_bulk",
    "switch_rule",
    "take_back",
    "take_back_part",
    "take_up_again",
    "undo_bulk",
    "undo_import",
    "unmerge_case",
    "verify_case",
    "watch_deadlines",
    "withdraw_case",
    "withdraw_comment",
    "work_on_bulk",
]
