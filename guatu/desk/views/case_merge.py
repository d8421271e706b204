"""Cases that may be one matter: suggestions with their reasons, two side by side, merging and taking out again."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.cases import acts
from guatu.cases import reads as case_reads
from guatu.cases.models import SOURCE_WORDS, STATUS_WORDS, Case
from guatu.cases.reads import duplicates as reads
from guatu.cases.reads import joint
from guatu.cases.rules import OPEN, allowed
from guatu.cases.rules.duplicates import Evidence, Matter, read_settings, score
from guatu.desk.case_panels import Panel
from guatu.desk.case_states import map_answer, photo_lines, state_of
from guatu.desk.current import current_campaign
from guatu.desk.forms.case_joint import WhyForm
from guatu.desk.views.case import record
from guatu.desk.views.case_joint import person_of
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.toasts import say
from guatu.places import reads as places
from guatu.places.rules import read_system, to_wgs84

_MOST_AT_ONCE = 200
_REFUSED = "refused_unmerge"  # the form that lacked its reason, shown again on the page of the case


# --- reasons in words --------------------------------------------------------------------------------------------


def reason_word(each: Evidence) -> str:
    """One reason as the page says it: 同类别, 相距 32 米, 相隔 2 小时, 文字 64% 相同 …"""
    plain = {
        "class": _("同一类别"), "major": _("同一大类"), "other_class": _("类别不同"), "place": _("同一点位"),
        "address": _("同一地址"), "phone": _("同一个电话报的"),
    }  # fmt: skip
    if each.kind == "near":
        return _("相距 %(n)s 米") % {"n": each.number}
    if each.kind == "text":
        return _("文字 %(n)s%% 相同") % {"n": each.number}
    return _apart(each.number) if each.kind == "time" else str(plain[each.kind])


def _apart(minutes: int) -> str:
    if minutes < 60:
        return ngettext("相隔 %(n)s 分钟", "相隔 %(n)s 分钟", minutes) % {"n": minutes}
    if minutes < 2880:
        hours = round(minutes / 60)
        return ngettext("相隔 %(n)s 小时", "相隔 %(n)s 小时", hours) % {"n": hours}
    days = round(minutes / 1440)
    return ngettext("相隔 %(n)s 天", "相隔 %(n)s 天", days) % {"n": days}


def _line(found: reads.Suggestion) -> dict[str, Any]:
    return {
        "case": found.case, "state": state_of(found.case), "score": found.score, "likely": found.likely,
        "reasons": [(reason_word(each), each.points < 0) for each in found.reasons],
    }  # fmt: skip


# --- panels ------------------------------------------------------------------------------------------------------


def duplicates_panel(request: HttpRequest, case: Case) -> Panel | None:
    """What may be the same matter, for those who may merge and while the case may be merged."""
    scope = person_of(request).scope
    if not allowed("merge", case.status) or not scope.allows(
        "case.merge", area=case.area, units=(case.unit_path,)
    ):
        return None
    lines = [_line(found) for found in reads.of_case(scope, case, most=4)]
    return Panel(
        "duplicates", "desk/cases/panels/duplicates.html", {"case": case, "lines": lines},
        order=8 if any(line["likely"] for line in lines) else 65,
    )  # fmt: skip


def merged_panel(request: HttpRequest, case: Case) -> Panel | None:
    """On a duplicate: its master, and the way back. On a master: its duplicates with their reporters and photos."""
    scope = person_of(request).scope
    if case.status == "duplicate":
        merges = joint.merges_of(case)
        family = joint.family(case)
        may = scope.allows("case.merge", area=case.area, units=(case.unit_path,))
        context = {
            "case": case, "master": family.master, "state": state_of(family.master), "merge": merges[0],
            "seen": family.master.id in joint.seen_of(scope, [family.master.id]),
            "form": getattr(request, _REFUSED, None) or WhyForm(prefix="unmerge") if may else None,
        }  # fmt: skip
        return Panel("merged", "desk/cases/panels/merged.html", context, order=1)
    family = joint.Family(case, joint.children_of(case))
    if not family.children:
        return None
    seen = joint.seen_of(scope, family.ids)
    shown = [child for child in family.children if child.id in seen]
    photos = joint.family_photos(shown)
    told: dict[UUID, int] = {}
    for reporter in family.reporters:
        told[reporter.case_id] = told.get(reporter.case_id, 0) + 1
    lines = [
        {"case": child, "seen": child.id in seen, "source": SOURCE_WORDS[child.source],
         "reporters": told.get(child.id, 0), "photos": photo_lines(photos.get(child.id, []))}
        for child in family.children
    ]  # fmt: skip
    context = {"case": case, "lines": lines, "reporters": sum(told.values())}
    return Panel("merged", "desk/cases/panels/merged.html", context, order=20)


# --- pages -------------------------------------------------------------------------------------------------------


def _point(given: Any) -> tuple[float | None, float | None]:
    """The typed point in WGS 84; one that cannot be understood is none."""
    try:
        lon, lat = to_wgs84(
            float(given["lon"]), float(given["lat"]), read_system(given.get("crs") or "wgs84")
        )
    except (ValueError, KeyError):
        return None, None
    return (lon, lat) if -180 <= lon <= 180 and -90 < lat < 90 else (None, None)


def _typed(request: HttpRequest) -> Matter:
    """What stands in the form of a new case so far."""
    given = request.GET
    lon, lat = _point(given)
    phone = given.get("phone", "")[:40]
    return Matter(
        class_code=given.get("class_code", "")[:20], lon=lon, lat=lat, area=given.get("area", "")[:20],
        address=given.get("address", "")[:300], at=clock.now(),
        text=f"{given.get('title', '')} {given.get('description', '')}"[:2000],
        phones=frozenset([reads.blind_phone(phone)] if phone.strip() else []),
    )  # fmt: skip


@require_GET
@login_required
def typed(request: HttpRequest) -> HttpResponse:
    """A piece of the page of a new case: what may have been reported already, asked while somebody types."""
    scope = person_of(request).scope
    require(scope, "case.open")
    found = []
    if scope.may("case.read"):
        found = reads.suggestions(scope, current_campaign(request), _typed(request), most=4)
    return render(request, "desk/cases/merge/typed.html", {"lines": [_line(each) for each in found]})


@require_GET
@login_required
def duplicates(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Everything that may be the same matter as a case; another one is found by its number or words of its title."""
    scope = person_of(request).scope
    case = case_reads.case(scope, case_id)
    asked = request.GET.get("q", "").strip()[:60]
    context = {
        "case": case,
        "state": state_of(case),
        "lines": [_line(found) for found in reads.of_case(scope, case, most=20)],
        "asked": asked,
        "found": [(row, state_of(row)) for row in reads.merge_targets(scope, case.campaign, asked, case.id)],
        "settings": read_settings(case.campaign.settings),
    }
    return render(request, "desk/cases/merge/suggestions.html", context)


