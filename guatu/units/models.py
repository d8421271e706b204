"""Units, the people in them, the posts they hold, and the contracts by which somebody answers for a place."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from guatu.kernel import ids
from guatu.kernel.access import NOBODY, Scope
from guatu.places.rules import NOWHERE, home_of


class Unit(models.Model):
    """A bureau, a street, a company: whoever tasks and cases are given to."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    code = models.SlugField(max_length=40, unique=True)
    path = models.CharField(
        max_length=200, unique=True
    )  # "jd/lrj/": ancestors' codes, so that a subtree is a prefix
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40, blank=True, default="")
    kind = models.CharField(max_length=40, blank=True, default="")  # bureau, street, company, association
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    area = models.CharField(max_length=20, blank=True, default="")
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["name"], name="unit_name")]  # imports that name a unit

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def home(self) -> str:
        return home_of(self.area)


class People(BaseUserManager["Person"]):
    """Look-up by username, as Django's sign-in expects it."""


class Person(AbstractBaseUser):
    """A human being with a name and a unit; signs in when `username` and a password are set."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT)
    duty_title = models.CharField(max_length=60, blank=True, default="")
    phone_sealed = models.BinaryField(default=bytes, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    large_type = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    email = models.EmailField(blank=True, default="")  # allauth reads it; offices leave it empty
    made_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[People] = People()

    def __str__(self) -> str:
        return self.name

    @cached_property
    def scope(self) -> Scope:
        """What this person may do, by the posts held today; worked out once per request."""
        from guatu.units.reads import scope_of  # reads stand on the models

        return scope_of(self) if self.is_active else NOBODY

    @property
    def home(self) -> str:
        return self.unit.home if self.unit is not None else NOWHERE

    @property
    def area(self) -> str:
        return self.unit.area if self.unit is not None else ""

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    # Django's own permission system is not used; these answer its questions so that its parts keep working.
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Post(models.Model):
    """A role held by a person over areas (prefixes), zones and unit subtrees, from a day until a day."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=40)  # rules.ROLES
    title = models.CharField(max_length=80, blank=True, default="")
    areas = models.JSONField(default=list)  # code prefixes
    zones = models.JSONField(default=list)  # zone codes
    units = models.JSONField(default=list)  # unit path prefixes
    from_day = models.DateField(null=True, blank=True)
    to_day = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["role"], name="post_role")]  # “everybody who is …”

    def __str__(self) -> str:
        return self.title or self.role


class Contract(models.Model):
    """Who answers for a place or an area (五个包干): the person, the kind, since when."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    kind = models.CharField(max_length=40)  # block building stair_group village_group market grid road …
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contracts")
    place = models.ForeignKey(
        "places.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="contracts"
    )
    area = models.CharField(
        max_length=20, blank=True, default=""
    )  # the area answered for, or where the place lies
    from_day = models.DateField()
    to_day = models.DateField(null=True, blank=True)
    ended = models.BooleanField(default=False)  # set by hand or by the daily job when `to_day` is past
    note = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["area", "kind"], name="contract_area_kind"),  # gaps by area
            models.Index(fields=["ended", "to_day"], name="contract_ended_to"),  # the daily job
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(place__isnull=False) | ~models.Q(area=""),
                name="contract_has_place_or_area",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.kind}"

    # a contract outlives campaigns: the same people answer for the same places next year
    campaign_id = None


class HandOver(models.Model):
    """Several contracts given on together: somebody leaves, or places without anybody get one. Kept so that it can be taken
    back as it was done."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    kind = models.CharField(max_length=12)  # handover assign
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="handovers"
    )  # who gave them up; nobody when they were nobody's
    area = models.CharField(max_length=20, blank=True, default="")  # the smallest area all of them lie in
    on_day = models.DateField()  # the first day of the new contracts
    made_at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    moves = models.JSONField(default=list)  # [{"old", "before", "version", "new", "to"}]
    undone = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.person or '—'} {self.on_day}"

    campaign_id = None


class ApiToken(models.Model):
    """A key of one person for machines: shown once, kept as a fingerprint, good until its day."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=60)  # what it is for: “Excel of the bureau”
    prefix = models.CharField(max_length=12)  # shown, to tell tokens apart
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    good_until = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A list as somebody wants it again: filters, columns, order; their own, or shared with their unit."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="views")
    list_name = models.CharField(max_length=40)  # kit.columns.Listing.name
    name = models.CharField(max_length=60)
    query = models.TextField()  # the query string of the list
    shared_with = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="shared_views"
    )
    made_at = models.DateTimeField()
    withdrawn = models.BooleanField(default=False)  # deleted; may be brought back
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "list_name", "name"],
                condition=models.Q(withdrawn=False),
                name="savedview_name",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def home(self) -> str:
        return self.person.home

    campaign_id = None


class ViewChoice(models.Model):
    """What one person does with a saved view, their own or a shared one: a tab of the list, or how the list opens."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    view = models.ForeignKey(SavedView, on_delete=models.PROTECT, related_name="choices")
    pinned = models.BooleanField(default=False)
    first = models.BooleanField(default=False)  # the list opens with it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "view"], name="viewchoice_once")]
