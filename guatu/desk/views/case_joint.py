"""Working together on a case: parts of other units, handing over, comments. Panels of the case page and their forms.

Every form stands on the case page and has an address of its own: what was typed stands there again when it is refused.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from guatu.cases import acts
from guatu.cases import reads as case_reads
from guatu.cases.acts.joint import speaks_for
from guatu.cases.models import OFFER_WORDS, PART_WORDS, Case, Comment
from guatu.cases.reads import joint as reads
from guatu.cases.rules.joint import OPEN_PARTS, SHARED, SPEAKING, WORKED, may_edit
from guatu.desk.case_panels import Panel
from guatu.desk.forms.case_joint import CommentForm, DoneForm, OfferForm, PartForm, WhyForm
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.kit.forms import Form
from guatu.kit.shortcuts import form_page
from guatu.kit.states import State
from guatu.kit.toasts import say
from guatu.units.models import Person

_TONES = {
    "given": "waiting", "offered": "waiting", "accepted": "going", "done": "done", "returned": "returned",
    "taken_back": "void",
}  # fmt: skip
_OFFER_TONES = {**_TONES, "accepted": "done"}
_DONE = {
    "give": gettext_lazy("已请对方协同。"), "accept": gettext_lazy("已接下。"), "done": gettext_lazy("已报完成。"),
    "return": gettext_lazy("已退回。"), "take_back": gettext_lazy("已收回。"), "offer": gettext_lazy("已提出移交，等对方答复。"),
    "taken": gettext_lazy("已接手，案件现在由本单位承办。"), "comment": gettext_lazy("已留言。"),
    "edit": gettext_lazy("已修改留言。"), "withdraw": gettext_lazy("已撤回留言。"),
}  # fmt: skip


def person_of(request: HttpRequest) -> Person:
    person = request.user
    assert isinstance(person, Person)
    return person


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() else None


# --- panels ------------------------------------------------------------------------------------------------------


def parts_panel(request: HttpRequest, case: Case) -> Panel | None:
    """Parts of other units, and the form to ask for one."""
    person, rows = person_of(request), reads.parts(case)
    leads = speaks_for(person, case.unit, "case.handle", area=case.area) and case.unit is not None
    gives = leads and case.status in SHARED
    if not rows and not gives:
        return None
    lines = []
    for row in rows:
        going = row.status in OPEN_PARTS
        helps = going and speaks_for(person, row.unit, "case.handle", area=case.area)
        late = going and row.due_at is not None and row.due_at < clock.now()
        lines.append({
            "row": row,
            "state": State("late" if late else _TONES[row.status], PART_WORDS[row.status]),
            "accepts": helps and row.status == "given", "helps": helps, "takes_back": going and leads,
            "done": DoneForm(prefix=f"done-{row.id}"), "why": WhyForm(prefix=f"why-{row.id}"),
        })  # fmt: skip
    form = PartForm(prefix="part", but=case.unit_id) if gives else None
    waiting = any(line["helps"] for line in lines)
    return Panel(
        "parts", "desk/cases/panels/parts.html", {"case": case, "lines": lines, "form": form},
        order=4 if waiting else 30,
    )  # fmt: skip


def hand_over_panel(request: HttpRequest, case: Case) -> Panel | None:
    """Offers to other units, the answer to one, and the form to make one."""
    person, rows = person_of(request), reads.offers(case)
    going = next((row for row in rows if row.status == "offered"), None)
    gives = (
        going is None
        and case.status in WORKED
        and case.unit is not None
        and speaks_for(person, case.unit, "case.accept", area=case.area)
    )
    if not rows and not gives:
        return None
    lines = [{"row": row, "state": State(_OFFER_TONES[row.status], OFFER_WORDS[row.status])} for row in rows]
    answers = going is not None and going.to_unit is not None and speaks_for(
        person, going.to_unit, "case.accept", area=going.to_unit.area
    )  # fmt: skip
    takes_back = going is not None and speaks_for(person, going.from_unit, "case.accept", area=case.area)
    context = {
        "case": case, "lines": lines, "going": going, "answers": answers, "takes_back": takes_back,
        "why": WhyForm(prefix="refuse"), "form": OfferForm(prefix="offer", but=case.unit_id) if gives else None,
    }  # fmt: skip
    return Panel("hand_over", "desk/cases/panels/hand_over.html", context, order=3 if going else 40)


def speaks(person: Person, case: Case, *, public: bool = False) -> bool:
    """Whether the page offers this reader to say something (the act decides)."""
    rights = ("case.handle", "case.verify", "case.dispatch") if public else SPEAKING
    return any(person.scope.may(right) for right in rights)


def comments_panel(request: HttpRequest, case: Case) -> Panel | None:
    """What was said, and room to say something."""
    person, rows = person_of(request), reads.comments(case)
    form = None
    if speaks(person, case):
        form = CommentForm(prefix="comment", may_public=speaks(person, case, public=True))
    if not rows and form is None:
        return None
    now = clock.now()
    lines = [
        {"row": row, "own": row.by_id == person.id and not row.withdrawn,
         "edits": row.by_id == person.id and not row.withdrawn and may_edit(row.at, now)}
        for row in rows
    ]  # fmt: skip
    return Panel(
        "comments", "desk/cases/panels/comments.html", {"case": case, "lines": lines, "form": form}, order=70
    )


# --- forms -------------------------------------------------------------------------------------------------------


def _try(
    request: HttpRequest, row: Any, form: Form, title: str, act: Callable[[], Any], done: str, at: str
) -> HttpResponse:
    """Do it when what was typed is whole; else the form again, with what was refused and why. row: the case, or the part,
    offer or comment of it whose version the form carries."""
    case = row if isinstance(row, Case) else row.case
    if form.is_bound and form.is_valid():
        try:
            act()
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            say(request, str(_DONE[done]))
            return redirect(reverse("desk:case", args=[case.id]) + at)
    return form_page(
        request, "desk/cases/joint/form.html", form, title=title, case=case, row=row, submit_label=title,
        cancel_url=reverse("desk:case", args=[case.id]),
    )  # fmt: skip


def _given(request: HttpRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


@require_http_methods(["GET", "POST"])
@login_required
def give(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask another unit to do a part."""
    person = person_of(request)
    case = case_reads.case(person.scope, case_id)
    form = PartForm(*_given(request), prefix="part", but=case.unit_id)
    return _try(
        request, case, form, _("请其他单位协同"),
        lambda: acts.give_part(by=person, case=case, version=_version(request), **form.arguments()),
        "give", "#parts",
    )  # fmt: skip


