"""The places of a round: chosen by criteria with a preview, one by one, taken out, given to teams."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.messages import WARNING
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.case_states import english
from guatu.desk.forms.inspections import ChooseForm
from guatu.desk.inspection_states import person_of, visit_state
from guatu.desk.templatetags.people import place_word, risk_word
from guatu.inspections import words
from guatu.inspections.acts import rounds as acts
from guatu.inspections.acts import teams as team_acts
from guatu.inspections.acts.shared import settings_for
from guatu.inspections.models import Round, Visit
from guatu.inspections.reads import choosing
from guatu.inspections.reads import rounds as reads
from guatu.inspections.reads import visits as visit_reads
from guatu.inspections.rules.rounds import EDITABLE
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import ChoiceFilter, SearchFilter
from guatu.kit.toasts import say
from guatu.places import reads as place_reads
from guatu.places.models import Place
from guatu.places.rules.hours import parse
from guatu.units.reads import find_person

_SHOWN = 30


def editable(request: HttpRequest, round_id: UUID) -> Round:
    """A round this person may change now. Raises `access.denied`, `round.over`."""
    me = person_of(request)
    row = reads.round_of(me.scope, round_id)
    if not reads.may_edit(me.scope, row):
        raise Problem("access.denied", right=reads.EDIT)
    if row.status not in EDITABLE:
        raise Problem("round.over", number=row.number)
    return row


def _hours(row: Visit) -> str:
    """The opening hours, with a mark when nobody can read them."""
    text = row.place.opening_hours
    return text if not text or parse(text).known else f"{text}（{_('看不懂')}）"


PLACES = Listing(
    name="round-places",
    title=_lazy("场所"),
    columns=[
        Column("place", _lazy("场所"), value="place.name", sort="place__name", wide=True,
               link=lambda row: reverse("desk:visit", args=[row.id])),
        Column("kind", _lazy("类别"), value=lambda row: place_word(row.place.kind), sort="place__kind"),
        Column("risk", _lazy("风险等级"), value=lambda row: risk_word(row.place.risk) if row.place.risk else "", sort="place__risk"),
        Column("address", _lazy("地址"), value="place.address", wide=True),
        Column("hours", _lazy("营业时间"), value=_hours),
        Column("team", _lazy("检查组"), value="team.name", sort="team__name", nullable=True),
        Column("seq", _lazy("顺序"), kind="number", sort="seq", nullable=True),
        Column("eta", _lazy("预计到达"), kind="datetime", sort="eta", nullable=True, shown=False),
        Column("done_at", _lazy("检查时间"), kind="datetime", sort="done_at", nullable=True),
        Column("status", _lazy("状态"), kind="state", value=visit_state, export=lambda row: str(visit_state(row))),
        Column("number", _lazy("编号"), value="place.number", kind="code", shown=False),
        Column("note", _lazy("说明"), wide=True, shown=False),
    ],
    filters=[
        ChoiceFilter("status", _lazy("状态"), choices=[(code, words.VISIT_STATUS[code]) for code in ("planned", "started", "done", "skipped")],
                     counts=True),
        ChoiceFilter("outcome", _lazy("结果"), choices=list(words.OUTCOMES.items()), many=True),
        SearchFilter("q", fields=("place__name", "place__number", "place__address")),
    ],
    sort="place__name",
    export_right=reads.READ,
)  # fmt: skip


@require_GET
@login_required
def round_places(request: HttpRequest, round_id: UUID) -> HttpResponseBase:
    """Every place of a round: to filter, export, print, give to a team, take out."""
    me = person_of(request)
    row = reads.round_of(me.scope, round_id)
    may = reads.may_edit(me.scope, row) and row.status in EDITABLE
    teams = [(line.team, line.team.on_day) for line in reads.teams_of(row)] if may else []
    context = {"row": row, "may_edit": may, "teams": teams}
    return lists.respond(
        request, PLACES, reads.visits_of(row).filter(kind="round"), "desk/inspections/places.html", context
    )


# --- choosing --------------------------------------------------------------------------------------------------------


def choose_form(request: HttpRequest, row: Round) -> ChooseForm:
    me = person_of(request)
    kinds = [(kind, place_word(kind)) for kind, _count in place_reads.kinds(me.scope)[:40]]
    areas = [(line.code, line.name) for line in place_reads.children(row.area)]
    initial = {"minutes": settings_for(row.campaign).minutes}
    return ChooseForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        kinds=kinds,
        areas=areas,
        chinese=not english(),
        initial=initial,
    )


def criteria_of(form: ChooseForm) -> dict[str, Any] | None:
    """What the form asks; a person nobody knows is said beside the field."""
    person = None
    if form.cleaned_data.get("contracted"):
        try:
            person = find_person(form.cleaned_data["contracted"])
        except Problem as problem:
            form.add_error("contracted", ValidationError(problem.words()))
            return None
    return form.criteria(person)


@require_http_methods(["GET", "POST"])
@login_required
def round_choose(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Choose places: first the preview with its counts, then (`confirm`) the deed."""
    row = editable(request, round_id)
    form = choose_form(request, row)
    found = None
    if request.method == "POST" and form.is_valid() and (asked := criteria_of(form)) is not None:
        try:
            wanted = acts.read_criteria(asked)
            stay = form.cleaned_data.get("minutes") or settings_for(row.campaign).minutes
            if request.POST.get("confirm"):
                return _choose(request, row, wanted, stay)
            found = choosing.candidates(person_of(request).scope, row, wanted, stay)
        except Problem as problem:
            form.add_problem(problem)
    names = Place.objects.filter(pk__in=found.new[:_SHOWN]) if found is not None else ()
    context = {
        "row": row,
        "form": form,
        "found": found,
        "names": names,
        "more": len(found.new) - _SHOWN if found else 0,
    }
    return render(
        request, "desk/inspections/choose.html", context, status=422 if form.is_bound and form.errors else 200
    )


