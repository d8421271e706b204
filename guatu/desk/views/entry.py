"""One entry of a register: its record with personal values masked, opening them, correcting, leaving. Addresses:
registers.py."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.case_states import english
from guatu.desk.current import current_campaign
from guatu.desk.forms.registers import EntryForm, ReasonForm, RevealForm
from guatu.desk.story import story_lines
from guatu.desk.views import entity_lists
from guatu.desk.views.case import person_of
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.forms import Form
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.places import reads as places
from guatu.registers import acts, reads
from guatu.registers.models import KIND_WORDS, STATUS_WORDS, Entry, Register
from guatu.units.models import Person

_BELOW = 100


def address_of(row: Entry) -> str:
    return reverse("desk:entry", args=[row.id])


def _personal(register: Register) -> list[tuple[str, str]]:
    return [
        (column.key, column.label_en if english() and column.label_en else column.label)
        for column in reads.columns(register)
        if column.personal
    ]


def _record(
    request: HttpRequest,
    row: Entry,
    *,
    opened: dict[str, str] | None = None,
    forms: dict[str, Form] | None = None,
) -> HttpResponse:
    person = person_of(request)
    scope = person.scope
    shown = {**reads.masked([row])[row.id], **(opened or {})}
    values = [
        (column.label_en if english() and column.label_en else column.label, shown.get(column.key, ""), column.personal,
         column.key in (opened or {}))
        for column in reads.columns(row.register)
    ]  # fmt: skip
    below = list(reads.below(scope, row)[:_BELOW])
    names = reads.titles(scope, [str(each.id) for each in below])
    given = forms or {}
    context: dict[str, Any] = {
        "entry": row,
        "register": row.register,
        "title": shown.get(row.register.title_field) or str(row),
        "values": values,
        "kind": KIND_WORDS[row.register.kind],
        "status": STATUS_WORDS[row.status],
        "area_name": places.name_of(row.area[:9]) if row.area else "",
        "parent": reads.parents(scope, [row]).get(row.parent_id, "") if row.parent_id else "",
        "below": [(each, names.get(str(each.id), "")) for each in below],
        "below_count": reads.below(scope, row).count(),
        "lines": story_lines(row),
        "words": entity_lists.of_entry(scope, row) if row.register.entity_list else [],
        "conflict": entity_lists.CONFLICT_STATES.get(row.conflict),
        "opened": bool(opened),
        "may_edit": row.status == "current" and scope.allows("register.edit", area=row.area),
        "may_reveal": row.status != "forgotten"
        and bool(row.sealed)
        and scope.allows("register.reveal", area=row.area),
        "may_forget": row.status != "forgotten" and scope.allows("register.forget", area=row.area),
        "may_sight": scope.allows("register.sight", area=row.area),
        "reveal_form": given.get("reveal") or RevealForm(prefix="reveal", offered=_personal(row.register)),
        "withdraw_form": given.get("withdraw") or ReasonForm(prefix="withdraw"),
        "forget_form": given.get("forget") or ReasonForm(prefix="forget"),
    }
    answer = render(request, "desk/registers/record.html", context, status=422 if given else 200)
    if opened:
        answer["Cache-Control"] = "no-store"  # what was opened for one look is not kept by the browser
    return answer


@require_GET
@login_required
def entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """The record of an entry; personal values are masked."""
    return _record(request, reads.entry(person_of(request).scope, entry_id))


@require_POST
@login_required
def entry_reveal(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Show the chosen personal values once, after the reason has been written down."""
    person = person_of(request)
    row = reads.entry(person.scope, entry_id)
    form = RevealForm(request.POST, prefix="reveal", offered=_personal(row.register))
    if form.is_valid():
        try:
            opened = acts.reveal(
                by=person, entry=row, fields=form.cleaned_data["columns"], reason=form.cleaned_data["reason"]
            )
        except Problem as refusal:
            if refusal.code == "access.denied":
                raise
            form.add_problem(refusal)
        else:
            return _record(request, row, opened=opened)
    return _record(request, row, forms={"reveal": form})


