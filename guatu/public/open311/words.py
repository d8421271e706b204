"""What our statuses are called outside: open or closed, and the finer words of the update extension."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guatu.cases.reads.open311 import Update
from guatu.cases.rules import OPEN

# What an update may say of a case (mySociety's extension).
STATES = (
    "open", "closed", "fixed", "in_progress", "planned", "action_scheduled", "investigating", "duplicate",
    "not_councils_responsibility", "no_further_action", "internal_referral", "cancelled", "reopen", "for_triage",
    "unchanged",
)  # fmt: skip
_OF_STATUS = {
    "reported": "open",
    "confirmed": "investigating",
    "filed": "investigating",
    "returned": "investigating",
    "dispatched": "action_scheduled",
    "accepted": "in_progress",
    "treated": "in_progress",
    "handled": "in_progress",
    "held": "planned",
    "verified": "fixed",
    "closed": "fixed",
    "rejected": "not_councils_responsibility",
    "duplicate": "duplicate",
    "void": "no_further_action",
    "withdrawn": "cancelled",
}
_OF_STEP = {"reopen": "reopen", "extend": "action_scheduled"}
_SAID = {
    "reported": gettext_noop("已收到，等待受理。"),
    "confirmed": gettext_noop("已到现场核实，等待立案。"),
    "filed": gettext_noop("已受理，正在安排承办单位。"),
    "returned": gettext_noop("正在重新安排承办单位。"),
    "dispatched": gettext_noop("已交承办单位办理。"),
    "accepted": gettext_noop("承办单位正在处置。"),
    "treated": gettext_noop("已处置，等待反馈结果。"),
    "handled": gettext_noop("已处置，正在核查结果。"),
    "held": gettext_noop("暂时不具备处置条件，已列入计划。"),
    "verified": gettext_noop("已处置，核查通过。"),
    "closed": gettext_noop("已办结。"),
    "rejected": gettext_noop("不属于本平台受理范围。"),
    "duplicate": gettext_noop("与另一件是同一件事，合并办理。"),
}
_EXTENDED = gettext_noop("办理期限已延长，正在办理。")
_REOPENED = gettext_noop("重新办理，正在安排承办单位。")


def status_of(status: str) -> str:
    """open or closed."""
    return "open" if status in OPEN else "closed"


def state_of(to_status: str, step: str = "", result: str = "") -> str:
    """The finer word. A case that was closed by an explanation, not a repair, is no_further_action."""
    if to_status in ("verified", "closed") and result == "explained":
        return "no_further_action"
    return _OF_STEP.get(step) or _OF_STATUS.get(to_status, "open")


def sentence_of(to_status: str, step: str = "") -> str:
    """The status as a sentence for people outside, in the language of the request."""
    if step == "extend":
        return _(_EXTENDED)
    if step == "reopen":
        return _(_REOPENED)
    return _(_SAID.get(to_status, _SAID["reported"]))


def note_of(update: Update) -> dict[str, Any]:
    """State and words of an update, as the list of updates and the notes of a request both tell them."""
    return {
        "state": state_of(update.to_status, update.step, update.result),
        "text": update.text or sentence_of(update.to_status, update.step),
    }
