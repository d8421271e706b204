"""Attachments, stored by the fingerprint of their bytes, and the runs of imports."""

from django.db import models

from guatu.kernel import ids


class Attachment(models.Model):
    """A file that belongs to a subject: a photo before or after, a plan, the source of an import."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", null=True, blank=True, on_delete=models.PROTECT)
    area = models.CharField(max_length=20, blank=True, default="")
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    purpose = models.CharField(max_length=40)  # before after evidence source document …
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()  # bytes as stored
    sha256 = models.CharField(max_length=64)  # of the bytes as stored
    sent_sha256 = models.CharField(max_length=64)  # of the bytes as they came, before metadata was taken off
    stored = models.CharField(max_length=100, blank=True, default="")  # below MEDIA_ROOT; "": destroyed
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)  # only when the sender said so
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    by_id = models.UUIDField(null=True, blank=True)
    made_at = models.DateTimeField()
    withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(
                fields=["subject_type", "subject_id", "made_at"], name="attachment_subject"
            ),  # record pages
            models.Index(
                fields=["sha256"], name="attachment_sha256"
            ),  # bytes are destroyed when nobody holds them
        ]

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One walk of a table into the store: sent, mapped, checked, applied, perhaps undone."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", null=True, blank=True, on_delete=models.PROTECT)
    area = models.CharField(max_length=20, blank=True, default="")
    kind = models.CharField(max_length=80)  # an importer's kind: place, task, entry:<id> …
    name = models.CharField(max_length=200)  # the file's name
    source = models.ForeignKey(
        Attachment, null=True, blank=True, on_delete=models.PROTECT, related_name="runs"
    )
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)  # field key → heading
    options = models.JSONField(default=dict)  # sheet, heading_line and what the importer asks (crs …)
    status = models.CharField(max_length=12, default="draft")  # rules.RUN_STATES
    totals = models.JSONField(default=dict)  # new changed same error rows done
    told = models.JSONField(default=list)  # what the check found would change: line subject field old new
    errors = models.JSONField(
        default=list
    )  # [{line, field, column, value, code, details}], values of personal fields masked
    created = models.JSONField(default=list)  # ids
    changed = models.JSONField(default=list)  # [{id, old, version}]
    by_id = models.UUIDField(null=True, blank=True)
    made_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["-made_at"], name="importrun_made"),  # list of imports
            models.Index(fields=["by_id", "-made_at"], name="importrun_by"),  # mine
        ]

    def __str__(self) -> str:
        return self.name
