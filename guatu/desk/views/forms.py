"""Forms: the list, publishing, one form's page, its settings, phones. What was filled in: submissions.py, submission.py."""

import io
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import include, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.current import current_campaign
from guatu.desk.form_states import FORM_STATES, MOVES, TYPES
from guatu.desk.forms.fieldwork import SettingsForm, UploadForm
from guatu.desk.story import story_lines
from guatu.desk.views.case import person_of
from guatu.fieldwork import acts, reads
from guatu.fieldwork.models import Form, FormVersion
from guatu.fieldwork.rules import meaning
from guatu.fieldwork.rules.lifecycle import FORM
from guatu.fieldwork.rules.sheet import said
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import ChoiceFilter, SearchFilter
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say

FORMS = Listing(
    name="forms",
    title=_lazy("表单"),
    columns=[
        Column("name", _lazy("表单"), sort="name", wide=True, link=lambda row: reverse("desk:form", args=[row.id])),
        Column("code", _lazy("编号"), kind="code", sort="code"),
        Column("status", _lazy("状态"), kind="state", sort="status", value=lambda row: FORM_STATES[row.status],
               export=lambda row: str(FORM_STATES[row.status])),
        Column("current", _lazy("现行版本"), kind="code", value=lambda row: row.current.version if row.current else "—"),
        Column("count", _lazy("收到"), kind="number", value=lambda row: getattr(row, "received", 0),
               link=lambda row: reverse("desk:submissions", args=[row.id])),
        Column("latest", _lazy("最近一份"), kind="moment", value=lambda row: getattr(row, "latest", None)),
    ],
    filters=[
        ChoiceFilter("status", _lazy("状态"), choices=[(key, state.word) for key, state in FORM_STATES.items()], counts=True),
        SearchFilter("q", fields=("name", "code")),
    ],
    sort="name",
)  # fmt: skip


def _counted(request: HttpRequest) -> Any:
    def prepare(rows: list[Form]) -> list[Form]:
        found = reads.counts(person_of(request).scope, rows)
        for row in rows:
            row.received, row.latest = found.get(row.id, (0, None))  # type: ignore[attr-defined]
        return rows

    return prepare


