"""Shifts: a person on duty for a unit, in a role, for a time (值班)."""

from django.db import models

from guatu.kernel import ids


class Shift(models.Model):
    """Somebody on duty. role: units.rules.ROLES, or "" for whatever the unit has to do."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="shifts")
    person = models.ForeignKey("units.Person", on_delete=models.PROTECT, related_name="shifts")
    role = models.CharField(max_length=40, blank=True, default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(
                fields=["unit", "starts_at", "ends_at"], name="shift_unit_time"
            ),  # who is on duty now
            models.Index(fields=["person", "starts_at"], name="shift_person_time"),  # my shifts
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="shift_ends_later"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.person}"
