"""Cases as `facts.facts_of` reads them: with their stages, requests and feedback. Two questions, more only where needed."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from guatu.cases.models import Case, Feedback, Request, Stage, SupervisionOrder


def rows_for_facts(ids: Iterable[str]) -> list[Case]:
    """Cases by id, each with `fact_stages`, `fact_requests`, `fact_feedback` and `supervised`."""
    cases: list[Any] = list(
        Case.objects.filter(pk__in=list(ids))
        .select_related("unit")
        .annotate(
            supervised=Exists(SupervisionOrder.objects.filter(case=OuterRef("pk"))),
            has_requests=Exists(Request.objects.filter(case=OuterRef("pk"))),
            has_feedback=Exists(Feedback.objects.filter(case=OuterRef("pk"))),
        )
    )
    stages = _by_case(Stage, [case.pk for case in cases], "started_at", "unit")
    requests = _by_case(Request, [case.pk for case in cases if case.has_requests], "asked_at")
    feedback = _by_case(Feedback, [case.pk for case in cases if case.has_feedback], "at")
    for case in cases:
        case.fact_stages = stages.get(case.pk, [])
        case.fact_requests = requests.get(case.pk, [])
        case.fact_feedback = feedback.get(case.pk, [])
    return cases


def _by_case(model: Any, ids: list[UUID], order: str, *related: str) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    if ids:
        rows = model.objects.filter(case_id__in=ids).order_by(order, "id")
        for row in rows.select_related(*related) if related else rows:
            found[row.case_id].append(row)
    return found
