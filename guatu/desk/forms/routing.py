"""A dispatch rule as a form: one condition of each kind in plain fields, whatever else as it is written."""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms as django_forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guatu.campaigns.models import Campaign
from guatu.cases.acts import find_class
from guatu.cases.models import SOURCE_WORDS
from guatu.kernel.problems import Problem
from guatu.kit.forms import Form
from guatu.places import reads as places
from guatu.places.models import Zone
from guatu.units.models import Unit
from guatu.units.rules import ROLE_WORDS

_SPLIT = re.compile(r"[\s,，、;；]+")
_DAYS = [("1", _("周一")), ("2", _("周二")), ("3", _("周三")), ("4", _("周四")), ("5", _("周五")), ("6", _("周六")), ("7", _("周日"))]  # fmt: skip
_EITHER = [("", _("都可以")), ("yes", _("是")), ("no", _("否"))]
_TEXTS = ("any", "all", "none")
_PLACES = ("kinds", "categories", "industries", "ids")


def _short(label: Any, help_text: Any = "") -> django_forms.CharField:
    return django_forms.CharField(label=label, required=False, max_length=600, help_text=help_text)


def _tick(label: Any) -> django_forms.BooleanField:
    return django_forms.BooleanField(label=label, required=False)


def _boxes(label: Any, choices: Sequence[tuple[str, Any]] = ()) -> django_forms.MultipleChoiceField:
    return django_forms.MultipleChoiceField(
        label=label, required=False, choices=choices, widget=django_forms.CheckboxSelectMultiple
    )


