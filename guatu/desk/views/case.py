"""One case: its record, its steps, a new one, a correction. Addresses: cases.py."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.campaigns.models import Campaign
from guatu.cases import acts, reads
from guatu.cases.models import LIMIT_WORDS, SOURCE_WORDS, STEP_WORDS, Case
from guatu.cases.rules import OPEN, RECTIFIED, SETTLED
from guatu.desk.case_moves import Typed, offer, possible
from guatu.desk.case_panels import panels_of
from guatu.desk.case_states import english, map_answer, photo_lines, state_of
from guatu.desk.case_steps import ACTS, DONE
from guatu.desk.conflict import conflict_page, is_conflict, merged, opened
from guatu.desk.current import current_campaign
from guatu.desk.forms.case_steps import FORMS
from guatu.desk.forms.cases import CaseForm, CorrectForm, NewCaseForm
from guatu.desk.story import lines_of
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import story
from guatu.kernel.problems import Problem
from guatu.kit.parts import StoryLine
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.places import reads as places
from guatu.units.models import Person


def person_of(request: HttpRequest) -> Person:
    """The signed-in person."""
    person = request.user
    assert isinstance(person, Person)
    return person


def _story(row: Case) -> list[StoryLine]:
    """The acts with the words and the people of their steps."""
    notes = {step.act_id: step for step in reads.steps(row)}
    done = [act for act in story(row) if act.verb != "file.attached"]
    lines = []
    for act, line in zip(done, lines_of(done), strict=True):
        step = notes.get(act.id)
        words = [step.note] if step is not None and step.note else []
        if step is not None and step.step == "dispatch" and step.unit is not None:
            words.insert(0, _("承办单位：%(unit)s") % {"unit": step.unit})
        tone = "late" if act.verb == "case.became_overdue" else ""
        lines.append(replace(line, details="\n".join(words) or line.details, tone=tone))
    return lines


def record(request: HttpRequest, row: Case, typed: Typed = None, *, status: int = 200) -> HttpResponse:
    """The page of a case. typed: the step that was refused, with what was typed; status: 422 when something was."""
    person = person_of(request)
    photos = reads.photos(row)
    panels = panels_of(request, row)
    offered = offer(person, row, panels, typed)
    moves = offered.moves
    context: dict[str, Any] = {
        "case": row,
        "state": state_of(row),
        "source": SOURCE_WORDS[row.source],
        "class_name": reads.class_name(row, get_language() or "zh"),
        "area_name": places.name_of(row.area[:9]),
        "limit_unit": LIMIT_WORDS.get(row.limit_unit, ""),
        "panels": [panel for panel in panels if not panel.side],
        "side_panels": [panel for panel in panels if panel.side],
        "next": next((move for move in moves if move.strong), None),
        "stopped": row.status in SETTLED and row.status not in RECTIFIED,  # its clock means nothing any more
        "why_not": offered.why_not,
        "others": [move for move in moves if not move.strong and not move.rare],
        "rare": [move for move in moves if move.rare],
        "before": photo_lines(photos.get("before", [])),
        "after": photo_lines(photos.get("after", [])),
        "check": photo_lines(photos.get("check", [])),
        "may_add_photo": row.status in OPEN
        and person.scope.allows("case.open", area=row.area, units=(row.unit_path,)),
        "may_correct": row.status in OPEN
        and person.scope.allows("case.correct", area=row.area, units=(row.unit_path,)),
        "lines": _story(row),
        "on_time": None if row.handled_at is None else not row.late,
    }
    return render(request, "desk/cases/record.html", context, status=422 if typed is not None else status)


@require_GET
@login_required
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The record of a case."""
    return record(request, reads.case(person_of(request).scope, case_id))


