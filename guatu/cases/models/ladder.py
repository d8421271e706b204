"""The escalation ladder: who was told that a limit runs out, who has seen it; and the supervision order at its end."""

from django.db import models

from guatu.kernel import ids


class Alert(models.Model):
    """One rung reached by one stage of a case: at 80 %, when overdue, at twice the limit."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="alerts")
    stage = models.ForeignKey("cases.Stage", on_delete=models.PROTECT, related_name="alerts")
    rung = models.PositiveIntegerField()  # 1, 2, 3 …
    share = models.DecimalField(max_digits=5, decimal_places=2)  # 0.80, 1.00, 2.00 of the limit
    label = models.CharField(max_length=80)
    reached_at = models.DateTimeField()
    told_at = models.DateTimeField()
    nobody = models.BooleanField(default=False)  # nobody held the post: shown as a gap
    missing = models.JSONField(default=list, blank=True)  # whom of the rung nobody was: ["unit"]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stage", "rung"], name="alert_once")]
        indexes = [
            models.Index(fields=["case", "told_at"], name="alert_case_told"),  # record page
            models.Index(fields=["told_at"], name="alert_told"),  # the list, newest first
        ]

    def __str__(self) -> str:
        return self.label


class AlertPerson(models.Model):
    """Somebody told by an alert: as what, seen when, acknowledged when."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey("units.Person", on_delete=models.PROTECT, related_name="case_alerts")
    as_what = models.CharField(max_length=80, blank=True, default="")  # 处置人, 本单位值班, 城运中心值班长
    seen_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "person"], name="alertperson_once")]
        indexes = [models.Index(fields=["person", "acknowledged_at"], name="alertperson_person")]  # mine


class SupervisionNumber(models.Model):
    """The last number of a supervision order in a campaign and year; its row lock keeps numbers unique."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "year"], name="supervisionnumber_campaign_year")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.last}"


class SupervisionOrder(models.Model):
    """督办单: what the last rung raises. Its own life (answers, colours, reports) comes later."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, related_name="supervision_orders"
    )
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="supervision_orders")
    number = models.CharField(max_length=30)  # DB-2026-0001
    unit = models.ForeignKey("units.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    alert = models.ForeignKey(Alert, null=True, blank=True, on_delete=models.PROTECT, related_name="orders")
    reason = models.CharField(max_length=300)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(max_length=10, default="raised")  # raised, settled when the case is
    settled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="supervision_number")]
        indexes = [
            models.Index(fields=["case", "raised_at"], name="supervision_case"),  # record page
            models.Index(fields=["status", "raised_at"], name="supervision_status"),  # the list
        ]

    def __str__(self) -> str:
        return self.number
