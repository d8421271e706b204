"""Results for the platform above: what waits, what was sent when, the files again. Addresses: cases.py."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guatu.cases import acts, reads
from guatu.cases.models import SOURCE_WORDS
from guatu.cases.rules import UPPER_COLUMNS
from guatu.desk.current import current_campaign
from guatu.desk.views.case import person_of
from guatu.desk.views.case_peers import overview
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.export import csv_answer, xlsx_answer
from guatu.kit.toasts import say

_SOURCE = "city_platform"
_SHOWN = 50


@require_GET
@login_required
def exchange(request: HttpRequest) -> HttpResponse:
    """What the next file would say, and every file made so far."""
    campaign, scope = current_campaign(request), person_of(request).scope
    require(scope, "case.export", area=campaign.area)
    waiting = reads.waiting_to_send(scope, campaign, _SOURCE)
    context = {
        "campaign": campaign,
        "source": SOURCE_WORDS[_SOURCE],
        "waiting": waiting[:_SHOWN],
        "shown": _SHOWN,
        "count": len(waiting),
        "columns": UPPER_COLUMNS,
        "sent": list(reads.exchanges(scope, campaign)[:_SHOWN]),
        **overview(request),
    }
    return render(request, "desk/cases/exchange.html", context)


@require_POST
@login_required
def exchange_send(request: HttpRequest) -> HttpResponse:
    """Make the file and keep it; its page offers the download."""
    campaign = current_campaign(request)
    everything = request.POST.get("everything") == "1"
    try:
        row = acts.send_upward(
            by=person_of(request), campaign=campaign, source=_SOURCE, everything=everything
        )
    except Problem as refusal:
        if refusal.code != "case.nothing_to_send":
            raise
        say(request, refusal.words(), level=30)
        return redirect("desk:exchange")
    say(
        request,
        _("已生成 %(number)s，共 %(count)s 件，请下载后交上级平台。")
        % {"number": row.number, "count": row.count},
    )
    return redirect("desk:exchange_file", row.id)


@require_GET
@login_required
def exchange_file(request: HttpRequest, exchange_id: UUID) -> HttpResponseBase:
    """One file: what stands in it, and the file itself (`?export=xlsx|csv`), the same as on the day it was made."""
    row = reads.exchange(person_of(request).scope, exchange_id)
    lines: list[Sequence[str]] = [
        [line.content.get(name, "") for name in UPPER_COLUMNS] for line in row.lines.all()
    ]
    if asked := request.GET.get("export"):
        answer = csv_answer if asked == "csv" else xlsx_answer
        return answer(request, row.number, UPPER_COLUMNS, lines)
    context = {
        "exchange": row,
        "columns": UPPER_COLUMNS,
        "lines": list(row.lines.all()),
        "source": SOURCE_WORDS[row.source],
    }
    return render(request, "desk/cases/exchange_file.html", context)
