"""Contracts and gaps: who answers for what, and what nobody answers for. Addresses: people.py."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.current import campaign_or_none
from guatu.desk.forms.people import AreaContractForm, ContractForm
from guatu.desk.story import story_lines
from guatu.desk.templatetags.people import contract_word, place_word
from guatu.desk.views import handing
from guatu.desk.views.handing import what_of as _what
from guatu.desk.views.place_list import kind_choices
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import AreaFilter, BooleanFilter, ChoiceFilter, SearchFilter
from guatu.kit.shortcuts import form_page
from guatu.kit.states import State
from guatu.kit.toasts import say
from guatu.places import reads as place_reads
from guatu.units import acts, reads
from guatu.units.models import Person
from guatu.units.rules import CONTRACT_KINDS


def _kind_choices(_request: HttpRequest) -> list[tuple[str, str]]:
    return [(key, contract_word(key)) for key in CONTRACT_KINDS]


RUNNING, ENDED = State("going", _lazy("有效")), State("void", _lazy("已结束"))


def _person(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _area_choices(request: HttpRequest) -> list[tuple[str, str]]:
    campaign = campaign_or_none(request)
    return [(line.code, line.name) for line in place_reads.children(campaign.area if campaign else "31")]


CONTRACTS = Listing(
    name="contracts",
    title=_lazy("责任包干"),
    columns=[
        Column("person", _lazy("责任人"), kind="person", sort="person__name",
               link=lambda row: reverse("desk:contract", args=[row.id])),
        Column("kind", _lazy("包干类别"), value=lambda row: contract_word(row.kind), sort="kind"),
        Column("what", _lazy("点位或区域"), value=_what, wide=True),
        Column("area", _lazy("所在街镇"), value=lambda row: place_reads.name_of(row.area[:9]), sort="area"),
        Column("from_day", _lazy("从哪天起"), kind="date", sort="from_day"),
        Column("to_day", _lazy("到哪天止"), kind="date", sort="to_day", nullable=True),
        Column("state", _lazy("状态"), kind="state", value=lambda row: ENDED if row.ended else RUNNING),
        Column("unit", _lazy("单位"), value="person.unit", sort="person__unit__path", nullable=True, shown=False),
        Column("note", _lazy("备注"), wide=True, shown=False),
    ],
    filters=[
        SearchFilter("q", fields=("person__name", "person__username", "place__name", "note")),
        ChoiceFilter("kind", _lazy("包干类别"), choices=_kind_choices, counts=True),
        AreaFilter("area", _lazy("所属区域"), choices=_area_choices),
        BooleanFilter("ended", _lazy("已结束"), field="ended"),
    ],
    sort="-from_day",
    export_right="contract.read",
)  # fmt: skip


def _listing() -> Listing:
    """The list with the kinds in the reader's language."""
    kinds = [(key, contract_word(key)) for key in CONTRACT_KINDS]
    filters = [
        replace(each, choices=kinds) if isinstance(each, ChoiceFilter) else each for each in CONTRACTS.filters
    ]
    return replace(CONTRACTS, filters=filters)


@require_GET
@login_required
def contracts(request: HttpRequest) -> HttpResponseBase:
    scope = _person(request).scope
    require(scope, "contract.read")
    rows = reads.visible_contracts(scope)
    rows = rows if request.GET.get("ended") else rows.filter(ended=False)
    context = {"may_edit": scope.may("contract.edit")}
    return lists.respond(request, _listing(), rows, "desk/people/contracts.html", context)


