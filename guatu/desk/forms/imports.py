"""Forms of the imports section: which table, and which column is which field."""

from collections.abc import Sequence
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from guatu.campaigns.models import Campaign
from guatu.files.imports import Importer
from guatu.files.models import ImportRun
from guatu.kit.forms import Form


class StartForm(Form):
    """The file, what is in it, and for which campaign."""

    kind = django_forms.ChoiceField(label=_("导入什么"))
    campaign = django_forms.ChoiceField(
        label=_("用于哪次保障"),
        required=False,
        help_text=_("点位、单位和人员可以不属于任何一次保障。"),
    )
    file = django_forms.FileField(
        label=_("表格文件"),
        help_text=_(
            "Excel（.xlsx）、CSV、GeoJSON、GeoPackage 或 Shapefile（打成 zip），最大 20 MB、5 万行。标题行会自动找到。"
        ),
        error_messages={"required": _("请选择要导入的文件。")},
    )

    def __init__(
        self, *args: Any, offered: Sequence[Importer], campaigns: Sequence[Campaign], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        kinds, codes = self.fields["kind"], self.fields["campaign"]
        assert isinstance(kinds, django_forms.ChoiceField)
        assert isinstance(codes, django_forms.ChoiceField)
        kinds.choices = [(each.kind, each.label) for each in offered]
        codes.choices = [("", _now("不属于哪一次保障")), *((each.code, str(each)) for each in campaigns)]
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.csv,.txt,.tsv,.geojson,.json,.gpkg,.zip"


class MappingForm(Form):
    """One choice of a column for each field, and the importer's own questions."""

    def __init__(self, *args: Any, run: ImportRun, importer: Importer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run = run
        self.importer = importer
        columns = [("", _now("——不导入")), *((heading, heading) for heading in run.headings)]
        for each in importer.fields:
            self.fields[f"field_{each.key}"] = django_forms.ChoiceField(
                label=each.label, choices=columns, required=False, initial=run.mapping.get(each.key, "")
            )
        for option in importer.options:
            self.fields[f"option_{option.key}"] = django_forms.ChoiceField(
                label=option.label,
                choices=option.offered,
                help_text=option.note,
                initial=run.options.get(option.key, option.default),
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each field with its choice, for the table of the page."""
        return [{"field": each, "bound": self[f"field_{each.key}"]} for each in self.importer.fields]

    @property
    def questions(self) -> list[Any]:
        return [self[f"option_{option.key}"] for option in self.importer.options]

    def mapping(self) -> dict[str, str]:
        return {each.key: self.cleaned_data[f"field_{each.key}"] for each in self.importer.fields}

    def options(self) -> dict[str, str]:
        return {option.key: self.cleaned_data[f"option_{option.key}"] for option in self.importer.options}
