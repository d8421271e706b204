"""Which unit a case goes to, by rule."""

from django.db import models

from guatu.kernel import ids


class RoutingRule(models.Model):
    """One line of the ordered list: when all conditions hold, the case goes to this unit. The first that holds wins."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="routing_rules")
    code = models.SlugField(max_length=40)
    order = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=120)
    conditions = models.JSONField(default=list)  # rules.routing.Condition as data; all must hold
    unit = models.ForeignKey(
        "units.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="routing_rules"
    )
    to = models.CharField(max_length=20, default="unit")  # unit; area: the unit of the case's street
    role = models.CharField(max_length=40, blank=True, default="")  # whom of the unit: on duty in this role
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="routingrule_code")]

    def __str__(self) -> str:
        return self.name
