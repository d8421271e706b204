"""Venue codes at the desk: the list, one code with its steps, applying, many approved at once. Posters: venue_posters.py;
scans, counts and rules: venue_scans.py."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.messages import WARNING
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.current import campaign_or_none
from guatu.desk.forms.venues import ApplyForm, ApproveForm, WhyForm
from guatu.desk.inspection_states import person_of, version_of
from guatu.desk.story import story_lines
from guatu.desk.templatetags.people import place_word
from guatu.desk.views import venue_posters, venue_scans
from guatu.desk.views.place_list import area_choices, chosen, kind_choices
from guatu.desk.views.venue_posters import ENDING_SOON, state_of
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import AreaFilter, ChoiceFilter, SearchFilter
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.places import reads as place_reads
from guatu.places.models import Place
from guatu.units.models import Person
from guatu.venues import words
from guatu.venues.acts import codes as acts
from guatu.venues.acts.sight import reveal_applicant
from guatu.venues.models import VenueCode
from guatu.venues.reads import codes as reads
from guatu.venues.reads import scans as scan_reads
from guatu.venues.rules import codes as rules

MOST_APPROVED = 200  # at once
UNDO_MINUTES = 60
_MOST_FOUND = 30  # places offered to apply for


def _ending(rows: QuerySet[VenueCode], _value: Any) -> QuerySet[VenueCode]:
    last = clock.today() + dt.timedelta(days=ENDING_SOON)
    return rows.filter(status="active", valid_until__lte=last)


def _posted(rows: QuerySet[VenueCode], value: list[str]) -> QuerySet[VenueCode]:
    return rows.filter(posted={"yes": True, "no": False, "unknown": None}[value[0]])


def _with_names(rows: list[VenueCode]) -> list[VenueCode]:
    for row in rows:
        row.area_name = place_reads.name_of(row.area)  # type: ignore[attr-defined]
    return rows


CODES = Listing(
    name="venue-codes",
    title=_lazy("场所码"),
    columns=[
        Column("place", _lazy("场所"), value="place.name", wide=True, link=lambda row: reverse("desk:venue_code", args=[row.id])),
        Column("status", _lazy("状态"), kind="state", value=lambda row: state_of(row), export=lambda row: str(state_of(row))),
        Column("valid_until", _lazy("有效期至"), kind="date", sort="valid_until", nullable=True),
        Column("area", _lazy("所属区域"), value="area_name", sort="area"),
        Column("kind", _lazy("类别"), value=lambda row: place_word(row.place.kind)),
        Column("posted", _lazy("张贴"), value=lambda row: words.POSTED[row.posted]),
        Column("serial", _lazy("编号"), kind="code"),
        Column("applied_at", _lazy("申请时间"), kind="datetime", sort="applied_at"),
        Column("valid_from", _lazy("有效期从"), kind="date", shown=False),
        Column("decided_at", _lazy("审批时间"), kind="datetime", shown=False),
        Column("number", _lazy("场所编号"), kind="code", value="place.number", shown=False),
        Column("reason", _lazy("理由"), shown=False),
    ],
    filters=[
        ChoiceFilter("status", _lazy("状态"), choices=list(words.STATUS.items()), counts=True),
        SearchFilter("q", _lazy("编号或场所名称"), apply=reads.saying),
        AreaFilter("area", _lazy("所属区域"), choices=area_choices),
        ChoiceFilter("kind", _lazy("类别"), field="place__kind", choices=kind_choices),
        ChoiceFilter("ending", _lazy("到期"), choices=[("30", _lazy("30 天内到期"))], apply=_ending),
        ChoiceFilter("posted", _lazy("张贴"), apply=_posted,
                     choices=[("yes", words.POSTED[True]), ("no", words.POSTED[False]), ("unknown", words.POSTED[None])]),
    ],
    sort="-applied_at",
    export_right=reads.READ,
    prepare=_with_names,
)  # fmt: skip


@require_GET
@login_required
def venue_codes(request: HttpRequest) -> HttpResponseBase:
    """Every code a reader may see, the newest first."""
    scope = person_of(request).scope
    require(scope, reads.READ)
    context = {
        "may_apply": scope.may(acts.APPLY), "may_decide": scope.may(acts.DECIDE),
        "may_count": scope.may(acts.COUNT), "most": MOST_APPROVED,
    }  # fmt: skip
    return lists.respond(request, CODES, reads.codes(scope), "desk/venues/list.html", context)


# --- one code --------------------------------------------------------------------------------------------------------


def _page(
    request: HttpRequest, row: VenueCode, *, opened: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    scope = person_of(request).scope
    days = scan_reads.per_day(row)
    people = Person.objects.in_bulk([key for key in (row.applied_by_id, row.decided_by_id) if key])
    context = {
        "row": row, "state": state_of(row), "days": [f"{day:%m-%d}" for day, _count in days],
        "values": [count for _day, count in days], "total": sum(count for _day, count in days),
        "applied_by": people.get(row.applied_by_id), "decided_by": people.get(row.decided_by_id),
        "applicant": opened or reads.masked(row), "opened": bool(opened), "posted": words.POSTED[row.posted],
        "area_name": place_reads.name_of(row.area), "lines": story_lines(row),
        "others": [(each, state_of(each)) for each in reads.of_place(row.place).exclude(pk=row.pk)[:20]],
        "may_apply": scope.allows(acts.APPLY, area=row.area), "may_decide": scope.allows(acts.DECIDE, area=row.area),
        "may_count": scope.allows(acts.COUNT, area=row.area), "own": row.applied_by_id == person_of(request).pk,
        "may_renew": rules.may_renew(row.status, row.valid_until, clock.today()),
        "approve": ApproveForm(), "why": WhyForm(), "square": venue_posters.square(request, row, 4) if row.status == "active" else "",
        "address": venue_posters.address_of(request, row) if row.status == "active" else "",
    }  # fmt: skip
    answer = render(request, "desk/venues/code.html", context, status=status)
    if opened:
        answer["Cache-Control"] = "no-store"  # what was opened for one look is not kept by the browser
    return answer


@require_GET
@login_required
def venue_code(request: HttpRequest, code_id: UUID) -> HttpResponse:
    """One code: where it stands, until when it holds, who asked (masked), scans by day, what may be done."""
    return _page(request, reads.code_of(person_of(request).scope, code_id))


@require_POST
@login_required
def venue_code_reveal(request: HttpRequest, code_id: UUID) -> HttpResponse:
    """Who asked, shown once, after the reason has been written down."""
    person = person_of(request)
    row = reads.code_of(person.scope, code_id)
    try:
        opened = reveal_applicant(by=person, code=row, reason=request.POST.get("reason", ""))
    except Problem as refusal:
        if refusal.status == 403:
            raise
        say(request, refusal.words(), level=WARNING)
        return redirect("desk:venue_code", row.id)
    return _page(request, row, opened=opened)


@require_POST
@login_required
def venue_code_step(request: HttpRequest, code_id: UUID, venue_step: str) -> HttpResponse:
    """approve, refuse, take_back, renew, revoke, reinstate, posted, missing. What is refused is said on the code's page."""
    person = person_of(request)
    row = reads.code_of(person.scope, code_id)
    try:
        done = _do(request, person, row, venue_step)
    except Problem as refusal:
        if refusal.status in (403, 404) and refusal.code != "venue.own_application":
            raise
        say(request, refusal.words(), level=WARNING)
        return redirect("desk:venue_code", row.id)
    return redirect("desk:venue_code", done.id)


