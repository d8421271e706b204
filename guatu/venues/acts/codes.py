"""Venue codes: applied for, approved or refused by somebody else, renewed, revoked; what is seen of them at the door."""

import datetime as dt
import os
from collections.abc import Mapping
from typing import Any

from guatu.kernel import clock, ids, secrets
from guatu.kernel.access import require
from guatu.kernel.acts import SYSTEM, Actor, Deed, check_version, deed
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from guatu.venues import problems as problems
from guatu.venues import verbs as verbs
from guatu.venues import words
from guatu.venues.models import VenueCode
from guatu.venues.rules import codes as rules

APPLY, DECIDE, COUNT = "venue.apply", "venue.decide", "venue.count"


def apply_for_code(
    *,
    by: Actor,
    place: Place,
    campaign: Any = None,
    applicant: Mapping[str, str] | None = None,
    before: VenueCode | None = None,
    at: dt.datetime | None = None,
    via: str = "web",
) -> VenueCode:
    """Ask for a code for a place. applicant: name, phone of whoever asks at the door, sealed under the code's key.

    before: the code this one renews. Raises `venue.has_one`, `venue.too_early`, `venue.place_gone`, `access.denied`.
    """
    require(by.scope, APPLY, area=place.area)
    moment = clock.local(at or clock.now())
    with deed(by=by, effective_at=moment, via=via) as d:
        held = Place.objects.select_for_update(no_key=True).get(pk=place.pk)
        if held.withdrawn or held.closed_on is not None:
            raise Problem("venue.place_gone", place=held.name)
        _may_apply(held, before, moment.date())
        row = VenueCode(
            id=ids.new(), home=held.home, place=held, area=held.area, campaign=campaign, applied_at=moment,
            serial=rules.serial_of(os.urandom(10)), applied_by_id=by.id, before=before,
        )  # fmt: skip
        said = {name: text.strip()[:60] for name, text in (applicant or {}).items() if text.strip()}
        row.applicant = secrets.seal_fields(row.id, said) if said else {}
        row.save(force_insert=True)
        d.record("venue.applied", row, details={"serial": row.serial, "place": held.name})
    return row


def _may_apply(place: Place, before: VenueCode | None, today: dt.date) -> None:
    live = VenueCode.objects.filter(place=place, status__in=rules.LIVE).order_by("status").first()
    if before is not None and not rules.may_renew(before.status, before.valid_until, today):
        raise Problem("venue.too_early", serial=before.serial, until=before.valid_until)
    if live is not None and (before is None or live.pk != before.pk):
        raise Problem(
            "venue.has_one", place=place.name, serial=live.serial, status_word=str(words.STATUS[live.status])
        )


def _step(
    by: Actor, code: VenueCode, step: str, right: str, reason: str, version: int | None
) -> tuple[VenueCode, rules.Move]:
    row = VenueCode.objects.select_for_update(no_key=True).filter(pk=code.pk).first()
    if row is None:
        raise Problem("access.not_found")
    require(by.scope, right, area=row.area)
    check_version(row, version)
    move = rules.LIFECYCLE[step]
    if row.status not in move.sources:
        raise Problem(
            "venue.wrong_step",
            serial=row.serial,
            status=row.status,
            status_word=str(words.STATUS[row.status]),
        )
    if move.reason and not reason.strip():
        raise Problem("venue.reason_needed")
    return row, move


def _moved(d: Deed, row: VenueCode, move: rules.Move, **details: Any) -> None:
    row.status = move.target
    row.version += 1
    row.save()
    d.record(move.verb, row, details={"serial": row.serial, **details})


def approve_code(
    *, by: Actor, code: VenueCode, days: int = rules.VALID_DAYS, version: int | None = None, at: dt.datetime | None = None,
    via: str = "web",
) -> VenueCode:  # fmt: skip
    """Let it be shown from today for so many days; a renewal takes over from the old code. Raises `venue.bad_days`,
    `venue.wrong_step`, `venue.own_application`, `kernel.stale`, `access.denied`."""
    if not 1 <= days <= rules.LONGEST_DAYS:
        raise Problem("venue.bad_days", days=days, most=rules.LONGEST_DAYS)
    moment = clock.local(at or clock.now())
    with deed(by=by, effective_at=moment, via=via) as d:
        row, move = _step(by, code, "approve", DECIDE, "", version)
        _somebody_else(by, row)
        before = row.before
        row.valid_from, row.valid_until = rules.next_validity(
            moment.date(), days, before.valid_until if before is not None else None
        )
        row.key_id, _ = secrets.derived("venue")
        row.decided_at, row.decided_by_id = moment, by.id
        if before is not None:
            old = VenueCode.objects.select_for_update(no_key=True).get(pk=before.pk)
            if old.status in rules.LIFECYCLE["replace"].sources:
                row.valid_from = moment.date()
                _moved(d, old, rules.LIFECYCLE["replace"])
        _moved(d, row, move, **{"from": row.valid_from.isoformat(), "until": row.valid_until.isoformat()})
    return row


