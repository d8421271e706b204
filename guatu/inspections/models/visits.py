"""Visits, what was found at them, the orders given, and the look-backs that follow."""

from django.db import models

from guatu.kernel import ids


class Visit(models.Model):
    """One going to one place. kind: round, look_back (回头看), spot (without a round).

    status: rules.visits.LIFECYCLE; outcome: rules.visits.OUTCOMES once it is done. `seq` and `eta` come from the plan;
    `pinned` was set by hand and is kept when the route is planned anew.
    """

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="visits")
    round = models.ForeignKey(
        "inspections.Round", null=True, blank=True, on_delete=models.PROTECT, related_name="visits"
    )
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="visits")
    area = models.CharField(max_length=20, blank=True, default="")
    team = models.ForeignKey(
        "inspections.Team", null=True, blank=True, on_delete=models.PROTECT, related_name="visits"
    )
    kind = models.CharField(max_length=10, default="round")
    after = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="look_backs"
    )
    status = models.CharField(max_length=10, default="planned")
    outcome = models.CharField(max_length=10, blank=True, default="")
    priority = models.PositiveIntegerField(default=1)
    minutes = models.PositiveIntegerField(default=15)  # expected on the spot
    seq = models.PositiveIntegerField(null=True, blank=True)
    eta = models.DateTimeField(null=True, blank=True)
    pinned = models.BooleanField(default=False)
    left_out = models.CharField(max_length=40, blank=True, default="")  # rules.planning.REASONS
    due_at = models.DateTimeField(null=True, blank=True)  # a look-back must be done by then
    started_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    done_by_id = models.UUIDField(null=True)
    lon = models.FloatField(null=True, blank=True)  # where the phone was
    lat = models.FloatField(null=True, blank=True)
    accuracy = models.FloatField(null=True, blank=True)  # metres
    note = models.CharField(max_length=500, blank=True, default="")
    asked = models.JSONField(
        default=list, blank=True
    )  # ids of the items on the checklist, in order, frozen at the start
    kept = models.JSONField(
        default=dict, blank=True
    )  # what figures ask and other rows may change later: place's kind, industry, risk; shift, people, counts
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["round", "status", "seq"], name="visit_round"),  # a round's page
            models.Index(fields=["place", "done_at"], name="visit_place"),  # last visit; a place's page
            models.Index(fields=["team", "seq"], name="visit_team"),  # my round
            models.Index(fields=["campaign", "area", "status"], name="visit_area"),  # list
            models.Index(fields=["status", "due_at"], name="visit_due"),  # look-backs that are late
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "place"], condition=models.Q(kind="round"), name="visit_round_place"
            )
        ]

    def __str__(self) -> str:
        return str(self.place)


class Finding(models.Model):
    """What was found for one item at one visit. verdict: rules.visits.VERDICTS: met, not_met, not_applicable, put_right."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="findings")
    item = models.ForeignKey("inspections.NormItem", on_delete=models.PROTECT, related_name="findings")
    verdict = models.CharField(max_length=16)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "item"], name="finding_visit_item")]

    def __str__(self) -> str:
        return f"{self.item} {self.verdict}"


class Order(models.Model):
    """An order to a place: put right by a time (责令整改), or shut until it is put right (关停)."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="order")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="orders")
    area = models.CharField(max_length=20, blank=True, default="")
    number = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)  # rules.visits.ORDERS: rectify shut
    status = models.CharField(max_length=10, default="issued")  # rules.visits.ORDER_LIFE
    lines = models.JSONField(
        default=list
    )  # [{"item", "norm", "text", "remedy", "limit"}], frozen when issued
    issued_at = models.DateTimeField()
    issued_by_id = models.UUIDField(null=True)
    due_at = models.DateTimeField()
    due_lines = models.JSONField(default=list, blank=True)  # how the limit was worked out, line by line
    signed_as = models.CharField(
        max_length=40, blank=True, default=""
    )  # in what capacity: 店长; refused: 拒签
    signed_at = models.DateTimeField(null=True, blank=True)
    sealed = models.JSONField(default=dict, blank=True)  # the signer's name, sealed under the order's key
    complied_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    late = models.BooleanField(default=False)
    repeat = models.BooleanField(default=False)  # the look-back failed: the same was ordered before
    note = models.CharField(
        max_length=500, blank=True, default=""
    )  # how it was complied with; why it was withdrawn
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="order_campaign_number")]
        indexes = [
            models.Index(fields=["campaign", "status", "due_at"], name="order_list"),  # list, late ones first
            models.Index(fields=["place", "status"], name="order_place"),  # may it reopen
        ]

    def __str__(self) -> str:
        return self.number