_PART_FORMS: dict[str, type[Form]] = {"done": DoneForm, "return": WhyForm}
_PART_ACTS: dict[str, Callable[..., Any]] = {
    "accept": acts.accept_part, "done": acts.finish_part, "return": acts.return_part,
    "take_back": acts.take_back_part,
}  # fmt: skip
_PART_TITLES = {"done": gettext_lazy("报告协同完成"), "return": gettext_lazy("退回协同任务")}


@require_http_methods(["GET", "POST"])
@login_required
def part_step(request: HttpRequest, part_id: UUID, step: str) -> HttpResponse:
    """Accept a part, report it done, return it, take it back."""
    if step not in _PART_ACTS:
        raise Http404(step)
    person = person_of(request)
    part = reads.part(person.scope, part_id)
    if step not in _PART_FORMS:
        if request.method == "POST":
            _PART_ACTS[step](by=person, part=part, version=_version(request))
            say(request, str(_DONE[step]))
        return redirect(reverse("desk:case", args=[part.case_id]) + "#parts")
    form: Any = _PART_FORMS[step](*_given(request), prefix=f"{'done' if step == 'done' else 'why'}-{part.id}")
    return _try(
        request, part, form, str(_PART_TITLES[step]),
        lambda: _PART_ACTS[step](by=person, part=part, version=_version(request), **form.arguments()),
        step, "#parts",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def offer(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Offer the case to another unit."""
    person = person_of(request)
    case = case_reads.case(person.scope, case_id)
    form = OfferForm(*_given(request), prefix="offer", but=case.unit_id)
    return _try(
        request, case, form, _("移交给其他单位"),
        lambda: acts.offer_case(by=person, case=case, version=_version(request), **form.arguments()),
        "offer", "#hand-over",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def offer_step(request: HttpRequest, offer_id: UUID, step: str) -> HttpResponse:
    """Take a case over, give the offer back with the reason, take the offer back."""
    if step not in ("accept", "return", "take_back"):
        raise Http404(step)
    person = person_of(request)
    row = reads.offer(person.scope, offer_id)
    version = _version(request)
    if step == "return":
        form = WhyForm(*_given(request), prefix="refuse")
        return _try(
            request, row, form, _("不接手，退回"),
            lambda: acts.answer_offer(
                by=person, offer=row, answer=step, note=form.cleaned_data["reason"], version=version
            ),
            "return", "#hand-over",
        )  # fmt: skip
    if request.method == "POST":
        acts.answer_offer(by=person, offer=row, answer=step, version=version)
        say(request, str(_DONE["taken" if step == "accept" else step]))
    seen = reads.seen_of(person.scope, [row.case_id])
    return redirect(reverse("desk:case", args=[row.case_id]) + "#hand-over" if seen else "desk:cases")


@require_http_methods(["GET", "POST"])
@login_required
def comment_new(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Say something; without script the people to be told are chosen from a list."""
    person = person_of(request)
    case = case_reads.case(person.scope, case_id)
    form = CommentForm(
        *_given(request)[:1], prefix="comment", people=reads.mentionable(case, most=2000),
        may_public=speaks(person, case, public=True),
    )  # fmt: skip

    def act() -> Comment:
        said = form.cleaned_data
        people = [*said.get("mentions", ()), *reads.people_named(case, said["text"])]
        return acts.comment(
            by=person, case=case, text=said["text"], mentions=people, public=said.get("public", False)
        )

    return _try(request, case, form, _("留言"), act, "comment", "#comments")


@require_http_methods(["GET", "POST"])
@login_required
def comment_step(request: HttpRequest, comment_id: UUID, step: str) -> HttpResponse:
    """Mend or withdraw one's own comment."""
    person = person_of(request)
    row = reads.comment(person.scope, comment_id)
    if step == "withdraw":
        if request.method == "POST":
            acts.withdraw_comment(by=person, comment=row, version=_version(request))
            say(request, str(_DONE["withdraw"]))
        return redirect(reverse("desk:case", args=[row.case_id]) + "#comments")
    if step != "edit":
        raise Http404(step)
    form = CommentForm(*_given(request)[:1], prefix="comment", initial={"text": row.text})

    def act() -> Comment:
        text = form.cleaned_data["text"]
        people = [*Person.objects.filter(pk__in=row.mentions), *reads.people_named(row.case, text)]
        return acts.edit_comment(
            by=person, comment=row, text=text, mentions=people, version=_version(request) or row.version
        )

    return _try(request, row, form, _("修改留言"), act, "edit", "#comments")


@require_GET
@login_required
def people(request: HttpRequest, case_id: UUID) -> JsonResponse:
    """Who may be mentioned and whose name holds `q`: [{"name", "unit"}], ten at most (for `<guatu-mention>`)."""
    case = case_reads.case(person_of(request).scope, case_id)
    found = reads.mentionable(case, request.GET.get("q", "").strip()[:60], most=10)
    lines = [{"name": each.name, "unit": str(each.unit or "")} for each in found]
    return JsonResponse({"people": lines}, json_dumps_params={"ensure_ascii": False})


urlpatterns = [
    path("<uuid:case_id>/part/", give, name="case_part_give"),
    path("parts/<uuid:part_id>/<str:step>/", part_step, name="case_part_step"),
    path("<uuid:case_id>/offer/", offer, name="case_offer"),
    path("offers/<uuid:offer_id>/<str:step>/", offer_step, name="case_offer_step"),
    path("<uuid:case_id>/comment/", comment_new, name="case_comment"),
    path("comments/<uuid:comment_id>/<str:step>/", comment_step, name="case_comment_step"),
    path("<uuid:case_id>/people/", people, name="case_people"),
]
