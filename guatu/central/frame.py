"""What every address of this door shares: who asks, how answers and refusals look, numbers for campaigns and people.

A view is a plain function `(asked, …) -> data`: data becomes JSON, an HttpResponse goes out as it is. `verbs(GET=…, POST=…)`
makes one address of several. A refusal is `{"code": 409.3, "message": "…", "details": {…}}` with ODK Central's numbers.
"""

import datetime as dt
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt  # noqa: TID251 a browser session only reads at this door

from guatu.campaigns import reads as campaign_reads
from guatu.campaigns.models import Campaign
from guatu.central import paths as paths  # addresses of this door write <quoted:…>
from guatu.central.codes import code_of
from guatu.central.people import person_of
from guatu.fieldwork import numbers
from guatu.fieldwork.acts.numbers import give_numbers
from guatu.kernel.access import Scope
from guatu.kernel.db import busy_of, problem_of
from guatu.kernel.problems import Problem
from guatu.units.models import Person

VIA = "central"
LARGEST_BODY = 20_000_000
_log = logging.getLogger("guatu.central")


@dataclass(frozen=True)
class Asked:
    """One request at this door, with the person who asks."""

    request: HttpRequest
    by: Person

    @property
    def scope(self) -> Scope:
        return self.by.scope

    @property
    def query(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.request.GET.items()}

    @property
    def language(self) -> str:
        return str(getattr(self.request, "LANGUAGE_CODE", "") or "zh-hans")

    @property
    def extended(self) -> bool:
        """Whether people are wanted as objects beside their numbers."""
        return self.request.headers.get("X-Extended-Metadata", "").lower() == "true"

    def body(self, largest: int = LARGEST_BODY) -> bytes:
        """The body, up to a limit (also when it comes in chunks of no declared length). Raises kernel.too_large."""
        content = self.request.read(largest + 1)
        if len(content) > largest:
            raise Problem(
                "kernel.too_large",
                what=self.request.path[-120:],
                size=f"> {largest:,} B",
                limit=f"{largest:,} B",
            )
        return bytes(content)

    def json(self) -> dict[str, Any]:
        """The body as a JSON object ({} when empty). Raises central.bad_json."""
        text = self.body(2_000_000)
        try:
            found = json.loads(text) if text.strip() else {}
        except (ValueError, RecursionError) as wrong:
            raise Problem("central.bad_json", why=str(wrong)[:120]) from wrong
        if not isinstance(found, dict):
            raise Problem("central.bad_json", why="{…}")
        return found

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() in ("true", "1", "yes")


View = Callable[..., Any]


def verbs(*, anybody: bool = False, **views: View) -> Callable[..., HttpResponseBase]:
    """One address: a view by method. anybody: nobody need be signed in (then the view takes the bare request)."""

    @csrf_exempt  # a browser's session only reads here; see people.person_of
    def address(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        method = "GET" if request.method == "HEAD" else str(request.method)
        try:
            view = views.get(method)
            if view is None:
                raise Problem("central.wrong_method", method=method[:10], known=", ".join(sorted(views)))
            asked = request if anybody else Asked(request, person_of(request))
            found = view(asked, *args, **kwargs)
        except Http404:
            return refusal(Problem("access.not_found"))
        except Problem as problem:
            return refusal(problem)
        except IntegrityError as error:
            return refusal(problem_of(error))
        except (OverflowError, DataError):
            return refusal(Problem("kernel.out_of_range"))
        except OperationalError as error:
            busy = busy_of(error)
            if busy is None:
                raise
            return refusal(busy)
        except Exception:
            _log.exception("%s %s", method, request.path)
            return refusal(Problem("central.failed"))
        return found if isinstance(found, HttpResponseBase) else answer(found)

    return address


def answer(data: Any, status: int = 200) -> HttpResponse:
    """JSON with Chinese left readable."""
    body = json.dumps(data, ensure_ascii=False, default=_plain)
    kept = HttpResponse(body, status=status, content_type="application/json; charset=utf-8")
    kept["Cache-Control"] = "private, no-store"
    return kept


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return moment(value)
    return str(value)


def moment(value: dt.datetime | None) -> str | None:
    """A moment as Central writes it: UTC, milliseconds, Z."""
    if value is None:
        return None
    return f"{value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def refusal(problem: Problem) -> HttpResponse:
    """A refusal in Central's shape. details.problem is our own code, details.next what to do about it."""
    said = problem.as_json()
    body = {
        "code": code_of(problem),
        "message": said["message"],
        "details": {**said["details"], "problem": problem.code, "next": said["next"]},
    }
    made = answer(body, problem.status)
    if problem.status == 401:
        made["WWW-Authenticate"] = 'Basic realm="Guatu", charset="UTF-8"'
    if problem.status in (429, 503):
        made["Retry-After"] = "30"
    return made


def success() -> dict[str, bool]:
    return {"success": True}


def project_number(campaign: Campaign) -> int:
    """The number by which clients know a campaign."""
    return give_numbers(kind=numbers.PROJECT, targets=[campaign.id])[campaign.id]


def campaign_of(asked: Asked, number: int) -> Campaign:
    """The campaign behind a project's number, where the caller may see it. Raises access.not_found."""
    target = numbers.target(numbers.PROJECT, number)
    found = campaign_reads.campaigns(asked.scope).filter(id=target).first() if target else None
    if found is None:
        raise Problem("access.not_found")
    return found


def actor_numbers(ids: Iterable[UUID | None]) -> dict[UUID | None, int]:
    """{person's or key's id: number}; None (the public, the system) is 0. Two queries at most, however many."""
    given = give_numbers(kind=numbers.ACTOR, targets=[each for each in ids if each is not None])
    found: dict[UUID | None, int] = {None: numbers.NOBODY}
    for each, number in given.items():
        found[each] = number
    return found


def actor_number(target: UUID | None) -> int:
    return actor_numbers([target])[target]


def actor(person: Person, number: int) -> dict[str, Any]:
    """A person as Central describes an actor."""
    return {
        "id": number, "type": "user", "displayName": person.name, "createdAt": moment(person.made_at), "updatedAt": None,
        "deletedAt": None,
    }  # fmt: skip
