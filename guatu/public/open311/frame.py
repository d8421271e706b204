"""What every address of this door shares: the format asked for, the language, refusals, and answers that did not change."""

import hashlib
from collections.abc import Callable, Sequence

from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.csrf import csrf_exempt  # noqa: TID251 — no cookie is looked at here; writes carry a key of their own

from guatu.campaigns.models import Campaign
from guatu.cases.reads import open311 as reads
from guatu.kernel.db import busy_of, problem_of
from guatu.kernel.problems import Problem
from guatu.public import problems as problems
from guatu.public.open311.wire import FORMATS, Answer, written

Handler = Callable[..., Answer]
_KEPT_STATUSES = (403, 404, 405, 413, 429, 503)


class Refused(Exception):
    """Several things are wrong at once; all of them are told."""

    def __init__(self, found: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in found))
        self.problems = list(found)


def format_of(request: HttpRequest, suffix: str = "") -> str:
    """xml or json: the suffix, else `format=`, else what the client accepts, else xml as the specification has it."""
    asked = suffix.strip("./").lower() or request.GET.get("format", "").lower()
    if asked in FORMATS:
        return asked
    best = request.get_preferred_type(["text/xml", "application/xml", "application/json"])
    return "json" if best == "application/json" else "xml"


def language_of(request: HttpRequest) -> str:
    """English for whoever asks for it first; everybody else reads Chinese."""
    return "en" if request.headers.get("Accept-Language", "").strip().lower().startswith("en") else "zh-hans"


def english() -> bool:
    return not (translation.get_language() or "zh").startswith("zh")


def endpoint(**handlers: Handler) -> Callable[..., HttpResponseBase]:
    """A view of these methods: `endpoint(GET=listed, POST=post)`. Handlers answer an `Answer` or refuse."""

    @csrf_exempt
    def view(request: HttpRequest, suffix: str = "", **given: str) -> HttpResponseBase:
        form = format_of(request, suffix)
        language = language_of(request)
        method = "GET" if request.method == "HEAD" else str(request.method)
        with translation.override(language):
            try:
                if method not in handlers:
                    raise Problem("georeport.method_wrong", method=method, allowed=", ".join(handlers))
                answer = handlers[method](request, **given)
            except Refused as refused:
                answer = refusal(refused.problems)
            except Problem as problem:
                answer = refusal([problem])
            except IntegrityError as broken:
                answer = refusal([problem_of(broken)])
            except OperationalError as broken:
                busy = busy_of(broken)
                if busy is None:
                    raise
                answer = refusal([busy])
        response = HttpResponse(written(answer, form), status=answer.status, content_type=FORMATS[form])
        response["Content-Language"] = "en" if language == "en" else "zh-Hans"
        response["Access-Control-Allow-Origin"] = "*"  # nothing here depends on who is signed in
        patch_vary_headers(response, ["Accept", "Accept-Language"])
        if answer.status == 405:
            response["Allow"] = ", ".join(handlers)
        if answer.status in (429, 503):
            response["Retry-After"] = "60" if answer.status == 429 else "1"
        return _unless_unchanged(request, response) if method == "GET" and answer.status == 200 else response

    return view


def _unless_unchanged(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """The answer with its tag, or 304 for a client that has it. The tag is of the words, so nothing stale is ever kept."""
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    return get_conditional_response(request, etag=tag, response=response) or response


def refusal(found: Sequence[Problem]) -> Answer:
    """Everything that is wrong; the status is that of the first that is not a plain 400."""
    codes = [problem.status if problem.status in _KEPT_STATUSES else 400 for problem in found]
    status = next((code for code in codes if code != 400), 400)
    told = [
        {"code": str(code), "description": problem.words()}
        for code, problem in zip(codes, found, strict=True)
    ]
    return Answer("errors", told, status)


def jurisdiction(request: HttpRequest, given: str = "") -> Campaign | None:
    """The campaign asked for by jurisdiction_id, or the only one. None where nothing is served at all.

    Raises georeport.jurisdiction_unknown, georeport.jurisdiction_missing.
    """
    wanted = (given or request.GET.get("jurisdiction_id", "")).strip()
    served = reads.jurisdictions()
    if wanted:
        for campaign in served:
            if campaign.code == wanted:
                return campaign
        raise Problem("georeport.jurisdiction_unknown", jurisdiction_id=wanted[:60])
    if len(served) > 1:
        raise Problem("georeport.jurisdiction_missing", codes=", ".join(campaign.code for campaign in served))
    return served[0] if served else None


def nothing_here(request: HttpRequest, rest: str = "") -> Answer:
    """Any other address below this door."""
    raise Problem("georeport.not_found", what=rest[:100])
