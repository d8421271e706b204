"""People outside on the page of a case: who reported, links for those without an account, what the reporter said."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guatu.cases import reads as case_reads
from guatu.cases.acts import outside as acts
from guatu.cases.models import Case, Link, Reporter
from guatu.cases.reads import outside as reads
from guatu.cases.reads.joint import family
from guatu.cases.rules import OPEN, RECTIFIED
from guatu.desk.case_panels import Panel
from guatu.desk.case_states import photo_lines
from guatu.desk.views.case import person_of
from guatu.kernel import clock, secrets
from guatu.kit.toasts import say

VIA_WORDS = {
    "public": gettext_lazy("网上上报"), "open311": gettext_lazy("Open311 平台"), "hotline": gettext_lazy("12345热线"),
    "desk": gettext_lazy("工作人员代报"),
}  # fmt: skip
SATISFACTION_WORDS = {
    "good": gettext_lazy("满意"), "fair": gettext_lazy("基本满意"), "poor": gettext_lazy("一般"),
    "bad": gettext_lazy("不满意"),
}  # fmt: skip


def panel(request: HttpRequest, case: Case) -> Panel | None:
    """Reporters of the case and of those merged into it, feedback, links; stays away where there is nothing to say."""
    person = person_of(request)
    may = person.scope.allows("case.contact", area=case.area, units=(case.unit_path,))
    who, links, said = family(case).reporters, reads.links(case), reads.feedback(case)
    asks = may and case.status in OPEN
    if not who and not links and not said and not asks:
        return None
    context: dict[str, Any] = {
        "case": case,
        "may": may,
        "asks": asks,
        "settled": case.status in RECTIFIED,
        "reporters": [_reporter(row, case) for row in who],
        "links": [_link(row) for row in links],
        "feedback": [(row, SATISFACTION_WORDS.get(row.satisfaction, "")) for row in said],
        "satisfaction": list(SATISFACTION_WORDS.items()),
        "photos": photo_lines(case_reads.photos(case).get("outside", [])) if links else [],
    }
    return Panel("outside", "desk/cases/panels/outside.html", context, order=22)


def _reporter(row: Reporter, case: Case) -> dict[str, Any]:
    """What is shown without opening anything: that there is a name and a telephone, masked."""
    opened = secrets.open_many({row.id: row.sealed}).get(row.id, {}) if row.sealed else {}
    return {
        "row": row,
        "via": VIA_WORDS.get(row.via, row.via),
        "masked": " ".join(
            secrets.mask(opened[name]) for name in ("name", "phone", "email") if opened.get(name)
        ),
        "other": row.case if row.case_id != case.id else None,
    }


def _link(row: Link) -> dict[str, Any]:
    over = row.good_until is not None and row.good_until < clock.now()
    words = {
        "answered": _("已答复"), "withdrawn": _("已停用"), "over": _("已过期"), "opened": _("对方已打开"), "waiting": _("等待答复"),
    }  # fmt: skip
    state = (
        "answered" if row.answered_at else "withdrawn" if row.withdrawn else "over" if over
        else "opened" if row.opened_at else "waiting"
    )  # fmt: skip
    return {"row": row, "word": words[state], "live": state in ("opened", "waiting")}


@require_POST
@login_required
def link_new(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Make a one-time link; its address is shown once, on the page that answers."""
    person = person_of(request)
    row = case_reads.case(person.scope, case_id)
    days = request.POST.get("days", "")
    link, key = acts.ask_outside(
        by=person, case=row, for_whom=request.POST.get("for_whom", ""), question=request.POST.get("question", ""),
        days=min(int(days), 60) if days.isdigit() and int(days) > 0 else None,
    )  # fmt: skip
    address = request.build_absolute_uri(reverse("public:answer", args=[key]))
    return _shown(request, row, address, _("请“%(who)s”答复的链接") % {"who": link.for_whom})


@require_POST
@login_required
def link_withdraw(request: HttpRequest, link_id: UUID) -> HttpResponse:
    person = person_of(request)
    row = reads.outside_link(person.scope, link_id)
    acts.withdraw_link(by=person, link=row)
    say(request, _("已停用这个链接。"))
    return redirect("desk:case", row.case_id)


@require_POST
@login_required
def follow_new(request: HttpRequest, reporter_id: UUID) -> HttpResponse:
    """A fresh private link for a reporter who lost theirs, or called the hotline."""
    person = person_of(request)
    row = reads.reporter(person.scope, reporter_id)
    key = acts.new_follow_link(by=person, reporter=row)
    address = request.build_absolute_uri(reverse("public:follow", args=[key]))
    return _shown(request, row.case, address, _("反映人的查询链接"))


def _shown(request: HttpRequest, case: Case, address: str, title: str) -> HttpResponse:
    answer = render(request, "desk/cases/link.html", {"case": case, "address": address, "title": title})
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@login_required
def reporter_told(request: HttpRequest, reporter_id: UUID) -> HttpResponse:
    person = person_of(request)
    row = reads.reporter(person.scope, reporter_id)
    acts.tell_reporter(by=person, reporter=row)
    say(request, _("已登记告知反映人。"))
    return redirect("desk:case", row.case_id)


@require_POST
@login_required
def reporter_feedback(request: HttpRequest, reporter_id: UUID) -> HttpResponse:
    """回访: what the reporter said on the telephone."""
    person = person_of(request)
    row = reads.reporter(person.scope, reporter_id)
    solved = {"yes": True, "no": False}.get(request.POST.get("solved", ""))
    acts.give_feedback(
        by=person, reporter=row, solved=solved, satisfaction=request.POST.get("satisfaction", ""),
        text=request.POST.get("text", ""), via="web",
    )  # fmt: skip
    say(request, _("已登记回访。"))
    return redirect("desk:case", row.case_id)


@require_POST
@login_required
def reporter_reveal(request: HttpRequest, reporter_id: UUID) -> HttpResponse:
    """The reporter in the clear, with a reason; the page is kept nowhere."""
    person = person_of(request)
    row = reads.reporter(person.scope, reporter_id)
    opened = acts.reveal_reporter(by=person, reporter=row, reason=request.POST.get("reason", ""))
    answer = render(request, "desk/cases/reporter.html", {"case": row.case, "row": row, "opened": opened})
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@login_required
def reporter_forget(request: HttpRequest, reporter_id: UUID) -> HttpResponse:
    person = person_of(request)
    row = reads.reporter(person.scope, reporter_id)
    acts.forget_reporter(by=person, reporter=row)
    say(request, _("已删除反映人的个人信息。"))
    return redirect("desk:case", row.case_id)


urlpatterns = [
    path("links/<uuid:case_id>/new/", link_new, name="case_link_new"),
    path("links/<uuid:link_id>/withdraw/", link_withdraw, name="case_link_withdraw"),
    path("reporters/<uuid:reporter_id>/link/", follow_new, name="case_follow_new"),
    path("reporters/<uuid:reporter_id>/told/", reporter_told, name="case_reporter_told"),
    path("reporters/<uuid:reporter_id>/feedback/", reporter_feedback, name="case_reporter_feedback"),
    path("reporters/<uuid:reporter_id>/reveal/", reporter_reveal, name="case_reporter_reveal"),
    path("reporters/<uuid:reporter_id>/forget/", reporter_forget, name="case_reporter_forget"),
]
