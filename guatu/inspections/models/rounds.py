"""Rounds: which places are gone to, by whom, in what order; how the draw came about."""

from django.db import models

from guatu.kernel import ids


class Series(models.Model):
    """The last number given in a series of a campaign and year: rounds, orders to rectify, orders to shut."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)  # round rectify shut
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind", "year"], name="series_campaign_kind_year")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year} {self.last}"


class Round(models.Model):
    """Going to a set of places with a checklist (检查轮次). Its visits are chosen by criteria, or drawn (双随机)."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="rounds")
    number = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    area = models.CharField(max_length=20)
    unit = models.ForeignKey("units.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, default="draft")  # rules.rounds.STATUS
    starts_on = models.DateField()
    ends_on = models.DateField()
    criteria = models.JSONField(default=dict, blank=True)  # rules.choosing.Criteria as data
    checklist = models.JSONField(
        default=list, blank=True
    )  # ids of norm versions; empty: what holds for each place
    draw = models.JSONField(default=dict, blank=True)  # rules.drawing.Draw as data: seed, pool, picked, proof
    plan = models.JSONField(
        default=dict, blank=True
    )  # rules.planning: settings, summary, what was left out and why
    note = models.CharField(max_length=300, blank=True, default="")  # what for; why it was cancelled
    made_at = models.DateTimeField()
    made_by_id = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="round_campaign_number")]
        indexes = [models.Index(fields=["campaign", "status", "starts_on"], name="round_list")]  # list

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """Inspectors who go together in one shift of a round (白+黑), from a station, on foot or by car."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=60)
    on_day = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    shift = models.CharField(max_length=10, default="day")  # rules.rounds.SHIFTS: day night
    station = models.ForeignKey(
        "places.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    station_lon = models.FloatField(
        null=True, blank=True
    )  # where they begin and end when the station is no place
    station_lat = models.FloatField(null=True, blank=True)
    travel = models.CharField(max_length=10, default="foot")  # rules.planning.SPEEDS: foot bike car
    at_once = models.PositiveIntegerField(default=0)  # places at most; 0: as many as fit
    withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="team_ends_later"
            )
        ]
        indexes = [
            models.Index(fields=["round", "on_day", "starts_at"], name="team_round_day")
        ]  # a round's page

    def __str__(self) -> str:
        return self.name

    @property
    def home(self) -> str:
        return self.round.home

    @property
    def area(self) -> str:
        return self.round.area

    @property
    def campaign_id(self) -> object:
        return self.round.campaign_id


class TeamMember(models.Model):
    """A person in a team. attended: went out (counted by person)."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey("units.Person", on_delete=models.PROTECT, related_name="teams")
    leads = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "person"], name="teammember_once")]

    def __str__(self) -> str:
        return f"{self.team} {self.person}"
