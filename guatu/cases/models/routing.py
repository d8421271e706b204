"""Which unit a case goes to, by rule; and what past cases suggest."""

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


class Suggester(models.Model):
    """What was learned from a campaign's closed cases, kept as a file beside the store under this fingerprint."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="suggesters")
    what = models.CharField(max_length=8)  # class, unit
    file = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    examples = models.PositiveIntegerField()
    outcomes = models.PositiveIntegerField()
    until = models.DateTimeField()  # the newest case it knows was closed then
    learned_at = models.DateTimeField()
    measured = models.JSONField(default=dict)  # learning.Measured: on the newest fifth, held back
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "what"], name="suggester_campaign_what")]

    def __str__(self) -> str:
        return f"{self.what} {self.examples}"


class SuggestionUse(models.Model):
    """What was suggested for a case and what people chose: by this the worth of suggesting is measured. One per case."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="suggestion_uses")
    suggester = models.ForeignKey(Suggester, on_delete=models.PROTECT, related_name="uses")
    suggested = models.CharField(max_length=120)
    confidence = models.FloatField()
    chosen = models.CharField(max_length=120)
    accepted = models.BooleanField()
    clicked = models.BooleanField(default=False)  # by the button; otherwise chosen by hand
    at = models.DateTimeField()
    act_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "suggester"], name="suggestionuse_once")]

    def __str__(self) -> str:
        return self.suggested
