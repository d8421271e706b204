"""What doors ask about tasks and activities. Every function takes the reader's scope first."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Max, Min, Prefetch, Q, QuerySet, When

from guatu.campaigns.models import Body, Campaign
from guatu.files.models import Attachment
from guatu.kernel import clock
from guatu.kernel.access import Scope, predicate, visible_to, within
from guatu.kernel.problems import Problem
from guatu.places.models import Area
from guatu.tasks import rules
from guatu.tasks.facts import ActivityRow, TaskRow
from guatu.tasks.models import Activity, Milestone, Task, TaskNote, TaskUnit
from guatu.tasks.rules import CurvePoint
from guatu.units.models import Person, Unit

RIGHT, ACTIVITY_RIGHT = "task.read", "activity.read"
_UNITS = ("lead_unit__path", "supporting__unit__path")


def tasks(scope: Scope, campaign: Campaign | None = None) -> QuerySet[Task]:
    """The tasks the reader may see: in the areas, or led or supported by the units, of the posts held."""
    rows = Task.objects.select_related("lead_unit", "body", "owner__unit")
    rows = rows.filter(campaign=campaign) if campaign is not None else rows
    if scope.units(RIGHT):
        # a subquery, so that a task with three supporting units is still one row
        return rows.filter(id__in=visible_to(Task.objects.all(), scope, RIGHT, units=_UNITS).values("id"))
    return visible_to(rows, scope, RIGHT)


def task(scope: Scope, task_id: Any) -> Task:
    """One task with everything its page shows beside the story. Raises access.not_found."""
    rows = tasks(scope).select_related("campaign", "place", "reported_by__unit", "accepted_by__unit")
    rows = rows.prefetch_related(
        Prefetch("supporting", TaskUnit.objects.select_related("unit").order_by("unit__path")),
        Prefetch("milestones", Milestone.objects.order_by("due_on", "name")),
    )
    found = rows.filter(id=task_id).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def tasks_by_id(scope: Scope, task_ids: Sequence[str]) -> list[Task]:
    """The chosen tasks that the reader may see, in the order of their numbers."""
    return list(tasks(scope).select_related("campaign").filter(id__in=list(task_ids)).order_by("order"))


def notes(of: Task) -> dict[str, TaskNote]:
    """Words on a task by id, for its story. The caller has read the task through `task`."""
    return {str(note.id): note for note in TaskNote.objects.filter(task=of).select_related("by__unit")}


def evidence(of: Task) -> list[Attachment]:
    """Files of a task, newest first. The caller has read the task through `task`."""
    rows = Attachment.objects.filter(subject_type="task", subject_id=str(of.id), withdrawn=False)
    return list(rows.order_by("-made_at"))


@dataclass(frozen=True)
class Standing:
    """How a set of tasks stands: all that were not cancelled, and what has become of them."""

    key: str
    label: str
    total: int
    accepted: int
    waiting: int  # reported done, not yet checked
    going: int
    planned: int
    late: int
    risk: int

    @property
    def percent(self) -> int | None:
        """Share accepted, rounded half up; None when there are no tasks."""
        return (self.accepted * 200 + self.total) // (2 * self.total) if self.total else None


_COUNTS = {
    "n_total": Count("id", filter=Q(status__in=rules.COUNTED)),
    "n_accepted": Count("id", filter=Q(status=rules.ACCEPTED)),
    "n_waiting": Count("id", filter=Q(status__in=rules.WAITING)),
    "n_going": Count("id", filter=Q(status__in=(rules.STARTED, rules.RETURNED))),
    "n_planned": Count("id", filter=Q(status=rules.PLANNED)),
    "n_late": Count("id", filter=Q(late=True)),
    "n_risk": Count("id", filter=Q(risk=True)),
}


def _standing(key: str, label: str, row: dict[str, Any]) -> Standing:
    numbers = {name.removeprefix("n_"): int(row[name] or 0) for name in _COUNTS}
    return Standing(key=key, label=label, **numbers)


def _counted(rows: QuerySet[Task], *names: str) -> list[dict[str, Any]]:
    """The counts of every combination of these fields."""
    return [dict(row) for row in rows.order_by().values(*names).annotate(**_COUNTS)]


def standing(rows: QuerySet[Task]) -> Standing:
    """The whole set. One query."""
    return _standing("", "", rows.aggregate(**_COUNTS))


def standing_by_group(rows: QuerySet[Task]) -> list[Standing]:
    """By work group, in the order of the organisation; key: the group's code ("" for tasks without one). One query."""
    found = _counted(rows, "body__code", "body__name", "body__order")
    ordered = sorted(
        found, key=lambda row: (row["body__order"] is None, row["body__order"] or 0, row["body__code"] or "")
    )
    return [
        _standing(row["body__code"] or "", row["body__name"] or "", row) for row in ordered if row["n_total"]
    ]


