"""What holds for whom: for a place, for a trade and a post, on any day; and the list of trades."""

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from guatu.desk.case_states import english
from guatu.desk.forms.norms import HeldForm, listed
from guatu.desk.views.norm_editions import item_line
from guatu.inspections.acts import industries as industry_acts
from guatu.inspections.acts import norms as acts
from guatu.inspections.models import NormItem, NormVersion
from guatu.inspections.reads import norms as reads
from guatu.inspections.rules.industries import IndustryDraft
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.toasts import say
from guatu.places import reads as place_reads
from guatu.places.models import Place
from guatu.units.models import Person

MOST_ITEMS = 500


def person_of(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _day(request: HttpRequest) -> dt.date:
    try:
        return dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return clock.today()


def _by_edition(
    editions: list[NormVersion], items: list[NormItem]
) -> list[tuple[NormVersion, list[dict[str, Any]]]]:
    """Editions with the items that are asked under each."""
    mine: dict[UUID, list[dict[str, Any]]] = {edition.id: [] for edition in editions}
    for item in items[:MOST_ITEMS]:
        mine[item.norm_version_id].append(item_line(item))
    return [(edition, mine[edition.id]) for edition in editions]


def place_panel(request: HttpRequest, place: Place) -> Any:
    """What holds for a place today: its norms, with the way to any other day and to the whole checklist."""
    from guatu.desk.place_panels import Panel

    if not person_of(request).scope.may(reads.READ):
        return None
    day = _day(request)
    editions = reads.holds_for(place, day)
    context = {
        "editions": editions,
        "day": day,
        "industry": next((row for row in reads.industries() if row.code == place.industry), None),
        "place": place,
    }
    return Panel("norms", "desk/norms/_place_panel.html", context, order=60)


@require_GET
@login_required
def place_norms(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """Everything that holds for a place on a day, item by item, for all or for one post."""
    person = person_of(request)
    require(person.scope, reads.READ)
    place = place_reads.place(person.scope, place_id)
    day, post = _day(request), request.GET.get("post", "").strip()[:60]
    editions = reads.holds_for(place, day, post)
    items = reads.items_of(editions, post)
    context = {
        "place": place,
        "day": day,
        "post": post,
        "posts": reads.posts(),
        "groups": [group for group in _by_edition(editions, items) if group[1]],
        "count": len(items),
        "printing": bool(request.GET.get("print")),
    }
    return render(request, "desk/norms/place.html", context)


@require_GET
@login_required
def held(request: HttpRequest) -> HttpResponse:
    """What holds for a trade and a post on a day: each post looks up its own (具体岗位有章可循)."""
    person = person_of(request)
    require(person.scope, reads.READ)
    form = HeldForm({**request.GET.dict(), "day": _day(request).isoformat()}, industries=reads.industries())
    form.is_valid()
    asked = {name: form.cleaned_data.get(name) or "" for name in ("industry", "post")}
    day = form.cleaned_data.get("day") or clock.today()
    area = request.GET.get("area", "")
    editions = reads.holds_for(
        SimpleNamespace(industry=asked["industry"], kind="", area=area), day, asked["post"]
    ) if asked["industry"] else _of_post(day, asked["post"])  # fmt: skip
    items = reads.items_of(editions, asked["post"])
    context = {
        "form": form,
        "asked": asked,
        "day": day,
        "posts": reads.posts(),
        "groups": [group for group in _by_edition(editions, items) if group[1]],
        "count": len(items),
        "most": MOST_ITEMS,
        "printing": bool(request.GET.get("print")),
    }
    return render(request, "desk/norms/held.html", context)


def _of_post(day: dt.date, post: str) -> list[NormVersion]:
    """Everything in force on a day; with a post only what names it, since what is for everybody would be the whole library."""
    library = reads.library(day, items=bool(post))
    if not post:
        return list(library.editions)
    return [each for each in library.editions if post in each.posts or reads.names_post(each, post)]


def _posted(request: HttpRequest) -> list[dict[str, str]]:
    """The lines of the table as they were sent, without empty and dropped ones."""
    count = request.POST.get("lines", "0")
    lines = [
        {name: request.POST.get(f"{name}-{at}", "").strip() for name in ("code", "name", "name_en", "kinds")}
        for at in range(min(int(count) if count.isdigit() else 0, 300))
        if not request.POST.get(f"drop-{at}")
    ]
    return [line for line in lines if line["code"] or line["name"]]


@require_http_methods(["GET", "POST"])
@login_required
def industries(request: HttpRequest) -> HttpResponse:
    """The list of trades with the kinds of places that belong to each, how many norms and places there are; edited as a table."""
    person = person_of(request)
    require(person.scope, reads.READ)
    may_edit = person.scope.may(acts.RIGHT)
    problem, status = None, 200
    lines = [
        {"code": row.code, "name": row.name, "name_en": row.name_en, "kinds": "、".join(row.kinds)}
        for row in reads.industries()
    ]
    if request.method == "POST":
        lines = _posted(request)
        drafts = [
            IndustryDraft(line["code"], line["name"], line["name_en"], tuple(listed(line["kinds"])))
            for line in lines
        ]
        try:
            changed = industry_acts.set_industries(by=person, industries=drafts)
            say(request, _("已保存行业目录，改动 %(count)s 处。") % {"count": changed})
            return redirect("desk:norm_industries")
        except Problem as refused:
            if refused.status == 403:
                raise
            problem, status = refused, 422
    counted = _stats()
    context = {
        "lines": [
            *({**line, "norms": counted.get(line["code"], 0)} for line in lines),
            *({} for _each in range(3 if may_edit else 0)),
        ],
        "may_edit": may_edit,
        "problem": problem,
        "norms_url": reverse("desk:norms"),
        "english": english(),
    }
    return render(request, "desk/norms/industries.html", context, status=status)


def _stats() -> dict[str, int]:
    """{industry: norms in force that name it}."""
    found: dict[str, int] = {}
    for edition in reads.in_force(clock.today()):
        for code in edition.industries:
            found[code] = found.get(code, 0) + 1
    return found


urlpatterns = [
    path("industries/", industries, name="norm_industries"),
    path("held/", held, name="norms_held"),
    path("places/<uuid:place_id>/", place_norms, name="place_norms"),
]
