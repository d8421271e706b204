"""The wall: choose a campaign, its screen, its data, its map. Everything within what the viewer may see."""

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guatu.campaigns import reads as campaign_reads
from guatu.campaigns.models import Campaign
from guatu.campaigns.rules import days_left
from guatu.kernel import clock
from guatu.kernel.access import Scope, require
from guatu.wall import mapdata, panels, reads, sight

EVERY_MS = 400
RIGHT = "wall.read"


def _scope(request: HttpRequest) -> Scope:
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    require(scope, RIGHT)
    return scope


@require_safe
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """The campaigns whose wall may be seen; a single one is opened at once."""
    found = list(campaign_reads.campaigns(_scope(request)))
    if len(found) == 1:
        return redirect("wall:board", code=found[0].code)
    today = clock.today()
    rows = [{"campaign": campaign, "days": days_left(campaign.opens_on, today)} for campaign in found]
    return render(request, "wall/choose.html", {"rows": rows})


@require_safe
@login_required
@never_cache
def board(request: HttpRequest, code: str) -> HttpResponse:
    """The screen; `?as=table` the same in rows for paper, phone and screen reader."""
    scope = _scope(request)
    campaign = campaign_reads.campaign(scope, code)
    seen = sight.look(scope, campaign, request.GET.get("map", ""))
    template = "wall/table.html" if request.GET.get("as") == "table" else "wall/board.html"
    context: dict[str, Any] = {
        "campaign": campaign,
        "name": sight.said((campaign.name, campaign.name_en)),
        "drawn": panels.draw(request, seen),
        "every": EVERY_MS,
        "moment": clock.now(),
        "query": request.GET.urlencode(),
    }
    return render(request, template, context)


def _tag(request: HttpRequest, campaign: Campaign, scope: Scope) -> str:
    """What an answer depends on: the store's heads, the minute, who reads with which rights, language and address."""
    words = reads.tag(campaign, str(scope), get_language() or "", request.GET.urlencode())
    return f'"{hashlib.sha256(words.encode()).hexdigest()[:32]}"'


def _unchanged(request: HttpRequest, tag: str) -> HttpResponse | None:
    if tag not in [given.strip() for given in request.headers.get("If-None-Match", "").split(",")]:
        return None
    response = HttpResponseNotModified()
    response["ETag"] = tag
    return response


@require_safe
@login_required
def data(request: HttpRequest, code: str) -> HttpResponse:
    """The panels as JSON; 304 without drawing anything when the tag still holds."""
    scope = _scope(request)
    campaign = campaign_reads.campaign(scope, code)
    tag = _tag(request, campaign, scope)
    if (unchanged := _unchanged(request, tag)) is not None:
        return unchanged
    drawn = panels.draw(request, sight.look(scope, campaign, request.GET.get("map", "")))
    answer = {
        "as_of": clock.now().isoformat(timespec="seconds"),
        "panels": [{"id": f"panel-{one.panel.id}", "tag": one.tag, "html": one.html} for one in drawn],
    }
    return _tagged(answer, tag, "application/json")


@require_safe
@login_required
def map_data(request: HttpRequest, code: str) -> HttpResponse:
    """The map as GeoJSON, coloured by `?indicator=`."""
    scope = _scope(request)
    campaign = campaign_reads.campaign(scope, code)
    tag = _tag(request, campaign, scope)
    if (unchanged := _unchanged(request, tag)) is not None:
        return unchanged
    seen = sight.look(scope, campaign, request.GET.get("indicator", ""))
    return _tagged(mapdata.collection(seen, sight.current_choice(seen)), tag, "application/geo+json")


def _tagged(answer: dict[str, Any], tag: str, content_type: str) -> HttpResponse:
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False}, content_type=content_type)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response
