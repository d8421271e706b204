"""The records behind a number of the evaluation. Address: case_evaluation.py."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from guatu.cases.models import STAGE_WORDS, STEP_WORDS
from guatu.desk.current import current_campaign
from guatu.desk.evaluating import BY_WORDS, RIGHT, filtered, names_of, query_of, scope_of, two
from guatu.figures import sets
from guatu.figures.models import FactRow
from guatu.figures.reads import behind, titles_of
from guatu.figures.reads import evaluation as reads
from guatu.kernel.access import Scope, require
from guatu.kernel.problems import Problem
from guatu.kernel.subjects import table
from guatu.kit import lists
from guatu.kit.lists import Column, Listing
from guatu.places.reads import names as area_names
from guatu.units.models import Person, Unit

_OUTCOMES = {**STEP_WORDS, "pass": _("核查通过")}
_KINDS = {
    "case": _("案件"), "case_uncounted": _("不计的案件"), "case_feedback": _("评价"), "case_request": _("申请"),
}  # fmt: skip
_HOW = {True: _("按时"), False: _("超时")}


@dataclass(frozen=True)
class Counted:
    """One record as the list shows it; what the reader may not open is counted and not named."""

    id: Any
    title: str
    url: str
    what: str
    unit: str
    area: str
    day: dt.date | None
    outcome: str
    in_time: str
    person: str


def _prepared(scope: Scope) -> Any:
    def prepare(rows: list[FactRow]) -> list[Counted]:
        titles = titles_of(scope, [(row.subject_type, row.subject_id) for row in rows])
        units = dict(
            Unit.objects.filter(path__in={row.unit for row in rows}).values_list("path", "short_name")
        )
        ids = {row.person for row in rows if row.person}
        people = {str(key): name for key, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")}
        known = area_names()
        return [_counted(row, titles, units, people, known) for row in rows]

    return prepare


def _counted(
    row: FactRow,
    titles: Mapping[tuple[str, str], str],
    units: Mapping[str, str],
    people: Mapping[str, str],
    areas: Mapping[str, str],
) -> Counted:
    title = titles.get((row.subject_type, row.subject_id))
    subject = table().get(row.subject_type)
    words: Mapping[str, Any] = STAGE_WORDS if row.kind == "case_stage" else STEP_WORDS
    what = _KINDS.get(row.kind) or words.get(row.category, row.category)
    outcome = str(row.attributes.get("outcome", ""))
    return Counted(
        id=row.id,
        title=title if title is not None else str(_("（不在可见范围内）")),
        url=subject.url(row.subject_id) if title is not None and subject and subject.url else "",
        what=str(what),
        unit=units.get(row.unit, row.unit),
        area=areas.get(row.area, row.area),
        day=row.happened_on,
        outcome=str(_OUTCOMES.get(outcome) or outcome),
        in_time=str(_HOW.get(row.attributes.get("in_time"), "")),
        person=people.get(row.person, "") if title is not None else "",
    )


def _listing(scope: Scope, name: str) -> Listing:
    return Listing(
        name="evaluation-records",
        title=name,
        columns=[
            Column("title", _("案件"), link=lambda row: row.url, wide=True),
            Column("what", _("计的是"), sort="category"),
            Column("unit", _("单位"), sort="unit"),
            Column("area", _("区域"), sort="area"),
            Column("day", _("应办日"), kind="date", sort="happened_on"),
            Column("outcome", _("结果")),
            Column("in_time", _("时限")),
            Column("person", _("办理人")),
        ],
        sort="-day",
        prepare=_prepared(scope),
    )


@require_GET
@login_required
def records(request: HttpRequest) -> HttpResponseBase:
    """Exactly the records that one number of the evaluation counts."""
    scope, campaign = scope_of(request), current_campaign(request)
    require(scope, RIGHT)
    want = reads.asked(campaign, request.GET)
    key = request.GET.get("key") or "case.report.all"
    meaning = sets.definitions(reads.SET).get(key)
    if meaning is None:
        raise Problem("figure.unknown_indicator", key=key[:60])
    name = "per" if request.GET.get("part") == "per" and meaning.per is not None else "of"
    rows = behind(scope, campaign, want.question, meaning.parts[name])
    row = want.question.row
    named = names_of(campaign, want, [row]).get(row, row) if row is not None else ""
    context = {
        "want": want,
        "note": two(meaning.note),
        "part": name if meaning.per is not None else "",
        "row": (BY_WORDS[want.question.by], named) if row is not None else None,
        "filtered": filtered(campaign, want),
        "back": f"{reverse('desk:case_evaluation')}?{urlencode(query_of(want))}",
    }
    listing = _listing(scope, two(meaning.title))
    return lists.respond(request, listing, rows, "desk/cases/evaluation/records.html", context)
