"""Forms of rounds, teams, visits and orders."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from guatu.files.tables import read_table
from guatu.inspections import words
from guatu.inspections.models import Industry, NormVersion
from guatu.inspections.reads.norms import in_force
from guatu.inspections.reads.pools import STRATA
from guatu.inspections.rules import rounds as rules
from guatu.inspections.rules.drawing import DrawRules
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.kit.forms import Form
from guatu.kit.widgets import ManyFilesField
from guatu.places.models import Zone
from guatu.places.rules import RISKS
from guatu.units.models import Person, Unit

MOST_PEOPLE = 1000


def _pairs(table: Iterable[tuple[str, Any]], empty: Any = None) -> list[tuple[str, Any]]:
    return [*([("", empty)] if empty is not None else []), *table]


def _offer(field: forms.Field, choices: Sequence[tuple[str, Any]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class RoundForm(Form):
    """A round: what it is called, where, when, by what."""

    name = forms.CharField(
        label=_("名称"), max_length=120, help_text=_("大家看得懂的名称，例如“节前重点场所检查”。")
    )
    area = forms.ChoiceField(label=_("区域"))
    unit = forms.ChoiceField(
        label=_("牵头单位"), required=False, help_text=_("这个单位的人能看到全部场所，不论在哪个街镇。")
    )
    starts_on = forms.DateField(label=_("开始日期"))
    ends_on = forms.DateField(label=_("结束日期"))
    checklist = forms.MultipleChoiceField(
        label=_("按哪些规范检查"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("不选：每个场所按检查当天对它施行的全部规范。"),
    )  # fmt: skip
    note = forms.CharField(
        label=_("说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    groups = (
        ("", ("name", "area", "unit")),
        (_("什么时候"), ("starts_on", "ends_on")),
        (_("查什么"), ("checklist", "note")),
    )

    def __init__(
        self,
        *args: Any,
        areas: Sequence[tuple[str, str]],
        units: Sequence[Unit],
        kept: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._units = {row.code: row for row in units}
        _offer(self.fields["area"], areas)
        _offer(self.fields["unit"], _pairs(((row.code, row.name) for row in units), _now("不限")))
        known = list(in_force(clock.today()))
        known += list(NormVersion.objects.filter(pk__in=[key for key in kept if key]).exclude(pk__in=[row.pk for row in known])
                      .select_related("norm"))  # fmt: skip
        _offer(
            self.fields["checklist"],
            [(str(row.pk), f"{row.norm.title} {row.edition}") for row in known[:200]],
        )

    def clean_unit(self) -> Unit | None:
        return self._units.get(self.cleaned_data["unit"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and rules.wrong_days(first, last):
            self.add_error("ends_on", ValidationError(_now("要在开始日期之后，最长一年。")))
        return given


class ChooseForm(Form):
    """By what places are chosen; `criteria()` is what the rules read."""

    industries = forms.MultipleChoiceField(
        label=_("行业"), required=False, widget=forms.CheckboxSelectMultiple
    )
    kinds = forms.MultipleChoiceField(label=_("类别"), required=False, widget=forms.CheckboxSelectMultiple)
    risks = forms.MultipleChoiceField(
        label=_("风险等级"), required=False, widget=forms.CheckboxSelectMultiple
    )
    areas = forms.MultipleChoiceField(label=_("区域"), required=False, widget=forms.CheckboxSelectMultiple)
    zone = forms.ChoiceField(label=_("片区"), required=False)
    last_before = forms.DateField(
        label=_("上次检查早于"), required=False, help_text=_("这一天之前查过、之后没有查过的，和从未查过的。")
    )
    never = forms.BooleanField(label=_("只要从未检查过的"), required=False)
    open_orders = forms.BooleanField(label=_("只要有未办结通知书的"), required=False)
    contracted = forms.CharField(
        label=_("责任人"), required=False, max_length=60, help_text=_("姓名或用户名：由他包干负责的场所。")
    )
    shift = forms.ChoiceField(
        label=_("开门的班次"), required=False, choices=lambda: [("", _now("不限")), *words.SHIFTS.items()],
        help_text=_("只加在这个班次里开着门的；营业时间看不懂的也会加，并标出来。"),
    )  # fmt: skip
    numbers = forms.CharField(
        label=_("名单"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=100_000,
        help_text=_("每行一个编号或完整名称；可以和上面的条件一起用。"),
    )  # fmt: skip
    file = forms.FileField(
        label=_("名单文件"), required=False, help_text=_("Excel 或 CSV，取“编号”或“名称”这一列。")
    )
    minutes = forms.IntegerField(label=_("每家大约几分钟"), required=False, min_value=1, max_value=480)
    groups = (
        (_("哪一类"), ("industries", "kinds", "risks")),
        (_("在哪里"), ("areas", "zone")),
        (_("以前怎样"), ("last_before", "never", "open_orders", "contracted")),
        (_("直接点名"), ("numbers", "file")),
        (_("怎样去"), ("shift", "minutes")),
    )
    _MANY = ("industries", "kinds", "risks", "areas")

    def __init__(
        self,
        *args: Any,
        kinds: Sequence[tuple[str, str]],
        areas: Sequence[tuple[str, str]],
        chinese: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        named = [
            (row.code, row.name if chinese else row.name_en or row.name)
            for row in Industry.objects.order_by("order", "code")
        ]
        _offer(self.fields["industries"], named)
        _offer(self.fields["kinds"], kinds)
        _offer(self.fields["areas"], areas)
        _offer(self.fields["risks"], [(code, said[0 if chinese else 1]) for code, said in RISKS.items()])
        _offer(
            self.fields["zone"],
            _pairs(Zone.objects.order_by("name").values_list("code", "name"), _now("不限")),
        )
        for name in self._MANY:  # nothing to choose from: the field would only be a heading
            if not self.fields[name].choices:  # type: ignore[attr-defined]
                del self.fields[name]

    def clean_file(self) -> list[str]:
        upload = self.cleaned_data.get("file")
        if not upload:
            return []
        try:
            table = read_table(upload.read(), upload.name, names=["编号", "名称", "number", "name"])
        except Problem as problem:
            raise ValidationError(problem.words()) from None
        wanted = ("编号", "number", "名称", "name")
        column = next(
            (at for word in wanted for at, name in enumerate(table.headings) if word in name.lower()), 0
        )
        cells = (row.cells[column] for row in table.rows if column < len(row.cells))
        return [text for cell in cells if (text := str(cell if cell is not None else "").strip())][:5000]

    def criteria(self, person: Person | None) -> dict[str, Any]:
        given = self.cleaned_data
        lines = [line.strip() for line in given.get("numbers", "").splitlines()]
        return {
            **{name: list(given.get(name) or ()) for name in self._MANY}, "zone": given.get("zone", ""),
            "last_before": given["last_before"].isoformat() if given.get("last_before") else "", "never": given.get("never", False),
            "open_orders": given.get("open_orders", False), "contracted": str(person.pk) if person is not None else "",
            "shift": given.get("shift", ""), "numbers": [line for line in (*lines, *(given.get("file") or ())) if line],
        }  # fmt: skip


class _People(Form):
    """A field for several people of the house."""

    people = forms.MultipleChoiceField(
        label=_("组员"), required=False, widget=forms.SelectMultiple(attrs={"size": 8})
    )

    def offer(self, people: Iterable[Person]) -> None:
        self._known = {str(row.pk): row for row in people}
        _offer(
            self.fields["people"],
            [(key, f"{row.name} · {row.unit or '—'}") for key, row in self._known.items()],
        )

    def clean_people(self) -> list[Person]:
        return [self._known[key] for key in self.cleaned_data["people"]]


class TeamForm(_People):
    """A team: who, on which day, in which shift, from where, by what."""

    name = forms.CharField(label=_("组名"), max_length=60, help_text=_("例如“一组”。"))
    on_day = forms.DateField(label=_("日期"))
    shift = forms.ChoiceField(
        label=_("班次"),
        choices=lambda: list(words.SHIFTS.items()),
        help_text=_("白班 8:30–17:30，夜班 18:00–23:00；时间不同就在下面填。"),
    )
    begins = forms.TimeField(label=_("几点开始"), required=False)
    ends = forms.TimeField(label=_("几点结束"), required=False, help_text=_("不晚于开始时间就算第二天。"))
    leader = forms.CharField(
        label=_("组长"), max_length=60, required=False, help_text=_("姓名或用户名；不填就是组员里的第一位。")
    )
    travel = forms.ChoiceField(label=_("出行方式"), choices=lambda: list(words.TRAVEL.items()))
    at_once = forms.IntegerField(
        label=_("最多几家"),
        required=False,
        min_value=0,
        max_value=500,
        help_text=_("留空：时间内能去几家去几家。"),
    )
    station_lon = forms.FloatField(label=_("出发点经度"), required=False, min_value=-180, max_value=180)
    station_lat = forms.FloatField(label=_("出发点纬度"), required=False, min_value=-90, max_value=90)
    groups = (
        (_("谁去"), ("name", "people", "leader")),
        (_("什么时候"), ("on_day", "shift", "begins", "ends")),
        (_("怎么走"), ("travel", "at_once", "station_lon", "station_lat")),
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(people)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if bool(given.get("begins")) != bool(given.get("ends")):
            self.add_error("ends", ValidationError(_now("自定时间要填开始和结束。")))
        return given

    def times(self) -> tuple[dt.datetime, dt.datetime]:
        """From when until when: as typed, else as the shift usually goes."""
        given = self.cleaned_data
        if not given.get("begins"):
            return rules.shift_span(given["on_day"], given["shift"], clock.ZONE)
        start = dt.datetime.combine(given["on_day"], given["begins"], tzinfo=clock.ZONE)
        end = dt.datetime.combine(given["on_day"], given["ends"], tzinfo=clock.ZONE)
        return start, end if end > start else end + dt.timedelta(days=1)


class FixForm(_People):
    """First step of a draw: how many out of what, and who is in the drum."""

    places = forms.IntegerField(label=_("抽几个场所"), min_value=1, max_value=5000)
    stratum = forms.ChoiceField(label=_("按什么分层"), required=False)
    shares = forms.CharField(
        label=_("各层比例"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一个，例如“high 50”。不填：各层按自己的数量分。"),
    )  # fmt: skip
    weighted = forms.BooleanField(label=_("风险高的更容易抽到（高 3：中 2：低 1）"), required=False)
    inspectors = forms.IntegerField(label=_("抽几名检查人员"), required=False, min_value=0, max_value=500)
    crew = forms.IntegerField(label=_("几人一组"), min_value=1, max_value=20, initial=2)
    other_unit = forms.BooleanField(label=_("不派责任人本单位的人去"), required=False, initial=True)
    groups = (
        (_("抽多少"), ("places", "stratum", "shares", "weighted")),
        (_("谁来查"), ("people", "inspectors", "crew", "other_unit")),
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(people)
        self.fields["people"].label = _("检查人员库")
        named = {"risk": _("风险等级"), "industry": _("行业"), "kind": _("类别"), "area": _("区域")}
        _offer(
            self.fields["stratum"],
            [("", _now("不分层")), *((key, named.get(key, key)) for key in STRATA if key)],
        )

    def clean_shares(self) -> dict[str, str]:
        found = {}
        for line in self.cleaned_data["shares"].splitlines():
            words_ = line.replace("：", " ").replace(":", " ").split()
            if len(words_) == 2:
                found[words_[0]] = words_[1].rstrip("%")
            elif words_:
                raise ValidationError(_now("“%(line)s”看不懂，请写成“high 50”的样子。") % {"line": line})
        return found

    def rules(self) -> DrawRules:
        given = self.cleaned_data
        return DrawRules(
            places=given["places"],
            shares=given["shares"],
            inspectors=given.get("inspectors") or 0,
            crew=given["crew"],
        )


class DrawForm(Form):
    """Second step: the value nobody could know."""

    public = forms.CharField(
        label=_("公开的随机值"),
        max_length=200,
        help_text=_("范围公布以后才产生、谁也不能事先知道的数，例如当晚的彩票开奖号码。"),
    )
    source = forms.CharField(label=_("在哪里公布"), max_length=200, required=False)
    day = forms.DateField(label=_("哪一天去"))
    shift = forms.ChoiceField(label=_("班次"), choices=lambda: list(words.SHIFTS.items()))


class ReasonForm(Form):
    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class SignForm(Form):
    """Who takes the order."""

    name = forms.CharField(label=_("签收人姓名"), max_length=60, required=False)
    capacity = forms.CharField(
        label=_("身份"), max_length=40, required=False, help_text=_("例如店长、经营者。")
    )
    refused = forms.BooleanField(label=_("拒绝签收"), required=False)
    witness = forms.CharField(label=_("见证人"), max_length=60, required=False, help_text=_("拒签时填写。"))
    signature = forms.FileField(label=_("签名图片"), required=False)


class ComplyForm(Form):
    """It is said to be put right."""

    note = forms.CharField(
        label=_("整改情况"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    photos = ManyFilesField(label=_("整改后的照片"), required=False)