class RuleForm(Form):
    """All named conditions must hold; what is left empty is not asked."""

    name = django_forms.CharField(
        label=_("规则名称"), max_length=120, help_text=_("一句话：什么样的案件派给谁。")
    )
    to = django_forms.ChoiceField(
        label=_("派给"),
        choices=[("unit", _("指定的单位")), ("area", _("案件所在街镇的单位"))],
        initial="unit",
    )
    unit = django_forms.ModelChoiceField(
        label=_("单位"), queryset=Unit.objects.none(), required=False, empty_label="—", to_field_name="code"
    )
    role = django_forms.ChoiceField(
        label=_("找谁"),
        required=False,
        help_text=_("页面会写出这个单位此刻由谁值班；选了岗位，就找这个岗位的值班人。"),
    )
    position = django_forms.IntegerField(
        label=_("排在第几位"), required=False, min_value=1, max_value=1000, help_text=_("从上到下问，先符合的算数；不填就保持原位，新规则排在最后。")
    )  # fmt: skip
    classes = django_forms.CharField(
        label=_("类别"), required=False, widget=django_forms.Textarea(attrs={"rows": 2}),
        help_text=_("类别名称或编号，一行一个；“03*”是 03 开头的，“major:03”是整个大类。"),
    )  # fmt: skip
    classes_not = _tick(_("以上类别除外"))
    sources = _boxes(_("来源"), list(SOURCE_WORDS.items()))
    sources_not = _tick(_("以上来源除外"))
    areas = _boxes(_("街镇"))
    zones = _boxes(_("片区"))
    more_areas = _short(_("其他区域编号"), _("居村委或网格的编号，用逗号分开。"))
    areas_not = _tick(_("以上区域除外"))
    any = _short(_("含其中任何一个词"), _("在标题、详细情况和地址里找；几个词用逗号分开。"))
    all = _short(_("每个词都要有"))
    none = _short(_("一个都不能有"))
    pattern = _short(_("文字式样"), _("正则表达式，只在关键词不够用时写。"))
    weekdays = _boxes(_("星期几"), _DAYS)
    hours_from = django_forms.TimeField(label=_("几点起"), required=False)
    hours_to = django_forms.TimeField(
        label=_("几点止"), required=False, help_text=_("止比起早，就是跨过半夜。")
    )
    working = django_forms.ChoiceField(label=_("在工作时间内"), required=False, choices=_EITHER)
    guarantee = django_forms.ChoiceField(label=_("在保障期内"), required=False, choices=_EITHER)
    since = django_forms.DateField(label=_("哪天起"), required=False)
    until = django_forms.DateField(label=_("哪天止"), required=False)
    kinds = _short(_("点位种类"), _("例如 parking_lot，用逗号分开。"))
    categories = _short(_("点位类别"))
    industries = _short(_("所属行业"))
    ids = _short(_("点位编号"))
    more = django_forms.CharField(
        label=_("更多条件"), required=False, max_length=4000, widget=django_forms.Textarea(attrs={"rows": 2}),
        help_text=_("同一种条件要写两条时用，写成 JSON 列表。"),
    )  # fmt: skip
    groups = [
        (_("派给谁"), ["name", "to", "unit", "role", "position"]),
        (_("什么问题"), ["classes", "classes_not", "any", "all", "none", "pattern"]),
        (
            _("在哪里"),
            ["areas", "zones", "more_areas", "areas_not", "kinds", "categories", "industries", "ids"],
        ),
        (
            _("什么时候（派单时）"),
            ["weekdays", "hours_from", "hours_to", "working", "guarantee", "since", "until"],
        ),
        (_("从哪里来"), ["sources", "sources_not"]),
        (_("更多"), ["more"]),
    ]

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        chinese = (get_language() or "zh").startswith("zh")
        areas = [(line.code, line.name) for line in places.children(campaign.area)]
        self.fields["areas"].choices = areas  # type: ignore[attr-defined]
        self.fields["zones"].choices = list(Zone.objects.order_by("code").values_list("code", "name"))  # type: ignore[attr-defined]
        self.fields["unit"].queryset = Unit.objects.filter(active=True).order_by("path")  # type: ignore[attr-defined]
        roles = [(role, words[0 if chinese else 1]) for role, words in ROLE_WORDS.items()]
        self.fields["role"].choices = [("", _("不分岗位")), *roles]  # type: ignore[attr-defined]
        for name in ("zones", "areas"):
            if not self.fields[name].choices:  # type: ignore[attr-defined]
                del self.fields[name]

    def clean_classes(self) -> list[str]:
        """Names become scheme|kind|code; codes, starts and majors stay as written."""
        found = []
        for text in self.cleaned_data["classes"].splitlines():
            word = text.strip()
            if word and not (word.startswith("major:") or word.endswith("*") or "|" in word):
                try:
                    row = find_class(self.campaign, word)
                except Problem as problem:
                    raise django_forms.ValidationError(problem.words()) from None
                word = f"{row.scheme}|{row.kind}|{row.code}" if row is not None and row.code != word else word
            if word:
                found.append(word)
        return found

    def clean_more(self) -> list[Any]:
        text = self.cleaned_data["more"].strip()
        try:
            found = json.loads(text) if text else []
        except ValueError:
            raise django_forms.ValidationError(_("不是 JSON 列表。")) from None
        if not isinstance(found, list):
            raise django_forms.ValidationError(_("不是 JSON 列表。"))
        return found

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("to") == "unit" and not said.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("请选择派给哪个单位。"))
        return said

    def rule(self) -> dict[str, Any]:
        """What `acts.save_rule` takes."""
        said = self.cleaned_data
        return {
            "name": said["name"],
            "to": said["to"],
            "unit": said["unit"].code if said["unit"] is not None and said["to"] == "unit" else "",
            "role": said["role"],
            "conditions": self.conditions(),
        }

    def place(self) -> int | None:
        """The wanted place in the list, 0 first; None: as it is."""
        found: int | None = self.cleaned_data.get("position")
        return found - 1 if found else None

    def conditions(self) -> list[dict[str, Any]]:
        said = self.cleaned_data
        areas = [
            *said.get("areas", []),
            *[f"zone:{code}" for code in said.get("zones", [])],
            *_words(said["more_areas"]),
        ]
        time = {
            "weekdays": [int(day) for day in said["weekdays"]],
            "from": _clock(said["hours_from"]),
            "to": _clock(said["hours_to"]),
            "working": _flag(said["working"]),
            "guarantee": _flag(said["guarantee"]),
            "since": said["since"].isoformat() if said["since"] else "",
            "until": said["until"].isoformat() if said["until"] else "",
        }
        found = [
            _condition("class", {"in": said["classes"]}, said["classes_not"]),
            _condition("area", {"in": areas}, said["areas_not"]),
            _condition("source", {"in": said["sources"]}, said["sources_not"]),
            _condition(
                "keyword", {**{key: _words(said[key]) for key in _TEXTS}, "pattern": said["pattern"].strip()}
            ),
            _condition("time", time),
            _condition("place", {key: _words(said[key]) for key in _PLACES}),
        ]
        return [*[each for each in found if len(each) > 1], *said["more"]]


