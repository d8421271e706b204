"""The three pages: report, follow, answer. Nobody is signed in; a key in the address opens one case and nothing else."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guatu.cases import acts
from guatu.cases.acts import outside
from guatu.cases.reads import outside as reads
from guatu.files.bytes import thumb
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.kit.forms import Form
from guatu.places import reads as places
from guatu.public.counting import one_more
from guatu.public.people.forms import AnswerForm, FeedbackForm, ReportForm
from guatu.public.people.words import STANDS_WORDS, STEPS

MOST_AN_HOUR = 20  # a person who reports a whole street stays below; a flood does not


def _private(answer: HttpResponse) -> HttpResponse:
    """A page behind a key: not kept, not found by search engines, its address told to nobody."""
    answer["X-Robots-Tag"] = "noindex, nofollow"
    # the key goes to no other host; "no-referrer" would send the page's own form without an origin, which is refused
    answer["Referrer-Policy"] = "same-origin"
    return answer


def _english() -> bool:
    return not (get_language() or "zh").startswith("zh")


@require_safe
def report_index(request: HttpRequest) -> HttpResponse:
    """Which district takes reports; with a single one, straight to its form."""
    rows = reads.campaigns_open()
    if len(rows) == 1:
        return redirect("public:report", rows[0].code)
    return render(request, "public/report_index.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, campaign: str) -> HttpResponse:
    """The form; after it the private link, shown once."""
    found = reads.campaign_open(campaign)
    classes = reads.public_classes(found)
    areas = [(line.code, line.name) for line in places.children(found.area)]
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ReportForm(*given, classes=classes, areas=areas, english=_english())
    if form.is_bound and form.is_valid():
        try:
            return _reported(request, form, found, classes)
        except Problem as refusal:
            form.add_problem(refusal)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "public/report.html", {"form": form, "campaign": found}, status=status)


def _reported(request: HttpRequest, form: ReportForm, campaign: Any, classes: Any) -> HttpResponse:
    said = form.cleaned_data
    if said["website"]:
        # a machine: it is thanked and nothing is kept
        return render(request, "public/reported.html", {"number": "", "address": ""})
    _count(request)
    chosen = next(row for row in classes if str(row.id) == said["class_key"])
    draft = acts.Draft(
        title=said["title"], source="public", class_code=f"{chosen.scheme}|{chosen.kind}|{chosen.code}",
        description=said["description"], area=said["area"], address=said["address"], lon=said["lon"], lat=said["lat"],
    )  # fmt: skip
    who = acts.ReporterDraft(name=said["name"], phone=said["phone"], via="public")
    done = outside.report_from_outside(campaign=campaign, draft=draft, reporter=who, photos=said["photos"])
    address = request.build_absolute_uri(reverse("public:follow", args=[done.key]))
    return _private(render(request, "public/reported.html", {"number": done.case.number, "address": address}))


def _count(request: HttpRequest) -> None:
    """One more report from this address in this hour. Raises `case.too_many_reports`."""
    name = f"report:{request.META.get('REMOTE_ADDR', '')}:{clock.real_now():%Y%m%d%H}"
    if one_more(name, 3700) > MOST_AN_HOUR:
        raise Problem("case.too_many_reports")


@never_cache
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, key: str) -> HttpResponse:
    """Where the reporter's matter stands; what came of it; whether it is solved."""
    link = reads.link(key, "follow")
    form = FeedbackForm(request.POST) if request.method == "POST" else FeedbackForm()
    if form.is_bound and form.is_valid() and link.reporter is not None:
        said = form.cleaned_data
        try:
            outside.give_feedback(
                reporter=link.reporter, solved=said["solved"] == "yes", satisfaction=said["satisfaction"], text=said["text"]
            )  # fmt: skip
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            return _private(redirect("public:follow", key))
    outside.note_opened(link=link)
    seen = reads.followed(link)
    context = {"seen": seen, "key": key, "word": STANDS_WORDS[seen.stands], "steps": _steps(seen.stands)}
    may_judge = seen.stands in ("done", "not_ours") and (not seen.judged or form.is_bound)
    context |= {"form": form if may_judge else None, "campaign": link.case.campaign}
    status = 422 if form.is_bound and form.errors else 200
    return _private(render(request, "public/follow.html", context, status=status))


def _steps(stands: str) -> list[dict[str, Any]]:
    """The way of a matter in four words, and how far it has come."""
    order = [name for name, _word in STEPS]
    at = order.index(stands) if stands in order else (1 if stands == "on_hold" else -1)
    return [
        {"word": word, "done": index < at or stands == "done", "now": index == at and stands != "done"}
        for index, (_name, word) in enumerate(STEPS)
    ]


@never_cache
@require_safe
def follow_photo(request: HttpRequest, key: str, file_id: UUID) -> HttpResponse | FileResponse:
    """A photo of the reporter's own, or of what was done, in a small size."""
    row = reads.photo_behind(reads.link(key, "follow"), file_id)
    answer = FileResponse(thumb(row.stored).open("rb"), content_type="image/jpeg")
    _private(answer)  # type: ignore[arg-type]
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """A question to somebody without an account, and their answer: once."""
    link = reads.link(key, "answer")
    if link.answered_at is not None:
        return _private(render(request, "public/answered.html", {"link": link}))
    outside.check_good(link, clock.now())
    form: Form = AnswerForm(request.POST, request.FILES) if request.method == "POST" else AnswerForm()
    if form.is_bound and form.is_valid():
        try:
            outside.answer_link(key=key, text=form.cleaned_data["text"], photos=form.cleaned_data["photos"])
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            return _private(redirect("public:answer", key))
    outside.note_opened(link=link)
    status = 422 if form.is_bound and form.errors else 200
    title = _("请您答复")
    return _private(
        render(request, "public/answer.html", {"link": link, "form": form, "title": title}, status=status)
    )
