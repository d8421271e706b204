"""What a scan opens: whether the code is real and holds, and one button. Nobody is signed in, nobody is followed.

The only thing the browser keeps is a signed cookie with the place and the time of the last arrival, for ten minutes, so that
a second touch is not a second visit.
"""

import base64
import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guatu.kernel import clock, secrets
from guatu.kernel.problems import Problem
from guatu.places import reads as places
from guatu.public.counting import one_more
from guatu.public.venues.forms import ArrivalForm
from guatu.venues.acts.scans import record_scan
from guatu.venues.models import VenueCode
from guatu.venues.reads import codes as reads
from guatu.venues.reads import scans as scan_reads
from guatu.venues.rules import codes as rules
from guatu.venues.rules.scans import AGAIN_MINUTES

MOST_A_MINUTE = 120  # from one address: a whole mall may stand behind it; a loop that counts up does not
_COOKIE, _SALT = "guatu_arrival", "guatu.venues"


def _quiet(answer: HttpResponse) -> HttpResponse:
    """Not found by search engines; the address is told to nobody."""
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "same-origin"
    return answer


def _arrived(request: HttpRequest, code: VenueCode) -> dt.datetime | None:
    """When this browser arrived at this place, within the last ten minutes."""
    said = request.get_signed_cookie(_COOKIE, default="", salt=_SALT, max_age=AGAIN_MINUTES * 60) or ""
    place, _bar, at = said.partition("|")
    if place != code.place_id.hex:
        return None
    try:
        return clock.local(dt.datetime.fromisoformat(at))
    except ValueError:
        return None


def _office(code: VenueCode) -> str:
    """Who answers for the code: the campaign it was given in, else the street."""
    campaign = code.campaign
    if campaign is None:
        return places.name_of(code.area[:9])
    chinese = (get_language() or "zh").startswith("zh")
    return campaign.name if chinese or not campaign.name_en else campaign.name_en


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def venue(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a code. A made-up one is told so without a question to the store."""
    try:
        code = reads.behind(token)
    except Problem as refusal:
        answer = render(request, "public/venues/forged.html", {"problem": refusal}, status=refusal.status)
        return _quiet(answer)
    today = clock.today()
    verdict = rules.verdict_on(code.status, code.valid_until, today)
    rule = scan_reads.rule_at(code, today) if verdict == "good" else None
    arrived = _arrived(request, code)
    form = ArrivalForm(request.POST if request.method == "POST" else None, rule=rule)
    if form.is_bound and (arrived is not None or form.is_valid()):
        try:
            return _write_down(request, token, code, form, arrived)
        except Problem as refusal:
            form.add_problem(refusal)
    context = {
        "code": code, "verdict": verdict, "rule": rule, "arrived": arrived, "form": form, "token": token,
        "office": _office(code), "again": AGAIN_MINUTES,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200 if verdict == "good" else 410
    return _quiet(render(request, "public/venues/venue.html", context, status=status))


def _write_down(
    request: HttpRequest, token: str, code: VenueCode, form: ArrivalForm, arrived: dt.datetime | None
) -> HttpResponse:
    """One arrival, and the cookie that keeps it from being counted twice. Raises `scan.too_many`, `scan.identity_missing`."""
    answer = redirect("public:venue", token)
    if arrived is not None:
        return _quiet(answer)
    name = f"scan:{request.META.get('REMOTE_ADDR', '')}:{clock.real_now():%Y%m%d%H%M}"
    if one_more(name, 120) > MOST_A_MINUTE:
        raise Problem("scan.too_many")
    scan = record_scan(code=code, given=form.cleaned_data)
    answer.set_signed_cookie(
        _COOKIE, f"{code.place_id.hex}|{scan.at.isoformat(timespec='seconds')}", salt=_SALT,
        max_age=AGAIN_MINUTES * 60, path="/v/", httponly=True, samesite="Lax", secure=request.is_secure(),
    )  # fmt: skip
    return _quiet(answer)


@cache_control(public=True, max_age=3600)
@require_safe
def keys(request: HttpRequest) -> JsonResponse:
    """The public keys as a JSON Web Key Set (RFC 7517, RFC 8037), and what each signature is over: enough to check a code
    without a line to anywhere."""
    found = [
        {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key_id, "x": _plain(key_id)}
        for key_id in settings.GUATU_OFFICE_KEYS
    ]
    answer = JsonResponse(
        {"keys": found, "signed": rules.said("{serial}").decode(), "token": "{serial}.{signature}"}
    )
    answer["Access-Control-Allow-Origin"] = "*"  # the same for everybody; nothing depends on who asks
    return answer


def _plain(key_id: str) -> str:
    key = rules.public_key(secrets.derived("venue", key_id)[1])
    return base64.urlsafe_b64encode(key).decode().rstrip("=")
