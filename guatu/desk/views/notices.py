"""Notices: what somebody should know, unread first; one press opens the matter and marks it as seen."""

from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.messages import WARNING
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import ChoiceFilter
from guatu.kit.states import State
from guatu.kit.toasts import say
from guatu.notices import acts, reads, rules
from guatu.units.models import Person

NEW, SEEN = State("soon", gettext_lazy("未读")), State("done", gettext_lazy("已读"))


def _language() -> str:
    return get_language() or "zh"


def said(line: reads.Line) -> str:
    """The sentence of a notice, in the reader's language."""
    return rules.sentence(line.notice.kind, line.notice.details, _language())


def _kinds(request: HttpRequest) -> list[tuple[str, str]]:
    return [(kind, rules.word(kind, _language())) for kind in rules.KINDS]


NOTICES = Listing(
    name="notices",
    title=gettext_lazy("通知"),
    columns=[
        Column(
            "unread",
            gettext_lazy("状态"),
            kind="state",
            sort=reads.UNREAD,
            value=lambda line: NEW if line.notice.seen_at is None else SEEN,
        ),
        Column(
            "said",
            gettext_lazy("通知内容"),
            value=said,
            wide=True,
            link=lambda line: reverse("desk:notice", args=[line.id]),
        ),
        Column("number", gettext_lazy("编号"), value="notice.title", kind="code"),
        Column(
            "title",
            gettext_lazy("事项"),
            value=lambda line: line.title or _("（已不在您可见的范围内）"),
            wide=True,
        ),
        Column(
            "kind",
            gettext_lazy("类别"),
            value=lambda line: rules.word(line.notice.kind, _language()),
            shown=False,
        ),
        Column("made_at", gettext_lazy("时间"), kind="moment", value="notice.made_at", sort="made_at"),
        Column("seen_at", gettext_lazy("阅读时间"), kind="moment", value="notice.seen_at", shown=False),
    ],
    filters=[
        ChoiceFilter("kind", gettext_lazy("类别"), choices=_kinds),
        ChoiceFilter(
            "unread",
            gettext_lazy("状态"),
            choices=[("1", NEW.word), ("0", SEEN.word)],
            apply=lambda rows, value: rows.filter(seen_at__isnull=value == ["1"]),
        ),
    ],
    sort="-unread",
)


@require_GET
@login_required
def notices(request: HttpRequest) -> HttpResponseBase:
    """The inbox of the signed-in person."""
    person = cast(Person, request.user)
    listing = replace(NOTICES, prepare=lambda rows: reads.lines(person, rows))
    kind = request.GET.get("kind", "")
    context = {
        "waiting": unread_of(request),
        "kind": kind if kind in rules.KINDS else "",
        "kind_word": rules.word(kind, _language()),
    }
    return lists.respond(request, listing, reads.inbox(person), "desk/notices/list.html", context)


@require_GET
@login_required
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Open what it is about. Being opened is being seen; opening it again changes nothing."""
    person = cast(Person, request.user)
    row = acts.mark_seen(by=person, notice=reads.notice(person, notice_id))
    address = reads.address(person, row)
    if not address:
        say(request, _("%(number)s 已不在您可见的范围内。") % {"number": row.title}, level=WARNING)
        return redirect("desk:notices")
    return redirect(address)


@require_POST
@login_required
def notices_seen(request: HttpRequest) -> HttpResponse:
    """Everything unread is seen, or everything of one kind."""
    kind = request.POST.get("kind", "")
    kind = kind if kind in rules.KINDS else ""
    count = acts.mark_all_seen(by=cast(Person, request.user), kind=kind)
    say(request, _("已把 %(count)s 条通知标为已读。") % {"count": count})
    return redirect(reverse("desk:notices") + (f"?{urlencode({'kind': kind})}" if kind else ""))


# --- the badge in the header -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Badge:
    """The bell in the header: how many are unread ("" for none, "99+" at most) and where they are."""

    count: str
    label: str
    href: str


def unread_of(request: HttpRequest) -> int:
    """How many notices wait, asked once for each page."""
    kept: int | None = getattr(request, "_guatu_unread", None)
    if kept is None:
        kept = reads.unread(cast(Person, request.user))
        request._guatu_unread = kept  # type: ignore[attr-defined]
    return kept


def badge(request: HttpRequest) -> Badge | None:
    """The bell of every page (GUATU_BADGE); none for nobody."""
    user: Any = getattr(request, "user", None)
    if not user or not user.is_authenticated:
        return None
    count = rules.badge(unread_of(request))
    label = _("%(count)s 条未读通知") % {"count": count} if count else _("没有未读通知")
    return Badge(count, label, reverse("desk:notices"))


urlpatterns = [
    path("", notices, name="notices"),
    path("seen/", notices_seen, name="notices_seen"),
    path("<uuid:notice_id>/", notice, name="notice"),
]
