"""Forms of places, areas and grids."""

from typing import Any

from django import forms as django_forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guatu.kit.forms import Form
from guatu.places.models import Area, Place
from guatu.places.rules import CHOICES, SCHEMES


def systems() -> list[tuple[str, str]]:
    """Coordinate systems in the reader's language."""
    chinese = (get_language() or "zh").startswith("zh")
    return [(key, zh if chinese else en) for key, zh, en in CHOICES]


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
    opened_on = django_forms.DateField(label=_("启用日期"), required=False)
    closed_on = django_forms.DateField(label=_("停用日期"), required=False)

    groups = (
        (_("是什么"), ("name", "kind", "number")),
        (_("在哪里"), ("area", "address", "x", "y", "system")),
        (_("情况"), ("opening_hours", "capacity", "state", "opened_on", "closed_on")),
    )

    @staticmethod
    def initial_of(place: Place, area_name: str) -> dict[str, Any]:
        """What stands in the form when a place is edited: the point as it was given, in its own system."""
        names = ("name", "kind", "number", "address", "opening_hours", "capacity", "opened_on", "closed_on")
        return {
            **{name: getattr(place, name) for name in names},
            "area": area_name,
            "x": place.source_x if place.source_x is not None else place.lon,
            "y": place.source_y if place.source_y is not None else place.lat,
            "system": (place.source_crs or "wgs84").lower(),
            "state": place.attributes.get("state", ""),
        }

    def plain(self, attributes: dict[str, Any]) -> dict[str, Any]:
        """What `edit_place` may change, the state among the attributes."""
        names = ("name", "kind", "number", "address", "opening_hours", "capacity", "opened_on", "closed_on")
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
