"""The roster one shift at a time: to search, to export, to print, to carry in one's own calendar. The week: duty.py."""

import datetime as dt
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guatu.duty import reads, rules
from guatu.duty.models import Shift
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import ChoiceFilter, DateFilter, SearchFilter, UnitFilter
from guatu.kit.formats import clock_time
from guatu.units.models import Person, Unit
from guatu.units.rules import ROLE_WORDS

NAMED_WORDS = {"day": gettext_lazy("白班"), "night": gettext_lazy("夜班")}


def person_of(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def role_word(role: str) -> str:
    """What a role is called; "" for a shift that covers everything."""
    if not role:
        return ""
    zh, en = ROLE_WORDS.get(role, (role, role))
    return zh if (get_language() or "zh").startswith("zh") else en


def when_of(row: Shift) -> str:
    """From when until when, short: 白班, 夜班, or 08:30–12:00."""
    start, end = clock.local(row.starts_at), clock.local(row.ends_at)
    named = rules.name_of(start, end)
    if named:
        return str(NAMED_WORDS[named])
    days = (end.date() - start.date()).days
    return f"{clock_time(start)}–{clock_time(end)}" + (f"(+{days})" if days else "")


def _units(request: HttpRequest) -> list[tuple[str, str]]:
    seen = reads.shifts(person_of(request).scope).order_by().values("unit").distinct()
    return [(row.path, str(row)) for row in Unit.objects.filter(pk__in=seen).order_by("path")]


SHIFTS = Listing(
    name="shifts",
    title=gettext_lazy("值班明细"),
    columns=[
        Column("starts_at", gettext_lazy("开始"), kind="datetime", sort="starts_at", link=lambda row: reverse("desk:shift", args=[row.id])),
        Column("ends_at", gettext_lazy("结束"), kind="datetime", sort="ends_at"),
        Column("when", gettext_lazy("班次"), value=when_of),
        Column("unit", gettext_lazy("单位"), value="unit", sort="unit__path"),
        Column("person", gettext_lazy("值班人"), value="person.name", sort="person__name"),
        Column("role", gettext_lazy("值班角色"), value=lambda row: role_word(row.role) or _("什么都管")),
        Column("note", gettext_lazy("备注"), wide=True),
    ],
    filters=[
        SearchFilter("q", fields=("person__name", "unit__name", "note")),
        UnitFilter("unit", gettext_lazy("单位"), field="unit__path", choices=_units),
        DateFilter("day", gettext_lazy("日期"), field="starts_at"),
        ChoiceFilter(
            "whose", gettext_lazy("谁的班"), choices=[("mine", gettext_lazy("我的班"))],
            apply=lambda rows, value: rows,
        ),
    ],
    sort="-starts_at",
    export_right=reads.RIGHT,
)  # fmt: skip


@require_GET
@login_required
def shifts(request: HttpRequest) -> HttpResponseBase:
    """Every shift one by one: to search, to export, to print."""
    me = person_of(request)
    require(me.scope, reads.RIGHT)
    rows = reads.shifts(me.scope)
    if request.GET.get("whose") == "mine":
        rows = rows.filter(person=me)
    return lists.respond(
        request, SHIFTS, rows, "desk/duty/shifts.html", {"may_edit": me.scope.may(reads.EDIT)}
    )


@require_GET
@login_required
def calendar(request: HttpRequest) -> HttpResponse:
    """One's own shifts as a calendar file (RFC 5545) for the calendar on one's phone."""
    stamp = f"{clock.now():%Y%m%dT%H%M%S}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Guatu//Duty//ZH", "CALSCALE:GREGORIAN"]
    for row in reads.coming(person_of(request)):
        start, end = clock.local(row.starts_at), clock.local(row.ends_at)
        words = " · ".join(word for word in (_("值班"), str(row.unit), role_word(row.role)) if word)
        lines += [
            "BEGIN:VEVENT", f"UID:{row.id}@guatu", f"DTSTAMP:{stamp}Z",
            f"DTSTART:{start.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}", f"DTEND:{end.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
            f"SUMMARY:{_escaped(words)}", f"DESCRIPTION:{_escaped(row.note)}", "END:VEVENT",
        ]  # fmt: skip
    lines.append("END:VCALENDAR")
    answer = HttpResponse(
        "\r\n".join(_folded(line) for line in lines) + "\r\n", content_type="text/calendar; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="duty.ics"'
    return answer


def _escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """No line longer than 75 octets: the rest goes on after a space, never inside a character."""
    parts, rest = [], line
    while len(rest.encode()) > 73:
        cut = len(rest.encode()[:73].decode("utf-8", "ignore"))
        parts.append(rest[:cut])
        rest = rest[cut:]
    return "\r\n ".join([*parts, rest])
