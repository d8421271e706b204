"""Facts, indicators, readings, frozen figures."""

from django.db import models

from guatu.kernel import ids


class FactRow(models.Model):
    """What a subject states about the world, on two axes of time.

    Known from `position` until `until_position` of its stream (when the system learned it and when it learned better);
    true in the world from `effective_from` until `effective_until`. Live: both ends open.
    """

    pk = models.CompositePrimaryKey("home", "id")
    home = models.CharField(max_length=9)
    id = models.UUIDField(default=ids.new)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    part = models.CharField(max_length=60, blank=True, default="")
    kind = models.CharField(max_length=60)
    campaign_id = models.UUIDField(null=True)
    area = models.CharField(max_length=20, blank=True, default="")
    unit = models.CharField(max_length=200, blank=True, default="")
    units = models.CharField(max_length=1000, blank=True, default="")  # "|jd/a/|jd/b/|"
    status = models.CharField(max_length=40, blank=True, default="")
    category = models.CharField(max_length=120, blank=True, default="")
    happened_on = models.DateField(null=True)
    measures = models.JSONField(default=dict)  # name → decimal as text
    attributes = models.JSONField(default=dict)
    open = models.BooleanField(default=False)
    # what many figures at once are grouped by, out of the attributes (rules.bucket_of); empty: not counted so
    bucket = models.CharField(max_length=300, blank=True, default="")
    class_code = models.CharField(max_length=40, blank=True, default="")
    person = models.CharField(max_length=40, blank=True, default="")
    act_id = models.UUIDField()
    position = models.BigIntegerField()
    until_position = models.BigIntegerField(null=True)
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # posting: the rows of a subject that still hold
            models.Index(fields=["subject_type", "subject_id", "until_position"], name="fact_subject"),
            # records of an indicator, values for a scope, as-of values
            models.Index(fields=["campaign_id", "kind", "status", "area"], name="fact_campaign_kind"),
            # evaluation: many figures of a period at once, by unit, area, class or person, out of the index alone
            models.Index(
                fields=[
                    "campaign_id",
                    "happened_on",
                    "bucket",
                    "unit",
                    "area",
                    "class_code",
                    "person",
                    "until_position",
                    "effective_until",
                ],
                condition=models.Q(until_position=None, effective_until=None),
                name="fact_tally",
            ),
        ]


class Indicator(models.Model):
    """A figure's definition, data of a pack: which facts, which measure, over which time."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="indicators")
    key = models.CharField(max_length=80)
    definition = models.JSONField()  # rules.Definition as data
    definition_version = models.PositiveIntegerField(default=1)
    order = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "key"], name="indicator_campaign_key")]

    def __str__(self) -> str:
        return str(self.definition.get("title", {}).get("zh") or self.key)


class Reading(models.Model):
    """The cached additive part of an indicator: count and sum, for one area and day, of one stream.

    `area` is the leaf, the street or the district; `day` is a day, or 0001-01-01 for all days together. Sums are in
    millionths, as whole numbers, so that adding and taking away leaves exactly nothing.
    """

    pk = models.CompositePrimaryKey("home", "part", "area", "day")
    home = models.CharField(max_length=9)
    part = models.CharField(max_length=40)
    area = models.CharField(max_length=20)
    day = models.DateField()
    campaign_id = models.UUIDField()
    count = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["part", "day", "area"], name="reading_part_day")
        ]  # wall, lists of figures


class Figure(models.Model):
    """A value frozen in a document: definition version, as-of pair, code. Never changed; `trace` opens it."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    code = models.CharField(max_length=12, unique=True)  # F-7K2Q
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="figures")
    key = models.CharField(max_length=80)
    definition = models.JSONField()
    definition_version = models.PositiveIntegerField()
    area = models.CharField(max_length=20)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)  # null: denominator 0, shown as —
    text = models.CharField(max_length=40)
    parts = models.JSONField(default=dict)  # part name → {count, total}
    heads = models.JSONField(default=dict)  # stream → position: what was known
    effective_at = models.DateTimeField()  # what was true then
    frozen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["campaign", "key", "frozen_at"], name="figure_campaign_key")]

    def __str__(self) -> str:
        return f"{self.code} {self.key}"
