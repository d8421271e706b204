"""Around the scans of venue codes: the log without persons, people counted (应扫尽扫), the dated rules about identity.
Addresses: venue_codes.py."""

import datetime as dt
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
from guatu.desk.forms.venues import CountForm, RuleForm
from guatu.desk.inspection_states import person_of, version_of
from guatu.desk.views.place_list import area_choices
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import AreaFilter, BooleanFilter, ChoiceFilter, DateFilter, SearchFilter
from guatu.kit.shortcuts import form_page
from guatu.kit.states import State
from guatu.kit.toasts import say
from guatu.places import reads as place_reads
from guatu.venues import words
from guatu.venues.acts import scans as acts
from guatu.venues.acts.codes import COUNT
from guatu.venues.models import Headcount, ScanRule
from guatu.venues.reads import codes as code_reads
from guatu.venues.reads import scans as reads
from guatu.venues.rules.scans import share

_HOLDS, _COMING = State("done", _lazy("生效中")), State("waiting", _lazy("未到日期"))
_OVER, _WITHDRAWN = State("held", _lazy("已过期")), State("void", _lazy("已停用"))
_STANDS, _TAKEN_BACK = State("done", _lazy("有效")), State("void", _lazy("已撤销"))
_VERDICTS = {
    "good": State("done", words.VERDICTS["good"]),
    "ended": State("held", words.VERDICTS["ended"]),
    "revoked": State("late", words.VERDICTS["revoked"]),
}

SCANS = Listing(
    name="venue-scans",
    title=_lazy("扫码记录"),
    columns=[
        Column("at", _lazy("时间"), kind="datetime", sort="at"),
        Column("verdict", _lazy("当时的码"), kind="state", value=lambda row: _VERDICTS[row.verdict],
               export=lambda row: str(words.VERDICTS[row.verdict])),
        Column("source", _lazy("怎么扫的"), value=lambda row: words.SOURCES[row.source]),
        Column("rule", _lazy("按规则登记了身份"), kind="yes", value=lambda row: row.rule_id is not None),
    ],
    filters=[
        DateFilter("day", _lazy("日期"), field="at"),
        ChoiceFilter("verdict", _lazy("当时的码"), choices=list(words.VERDICTS.items())),
    ],
    sort="-at",
    export_right=reads.READ,
)  # fmt: skip


@require_GET
@login_required
def venue_scans(request: HttpRequest, code_id: UUID) -> HttpResponseBase:
    """When a code was scanned. Never who: what a rule made people leave is opened by nobody here."""
    row = code_reads.code_of(person_of(request).scope, code_id)
    return lists.respond(request, SCANS, reads.scans_of(row), "desk/venues/scans.html", {"row": row})


# --- people counted --------------------------------------------------------------------------------------------------


def _percent(row: Headcount) -> str:
    found = share(row.scans, row.people)
    return "—" if found is None else f"{found}%"


def _with_areas(rows: list[Headcount]) -> list[Headcount]:
    for row in rows:
        row.area_name = place_reads.name_of(row.area)  # type: ignore[attr-defined]
    return rows


COUNTS = Listing(
    name="venue-counts",
    title=_lazy("应扫尽扫"),
    columns=[
        Column("place", _lazy("场所"), value="place.name", wide=True, link=lambda row: reverse("desk:venue_count", args=[row.id])),
        Column("area", _lazy("所属区域"), value="area_name", sort="area"),
        Column("from_at", _lazy("从"), kind="datetime", sort="from_at"),
        Column("until_at", _lazy("到"), kind="datetime"),
        Column("people", _lazy("进门人数"), kind="number", sort="people"),
        Column("scans", _lazy("扫码次数"), kind="number", sort="scans"),
        Column("share", _lazy("扫码率"), value=_percent, align="right"),
        Column("withdrawn", _lazy("状态"), kind="state", value=lambda row: _TAKEN_BACK if row.withdrawn else _STANDS,
               export=lambda row: str((_TAKEN_BACK if row.withdrawn else _STANDS).word)),
    ],
    filters=[
        AreaFilter("area", _lazy("所属区域"), choices=area_choices),
        DateFilter("day", _lazy("日期"), field="on_day"),
        SearchFilter("q", _lazy("场所名称"), fields=("place__name",)),
        BooleanFilter("withdrawn", _lazy("已撤销"), field="withdrawn"),
    ],
    sort="-from_at",
    export_right=reads.READ,
    prepare=_with_areas,
)  # fmt: skip


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@require_GET
@login_required
def venue_counts(request: HttpRequest) -> HttpResponseBase:
    """People counted and scans of the same time, with the share of the whole."""
    scope = person_of(request).scope
    require(scope, reads.READ)
    area = request.GET.get("area", "")
    whole = code_reads.sweep(
        scope, area=area if area.isdigit() else "", first=_day(request.GET.get("day_from", "")),
        last=_day(request.GET.get("day_to", "")),
    )  # fmt: skip
    context = {"whole": whole, "may_count": scope.may(COUNT)}
    return lists.respond(request, COUNTS, reads.counts_seen(scope), "desk/venues/counts.html", context)


