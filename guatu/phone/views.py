"""The phone door: a shell without data, its manifest and worker, delta sync, and the outbox's address."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from guatu import __version__
from guatu.campaigns import reads as campaign_reads
from guatu.fieldwork.acts.phones import open_returned
from guatu.fieldwork.models import PhoneReceipt
from guatu.kernel import clock
from guatu.kernel.acts import heads
from guatu.kernel.problems import Problem
from guatu.phone import lists, outbox, shell, sync
from guatu.units.models import Person

View = Callable[..., HttpResponse]


def _json(body: dict[str, Any], status: int = 200) -> HttpResponse:
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def answering(view: View) -> View:
    """Refusals as JSON; nothing is kept by anybody in between."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Problem as problem:
            response = _json(problem.as_json(), status=problem.status)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return inner


def person_of(request: HttpRequest) -> Person:
    """Who is signed in; they must be whom the phone's data belongs to. Raises `phone.sign_in`, `phone.other_person`."""
    if not isinstance(request.user, Person) or not request.user.is_active:
        raise Problem("phone.sign_in")
    said = request.headers.get("X-Guatu-Person", "")
    if said and said != str(request.user.id):
        raise Problem("phone.other_person", name=request.user.name)
    return request.user


# what the form engine needs: WebAssembly, and its bytes out of the script itself
_FOR_THE_ENGINE = {
    "script-src": ["'wasm-unsafe-eval'"],
    "connect-src": ["data:"],
    "media-src": ["'self'", "blob:"],
}


@require_safe
@ensure_csrf_cookie
@csp_update(_FOR_THE_ENGINE)
def page(request: HttpRequest) -> HttpResponse:
    """The shell. It holds no data and is the same for everybody, so that the phone may keep it."""
    context = {"assets": shell.assets(), "version": __version__, "built": shell.is_built()}
    response = render(request, "phone/shell.html", context)
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What an installed app is called and looks like."""
    said = {
        "name": _("挂图 · 手机页面"),
        "short_name": _("挂图"),
        "lang": "en" if (get_language() or "zh").startswith("en") else "zh-Hans",
        "start_url": "/m/",
        "scope": "/m/",
        "id": "/m/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#9d2018",
        "icons": shell.icons(),
    }
    response = _json(said)
    response["Content-Type"] = "application/manifest+json"
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, headed by the list of what it keeps; another list is another worker, and the browser sees it."""
    response = HttpResponse(shell.worker(__version__), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = "/m/"
    return response


def _tagged(request: HttpRequest, words: str, body: Callable[[], dict[str, Any]]) -> HttpResponse:
    tag = f'W/"{hashlib.sha256(words.encode()).hexdigest()[:32]}"'
    if tag in [given.strip() for given in request.headers.get("If-None-Match", "").split(",")]:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = _json(body())
    response["ETag"] = tag
    # what the phone sets its watch by, also when nothing is new
    response["X-Guatu-Now"] = clock.now().isoformat(timespec="milliseconds")
    return response


@require_safe
@answering
@gzip_page
def changes(request: HttpRequest) -> HttpResponse:
    """`?list=…&cursor=…`: what changed on a list. Without `list`: who is signed in, which lists there are, whether
    anything happened at all since the `If-None-Match` given."""
    person = person_of(request)
    name = request.GET.get("list", "")
    if name:
        found = sync.delta(person, name, request.GET.get("cursor", ""))
        body = {
            "list": found.name,
            "cursor": found.cursor,
            "reset": found.reset,
            "more": found.more,
            "rows": found.rows,
            "gone": found.gone,
        }
        return _tagged(request, found.cursor if found.empty else repr(body), lambda: body)
    stand = json.dumps(sorted(heads().items()))
    words = f"{stand} {sync.state_of(person)} {person.version} {__version__}"
    return _tagged(request, words, lambda: _overview(request, person))


def _overview(request: HttpRequest, person: Person) -> dict[str, Any]:
    found = campaign_reads.current(person.scope)
    return {
        "person": {
            "id": str(person.id),
            "username": person.username,
            "name": person.name,
            "unit": str(person.unit or ""),
            "language": person.language,
            "large": person.large_type,
        },
        "lists": sync.offered(person),
        "rights": [right for right in ("case.open", "case.handle", "submission.send", "place.survey") if person.scope.may(right)],
        "campaign": {"code": found.code, "name": found.name} if found is not None else None,
        "csrf": get_token(request),
        "version": __version__,
    }  # fmt: skip


@never_cache
@require_POST
@answering
def receive(request: HttpRequest) -> HttpResponse:
    """One item of an outbox: 201 when it was done now, 200 with the same answer when it had been done before."""
    person = person_of(request)
    item = outbox.read_item(request.POST.get("item", ""), request.FILES.getlist("file"))
    done = outbox.take(by=person, item=item)
    response = _json(done.as_json(), status=201 if done.fresh else 200)
    response["X-Guatu-Now"] = clock.now().isoformat(timespec="milliseconds")
    return response


@require_safe
@answering
def receipt(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Was it received? The answer again, or 404."""
    person = person_of(request)
    row = PhoneReceipt.objects.filter(id=item_id, person=person).first()
    if row is None:
        raise Problem("access.not_found")
    return _json(outbox.Answer(row, fresh=False).as_json())


@require_safe
@answering
def returned(request: HttpRequest, return_id: UUID) -> HttpResponse:
    """The text of a submission that was sent back to me, as it was received, so that it can be mended without signal."""
    person = person_of(request)
    row = lists.returns(person).filter(id=return_id).first()
    text = open_returned(by=person, row=row) if row is not None else None
    if text is None:
        raise Problem("access.not_found")
    return HttpResponse(text, content_type="text/xml; charset=utf-8")
