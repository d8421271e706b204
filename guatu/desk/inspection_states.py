"""How rounds, visits and orders stand, as chips; and small things their pages share."""

from collections.abc import Iterable
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guatu.files.bytes import PICTURES
from guatu.files.models import Attachment
from guatu.inspections import words
from guatu.inspections.models import Order, Round, Visit
from guatu.inspections.reads.visits import is_late
from guatu.kernel import clock
from guatu.kit.parts import FileLine
from guatu.kit.states import State
from guatu.units.models import Person

ROUND_TONES = {"draft": "waiting", "running": "going", "closed": "done", "cancelled": "void"}
OUTCOME_TONES = {"pass": "done", "rectify": "returned", "shut": "late", "not_open": "held", "gone": "void"}
ORDER_TONES = {
    "issued": "going",
    "complied": "soon",
    "passed": "done",
    "failed": "returned",
    "withdrawn": "void",
}
VERDICT_TONES = {"met": "done", "not_met": "late", "put_right": "soon", "not_applicable": "void"}
OUTCOMES = {code: State(tone, words.OUTCOMES[code]) for code, tone in OUTCOME_TONES.items()}
VERDICTS = {code: State(tone, words.VERDICTS[code]) for code, tone in VERDICT_TONES.items()}
ORDERS = {code: State(tone, words.ORDER_STATUS[code]) for code, tone in ORDER_TONES.items()}
ROUNDS = {code: State(tone, words.ROUND_STATUS[code]) for code, tone in ROUND_TONES.items()}
LATE_ORDER = State("late", _("逾期未整改"))
LATE_BACK = State("late", _("回头看逾期"))
_VISITS = {
    "planned": State("waiting", words.VISIT_STATUS["planned"]),
    "started": State("going", words.VISIT_STATUS["started"]),
    "skipped": State("void", words.VISIT_STATUS["skipped"]),
    "removed": State("void", words.VISIT_STATUS["removed"]),
}


def person_of(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def round_state(row: Round) -> State:
    return ROUNDS[row.status]


def visit_state(row: Visit) -> State:
    """How it ended, else how it stands; a look-back whose time has run out says so."""
    if row.status == "done":
        return OUTCOMES[row.outcome]
    return LATE_BACK if is_late(row) else _VISITS[row.status]


def order_state(row: Order) -> State:
    if row.status == "issued" and (row.late or row.due_at < clock.now()):
        return LATE_ORDER
    return ORDERS[row.status]


def kind_word(row: Order) -> Promise | str:
    return words.ORDER_KINDS[row.kind]


def file_lines(rows: Iterable[Attachment]) -> list[FileLine]:
    """Attachments as a page shows them."""
    return [
        FileLine(
            name=row.name, url=reverse("desk:file", args=[row.id]), content_type=row.content_type, size=row.size,
            taken_at=row.taken_at,
            thumb_url=reverse("desk:file_thumb", args=[row.id]) if row.content_type in PICTURES else "",
        )
        for row in rows
    ]  # fmt: skip


def version_of(request: HttpRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isdigit() else None


def choices(table: dict[str, Any], *codes: str) -> list[tuple[str, Any]]:
    return [(code, table[code]) for code in (codes or table)]
