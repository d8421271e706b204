"""Tasks with owner and deadline, their milestones and notes, and the activities of a campaign."""

from django.db import models

from guatu.kernel import ids


class Task(models.Model):
    """Something to be done by an owner by a day, accepted by somebody else."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="tasks")
    number = models.CharField(max_length=40)
    order = models.CharField(max_length=120)  # rules.natural_key(number): 2 before 10
    title = models.CharField(max_length=300)
    category = models.CharField(max_length=80, blank=True, default="")
    body = models.ForeignKey(
        "campaigns.Body", null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    lead_unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="tasks_led")
    area = models.CharField(max_length=20, blank=True, default="")
    place = models.ForeignKey(
        "places.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    owner = models.ForeignKey(
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="tasks_owned"
    )
    owner_name = models.CharField(max_length=60, blank=True, default="")  # when the owner has no account here
    starts_on = models.DateField(null=True, blank=True)
    due_on = models.DateField()
    phase = models.CharField(
        max_length=40, blank=True, default=""
    )  # code of the phase the deadline falls into
    status = models.CharField(max_length=14, default="planned")  # rules.LIFECYCLE
    percent = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # what time alone changes is recorded by the clock's job, so that counts by it stay additive
    late = models.BooleanField(default=False)
    risk = models.BooleanField(default=False)
    pressed_at = models.DateTimeField(null=True, blank=True)  # the last 督办
    changed_at = models.DateTimeField()  # when the last act took effect
    note = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="task_campaign_number"),
            models.CheckConstraint(
                condition=models.Q(starts_on=None) | models.Q(due_on__gte=models.F("starts_on")),
                name="task_due_after_start",
            ),
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="task_percent_to_100"),
        ]
        indexes = [
            models.Index(fields=["campaign", "order"], name="task_campaign_order"),  # the task list
            models.Index(
                fields=["campaign", "status", "due_on"], name="task_campaign_status"
            ),  # plan page, clock job
            models.Index(fields=["lead_unit", "status"], name="task_lead_status"),  # what my unit owes
            models.Index(fields=["area", "status"], name="task_area_status"),  # streets
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class TaskUnit(models.Model):
    """A unit that supports (配合) a task."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="supporting")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="tasks_supported")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "unit"], name="taskunit_task_unit")]


class Milestone(models.Model):
    """A day on the way by which a part of the task is done."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="milestones")
    name = models.CharField(max_length=120)
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "name"], name="milestone_task_name")]

    def __str__(self) -> str:
        return self.name


class TaskNote(models.Model):
    """Words written on a task: with progress, a report, an acceptance, a return, a press, or by themselves.

    The ledger holds only this row's id, because words may name people.
    """

    id = models.UUIDField(primary_key=True, default=ids.new)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=12)  # rules.NOTE_KINDS
    text = models.TextField(blank=True, default="")
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    by = models.ForeignKey("units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["task", "at"], name="tasknote_task_at")]  # the story of a task


class Activity(models.Model):
    """Something that happens at a time with people and has a result: clean day, drill, meeting, reception, care visit."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="activities")
    number = models.CharField(max_length=40)
    kind = models.CharField(max_length=30)  # rules.ACTIVITY_KINDS, or a pack's own
    name = models.CharField(max_length=200)
    unit = models.ForeignKey(
        "units.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="activities"
    )
    area = models.CharField(max_length=20, blank=True, default="")
    address = models.CharField(max_length=200, blank=True, default="")
    held_on = models.DateField()
    starts_at = models.TimeField(null=True, blank=True)
    ends_at = models.TimeField(null=True, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    status = models.CharField(max_length=10, default="planned")  # planned held cancelled
    headcount = models.PositiveIntegerField(null=True, blank=True)
    results = models.JSONField(default=dict, blank=True)  # measure → number: teams, batches…
    note = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="activity_campaign_number")
        ]
        indexes = [
            models.Index(fields=["campaign", "held_on"], name="activity_campaign_day"),  # the calendar
            models.Index(
                fields=["campaign", "kind", "held_on"], name="activity_campaign_kind"
            ),  # lists by kind
        ]

    def __str__(self) -> str:
        return self.name
