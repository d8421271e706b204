"""Short ways to the usual answers."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

UNPROCESSABLE = 422


def form_page(request: HttpRequest, template: str, form: BaseForm, **context: Any) -> HttpResponse:
    """The form's page: 200 while it is empty, 422 when it comes back with errors, so that clients see the difference."""
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


def next_url(request: HttpRequest, default: str) -> str:
    """Where to go after a POST: the `next` it carried when it lies on this site, else `default`."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure())
    return wanted if wanted and safe else default
