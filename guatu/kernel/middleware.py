"""One answer to a refusal, whoever asks: HTML for people, JSON for machines, OpenRosa for phones."""

import json
from collections.abc import Callable
from xml.sax.saxutils import escape

from django.db import DataError, IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guatu.kernel import clock
from guatu.kernel.db import busy_of, problem_of
from guatu.kernel.problems import Problem

_OPENROSA = "http://openrosa.org/http/response"


def openrosa_body(message: str, nature: str = "submit_error") -> str:
    """The OpenRosa reply; its message is shown to the person holding the phone."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<OpenRosaResponse xmlns="{_OPENROSA}">'
        f'<message nature="{nature}">{escape(message)}</message></OpenRosaResponse>'
    )


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem in the shape that this client reads."""
    if request.headers.get("X-OpenRosa-Version"):
        body = openrosa_body(problem.words())
        response = HttpResponse(body, status=problem.status, content_type="text/xml; charset=utf-8")
        response["X-OpenRosa-Version"] = "1.0"
        return response
    if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
        body = json.dumps(problem.as_json(), ensure_ascii=False)
        return HttpResponse(body, status=problem.status, content_type="application/json; charset=utf-8")
    context = {
        "problem": problem,
        "sentence": problem.sentence(),
        "next_step": problem.next_step(),
        "details": problem.details,
    }
    return render(request, "kit/problem.html", context, status=problem.status)


class KernelMiddleware:
    """Reads the store's clock, and turns Problems and broken constraints into answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        clock.refresh()
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Problem):
            return answer(request, error)
        if isinstance(error, IntegrityError):
            return answer(request, problem_of(error))
        if isinstance(
            error, OverflowError | DataError
        ):  # the year 1, ten thousand digits: only askers send them
            return answer(request, Problem("kernel.out_of_range"))
        if isinstance(error, OperationalError) and (busy := busy_of(error)) is not None:
            return answer(request, busy)
        return None