def _do(request: HttpRequest, person: Person, row: VenueCode, step: str) -> VenueCode:
    reason, days = request.POST.get("reason", ""), request.POST.get("days", "")
    said: dict[str, Any] = {"by": person, "code": row, "version": version_of(request)}

    def back(name: str) -> str:
        return reverse("desk:venue_code_step", args=[row.id, name])

    if step == "approve":
        wanted = int(days) if days.isdigit() and len(days) < 6 else rules.VALID_DAYS if not days else 0
        done = acts.approve_code(days=wanted, **said)
        say(request, _("已批准，有效期至 %(until)s。请打印张贴。") % {"until": done.valid_until})
    elif step == "refuse":
        done = acts.refuse_code(reason=reason, **said)
        say(request, _("未批准，申请人会看到理由。"))
    elif step == "take_back":
        done = acts.take_back_application(**said)
        say(request, _("已撤回申请。"))
    elif step == "revoke":
        done = acts.revoke_code(reason=reason, **said)
        say(request, _("已收回：再扫这张码会看到“已被收回”。"), undo=back("reinstate"))
    elif step == "reinstate":
        done = acts.reinstate_code(**said)
        say(request, _("已恢复，场所码重新有效。"))
    elif step == "renew":
        done = acts.renew_code(by=person, code=row)
        say(
            request,
            _("已申请续期，等待审批。"),
            undo=reverse("desk:venue_code_step", args=[done.id, "take_back"]),
        )
    elif step in ("posted", "missing"):
        done = acts.note_posted(by=person, code=row, posted=step == "posted")
        say(request, _("已记录。"), undo=back("missing" if step == "posted" else "posted"))
    else:
        raise Problem("access.not_found")
    return done


# --- applying --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@login_required
def venue_code_new(request: HttpRequest) -> HttpResponse:
    """Apply: first the place is found (`?q=`), then who asks (`?place=`)."""
    person = person_of(request)
    require(person.scope, acts.APPLY)
    if not request.GET.get("place"):
        return _pick(request)
    try:
        place = place_reads.place(person.scope, UUID(request.GET["place"]))
    except ValueError:
        raise Problem("access.not_found") from None
    require(person.scope, acts.APPLY, area=place.area)
    form = ApplyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = acts.apply_for_code(
                by=person, place=place, campaign=campaign_or_none(request), applicant=form.cleaned_data
            )
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            say(
                request,
                _("已申请，等待审批。"),
                undo=reverse("desk:venue_code_step", args=[row.id, "take_back"]),
            )
            return redirect("desk:venue_code", row.id)
    return form_page(
        request, "desk/venues/form.html", form, title=_("为“%(place)s”申请场所码") % {"place": place.name}, place=place,
        submit_label=_("提交申请"), cancel_url=reverse("desk:place", args=[place.id]), live=_live(place),
    )  # fmt: skip


