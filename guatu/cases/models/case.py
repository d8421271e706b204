"""A case and its steps."""

import datetime as dt

from django.db import models

from guatu.cases.rules.lifecycle import OPEN
from guatu.kernel import clock, ids


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
    case_class = models.ForeignKey(
        "cases.CaseClass", null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    class_code = models.CharField(max_length=20, blank=True, default="")  # of the class, or as written
    standard = models.ForeignKey(
        "cases.CaseStandard", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answers = models.JSONField(
        default=dict, blank=True
    )  # to the class's questions: code → key or keys or text
    private = models.BooleanField(default=False)  # never shown to people outside
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
    returns = models.PositiveIntegerField(default=0)  # times the unit gave it back
    reopens = models.PositiveIntegerField(default=0)
    held_from = models.CharField(max_length=12, blank=True, default="")  # status to go back to after 挂账
    held_until = models.DateTimeField(null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)  # once only
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    routed = models.JSONField(default=dict, blank=True)  # why this unit: rules.routing.Decision as data
    guarantee = models.BooleanField(default=False)  # dispatched in a guarantee period: stricter limits
    public_note = models.TextField(blank=True, default="")  # what people outside are told of the outcome
    result = models.CharField(max_length=12, blank=True, default="")  # solved, explained; "" until fed back
    contacted_at = models.DateTimeField(null=True, blank=True)  # first contact with the reporter (先行联系)
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
            # The list newest first, its counts and the map's squares. Every plain filter's column stands in it, so that
            # counting reads the index alone; likewise in the next two (`docs/case-speed.md`).
            models.Index(
                fields=[
                    "campaign",
                    "opened_at",
                    "id",
                    "area",
                    "status",
                    "class_code",
                    "source",
                    "lat",
                    "lon",
                    "late",
                ],
                name="case_opened",
            ),
            models.Index(  # the open cases: their list, the tabs and counts
                fields=[
                    "campaign",
                    "opened_at",
                    "id",
                    "area",
                    "status",
                    "class_code",
                    "source",
                    "due_at",
                    "late",
                    "unit",
                ],
                condition=models.Q(status__in=OPEN),
                name="case_open",
            ),
            models.Index(fields=["unit", "opened_at"], name="case_unit_opened"),  # list of a unit's people
            models.Index(
                fields=["campaign", "class_code", "opened_at"], name="case_class_opened"
            ),  # list by class
            models.Index(
                fields=["number"], opclasses=["varchar_pattern_ops"], name="case_number_like"
            ),  # search
            models.Index(
                fields=["upper_number"], opclasses=["varchar_pattern_ops"], name="case_upper_like"
            ),  # search
            models.Index(  # a street's list
                fields=["area", "status", "source", "class_code", "campaign", "opened_at"],
                name="case_area_status",
            ),
            models.Index(fields=["due_at"], condition=models.Q(late=False), name="case_clock"),  # clock job
            models.Index(fields=["campaign", "lat", "lon", "opened_at"], name="case_where"),  # what lies near
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
    class_code = models.CharField(max_length=20, blank=True, default="")  # as it stood then
    area = models.CharField(max_length=20, blank=True, default="")  # as it stood then
    due_at = models.DateTimeField(null=True)  # the deadline as it stood after this step
    act_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="step_case_at")]  # the story
        constraints = [models.UniqueConstraint(fields=["act_id"], name="step_act")]
