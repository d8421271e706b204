"""Forms about registers as entity lists."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guatu.kit.forms import Form


class ListForm(Form):
    """Under which name a register is offered to forms and phones, and how."""

    name = forms.CharField(
        label=_("清单名"), required=False, max_length=60,
        help_text=_("表单用 select_one_from_file 清单名.csv 从中选择，用 entities 表写入。留空就不提供。"),
    )  # fmt: skip
    approval = forms.BooleanField(
        label=_("新建的要等填报审阅通过才写入"), required=False,
        help_text=_("只管新建；更新总是马上写入，有冲突会列出来。"),
    )  # fmt: skip
    own = forms.BooleanField(
        label=_("手机上只下发本人登记的"), required=False, help_text=_("不勾选时，下发填报人负责区域内的。")
    )
    personal = forms.BooleanField(
        label=_("有权查看的人，手机上也下发个人信息"), required=False,
        help_text=_("每次下发都逐条记入查看记录。没有这项权限的人始终拿不到。"),
    )  # fmt: skip


class SettleForm(Form):
    """Which text shall stand in each column; the choice is a number in the list of sides."""

    def __init__(
        self, *args: Any, columns: list[tuple[str, str, list[tuple[str, str]], str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for key, label, choices, stands in columns:
            self.fields[f"c_{key}"] = forms.ChoiceField(
                label=label, choices=choices, initial=stands, widget=forms.RadioSelect
            )