@require_GET
@login_required
def case_map(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case on the map, with what lies around it."""
    row = reads.case(person_of(request).scope, case_id)
    points, bounds = [], []
    if row.lon is not None and row.lat is not None:
        names = ("id", "number", "title", "status", "late", "due_at", "lon", "lat")
        points = [{name: getattr(row, name) for name in names}]
        bounds = [row.lon - 0.012, row.lat - 0.01, row.lon + 0.012, row.lat + 0.01]
    answer = map_answer(row.campaign, points, bounds)
    return JsonResponse(
        answer, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False}
    )


@require_http_methods(["GET", "POST"])
@login_required
def case_step(request: HttpRequest, case_id: UUID, step: str) -> HttpResponse:
    """Take one step. What was typed stands on the record page again when the step is refused."""
    if step not in FORMS:
        raise Http404(step)
    person = person_of(request)
    row = reads.case(person.scope, case_id)
    if request.method == "GET":
        return redirect("desk:case", case_id)
    form = FORMS[step](request.POST, request.FILES, prefix=step)
    if not form.is_valid():
        return record(request, row, (step, form))
    try:
        version = int(request.POST.get("version") or row.version)
        row = ACTS[step](by=person, case=row, version=version, **form.arguments())  # type: ignore[attr-defined]
    except (Problem, ValueError) as refusal:
        stale = Problem("kernel.stale", what=row, version=row.version)
        why, row = refusal if isinstance(refusal, Problem) else stale, reads.case(person.scope, case_id)
        offered = possible(person, row) | {"contact", "reclassify"}
        if is_conflict(request, row, why):
            return conflict_page(
                request, row, form, why, action=request.path, theirs=reverse("desk:case", args=[case_id]),
                label=STEP_WORDS.get(step, step), own=False, possible=step in offered,
            )  # fmt: skip
        if step not in offered:
            raise why from None  # the page offers this step no more: no form to say it on
        form.add_problem(why)
        return record(request, row, (step, form))
    undo = reverse("desk:cases_recall") + f"?row={row.id}" if step == "dispatch" else ""
    say(request, DONE[step], undo=undo)
    return redirect("desk:case", case_id)


@require_POST
@login_required
def case_photo(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Add photos taken before (the place as it was found)."""
    person = person_of(request)
    row = reads.case(person.scope, case_id)
    count = acts.add_before(by=person, case=row, photos=request.FILES.getlist("photos"))
    say(request, _("已添加 %(count)s 张照片。") % {"count": count})
    return redirect("desk:case", case_id)


def offered(request: HttpRequest, kind: type[CaseForm], *given: Any, **more: Any) -> CaseForm:
    """A form of a case with the areas and classes of this campaign."""
    campaign = current_campaign(request)
    areas = [(line.code, line.name) for line in places.children(campaign.area)]
    return kind(*given, areas=areas, classes=reads.classes(campaign), english=english(), **more)


def _draft(form: CaseForm, campaign: Campaign) -> acts.Draft:
    said = form.cleaned_data
    opened_at = said.get("opened_at")
    return acts.Draft(
        title=said["title"],
        source=said["source"],
        class_code=said.get("class_code", ""),
        description=said["description"],
        area=said["area"],
        address=said["address"],
        lon=said["lon"],
        lat=said["lat"],
        crs=said["crs"] or "wgs84",
        upper_number=said["upper_number"],
        standard=reads.standard_of(said.get("standard"), campaign),
        opened_at=clock.local(opened_at) if opened_at else None,
    )


def _own_street(person: Person, campaign: Campaign) -> str:
    """Who may report in one street alone need not choose it: not every street's border is known, and a point without
    one would lie outside what is theirs."""
    own = person.scope.areas("case.open")
    streets = {line.code for line in places.children(campaign.area)}
    return own[0] if len(own) == 1 and own[0] in streets else ""


@require_http_methods(["GET", "POST"])
@login_required
def case_new(request: HttpRequest) -> HttpResponse:
    """Report a case: what, where, photos."""
    person, campaign = person_of(request), current_campaign(request)
    require(person.scope, "case.open")
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = offered(request, NewCaseForm, *given, initial={"area": _own_street(person, campaign)})
    if form.is_bound and form.is_valid():
        try:
            row = acts.report_case(
                by=person, campaign=campaign, draft=_draft(form, campaign), photos=form.cleaned_data["photos"]
            )
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            say(request, _("已登记 %(number)s。") % {"number": row.number})
            return redirect(
                "desk:case_new" if request.POST.get("then") == "next" else reverse("desk:case", args=[row.id])
            )
    return form_page(
        request, "desk/cases/new.html", form, title=_("登记案件"), submit_label=_("登记"), save_and_next=True,
        cancel_url=reverse("desk:cases"), draft_id="case-new", campaign=campaign,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def case_correct(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Correct what was written wrongly; only what differs is changed."""
    person = person_of(request)
    row = reads.case(person.scope, case_id)
    require(person.scope, "case.correct", area=row.area, units=(row.unit_path,))
    stands = _stands(row)
    given = (request.POST,) if request.method == "POST" else ()
    form = offered(request, CorrectForm, *given, initial=stands)
    if form.is_bound and form.is_valid():
        try:
            version = request.POST.get("version", "")
            acts.correct_case(
                by=person, case=row, changes=_changes(form.cleaned_data, stands),
                version=int(version) if version.isdigit() else row.version,
            )  # fmt: skip
        except Problem as refusal:
            row = reads.case(person.scope, case_id)
            if is_conflict(request, row, refusal):
                mine = offered(
                    request, CorrectForm, merged(request, row, opened(request)), initial=_stands(row)
                )
                return conflict_page(
                    request, row, mine, refusal, action=request.path, theirs=reverse("desk:case", args=[case_id]),
                    label=_("更正"), own=True, possible=row.status in OPEN,
                )  # fmt: skip
            form.add_problem(refusal)
        else:
            say(request, _("已更正。"))
            return redirect("desk:case", case_id)
    return form_page(
        request, "desk/cases/correct.html", form, title=_("更正 %(number)s") % {"number": row.number}, row=row,
        cancel_url=reverse("desk:case", args=[case_id]), campaign=row.campaign,
    )  # fmt: skip


def _stands(row: Case) -> dict[str, Any]:
    """The case as the correcting form shows it: the point as it was given."""
    names = (
        "title",
        "class_code",
        "description",
        "address",
        "source",
        "upper_number",
        "limit_amount",
        "limit_unit",
    )
    stands = {name: getattr(row, name) for name in names}
    stands |= {
        "lon": row.source_x,
        "lat": row.source_y,
        "crs": row.source_crs or "wgs84",
        "area": row.area[:9],
    }
    return stands


def _changes(said: dict[str, Any], stands: dict[str, Any]) -> dict[str, Any]:
    changed = {name for name, value in said.items() if value != stands.get(name)}
    found = {
        name: said[name] for name in changed - {"lon", "lat", "crs", "area", "limit_amount", "limit_unit"}
    }
    if changed & {"lon", "lat", "crs", "area"}:
        # a point that stays while the street changes is looked up anew inside the new street
        found |= {name: said[name] for name in ("lon", "lat", "crs", "area")}
    if changed & {"limit_amount", "limit_unit"} and said["limit_amount"]:
        found["limit"] = (said["limit_amount"], said["limit_unit"])
    return found
