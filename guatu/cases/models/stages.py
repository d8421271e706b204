"""Stretches of a case with somebody, each with its own clock; and what must be approved."""

from django.db import models

from guatu.kernel import ids


class Stage(models.Model):
    """One stretch of a case with somebody: who has it, since when, until when it should be, when and how it ended.

    Frozen when it ends: class, area and limit stay as they were, whatever becomes of the case.
    """

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="stages")
    kind = models.CharField(max_length=12)  # words.STAGE_WORDS
    part = models.PositiveIntegerField(default=0)  # a limit in several stages: which one
    name = models.CharField(max_length=80, blank=True, default="")  # of the part: 止水, 恢复
    round = models.PositiveIntegerField(default=1)
    unit = models.ForeignKey("units.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    limit_amount = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    limit_unit = models.CharField(max_length=12, blank=True, default="")
    why = models.JSONField(default=list, blank=True)  # where the limit comes from: [{"what", …}]
    due_at = models.DateTimeField(null=True, blank=True)
    provisional = models.BooleanField(default=False)
    lines = models.JSONField(default=list, blank=True)  # the computation, line by line
    pauses = models.JSONField(default=list, blank=True)  # [{"from", "to" or null, "step"}]
    paused_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, blank=True, default="")  # the step that ended it
    by = models.ForeignKey("units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    minutes_used = models.PositiveIntegerField(null=True, blank=True)
    late = models.BooleanField(default=False)
    rung = models.PositiveIntegerField(default=0)  # rungs of the ladder already climbed
    next_rung_at = models.DateTimeField(null=True, blank=True)  # when the next one is reached
    class_code = models.CharField(max_length=20, blank=True, default="")
    area = models.CharField(max_length=20, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["case", "started_at"], name="stage_case_started"),  # record page
            models.Index(
                fields=["due_at"], condition=models.Q(ended_at=None, late=False), name="stage_clock"
            ),  # clock job
            models.Index(
                fields=["next_rung_at"], condition=models.Q(ended_at=None), name="stage_ladder"
            ),  # ladder job
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.part}"


class Request(models.Model):
    """Hold, extension, return or void, asked for by one person and decided by another."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=8)  # hold extend return void
    reason = models.TextField()
    asked_by = models.ForeignKey("units.Person", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)  # hold: looked at again then
    limit_amount = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)  # extend
    limit_unit = models.CharField(max_length=12, blank=True, default="")
    status = models.CharField(max_length=12, default="asked")  # asked granted refused taken_back
    decided_by = models.ForeignKey(
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            # one open request of a kind: who asks second is told so
            models.UniqueConstraint(
                fields=["case", "kind"], condition=models.Q(status="asked"), name="request_open_once"
            )
        ]
        indexes = [models.Index(fields=["status", "asked_at"], name="request_status")]  # waiting for approval

    def __str__(self) -> str:
        return self.kind
