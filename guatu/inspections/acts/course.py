"""The course of a round: started, closed with what is left named, cancelled, reopened."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from guatu.inspections import words
from guatu.inspections.acts.shared import locked_round, may_edit_round, uuids
from guatu.inspections.models import Round, Visit
from guatu.inspections.rules import rounds as rules
from guatu.inspections.words import word
from guatu.kernel.acts import Actor, Deed, check_version, deed, story
from guatu.kernel.problems import Problem
from guatu.places.models import Place

_AT_ONCE = 500


def _told(round_: Round) -> dict[str, Any]:
    return {"number": round_.number, "name": round_.name}


def _move(d: Deed, row: Round, step: str, reason: str = "", **details: Any) -> UUID:
    move = rules.LIFECYCLE[step]
    if row.status not in move.sources:
        raise Problem(
            "round.wrong_step",
            number=row.number,
            status=row.status,
            status_word=word(words.ROUND_STATUS, row.status),
            step=step,
        )
    if move.reason and not reason:
        raise Problem("round.reason_needed", number=row.number)
    before = row.status
    row.status = move.target or row.status
    row.version += 1
    row.save()
    said = {**_told(row), "before": before, **({"reason": reason} if reason else {}), **details}
    return d.record(move.verb, row, details=said)


def start_round(*, by: Actor, round: Round, version: int | None = None, via: str = "web") -> Round:
    """It begins: inspectors see it on their phones. Raises `round.no_places`, `round.wrong_step`, `access.denied`."""
    with deed(by=by, via=via) as d:
        row = locked_round(round)
        may_edit_round(by, row)
        check_version(row, version)
        count = Visit.objects.filter(round=row, status="planned").count()
        if not count:
            raise Problem("round.no_places", number=row.number)
        _move(d, row, "start", count=count)
    return row


def close_round(
    *, by: Actor, round: Round, reason: str = "", version: int | None = None, via: str = "web"
) -> Round:
    """It is over. What is left is named: without a reason a round with places left is not closed; with one they are
    skipped for that reason. Raises `round.left_over`, `round.underway`, `round.wrong_step`, `access.denied`."""
    reason = reason.strip()[:300]
    with deed(by=by, via=via) as d:
        row = locked_round(round)
        may_edit_round(by, row)
        check_version(row, version)
        _none_underway(row)
        left = list(
            Visit.objects.select_for_update(no_key=True)
            .filter(round=row, status="planned", kind="round")
            .order_by("pk")
        )
        if left and not reason:
            raise Problem("round.left_over", number=row.number, count=len(left), names=_names(left))
        row.note = reason or row.note
        act_id = _move(d, row, "close", reason, left=len(left), skipped=[str(each.id) for each in left])
        _skip_all(d, left, reason, act_id)
    return row


def _none_underway(row: Round) -> None:
    started = Visit.objects.filter(round=row, status="started").select_related("place").first()
    if started is not None:
        raise Problem("round.underway", number=row.number, place=started.place.name)


def _names(rows: Sequence[Visit]) -> str:
    names = Place.objects.filter(pk__in=[row.place_id for row in rows[:5]]).values_list("name", flat=True)
    return "、".join(names)


def _skip_all(d: Deed, rows: Sequence[Visit], reason: str, cause: UUID) -> None:
    for row in rows:
        row.status, row.note, row.version = "skipped", reason, row.version + 1
        d.record("visit.skipped", row, details={"reason": reason}, cause=cause)
    Visit.objects.bulk_update(rows, ["status", "note", "version"], batch_size=200)


def cancel_round(
    *, by: Actor, round: Round, reason: str, version: int | None = None, via: str = "web"
) -> Round:
    """It will not take place (any more); what was done stays, what was not is skipped. Raises `round.reason_needed`,
    `round.underway`, `round.wrong_step`, `access.denied`."""
    reason = reason.strip()[:300]
    with deed(by=by, via=via) as d:
        row = locked_round(round)
        may_edit_round(by, row)
        check_version(row, version)
        _none_underway(row)
        left = list(
            Visit.objects.select_for_update(no_key=True).filter(round=row, status="planned").order_by("pk")
        )
        left = [each for each in left if each.kind == "round"]
        row.note = reason or row.note
        act_id = _move(d, row, "cancel", reason, skipped=[str(each.id) for each in left])
        _skip_all(d, left, reason, act_id)
    return row


def reopen_round(*, by: Actor, round: Round, version: int | None = None, via: str = "web") -> Round:
    """The undo of closing and cancelling: it goes on as it was, with the places that were skipped by it."""
    with deed(by=by, via=via) as d:
        row = locked_round(round)
        may_edit_round(by, row)
        check_version(row, version)
        ended = [line for line in story(row) if line.verb in ("round.closed", "round.cancelled")]
        _move(d, row, "reopen")
        row.status = ended[0].details.get("before", "running") if ended else "running"
        row.save(update_fields=["status"])
        wanted = uuids(ended[0].details.get("skipped", [])) if ended else []
        rows: list[Visit] = []
        for start in range(0, len(wanted), _AT_ONCE):
            found = Visit.objects.select_for_update(no_key=True).filter(
                pk__in=wanted[start : start + _AT_ONCE]
            )
            rows += found.filter(status="skipped").order_by("pk")
        for visit in rows:
            visit.status, visit.note, visit.version = "planned", "", visit.version + 1
            d.record("visit.replanned", visit)
        Visit.objects.bulk_update(rows, ["status", "note", "version"], batch_size=200)
    return row
