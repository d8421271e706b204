"""Forms of the pages about forms (the paper kind) and what was filled in."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guatu.fieldwork.rules.sheet import NUMBERS, Sheet, said
from guatu.kit.forms import Form
from guatu.units.models import Person


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        found = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in found]


class UploadForm(Form):
    """The workbook and the files it speaks of."""

    source = forms.FileField(
        label=_("表单文件"),
        help_text=_("XLSForm 工作簿（.xlsx、.xls、.csv、.md）或 XForm（.xml）。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.csv,.md,.xml"}),
    )
    attached = FilesField(
        label=_("附带文件"),
        required=False,
        help_text=_("题目里的图片、select_one_from_file 用到的 .csv，可以多选。"),
    )
    draft = forms.BooleanField(label=_("先存为草稿，暂不下发到手机"), required=False)


class ReasonForm(Form):
    """A reason that must be given."""

    reason = forms.CharField(label=_("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class KeyForm(Form):
    """For whom a phone is set up."""

    person = forms.ModelChoiceField(label=_("谁使用"), queryset=Person.objects.none())
    name = forms.CharField(
        label=_("手机名称"), max_length=80, required=False, help_text=_("例如：南翔镇 3 号巡查手机")
    )
    how = forms.ChoiceField(
        label=_("怎么设置"), required=False, widget=forms.RadioSelect,
        choices=[("qr", _("扫描二维码（推荐）")), ("digest", _("用户名和密码：手机不能扫码时手工输入"))],
    )  # fmt: skip

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class SettingsForm(Form):
    """How a form's submissions count. Every choice may be left to good sense (the first line)."""

    groups = (
        (_("算作什么"), ("kind", "category")),
        (_("何地、何时、哪项活动"), ("area_field", "date_field", "activity_field", "title_field")),
        (_("哪些数相加，按什么分组"), ("measures", "attributes")),
        (_("谁能填，哪些封存"), ("public", "personal")),
        (_("收到时怎样核对，退回后多久改好"), ("validation", "return_limit", "return_unit")),
    )
    kind = forms.RegexField(
        r"^[a-z][a-z0-9_.-]{0,58}$",
        label=_("事实种类"),
        help_text=_("指标按这个名字取数，默认 submission。"),
        required=False,
    )
    category = forms.CharField(
        label=_("类别"), max_length=120, required=False, help_text=_("默认是表单编号。")
    )
    area_field = forms.ChoiceField(label=_("区域题"), required=False)
    date_field = forms.ChoiceField(label=_("日期题"), required=False)
    activity_field = forms.ChoiceField(label=_("活动题"), required=False)
    title_field = forms.ChoiceField(
        label=_("标题题"), required=False, help_text=_("列表里用它的回答作标题。")
    )
    measures = forms.MultipleChoiceField(
        label=_("相加的数"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("都不选时，所有数字题都相加。"),
    )
    attributes = forms.MultipleChoiceField(
        label=_("分组的单选题"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("都不选时，所有单选题都可分组。"),
    )
    personal = forms.MultipleChoiceField(
        label=_("封存的题目"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("勾选的回答加密封存，列表和导出里不出现，查看要写明理由并留痕。"),
    )  # fmt: skip
    public = forms.BooleanField(label=_("任何人不登录也可以填写"), required=False)
    validation = forms.ChoiceField(
        label=_("不符合表单规则的填报"), required=False,
        choices=[("", _("拒收，并说明哪一题（推荐）")), ("mark", _("照收，标出来由人审阅"))],
    )  # fmt: skip
    return_limit = forms.DecimalField(
        label=_("退回修改的期限"), required=False, min_value=Decimal("0.5"), max_value=Decimal(365),
        help_text=_("不填是一个工作日。"),
    )  # fmt: skip
    return_unit = forms.ChoiceField(
        label=_("期限的单位"), required=False,
        choices=[("work_day", _("工作日")), ("work_hour", _("工作小时")), ("natural_day", _("自然日")), ("urgent_hour", _("小时，不停"))],
    )  # fmt: skip

    def __init__(self, *args: Any, sheet: Sheet, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        asked = [q for q in sheet.questions if q.asked or q.calculate]

        def choices(*types: str) -> list[tuple[str, str]]:
            return [
                (q.name, f"{said(q.label, language, sheet) or q.name} ({q.name})")
                for q in asked
                if not types or q.type in types
            ]

        blank = [("", _("自动判断"))]
        single = {
            "area_field": choices("select_one", "text", "geopoint"), "date_field": choices("date", "datetime"),
            "activity_field": choices("select_one", "text"), "title_field": choices("text", "select_one"),
        }  # fmt: skip
        for name, found in single.items():
            self.fields[name].choices = [*blank, *found]  # type: ignore[attr-defined]
        many = {
            "measures": [
                *choices(*NUMBERS),
                *((q.name, q.name) for q in asked if q.calculate and q.type == "text"),
            ],
            "attributes": choices("select_one"),
            "personal": choices("text", "int", "barcode", "select_one", "file"),
        }
        for name, found in many.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]

    def settings(self, automatic: set[str]) -> dict[str, Any]:
        """The settings as data; what was left to good sense stays out. automatic: questions personal by their names."""
        said_here = self.cleaned_data
        found: dict[str, Any] = {
            name: said_here[name]
            for name in (
                "kind",
                "category",
                "area_field",
                "date_field",
                "activity_field",
                "title_field",
                "public",
                "validation",
            )
            if said_here.get(name)
        }
        if said_here.get("return_limit"):
            found |= {
                "return_limit": float(said_here["return_limit"]),
                "return_unit": said_here.get("return_unit") or "work_day",
            }
        for name in ("measures", "attributes"):
            if said_here.get(name):
                found[name] = list(said_here[name])
        chosen = set(said_here.get("personal") or ())
        personal = dict.fromkeys(sorted(chosen - automatic), True) | dict.fromkeys(
            sorted(automatic - chosen), False
        )
        if personal:
            found["personal"] = personal
        return found


class CorrectForm(Form):
    """Answers as they stand, each beside its question. Fields are named `a0`, `a1`…; `paths` tells which is which."""

    reason = forms.CharField(label=_("更正理由"), max_length=200, help_text=_("会记入这条记录的经过。"))

    def __init__(
        self, *args: Any, lines: list[tuple[str, str, Any]], sheet: Sheet, language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.paths: dict[str, str] = {}
        self.before: dict[str, str] = {}
        for number, (path, label, question) in enumerate(lines):
            name = f"a{number}"
            self.paths[name] = path
            self.fields[name] = _field(label, question, sheet, language)
        self.order_fields([*self.paths, "reason"])

    def changes(self) -> dict[str, str]:
        """Path → text as the form itself would send it."""
        found = {}
        for name, path in self.paths.items():
            value = self.cleaned_data.get(name)
            found[path] = " ".join(value) if isinstance(value, list) else "" if value is None else str(value)
        return found


def _field(label: str, question: Any, sheet: Sheet, language: str) -> forms.Field:
    choices = [
        (choice.name, said(choice.label, language, sheet) or choice.name)
        for choice in sheet.lists.get(question.choices, [])
    ]
    if question.type == "select_one" and choices:
        return forms.ChoiceField(label=label, required=False, choices=[("", "—"), *choices])
    if question.type == "select_multiple" and choices:
        return forms.MultipleChoiceField(
            label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
        )
    if question.type == "int":
        return forms.IntegerField(label=label, required=False)
    if question.type == "decimal":
        return forms.DecimalField(label=label, required=False)
    if question.type == "date":
        return forms.DateField(label=label, required=False)
    return forms.CharField(label=label, required=False, max_length=20000)
