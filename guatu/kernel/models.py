"""The ledger and the few tables everything else stands on."""

from django.db import models

from guatu.kernel import ids


class StreamHead(models.Model):
    """The last position given in one stream (a stream is one `home`). Its lock orders the commits of that stream."""

    home = models.CharField(primary_key=True, max_length=9)
    position = models.BigIntegerField(default=0)


class Act(models.Model):
    """One line of the ledger: who did what to what, when it happened and when the system learned it. Never updated."""

    pk = models.CompositePrimaryKey("home", "id")
    home = models.CharField(max_length=9)
    id = models.UUIDField(default=ids.new)
    position = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    by_id = models.UUIDField(null=True)  # a person; null: the system itself
    via = models.CharField(max_length=80, default="web")  # on behalf of: web, api, device:…, import:…, system
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    campaign_id = models.UUIDField(null=True)
    area = models.CharField(max_length=20, blank=True, default="")
    details = models.JSONField(default=dict)
    cause_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["home", "position"], name="act_home_position")]
        indexes = [
            # the story on every record page
            models.Index(fields=["subject_type", "subject_id", "home", "position"], name="act_subject"),
            # latest events of a campaign: wall and plan
            models.Index(fields=["campaign_id", "recorded_at"], name="act_campaign_time"),
            # “what did this person do”: people page
            models.Index(fields=["by_id", "recorded_at"], name="act_by_time"),
        ]


class ReactionRun(models.Model):
    """A reaction that ran for an act after its commit; makes every reaction idempotent by (act, reaction)."""

    act_id = models.UUIDField()
    reaction = models.CharField(max_length=120)
    ran_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["act_id", "reaction"], name="reactionrun_act_reaction")
        ]


class StoreSetting(models.Model):
    """What holds for this store as a whole (its clock, its name)."""

    key = models.CharField(primary_key=True, max_length=60)
    value = models.JSONField(default=dict)


class CalendarDay(models.Model):
    """One day of the official work calendar, swapped workdays (调休) included. Days not listed are unknown, not guessed."""

    day = models.DateField(primary_key=True)
    is_workday = models.BooleanField()
    kind = models.CharField(max_length=20)  # workday weekend holiday swapped_workday
    name = models.CharField(max_length=60, blank=True, default="")


class SubjectKey(models.Model):
    """The key under which one subject's personal fields are sealed, itself sealed by the office's key.

    Destroying the row forgets the person; the ledger and the counts stand.
    """

    subject_id = models.UUIDField(primary_key=True)
    sealed_key = models.BinaryField()
    key_id = models.CharField(max_length=16)
    made_at = models.DateTimeField()


class SightLog(models.Model):
    """Somebody opened a sealed field: who, of whom, which field, why (GB/T 35273 7.1; kept three years)."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    at = models.DateTimeField()
    by_id = models.UUIDField()
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    field = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "at"], name="sightlog_subject")]
