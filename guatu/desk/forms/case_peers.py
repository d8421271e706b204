"""Forms of other platforms: who they are, their key, a file of theirs, settling a conflict, handing a case over."""

import json
import tomllib
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from guatu.cases.models import SOURCE_WORDS, Peer
from guatu.cases.models.exchange_words import KIND_WORDS, WAY_WORDS, fault_words
from guatu.cases.rules.exchange import mapping_faults
from guatu.kit.forms import Form
from guatu.units.models import Person, Unit


def as_toml(mapping: dict[str, Any]) -> str:
    """A mapping as text, one line a word, as it stands in a pack."""
    lines: list[str] = []
    for part, table in mapping.items():
        lines.append(f"[{part}]")
        lines += [
            f"{json.dumps(str(key), ensure_ascii=False)} = {json.dumps(str(value), ensure_ascii=False)}"
            for key, value in dict(table).items()
        ]
        lines.append("")
    return "\n".join(lines)


class PeerForm(Form):
    """A platform. The mapping is written as in a pack."""

    code = django_forms.SlugField(
        label=_("代码"), max_length=40, help_text=_("英文小写，例如 city；以后不能改。")
    )
    name = django_forms.CharField(label=_("名称"), max_length=120)
    kind = django_forms.ChoiceField(label=_("是哪一类"), choices=list(KIND_WORDS.items()))
    source = django_forms.ChoiceField(label=_("来件的来源"), choices=list(SOURCE_WORDS.items()))
    way = django_forms.ChoiceField(label=_("怎样交换"), choices=list(WAY_WORDS.items()))
    base_url = django_forms.CharField(
        label=_("接口地址"), required=False, max_length=300,
        help_text=_("例如 https://platform.example/api/exchange/expo。留空时由对方来取、来送。"),
    )  # fmt: skip
    person = django_forms.ModelChoiceField(
        label=_("对方用的对接账号"), queryset=Person.objects.none(), required=False,
        help_text=_("对方凭这个账号的令牌来取、来送。岗位请选“对接账号”，除此之外什么也看不到。"),
    )  # fmt: skip
    unit = django_forms.ModelChoiceField(
        label=_("代表它的单位"), queryset=Unit.objects.none(), required=False,
        help_text=_("派给这个单位的案件，就是下发给这个平台。"),
    )  # fmt: skip
    mapping = django_forms.CharField(
        label=_("对照"), required=False, widget=django_forms.Textarea(attrs={"rows": 12, "class": "code"}),
        help_text=_("留空按标准用语。写法与场景包相同：[states] 本级状态 = 对方用语；[signals] 对方用语 = none、accept、done 或 return；[classes]、[areas]、[units] 本级 = 对方；[defaults]。"),
    )  # fmt: skip
    active = django_forms.BooleanField(label=_("启用"), required=False, initial=True)

    def __init__(self, *args: Any, peer: Peer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        serving = Person.objects.filter(is_active=True, posts__role="exchange").distinct()
        self.fields["person"].queryset = serving  # type: ignore[attr-defined]
        self.fields["unit"].queryset = Unit.objects.filter(active=True).order_by("path")  # type: ignore[attr-defined]
        if peer is not None:
            del self.fields["code"]

    def clean_mapping(self) -> dict[str, Any]:
        try:
            found = tomllib.loads(self.cleaned_data["mapping"])
        except tomllib.TOMLDecodeError as wrong:
            raise ValidationError(_now("对照写得不对：%(why)s") % {"why": wrong}) from wrong
        faults = mapping_faults(found)
        if faults:
            raise ValidationError([fault_words(each) for each in faults[:20]])
        return found


class TokenForm(Form):
    token = django_forms.CharField(
        label=_("对方给的令牌"), required=False, max_length=400, strip=True,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("加密保存，以后不再显示。留空表示删去。"),
    )  # fmt: skip


class FileForm(Form):
    file = django_forms.FileField(label=_("对方的交换文件（zip）"))


class SettleForm(Form):
    note = django_forms.CharField(
        label=_("说明"), required=False, max_length=500, widget=django_forms.Textarea(attrs={"rows": 2}),
        help_text=_("人工处理时必填：怎样商定的。"),
    )  # fmt: skip


class PeerOfferForm(Form):
    """To which district the case is handed over, and why."""

    peer = django_forms.ModelChoiceField(
        label=_("移交给哪个区"), queryset=Peer.objects.none(), empty_label=_("请选择")
    )
    reason = django_forms.CharField(
        label=_("为什么移交"), max_length=1000, widget=django_forms.Textarea(attrs={"rows": 2}),
        help_text=_("对方接手以前，案件仍由本单位承办，期限照常计算。"),
    )  # fmt: skip

    def __init__(self, *args: Any, peers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["peer"].queryset = peers  # type: ignore[attr-defined]