@require_GET
@login_required
def venue_count(request: HttpRequest, count_id: UUID) -> HttpResponse:
    """One count, and taking it back."""
    scope = person_of(request).scope
    row = reads.count_of(scope, count_id)
    context = {"row": row, "percent": _percent(row), "may_count": scope.allows(COUNT, area=row.area),
               "state": _TAKEN_BACK if row.withdrawn else _STANDS}  # fmt: skip
    return render(request, "desk/venues/count.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def venue_count_new(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """Count people at a place; the scans of the same time are looked up."""
    person = person_of(request)
    place = place_reads.place(person.scope, place_id)
    require(person.scope, COUNT, area=place.area)
    now = clock.now().replace(second=0, microsecond=0)
    form = CountForm(request.POST or None, initial={"from_at": now - dt.timedelta(hours=1), "until_at": now})
    if request.method == "POST" and form.is_valid():
        try:
            row = acts.count_people(
                by=person, place=place, campaign=campaign_or_none(request), **form.cleaned_data
            )
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            said = {"people": row.people, "scans": row.scans, "share": _percent(row)}
            undo = reverse("desk:venue_count_withdraw", args=[row.id])
            say(
                request,
                _("已记录：进门 %(people)s 人，扫码 %(scans)s 次，扫码率 %(share)s。") % said,
                undo=undo,
            )
            return redirect("desk:venue_counts")
    return form_page(
        request, "desk/venues/form.html", form, title=_("在“%(place)s”清点人数") % {"place": place.name},
        place=place, cancel_url=reverse("desk:place", args=[place.id]),
    )  # fmt: skip


@require_POST
@login_required
def venue_count_withdraw(request: HttpRequest, count_id: UUID) -> HttpResponse:
    """Take a count back; with a way back."""
    person = person_of(request)
    row = acts.withdraw_count(
        by=person, count=reads.count_of(person.scope, count_id), version=version_of(request)
    )
    say(request, _("已撤销这次清点。"), undo=reverse("desk:venue_count_restore", args=[row.id]))
    return redirect("desk:venue_counts")


@require_POST
@login_required
def venue_count_restore(request: HttpRequest, count_id: UUID) -> HttpResponse:
    """The way back."""
    person = person_of(request)
    acts.restore_count(by=person, count=reads.count_of(person.scope, count_id), version=version_of(request))
    say(request, _("已恢复。"))
    return redirect("desk:venue_counts")


# --- rules of identity -----------------------------------------------------------------------------------------------


def _rule_state(row: ScanRule) -> State:
    if row.withdrawn:
        return _WITHDRAWN
    today = clock.today()
    return _COMING if row.from_day > today else _OVER if row.to_day < today else _HOLDS


@require_GET
@login_required
def venue_rules(request: HttpRequest) -> HttpResponse:
    """Every rule that made or makes people say who they are; without one nobody is asked."""
    scope = person_of(request).scope
    require(scope, reads.READ)
    rows = [
        {
            "row": row, "state": _rule_state(row), "area": place_reads.name_of(row.area),
            "fields": [words.FIELDS[name] for name in row.fields], "may": scope.allows(acts.RULE, area=row.area),
        }
        for row in reads.rules_seen(scope).order_by("-from_day", "-id")[:200]
    ]  # fmt: skip
    return render(request, "desk/venues/rules.html", {"rows": rows, "may_rule": scope.may(acts.RULE)})


def _rule_areas(request: HttpRequest) -> list[tuple[str, str]]:
    """Where a rule may be made: the campaign's area and what lies below, as far as the right reaches."""
    scope, campaign = person_of(request).scope, campaign_or_none(request)
    top = campaign.area if campaign is not None else "31"
    found = [(top, place_reads.name_of(top)), *area_choices(request)]
    return [(code, name) for code, name in found if scope.allows(acts.RULE, area=code)]


@require_http_methods(["GET", "POST"])
@login_required
def venue_rule_new(request: HttpRequest) -> HttpResponse:
    """Make a rule under a law that is named."""
    person = person_of(request)
    require(person.scope, acts.RULE)
    form = RuleForm(request.POST or None, areas=_rule_areas(request), today=clock.today())
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        said["fields"] = said.pop("fields_asked")
        try:
            row = acts.make_rule(by=person, **said)
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            say(request, _("已设立规则。"), undo=reverse("desk:venue_rule_withdraw", args=[row.id]))
            return redirect("desk:venue_rules")
    return form_page(
        request, "desk/venues/form.html", form, title=_("设立扫码实名规则"), cancel_url=reverse("desk:venue_rules"),
        about_rules=True,
    )  # fmt: skip


@require_POST
@login_required
def venue_rule_withdraw(request: HttpRequest, scan_rule_id: UUID) -> HttpResponse:
    """Nobody is asked under it any more; with a way back."""
    person = person_of(request)
    row = acts.withdraw_rule(
        by=person, rule=reads.rule_of(person.scope, scan_rule_id), version=version_of(request)
    )
    say(request, _("已停用，从现在起不再要求登记。"), undo=reverse("desk:venue_rule_restore", args=[row.id]))
    return redirect("desk:venue_rules")


@require_POST
@login_required
def venue_rule_restore(request: HttpRequest, scan_rule_id: UUID) -> HttpResponse:
    """The way back."""
    person = person_of(request)
    acts.restore_rule(by=person, rule=reads.rule_of(person.scope, scan_rule_id), version=version_of(request))
    say(request, _("已恢复。"))
    return redirect("desk:venue_rules")


urlpatterns = [
    path("counts/", venue_counts, name="venue_counts"),
    path("counts/<uuid:count_id>/", venue_count, name="venue_count"),
    path("counts/<uuid:count_id>/withdraw/", venue_count_withdraw, name="venue_count_withdraw"),
    path("counts/<uuid:count_id>/restore/", venue_count_restore, name="venue_count_restore"),
    path("counts/at/<uuid:place_id>/", venue_count_new, name="venue_count_new"),
    path("rules/", venue_rules, name="venue_rules"),
    path("rules/new/", venue_rule_new, name="venue_rule_new"),
    path("rules/<uuid:scan_rule_id>/withdraw/", venue_rule_withdraw, name="venue_rule_withdraw"),
    path("rules/<uuid:scan_rule_id>/restore/", venue_rule_restore, name="venue_rule_restore"),
    path("<uuid:code_id>/scans/", venue_scans, name="venue_scans"),
]
