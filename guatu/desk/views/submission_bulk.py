"""One judgement on many submissions of a form: preview, do it, take it back. Nothing is written before the preview is confirmed."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from guatu.desk.form_states import STATES
from guatu.desk.forms.submission_review import ManyForm
from guatu.desk.views.case import person_of
from guatu.fieldwork import acts, reads
from guatu.fieldwork.acts.many import MOST, UNDO_MINUTES
from guatu.fieldwork.models import Form, Submission
from guatu.fieldwork.rules.returns import RETURNING
from guatu.kernel.problems import Problem
from guatu.kit.toasts import say

_WORDS = {"approved": _lazy("通过"), "has_issues": _lazy("退回修改"), "rejected": _lazy("不予采用")}


def _chosen(request: HttpRequest, form: Form) -> list[Submission]:
    wanted = []
    for text in request.POST.getlist("row")[: MOST + 1]:
        try:
            wanted.append(UUID(text))
        except ValueError:
            continue
    rows = reads.submissions(person_of(request).scope, form).filter(id__in=wanted)
    return list(rows.select_related("form", "campaign", "form_version").order_by("-received_at", "id"))


@require_POST
@login_required
def submissions_review(request: HttpRequest, form_id: UUID, status: str) -> HttpResponse:
    """First the preview; with `confirm` the deed."""
    person = person_of(request)
    form = reads.form(person.scope, form_id)
    if status not in _WORDS:
        raise Problem("access.not_found")
    rows = _chosen(request, form)
    if not rows:
        say(request, _("没有选中任何填报。"), level=30)
        return redirect("desk:submissions", form.id)
    confirmed = request.POST.get("confirm") == "1"
    asked = ManyForm(request.POST if confirmed else None)
    if confirmed and asked.is_valid():
        try:
            done = acts.review_many(
                by=person, form=form, rows=rows, status=status, reason=asked.cleaned_data["reason"]
            )
        except Problem as problem:
            asked.add_problem(problem, "reason")
        else:
            return _after(request, form, status, done)
    found = acts.preview_reviews(by=person, rows=rows, status=status)
    context: dict[str, Any] = {
        "row": form, "status": status, "word": _WORDS[status], "found": found, "chosen": rows, "minutes": UNDO_MINUTES,
        "form": asked if status in RETURNING else None, "lines": [(each, STATES[each.status]) for each in found.rows[:50]],
        "more": max(0, len(found.rows) - 50),
    }  # fmt: skip
    return render(request, "desk/forms/bulk.html", context, status=422 if confirmed else 200)


def _after(request: HttpRequest, form: Form, status: str, done: Any) -> HttpResponse:
    words = ngettext("%(word)s：%(n)s 份。", "%(word)s：%(n)s 份。", done.done) % {
        "word": _WORDS[status],
        "n": done.done,
    }
    undo = reverse("desk:submissions_undo", args=[form.id, done.act_id]) if done.act_id else ""
    say(request, words, undo=undo)
    return redirect("desk:submissions", form.id)


@require_POST
@login_required
def submissions_undo(request: HttpRequest, form_id: UUID, act_id: UUID) -> HttpResponse:
    """Take a judgement on many back."""
    person = person_of(request)
    form = reads.form(person.scope, form_id)
    count = acts.undo_reviews(by=person, form=form, act_id=act_id)
    say(request, ngettext("已撤销 %(n)s 份的审阅。", "已撤销 %(n)s 份的审阅。", count) % {"n": count})
    return redirect("desk:submissions", form.id)


urlpatterns = [
    path("review/<str:status>/", submissions_review, name="submissions_review"),
    path("undo/<uuid:act_id>/", submissions_undo, name="submissions_undo"),
]
