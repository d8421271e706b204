"""Editions in force and out of it: issued, recalled, withdrawn, reinstated. Nothing in force is changed."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from guatu.inspections import problems as problems
from guatu.inspections import verbs as verbs
from guatu.inspections.acts.norm_shared import held_edition, need, of
from guatu.inspections.models import Finding, Norm, NormVersion
from guatu.inspections.rules import norms as rules
from guatu.kernel import clock
from guatu.kernel.acts import Actor, check_version, deed, story
from guatu.kernel.problems import Problem

_ONE_DAY = dt.timedelta(days=1)


def put_in_force(
    *, by: Actor, edition: NormVersion, version: int | None = None, via: str = "web"
) -> NormVersion:
    """Issue a draft: it holds from its day on, and the edition that held then ends on the day before.

    An edition issued already for a later day ends this one. Raises `norm.wrong_step`, `norm.no_items`,
    `norm.same_day`, `kernel.stale`.
    """
    with deed(by=by, via=via) as d:
        norm, row = held_edition(edition)
        need(by, norm.area)
        check_version(row, version)
        if row.status != "draft":
            raise _wrong_step(row)
        if not row.items.exists():
            raise Problem("norm.no_items", title=norm.title, edition=row.edition)
        said_until = row.in_force_until
        ended = _make_room(norm, row)
        row.status = "in_force"
        row.version += 1
        row.save(update_fields=["status", "in_force_until", "version"])
        told = {"since": str(row.in_force_from), "until": str(said_until or ""), "ended": ended}
        d.record("norm.edition_in_force", norm, details={**of(row), **told})
    return row


def _wrong_step(row: NormVersion) -> Problem:
    status = rules.STATUS[row.status][0]
    return Problem("norm.wrong_step", title=row.norm.title, edition=row.edition, status=status)


def _make_room(norm: Norm, row: NormVersion) -> list[list[str]]:
    """End what holds on the day the edition begins, and end it before one that begins later. Answers what was ended."""
    ended = []
    others = list(norm.versions.filter(status="in_force").exclude(pk=row.pk).order_by("in_force_from"))
    for other in others:
        if other.in_force_from == row.in_force_from:
            raise Problem(
                "norm.same_day", title=norm.title, other=other.edition, since=str(row.in_force_from)
            )
        until = other.in_force_until
        if other.in_force_from < row.in_force_from and (until is None or until >= row.in_force_from):
            ended.append([str(other.id), str(until or "")])
            other.in_force_until = row.in_force_from - _ONE_DAY
            other.version += 1
            other.save(update_fields=["in_force_until", "version"])
    later = next((other for other in others if other.in_force_from > row.in_force_from), None)
    if later is not None:
        last = later.in_force_from - _ONE_DAY
        row.in_force_until = min(row.in_force_until or last, last)
    return ended


def _put_back(row: NormVersion) -> None:
    """Give the editions that this one ended the end they had before, unless something else has moved it since."""
    act = _last(row, "norm.edition_in_force")
    for other_id, until in act.get("ended", ()):
        other = row.norm.versions.filter(pk=other_id).first()
        if other is not None and other.in_force_until == row.in_force_from - _ONE_DAY:
            other.in_force_until = dt.date.fromisoformat(until) if until else None
            other.version += 1
            other.save(update_fields=["in_force_until", "version"])


def _last(row: NormVersion, verb: str) -> Mapping[str, Any]:
    """What the ledger said when the verb was last done to the edition."""
    acts = (act.details for act in story(row.norm) if act.verb == verb)
    return next((told for told in acts if told.get("edition_id") == str(row.id)), {})


def recall_edition(
    *, by: Actor, edition: NormVersion, version: int | None = None, via: str = "web"
) -> NormVersion:
    """Undo `put_in_force`: a draft again, and what it ended goes on. Raises `norm.in_use` once it was looked at somewhere."""
    with deed(by=by, via=via) as d:
        norm, row = held_edition(edition)
        need(by, norm.area)
        check_version(row, version)
        if row.status != "in_force":
            raise _wrong_step(row)
        used = Finding.objects.filter(item__norm_version=row).values("visit").distinct().count()
        if used:
            raise Problem("norm.in_use", title=norm.title, edition=row.edition, count=used)
        _put_back(row)
        until = _last(row, "norm.edition_in_force").get("until")
        row.in_force_until = dt.date.fromisoformat(until) if until else None
        row.status = "draft"
        row.version += 1
        row.save(update_fields=["status", "in_force_until", "version"])
        d.record("norm.edition_recalled", norm, details=of(row))
    return row


def withdraw_edition(
    *, by: Actor, edition: NormVersion, why: str = "", version: int | None = None, via: str = "web"
) -> NormVersion:
    """It holds no longer from today on (repealed, replaced by nothing); on past days it held, and says so.

    Withdrawn before its first day it never held, and what it would have ended goes on. Raises `norm.wrong_step`.
    """
    with deed(by=by, via=via) as d:
        norm, row = held_edition(edition)
        need(by, norm.area)
        check_version(row, version)
        if row.status != "in_force":
            raise _wrong_step(row)
        until = row.in_force_until
        last = clock.today() - _ONE_DAY
        if row.in_force_from > last:
            _put_back(row)
            last = row.in_force_from - _ONE_DAY
        row.in_force_until = min(until, last) if until else last
        row.status = "withdrawn"
        row.version += 1
        row.save(update_fields=["status", "in_force_until", "version"])
        d.record(
            "norm.edition_withdrawn",
            norm,
            details={**of(row), "why": why.strip()[:200], "until": str(until or "")},
        )
    return row


def reinstate_edition(
    *, by: Actor, edition: NormVersion, version: int | None = None, via: str = "web"
) -> NormVersion:
    """Undo `withdraw_edition`: it holds again, without a gap, until the day it had. Raises `norm.wrong_step`, `norm.same_day`."""
    with deed(by=by, via=via) as d:
        norm, row = held_edition(edition)
        need(by, norm.area)
        check_version(row, version)
        if row.status != "withdrawn":
            raise _wrong_step(row)
        until = _last(row, "norm.edition_withdrawn").get("until")
        row.in_force_until = dt.date.fromisoformat(until) if until else None
        ended = _make_room(norm, row)
        row.status = "in_force"
        row.version += 1
        row.save(update_fields=["status", "in_force_until", "version"])
        d.record("norm.edition_reinstated", norm, details={**of(row), "ended": ended})
    return row
