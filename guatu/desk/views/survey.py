"""The daily survey at the desk: my places and two taps for each, and how far an area is today."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Case, CharField, Count, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.current import campaign_or_none
from guatu.desk.forms.survey import SurveyForm
from guatu.desk.templatetags.people import place_word
from guatu.desk.views.place_list import person_of, state_of
from guatu.desk.views.street import home_area
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.toasts import say
from guatu.places import acts, reads
from guatu.places.models import Place, PlaceSurvey
from guatu.places.rules import CONTAINERS, shop_order
from guatu.units import reads as unit_reads
from guatu.units.models import Person

_MOST_LISTED = 60
_MOST_MINE = 500
_MOST_TO_CLOSE = 400
_BELOW = {2: 6, 4: 6, 6: 9, 9: 12, 12: 15}


def _day(request: HttpRequest) -> dt.date:
    try:
        return min(dt.date.fromisoformat(request.GET.get("day", "")), clock.today())
    except ValueError:
        return clock.today()


@require_GET
@login_required
def surveys(request: HttpRequest) -> HttpResponse:
    """How far the survey of an area is: by what lies below it, by kind, by person; what opened and closed; who is left."""
    person = person_of(request)
    require(person.scope, "place.read")
    campaign, day = campaign_or_none(request), _day(request)
    code = request.GET.get("area", "")
    if not code.isdigit() or reads.area_or_none(code) is None:
        code = home_area(person, campaign.area if campaign is not None else "31")
    scope = person.scope
    found = reads.standings(scope, code, day, _BELOW.get(len(code), 20))
    lines, people = found["area"], found["person"]
    names = dict(
        Person.objects.filter(id__in=[line.code for line in people if line.code]).values_list("id", "name")
    )
    left = reads.left_on(scope, code, day)
    news = list(_news(scope, code, day))
    context = {
        "area": code,
        "area_name": reads.name_of(code),
        "path": reads.path_of(code)[:-1],
        "day": day,
        "is_today": day == clock.today(),
        "before": day - dt.timedelta(days=1),
        "after": day + dt.timedelta(days=1),
        "whole": reads.whole(lines),
        "lines": [{"line": line, "name": reads.name_of(line.code) or line.code, "deeper": len(line.code) > len(code)} for line in lines],
        "kinds": [{"line": line, "name": place_word(line.code)} for line in found["kind"]],
        "people": [{"line": line, "name": names.get(UUID(line.code), "—") if line.code else _("系统")} for line in people],
        "left": list(left.order_by("area", "road", "number")[:_MOST_LISTED]),
        "left_url": f"{reverse('desk:places')}?area={code}&surveyed=left",
        "news": news,
        "may_survey": scope.may("place.survey") and day == clock.today(),
    }  # fmt: skip
    return render(request, "desk/survey/today.html", context)


def _news(scope: Any, code: str, day: dt.date) -> list[dict[str, Any]]:
    """The surveys of the day that tell of a change, with the names of who opened and closed."""
    rows = list(
        reads.said_on(scope, code, day)
        .filter(outcome="changed")
        .select_related("place")
        .order_by("-at")[:_MOST_LISTED]
    )
    wanted = [key for row in rows for name in ("opened", "closed") for key in row.merchants.get(name, [])]
    found = {str(row.id): row for row in Place.objects.filter(id__in=wanted, withdrawn=False)}
    return [
        {"survey": row, **{name: [found[key] for key in row.merchants.get(name, []) if key in found] for name in ("opened", "closed")}}
        for row in rows
    ]  # fmt: skip


def mine(person: Person) -> dict[str, Any]:
    """What somebody answers for, by kind, and how far today is. Three queries."""
    today = clock.today()
    order = Case(
        When(kind="building", then=Value("0")),
        When(kind="shop", then=Value("1")),
        default=Value("2"),
        output_field=CharField(),
    )
    rows = list(
        unit_reads.my_places(person).filter(within=None).annotate(rank=order).order_by("rank", "kind", "road", "number", "name")[:_MOST_MINE]
    )  # fmt: skip
    said = {
        row.place_id: row
        for row in PlaceSurvey.objects.filter(
            place__in=[row.id for row in rows], on_day=today, withdrawn=False
        )
    }
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(
        rows, key=lambda each: (each.rank, each.kind, each.road, shop_order(each.address, each.number))
    ):
        groups.setdefault(row.kind, []).append(
            {"place": row, "said": said.get(row.id), "state": state_of(row)}
        )
    done = sum(each.outcome != "not_reached" for each in said.values())
    counts = [{"kind": kind, "count": len(group)} for kind, group in groups.items()]
    return {"groups": groups, "counts": counts, "total": len(rows), "done": done}


def mine_in_a_line(person: Person) -> dict[str, Any] | None:
    """“3 buildings and 8 shops, 2 of them surveyed today”, for the front page; None when there are none. Two queries."""
    rows = unit_reads.my_places(person).filter(within=None).order_by()
    walked = Count("id", filter=Q(surveyed_on=clock.today()))
    counts = sorted(rows.values_list("kind").annotate(number=Count("id"), walked=walked))
    if not counts:
        return None
    total, done = sum(each[1] for each in counts), sum(each[2] for each in counts)
    words = " · ".join(f"{place_word(kind)} {number}" for kind, number, _walked in counts)
    return {"words": words, "total": total, "done": done}


@require_GET
@login_required
def my_places(request: HttpRequest) -> HttpResponse:
    """My buildings and shops, each with what was said of it today: two taps for each."""
    person = person_of(request)
    return render(
        request, "desk/survey/mine.html", {**mine(person), "today": clock.today(), "someone": person}
    )


@require_GET
@login_required
def places_of(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Somebody else's places, for whoever may see his contracts."""
    scope = person_of(request).scope
    require(scope, "contract.read")
    someone = unit_reads.who_holds(scope, person_id)
    context = {**mine(someone), "today": clock.today(), "someone": someone, "theirs": True}
    return render(request, "desk/survey/mine.html", context)