@require_GET
@login_required
def forms(request: HttpRequest) -> HttpResponseBase:
    """The forms of the campaign, with how many came in."""
    scope = person_of(request).scope
    campaign = current_campaign(request)
    rows: QuerySet[Form] = reads.forms(scope, campaign)
    listing = replace(FORMS, prepare=_counted(request))
    context = {
        "may_publish": scope.allows("form.publish", area=campaign.area),
        "may_keys": scope.may("submission.send") or scope.allows("form.edit", area=campaign.area),
        "asides": reads.asides(scope).filter(campaign=campaign).count(),
    }
    return lists.respond(request, listing, rows, "desk/forms/list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def form_new(request: HttpRequest) -> HttpResponse:
    """Upload a workbook: it is checked, and published or kept as a draft. Faults are told cell by cell."""
    person, campaign = person_of(request), current_campaign(request)
    require(person.scope, "form.publish", area=campaign.area)
    form = UploadForm(request.POST or None, request.FILES or None)
    faults: list[Any] = []
    if request.method == "POST" and form.is_valid():
        source = form.cleaned_data["source"]
        media = {file.name: file.read() for file in form.cleaned_data["attached"]}
        try:
            version = acts.publish_form(
                by=person, campaign=campaign, source=source.read(), file_name=source.name, media=media,
                draft=form.cleaned_data["draft"],
            )  # fmt: skip
        except Problem as problem:
            form.add_problem(problem, "source")
            faults = problem.details.get("faults", [])
        else:
            published = version.published_at is not None
            words = (
                _("“%(name)s”%(version)s 已发布，手机可以获取。")
                if published
                else _("“%(name)s”%(version)s 已存为草稿。")
            )
            say(request, words % {"name": version.name, "version": version.version})
            return redirect("desk:form", version.form_id)
    chinese = (get_language() or "zh").startswith("zh")
    told = [
        {
            **fault,
            "words": fault["zh" if chinese else "en"],
            "next": fault["next_zh" if chinese else "next_en"],
        }
        for fault in faults
    ]
    return form_page(
        request, "desk/forms/new.html", form, title=_("上传表单"), submit_label=_("检查并发布"), faults=told,
        cancel_url=reverse("desk:forms"),
    )  # fmt: skip


@require_GET
@login_required
def form(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """One form: what it asks, its versions, how it counts, how phones get it."""
    scope = person_of(request).scope
    row = reads.form(scope, form_id)
    versions = list(row.versions.defer("xml", "source").order_by("-made_at"))
    current = next((v for v in versions if v.id == row.current_id), versions[0] if versions else None)
    may_publish = scope.allows("form.publish", area=row.area)
    context = {
        "row": row,
        "state": FORM_STATES[row.status],
        "versions": versions,
        "current": current,
        "draft": next((v for v in versions if v.published_at is None), None),
        "questions": _questions(row, current),
        "settings_lines": _settings_lines(row, current),
        "counts": reads.counts(scope, [row]).get(row.id, (0, None)),
        "asides": reads.asides(scope, row).count(),
        "may_publish": may_publish,
        "may_edit": scope.allows("form.edit", area=row.area),
        "may_fill": row.status in ("open", "closing") and scope.may("submission.send"),
        "moves": [(to, MOVES[to][0]) for to in FORM[row.status]]
        if may_publish and row.status != "draft"
        else [],
        "lines": story_lines(row),
    }
    return render(request, "desk/forms/form.html", context)


def _questions(row: Form, version: FormVersion | None) -> list[dict[str, Any]]:
    if version is None:
        return []
    sheet, language = reads.sheet(version), get_language() or "zh"
    personal = meaning.personal_paths(sheet, meaning.read_settings(row.settings))
    return [
        {
            "name": q.name,
            "label": said(q.label, language, sheet) or q.name,
            "type": TYPES.get(q.type, q.type),
            "required": q.required or bool(q.required_if),
            "personal": q.path in personal,
            "choices": [
                said(c.label, language, sheet) or c.name for c in sheet.lists.get(q.choices, [])[:12]
            ],
            "more": max(len(sheet.lists.get(q.choices, [])) - 12, 0),
            "note": q.relevant,
            "repeat": q.repeat,
        }
        for q in sheet.questions
        if q.asked
    ]


def _settings_lines(row: Form, version: FormVersion | None) -> list[tuple[str, str]]:
    """How submissions count, in words: what was set, or what good sense chose."""
    if version is None:
        return []
    sheet, settings = reads.sheet(version), meaning.read_settings(row.settings)
    language = get_language() or "zh"

    def names(found: Any) -> str:
        return "、".join(said(q.label, language, sheet) or q.name for q in found if q is not None) or "—"

    areas = meaning.area_questions(sheet, settings)
    point = meaning.point_question(sheet, settings)
    return [
        (_("事实种类"), settings.kind),
        (_("类别"), settings.category or row.code),
        (_("区域取自"), names([*areas[:1], point]) if areas or point else _("填报人的岗位")),
        (_("日期取自"), names([meaning.day_question(sheet, settings)])),
        (_("相加的数"), names(meaning.measure_questions(sheet, settings).values())),
        (_("可分组"), names(meaning.attribute_questions(sheet, settings))),
        (
            _("封存的个人信息"),
            names([sheet.by_path[p] for p in sorted(meaning.personal_paths(sheet, settings))]),
        ),
        (_("谁能填"), _("任何人") if settings.public else _("有填报权限的人员")),
    ]


@require_http_methods(["GET", "POST"])
@login_required
def form_settings(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """How submissions count; what came in already is counted anew."""
    person = person_of(request)
    row = reads.form(person.scope, form_id)
    require(person.scope, "form.edit", area=row.area)
    version = row.current or row.versions.order_by("-made_at").first()
    if version is None:
        raise Problem("access.not_found")
    sheet = reads.sheet(version)
    automatic = {sheet.by_path[p].name for p in meaning.personal_paths(sheet, meaning.Settings())}
    kept = dict(row.settings)
    kept["personal"] = [
        sheet.by_path[p].name for p in meaning.personal_paths(sheet, meaning.read_settings(row.settings))
    ]
    language = get_language() or "zh"
    form = SettingsForm(request.POST or None, initial=kept, sheet=sheet, language=language)
    if request.method == "POST" and form.is_valid():
        try:
            acts.change_settings(
                by=person,
                form=row,
                settings=form.settings(automatic),
                version=int(request.POST.get("version") or row.version),
            )
        except Problem as problem:
            form.add_problem(problem)
        else:
            say(request, _("统计设置已保存，已收到的填报按新的设置重新计入。"))
            return redirect("desk:form", row.id)
    return form_page(
        request, "desk/forms/settings.html", form, title=_("统计设置：%(name)s") % {"name": row.name}, row=row, cancel_url=reverse("desk:form", args=[row.id])
    )  # fmt: skip


@require_POST
@login_required
def form_move(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """Open, close for new work, close."""
    row = reads.form(person_of(request).scope, form_id)
    to, old = request.POST.get("to") or request.GET.get("to", ""), row.status
    acts.move_form(
        by=person_of(request), form=row, to=to, version=int(request.POST.get("version") or row.version)
    )
    undo = reverse("desk:form_move", args=[row.id]) + f"?to={old}" if old in MOVES else ""
    say(request, MOVES[to][1], undo=undo if old in FORM[to] else "")
    return redirect("desk:form", row.id)


@require_POST
@login_required
def form_publish(request: HttpRequest, form_id: UUID, version_id: UUID) -> HttpResponse:
    """Hand a draft to phones."""
    row = reads.form(person_of(request).scope, form_id)
    version = row.versions.filter(id=version_id).first()
    if version is None:
        raise Problem("access.not_found")
    acts.publish_draft(by=person_of(request), form_version=version)
    say(
        request,
        _("“%(name)s”%(version)s 已发布，手机可以获取。")
        % {"name": version.name, "version": version.version},
    )
    return redirect("desk:form", row.id)


@require_GET
@login_required
def form_file(request: HttpRequest, form_id: UUID, version_id: UUID, kind: str) -> HttpResponseBase:
    """A version as it was uploaded (`source`) or as phones get it (`xform`)."""
    row = reads.form(person_of(request).scope, form_id)
    version = row.versions.filter(id=version_id).first()
    if version is None or kind not in ("source", "xform"):
        raise Problem("access.not_found")
    name = version.source_name if kind == "source" else f"{row.code}-{version.version}.xml"
    body = bytes(version.source) if kind == "source" else version.xml.encode()
    return FileResponse(io.BytesIO(body), as_attachment=True, filename=name)


urlpatterns = [
    path("", forms, name="forms"),
    path("new/", form_new, name="form_new"),
    path("", include("guatu.desk.views.form_phones")),
    path("", include("guatu.desk.views.form_connect")),
    path("", include("guatu.desk.views.submission")),
    path("", include("guatu.desk.views.submission_returns")),
    path("", include("guatu.desk.views.submission_versions")),
    path("<uuid:form_id>/", form, name="form"),
    path("<uuid:form_id>/settings/", form_settings, name="form_settings"),
    path("<uuid:form_id>/move/", form_move, name="form_move"),
    path("<uuid:form_id>/versions/<uuid:version_id>/publish/", form_publish, name="form_publish"),
    path("<uuid:form_id>/versions/<uuid:version_id>/<str:kind>/", form_file, name="form_file"),
    path("<uuid:form_id>/answers/", include("guatu.desk.views.submissions")),
    path("<uuid:form_id>/answers/", include("guatu.desk.views.submission_bulk")),
]
