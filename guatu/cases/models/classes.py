"""Classes of cases, and the standards by which they are filed, limited and closed: data of a pack."""

from django.db import models

from guatu.kernel import ids


class CaseClass(models.Model):
    """A class of cases with its usual limit, data of a pack. A code is unique only with its scheme and kind."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="case_classes")
    scheme = models.CharField(
        max_length=40, blank=True, default=""
    )  # GB/T 30428.2-2013, GB/T 47678.5-2026, own
    kind = models.CharField(max_length=20, blank=True, default="")  # component, matter
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    limit_amount = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    limit_unit = models.CharField(max_length=12, blank=True, default="")
    major_code = models.CharField(max_length=8, blank=True, default="")
    major_name = models.CharField(max_length=80, blank=True, default="")
    description = models.CharField(max_length=400, blank=True, default="")
    keywords = models.CharField(max_length=200, blank=True, default="")  # comma-separated
    public = models.BooleanField(default=False)  # people outside may report it (Open311, public form)
    questions = models.JSONField(default=list, blank=True)  # rules.questions.Question as data
    active = models.BooleanField(default=True)
    needs_photo = models.BooleanField(default=True)  # an after photo before “handled”
    order = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "scheme", "kind", "code"], name="caseclass_code"),
        ]

    def __str__(self) -> str:
        return self.name


class CaseStandard(models.Model):
    """Filing condition → limit in stages → closing condition, for one class (立案、处置和结案标准)."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, related_name="case_standards"
    )
    case_class = models.ForeignKey(CaseClass, on_delete=models.PROTECT, related_name="standards")
    order = models.PositiveIntegerField(default=0)
    condition = models.CharField(max_length=400)  # 立案条件
    condition_en = models.CharField(max_length=400, blank=True, default="")
    closing = models.CharField(max_length=300, blank=True, default="")  # 结案条件
    stages = models.JSONField(default=list)  # [{"name", "amount", "unit"}]: one or several, one after another
    season = models.CharField(max_length=40, blank=True, default="")  # 种植季节: only then
    unit = models.ForeignKey(
        "units.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="case_standards"
    )
    responsible = models.CharField(max_length=300, blank=True, default="")  # as written: 处置单位
    competent = models.CharField(max_length=300, blank=True, default="")  # as written: 主管部门
    basis = models.TextField(blank=True, default="")  # the law and its clause
    collecting = models.TextField(blank=True, default="")  # 采集规则: what to look at and to photograph
    limit_raw = models.CharField(max_length=80, blank=True, default="")  # as written in the table
    origin = models.CharField(max_length=200, blank=True, default="")
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case_class", "condition", "season"], name="casestandard_condition"
            )
        ]

    def __str__(self) -> str:
        return self.condition
