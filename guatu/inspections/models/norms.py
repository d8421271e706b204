"""Norms (规范指南): a library with versions, bound to industries and posts; each version yields checklist items."""

from django.db import models

from guatu.kernel import ids


class Industry(models.Model):
    """A trade that norms are written for (33 of them in the sample): code and both names. Place.industry holds the code."""

    code = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    kinds = models.JSONField(
        default=list, blank=True
    )  # kinds of places that are of this trade unless they say otherwise
    order = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Norm(models.Model):
    """A standard, rule or guide that was issued, whichever version holds."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    area = models.CharField(max_length=20, blank=True, default="")  # where it holds; "" everywhere
    number = models.CharField(max_length=80, unique=True)  # the issuer's: 沪防控办〔2022〕12号
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300, blank=True, default="")
    issuer = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(max_length=12, default="guide")  # rules.norms.KINDS: standard norm guide
    withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    # a norm holds whichever campaign is on
    campaign_id = None

    class Meta:
        indexes = [models.Index(fields=["withdrawn", "number"], name="norm_list")]  # library

    def __str__(self) -> str:
        return self.title


class NormVersion(models.Model):
    """One text of a norm, in force from a day until a day. Never changed once in force: visits point to its items."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    norm = models.ForeignKey(Norm, on_delete=models.PROTECT, related_name="versions")
    edition = models.CharField(max_length=40)  # 第二版, 2022-07
    in_force_from = models.DateField()
    in_force_until = models.DateField(
        null=True, blank=True
    )  # the last day; null: until a later edition comes in force
    text = models.TextField(blank=True, default="")
    industries = models.JSONField(default=list, blank=True)  # codes; empty: every industry
    posts = models.JSONField(
        default=list, blank=True
    )  # for whom within a place: 店长, 保洁员; empty: everybody
    status = models.CharField(max_length=10, default="draft")  # rules.norms.STATUS: draft in_force withdrawn
    made_at = models.DateTimeField()
    form_version_id = models.UUIDField(null=True, blank=True)  # the form made of its items, if one was made
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["norm", "edition"], name="normversion_norm_edition")]
        indexes = [
            models.Index(fields=["status", "in_force_from"], name="normversion_in_force")
        ]  # what holds on a day

    def __str__(self) -> str:
        return f"{self.norm} {self.edition}"


class NormItem(models.Model):
    """One thing to look at. What it says when it is not met is the text of the order."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    norm_version = models.ForeignKey(NormVersion, on_delete=models.PROTECT, related_name="items")
    number = models.CharField(max_length=20)  # within the norm: 3.2
    text = models.CharField(max_length=300)  # what must be so
    text_en = models.CharField(max_length=400, blank=True, default="")
    how = models.CharField(max_length=300, blank=True, default="")  # how it is checked: look, ask, records
    posts = models.JSONField(default=list, blank=True)  # empty: those of the version
    remedy = models.CharField(
        max_length=300, blank=True, default=""
    )  # what an order demands; empty: the text itself
    consequence = models.CharField(
        max_length=10, default="rectify"
    )  # rules.norms.CONSEQUENCES: note rectify shut
    limit = models.CharField(
        max_length=40, blank=True, default=""
    )  # the order's limit as written: 立即, 24小时, 3个工作日
    photo = models.BooleanField(default=False)  # a photo is demanded when it is not met
    order = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["norm_version", "number"], name="normitem_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text}"
