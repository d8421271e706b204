"""Registers as entity lists: under which name forms know them, what waits to be entered, and what two people changed side
by side. Addresses: registers.py."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guatu.desk.case_states import english
from guatu.desk.current import current_campaign
from guatu.desk.forms.entities import ListForm, SettleForm
from guatu.desk.views.case import person_of
from guatu.fieldwork import reads as fieldwork_reads
from guatu.kernel import clock
from guatu.kernel.access import Scope, require
from guatu.kernel.problems import CATALOGUE, Problem
from guatu.kit.shortcuts import form_page
from guatu.kit.states import State
from guatu.kit.toasts import say
from guatu.registers import acts, listing, lists, reads
from guatu.registers.models import CONFLICT_WORDS, WORD_STATUS_WORDS, EntityWord, Entry, Register
from guatu.registers.rules import Column
from guatu.units.models import Person

_MOST_WORDS = 100
WORD_STATES = {
    "taken": State("done", WORD_STATUS_WORDS["taken"]),
    "waiting": State("waiting", WORD_STATUS_WORDS["waiting"]),
    "approval": State("waiting", WORD_STATUS_WORDS["approval"]),
    "failed": State("late", WORD_STATUS_WORDS["failed"]),
    "dropped": State("void", WORD_STATUS_WORDS["dropped"]),
}
CONFLICT_STATES = {
    "soft": State("soon", CONFLICT_WORDS["soft"]),
    "hard": State("late", CONFLICT_WORDS["hard"]),
}
_OPEN = ("waiting", "approval", "failed")


def label_of(column: Column) -> str:
    return column.label_en if english() and column.label_en else column.label


def _register(request: HttpRequest, register_id: UUID) -> Register:
    row = reads.register_by_id(register_id)
    if row is None or not person_of(request).scope.may("register.read"):
        raise Problem("access.not_found")
    current_campaign(request)
    return row


def told(scope: Scope, rows: list[EntityWord]) -> list[dict[str, Any]]:
    """Words as a page shows them: what they said, by whom, from which submission, what became of them. Three queries."""
    titles = fieldwork_reads.submissions_seen(scope, [str(row.submission_id) for row in rows])
    people = Person.objects.select_related("unit").in_bulk({row.by_id for row in rows if row.by_id})
    return [
        {
            "word": row, "state": WORD_STATES[row.status], "person": people.get(row.by_id) if row.by_id else None,
            "title": titles.get(str(row.submission_id), ""), "said": _said(row), "why": _why(row),
            "conflict": CONFLICT_STATES.get(row.conflict), "does": _("新登记") if row.create and row.made in (None, 1) else _("更新"),
        }
        for row in rows
    ]  # fmt: skip


def _said(row: EntityWord) -> list[tuple[str, str]]:
    if row.register is None:
        return []
    columns = {column.key: column for column in reads.columns(row.register)}
    return [(label_of(columns[key]), text) for key, text in row.said.items() if key in columns and text]


def _why(row: EntityWord) -> str:
    code = row.problem.get("code", "")
    if code not in CATALOGUE:
        return ""
    return Problem(code, **row.problem.get("details", {})).words()


@require_http_methods(["GET", "POST"])
@login_required
def register_entities(request: HttpRequest, register_id: UUID) -> HttpResponse:
    """作为实体清单提供: the settings, the properties, what waits to be entered."""
    person, row = person_of(request), _register(request, register_id)
    may_edit = person.scope.allows("register.edit", area=row.area)
    initial = {
        "name": row.entity_list, "approval": row.entity_approval, "own": row.entity_own, "personal": row.entity_personal,
    }  # fmt: skip
    form = ListForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound:
        require(person.scope, "register.edit", area=row.area)
    if form.is_bound and form.is_valid():
        version = request.POST.get("version", "")
        try:
            acts.offer_list(
                by=person,
                register=row,
                version=int(version) if version.isdigit() else row.version,
                **form.cleaned_data,
            )
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            say(
                request,
                _("已作为实体清单提供。") if form.cleaned_data["name"] else _("不再作为实体清单提供。"),
            )
            return redirect("desk:register_entities", row.id)
    return form_page(request, "desk/registers/entities.html", form, **_page(person, row, may_edit))


def _page(person: Person, row: Register, may_edit: bool) -> dict[str, Any]:
    known = lists.listed(reads.columns(row), row.key_field, row.title_field)
    words = listing.words(person.scope, row).filter(status__in=_OPEN).select_related("register")
    return {
        "register": row,
        "may_edit": may_edit,
        "suggested": lists.code_for(row.code, ()),
        "properties": [(name, label_of(column), column.personal) for name, column in known.items()],
        "words": told(person.scope, list(words.order_by("-heard_at")[:_MOST_WORDS])),
        "words_count": words.count(),
        "in_reach": listing.entities(person.scope, row).count() if row.entity_list else 0,
        "conflicts": reads.entries(person.scope, row).exclude(conflict="").count(),
    }


@require_POST
@login_required
def word_enter(request: HttpRequest, word_id: UUID) -> HttpResponse:
    """仍然写入."""
    return _word(request, word_id, acts.enter_word, _("已写入名册。"))


@require_POST
@login_required
def word_drop(request: HttpRequest, word_id: UUID) -> HttpResponse:
    """放弃."""
    return _word(request, word_id, acts.drop_word, _("已放弃，填报本身保留。"))


def _word(request: HttpRequest, word_id: UUID, act: Any, done: str) -> HttpResponse:
    person = person_of(request)
    word = listing.word(person.scope, word_id)
    act(by=person, word=word)
    say(request, done)
    return redirect("desk:register_entities", word.register_id)


@require_http_methods(["GET", "POST"])
@login_required
def entry_conflict(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """核对并行修改: for every column both sides, who said it and when; what stands is chosen beforehand."""
    person = person_of(request)
    row = reads.entry(person.scope, entry_id)
    require(person.scope, "register.edit", area=row.area)
    if not row.conflict:
        return redirect("desk:entry", row.id)
    sides = listing.sides(row)
    form = SettleForm(request.POST if request.method == "POST" else None, columns=_choices(row, sides))
    if form.is_bound and form.is_valid():
        chosen = {key: sides[key][int(form.cleaned_data[f"c_{key}"])].text for key in sides}
        values = {key: text for key, text in chosen.items() if text != row.fields.get(key, "")}
        version = request.POST.get("version", "")
        try:
            acts.settle_conflict(
                by=person,
                entry=row,
                values=values,
                version=int(version) if version.isdigit() else row.version,
            )
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            say(request, _("已核对。"))
            return redirect("desk:entry", row.id)
    heard = [word for word in listing.words_of(row) if word.conflict]
    title = reads.titles(person.scope, [str(row.id)]).get(str(row.id), str(row))
    return form_page(
        request, "desk/registers/conflict.html", form, row=row, register=row.register, title=_("核对并行修改"),
        entry_title=title, words=told(person.scope, heard), submit_label=_("按选中的为准"),
        cancel_url=reverse("desk:entry", args=[row.id]),
    )  # fmt: skip


def _choices(
    row: Entry, sides: dict[str, list[listing.Side]]
) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    people = Person.objects.in_bulk({side.by_id for each in sides.values() for side in each if side.by_id})
    columns = {column.key: label_of(column) for column in reads.columns(row.register)}
    found = []
    for key, each in sides.items():
        choices = []
        for number, side in enumerate(each):
            at = clock.local(side.at).strftime("%m-%d %H:%M")
            who = people[side.by_id].name if side.by_id in people else _("系统")
            now = _("（现在的）") if side.stands else ""
            choices.append((str(number), f"{side.text or '—'}{now} · {who} · {at}"))
        stands = next((str(number) for number, side in enumerate(each) if side.stands), "0")
        found.append((key, columns.get(key, key), choices, stands))
    return found


def of_entry(scope: Scope, row: Entry) -> list[dict[str, Any]]:
    """What submissions made of an entry, newest first, for its page."""
    return told(scope, listing.words_of(row)[::-1])


def listed(request: HttpRequest, row: Register) -> dict[str, Any]:
    """What the register's own page says of it as a list."""
    scope = person_of(request).scope
    waiting = listing.words(scope, row).filter(status__in=_OPEN).count() if row.entity_list else 0
    return {"waiting": waiting, "entities_url": reverse("desk:register_entities", args=[row.id])}
