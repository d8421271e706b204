"""What is asked about venue codes: lists, a genuine code behind a token, what a place has, how many of each status."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum

from guatu.kernel import clock, secrets
from guatu.kernel.access import Scope, predicate
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from guatu.venues.facts import CodeRow, CountRow
from guatu.venues.models import Headcount, VenueCode
from guatu.venues.rules import codes as rules
from guatu.venues.rules import scans as scan_rules

READ = "venue.read"


def codes(scope: Scope) -> QuerySet[VenueCode]:
    """Every code a reader may see."""
    return VenueCode.objects.filter(predicate(scope, READ)).select_related("place")


def code_of(scope: Scope, code_id: UUID | str) -> VenueCode:
    """One code. Raises `access.not_found`, whether it is not there or not for this reader."""
    row = codes(scope).filter(pk=code_id).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def codes_seen(scope: Scope, wanted: Iterable[str]) -> dict[str, str]:
    """id → what it is called, of those the reader may see."""
    return {str(row.pk): f"{row.place.name} {row.serial}" for row in codes(scope).filter(pk__in=list(wanted))}


def counts_seen(scope: Scope, wanted: Iterable[str]) -> dict[str, str]:
    """id → what a count is called, of those the reader may see."""
    rows = Headcount.objects.filter(predicate(scope, READ), pk__in=list(wanted)).select_related("place")
    return {str(row.pk): str(row) for row in rows}


def token_of(row: VenueCode) -> str:
    """What is printed for a code that was approved. Raises `venue.wrong_step` for one that never was."""
    if not row.key_id:
        raise Problem("venue.wrong_step", serial=row.serial, status=row.status, status_word=row.status)
    return rules.token(row.serial, secrets.derived("venue", row.key_id)[1])


def public_keys() -> list[bytes]:
    """The keys that codes are checked with, the one in use first."""
    return [rules.public_key(secrets.derived("venue", key_id)[1]) for key_id in settings.GUATU_OFFICE_KEYS]


def behind(token: str) -> VenueCode:
    """The code behind what was scanned, with its place. A made-up one costs no query. Raises `venue.not_genuine`."""
    serial = rules.serial_in(token, public_keys())
    rows = VenueCode.objects.select_related("place", "campaign")
    row = rows.filter(serial=serial).first() if serial else None
    if row is None or not row.key_id:
        raise Problem("venue.not_genuine")
    return row


def of_place(place: Place) -> QuerySet[VenueCode]:
    """Every code a place had, the newest first."""
    return VenueCode.objects.filter(place=place).order_by("-applied_at", "-pk")


def masked(row: VenueCode) -> dict[str, str]:
    """What an applicant left, masked: {"name": "李**", "phone": "138****0000"}. Empty once it was forgotten."""
    opened = secrets.open_many({row.pk: row.applicant}).get(row.pk, {}) if row.applicant else {}
    return {name: secrets.mask(text) for name, text in opened.items()}


def saying(rows: QuerySet[VenueCode], text: str) -> QuerySet[VenueCode]:
    """Codes whose serial begins so, else whose place is called so; each word narrows."""
    for word in text.split()[:8]:
        start = {"serial__gte": word.upper(), "serial__lt": word.upper() + "~"}
        if rules.SERIAL_START.match(word.upper()) and VenueCode.objects.filter(**start).exists():
            rows = rows.filter(**start)
        else:
            rows = rows.filter(Q(place__name__icontains=word) | Q(place__number=word))
    return rows


def counts(scope: Scope) -> dict[str, int]:
    """status → how many, for the tabs of the list."""
    found = codes(scope).order_by().values_list("status").annotate(count=Count("pk"))
    return dict(found)


@dataclass(frozen=True)
class Sweep:
    """Scans held against people counted, of some places on some days."""

    people: int
    scans: int
    counts: int

    @property
    def percent(self) -> object:
        return scan_rules.share(self.scans, self.people)


def sweep(
    scope: Scope, *, area: str = "", first: dt.date | None = None, last: dt.date | None = None
) -> Sweep:
    """应扫尽扫 over the counts a reader may see, in an area, from a day until a day."""
    rows = Headcount.objects.filter(predicate(scope, READ), withdrawn=False)
    if area:
        rows = rows.filter(area__startswith=area)
    if first is not None:
        rows = rows.filter(on_day__gte=first)
    if last is not None:
        rows = rows.filter(on_day__lte=last)
    found = rows.aggregate(people=Sum("people"), scans=Sum("scans"), counts=Count("pk"))
    return Sweep(found["people"] or 0, found["scans"] or 0, found["counts"])


def code_rows(wanted: Iterable[str]) -> list[CodeRow]:
    """Codes as the figures see them. One query."""
    rows = VenueCode.objects.filter(pk__in=list(wanted)).select_related("place")
    return [
        CodeRow(
            row.pk, row.home, row.area, row.status, row.place.kind, row.place.industry, row.posted,
            clock.local(row.decided_at).date() if row.decided_at else None,
        )
        for row in rows
    ]  # fmt: skip


def count_rows(wanted: Iterable[str]) -> list[CountRow]:
    """Counts as the figures see them. One query."""
    rows = Headcount.objects.filter(pk__in=list(wanted)).select_related("place")
    return [
        CountRow(
            row.pk, row.home, row.area, str(row.place_id), row.place.kind, row.on_day, row.people, row.scans, row.withdrawn
        )
        for row in rows
    ]  # fmt: skip
