"""Every step of a visit: begun, finished with its findings, found closed or gone, skipped, planned again, taken back."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from guatu.campaigns.models import Campaign
from guatu.files.models import Attachment
from guatu.inspections import words
from guatu.inspections.acts import findings as found
from guatu.inspections.acts import orders as order_acts
from guatu.inspections.acts.findings import FileIn as FileIn
from guatu.inspections.acts.findings import FindingDraft as FindingDraft
from guatu.inspections.acts.findings import photo_purpose as photo_purpose
from guatu.inspections.acts.orders import Signer as Signer
from guatu.inspections.acts.rounds import new_visit
from guatu.inspections.acts.shared import locked_visit, may_do, minute, name_of, settings_for
from guatu.inspections.models import Finding, Order, Visit
from guatu.inspections.reads.norms import checklist_for
from guatu.inspections.rules import visits as rules
from guatu.inspections.rules.orders import OPEN
from guatu.inspections.words import word
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, check_version, deed
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from guatu.units.models import Person


def _step(by: Actor, visit: Visit, step: str, version: int | None = None) -> tuple[Visit, rules.Move]:
    """The locked visit, when it may take the step; of two who finish it the second is told who was first."""
    row = locked_visit(visit)
    move = rules.LIFECYCLE[step]
    may_do(by, row, move.right)
    if row.round is not None and row.kind == "round" and row.round.status not in ("draft", "running"):
        raise Problem("round.over", number=row.round.number)
    if not rules.allowed(step, row.status, row.outcome):
        if (
            row.status == "done"
            and step in ("start", "finish", "not_open", "gone")
            and row.done_at is not None
        ):
            who, when = name_of(row.done_by_id), minute(row.done_at)
            raise Problem(
                "visit.done_already",
                place=row.place.name,
                who=who,
                when=when,
                outcome=row.outcome,
                outcome_word=word(words.OUTCOMES, row.outcome),
            )
        raise Problem(
            "visit.wrong_step",
            place=row.place.name,
            status=row.status,
            status_word=word(words.VISIT_STATUS, row.status),
            step=step,
        )
    check_version(row, version)
    return row, move


def _where(row: Visit, lon: float | None, lat: float | None, accuracy: float | None) -> None:
    if lon is None and lat is None:
        return
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Problem("visit.bad_position", lon=lon, lat=lat)
    row.lon, row.lat = lon, lat
    row.accuracy = accuracy if accuracy is not None and accuracy >= 0 else None


def freeze_checklist(row: Visit, day: dt.date) -> list[str]:
    """What is asked at this visit: of a look-back only what was not met, else what holds for the place on the day."""
    if row.kind == "look_back" and row.after_id is not None:
        unmet = Finding.objects.filter(visit=row.after_id, verdict="not_met").values_list(
            "item_id", flat=True
        )
        order = {key: number for number, key in enumerate(row.after.asked if row.after is not None else ())}
        return sorted((str(key) for key in unmet), key=lambda key: order.get(key, len(order)))
    versions = row.round.checklist if row.round is not None else ()
    return [str(item.id) for item in checklist_for(row.place, day, versions)]


def _begin(row: Visit, at: dt.datetime) -> None:
    row.started_at = at
    row.asked = freeze_checklist(row, clock.local(at).date())


# --- begun -----------------------------------------------------------------------------------------------------------


def start_visit(
    *,
    by: Actor,
    visit: Visit,
    at: dt.datetime | None = None,
    lon: float | None = None,
    lat: float | None = None,
    accuracy: float | None = None,
    version: int | None = None,
    via: str = "web",
) -> Visit:
    """Somebody is there and begins; what is asked is frozen now. at: when it was (a phone tells later, never ahead).

    Raises `visit.wrong_step`, `visit.done_already`, `visit.bad_position`, `kernel.future`, `access.denied`.
    """
    moment = clock.local(at or clock.now())
    with deed(by=by, effective_at=moment, via=via) as d:
        row, move = _step(by, visit, "start", version)
        _begin(row, moment)
        _where(row, lon, lat, accuracy)
        row.status = move.target
        row.version += 1
        row.save()
        d.record(move.verb, row, details={"place": row.place.name, "items": len(row.asked)})
    return row


def open_spot_visit(
    *, by: Actor, campaign: Campaign, place: Place, at: dt.datetime | None = None, lon: float | None = None,
    lat: float | None = None, accuracy: float | None = None, via: str = "web",
) -> Visit:  # fmt: skip
    """Begin a visit to a place that stands in no round. Two at once to one place are one: the second gets the first's.

    Raises `visit.place_gone`, `kernel.future`, `access.denied`.
    """
    require(by.scope, "visit.do", area=place.area)
    if place.withdrawn or place.closed_on is not None:
        raise Problem("visit.place_gone", place=place.name)
    moment = clock.local(at or clock.now())
    with deed(by=by, effective_at=moment, via=via) as d:
        # the place's row is held so that of two who open at once the second finds the first's
        list(Place.objects.select_for_update(no_key=True).filter(pk=place.pk).values_list("pk"))
        there = Visit.objects.filter(place=place, campaign=campaign, kind="spot", status="started").first()
        if there is not None:
            return there
        row = new_visit(campaign, place, round_=None, minutes=settings_for(campaign).minutes, kind="spot")
        _begin(row, moment)
        _where(row, lon, lat, accuracy)
        row.status = "started"
        row.save(force_insert=True)
        d.record("visit.started", row, details={"place": place.name, "items": len(row.asked), "spot": True})
    return row


# --- finished --------------------------------------------------------------------------------------------------------


def finish_visit(
    *,
    by: Actor,
    visit: Visit,
    findings: Sequence[FindingDraft],
    outcome: str = "",
    note: str = "",
    signer: Signer | None = None,
    files: Sequence[Any] = (),
    people: Sequence[Person] = (),
    lon: float | None = None,
    lat: float | None = None,
    accuracy: float | None = None,
    at: dt.datetime | None = None,
    version: int | None = None,
    via: str = "web",
) -> Visit:
    """What was found, and what follows: an order when something must be put right, the end of an order when it was.

    findings: one for every item asked. outcome: "" takes what follows from them; stricter is the inspector's word, milder
    needs a reason in `note`. people: who went, when not the whole team. files: `FileIn` or anything like an upload with
    `item_id`. at: when it was. Raises `visit.done_already` (who, when), `visit.findings` (what is missing),
    `visit.photo_needed`, `visit.milder`, `visit.too_few`, `visit.own_place`, `visit.unknown_outcome`,
    `visit.ends_before_start`, `kernel.future`, `access.denied`.
    """
    if outcome in ("not_open", "gone"):
        return _nobody(by, visit, outcome, note, at, lon, lat, accuracy, version, via)
    moment = clock.local(at or clock.now())
    with deed(by=by, effective_at=moment, via=via) as d:
        row, move = _step(by, visit, "finish", version)
        _check_moment(row, moment)
        if row.started_at is None:
            _begin(row, moment)
        _where(row, lon, lat, accuracy)
        who = found.who_went(by, row, people)
        found.keep_files(by, row, files, via)
        items = found.items(row)
        verdicts = found.check_findings(row, items, findings)
        proposed = found.proposed(row, items, verdicts)
        row.outcome = found.decided(outcome, proposed, note)
        row.status, row.note = move.target, note.strip()[:500]
        row.done_at, row.done_on, row.done_by_id = moment, moment.date(), by.id
        row.kept = {**row.kept, **found.kept(row, who, verdicts)}
        row.version += 1
        row.save()
        found.write_findings(row, findings)
        said = {
            "place": row.place.name,
            "outcome": row.outcome,
            "proposed": proposed,
            **rules.counts(verdicts.values()),
        }
        done = d.record(move.verb, row, details=said)
        order_acts.follow_visit(d, row, items, findings, signer=signer, files=_signatures(files), cause=done)
    return row


def _check_moment(row: Visit, moment: dt.datetime) -> None:
    if row.started_at is not None and moment < clock.local(row.started_at).replace(second=0, microsecond=0):
        raise Problem(
            "visit.ends_before_start", place=row.place.name, start=minute(row.started_at), end=minute(moment)
        )


def _signatures(files: Sequence[Any]) -> list[Any]:
    return [getattr(each, "upload", each) for each in files if getattr(each, "signature", False)]


def add_photo(
    *, by: Actor, visit: Visit, upload: Any, item_id: UUID | str = "", via: str = "web"
) -> Attachment:
    """A photo that comes before or after the visit was written down. Raises `visit.not_a_picture`, `access.denied`."""
    with deed(by=by, via=via):
        row = locked_visit(visit)
        may_do(by, row)
        found.keep_files(by, row, [FileIn(upload, item_id)], via)
        return Attachment.objects.filter(subject_type="visit", subject_id=str(row.id)).latest("made_at")


# --- nobody there ----------------------------------------------------------------------------------------------------


def mark_not_open(
    *, by: Actor, visit: Visit, note: str, at: dt.datetime | None = None, lon: float | None = None,
    lat: float | None = None, accuracy: float | None = None, version: int | None = None, via: str = "web",
) -> Visit:  # fmt: skip
    """It was closed when somebody came. `plan_again` sends somebody another time. Raises as `start_visit`,
    `visit.reason_needed`."""
    return _nobody(by, visit, "not_open", note, at, lon, lat, accuracy, version, via)


def mark_gone(
    *, by: Actor, visit: Visit, note: str, at: dt.datetime | None = None, lon: float | None = None,
    lat: float | None = None, accuracy: float | None = None, version: int | None = None, via: str = "web",
) -> Visit:  # fmt: skip
    """There is no such place any more. Raises as `mark_not_open`."""
    return _nobody(by, visit, "gone", note, at, lon, lat, accuracy, version, via)


def _nobody(
    by: Actor, visit: Visit, step: str, note: str, at: dt.datetime | None, lon: float | None, lat: float | None,
    accuracy: float | None, version: int | None, via: str,
) -> Visit:  # fmt: skip
    moment = clock.local(at or clock.now())
    note = note.strip()[:500]
    with deed(by=by, effective_at=moment, via=via) as d:
        row, move = _step(by, visit, step, version)
        if not note:
            raise Problem("visit.reason_needed", place=row.place.name)
        _check_moment(row, moment)
        _where(row, lon, lat, accuracy)
        who = found.went(by, row)
        row.started_at = row.started_at or moment
        row.status, row.outcome, row.note = move.target, move.outcome, note
        row.done_at, row.done_on, row.done_by_id = moment, moment.date(), by.id
        row.kept = {**row.kept, **found.kept(row, who, {})}
        row.version += 1
        row.save()
        d.record(move.verb, row, details={"place": row.place.name, "note": note})
    return row


def skip_visit(*, by: Actor, visit: Visit, note: str, version: int | None = None, via: str = "web") -> Visit:
    """It will not be gone to; why is kept. `plan_again` is the way back. Raises `visit.reason_needed`, `visit.wrong_step`."""
    with deed(by=by, via=via) as d:
        row, move = _step(by, visit, "skip", version)
        if not note.strip():
            raise Problem("visit.reason_needed", place=row.place.name)
        row.status, row.note = move.target, note.strip()[:500]
        row.version += 1
        row.save()
        d.record(move.verb, row, details={"place": row.place.name, "reason": row.note})
    return row


def plan_again(*, by: Actor, visit: Visit, version: int | None = None, via: str = "web") -> Visit:
    """Go there once more: it was closed, gone or skipped. What was written down before stays in the story. Raises
    `visit.wrong_step`, `round.over`, `kernel.stale`, `access.denied`."""
    with deed(by=by, via=via) as d:
        row, move = _step(by, visit, "plan_again", version)
        before = {"outcome": row.outcome, "note": row.note}
        _clear(row)
        row.status = move.target
        row.started_at = None
        row.team, row.seq, row.eta, row.pinned = None, None, None, False
        row.save()
        d.record(move.verb, row, details={"place": row.place.name, "before": before})
    return row


def take_back(*, by: Actor, visit: Visit, note: str, version: int | None = None, via: str = "web") -> Visit:
    """The result was written down wrongly: the visit is open again, its order withdrawn, its findings kept to correct.

    Not once something followed from the order (a look-back was done). Raises `visit.reason_needed`, `visit.followed`,
    `visit.wrong_step`, `access.denied`.
    """
    with deed(by=by, via=via) as d:
        row, move = _step(by, visit, "take_back", version)
        if not note.strip():
            raise Problem("visit.reason_needed", place=row.place.name)
        if row.look_backs.filter(status__in=("started", "done")).exists() or row.kind == "look_back":
            raise Problem("visit.followed", place=row.place.name)
        order = Order.objects.filter(visit=row, status__in=OPEN).first()
        before = row.outcome
        _clear(row)
        row.status = move.target
        row.save()
        cause = d.record(move.verb, row, details={"place": row.place.name, "before": before, "reason": note.strip()[:300]},
                         correction=True)  # fmt: skip
        if order is not None:
            order_acts.void(d, order, note.strip()[:300], cause)
    return row


def _clear(row: Visit) -> None:
    row.outcome = row.note = ""
    row.done_at = row.done_on = None
    row.done_by_id = None
    row.kept = {name: row.kept.get(name, "") for name in ("kind", "industry", "risk", "unit")}
    row.version += 1


def note_case(d: Deed, visit: Visit, case_id: UUID, number: str, item_id: str = "") -> None:
    """Keep which case was made of a finding; the case itself is reported by `cases.acts`, in the same deed."""
    row = locked_visit(visit)
    row.kept = {
        **row.kept,
        "cases": [*row.kept.get("cases", []), {"id": str(case_id), "number": number, "item": item_id}],
    }
    row.version += 1
    row.save(update_fields=["kept", "version"])
    d.record(
        "visit.case_reported", row, details={"place": row.place.name, "number": number, "case": str(case_id)}
    )
