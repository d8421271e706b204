"""The page for people who want to connect something: what this is, addresses, jurisdictions, how to get a key."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from guatu.cases.reads import open311 as reads
from guatu.public.open311.keys import MOST_A_MINUTE
from guatu.public.open311.reading import MOST, MOST_DAYS


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Open to everybody; it names campaigns that have public classes, and nothing else."""
    chinese = (get_language() or "zh").startswith("zh")
    served = reads.jurisdictions()
    rows = [
        {
            "code": campaign.code,
            "name": campaign.name if chinese or not campaign.name_en else campaign.name_en,
            "services": [
                (service.code, service.name(not chinese))
                for service in reads.services(campaign)
                if service.row.active
            ],
        }
        for campaign in served
    ]
    base = request.build_absolute_uri(reverse("open311:root"))
    context = {
        "base": base,
        "rows": rows,
        "several": len(rows) > 1,
        "calls": ["discovery", "services", "services/{service_code}", "requests", "requests/{service_request_id}",
                  "tokens/{token}", "servicerequestupdates"],
        "most": MOST,
        "days": MOST_DAYS,
        "a_minute": MOST_A_MINUTE,
        "me": request.user if request.user.is_authenticated else None,
    }  # fmt: skip
    return render(request, "public/open311.html", context)
