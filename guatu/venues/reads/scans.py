"""What is asked about scans: the rules of a day, how many in a stretch, the log of a place."""

import datetime as dt

from django.db.models import QuerySet

from guatu.kernel.access import Scope
from guatu.places.models import Place
from guatu.venues.models import Headcount, Scan, ScanRule
from guatu.venues.rules.scans import Rule

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
