"""What is asked about scans: the rules of a day, how many in a stretch, the log of a place."""

import datetime as dt
from uuid import UUID

from django.db.models import Count, QuerySet

from guatu.kernel import clock
from guatu.kernel.access import Scope, predicate
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from guatu.venues.models import Headcount, Scan, ScanRule, VenueCode
from guatu.venues.rules.scans import Rule, rule_for

READ = "venue.read"


def rules_on(day: dt.date) -> list[Rule]:
    """Every rule that holds somewhere on a day."""
    rows = ScanRule.objects.filter(withdrawn=False, from_day__lte=day, to_day__gte=day)
    return [
        Rule(str(row.id), row.area, row.from_day, row.to_day, tuple(row.fields), row.keep_days)
        for row in rows
    ]


def scans_between(place: Place, start: dt.datetime, end: dt.datetime) -> int:
    """Good scans at a place from `start` until before `end`."""
    return Scan.objects.filter(
        home=place.home, place_id=place.pk, at__gte=start, at__lt=end, verdict="good"
    ).count()


def scans(scope: Scope, place: Place) -> QuerySet[Scan]:
    """The log of a place, newest first; nothing where the reader may not look."""
    if not scope.allows(READ, area=place.area):
        return Scan.objects.none()
    return Scan.objects.filter(home=place.home, place_id=place.pk).order_by("-at", "-id")


def headcounts(scope: Scope, place: Place) -> QuerySet[Headcount]:
    """People counted at a place, newest first."""
    if not scope.allows(READ, area=place.area):
        return Headcount.objects.none()
    return Headcount.objects.filter(place=place).order_by("-from_at", "-id")


def scans_of(code: VenueCode) -> QuerySet[Scan]:
    """The log of one code, newest first; the caller has read the code within the reader's scope."""
    return Scan.objects.filter(code_id=code.pk).order_by("-at", "-id")


def per_day(code: VenueCode, days: int = 30) -> list[tuple[dt.date, int]]:
    """(day, good scans) of the last `days` days, today last; a day without any is 0. One query."""
    today = clock.today()
    first = today - dt.timedelta(days=days - 1)
    midnight = dt.datetime.combine(first, dt.time(), clock.ZONE)
    rows = Scan.objects.filter(code_id=code.pk, at__gte=midnight, verdict="good")
    found = dict(rows.values_list("on_day").annotate(count=Count("id")).order_by())
    return [(day, found.get(day, 0)) for day in (first + dt.timedelta(days=each) for each in range(days))]


def counts_seen(scope: Scope) -> QuerySet[Headcount]:
    """Every count a reader may see, withdrawn ones too."""
    return Headcount.objects.filter(predicate(scope, READ)).select_related("place")


def count_of(scope: Scope, count_id: UUID) -> Headcount:
    """One count. Raises `access.not_found`."""
    row = counts_seen(scope).filter(pk=count_id).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def rules_seen(scope: Scope) -> QuerySet[ScanRule]:
    """Every rule made for an area a reader may look at."""
    return ScanRule.objects.filter(predicate(scope, READ))


def rule_of(scope: Scope, rule_id: UUID) -> ScanRule:
    """One rule. Raises `access.not_found`."""
    row = rules_seen(scope).filter(pk=rule_id).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def rule_at(code: VenueCode, day: dt.date) -> ScanRule | None:
    """The rule that asks who is there at the place of a code on a day."""
    found = rule_for(rules_on(day), code.area, day)
    return ScanRule.objects.get(pk=found.id) if found is not None else None
