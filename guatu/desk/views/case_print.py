"""One case on paper: a page to print, and the same as a PDF. Both are made of one `Paper`."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guatu.cases import reads
from guatu.cases.models import (
    LIMIT_WORDS,
    SOURCE_WORDS,
    STAGE_WORDS,
    STATUS_WORDS,
    STEP_WORDS,
    Case,
    Comment,
    Stage,
)
from guatu.desk.case_pdf import MOST_PHOTOS, Paper, SmallMap, case_pdf, masked, small_map
from guatu.desk.case_states import english
from guatu.files.bytes import PICTURES, path_of
from guatu.files.models import Attachment
from guatu.kernel import clock
from guatu.kit import formats
from guatu.places import reads as places
from guatu.units.models import Person

COMMENTS = ("public", "all", "none")


@require_GET
@login_required
def case_print(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A page laid out for paper. `?comments=` public (default), all or none."""
    row, paper = _paper(request, case_id)
    shown = _pictures(row)
    context = {
        "case": row,
        "paper": paper,
        "photos": shown,
        "comments": _asked(request),
        "svg": _svg(paper.map),
    }
    return render(request, "desk/cases/print/page.html", context)


@require_GET
@login_required
def case_pdf_file(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The case as a PDF. `?comments=` as for the page."""
    row, paper = _paper(request, case_id)
    answer = HttpResponse(case_pdf(paper), content_type="application/pdf")
    answer["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(row.number)}.pdf"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _asked(request: HttpRequest) -> str:
    asked = request.GET.get("comments", "public")
    return asked if asked in COMMENTS else "public"


def _paper(request: HttpRequest, case_id: UUID) -> tuple[Case, Paper]:
    person = request.user
    assert isinstance(person, Person)
    row = reads.case(person.scope, case_id)
    pictures = _pictures(row)
    count = sum(len(found) for found in pictures.values())
    labels = {"before": _("整改前"), "after": _("整改后")}
    photos = [(label, _files(pictures.get(name, []))) for name, label in labels.items()]
    left = count - sum(len(files) for _label, files in photos)
    when = formats.moment(clock.now(), get_language())
    paper = Paper(
        title=row.title, number=row.number, state=str(STATUS_WORDS[row.status]), facts=_facts(row),
        description=masked(row.description), where=_where(row), map=_map(row), clock=_clock(row), stages=_stages(row),
        steps=_steps(row), comments=_comments(row, _asked(request)), photos=photos, chinese=not english(),
        foot=_("%(number)s · %(who)s 于 %(when)s 生成") % {"number": row.number, "who": person.name, "when": when},
        left_out=_("还有 %(count)s 张照片没有印出，请在系统里查看。") % {"count": left} if left else "",
        words={
            "description": _("详细情况"), "where": _("位置"), "clock": _("时限怎么算的"), "photos": _("照片"), "stages": _("各环节"),
            "steps": _("经过"), "comments": _("留言"),
        },
        heads={
            "stages": (_("环节"), _("开始"), _("截止"), _("结束"), _("单位")),
            "steps": (_("时间"), _("步骤"), _("谁"), _("说明")),
            "comments": (_("时间"), _("谁"), _("留言")),
        },
    )  # fmt: skip
    return row, paper


def _said(moment: dt.datetime | None) -> str:
    return formats.moment(clock.local(moment), get_language()) if moment is not None else "—"


def _facts(row: Case) -> list[tuple[str, str]]:
    kept = _("超时") if row.late else _("按期") if row.handled_at and row.due_at else ""
    standard = row.standard.condition if row.standard is not None else ""
    return [
        (_("类别"), reads.class_name(row, get_language() or "zh")),
        (_("标准"), standard),
        (_("来源"), str(SOURCE_WORDS[row.source])),
        (_("上级编号"), row.upper_number),
        (_("上报时间"), _said(row.opened_at)),
        (_("承办单位"), str(row.unit or "")),
        (_("截止时间"), f"{_said(row.due_at)}  {kept}".strip() if row.due_at else ""),
        (_("结案时间"), _said(row.closed_at) if row.closed_at else ""),
        (_("办理结果"), masked(row.public_note)),
    ]


def _where(row: Case) -> list[tuple[str, str]]:
    point = f"{row.lon:.5f}, {row.lat:.5f} (WGS 84)" if row.lon is not None and row.lat is not None else ""
    area = " · ".join(name for _code, name in places.path_of(row.area))
    return [(_("区域"), area), (_("地址"), masked(row.address)), (_("坐标"), point)]


def _map(row: Case) -> SmallMap | None:
    if row.lon is None or row.lat is None:
        return None
    return small_map(row.lon, row.lat, places.map_areas(None, row.area[:6]))


def _clock(row: Case) -> list[str]:
    """The limit and its computation, line by line, as it was kept when the limit was set."""
    if row.due_at is None:
        return []
    lines = []
    if row.limit_amount is not None:
        limit = f"{row.limit_amount.normalize():f} {LIMIT_WORDS.get(row.limit_unit, '')}"
        lines.append(
            _("时限 %(limit)s，自 %(start)s 起算") % {"limit": limit, "start": _said(row.clock_started_at)}
        )
    moment = dt.datetime.fromisoformat
    for line in row.due_lines:
        said = {
            "start": _said(moment(line["start"])),
            "end": _said(moment(line["end"])),
            "minutes": line["minutes"],
        }
        lines.append(_("%(start)s 至 %(end)s，计 %(minutes)s 分钟") % said)
    return [*lines, _("截止 %(due)s") % {"due": _said(row.due_at)}]


def _stages(row: Case) -> list[list[str]]:
    found = Stage.objects.filter(case=row).select_related("unit").order_by("started_at", "part", "id")
    lines = []
    for each in found:
        late = f" {_('超时')}" if each.late else ""
        name = each.name or str(STAGE_WORDS.get(each.kind, each.kind))
        lines.append(
            [
                name,
                _said(each.started_at),
                _said(each.due_at),
                _said(each.ended_at) + late,
                str(each.unit or "—"),
            ]
        )
    return lines


def _steps(row: Case) -> list[list[str]]:
    lines = []
    for each in reversed(reads.steps(row)):
        who = (
            " ".join(str(part) for part in (each.by.unit, each.by.name) if part)
            if each.by is not None
            else _("系统")
        )
        lines.append(
            [_said(each.at), str(STEP_WORDS.get(each.step, each.step)), who, masked(each.note) or "—"]
        )
    return lines


def _comments(row: Case, asked: str) -> list[list[str]]:
    if asked == "none":
        return []
    found = Comment.objects.filter(case=row, withdrawn=False).select_related("by__unit").order_by("at", "id")
    if asked == "public":
        found = found.filter(public=True)
    return [[_said(each.at), each.by.name if each.by else "—", masked(each.text)] for each in found]


def _pictures(row: Case) -> dict[str, list[Attachment]]:
    """Pictures before and after (those of the check count as after) that are still kept."""
    photos = reads.photos(row)
    found = {
        "before": photos.get("before", []),
        "after": [*photos.get("after", []), *photos.get("check", [])],
    }
    return {
        name: [each for each in rows if each.content_type in PICTURES and each.stored]
        for name, rows in found.items()
    }


def _files(rows: Sequence[Attachment]) -> list[tuple[str, Path]]:
    return [
        (f"{_said(each.taken_at or each.made_at)} {each.name}"[:48], path_of(each.stored))
        for each in rows[: MOST_PHOTOS // 2]
    ]


def _svg(found: SmallMap | None) -> dict[str, Any] | None:
    """The small map as SVG paths in a box of 320 × 200."""
    if found is None:
        return None
    place = lambda point: (round(point[0] * 320, 1), round((1 - point[1]) * 200, 1))  # noqa: E731
    rings = [" ".join(f"{x},{y}" for x, y in map(place, ring)) for _name, ring, _middle in found.rings]
    labels = [(name, *place(middle)) for name, _ring, middle in found.rings]
    return {"rings": rings, "labels": labels, "kilometre": round(320 / found.width_km, 1)}


urlpatterns = [
    path("<uuid:case_id>/print/", case_print, name="case_print"),
    path("<uuid:case_id>/case.pdf", case_pdf_file, name="case_pdf"),
]
