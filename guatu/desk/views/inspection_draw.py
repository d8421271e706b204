"""The record of a double random draw: looked at, replayed, printed, taken away as JSON; and the check of a record that somebody brings."""

import json
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django import forms as django_forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods

from guatu.desk.evaluating import two
from guatu.desk.templatetags.people import place_word, risk_word
from guatu.desk.views.inspection_records import page_of
from guatu.inspections.reads import rounds as reads
from guatu.inspections.rules import drawing
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.forms import Form
from guatu.kit.shortcuts import UNPROCESSABLE
from guatu.places.reads import name_of
from guatu.units.models import Person

MOST_BYTES = 30 * 1024 * 1024


def person_of(request: HttpRequest) -> Person:
    return cast(Person, request.user)


class RecordForm(Form):
    """A record as a file."""

    file = django_forms.FileField(
        label=_lazy("抽取记录（JSON）"), help_text=_lazy("从抽取记录页下载的文件，或别人公布的文件。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ".json,application/json"


def _stratum(record: Mapping[str, Any], name: str) -> str:
    """A stratum in words: a kind of place, a risk, a trade."""
    by = record.get("stratum", "")
    return str({"kind": place_word, "risk": risk_word, "area": name_of}.get(by, str)(name)) if name else ""


def _shown(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record as a page: names instead of ids, who was barred from a place in words."""
    places = {each["id"]: each for each in record.get("places", ())}
    people = {each["id"]: each for each in record.get("inspectors", ())}
    crews = [
        (crew["number"], [people.get(key, {"name": key, "unit": ""}) for key in crew["members"]])
        for crew in record.get("crews", ())
    ]
    picked = [
        {
            **pick,
            "name": places.get(pick["place"], {}).get("name") or pick["place"],
            "stratum": _stratum(record, pick["stratum"]),
            "barred": [
                (people.get(key, {}).get("name") or key, two(drawing.REASONS.get(why, (why, why))))
                for key, why in places.get(pick["place"], {}).get("barred", {}).items()
            ],
        }
        for pick in record.get("picked", ())
    ]
    return {
        "record": record,
        "crews": crews,
        "picked": picked,
        "place_count": len(places),
        "inspector_count": len(people),
        "quotas": [
            (_stratum(record, name), count) for name, count in sorted(record.get("quotas", {}).items())
        ],
    }


@require_GET
@login_required
def draw(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The draw of a round; `?format=json` the record, `?print=1` for paper. It is replayed each time it is looked at."""
    person = person_of(request)
    row = reads.round_of(person.scope, round_id)
    record = drawing.published(row.draw)
    if not record.get("commitment"):
        raise Problem("access.not_found")
    if request.GET.get("format") == "json":
        answer = HttpResponse(
            json.dumps(record, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="draw-{row.id}.json"'
        return answer
    drawn = bool(record.get("picked"))
    context = {
        "round": row,
        "drawn": drawn,
        "replay": drawing.replay(record) if drawn else None,
        "undone": [each.get("undone", "") for each in row.draw.get("before", ())],
        "round_url": page_of("desk:round", row.id),
        "printing": bool(request.GET.get("print")),
        **_shown(record),
    }
    return render(request, "desk/norms/draw.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def check(request: HttpRequest) -> HttpResponse:
    """Replay a record from a file: equal, or the first thing that differs. Nothing is kept of it."""
    require(person_of(request).scope, reads.READ)
    form = RecordForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "title": _("重放抽取记录")}
    status = 200
    if request.method == "POST":
        record = _read(form)
        if record is not None:
            context |= {"replay": drawing.replay(record), **_safe(record)}
        status = UNPROCESSABLE if form.errors else 200
    return render(request, "desk/norms/draw_check.html", context, status=status)


def _safe(record: Mapping[str, Any]) -> dict[str, Any]:
    """What can be shown of a record from outside; nothing when its parts are not what they should be."""
    try:
        return _shown(record)
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}


def _read(form: RecordForm) -> dict[str, Any] | None:
    if not form.is_valid():
        return None
    upload = form.cleaned_data["file"]
    try:
        if upload.size > MOST_BYTES:
            raise ValueError(upload.size)
        record = json.loads(upload.read().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        form.add_error("file", _("这个文件不是抽取记录。请选择从抽取记录页下载的 JSON 文件。"))
        return None
    return record


urlpatterns = [
    path("check/", check, name="draw_check"),
    path("<uuid:round_id>/", draw, name="draw"),
]
