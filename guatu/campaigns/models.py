"""The campaign: the promise on a date, and who is organised to keep it."""

from uuid import UUID

from django.db import models

from guatu.kernel import ids


class Campaign(models.Model):
    """A promise on a date (第四届进博会保障): opens on a day, in an area."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True, default="")
    area = models.CharField(max_length=20)
    opens_on = models.DateField()
    closes_on = models.DateField()
    pack = models.CharField(max_length=60, blank=True, default="")
    seed = models.CharField(max_length=10, blank=True, default="")
    as_of = models.DateTimeField(null=True, blank=True)  # the moment the pack's figures are of
    settings = models.JSONField(default=dict, blank=True)  # labels, limits, wall layout: data of the pack
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name

    @property
    def campaign_id(self) -> UUID:
        """A campaign's own acts belong to itself."""
        return self.id


class Body(models.Model):
    """A leading group, its office, a work group, or a special group under another leading group."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="bodies")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="below")
    kind = models.CharField(max_length=20)  # leading_group office work_group special_group
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    order = models.PositiveIntegerField(default=0)
    duties = models.TextField(blank=True, default="")
    area = models.CharField(max_length=20, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="body_campaign_code")]
        indexes = [models.Index(fields=["campaign", "kind", "order"], name="body_campaign_kind")]  # plan page

    def __str__(self) -> str:
        return self.name


class BodyUnit(models.Model):
    """A unit in a body: leading it, supporting it, or a member of it."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="members")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="bodies")
    role = models.CharField(max_length=12)  # lead support member

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "unit"], name="bodyunit_body_unit")]


class Appointment(models.Model):
    """A person in a body: leader, deputy, contact person (联络员), member."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="appointments")
    person = models.ForeignKey("units.Person", on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=12)  # leader deputy contact member
    title = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "person", "role"], name="appointment_once")]


class Phase(models.Model):
    """A stretch of the campaign: 部署, 实施, 查漏补缺, 值守, 总结. A guarantee period tightens limits."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="phases")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField()
    guarantee = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="phase_campaign_code"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="phase_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name
