"""Messages exchanged with other platforms, as rows and as two sides beside each other."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from guatu.cases.models import STATUS_WORDS, Message
from guatu.cases.models.exchange_words import DEMAND_WORDS, MESSAGE_STATUS_WORDS, MESSAGE_WORDS
from guatu.kernel import clock
from guatu.kernel.problems import CATALOGUE, Problem
from guatu.kit.states import State

_TONES = {
    "waiting": "waiting", "failed": "soon", "sent": "done", "dead": "late", "given_up": "void", "applied": "done",
    "refused": "late", "conflict": "late", "settled": "done",
}  # fmt: skip


def cause_of(message: Message) -> str:
    """Why it failed or was refused, in the reader's language, with what to do."""
    said = message.answer.get("problem") if isinstance(message.answer, dict) else None
    if isinstance(said, dict) and said.get("code") in CATALOGUE:
        return Problem(said["code"], **said.get("details", {})).words()
    return message.cause


def line_of(message: Message) -> dict[str, Any]:
    """A message as a row of a table."""
    said = message.content
    what = MESSAGE_WORDS.get(message.kind, message.kind)
    demand = said.get("demand") or said.get("answer")
    return {
        "row": message, "what": DEMAND_WORDS.get(str(demand), what) if demand else what, "said": said.get("state", ""),
        "state": State(_TONES[message.status], MESSAGE_STATUS_WORDS[message.status]), "cause": cause_of(message),
        "number": message.case.number if message.case is not None else said.get("number", ""),
        "again": message.direction == "out" and message.status in ("waiting", "failed", "dead", "given_up"),
        "stop": message.direction == "out" and message.status in ("waiting", "failed", "dead"),
        "retake": message.direction == "in" and message.status == "refused" and message.content.get("key"),
    }  # fmt: skip


def sides_of(row: Message) -> list[dict[str, Any]]:
    """Ours as it stood, theirs as they say: line by line."""
    ours, said = row.answer["ours"], row.content
    demand = said.get("demand") or said.get("answer") or "due"

    def moment(text: Any) -> str:
        return clock.local(dt.datetime.fromisoformat(str(text))).strftime("%Y-%m-%d %H:%M") if text else "—"

    return [
        {"what": _("怎么说"), "ours": STATUS_WORDS.get(ours["status"], ours["status"]), "theirs": DEMAND_WORDS.get(str(demand), demand)},
        {"what": _("状态"), "ours": STATUS_WORDS.get(ours["status"], ours["status"]), "theirs": said.get("state") or "—"},
        {"what": _("单位"), "ours": ours.get("unit") or "—", "theirs": said.get("unit") or "—"},
        {"what": _("期限"), "ours": moment(ours.get("due_at")), "theirs": moment(said.get("due_at"))},
        {"what": _("说明"), "ours": "—", "theirs": said.get("note") or "—"},
    ]  # fmt: skip
