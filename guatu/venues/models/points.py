"""Service points (采样点、接种点、供应点): where people queue, what is in stock, how long the line is."""

from django.db import models

from guatu.kernel import ids


class ServicePoint(models.Model):
    """A place that serves people. Its opening hours are the place's."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, related_name="service_points"
    )
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="service_points")
    area = models.CharField(max_length=20, blank=True, default="")
    unit = models.ForeignKey("units.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)  # rules.points.KINDS: sampling vaccination supply
    number = models.CharField(max_length=40)
    posts = models.JSONField(
        default=list, blank=True
    )  # [{"name": "采样", "people": 2}], what it takes to run
    lanes = models.PositiveIntegerField(default=1)
    per_hour = models.PositiveIntegerField(default=60)  # served by one lane in an hour
    limit = models.PositiveIntegerField(default=0)  # people in line above which somebody is told; 0: never
    public = models.BooleanField(default=True)
    status = models.CharField(max_length=10, default="open")  # rules.points.STATUS: open paused ended
    pause_reason = models.CharField(max_length=200, blank=True, default="")
    queue = models.PositiveIntegerField(null=True, blank=True)  # as last reported
    queue_at = models.DateTimeField(null=True, blank=True)
    served = models.PositiveIntegerField(default=0)  # today, as last reported
    served_on = models.DateField(null=True, blank=True)
    over_since = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    stock = models.JSONField(default=dict, blank=True)  # {"采样管": {"have": 1200, "low": 300, "unit": "支"}}
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="servicepoint_number")]
        indexes = [
            models.Index(fields=["campaign", "kind", "area"], name="servicepoint_list"),  # list
            models.Index(
                fields=["public", "status", "kind"], name="servicepoint_public"
            ),  # the shortest queue
        ]

    def __str__(self) -> str:
        return str(self.place)


class PointReport(models.Model):
    """What was said of a point at a moment: people in line, served so far, stock changed. Kept: the load curve is made of it."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    point = models.ForeignKey(ServicePoint, on_delete=models.PROTECT, related_name="reports")
    at = models.DateTimeField()
    on_day = models.DateField()
    queue = models.PositiveIntegerField(null=True, blank=True)
    served = models.PositiveIntegerField(null=True, blank=True)
    stock = models.JSONField(default=dict, blank=True)  # {"采样管": -200}
    source = models.CharField(max_length=10, default="staff")  # rules.points.SOURCES: staff counter
    by_id = models.UUIDField(null=True)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["point", "at"], name="pointreport_time")]  # the curve

    def __str__(self) -> str:
        return f"{self.point} {self.queue}"