@dataclass(frozen=True)
class Side:
    """One of two cases side by side."""

    case: Case
    state: Any
    class_name: str
    area: str
    source: Any
    reporters: int
    photos: list[Any]
    into: str  # the other's id, when this one may be merged into it
    form: WhyForm | None


def _side(case: Case, other: Case, told: dict[UUID, int], may: bool, form: WhyForm | None) -> Side:
    merges = (
        may
        and allowed("merge", case.status)
        and (other.status in OPEN or other.status in ("verified", "closed"))
    )
    photos = [each for rows in case_reads.photos(case).values() for each in rows]
    return Side(
        case, state_of(case), case_reads.class_name(case, get_language() or "zh"), places.name_of(case.area[:9]), SOURCE_WORDS[case.source], told.get(case.id, 0),
        photo_lines(photos), str(other.id) if merges else "",
        (form or WhyForm(prefix=f"merge-{case.id}")) if merges else None,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def compare(request: HttpRequest, case_id: UUID, other_id: UUID) -> HttpResponse:
    """Two cases side by side: texts, photos, one map, the reasons; and merging the first or the second into the other."""
    person = person_of(request)
    one, other = case_reads.case(person.scope, case_id), case_reads.case(person.scope, other_id)
    reasons = reads.compare(one, other)
    typed_form, moved = None, request.POST.get("case", "")
    if request.method == "POST":
        case, into = (other, one) if moved == str(other.id) else (one, other)
        typed_form = WhyForm(request.POST, prefix=f"merge-{case.id}")
        if typed_form.is_valid():
            version = request.POST.get("version", "")
            try:
                row = acts.merge_case(
                    by=person, case=case, into=into, reason=typed_form.cleaned_data["reason"],
                    evidence=[each.as_json() for each in reasons],
                    version=int(version) if version.isdigit() else None,
                )  # fmt: skip
            except Problem as refusal:
                typed_form.add_problem(refusal)
            else:
                say(request, _("%(number)s 已并入主件。") % {"number": row.number})
                return redirect("desk:case", row.merged_into_id)
    told: dict[UUID, int] = {}
    for reporter in joint.reporters_of([one.id, other.id]):
        told[reporter.case_id] = told.get(reporter.case_id, 0) + 1
    may = all(
        person.scope.allows("case.merge", area=row.area, units=(row.unit_path,)) for row in (one, other)
    )
    sides = [
        _side(row, against, told, may, typed_form if moved == str(row.id) else None)
        for row, against in ((one, other), (other, one))
    ]
    context = {
        "one": one, "other": other, "sides": sides, "may": may, "score": score(reasons),
        "reasons": [(reason_word(each), each.points) for each in reasons],
    }  # fmt: skip
    return render(request, "desk/cases/merge/compare.html", context, status=422 if typed_form else 200)


@require_GET
@login_required
def compare_map(request: HttpRequest, case_id: UUID, other_id: UUID) -> JsonResponse:
    """Both cases on one map."""
    scope = person_of(request).scope
    rows = [case_reads.case(scope, case_id), case_reads.case(scope, other_id)]
    names = ("id", "number", "title", "status", "late", "due_at", "lon", "lat")
    points = [{name: getattr(row, name) for name in names} for row in rows if row.lon is not None]
    bounds: list[float] = []
    if points:
        lons, lats = [point["lon"] for point in points], [point["lat"] for point in points]
        bounds = [min(lons) - 0.002, min(lats) - 0.002, max(lons) + 0.002, max(lats) + 0.002]
    answer = map_answer(rows[0].campaign, points, bounds)
    return JsonResponse(
        answer, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False}
    )


