"""What the pages of the evaluation share: words, names of rows, and the question as an address says it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guatu.campaigns.models import Campaign
from guatu.cases import reads as case_reads
from guatu.figures.reads.evaluation import Asked
from guatu.kernel.access import Scope
from guatu.places.reads import names as area_names
from guatu.units.models import Person, Unit

RIGHT = "figure.read"
BY_WORDS = {"unit": _("单位"), "area": _("区域"), "person": _("人员"), "class": _("类别")}
PERIOD_WORDS = {
    "day": _("日"), "week": _("周"), "month": _("月"), "quarter": _("季度"), "custom": _("自定时段"),
}  # fmt: skip
GROUP_WORDS = {
    "": _("综合"), "report": _("上报环节"), "contact": _("先行联系"), "confirm": _("核实环节"), "file": _("受理立案"),
    "dispatch": _("派遣"), "accept": _("接单环节"), "handle": _("处置环节"), "check": _("核查环节"), "whole": _("结案环节"),
    "feedback": _("回访"), "all": _("全部指标"),
}  # fmt: skip
NOBODY = {
    "unit": _("（未派单位）"), "area": _("（没有区域）"), "person": _("（还没有人办）"), "class": _("（没有类别）"),
}  # fmt: skip


def two(pair: tuple[str, str]) -> str:
    return pair[0] if (get_language() or "zh").startswith("zh") else pair[1]


def scope_of(request: HttpRequest) -> Scope:
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    return scope


def names_of(campaign: Campaign, want: Asked, keys: Sequence[str]) -> dict[str, str]:
    """What the rows are called. One query at most."""
    by = want.question.by
    found: dict[str, str] = {}
    if by == "unit":
        rows = Unit.objects.filter(path__in=keys)
        found = {unit.path: unit.short_name or unit.name for unit in rows}
    elif by == "person":
        ids = [key for key in keys if key]
        found = {str(key): name for key, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")}
    elif by == "class":
        found = case_reads.class_names(campaign, get_language() or "zh")
    else:
        known = area_names()
        found = {key: known.get(key, key) for key in keys}
    return {**found, "": str(NOBODY[by])}


def query_of(want: Asked) -> dict[str, str]:
    """The question as an address says it."""
    question = want.question
    said = {
        "period": want.period, "by": question.by, "area": question.area, "unit": question.unit,
        "class": question.class_code, "person": question.person, "scheme": want.scheme,
        "as_of": question.as_of.effective_at.isoformat(timespec="minutes") if question.as_of else "",
    }  # fmt: skip
    if want.period == "custom":
        said |= {"from": want.span[0].isoformat(), "to": want.span[1].isoformat()}
    else:
        said["on"] = want.span[0].isoformat()
    return {name: value for name, value in said.items() if value}


def filtered(campaign: Campaign, want: Asked) -> list[tuple[Any, str]]:
    """The filters in force, in words."""
    question = want.question
    said: list[tuple[Any, str]] = []
    if question.area:
        said.append((BY_WORDS["area"], area_names().get(question.area, question.area)))
    for by, key in (("unit", question.unit), ("class", question.class_code), ("person", question.person)):
        if key:
            said.append((BY_WORDS[by], _name_of(campaign, by, key)))
    return said


def _name_of(campaign: Campaign, by: str, key: str) -> str:
    if by == "unit":
        unit = Unit.objects.filter(path=key).first()
        return str(unit) if unit is not None else key
    if by == "class":
        return case_reads.class_names(campaign, get_language() or "zh").get(key, key)
    found = Person.objects.filter(pk=key).first() if len(key) == 36 else None
    return found.name if found is not None else key