def standing_by_unit(rows: QuerySet[Task]) -> list[Standing]:
    """By lead unit, worst first: late, then at risk, then the smallest share; key: the unit's path. One query."""
    found = _counted(rows, "lead_unit__path", "lead_unit__short_name", "lead_unit__name")
    lines = [
        _standing(row["lead_unit__path"], row["lead_unit__short_name"] or row["lead_unit__name"], row)
        for row in found
        if row["n_total"]
    ]
    return sorted(lines, key=lambda line: (-line.late, -line.risk, line.percent or 0, line.key))


def standing_by_area(rows: QuerySet[Task]) -> list[Standing]:
    """By street (nine digits) or the district itself; key: the area's code. Two queries."""
    found: dict[str, dict[str, Any]] = {}
    for row in _counted(rows, "area"):
        kept = found.setdefault(row["area"][:9], dict.fromkeys(_COUNTS, 0))
        for name in _COUNTS:
            kept[name] += row[name] or 0
    names = dict(Area.objects.filter(code__in=list(found)).values_list("code", "name"))
    return [
        _standing(code, names.get(code, code), found[code])
        for code in sorted(found)
        if found[code]["n_total"]
    ]


def standing_by_category(rows: QuerySet[Task]) -> list[Standing]:
    """By category, the largest first. One query."""
    found = _counted(rows, "category")
    lines = [_standing(row["category"], row["category"], row) for row in found if row["n_total"]]
    return sorted(lines, key=lambda line: (-line.total, line.key))


def pressing(rows: QuerySet[Task], limit: int = 12) -> list[Task]:
    """What is late, longest first, then what is at risk, soonest first."""
    return list(rows.filter(Q(late=True) | Q(risk=True)).order_by("-late", "due_on", "order")[:limit])


def categories(campaign: Campaign) -> list[str]:
    """The categories in use, in alphabetical order."""
    rows = Task.objects.filter(campaign=campaign).exclude(category="")
    return list(rows.order_by("category").values_list("category", flat=True).distinct())


def lead_units(rows: QuerySet[Task]) -> list[Unit]:
    """The units that lead any of these tasks."""
    return list(Unit.objects.filter(id__in=rows.order_by().values("lead_unit")).order_by("path"))


def owners(rows: QuerySet[Task]) -> list[Person]:
    """The people who own any of these tasks."""
    return list(Person.objects.filter(id__in=rows.order_by().values("owner")).order_by("name"))


def areas_of(rows: QuerySet[Task]) -> list[Area]:
    """The areas these tasks lie in."""
    return list(Area.objects.filter(code__in=rows.order_by().values("area")).order_by("code"))


def bodies_of(campaign: Campaign) -> list[Body]:
    """The campaign's bodies in their order."""
    return list(Body.objects.filter(campaign=campaign).order_by("order", "code"))


def completion_curve(
    scope: Scope, campaign: Campaign, *, rows: QuerySet[Task] | None = None, area: str = ""
) -> list[CurvePoint]:
    """Planned and real completion by day, for the wall and the plan page; empty without tasks. Two queries.

    `rows`: only these tasks (default: all the reader sees); `area`: only inside it.
    """
    chosen = (rows if rows is not None else tasks(scope, campaign)).filter(status__in=rules.COUNTED)
    chosen = chosen.filter(within("area", area)) if area else chosen
    span = chosen.order_by().aggregate(due=Min("due_on"), last=Max("due_on"), done=Min("accepted_at"))
    if span["due"] is None or span["last"] is None:
        return []
    pairs = list(chosen.order_by().values_list("due_on", "accepted_at", "status"))
    accepted = [
        clock.local(at).date() for _due, at, status in pairs if at is not None and status == rules.ACCEPTED
    ]
    first = min([span["due"], *accepted])
    today = clock.today()
    last = max([span["last"], *accepted])
    return rules.completion_curve([due for due, _at, _status in pairs], accepted, first, last, today)


def supporting_paths(task_ids: Iterable[Any]) -> dict[Any, list[str]]:
    """Paths of the supporting units by task id."""
    found: dict[Any, list[str]] = {}
    for task_id, path in TaskUnit.objects.filter(task__in=list(task_ids)).values_list(
        "task_id", "unit__path"
    ):
        found.setdefault(task_id, []).append(path)
    return found


def _day(moment: dt.datetime | None) -> dt.date | None:
    return clock.local(moment).date() if moment is not None else None


def task_rows(task_ids: Iterable[str]) -> list[TaskRow]:
    """Tasks as the figures see them. Two queries."""
    rows = list(Task.objects.filter(id__in=list(task_ids)).select_related("lead_unit", "body"))
    supporting = supporting_paths([row.id for row in rows])
    return [
        TaskRow(
            id=row.id,
            home=row.home,
            area=row.area,
            lead=row.lead_unit.path,
            supporting=tuple(sorted(supporting.get(row.id, []))),
            group=row.body.code if row.body else "",
            category=row.category,
            status=row.status,
            percent=row.percent,
            due_on=row.due_on,
            reported_on=_day(row.reported_at),
            accepted_on=_day(row.accepted_at),
            phase=row.phase,
            late=row.late,
            risk=row.risk,
        )
        for row in rows
    ]


