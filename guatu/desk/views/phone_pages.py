"""How a phone gets to the phone pages: the address, and the same as a square to be scanned."""

import segno
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET


@require_GET
@login_required
def phone_pages(request: HttpRequest) -> HttpResponse:
    """For everybody who is signed in: the pages hold no data, and the phone asks for its own sign-in."""
    address = request.build_absolute_uri(reverse("phone:shell"))
    context = {
        "address": address,
        "qr": segno.make(address, error="m").png_data_uri(scale=6, border=3),
        "safe": request.is_secure() or request.get_host().split(":")[0] in ("localhost", "127.0.0.1"),
    }
    return render(request, "desk/street/phone.html", context)


urlpatterns = [path("", phone_pages, name="phone_pages")]
