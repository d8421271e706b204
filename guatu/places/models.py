"""Areas by code, zones that cut across them, and places on the map."""

from django.db import models

from guatu.kernel import ids
from guatu.places.rules import home_of


class Area(models.Model):
    """An administrative area or grid. Its code is hierarchical: 2, 4, 6, 9, 12 digits, then the unit grid."""

    code = models.CharField(primary_key=True, max_length=20)
    scheme = models.CharField(max_length=20, default="nbs-2023")
    level = models.CharField(max_length=12)  # province city district street committee grid
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    parent = models.CharField(max_length=20, blank=True, default="")
    shape = models.JSONField(null=True, blank=True)  # GeoJSON geometry, WGS84; null: no real border is known
    shape_source = models.CharField(max_length=200, blank=True, default="")
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["parent", "code"], name="area_parent"),  # children on area pages and filters
            models.Index(fields=["level", "code"], name="area_level"),  # maps by level
            models.Index(fields=["name"], name="area_name"),  # imports that name an area instead of coding it
        ]

    def __str__(self) -> str:
        return self.name

    # What the ledger asks of every subject; an area lies in itself and belongs to no campaign.
    campaign_id = None

    @property
    def id(self) -> str:
        return self.code

    @property
    def area(self) -> str:
        return self.code

    @property
    def home(self) -> str:
        return home_of(self.code)


class Zone(models.Model):
    """A named set of areas and shapes that cuts across the tree (虹桥商务区 lies in four districts)."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    areas = models.JSONField(default=list)  # codes
    shape = models.JSONField(null=True, blank=True)
    shape_source = models.CharField(max_length=200, blank=True, default="")
    home = models.CharField(
        max_length=9, default="000000000"
    )  # a zone cuts across streets: it belongs to none of them
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """Something on the map that somebody answers for."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", null=True, blank=True, on_delete=models.PROTECT)
    number = models.CharField(max_length=60)  # the office's or the source's own number, e.g. node/123
    kind = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    area = models.CharField(max_length=20, blank=True, default="")
    address = models.CharField(max_length=300, blank=True, default="")
    lon = models.FloatField(null=True, blank=True)  # WGS84
    lat = models.FloatField(null=True, blank=True)
    source_crs = models.CharField(max_length=20, blank=True, default="")
    source_x = models.FloatField(null=True, blank=True)
    source_y = models.FloatField(null=True, blank=True)
    opening_hours = models.CharField(max_length=200, blank=True, default="")
    within = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="inside"
    )  # the building an enterprise is in, the market a stall is in
    road = models.CharField(max_length=80, blank=True, default="")  # the street a shop stands along
    industry = models.CharField(max_length=40, blank=True, default="")  # code of the trade
    risk = models.CharField(max_length=10, blank=True, default="")  # rules.RISKS: high medium low
    contact = models.JSONField(default=dict, blank=True)  # sealed: name, phone
    surveyed_on = models.DateField(null=True, blank=True)  # the last day somebody looked and said
    shut_at = models.DateTimeField(null=True, blank=True)  # shut by an order that still stands
    capacity = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    withdrawn = models.BooleanField(
        default=False
    )  # taken back by an undone import or by hand; kept for the story
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["home", "number"], name="place_home_number")]
        indexes = [
            models.Index(fields=["area", "kind", "name"], name="place_area_kind"),  # place list
            models.Index(fields=["name"], name="place_name"),  # search
            models.Index(fields=["number"], name="place_number"),  # imports that know a place by its number
            models.Index(
                fields=["area", "surveyed_on"], name="place_surveyed"
            ),  # what nobody looked at today
            models.Index(fields=["road", "number"], name="place_road"),  # shops along a street
        ]

    def __str__(self) -> str:
        return self.name


class PlaceSurvey(models.Model):
    """What somebody said of a place on a day (摸排): nothing changed, or what opened and closed in it.

    One row for a place and a day: a later word on the same day corrects it, and the ledger keeps both.
    """

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey(
        "campaigns.Campaign", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="surveys")
    area = models.CharField(max_length=20, blank=True, default="")
    on_day = models.DateField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12)  # rules.SURVEY_OUTCOMES: unchanged changed not_reached
    opened = models.PositiveIntegerField(default=0)  # merchants newly found in it
    closed = models.PositiveIntegerField(default=0)
    households = models.PositiveIntegerField(null=True, blank=True)  # 摸排户数: looked at in all
    merchants = models.JSONField(default=dict, blank=True)  # {"opened": [place ids], "closed": [place ids]}
    note = models.CharField(max_length=300, blank=True, default="")
    lon = models.FloatField(null=True, blank=True)  # where the phone was
    lat = models.FloatField(null=True, blank=True)
    accuracy = models.FloatField(null=True, blank=True)  # metres
    by_id = models.UUIDField(null=True)
    withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "on_day"], name="placesurvey_place_day")]
        indexes = [
            models.Index(fields=["area", "on_day"], name="placesurvey_area_day")
        ]  # today's survey of a street

    def __str__(self) -> str:
        return f"{self.place} {self.on_day}"