def tasks_seen(scope: Scope, task_ids: Iterable[str]) -> dict[str, str]:
    """{id: “number title”} of those the reader may open."""
    return {str(row.id): str(row) for row in tasks(scope).filter(id__in=list(task_ids))}


# ---------------------------------------------------------------------------------------------- activities


def activities(scope: Scope, campaign: Campaign | None = None) -> QuerySet[Activity]:
    """The activities the reader may see."""
    rows = Activity.objects.select_related("unit", "parent", "campaign")
    rows = rows.filter(campaign=campaign) if campaign is not None else rows
    return visible_to(rows, scope, ACTIVITY_RIGHT, units=("unit__path",))


def activity(scope: Scope, activity_id: Any) -> Activity:
    """One activity. Raises access.not_found."""
    found = activities(scope).filter(id=activity_id).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def parts_of(of: Activity) -> list[Activity]:
    """The parts of an activity (演练环节), in their order."""
    return list(
        Activity.objects.filter(parent=of).select_related("unit").order_by("held_on", "starts_at", "number")
    )


def activity_rows(activity_ids: Iterable[str]) -> list[ActivityRow]:
    """Activities as the figures see them."""
    return [
        ActivityRow(
            id=row.id,
            home=row.home,
            area=row.area,
            unit=row.unit.path if row.unit else "",
            number=row.number,
            parent=row.parent.number if row.parent else "",
            kind=row.kind,
            status=row.status,
            held_on=row.held_on,
            headcount=row.headcount,
            results=row.results,
        )
        for row in Activity.objects.filter(id__in=list(activity_ids)).select_related("unit", "parent")
    ]


def activities_seen(scope: Scope, activity_ids: Iterable[str]) -> dict[str, str]:
    """{id: name} of those the reader may open."""
    return {str(row.id): row.name for row in activities(scope).filter(id__in=list(activity_ids))}


def coming_activities(scope: Scope, campaign: Campaign, limit: int) -> list[Activity]:
    """The next activities that are planned, parts left out."""
    rows = activities(scope, campaign).filter(
        status=rules.ACTIVITY_PLANNED, parent=None, held_on__gte=clock.today()
    )
    return list(rows.order_by("held_on", "starts_at", "number")[:limit])


def in_group_order(rows: QuerySet[Task], limit: int) -> list[Task]:
    """Tasks by work group in the order of the organisation (those without one last); in each what is open stands
    first, the soonest deadline on top, then what is done."""
    settled = Case(When(status__in=rules.SETTLED, then=1), default=0)
    ordered = rows.order_by(
        F("body__order").asc(nulls_last=True),
        F("body__code").asc(nulls_last=True),
        settled,
        "due_on",
        "order",
    )
    return list(ordered[:limit])


def milestones_of(tasks: Sequence[Task]) -> list[Milestone]:
    """The milestones of many tasks. One query."""
    return (
        list(Milestone.objects.filter(task__in=[task.id for task in tasks]).order_by("due_on", "name"))
        if tasks
        else []
    )


def activities_between(scope: Scope, campaign: Campaign, first: dt.date, last: dt.date) -> list[Activity]:
    """The activities of some days that were not cancelled, in their order; both days belong to it."""
    rows = (
        activities(scope, campaign)
        .filter(held_on__range=(first, last))
        .exclude(status=rules.ACTIVITY_CANCELLED)
    )
    return list(rows.order_by("held_on", "starts_at", "number"))


# ---------------------------------------------------------------------------------------------- mine


def owed_by(person: Person) -> QuerySet[Task]:
    """Tasks that this person or this person's own unit still owes, the late ones first."""
    mine = Q(owner=person)
    if person.unit_id is not None:
        mine |= Q(lead_unit=person.unit_id)
    rows = tasks(person.scope).filter(mine, status__in=rules.OPEN).select_related("campaign")
    return rows.order_by("-late", "due_on", "order")


def to_check(person: Person) -> QuerySet[Task]:
    """Tasks reported done that this person may check: not one's own report, not one's own unit's work unless one supervises."""
    rows = Task.objects.filter(status__in=rules.WAITING).select_related(
        "lead_unit", "body", "owner__unit", "campaign"
    )
    rows = rows.filter(predicate(person.scope, "task.accept", units=("lead_unit__path",)))
    # a NULL reporter must not make the exclusion unknown
    rows = rows.filter(Q(reported_by=None) | ~Q(reported_by=person))
    if person.unit is not None:
        names = person.unit.path.strip("/").split("/")
        above = ["/".join(names[:count]) + "/" for count in range(1, len(names) + 1)]
        own = Q(lead_unit__path__in=above)
        supervised = predicate(person.scope, "task.press", units=("lead_unit__path",))
        rows = rows.filter(~own | supervised)
    return rows.order_by("reported_at", "order")
