"""Forms of places, areas and grids."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms as django_forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guatu.kernel.access import NOBODY, Scope
from guatu.kernel.problems import Problem
from guatu.kit.forms import Form
from guatu.places.models import Area, Place
from guatu.places.reads import visible_places
from guatu.places.rules import CHOICES, CONTAINERS, KIND_WORDS, RISKS, SCHEMES, SURVEY_KINDS


def systems() -> list[tuple[str, str]]:
    """Coordinate systems in the reader's language."""
    chinese = (get_language() or "zh").startswith("zh")
    return [(key, zh if chinese else en) for key, zh, en in CHOICES]


def _chosen(table: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """Nothing, or one of a table of words, in the reader's language."""
    chinese = (get_language() or "zh").startswith("zh")
    return [("", "—"), *((key, zh if chinese else en) for key, (zh, en) in table.items())]


def kind_said(kind: str) -> str:
    """A kind of the register in the reader's word; any other as it stands."""
    if kind not in (*SURVEY_KINDS, *CONTAINERS):
        return kind
    return KIND_WORDS[kind][0 if (get_language() or "zh").startswith("zh") else 1]


class PlaceForm(Form):
    """A place: what it is, where it is, when it is open."""

    name = django_forms.CharField(label=_("名称"), max_length=200, help_text=_("大家叫得出的名字。"))
    kind = django_forms.CharField(
        label=_("类别"),
        max_length=60,
        help_text=_("同一类用同一个词，例如 停车场、商场、站点。"),
        widget=django_forms.TextInput(attrs={"list": "kinds"}),
    )
    number = django_forms.CharField(
        label=_("编号"), max_length=60, required=False, help_text=_("本单位自己的编号；空着会自动编。")
    )
    area = django_forms.CharField(
        label=_("所属区域"),
        max_length=80,
        required=False,
        help_text=_("街镇或居村委的名称或代码；填了坐标可以不填。"),
        widget=django_forms.TextInput(attrs={"list": "areas"}),
    )
    address = django_forms.CharField(label=_("地址"), max_length=300, required=False)
    within = django_forms.CharField(
        label=_("所在楼宇或市场"),
        max_length=200,
        required=False,
        help_text=_("它的编号或名称；不在楼里的空着。"),
    )
    road = django_forms.CharField(
        label=_("道路"), max_length=80, required=False, help_text=_("沿街商铺填所在的路。")
    )
    x = django_forms.FloatField(label=_("经度（或投影坐标）"), required=False)
    y = django_forms.FloatField(label=_("纬度（或投影坐标）"), required=False)
    system = django_forms.ChoiceField(
        label=_("坐标系"), help_text=_("坐标从哪张地图上取的。选错会偏出几百米。"), choices=systems
    )
    opening_hours = django_forms.CharField(label=_("营业时间"), max_length=200, required=False)
    capacity = django_forms.DecimalField(
        label=_("容量"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=_("车位、床位或可容纳人数。"),
    )
    state = django_forms.CharField(
        label=_("营业状态"), max_length=40, required=False, help_text=_("例如 正常营业、歇业、整改中。")
    )
    industry = django_forms.ChoiceField(label=_("行业"), required=False)
    risk = django_forms.ChoiceField(label=_("风险等级"), required=False, choices=lambda: _chosen(RISKS))
    contact_name = django_forms.CharField(
        label=_("联系人"),
        max_length=60,
        required=False,
        help_text=_("加密保存；修改时空着为不变，填“-”为删去。"),
    )
    contact_phone = django_forms.CharField(label=_("联系电话"), max_length=40, required=False)
    opened_on = django_forms.DateField(label=_("启用日期"), required=False)
    closed_on = django_forms.DateField(label=_("停用日期"), required=False)

    scope = NOBODY
    groups = (
        (_("是什么"), ("name", "kind", "number")),
        (_("在哪里"), ("area", "within", "road", "address", "x", "y", "system")),
        (_("情况"), ("industry", "risk", "opening_hours", "capacity", "state", "opened_on", "closed_on")),
        (_("联系人"), ("contact_name", "contact_phone")),
    )

    def offer(self, scope: Scope, industries: Sequence[tuple[str, str]], kept: str = "") -> None:
        """Whose places may be named, the trades on record, and the one that stands in the place even when it is none of them."""
        self.scope = scope
        known = list(industries)
        if kept and kept not in dict(known):
            known.append((kept, kept))
        field = self.fields["industry"]
        assert isinstance(field, django_forms.ChoiceField)
        field.choices = [("", "—"), *known]

    def clean_within(self) -> Place | None:
        """The building or market by number, else by a name only one has."""
        text = self.cleaned_data["within"].strip()
        if not text:
            return None
        seen = visible_places(self.scope).filter(withdrawn=False)
        rows = list(seen.filter(number=text)[:1]) or list(seen.filter(name=text)[:2])
        if len(rows) == 1:
            return rows[0]
        raise django_forms.ValidationError(
            Problem("place.many_containers" if rows else "place.unknown_container", within=text).words()
        )

    def clean_kind(self) -> str:
        """The register's own kinds may be written as they are said; an office's own kind is a word already."""
        text: str = self.cleaned_data["kind"].strip()
        said = {word: key for key in (*SURVEY_KINDS, *CONTAINERS) for word in KIND_WORDS[key]}
        return said.get(text, text)

    def contact(self) -> dict[str, str] | None:
        """What to keep of the contact: None leaves it, “-” takes it away."""
        name, phone = self.cleaned_data["contact_name"].strip(), self.cleaned_data["contact_phone"].strip()
        if not name and not phone:
            return None
        return {"name": "" if name in ("-", "－") else name, "phone": "" if phone in ("-", "－") else phone}

    @staticmethod
    def initial_of(place: Place, area_name: str) -> dict[str, Any]:
        """What stands in the form when a place is edited: the point as it was given, in its own system."""
        names = ("name", "number", "address", "opening_hours", "capacity", "opened_on", "closed_on",
                 "road", "industry", "risk")  # fmt: skip
        return {
            "kind": kind_said(place.kind),
            "within": place.within.number if place.within is not None else "",
            **{name: getattr(place, name) for name in names},
            "area": area_name,
            "x": place.source_x if place.source_x is not None else place.lon,
            "y": place.source_y if place.source_y is not None else place.lat,
            "system": (place.source_crs or "wgs84").lower(),
            "state": place.attributes.get("state", ""),
        }

    def plain(self, attributes: dict[str, Any]) -> dict[str, Any]:
        """What `edit_place` may change, the state among the attributes."""
        names = ("name", "kind", "number", "address", "opening_hours", "capacity", "opened_on", "closed_on",
                 "within", "road", "industry", "risk")  # fmt: skip
        kept = {key: value for key, value in attributes.items() if key != "state"}
        if self.cleaned_data["state"]:
            kept["state"] = self.cleaned_data["state"]
        return {**{name: self.cleaned_data[name] for name in names}, "attributes": kept}

    def where(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("area", "x", "y", "system")}


class FileForm(Form):
    """A photo or a document of a place."""

    file = django_forms.FileField(
        label=_("文件"),
        help_text=_("照片、PDF、Word、Excel；照片里的拍摄位置等信息会去掉。"),
        error_messages={"required": _("请选择文件。")},
    )


class GridForm(Form):
    """A unit grid: code, name, border."""

    code = django_forms.CharField(label=_("网格代码"), max_length=20)
    name = django_forms.CharField(label=_("网格名称"), max_length=80)
    scheme = django_forms.ChoiceField(label=_("编码规则"))
    shape = django_forms.CharField(
        label=_("边界"),
        required=False,
        widget=django_forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "code"}),
        help_text=_("粘贴 GeoJSON 的 Polygon，或在下面选文件；可以空着以后再画。"),
    )
    file = django_forms.FileField(label=_("边界文件"), required=False, help_text=_("GeoJSON 文件。"))
    system = django_forms.ChoiceField(label=_("坐标系"), choices=systems)

    def __init__(self, *args: Any, parent: Area, editing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("以 {code} 开头，按编码规则补足位数。").format(code=parent.code)
        self.fields["file"].widget.attrs["accept"] = ".geojson,.json"
        scheme = self.fields["scheme"]
        assert isinstance(scheme, django_forms.ChoiceField)
        scheme.choices = [
            (key, _("%(digits)s 位代码") % {"digits": digits}) for key, digits in SCHEMES.items()
        ]
        if editing:
            del self.fields["code"], self.fields["scheme"]

    def clean(self) -> dict[str, Any]:
        """The border from the file when there is one, else from the text."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        upload = cleaned.get("file")
        if upload:
            try:
                cleaned["shape"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("文件不是 UTF-8 文本。请另存为 UTF-8 的 GeoJSON。"))
        return cleaned
