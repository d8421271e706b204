"""Forms of the library of norms: a norm, an edition, its items as a table, the list of industries."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms as django_forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from guatu.inspections.models import Industry, NormVersion
from guatu.inspections.rules import norms as rules
from guatu.inspections.rules.norms import ItemDraft
from guatu.kit.forms import Form

SPARE_ROWS = 5  # empty lines below the items that are there
_SPLIT = "、,，;；\n"


def words(pairs: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """Codes with their words in the reader's language."""
    chinese = (get_language() or "zh").startswith("zh")
    return [(key, zh if chinese else en) for key, (zh, en) in pairs.items()]


def listed(text: str) -> list[str]:
    """店长、保洁员 → two words."""
    for sign in _SPLIT[1:]:
        text = text.replace(sign, _SPLIT[0])
    return [word for part in text.split(_SPLIT[0]) if (word := part.strip())]


class NormForm(Form):
    """What a norm is called and who issued it."""

    number = django_forms.CharField(
        label=_("文号"), max_length=80, help_text=_("发布单位的编号，例如 沪防控办〔2022〕12号。")
    )
    title = django_forms.CharField(label=_("规范名称"), max_length=200)
    kind = django_forms.ChoiceField(label=_("类型"), choices=lambda: words(rules.KINDS))
    issuer = django_forms.CharField(label=_("发布单位"), max_length=120, required=False)
    area = django_forms.CharField(
        label=_("适用区域代码"), max_length=20, required=False, help_text=_("只在一个区或街镇施行的写区划代码；空着表示处处适用。")
    )  # fmt: skip
    title_en = django_forms.CharField(label=_("英文名称"), max_length=300, required=False)


class EditionForm(Form):
    """One edition: when and for whom it holds."""

    edition = django_forms.CharField(label=_("版本"), max_length=40, help_text=_("例如 第二版、2022-07。"))
    in_force_from = django_forms.DateField(label=_("施行日期"))
    in_force_until = django_forms.DateField(
        label=_("施行到"), required=False, help_text=_("发布单位写明有效期的才填；空着表示到下一版施行为止。")
    )
    industries = django_forms.MultipleChoiceField(
        label=_("适用行业"), required=False, help_text=_("一个也不选表示所有行业。"), widget=django_forms.CheckboxSelectMultiple
    )  # fmt: skip
    posts = django_forms.CharField(
        label=_("适用岗位"),
        max_length=300,
        required=False,
        help_text=_("例如 店长、保洁员；空着表示所有人。"),
    )
    text = django_forms.CharField(
        label=_("原文或说明"), required=False, widget=django_forms.Textarea(attrs={"rows": 8})
    )

    def __init__(self, *args: Any, industries: Sequence[Industry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chinese = (get_language() or "zh").startswith("zh")
        field = self.fields["industries"]
        assert isinstance(field, django_forms.MultipleChoiceField)
        field.choices = [(row.code, row.name if chinese else row.name_en or row.name) for row in industries]

    def plain(self) -> dict[str, Any]:
        """What `add_edition` and `change_edition` take."""
        return {**self.cleaned_data, "posts": listed(self.cleaned_data["posts"])}

    @staticmethod
    def initial_of(row: NormVersion) -> dict[str, Any]:
        names = ("edition", "in_force_from", "in_force_until", "industries", "text")
        return {**{name: getattr(row, name) for name in names}, "posts": "、".join(row.posts)}


# --- items as a table ----------------------------------------------------------------------------------------------

COLUMNS = ("number", "text", "how", "consequence", "limit", "remedy", "photo", "posts", "text_en")


def blank(count: int) -> list[dict[str, Any]]:
    return [{"consequence": "rectify"} for _each in range(count)]


def lines_of(items: Sequence[Any]) -> list[dict[str, Any]]:
    """Items as the lines of the table."""
    return [
        {name: "、".join(item.posts) if name == "posts" else getattr(item, name) for name in COLUMNS}
        for item in items
    ]


def read_lines(post: Any) -> list[dict[str, Any]]:
    """The lines as they were sent, in the order of their order field; `pasted` lines come after them."""
    count = min(int(post.get("lines") or 0) if str(post.get("lines", "0")).isdigit() else 0, 500)
    lines = []
    for at in range(count):
        line = {name: post.get(f"{name}-{at}", "").strip() for name in COLUMNS}
        line["photo"] = bool(line["photo"])
        if not post.get(f"drop-{at}"):
            lines.append(line)
    return lines + pasted(post.get("pasted", ""))


def pasted(text: str) -> list[dict[str, Any]]:
    """Lines copied out of a spreadsheet: number, text, how, consequence, limit, remedy, photo, posts."""
    known = {word.lower(): code for code, pair in rules.CONSEQUENCES.items() for word in (code, *pair)}
    found = []
    for row in csv.reader(io.StringIO(text.strip("\n")), delimiter="\t"):
        cells = [cell.strip() for cell in row] + [""] * 8
        if not any(cells):
            continue
        line: dict[str, Any] = dict(zip(COLUMNS, cells, strict=False))
        line["consequence"] = known.get(cells[3].lower(), cells[3] or "rectify")
        line["photo"] = cells[6].lower() in ("是", "要", "1", "y", "yes", "true", "√")
        line["text_en"] = ""
        found.append(line)
    return found


def drafts(lines: Sequence[Mapping[str, Any]]) -> list[ItemDraft]:
    """The lines that say anything, as the act takes them."""
    return [
        ItemDraft(**{**{name: line.get(name, "") for name in COLUMNS}, "posts": listed(str(line.get("posts", ""))),
                     "photo": bool(line.get("photo"))})
        for line in lines
        if line.get("number") or line.get("text")
    ]  # fmt: skip


def item_fault(item: ItemDraft) -> str:
    """What is wrong with an item, as a sentence; "" when nothing is."""
    fault = rules.fault_of(item)
    if fault is None:
        return ""
    labels = {
        "number": _now("条号"), "text": _now("检查内容"), "how": _now("怎么查"), "consequence": _now("不符合时"),
        "limit": _now("整改时限"), "remedy": _now("整改要求"), "text_en": _now("英文"),
    }  # fmt: skip
    return _now("“%(field)s”不能写成“%(value)s”。") % {"field": labels[fault[0]], "value": fault[1][:60]}


class WithdrawForm(Form):
    """Why an edition no longer holds."""

    why = django_forms.CharField(
        label=_("为什么撤回"), max_length=200, help_text=_("例如 上级通知停止施行。")
    )


class HeldForm(Form):
    """For whom: what holds for a trade, a kind of place, a post, on a day."""

    industry = django_forms.ChoiceField(label=_("行业"), required=False)
    post = django_forms.CharField(
        label=_("岗位"), max_length=60, required=False, widget=django_forms.TextInput(attrs={"list": "posts"})
    )
    day = django_forms.DateField(label=_("哪一天"), required=False)

    def __init__(self, *args: Any, industries: Sequence[Industry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chinese = (get_language() or "zh").startswith("zh")
        field = self.fields["industry"]
        assert isinstance(field, django_forms.ChoiceField)
        field.choices = [
            ("", _now("不限")),
            *((row.code, row.name if chinese else row.name_en or row.name) for row in industries),
        ]