def _somebody_else(by: Actor, row: VenueCode) -> None:
    if by.id is not None and row.applied_by_id == by.id:
        raise Problem("venue.own_application")


def refuse_code(
    *, by: Actor, code: VenueCode, reason: str, version: int | None = None, via: str = "web"
) -> VenueCode:
    """Say no, and why. Raises `venue.reason_needed`, `venue.wrong_step`, `venue.own_application`, `access.denied`."""
    with deed(by=by, via=via) as d:
        row, move = _step(by, code, "refuse", DECIDE, reason, version)
        _somebody_else(by, row)
        row.reason, row.decided_at, row.decided_by_id = reason.strip()[:200], clock.now(), by.id
        _moved(d, row, move, reason=row.reason)
    return row


def take_back_application(
    *, by: Actor, code: VenueCode, version: int | None = None, via: str = "web"
) -> VenueCode:
    """The applicant's way back, before it is decided on."""
    with deed(by=by, via=via) as d:
        row, move = _step(by, code, "take_back", APPLY, "", version)
        _moved(d, row, move)
    return row


def revoke_code(
    *, by: Actor, code: VenueCode, reason: str, version: int | None = None, via: str = "web"
) -> VenueCode:
    """From now on a scan of it says that it was taken back. Raises `venue.reason_needed`, `venue.wrong_step`."""
    with deed(by=by, via=via) as d:
        row, move = _step(by, code, "revoke", DECIDE, reason, version)
        row.reason = reason.strip()[:200]
        _moved(d, row, move, reason=row.reason)
    return row


def reinstate_code(*, by: Actor, code: VenueCode, version: int | None = None, via: str = "web") -> VenueCode:
    """The undo of revoking, unless the place has another code by now. Raises `venue.has_one`, `venue.wrong_step`."""
    with deed(by=by, via=via) as d:
        row, move = _step(by, code, "reinstate", DECIDE, "", version)
        other = VenueCode.objects.filter(place_id=row.place_id, status="active").first()
        if other is not None:
            raise Problem(
                "venue.has_one",
                place=row.place.name,
                serial=other.serial,
                status_word=str(words.STATUS["active"]),
            )
        row.reason = ""
        _moved(d, row, move)
    return row


def renew_code(*, by: Actor, code: VenueCode, at: dt.datetime | None = None, via: str = "web") -> VenueCode:
    """Apply for the code that takes over. Raises what `apply_for_code` raises."""
    row = VenueCode.objects.select_related("place").get(pk=code.pk)
    return apply_for_code(by=by, place=row.place, campaign=row.campaign, before=row, at=at, via=via)


def note_posted(*, by: Actor, code: VenueCode, posted: bool, via: str = "web") -> VenueCode:
    """Whether it was seen at the door. By an inspector or whoever counts there."""
    with deed(by=by, via=via) as d:
        row = VenueCode.objects.select_for_update(no_key=True).get(pk=code.pk)
        require(by.scope, COUNT, area=row.area)
        row.posted = posted
        row.version += 1
        row.save(update_fields=["posted", "version"])
        d.record("venue.posted", row, details={"serial": row.serial, "posted": posted})
    return row


def end_codes(*, by: Actor = SYSTEM, today: dt.date | None = None, most: int = 5_000) -> int:
    """End what is past its last day; answers how many. Run by the schedule; running it again changes nothing."""
    day = today or clock.today()
    past = VenueCode.objects.filter(status="active", valid_until__lt=day).order_by("valid_until", "pk")[:most]
    count = 0
    for found in list(past.values_list("pk", flat=True)):
        with deed(by=by, via="job") as d:
            row = VenueCode.objects.select_for_update(no_key=True).get(pk=found)
            if row.status == "active" and row.valid_until is not None and row.valid_until < day:
                _moved(d, row, rules.LIFECYCLE["end"])
                count += 1
    return count