def _condition(kind: str, said: Mapping[str, Any], no: bool = False) -> dict[str, Any]:
    found = {key: value for key, value in said.items() if value not in ("", [], None)}
    return {"kind": kind, **found, **({"not": True} if no and found else {})}


def _words(text: str) -> list[str]:
    return [word for word in _SPLIT.split(text) if word]


def _flag(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)


def _clock(moment: dt.time | None) -> str:
    return f"{moment:%H:%M}" if moment is not None else ""


def initial_of(data: Mapping[str, Any], position: int, streets: Sequence[str]) -> dict[str, Any]:
    """A rule as the form shows it; conditions that its fields cannot hold stand in “more”."""
    shown: dict[str, Any] = {
        "name": data["name"], "to": data["to"], "unit": data["unit"], "role": data["role"], "position": position,
    }  # fmt: skip
    more = []
    seen: set[str] = set()
    for each in data["conditions"]:
        kind = each.get("kind") if isinstance(each, dict) else None
        fields = _SHOWERS[kind](each, streets) if kind in _SHOWERS and kind not in seen else None
        if fields is None:
            more.append(each)
        else:
            seen.add(str(kind))
            shown |= fields
    return {**shown, "more": json.dumps(more, ensure_ascii=False) if more else ""}


def _list(value: Any) -> list[str] | None:
    found = value if isinstance(value, list) else [value] if value not in (None, "") else []
    return [str(each) for each in found] if all(isinstance(each, (str, int)) for each in found) else None


def _show_class(each: Mapping[str, Any], _streets: Sequence[str]) -> dict[str, Any] | None:
    words = _list(each.get("in"))
    return None if words is None else {"classes": "\n".join(words), "classes_not": bool(each.get("not"))}


def _show_source(each: Mapping[str, Any], _streets: Sequence[str]) -> dict[str, Any] | None:
    words = _list(each.get("in"))
    return None if words is None else {"sources": words, "sources_not": bool(each.get("not"))}


def _show_area(each: Mapping[str, Any], streets: Sequence[str]) -> dict[str, Any] | None:
    words = _list(each.get("in"))
    if words is None:
        return None
    return {
        "areas": [word for word in words if word in streets],
        "zones": [word.removeprefix("zone:") for word in words if word.startswith("zone:")],
        "more_areas": "，".join(
            word for word in words if word not in streets and not word.startswith("zone:")
        ),
        "areas_not": bool(each.get("not")),
    }


def _show_keyword(each: Mapping[str, Any], _streets: Sequence[str]) -> dict[str, Any] | None:
    words = {key: _list(each.get(key)) for key in _TEXTS}
    if any(found is None or any(_SPLIT.search(word) for word in found) for found in words.values()):
        return None  # a phrase with a space in it would fall apart in the field
    return {
        **{key: "，".join(found or ()) for key, found in words.items()},
        "pattern": each.get("pattern") or "",
    }


def _show_place(each: Mapping[str, Any], _streets: Sequence[str]) -> dict[str, Any] | None:
    words = {key: _list(each.get(key)) for key in _PLACES}
    if any(found is None or any(_SPLIT.search(word) for word in found) for found in words.values()):
        return None
    return {key: "，".join(found or ()) for key, found in words.items()}


def _show_time(each: Mapping[str, Any], _streets: Sequence[str]) -> dict[str, Any] | None:
    either: dict[Any, str] = {True: "yes", False: "no"}
    return {
        "weekdays": _list(each.get("weekdays")) or [],
        "hours_from": each.get("from") or None,
        "hours_to": each.get("to") or None,
        "working": either.get(each.get("working"), ""),
        "guarantee": either.get(each.get("guarantee"), ""),
        "since": each.get("since") or None,
        "until": each.get("until") or None,
    }


_SHOWERS: dict[Any, Any] = {
    "class": _show_class,
    "area": _show_area,
    "source": _show_source,
    "keyword": _show_keyword,
    "place": _show_place,
    "time": _show_time,
}
