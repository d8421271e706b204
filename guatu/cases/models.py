"""A case, its steps, the classes it may be of, and what was sent to the platform above."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from guatu.kernel import clock, ids

STATUS_WORDS = {
    "reported": _("待立案"),
    "filed": _("待派单"),
    "dispatched": _("待接单"),
    "accepted": _("处置中"),
    "handled": _("待核查"),
    "verified": _("已核查"),
    "closed": _("已结案"),
    "returned": _("已退回"),
    "rejected": _("不予受理"),
    "void": _("已作废"),
}
SOURCE_WORDS = {
    "city_platform": _("市级问题整治整改平台"),
    "patrol": _("巡查发现"),
    "hotline": _("12345热线"),
    "public": _("市民上报"),
    "inspection": _("执法检查"),
    "leader": _("领导交办"),
    "other": _("其他来源"),
}
LIMIT_WORDS = {
    "work_hour": _("工作时"),
    "work_day": _("工作日"),
    "urgent_hour": _("紧急工作时"),
    "natural_day": _("自然日"),
}
STEP_WORDS = {
    "report": _("上报"),
    "file": _("立案"),
    "reject": _("不予受理"),
    "dispatch": _("派单"),
    "recall": _("撤回派单"),
    "accept": _("接单"),
    "return": _("退回"),
    "handle": _("处置完毕"),
    "pass": _("核查通过"),
    "rework": _("核查不通过"),
    "close": _("结案"),
    "void": _("作废"),
}


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
    needs_photo = models.BooleanField(default=True)  # an after photo before “handled”
    order = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "scheme", "kind", "code"], name="caseclass_code"),
        ]

    def __str__(self) -> str:
        return self.name


class CaseNumber(models.Model):
    """The last number given in a campaign and year; its row lock keeps numbers unique without a sequence."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "year"], name="casenumber_campaign_year")]


class Case(models.Model):
    """A matter found, to be put right within a limit, checked by somebody else."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="cases")
    number = models.CharField(max_length=30)  # AJ-2021-000123
    upper_number = models.CharField(max_length=60, blank=True, default="")
    source = models.CharField(max_length=20)
    class_code = models.CharField(max_length=20, blank=True, default="")
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True, default="")
    area = models.CharField(max_length=20, blank=True, default="")
    address = models.CharField(max_length=300, blank=True, default="")
    place = models.ForeignKey(
        "places.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    lon = models.FloatField(null=True, blank=True)  # WGS84
    lat = models.FloatField(null=True, blank=True)
    source_crs = models.CharField(max_length=20, blank=True, default="")
    source_x = models.FloatField(null=True, blank=True)
    source_y = models.FloatField(null=True, blank=True)
    status = models.CharField(max_length=12)
    unit = models.ForeignKey(
        "units.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    finder = models.ForeignKey(
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taker = models.ForeignKey(
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    handler = models.ForeignKey(
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    checker = models.ForeignKey(
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True, blank=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    last_step_at = models.DateTimeField()
    limit_amount = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    limit_unit = models.CharField(max_length=12, blank=True, default="")
    clock_started_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    due_provisional = models.BooleanField(default=False)  # the work calendar ends before the deadline
    due_lines = models.JSONField(default=list, blank=True)  # the computation, line by line (rules.Lines)
    upper_due_at = models.DateTimeField(null=True, blank=True)  # what the platform above demands
    late = models.BooleanField(default=False)  # recorded by the clock job, so that counts stay additive
    minutes_used = models.PositiveIntegerField(null=True, blank=True)  # of the limit's own kind of time
    rework = models.PositiveIntegerField(default=0)  # times sent back by verification
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="case_campaign_number"),
            models.UniqueConstraint(
                fields=["campaign", "source", "upper_number"],
                condition=~models.Q(upper_number="") & ~models.Q(status="void"),
                name="case_upper_number",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "status", "due_at"], name="case_status_due"),  # list tabs
            models.Index(fields=["campaign", "opened_at"], name="case_opened"),  # list, newest first
            models.Index(fields=["area", "status"], name="case_area_status"),  # a street's list
            models.Index(fields=["due_at"], condition=models.Q(late=False), name="case_clock"),  # clock job
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def unit_path(self) -> str:
        """Path of the unit that has it; "" while nobody has."""
        return self.unit.path if self.unit is not None else ""

    @property
    def opened_on(self) -> dt.date:
        """The day it is counted under."""
        return clock.local(self.opened_at).date()


class Step(models.Model):
    """One transition of a case. Append-only; the note stands here and not in the ledger, which holds no free text."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=12)
    from_status = models.CharField(max_length=12, blank=True, default="")
    to_status = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey("units.Person", null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True, default="")
    due_at = models.DateTimeField(null=True)  # the deadline as it stood after this step
    act_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="step_case_at")]  # the story
        constraints = [models.UniqueConstraint(fields=["act_id"], name="step_act")]


class Exchange(models.Model):
    """A file made for the platform above: what was sent, when, by whom."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="exchanges")
    source = models.CharField(max_length=20)
    number = models.CharField(max_length=40)  # HC-20210916-01
    sent_at = models.DateTimeField()
    by = models.ForeignKey("units.Person", null=True, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()
    whole = models.BooleanField(default=False)  # everything, not only what changed
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="exchange_number")]
        indexes = [
            models.Index(fields=["campaign", "source", "sent_at"], name="exchange_sent")
        ]  # exchange page

    def __str__(self) -> str:
        return self.number


class ExchangeLine(models.Model):
    """One case in a file sent above, exactly as it was written there."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="lines")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sent")
    content = models.JSONField()  # rules.UPPER_COLUMNS → text

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exchange", "case"], name="exchangeline_once")]
        indexes = [models.Index(fields=["case", "exchange"], name="exchangeline_case")]  # what was last sent