def _found(request: HttpRequest, place_id: UUID) -> Place:
    """A place one sees, or answers for without seeing anything else."""
    scope = person_of(request).scope
    row = Place.objects.select_related("within").filter(id=place_id).first()
    if row is None or not (scope.allows("place.read", area=row.area) or reads.may_survey(scope, row)):
        raise Problem("access.not_found")
    return row


def _merchants(place: Place) -> list[Place]:
    """Who may be reported closed here: who is in the building; the shop itself and its neighbours along the road."""
    rows = Place.objects.filter(withdrawn=False, closed_on=None)
    if place.kind in CONTAINERS:
        return [*rows.filter(within=place).order_by("number")[:_MOST_TO_CLOSE]]
    along = rows.filter(road=place.road).filter(reads.inside(place.area[:9])) if place.road else rows.none()
    near = [
        row
        for row in along.exclude(id=place.id)[:_MOST_TO_CLOSE]
        if row.within_id is None and row.kind == place.kind
    ]
    return [place, *sorted(near, key=lambda row: shop_order(row.address, row.number))]


@require_http_methods(["GET", "POST"])
@login_required
def survey_place(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """“Nothing changed” with one button; what opened and closed with a form below it."""
    person = person_of(request)
    row = _found(request, place_id)
    if not reads.may_survey(person.scope, row):
        raise Problem("access.denied", right="place.survey")
    merchants = _merchants(row) if row.closed_on is None else []
    form = SurveyForm(request.POST or None, merchants=merchants)
    if request.method == "POST" and form.is_valid():
        try:
            said = _say(request, row, form)
        except Problem as problem:
            form.add_problem(problem)
        else:
            _told(request, row, said)
            return redirect(_back(request, row))
    context = {
        "place": row,
        "path": reads.path_of(row.area),
        "form": form,
        "inside": len(merchants) if row.kind in CONTAINERS else 0,
        "said": row.surveys.filter(on_day=clock.today(), withdrawn=False).first(),
        "next": _wanted(request),
        "may_read": person.scope.allows("place.read", area=row.area),
    }
    return render(request, "desk/survey/place.html", context, status=422 if form.errors else 200)


def _say(request: HttpRequest, row: Place, form: SurveyForm) -> PlaceSurvey:
    outcome = request.POST.get("outcome", "")
    given = form.cleaned_data
    changed = outcome == "changed"
    return acts.survey_place(
        by=person_of(request),
        place=row,
        outcome=outcome,
        opened=given["opened"] if changed else (),
        closed=given.get("closed", ()) if changed else (),
        households=given["households"],
        note=given["note"],
        campaign=campaign_or_none(request),
    )


def _told(request: HttpRequest, row: Place, said: PlaceSurvey) -> None:
    words = _("已摸排“%(name)s”。") % {"name": row.name}
    if request.POST.get("outcome") == "changed":
        counts = {"name": row.name, "opened": said.opened, "closed": said.closed}
        words = _("已摸排“%(name)s”：今天新开 %(opened)s 家，关停 %(closed)s 家。") % counts
    say(request, words, undo=reverse("desk:survey_undo", args=[said.id]))


def _wanted(request: HttpRequest) -> str:
    """The page to go back to; nothing that leads elsewhere."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else ""


def _back(request: HttpRequest, row: Place) -> str:
    """Where it was said from, when that is a page of this site; else the next place or the place's own page."""
    if wanted := _wanted(request):
        return wanted
    seen = person_of(request).scope.allows("place.read", area=row.area)
    return reverse("desk:place", args=[row.id]) if seen else reverse("desk:my_places")


@require_POST
@login_required
def survey_undo(request: HttpRequest, survey_id: UUID) -> HttpResponse:
    """Take back the day's survey of a place with everything it did."""
    person = person_of(request)
    row = reads.survey(person.scope, survey_id)
    try:
        acts.withdraw_survey(by=person, survey=row)
        say(request, _("已撤回今天对“%(name)s”的摸排。") % {"name": row.place.name})
    except Problem as problem:
        say(request, problem.words(), level=30)
    return redirect(_back(request, row.place))


@require_GET
@login_required
def survey_of(request: HttpRequest, survey_id: UUID) -> HttpResponse:
    """A survey has its place's page: what was said stands there."""
    row = reads.survey(person_of(request).scope, survey_id)
    return redirect(f"{reverse('desk:place', args=[row.place_id])}#surveys")


urlpatterns = [
    path("", surveys, name="surveys"),
    path("mine/", my_places, name="my_places"),
    path("people/<uuid:person_id>/", places_of, name="places_of"),
    path("places/<uuid:place_id>/", survey_place, name="survey_place"),
    path("of/<uuid:survey_id>/", survey_of, name="survey_of"),
    path("of/<uuid:survey_id>/undo/", survey_undo, name="survey_undo"),
]