@require_GET
@login_required
def entry_sights(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Who looked at what of this entry, when and why."""
    scope = person_of(request).scope
    row = reads.entry(scope, entry_id)
    sights = list(reads.sights(scope, row)[:500])
    people = Person.objects.select_related("unit").in_bulk({each.by_id for each in sights})
    labels = {**dict(_personal(row.register)), "export": _("导出")}
    lines = [(each, people.get(each.by_id), labels.get(each.field, each.field)) for each in sights]
    title = reads.titles(scope, [str(row.id)]).get(str(row.id), str(row))
    context = {"entry": row, "register": row.register, "lines": lines, "title": title}
    return render(request, "desk/registers/sights.html", context)


def _form(request: HttpRequest, register: Register, *given: Any, **more: Any) -> EntryForm:
    areas = [(line.code, line.name) for line in places.children(register.area[:6])]
    return EntryForm(*given, register=register, areas=areas, english=english(), **more)


@require_http_methods(["GET", "POST"])
@login_required
def entry_new(request: HttpRequest, register_id: UUID) -> HttpResponse:
    """Enter one."""
    person = person_of(request)
    register = reads.register_by_id(register_id)
    if register is None or not person.scope.may("register.read"):
        raise Problem("access.not_found")
    require(person.scope, "register.edit")
    current_campaign(request)
    form = _form(request, register, *((request.POST,) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        draft = acts.Draft(form.values(), form.cleaned_data["area"], form.cleaned_data.get("parent", ""))
        try:
            row = acts.enter(by=person, register=register, drafts=[draft]).created[0]
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            say(request, _("已登记入册。"))
            return redirect(
                reverse("desk:entry_new", args=[register.id]) if request.POST.get("then") else address_of(row)
            )
    return form_page(
        request, "desk/registers/form.html", form, register=register, title=_("登记入册"), submit_label=_("登记"),
        save_and_next=True, cancel_url=reverse("desk:register", args=[register.id]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def entry_correct(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Correct what was written wrongly. Personal values are never shown here; what is left empty stays."""
    person = person_of(request)
    row = reads.entry(person.scope, entry_id)
    require(person.scope, "register.edit", area=row.area)
    parent = reads.parents(person.scope, [row]).get(row.parent_id, "") if row.parent_id else ""
    stands = {f"c_{key}": value for key, value in row.fields.items()} | {
        "area": row.area[:9],
        "parent": parent,
    }
    given = (request.POST,) if request.method == "POST" else ()
    form = _form(request, row.register, *given, initial=stands, correcting=True)
    if form.is_bound and form.is_valid():
        area, version = form.cleaned_data["area"], request.POST.get("version", "")
        wanted = form.cleaned_data.get("parent", "")
        try:
            acts.correct_entry(
                by=person, entry=row, values=form.values(), area=area if area and area != row.area[:9] else None,
                parent=wanted if wanted != parent else None, version=int(version) if version.isdigit() else row.version,
            )  # fmt: skip
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            say(request, _("已更正。"))
            return redirect("desk:entry", entry_id)
    return form_page(
        request, "desk/registers/form.html", form, register=row.register, row=row, title=_("更正登记"),
        cancel_url=address_of(row),
    )  # fmt: skip


@require_POST
@login_required
def entry_withdraw(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """撤出."""
    return _leave(request, entry_id, "withdraw", acts.withdraw_entry, _("已撤出名册，不再计数；记录保留。"))


@require_POST
@login_required
def entry_forget(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """销毁个人信息."""
    return _leave(request, entry_id, "forget", acts.forget_entry, _("个人信息已销毁，统计数字不变。"))


def _leave(request: HttpRequest, entry_id: UUID, name: str, act: Any, done: str) -> HttpResponse:
    person = person_of(request)
    row = reads.entry(person.scope, entry_id)
    form = ReasonForm(request.POST, prefix=name)
    if form.is_valid():
        version = request.POST.get("version", "")
        try:
            act(by=person, entry=row, reason=form.cleaned_data["reason"],
                version=int(version) if version.isdigit() else row.version)  # fmt: skip
        except Problem as refusal:
            if refusal.code == "access.denied":
                raise
            form.add_problem(refusal)
        else:
            say(request, done)
            return redirect("desk:entry", entry_id)
    return _record(request, row, forms={name: form})