@require_POST
@login_required
def unmerge(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take a case out of its master; it stands as before."""
    person = person_of(request)
    case = case_reads.case(person.scope, case_id)
    form = WhyForm(request.POST, prefix="unmerge")
    version = request.POST.get("version", "")
    may = person.scope.allows("case.merge", area=case.area, units=(case.unit_path,))
    if not form.is_valid() and may and case.status == "duplicate":
        setattr(request, _REFUSED, form)
        return record(request, case, status=422)
    row = acts.unmerge_case(
        by=person,
        case=case,
        reason=form.cleaned_data.get("reason", ""),
        version=int(version) if version.isdigit() else None,
    )
    say(
        request,
        _("%(number)s 已分出，恢复为“%(status)s”。")
        % {"number": row.number, "status": STATUS_WORDS[row.status]},
    )
    return redirect("desk:case", case_id)


# --- many at once ------------------------------------------------------------------------------------------------


def _chosen(request: HttpRequest) -> list[Case]:
    given = []
    for text in request.POST.getlist("row")[:_MOST_AT_ONCE]:
        try:
            given.append(UUID(text))
        except ValueError:
            continue
    rows = case_reads.cases(person_of(request).scope, current_campaign(request))
    return list(rows.filter(id__in=given).order_by("opened_at", "number"))


def _why_not(row: Case, master: Case | None) -> str:
    if row == master:
        return _("作为主件")
    if not allowed("merge", row.status):
        return _("现在是“%(status)s”，不能做这一步") % {"status": STATUS_WORDS[row.status]}
    return ""


@require_POST
@login_required
def many(request: HttpRequest) -> HttpResponse:
    """Merge the chosen cases into one of them: first the preview, then (confirm) the act."""
    person = person_of(request)
    rows = _chosen(request)
    if len(rows) < 2:
        say(request, _("请至少选中两件，再合并。"), level=30)
        return redirect("desk:cases")
    masters = [row for row in rows if row.status in OPEN] or [
        row for row in rows if row.status in ("verified", "closed")
    ]
    master = next(
        (row for row in rows if str(row.id) == request.POST.get("into")), masters[0] if masters else None
    )
    form = WhyForm(request.POST, prefix="merge") if "confirm" in request.POST else WhyForm(prefix="merge")
    lines = [{"case": row, "state": state_of(row), "why": _why_not(row, master)} for row in rows]
    good = [row for row, line in zip(rows, lines, strict=True) if not line["why"]]
    refused: list[tuple[Case, Problem]] = []
    if master is not None and good and form.is_bound and form.is_valid():
        seen = dict(text.split(":", 1) for text in request.POST.getlist("seen") if ":" in text)
        chosen = [
            (row, int(seen[str(row.id)]) if seen.get(str(row.id), "").isdigit() else None) for row in good
        ]
        outcomes = acts.merge_cases(by=person, cases=chosen, into=master, reason=form.cleaned_data["reason"])
        by_id = {row.id: row for row in rows}
        refused = [(by_id[each.case_id], each.problem) for each in outcomes if each.problem is not None]
        say(
            request,
            _("已合并 %(done)s 件到 %(number)s。")
            % {"done": len(good) - len(refused), "number": master.number},
        )
        if not refused:
            return redirect("desk:case", master.id)
    context = {
        "lines": lines, "good": len(good), "master": master, "masters": masters, "form": form, "refused": refused,
    }  # fmt: skip
    return render(
        request, "desk/cases/merge/many.html", context, status=422 if form.is_bound and form.errors else 200
    )


urlpatterns = [
    path("", typed, name="case_duplicates_typed"),
    path("many/", many, name="cases_merge"),
    path("<uuid:case_id>/", duplicates, name="case_duplicates"),
    path("<uuid:case_id>/unmerge/", unmerge, name="case_unmerge"),
    path("<uuid:case_id>/<uuid:other_id>/", compare, name="case_compare"),
    path("<uuid:case_id>/<uuid:other_id>/map/", compare_map, name="case_compare_map"),
]
