"""One step on many cases: preview, run, watch, take back. Nothing is written before the preview has been confirmed."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guatu.cases import acts
from guatu.cases import reads as case_reads
from guatu.cases.acts.bulk import seconds_so_far, start_bulk, step_word, undo_bulk
from guatu.cases.models import Bulk, Case
from guatu.cases.reads import bulk as reads
from guatu.cases.reads.assigning import people_to_assign
from guatu.cases.rules import Clock, Limit, clock_of
from guatu.cases.rules.bulk import BULK, MOST, UNDO_MINUTES, remaining, undoable
from guatu.desk.case_states import state_of
from guatu.desk.current import current_campaign
from guatu.desk.forms.case_bulk import BulkForm
from guatu.desk.views.cases import listing_of, person_of
from guatu.kernel import calendar, clock
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.toasts import say

_SHOWN = 20  # cases of a preview that stand in its table
_LISTED = 300  # cases of one reason that are named


def steps_for(scope: Any) -> list[tuple[str, str]]:
    """(step, word) of the bulk steps this person may take at all."""
    return [(step, step_word(step)) for step, each in BULK.items() if scope.may(each.right)]


def _rows(request: HttpRequest) -> QuerySet[Case]:
    """The chosen cases this reader may see: ticked ones, or all that match the filters of the list (`all=1`, `query`)."""
    person = person_of(request)
    rows = case_reads.cases(person.scope, current_campaign(request))
    if request.POST.get("all") == "1":
        real = request.GET
        request.GET = QueryDict(request.POST.get("query", ""))
        try:
            page = lists.build(request, listing_of(request), rows)
            if wrong := [one.error for one in page.filters if one.error]:
                raise Problem("kit.bad_filter", why="".join(wrong))
            return page.narrowed
        finally:
            request.GET = real
    given = []
    for text in request.POST.getlist("row")[: MOST + 1]:
        try:
            given.append(UUID(text))
        except ValueError:
            continue
    return rows.filter(id__in=given)


def _versions(request: HttpRequest) -> dict[str, int]:
    try:
        found = json.loads(request.POST.get("versions", "{}"))
        return {str(key): int(value) for key, value in found.items()}
    except (ValueError, AttributeError, TypeError):
        return {}


@require_POST
@login_required
def bulk(request: HttpRequest, step: str = "") -> HttpResponse:
    """First the preview; with `confirm` the deed."""
    person, campaign = person_of(request), current_campaign(request)
    step = step or request.POST.get("step", "")
    if step not in BULK:
        raise Problem("bulk.unknown_step", step=step[:20])
    rows = list(_rows(request).order_by("number")[: MOST + 1])
    if not rows:
        say(request, _("没有选中案件。"), level=30)
        return redirect("desk:cases")
    if len(rows) > MOST:
        raise Problem("bulk.too_many", count=f"{MOST:,}+", most=f"{MOST:,}")
    typed = "shown" in request.POST or "confirm" in request.POST
    classes = list(case_reads.class_names(campaign, get_language() or "zh").items())
    people = people_to_assign(person.scope) if step == "assign" else []
    form = BulkForm(request.POST if typed else None, step=step, classes=classes, people=people)
    sure = typed and form.is_valid()
    if sure and "confirm" in request.POST:
        seen = _versions(request)
        wanted = [(row.id, seen.get(str(row.id), row.version)) for row in rows]
        try:
            done = start_bulk(
                by=person, campaign=campaign, step=step, cases=wanted, arguments=form.arguments(),
                chosen_by=request.POST.get("query", "") if request.POST.get("all") == "1" else "",
            )  # fmt: skip
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            return _after(request, done)
    said = form.arguments() if sure else {}
    if "person" in said:
        said["person_unit"] = str(form.cleaned_data["person"].unit.path)
    found = reads.preview(person, step, rows, said)
    return _preview_page(request, found, form, typed=typed)


def _after(request: HttpRequest, done: Bulk) -> HttpResponse:
    if done.status == "done" and not done.refused:
        undo = reverse("desk:case_bulk_undo", args=[done.id]) if BULK[done.step].back else ""
        words = _("批量“%(step)s”：已办 %(count)s 件。") % {"step": step_word(done.step), "count": done.done}
        say(request, words, undo=undo)
        return redirect("desk:cases")
    return redirect("desk:case_bulk", done.id)


def _due(form: BulkForm) -> Clock | None:
    """When a limit given now would run out; the same for every case."""
    said = form.arguments().get("limit")
    if not said or "unit" not in form.fields and "reason" in form.fields:
        return None  # an extension is counted from each case's own deadline
    return clock_of(clock.now(), Limit(Decimal(said[0]), said[1]), calendar.current())


def _preview_page(request: HttpRequest, found: reads.Preview, form: BulkForm, *, typed: bool) -> HttpResponse:
    whole = request.POST.get("all") == "1"
    context = {
        "due": _due(form) if typed and not form.errors else None,
        "found": found,
        "step_word": step_word(found.step),
        "form": form if form.fields else None,
        "lines": [(row, state_of(row)) for row in found.good[:_SHOWN]],
        "more": max(len(found.good) - _SHOWN, 0),
        "listed": _LISTED,
        "whole": whole,
        "query": request.POST.get("query", ""),
        "chosen": [] if whole else [row.id for row in found.cases],
        "versions": json.dumps({} if whole else {str(row.id): row.version for row in found.cases}),
        "undo_minutes": UNDO_MINUTES if BULK[found.step].back else 0,
        "post_to": reverse("desk:cases_bulk_step", args=[found.step]),
    }
    wrong = typed and form.is_bound and bool(form.errors)
    return render(request, "desk/cases/bulk.html", context, status=422 if wrong else 200)


@require_GET
@login_required
def bulks(request: HttpRequest) -> HttpResponse:
    """Bulk actions so far."""
    person = person_of(request)
    rows = reads.bulks(person.scope, current_campaign(request))[:100]
    told = [(row, step_word(row.step)) for row in rows]
    return render(request, "desk/cases/bulk_list.html", {"rows": told})


@require_GET
@login_required
def bulk_page(request: HttpRequest, bulk_id: UUID) -> HttpResponse:
    """How far it is, what became of it, the way back. Reloads itself while it runs, without script too."""
    person = person_of(request)
    row = reads.bulk(person.scope, bulk_id)
    running = row.status in ("waiting", "running", "undoing")
    worked = row.back if row.status == "undoing" else row.done + row.refused
    left = remaining(worked, row.wanted, seconds_so_far(row)) if running else None
    since = (clock.now() - row.finished_at).total_seconds() / 60 if row.finished_at else None
    context = {
        "row": row,
        "step_word": step_word(row.step),
        "running": running,
        "worked": worked,
        "percent": round(100 * worked / row.wanted) if row.wanted else 100,
        "left": left,
        "groups": reads.outcomes(person.scope, row),
        "kept": row.lines.filter(state="kept").count(),
        "may_undo": row.by_id == person.id and undoable(row.step, row.status, since),
        "has_back": bool(BULK[row.step].back),
        "may_undo_until": row.undo_until,
    }
    answer = render(request, "desk/cases/bulk_record.html", context)
    if running:
        answer["Refresh"] = "2"
    return answer


@require_POST
@login_required
def bulk_undo(request: HttpRequest, bulk_id: UUID) -> HttpResponse:
    """Take the whole back."""
    person = person_of(request)
    row = undo_bulk(by=person, bulk=reads.bulk(person.scope, bulk_id))
    if row.status == "undone":
        kept = row.lines.filter(state="kept").count()
        say(
            request,
            _("已撤回 %(done)s 件，%(kept)s 件之后又有变化，未撤回。") % {"done": row.back, "kept": kept},
        )
    return redirect("desk:case_bulk", row.id)


@require_POST
@login_required
def recall(request: HttpRequest) -> HttpResponse:
    """Take back a dispatch just made (the toast's undo of one case); what has been accepted meanwhile stays."""
    person = person_of(request)
    given = [UUID(text) for text in request.GET.getlist("row")[:200] if len(text) == 36]
    rows = case_reads.cases(person.scope, current_campaign(request)).filter(id__in=given)
    outcomes = acts.many(acts.recall_case, by=person, cases=[(row, None) for row in rows])
    done = sum(1 for outcome in outcomes if outcome.case is not None)
    say(
        request,
        _("已撤回 %(done)s 件，%(kept)s 件已被接单，未撤回。") % {"done": done, "kept": len(outcomes) - done},
    )
    return redirect("desk:cases")


urlpatterns = [
    path("", bulk, name="cases_bulk"),
    path("done/", bulks, name="case_bulks"),
    path("dispatch/", bulk, {"step": "dispatch"}, name="cases_dispatch"),
    path("accept/", bulk, {"step": "accept"}, name="cases_accept"),
    path("recall/", recall, name="cases_recall"),
    path("<uuid:bulk_id>/", bulk_page, name="case_bulk"),
    path("<uuid:bulk_id>/undo/", bulk_undo, name="case_bulk_undo"),
    path("do/<str:step>/", bulk, name="cases_bulk_step"),
]
