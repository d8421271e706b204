"""People outside: who reported, who is asked by a link, what they said of the outcome."""

from django.db import models

from guatu.kernel import ids


class Reporter(models.Model):
    """Who told us. Name, phone and address are sealed; a merged case keeps its own reporters."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="reporters")
    sealed = models.JSONField(default=dict, blank=True)  # name, phone, email: secrets.seal_fields
    phone_blind = models.CharField(max_length=64, blank=True, default="", db_index=True)
    via = models.CharField(max_length=20)  # public open311 hotline desk
    client = models.CharField(max_length=60, blank=True, default="")  # which key or line it came by
    wants_contact = models.BooleanField(default=False)  # the first-contact clock runs for them
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)  # of the outcome
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.id)


class Link(models.Model):
    """A key in an address for somebody without an account: to answer once, or to follow a report. Kept as a fingerprint."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(max_length=8)  # answer follow
    sha256 = models.CharField(max_length=64, unique=True)
    reporter = models.ForeignKey(
        Reporter, null=True, blank=True, on_delete=models.PROTECT, related_name="links"
    )
    for_whom = models.CharField(
        max_length=120, blank=True, default=""
    )  # an office or a role, never a private name
    question = models.TextField(blank=True, default="")
    made_by = models.ForeignKey(
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    good_until = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")
    withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["case", "made_at"], name="link_case_made")]  # record page

    def __str__(self) -> str:
        return self.for_whom or self.kind


class Feedback(models.Model):
    """What the reporter says of the outcome: solved or not, and how satisfied (三率)."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="feedback")
    reporter = models.ForeignKey(
        Reporter, null=True, blank=True, on_delete=models.PROTECT, related_name="feedback"
    )
    solved = models.BooleanField(null=True)
    satisfaction = models.CharField(max_length=12, blank=True, default="")  # good fair poor bad
    text = models.TextField(blank=True, default="")
    at = models.DateTimeField()
    via = models.CharField(max_length=20)  # link phone
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="feedback_case_at")]  # record page

    def __str__(self) -> str:
        return self.satisfaction
