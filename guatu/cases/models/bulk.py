"""One step taken on many cases: one audit act, every outcome kept, undone as a whole."""

from django.db import models

from guatu.kernel import ids


class Bulk(models.Model):
    """A bulk action: which step, on what filter, how many were changed and refused, undone when."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="case_bulks")
    step = models.CharField(max_length=12)
    arguments = models.JSONField(default=dict, blank=True)
    chosen_by = models.TextField(
        blank=True, default=""
    )  # the filter, as a query string; "" when picked by hand
    by = models.ForeignKey("units.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    status = models.CharField(max_length=10, default="waiting")  # waiting running done undone
    wanted = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    cause_id = models.UUIDField(null=True, blank=True)  # the act that began it; every case's act names it
    back = models.PositiveIntegerField(default=0)  # lines taken back
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["campaign", "at"], name="bulk_campaign_at")]  # list of bulk actions

    def __str__(self) -> str:
        return f"{self.step} {self.wanted}"


class BulkLine(models.Model):
    """What became of one case of a bulk action."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    bulk = models.ForeignKey(Bulk, on_delete=models.PROTECT, related_name="lines")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    seen_version = models.PositiveIntegerField(null=True, blank=True)
    before = models.JSONField(default=dict, blank=True)  # what undoing needs
    after_version = models.PositiveIntegerField(null=True, blank=True)
    refused = models.JSONField(default=dict, blank=True)  # {"code", "details"} of the problem
    state = models.CharField(max_length=10, default="waiting")  # waiting done refused undone kept
    made_id = models.UUIDField(
        null=True, blank=True
    )  # the row made for the case: request, comment, hand-over

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulk", "case"], name="bulkline_once")]
        indexes = [models.Index(fields=["bulk", "state", "case"], name="bulkline_state")]  # the next chunk
