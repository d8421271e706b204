"""Notices: one person is told one thing, and when it was seen is kept."""

from django.db import models

from guatu.kernel import ids


class Notice(models.Model):
    """One thing told to one person: about which subject, by which act, seen when."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    person = models.ForeignKey("units.Person", on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=40)  # dispatched mentioned alert request decided offered …
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    details = models.JSONField(default=dict, blank=True)
    act_id = models.UUIDField()
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act_id", "person", "kind"], name="notice_once")]
        indexes = [models.Index(fields=["person", "seen_at", "made_at"], name="notice_person")]  # the inbox

    def __str__(self) -> str:
        return self.title
