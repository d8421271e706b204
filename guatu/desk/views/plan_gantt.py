"""挂图作战: the task list on a time axis, by work group. Drawn by the server; zoomed by <guatu-gantt>."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from guatu.desk.current import current_campaign
from guatu.desk.gantt import chart
from guatu.desk.views.plan_tasks import TASKS
from guatu.kernel import clock
from guatu.kernel.access import Scope, require
from guatu.kit import lists
from guatu.kit.lists import Listing
from guatu.tasks import reads, rules

MOST = 600  # rows on one chart; more are asked to be narrowed by the filters

# the same filters as the list, so that an address can be carried from one to the other
GANTT = Listing(
    name="gantt",
    title=gettext_lazy("挂图作战"),
    columns=TASKS.columns[:1],
    filters=TASKS.filters,
    sort="number",
)


@require_GET
@login_required
def gantt(request: HttpRequest) -> HttpResponse:
    """Every task a bar, its progress filled, its milestones marked, today a line."""
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    require(scope, "task.read")
    campaign = current_campaign(request)
    page = lists.build(request, GANTT, reads.tasks(scope, campaign).filter(status__in=rules.COUNTED))
    tasks = reads.in_group_order(page.narrowed, MOST + 1)
    cut = len(tasks) > MOST
    tasks = tasks[:MOST]
    phases = list(campaign.phases.order_by("starts_on", "ends_on"))
    drawn = chart(tasks, reads.milestones_of(tasks), phases, clock.today(), campaign.opens_on)
    context = {
        "campaign": campaign,
        "listing": page,
        "errors": [one.error for one in page.filters if one.error],
        "chart": drawn,
        "count": len(tasks),
        "cut": cut,
        "most": MOST,
        "today": clock.today(),
    }
    return render(request, "desk/plan/gantt.html", context)


urlpatterns = [path("gantt/", gantt, name="gantt")]
