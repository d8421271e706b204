"""Two people at one case: what you entered, what stood there when you opened it, what stands there now, and who changed it.

A form carries `{% version row %}` and `{% seen case %}`. When its act is refused because somebody else came first, the view
answers `conflict_page`: nothing typed is lost, and the person chooses between theirs and mine.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core import signing
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guatu.cases import reads
from guatu.cases.models import LIMIT_WORDS, STATUS_WORDS, Case
from guatu.desk.story import lines_of
from guatu.kernel import clock
from guatu.kernel.acts import story
from guatu.kernel.problems import Problem
from guatu.kit import formats
from guatu.places import reads as places

CODES = ("kernel.stale", "case.taken", "case.wrong_step")
_SALT = "guatu.case.seen"
_NEVER = ("photos",)  # a browser gives no file back


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return clock.local(value).isoformat(timespec="minutes")
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def same(one: str, other: str) -> bool:
    """Whether two texts say the same: a form writes 5.00 where the case has 5."""
    if one == other:
        return True
    try:
        return Decimal(one) == Decimal(other)
    except (InvalidOperation, ValueError):
        return False


def stands(case: Case) -> dict[str, str]:
    """The case as plain texts, under the names that its forms use."""
    return {
        "status": case.status,
        "unit": str(case.unit or ""),
        "taker": case.taker.name if case.taker is not None else "",
        "due_at": _plain(case.due_at),
        **{
            name: _plain(getattr(case, name))
            for name in ("title", "class_code", "description", "address", "source", "upper_number", "limit_amount", "limit_unit")
        },
        "area": case.area[:9],
        "lon": _plain(case.source_x),
        "lat": _plain(case.source_y),
        "crs": case.source_crs or "wgs84",
    }  # fmt: skip


def sealed(case: Case) -> str:
    """`stands` with its version and the moment, as a form carries it."""
    said = {**stands(case), "_version": case.version, "_at": clock.real_now().isoformat()}
    return signing.dumps(said, salt=_SALT, compress=True)


def opened(request: HttpRequest) -> dict[str, Any]:
    """What stood there when the form was opened; empty when the form did not say."""
    try:
        found: dict[str, Any] = signing.loads(request.POST.get("seen", ""), salt=_SALT)
        return found
    except signing.BadSignature:
        return {}


@dataclass(frozen=True)
class Difference:
    """One thing about the case: what was entered, what stood there, what stands there now."""

    label: Any
    mine: str
    before: str
    now: str

    @property
    def changed(self) -> bool:
        return self.before != self.now


_LABELS = {
    "status": lambda: _("状态"), "unit": lambda: _("承办单位"), "taker": lambda: _("接单"), "due_at": lambda: _("期限"),
    "title": lambda: _("标题"), "class_code": lambda: _("类别"), "description": lambda: _("详细情况"), "address": lambda: _("地址"),
    "source": lambda: _("来源"), "upper_number": lambda: _("上级编号"), "limit_amount": lambda: _("期限"),
    "limit_unit": lambda: _("单位"), "area": lambda: _("街镇"), "lon": lambda: _("经度"), "lat": lambda: _("纬度"),
    "crs": lambda: _("坐标系"),
}  # fmt: skip


def _word(name: str, value: str, case: Case) -> str:
    """A kept text as people read it."""
    if not value:
        return "—"
    if name == "status":
        return str(STATUS_WORDS.get(value, value))
    if name == "due_at":
        return str(formats.moment(clock.local(dt.datetime.fromisoformat(value)), get_language()))
    if name == "class_code":
        return reads.class_names(case.campaign, get_language() or "zh").get(value, value)
    if name == "limit_unit":
        return str(LIMIT_WORDS.get(value, value))
    return str(places.name_of(value)) if name == "area" else value


def differences(case: Case, form: BaseForm, before: Mapping[str, Any], *, own: bool) -> list[Difference]:
    """What differs between the three. own: the form's fields are the case's (a correction), not a step's words."""
    now = stands(case)
    typed = {name: _plain(form[name].value()) for name in form.fields if name not in _NEVER}
    found = []
    for name, value in now.items():
        was = str(before.get(name, value))
        mine = typed.get(name, "") if own and name in typed else ""
        mine = was if same(mine, was) else mine
        if was != value or (mine and mine != was):
            found.append(
                Difference(
                    _LABELS[name](),
                    _word(name, mine, case) if mine else "",
                    _word(name, was, case),
                    _word(name, value, case),
                )
            )
    if not own:
        found += [
            Difference(form[name].label, _shown(form, name), "", "") for name, text in typed.items() if text
        ]
    return found


def _shown(form: BaseForm, name: str) -> str:
    """What was typed or chosen, as it was read on the page."""
    value = form[name].value()
    choices = getattr(form.fields[name], "choices", None)
    if choices is not None:
        return str({str(key): word for key, word in choices}.get(str(value), value))
    return str(value)


def merged(request: HttpRequest, case: Case, before: Mapping[str, Any]) -> Any:
    """The posted answers over the case as it stands now: what the person did not touch follows the others."""
    now, data = stands(case), request.POST.copy()
    for name, value in now.items():
        if name in data and name in before and same(str(data[name]), before[name]):
            data[name] = value
    data["version"], data["seen"] = str(case.version), sealed(case)
    return data


def is_conflict(request: HttpRequest, case: Case, refusal: Problem) -> bool:
    """Whether somebody else came first: the refusal is of that kind and the form was opened on another version."""
    return refusal.code in CODES and request.POST.get("version", "") not in ("", str(case.version))


def conflict_page(
    request: HttpRequest,
    case: Case,
    form: BaseForm,
    refusal: Problem,
    *,
    action: str,
    theirs: str,
    label: Any,
    own: bool,
    possible: bool = True,
) -> HttpResponse:
    """Answer 409 with the three sides. action: where “mine” is posted again; theirs: the page that shows what stands.

    possible: whether mine can still be done on the new state; when not, what was typed is shown to be copied.
    """
    before = opened(request)
    since = dt.datetime.fromisoformat(before["_at"]) if before else None
    acts = [act for act in story(case) if since is None or act.recorded_at > since][:8]
    context = {
        "case": case,
        "form": form,
        "problem": refusal,
        "differences": differences(case, form, before, own=own),
        "lines": lines_of(acts),
        "action": action,
        "theirs": theirs,
        "label": label,
        "own": own,
        "possible": possible,
        "files": bool(request.FILES) or form.is_multipart(),
    }
    return render(request, "desk/cases/conflict.html", context, status=409)
