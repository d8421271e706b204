"""The door for machines: one API object, who may come in, how refusals look, how pages follow each other.

Every router is a file named for its noun; it calls the same reads and acts as the desk. Bodies are JSON (UTF-8, Chinese
as it is). A refusal has one shape: {"code", "message", "next", "details"}.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DataError, IntegrityError, OperationalError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import BaseRenderer
from ninja.responses import NinjaJSONEncoder
from ninja.security import APIKeyCookie, HttpBearer

import guatu
from guatu.campaigns import reads as campaign_reads
from guatu.campaigns.models import Campaign
from guatu.kernel.access import Scope
from guatu.kernel.db import busy_of, problem_of
from guatu.kernel.problems import Problem, declare
from guatu.units.acts import note_use
from guatu.units.models import Person
from guatu.units.reads import token_of

declare(
    "api.unauthenticated",
    status=401,
    zh="没有登录，或者令牌无效、已过期、已撤销。",
    en="Nobody is signed in, or the token is unknown, expired or withdrawn.",
    next_zh="请在请求头写 Authorization: Bearer <令牌>；令牌在“人员”页由本人生成。",
    next_en="Send Authorization: Bearer <token>; people make tokens for themselves on their page.",
)
declare(
    "api.invalid",
    status=422,
    zh="请求里有 {count} 处读不懂：{first}。",
    en="{count} parts of the request cannot be understood: {first}.",
    next_zh="请对照 /api/openapi.json 修改后重发；details 里列出每一处。",
    next_en="Compare with /api/openapi.json and send again; details lists every part.",
)
declare(
    "api.bad_cursor",
    status=400,
    zh="翻页标记“{cursor}”读不懂。",
    en="The cursor “{cursor}” cannot be understood.",
    next_zh="请原样使用上一页返回的 next。",
    next_en="Use the next of the page before as it was given.",
)

declare(
    "api.no_csrf",
    status=403,
    zh="用浏览器会话写入时要带上 X-CSRFToken。",
    en="Writing with the browser's session needs the header X-CSRFToken.",
    next_zh="脚本和其他系统请改用令牌：Authorization: Bearer。",
    next_en="Scripts and other systems use a token instead: Authorization: Bearer.",
)

LARGEST_PAGE = 500


class Utf8(BaseRenderer):
    """JSON with Chinese left readable."""

    media_type = "application/json"
    charset = "utf-8"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:
        return json.dumps(data, cls=NinjaJSONEncoder, ensure_ascii=False)


class Session(APIKeyCookie):
    """The browser's own session; writes carry the CSRF token."""

    param_name = "sessionid"

    def authenticate(self, request: HttpRequest, key: str | None) -> Person | None:
        return request.user if isinstance(request.user, Person) and request.user.is_active else None


class Token(HttpBearer):
    """A person's token for machines: the same rights as the person, nothing more."""

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        found = token_of(token)
        if found is None:
            return None
        note_use(found)
        request.user = found.person
        return found.person


api = NinjaAPI(
    title="挂图 Guatu",
    version=guatu.__version__,
    description="保障任务、案件、点位、填报和数字的机器接口。 Tasks, cases, places, forms and figures for machines.",
    auth=[Token(), Session()],
    renderer=Utf8(),
    urls_namespace="api",
    docs_url=None,  # its page would load assets from another host
    openapi_url=None,  # pages.py serves it, Chinese left readable
)


def _answer(problem: Problem) -> HttpResponse:
    body = json.dumps(problem.as_json(), ensure_ascii=False, default=str)
    return HttpResponse(body, status=problem.status, content_type="application/json; charset=utf-8")


@api.exception_handler(Problem)
def refused(request: HttpRequest, problem: Any) -> HttpResponse:
    """A refusal of an act or a read, in the one shape."""
    return _answer(problem)


@api.exception_handler(AuthenticationError)
def unauthenticated(request: HttpRequest, _error: Any) -> HttpResponse:
    answer = _answer(Problem("api.unauthenticated"))
    answer["WWW-Authenticate"] = 'Bearer realm="guatu"'
    return answer


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """A body or query of the wrong form: every part that is wrong, where and why."""
    parts = [
        {"where": ".".join(str(step) for step in part["loc"]), "why": part["msg"]} for part in error.errors
    ]
    first = f"{parts[0]['where']}: {parts[0]['why']}" if parts else "?"
    return _answer(Problem("api.invalid", count=len(parts), first=first, parts=parts))


@api.exception_handler(HttpError)
def stopped(request: HttpRequest, error: Any) -> HttpResponse:
    """What the framework itself stops: a write by session without its CSRF token, an unreadable body."""
    if error.status_code == 403:
        return _answer(Problem("api.no_csrf"))
    return _answer(Problem("api.invalid", count=1, first=str(error), parts=[]))


@api.exception_handler(Http404)
def missing(request: HttpRequest, _error: Any) -> HttpResponse:
    return _answer(Problem("access.not_found"))


@api.exception_handler(IntegrityError)
def broken(request: HttpRequest, error: Any) -> HttpResponse:
    """A constraint of the database, in words."""
    return _answer(problem_of(error))


@api.exception_handler(OverflowError)
@api.exception_handler(DataError)
def out_of_range(request: HttpRequest, _error: Any) -> HttpResponse:
    """A date or number that nothing can be counted with (the year 1, ten thousand digits)."""
    return _answer(Problem("kernel.out_of_range"))


@api.exception_handler(OperationalError)
def busy(request: HttpRequest, error: Any) -> HttpResponse:
    """Who lost a race for the same rows is told so; any other trouble of the store is none of the caller's."""
    problem = busy_of(error)
    if problem is None:
        raise error
    return _answer(problem)


def person_of(request: HttpRequest) -> Person:
    """Who asks (every route requires it)."""
    assert isinstance(request.user, Person)
    return request.user


def scope_of(request: HttpRequest) -> Scope:
    return person_of(request).scope


def campaign_of(request: HttpRequest, code: str) -> Campaign:
    """A campaign the caller may see, by its code. Raises access.not_found."""
    return campaign_reads.campaign(scope_of(request), code)


_M = TypeVar("_M", bound=Model)
_S = TypeVar("_S")


class PageOut(Schema, Generic[_S]):
    """A page of rows; `next` is the cursor of the following page, null on the last one."""

    items: list[_S]
    next: str | None = None


def page_of(
    rows: QuerySet[_M], shape: Callable[[_M], Any], *, after: str = "", limit: int = 100
) -> dict[str, Any]:
    """A keyset page over `id` (time-ordered): stable however much is added meanwhile. Past the end: an empty page."""
    limit = max(1, min(limit, LARGEST_PAGE))
    if after:
        try:
            rows = rows.filter(id__gt=UUID(after))
        except ValueError as wrong:
            raise Problem("api.bad_cursor", cursor=after[:60]) from wrong
    found: Sequence[_M] = list(rows.order_by("id")[: limit + 1])
    shown = found[:limit]
    following = str(shown[-1].id) if len(found) > limit else None  # type: ignore[attr-defined]
    return {"items": [shape(row) for row in shown], "next": following}
