"""The escalation ladder as pages ask for it. The reader's scope first: whoever sees the case sees its alerts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet

from guatu.campaigns.models import Campaign
from guatu.cases.models import Alert, AlertPerson, Case, Stage, SupervisionOrder
from guatu.cases.reads.lists import cases
from guatu.kernel.access import Scope
from guatu.kernel.problems import Problem
from guatu.units.models import Person


def _people() -> Prefetch[str]:
    rows = AlertPerson.objects.select_related("person__unit").order_by("acknowledged_at", "seen_at", "id")
    return Prefetch("people", rows)


def alerts_of(case: Case) -> list[Alert]:
    """The alerts of a case the caller may see, newest first, with the people told. Two queries."""
    rows = Alert.objects.filter(case=case).select_related("stage__unit").prefetch_related(_people())
    return list(rows.order_by("-reached_at", "-rung"))


def climbing(case: Case) -> list[Stage]:
    """The open stages of a case that have a rung before them, the next one first."""
    rows = Stage.objects.filter(case=case, ended_at=None, next_rung_at__isnull=False)
    return list(rows.order_by("next_rung_at", "id"))


def orders_of(case: Case) -> list[SupervisionOrder]:
    """The supervision orders of a case the caller may see, newest first."""
    return list(
        SupervisionOrder.objects.filter(case=case).select_related("unit").order_by("-raised_at", "-id")
    )


def told(person: Person, told_id: UUID) -> AlertPerson:
    """One line of an alert on a case the reader may see, whosoever it is. Raises `access.not_found`."""
    row = AlertPerson.objects.select_related("person", "alert__case").filter(pk=told_id).first()
    if row is None:
        raise Problem("access.not_found")
    if row.person_id != person.id and not cases(person.scope).filter(pk=row.alert.case_id).exists():
        raise Problem("access.not_found")
    return row


def waiting(person: Person) -> QuerySet[AlertPerson]:
    """What this person has been told and not acknowledged, of cases they may see."""
    rows = AlertPerson.objects.filter(person=person, acknowledged_at=None)
    rows = rows.filter(alert__case__in=cases(person.scope).order_by().values("pk"))
    return rows.select_related("alert__case__unit", "alert__stage")


def waiting_count(person: Person) -> int:
    """How many alerts wait for this person's word. One indexed query."""
    return AlertPerson.objects.filter(person=person, acknowledged_at=None).count()


def alerts(scope: Scope, campaign: Campaign | None = None) -> QuerySet[Alert]:
    """Every alert on a case the reader may see."""
    seen = cases(scope, campaign).order_by().values("pk")
    return Alert.objects.filter(case__in=seen).select_related("case__unit", "stage")


@dataclass(frozen=True)
class AlertLine:
    """An alert with how many were told, have opened it, have acknowledged it."""

    alert: Alert
    told: int
    saw: int
    said: int

    @property
    def id(self) -> UUID:
        return self.alert.id


def counted(rows: Sequence[Alert]) -> list[AlertLine]:
    """The alerts of one page with their counts. One query."""
    found = AlertPerson.objects.filter(alert__in=[row.pk for row in rows]).values("alert")
    counts = {
        each["alert"]: each
        for each in found.annotate(told=Count("id"), saw=Count("seen_at"), said=Count("acknowledged_at"))
    }
    none = {"told": 0, "saw": 0, "said": 0}
    lines = []
    for row in rows:
        each = counts.get(row.pk, none)
        lines.append(AlertLine(row, each["told"], each["saw"], each["said"]))
    return lines


def open_alerts(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    """Those of stages that have not ended."""
    return rows.filter(stage__ended_at=None)


def unanswered(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    """Those that somebody told has not acknowledged."""
    waiting_for = AlertPerson.objects.filter(acknowledged_at=None).values("alert")
    return rows.filter(pk__in=waiting_for)


def orders(scope: Scope, campaign: Campaign | None = None) -> QuerySet[SupervisionOrder]:
    """Every supervision order on a case the reader may see."""
    rows = SupervisionOrder.objects.filter(case__in=cases(scope, campaign).order_by().values("pk"))
    return rows.select_related("case__unit", "case__campaign", "unit")


def order(scope: Scope, order_id: UUID) -> SupervisionOrder:
    """One supervision order with what its page shows. Raises `access.not_found`."""
    rows = orders(scope).select_related("case__taker__unit", "alert__stage", "campaign", "raised_by")
    found = rows.filter(pk=order_id).first()
    if found is None:
        raise Problem("access.not_found")
    return found