def _choose(request: HttpRequest, row: Round, wanted: Any, stay: int) -> HttpResponse:
    done = acts.choose_places(by=person_of(request), round=row, criteria=wanted, minutes=stay)
    undo = reverse("desk:round_unchoose", args=[row.id, done.act_id]) if done.act_id else ""
    say(
        request,
        _("已加入 %(count)s 个场所，%(already)s 个本来就有。")
        % {"count": done.added, "already": done.choice.already},
        undo=undo,
    )
    return redirect("desk:round_places", row.id)


@require_POST
@login_required
def round_unchoose(request: HttpRequest, round_id: UUID, act_id: UUID) -> HttpResponse:
    row = reads.round_of(person_of(request).scope, round_id)
    count = acts.undo_choosing(by=person_of(request), round=row, act_id=act_id)
    say(request, _("已去掉 %(count)s 个场所。") % {"count": count})
    return redirect("desk:round_places", row.id)


@require_POST
@login_required
def round_add(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """One place, named by its number or whole name."""
    me = person_of(request)
    row = editable(request, round_id)
    text = request.POST.get("place", "").strip()[:200]
    ground = place_reads.visible_places(me.scope).filter(withdrawn=False, closed_on=None)
    place = ground.filter(number=text).first() or ground.filter(name=text).first()
    try:
        if place is None:
            raise Problem("access.not_found")
        visit = acts.add_visit(by=me, round=row, place=place)
        say(
            request,
            _("已加入“%(name)s”。") % {"name": place.name},
            undo=reverse("desk:visit_step", args=[visit.id, "remove"]),
        )
    except Problem as problem:
        if problem.status == 403:
            raise
        say(request, problem.words(), level=WARNING)
    return redirect("desk:round_places", row.id)


# --- several at once -------------------------------------------------------------------------------------------------


def chosen(request: HttpRequest, row: Round) -> list[Visit]:
    """The ticked visits of this round."""
    wanted = []
    for text in request.POST.getlist("row")[:1000]:
        try:
            wanted.append(UUID(text))
        except ValueError:
            continue
    return list(visit_reads.visits(person_of(request).scope).filter(pk__in=wanted, round=row))


@require_POST
@login_required
def round_assign(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Give the ticked places to a team, or ("") to nobody."""
    row = editable(request, round_id)
    team = next(
        (line.team for line in reads.teams_of(row) if str(line.team.id) == request.POST.get("team", "")), None
    )
    try:
        count = team_acts.assign_visits(by=person_of(request), visits=chosen(request, row), team=team)
        name = team.name if team is not None else _("未分组")
        say(request, _("%(count)s 个场所已交给%(team)s。") % {"count": count, "team": name})
    except Problem as problem:
        if problem.status == 403:
            raise
        say(request, problem.words(), level=WARNING)
    return redirect("desk:round_places", row.id)


@require_POST
@login_required
def round_take_out(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Take the ticked places out of the round."""
    row = editable(request, round_id)
    rows = chosen(request, row)
    try:
        for visit in rows:
            acts.remove_visit(by=person_of(request), visit=visit)
        undo = reverse("desk:visit_step", args=[rows[0].id, "restore"]) if len(rows) == 1 else ""
        say(request, _("已移出 %(count)s 个场所。") % {"count": len(rows)}, undo=undo)
    except Problem as problem:
        if problem.status == 403:
            raise
        say(request, problem.words(), level=WARNING)
    return redirect("desk:round_places", row.id)


def day_of(text: str, otherwise: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return otherwise


urlpatterns = [
    path("<uuid:round_id>/places/", round_places, name="round_places"),
    path("<uuid:round_id>/places/choose/", round_choose, name="round_choose"),
    path("<uuid:round_id>/places/choose/<uuid:act_id>/undo/", round_unchoose, name="round_unchoose"),
    path("<uuid:round_id>/places/add/", round_add, name="round_add"),
    path("<uuid:round_id>/places/assign/", round_assign, name="round_assign"),
    path("<uuid:round_id>/places/out/", round_take_out, name="round_take_out"),
]