def _live(place: Place) -> VenueCode | None:
    return reads.of_place(place).filter(status__in=rules.LIVE).first()


def _pick(request: HttpRequest) -> HttpResponse:
    scope, text = person_of(request).scope, request.GET.get("q", "").strip()[:60]
    rows = place_reads.search(scope, text, most=_MOST_FOUND) if text else []
    found = [row for row in rows if isinstance(row, Place) and row.closed_on is None]
    live = {row.place_id: row for row in VenueCode.objects.filter(place__in=found, status__in=rules.LIVE)}
    shown = [
        (
            row,
            place_reads.name_of(row.area),
            live.get(row.id),
            state_of(live[row.id]) if row.id in live else None,
        )
        for row in found
        if scope.allows(acts.APPLY, area=row.area)
    ]
    return render(request, "desk/venues/pick.html", {"q": text, "rows": shown, "most": _MOST_FOUND})


def place_panel(request: HttpRequest, place: Place) -> Any:
    """What a place shows at its door: its code, or the way to one."""
    from guatu.desk.place_panels import Panel

    scope = person_of(request).scope
    if not scope.allows(reads.READ, area=place.area) or place.kind in venue_posters.NO_DOOR:
        return None
    rows = [(row, state_of(row)) for row in reads.of_place(place)[:5]]
    may_apply = scope.allows(acts.APPLY, area=place.area) and place.closed_on is None and not place.withdrawn
    context = {
        "place": place, "rows": rows, "may_count": scope.allows(acts.COUNT, area=place.area),
        "may_apply": may_apply and not any(row.status in rules.LIVE for row, _state in rows),
    }  # fmt: skip
    return Panel("venues", "desk/venues/_place_panel.html", context, order=55) if rows or may_apply else None


# --- many at once ----------------------------------------------------------------------------------------------------


@require_POST
@login_required
def venue_codes_approve(request: HttpRequest) -> HttpResponse:
    """Approve the ticked applications for the usual time; each on its own, so that one that cannot be stops no other."""
    person = person_of(request)
    require(person.scope, acts.DECIDE)
    moment, done, refused = clock.now(), 0, []
    for row in (
        reads.codes(person.scope).filter(pk__in=chosen(request)[:MOST_APPROVED]).order_by("applied_at", "id")
    ):
        try:
            acts.approve_code(by=person, code=row, at=moment)
            done += 1
        except Problem as refusal:
            refused.append(refusal)
    back = f"{reverse('desk:venue_codes_unapprove')}?{urlencode({'at': moment.isoformat()})}" if done else ""
    if done or not refused:
        say(
            request,
            _("已批准 %(n)s 张，有效期 %(days)s 天。") % {"n": done, "days": rules.VALID_DAYS},
            undo=back,
        )
    if refused:
        words_ = {"n": len(refused), "why": refused[0].words()}
        say(request, _("%(n)s 张没有批准。第一张的原因：%(why)s") % words_, level=WARNING)
    return redirect("desk:venue_codes")


@require_POST
@login_required
def venue_codes_unapprove(request: HttpRequest) -> HttpResponse:
    """Take back what the same person approved in one go a moment ago. A renewal stays: the code before it is gone."""
    person = person_of(request)
    try:
        moment = dt.datetime.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        raise Problem("access.not_found") from None
    if moment.tzinfo is None or clock.now() - moment > dt.timedelta(minutes=UNDO_MINUTES):
        raise Problem("access.not_found")
    rows = reads.codes(person.scope).filter(decided_at=moment, decided_by_id=person.pk, status="active")
    done = kept = 0
    for row in rows[:MOST_APPROVED]:
        try:
            if row.before_id is not None:
                raise Problem(
                    "venue.wrong_step", serial=row.serial, status=row.status, status_word=row.status
                )
            acts.revoke_code(by=person, code=row, reason=_("撤销批量批准"))
            done += 1
        except Problem:
            kept += 1
    say(
        request, _("已收回 %(done)s 张；%(kept)s 张是续期或已有变化，没有动。") % {"done": done, "kept": kept}
    )
    return redirect("desk:venue_codes")


urlpatterns = [
    path("", venue_codes, name="venue_codes"),
    path("new/", venue_code_new, name="venue_code_new"),
    path("approve/", venue_codes_approve, name="venue_codes_approve"),
    path("approve/undo/", venue_codes_unapprove, name="venue_codes_unapprove"),
    *venue_posters.urlpatterns,
    *venue_scans.urlpatterns,
    path("<uuid:code_id>/", venue_code, name="venue_code"),
    path("<uuid:code_id>/applicant/", venue_code_reveal, name="venue_code_reveal"),
    path("<uuid:code_id>/step/<slug:venue_step>/", venue_code_step, name="venue_code_step"),
]
