"""Bulk actions: what one would do, worked out from the rows alone and never written; what one did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guatu.campaigns.models import Campaign
from guatu.cases.models import STATUS_WORDS, Bulk, BulkLine, Case, HandOver, Request
from guatu.cases.reads.assigning import ASSIGNABLE
from guatu.cases.reads.sight import sight
from guatu.cases.rules import LIFECYCLE, OPEN, allowed, belongs
from guatu.cases.rules.bulk import BULK, BulkStep
from guatu.kernel.access import Scope
from guatu.kernel.problems import Problem
from guatu.units.models import Person


@dataclass(frozen=True)
class Group:
    """Cases that would be refused for one reason."""

    why: str
    cases: list[Case]


@dataclass(frozen=True)
class Preview:
    """What a bulk action would do: how many it takes, how many it refuses and why."""

    step: str
    cases: list[Case]
    good: list[Case]
    groups: list[Group]

    @property
    def refused(self) -> int:
        return len(self.cases) - len(self.good)


def preview(person: Person, step: str, rows: Iterable[Case], said: Mapping[str, Any]) -> Preview:
    """Every case against the rules of the step; at most two queries, however many cases."""
    cases = list(rows)
    taken = _taken(step, [row.id for row in cases])
    good: list[Case] = []
    groups: dict[str, list[Case]] = {}
    for row in cases:
        why = why_not(person, BULK[step], row, said, taken)
        if why:
            groups.setdefault(why, []).append(row)
        else:
            good.append(row)
    found = [Group(why, each) for why, each in sorted(groups.items(), key=lambda item: -len(item[1]))]
    return Preview(step, cases, good, found)


def _taken(step: str, ids: list[UUID]) -> set[UUID]:
    """Cases on which the same thing has been asked already and waits for an answer."""
    if step in ("extend", "void"):
        asked = Request.objects.filter(case_id__in=ids, kind=step, status="asked")
        return set(asked.values_list("case_id", flat=True))
    if step == "hand_over":
        return set(
            HandOver.objects.filter(case_id__in=ids, status="offered").values_list("case_id", flat=True)
        )
    return set()


def why_not(person: Person, step: BulkStep, row: Case, said: Mapping[str, Any], taken: set[UUID]) -> str:
    """Why this case would be refused, in words that are the same for all refused for the same reason; "" when it goes."""
    status = STATUS_WORDS[row.status]
    if step.moves and not allowed(step.moves, row.status):
        return _("现在是“%(status)s”，不能做这一步") % {"status": status}
    if step.step == "reclassify" and row.status not in OPEN:
        return _("现在是“%(status)s”，不能做这一步") % {"status": status}
    if step.step == "assign" and (row.status not in ASSIGNABLE or row.unit is None):
        return _("现在是“%(status)s”，不能做这一步") % {"status": status}
    if step.step == "hand_over" and (row.status not in ("dispatched", "accepted") or row.unit is None):
        return _("现在是“%(status)s”，不能做这一步") % {"status": status}
    if not person.scope.allows(step.right, area=row.area, units=(row.unit_path,)) and step.step != "comment":
        return _("按您的岗位不能办理")
    if _foreign(person, step, row):
        return _("不在您的单位：由%(unit)s承办") % {"unit": row.unit}
    if step.step == "assign" and said.get("person"):
        if str(row.taker_id or "") == said["person"]:
            return _("已经由此人承办")
        if not str(said.get("person_unit", "")).startswith(row.unit_path):
            return _("此人不在承办单位")
    if row.id in taken:
        return _("已经有人提出，正在等答复")
    if step.step == "extend" and row.extended_at is not None:
        return _("已经延期过一次")
    if step.step == "hand_over" and row.unit is not None and row.unit.code == said.get("unit"):
        return _("已经在这个单位")
    if step.step == "reclassify" and row.class_code == said.get("class"):
        return _("已经是这一类别")
    return ""


def _foreign(person: Person, step: BulkStep, row: Case) -> bool:
    own = step.step in ("hand_over", "assign") or (bool(step.moves) and LIFECYCLE[step.moves].own)
    if not own or row.unit is None:
        return False
    path = person.unit.path if person.unit is not None else ""
    given = any(row.unit_path.startswith(prefix) for prefix in person.scope.units(step.right))
    centre = person.scope.allows("case.dispatch", area=row.area, units=(row.unit_path,))
    return not (given or centre or belongs(path, row.unit_path))


# --- what was done -----------------------------------------------------------------------------------------------


def bulks(scope: Scope, campaign: Campaign) -> QuerySet[Bulk]:
    """Bulk actions of the reader, and all of the campaign for whoever dispatches in it; newest first."""
    rows = Bulk.objects.filter(campaign=campaign).select_related("by__unit", "campaign")
    if not scope.allows("case.dispatch", area=campaign.area):
        rows = rows.filter(by_id=scope.person_id)
    return rows.order_by("-at", "-id")


def bulk(scope: Scope, bulk_id: UUID) -> Bulk:
    """One bulk action. Raises `access.not_found`."""
    found = Bulk.objects.select_related("by__unit", "campaign").filter(pk=bulk_id).first()
    if found is None or not (
        found.by_id == scope.person_id or scope.allows("case.dispatch", area=found.campaign.area)
    ):
        raise Problem("access.not_found")
    return found


@dataclass(frozen=True)
class Refused:
    """Cases of a bulk action refused (or left as they were) for one reason."""

    sentence: str
    next_step: str
    cases: list[Case]


def outcomes(scope: Scope, row: Bulk, most: int = 500) -> list[Refused]:
    """What was refused or kept, grouped by reason, as far as the reader may see the cases."""
    lines = BulkLine.objects.filter(bulk=row, state__in=("refused", "kept")).order_by("state", "case_id")
    found: dict[str, tuple[Problem, list[UUID]]] = {}
    for line in lines[:most]:
        problem = Problem(line.refused.get("code", "kernel.stale"), **line.refused.get("details", {}))
        found.setdefault(problem.code, (problem, []))[1].append(line.case_id)
    ids = [each for _problem, cases in found.values() for each in cases]
    seen = {case.id: case for case in Case.objects.filter(pk__in=ids).filter(sight(scope))}
    return [
        Refused(problem.sentence(), problem.next_step(), [seen[each] for each in cases if each in seen])
        for problem, cases in found.values()
    ]


def titles(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    """{id: name} of bulk actions for the subject table; those of the reader alone."""
    rows = Bulk.objects.filter(pk__in=list(ids), by_id=scope.person_id)
    return {str(row.id): str(row) for row in rows}
