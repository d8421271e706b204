"""Forms of units, people, posts and contracts."""

import re
from typing import Any

from django import forms as django_forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from guatu.kernel.access import Scope
from guatu.kit.forms import Form
from guatu.units import reads
from guatu.units.models import Person, Unit
from guatu.units.rules import CONTRACT_KINDS, ROLE_WORDS, UNIT_KINDS


def _chosen(table: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    chinese = (get_language() or "zh").startswith("zh")
    return [(key, zh if chinese else en) for key, (zh, en) in table.items()]


def _unit_choices(scope: Scope) -> list[tuple[str, str]]:
    return [
        ("", "—"),
        *((line.unit.code, "　" * line.depth + line.unit.name) for line in reads.unit_tree(scope)),
    ]


def _set(form: Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, django_forms.ChoiceField)
    field.choices = choices


class UnitForm(Form):
    """A unit."""

    name = django_forms.CharField(label=_("单位全称"), max_length=120)
    short_name = django_forms.CharField(
        label=_("简称"), max_length=40, required=False, help_text=_("列表和大屏上用。")
    )
    code = django_forms.CharField(
        label=_("代码"), max_length=40, help_text=_("小写字母、数字、连字符，例如 lrj；登记后不能改。")
    )
    kind = django_forms.ChoiceField(
        label=_("类别"), required=False, choices=lambda: [("", "—"), *_chosen(UNIT_KINDS)]
    )
    parent = django_forms.ChoiceField(label=_("上级单位"), required=False)
    area = django_forms.CharField(
        label=_("所属区域"), max_length=80, required=False, help_text=_("名称或代码；空着随上级单位。")
    )

    def __init__(self, *args: Any, scope: Scope, editing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set(self, "parent", _unit_choices(scope))
        if editing:
            del self.fields["code"], self.fields["parent"]

    def clean_parent(self) -> Unit | None:
        code = self.cleaned_data["parent"]
        return Unit.objects.get(code=code) if code else None


class PersonForm(Form):
    """A person; the telephone number is sealed as soon as it arrives."""

    name = django_forms.CharField(label=_("姓名"), max_length=60)
    username = django_forms.CharField(
        label=_("用户名"), max_length=60, help_text=_("登录用，建议姓名拼音；登记后不能改。")
    )
    unit = django_forms.ChoiceField(label=_("单位"), required=False)
    duty_title = django_forms.CharField(label=_("职务"), max_length=60, required=False)
    phone = django_forms.CharField(
        label=_("电话"),
        max_length=40,
        required=False,
        help_text=_("加密保存，默认只显示前后几位。"),
        widget=django_forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    password = django_forms.CharField(
        label=_("初始密码"),
        required=False,
        help_text=_("十位以上；空着则暂时不能登录。"),
        widget=django_forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, scope: Scope, editing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set(self, "unit", _unit_choices(scope))
        if editing:
            del self.fields["username"], self.fields["password"]
            self.fields["phone"].help_text = _("空着不改；要删去请填一个减号。")

    def clean_unit(self) -> Unit | None:
        code = self.cleaned_data["unit"]
        return Unit.objects.get(code=code) if code else None


class PostForm(Form):
    """A post: a role over areas and units, from a day until a day."""

    role = django_forms.ChoiceField(label=_("角色"), choices=lambda: _chosen(ROLE_WORDS))
    title = django_forms.CharField(
        label=_("岗位名称"), max_length=80, required=False, help_text=_("例如 南翔镇保障办联络员。")
    )
    areas = django_forms.CharField(
        label=_("负责区域"), required=False, max_length=400, help_text=_("名称或代码，几个之间用顿号或空格。")
    )
    units = django_forms.ChoiceField(
        label=_("负责单位"), required=False, help_text=_("连同它的下级；牵头单位的岗位填这里。")
    )
    from_day = django_forms.DateField(label=_("从哪天起"), required=False)
    to_day = django_forms.DateField(label=_("到哪天止"), required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set(self, "units", _unit_choices(scope))

    def arguments(self) -> dict[str, Any]:
        """What `give_post` is called with."""
        cleaned = self.cleaned_data
        chosen = (
            Unit.objects.filter(code=cleaned["units"]).values_list("path", flat=True)
            if cleaned["units"]
            else []
        )
        return {
            "role": cleaned["role"],
            "title": cleaned["title"],
            "areas": [word for word in re.split(r"[、,，;；\s]+", cleaned["areas"]) if word],
            "units": list(chosen),
            "from_day": cleaned["from_day"],
            "to_day": cleaned["to_day"],
        }


class PasswordForm(Form):
    """A new password for an account."""

    password = django_forms.CharField(
        label=_("新密码"),
        help_text=_("十位以上，不能只有数字，也不能是常见密码。"),
        widget=django_forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ReasonForm(Form):
    """Why a telephone number is looked at."""

    reason = django_forms.CharField(
        label=_("查看理由"), max_length=200, help_text=_("会连同您的姓名和时间一起留痕。")
    )


class ContractForm(Form):
    """Who answers, how, since when. What is answered for comes from the page."""

    person = django_forms.CharField(
        label=_("责任人"),
        max_length=60,
        help_text=_("用户名；没有重名时可填姓名。"),
        widget=django_forms.TextInput(),
    )
    kind = django_forms.ChoiceField(label=_("包干类别"), choices=lambda: _chosen(CONTRACT_KINDS))
    from_day = django_forms.DateField(label=_("从哪天起"), required=False, help_text=_("空着为今天。"))
    to_day = django_forms.DateField(label=_("到哪天止"), required=False, help_text=_("空着为长期。"))
    note = django_forms.CharField(label=_("备注"), max_length=200, required=False)

    def clean_person(self) -> Person:
        from guatu.kernel.problems import Problem

        try:
            return reads.find_person(self.cleaned_data["person"])
        except Problem as problem:
            raise django_forms.ValidationError(problem.words()) from problem


class AreaContractForm(ContractForm):
    """The same with an area to be named."""

    area = django_forms.CharField(
        label=_("包干区域"), max_length=80, help_text=_("居村委、网格或街镇的名称或代码。")
    )
    field_order = ("area", "person", "kind", "from_day", "to_day", "note")


class TokenForm(Form):
    """A token for machines."""

    name = django_forms.CharField(label=_("用途"), max_length=60, help_text=_("例如 本局 Excel 报表。"))
    days = django_forms.TypedChoiceField(
        label=_("有效期"),
        coerce=int,
        choices=lambda: [("90", _now("90 天")), ("365", _now("一年")), ("30", _now("30 天"))],
    )
