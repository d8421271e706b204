"""Scans at the door, the dated rules about what may be asked, people counted, and the forgetting."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from guatu.kernel import clock, ids, secrets
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from guatu.places.rules import home_of
from guatu.venues import problems as problems
from guatu.venues import verbs as verbs
from guatu.venues import words
from guatu.venues.acts.codes import COUNT
from guatu.venues.models import Headcount, Scan, ScanRule, VenueCode
from guatu.venues.reads.scans import rules_on, scans_between
from guatu.venues.rules import codes as code_rules
from guatu.venues.rules import scans as rules

RULE = "venue.rule"
_MOST_PEOPLE = 1_000_000
_FORGET_AT_ONCE = 2_000


def record_scan(
    *,
    code: VenueCode,
    given: Mapping[str, str] | None = None,
    source: str = "self",
    at: dt.datetime | None = None,
) -> Scan:
    """Write down that a code was read. By itself when and where; who, only as far as a rule in force demands it.

    A scan is no act: millions come in, nobody signs for them, and none is ever changed. given: what the person filled in;
    whatever the rule does not ask for is not kept, and nobody is asked at a code that does not hold. Raises `scan.identity_missing`.
    """
    moment = clock.local(at or clock.now())
    verdict = code_rules.verdict_on(code.status, code.valid_until, moment.date())
    rule = rules.rule_for(rules_on(moment.date()), code.area, moment.date()) if verdict == "good" else None
    kept, missing = rules.identity(rule, given or {})
    if missing and rule is not None:
        row = ScanRule.objects.get(pk=rule.id)
        raise Problem(
            "scan.identity_missing", basis=row.basis, keep=rule.keep_days,
            fields="、".join(str(words.FIELDS[name]) for name in missing),
        )  # fmt: skip
    scan = Scan(
        id=ids.new(), home=code.home, code_id=code.pk, place_id=code.place_id, campaign_id=code.campaign_id, area=code.area,
        at=moment, on_day=moment.date(), source=source, verdict=verdict,
    )  # fmt: skip
    if rule is not None and kept:
        scan.rule_id = rule.id
        scan.sealed = secrets.seal_fields(scan.id, kept)
        scan.forget_on = moment.date() + dt.timedelta(days=rule.keep_days)
    scan.save(force_insert=True)
    return scan


def make_rule(
    *, by: Actor, area: str, basis: str, fields: Sequence[str], from_day: dt.date, to_day: dt.date, keep_days: int = 14,
    via: str = "web",
) -> ScanRule:  # fmt: skip
    """Demand identity at scans in an area for a time, under a law that is named. Raises `scanrule.wrong`, `access.denied`."""
    require(by.scope, RULE, area=area)
    wrong = rules.wrong_rule(from_day, to_day, fields, keep_days) or ("" if basis.strip() else "basis")
    if wrong:
        raise Problem("scanrule.wrong", what=wrong)
    row = ScanRule(
        id=ids.new(), home=home_of(area), area=area, basis=basis.strip()[:200], fields=list(fields), keep_days=keep_days,
        from_day=from_day, to_day=to_day,
    )  # fmt: skip
    with deed(by=by, via=via) as d:
        row.save(force_insert=True)
        d.record("scanrule.made", row, details={"basis": row.basis, "fields": row.fields})
    return row


def withdraw_rule(*, by: Actor, rule: ScanRule, version: int | None = None, via: str = "web") -> ScanRule:
    """No identity is asked for under it any more; what it took is forgotten when its days are over."""
    return _turn_rule(by, rule, True, version, via)


def restore_rule(*, by: Actor, rule: ScanRule, version: int | None = None, via: str = "web") -> ScanRule:
    """The undo of withdrawing."""
    return _turn_rule(by, rule, False, version, via)


def _turn_rule(by: Actor, rule: ScanRule, withdrawn: bool, version: int | None, via: str) -> ScanRule:
    with deed(by=by, via=via) as d:
        row = ScanRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
        require(by.scope, RULE, area=row.area)
        check_version(row, version)
        if row.withdrawn != withdrawn:
            row.withdrawn = withdrawn
            row.version += 1
            row.save(update_fields=["withdrawn", "version"])
            d.record("scanrule.withdrawn" if withdrawn else "scanrule.restored", row)
    return row


def count_people(
    *, by: Actor, place: Place, people: int, from_at: dt.datetime, until_at: dt.datetime, campaign: Any = None,
    via: str = "web",
) -> Headcount:  # fmt: skip
    """People counted at a door, held against the scans of the same stretch. Raises `headcount.bad_time`,
    `headcount.bad_number`, `access.denied`."""
    require(by.scope, COUNT, area=place.area)
    start, end = clock.local(from_at), clock.local(until_at)
    if not dt.timedelta(0) < end - start <= dt.timedelta(days=1) or end > clock.now() + dt.timedelta(
        minutes=5
    ):
        raise Problem("headcount.bad_time", start=f"{start:%Y-%m-%d %H:%M}", end=f"{end:%Y-%m-%d %H:%M}")
    if not 0 <= people <= _MOST_PEOPLE:
        raise Problem("headcount.bad_number", people=people)
    row = Headcount(
        id=ids.new(), home=place.home, place=place, area=place.area, campaign=campaign, from_at=start, until_at=end,
        on_day=start.date(), people=people, scans=scans_between(place, start, end), by_id=by.id,
    )  # fmt: skip
    with deed(by=by, effective_at=end, via=via) as d:
        row.save(force_insert=True)
        d.record("venue.counted", row, details={"people": people, "scans": row.scans})
    return row


def withdraw_count(*, by: Actor, count: Headcount, version: int | None = None, via: str = "web") -> Headcount:
    """Take a count back; it stands in the story and in no figure."""
    return _turn_count(by, count, True, version, via)


def restore_count(*, by: Actor, count: Headcount, version: int | None = None, via: str = "web") -> Headcount:
    """The undo of taking it back."""
    return _turn_count(by, count, False, version, via)


def _turn_count(by: Actor, count: Headcount, withdrawn: bool, version: int | None, via: str) -> Headcount:
    with deed(by=by, via=via) as d:
        row = Headcount.objects.select_for_update(no_key=True).get(pk=count.pk)
        require(by.scope, COUNT, area=row.area)
        check_version(row, version)
        if row.withdrawn != withdrawn:
            row.withdrawn = withdrawn
            row.version += 1
            row.save(update_fields=["withdrawn", "version"])
            d.record("venue.count_withdrawn" if withdrawn else "venue.count_restored", row)
    return row


def forget_scans(*, today: dt.date | None = None, most: int = _FORGET_AT_ONCE) -> int:
    """Destroy the identity in scans whose days are over: the key and the sealed text. Answers how many; run by the schedule."""
    day = today or clock.today()
    rows = list(Scan.objects.filter(forget_on__lt=day).order_by("forget_on")[:most])
    for row in rows:
        secrets.forget(row.id)
        Scan.objects.filter(home=row.home, id=row.id).update(sealed={}, forget_on=None)
    return len(rows)