@require_GET
@login_required
def contract(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    """One contract."""
    scope = _person(request).scope
    row = reads.contract(scope, contract_id)
    context = {
        "contract": row,
        "what": _what(row),
        "state": ENDED if row.ended else RUNNING,
        "path": place_reads.path_of(row.area),
        "may_edit": scope.allows("contract.edit", area=row.area) and not row.ended,
        "lines": story_lines(row),
    }
    return render(request, "desk/people/contract.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def contract_new(request: HttpRequest) -> HttpResponse:
    """Sign: `?place=` or `?area=` say what for; without them an area is asked for."""
    person = _person(request)
    require(person.scope, "contract.edit")
    place_id, code = request.GET.get("place", ""), request.GET.get("area", "")
    place = place_reads.place(person.scope, place_id) if place_id else None
    kinds: type[ContractForm] = ContractForm if place is not None else AreaContractForm
    form = kinds(request.POST or None, initial={"area": code, "kind": "place" if place else "village_group"})
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = {**form.cleaned_data}
        try:
            row = acts.sign_contract(by=person, place=place, **values)
            say(request, _("%(name)s已包干“%(what)s”。") % {"name": row.person.name, "what": _what(row)})
            return redirect("desk:place", place.id) if place is not None else redirect("desk:area", row.area)
        except Problem as problem:
            field = {"person.inactive": "person", "contract.exists": "person", "post.bad_days": "to_day"}.get(
                problem.code
            )
            form.add_problem(problem, field or ("area" if problem.code.startswith("place.") else None))
    back = reverse("desk:place", args=[place.id]) if place is not None else reverse("desk:contracts")
    what = place.name if place is not None else place_reads.name_of(code)
    title = _("为“%(what)s”指定责任人") % {"what": what} if what else _("签订责任包干")
    return form_page(
        request, "desk/people/form.html", form, title=title, submit_label=_("签订包干"), cancel_url=back
    )


@require_POST
@login_required
def contract_end(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    """End a contract today."""
    person = _person(request)
    row = reads.contract(person.scope, contract_id)
    try:
        acts.end_contract(by=person, contract=row, version=int(request.POST.get("version", row.version)))
        say(request, _("已结束%(name)s对“%(what)s”的包干。") % {"name": row.person.name, "what": _what(row)})
    except Problem as problem:
        say(request, problem.words(), level=30)
    return redirect("desk:contract", row.id)


GAP_PLACES = Listing(
    name="gap-places",
    title=_lazy("没有人负责的点位"),
    columns=[
        Column(
            "name",
            _lazy("名称"),
            sort="name",
            link=lambda row: reverse("desk:place", args=[row.id]),
            wide=True,
        ),
        Column("kind", _lazy("类别"), value=lambda row: place_word(row.kind), sort="kind"),
        Column("area", _lazy("所属区域"), value=lambda row: place_reads.name_of(row.area), sort="area"),
        Column("address", _lazy("地址"), wide=True),
    ],
    filters=[
        SearchFilter("q", fields=("name", "address")),
        AreaFilter("area", _lazy("所属区域"), choices=_area_choices),
        ChoiceFilter("kind", _lazy("类别"), choices=kind_choices, many=True),
    ],
    sort="area",
    export_right="contract.read",
)


def _grouped(rows: Any) -> list[dict[str, Any]]:
    """Areas by the street (or neighbourhood) they lie in, so that each is a short list to work through."""
    groups: dict[str, list[Any]] = {}
    for row in rows.order_by("code")[:2000]:
        groups.setdefault(row.parent, []).append(row)
    return [
        {"code": code, "name": place_reads.name_of(code), "areas": found} for code, found in groups.items()
    ]


@require_GET
@login_required
def gaps(request: HttpRequest) -> HttpResponseBase:
    """What nobody answers for: areas, places; and people who answer for too much."""
    scope = _person(request).scope
    require(scope, "contract.read")
    campaign = campaign_or_none(request)
    code = request.GET.get("area") or (campaign.area if campaign else "31")
    level = "grid" if len(code) >= 12 else "committee"
    found = reads.gaps(scope, area=code, level=level)
    context = {
        "code": code,
        "area_name": place_reads.name_of(code),
        "gaps": found,
        "groups": _grouped(reads.areas_without(scope, area=code, level=level)),
        "people": handing.loads(scope),
        "overlaps": reads.overlaps(scope, area=code),
        "by_kind": found.by_kind,
        "may_limit": scope.may("contract.limits"),
        "may_edit": scope.may("contract.edit"),
    }
    rows = reads.places_without(scope, area=code)
    return lists.respond(request, GAP_PLACES, rows, "desk/people/gaps.html", context)


urlpatterns = [
    *handing.urlpatterns,
    path("contracts/", contracts, name="contracts"),
    path("contracts/new/", contract_new, name="contract_new"),
    path("contracts/<uuid:contract_id>/", contract, name="contract"),
    path("contracts/<uuid:contract_id>/end/", contract_end, name="contract_end"),
    path("gaps/", gaps, name="gaps"),
]
