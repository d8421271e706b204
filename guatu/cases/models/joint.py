"""Several hands on one case: supporting units, hand-over, comments."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from guatu.kernel import ids

PART_WORDS = {
    "given": _("待接"),
    "accepted": _("办理中"),
    "done": _("已完成"),
    "returned": _("已退回"),
    "taken_back": _("已收回"),
}
OFFER_WORDS = {
    "offered": _("待对方答复"),
    "accepted": _("已接手"),
    "returned": _("未接手，已退回"),
    "taken_back": _("已收回"),
}


class CaseUnit(models.Model):
    """A unit that may see a case besides the one that has it: supporting, offered to, or having had it."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="others")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12)  # support offered former
    home = models.CharField(max_length=9)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "unit", "role"], name="caseunit_once")]
        indexes = [models.Index(fields=["unit", "case"], name="caseunit_unit")]  # visibility


class JointPart(models.Model):
    """What a supporting unit (协同单位) has to do on a case of another unit."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="parts")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="case_parts")
    what = models.CharField(max_length=300)
    due_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=10, default="given")  # given accepted done returned taken_back
    given_by = models.ForeignKey("units.Person", null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["unit", "status"], name="jointpart_unit_status")]  # my unit's parts

    def __str__(self) -> str:
        return self.what


class HandOver(models.Model):
    """A case offered by one unit to another, also in another district: it stays where it is until it is taken."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="hand_overs")
    from_unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    peer = models.ForeignKey("cases.Peer", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    status = models.CharField(max_length=10, default="offered")  # offered accepted returned taken_back
    offered_by = models.ForeignKey("units.Person", null=True, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(status="offered"), name="handover_one_open"
            )
        ]
        indexes = [models.Index(fields=["to_unit", "status"], name="handover_to_status")]  # offered to us

    def __str__(self) -> str:
        return str(self.case)


class Comment(models.Model):
    """A word among those who work on a case; mentions tell the people named."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="comments")
    by = models.ForeignKey("units.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    mentions = models.JSONField(default=list, blank=True)  # ids of people
    public = models.BooleanField(default=False)  # the reporter sees it too
    withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="comment_case_at")]  # record page

    def __str__(self) -> str:
        return self.text[:40]


class Merge(models.Model):
    """A case judged to be the same matter as another. The rows are the judgements as they were made, and form trees;
    `Case.merged_into` is the root of the tree. So taking one judgement back leaves all the others as they were."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="merges")
    into = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="merges_taken")
    from_status = models.CharField(max_length=12)  # to go back to
    reason = models.TextField(blank=True, default="")
    evidence = models.JSONField(default=list, blank=True)  # as it was shown then: [{"kind", "points", …}]
    by = models.ForeignKey("units.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(ended_at=None), name="merge_open_once"
            )
        ]
        indexes = [models.Index(fields=["into", "at"], name="merge_into_at")]  # the master's page

    def __str__(self) -> str:
        return f"{self.case_id} → {self.into_id}"
