"""Venue codes (场所码): applied for, approved, shown at the door, scanned."""

from django.db import models

from guatu.kernel import ids


class VenueCode(models.Model):
    """The right of a place to show one signed code, from a day until a day.

    serial: what is printed and signed; the signature is worked out from it (rules.codes) and not kept.
    """

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey(
        "campaigns.Campaign", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="venue_codes")
    area = models.CharField(max_length=20, blank=True, default="")
    serial = models.CharField(max_length=20)
    key_id = models.CharField(max_length=20, default="")  # the office key its signature is made with
    status = models.CharField(max_length=10, default="applied")  # rules.codes.LIFECYCLE
    applied_at = models.DateTimeField()
    applied_by_id = models.UUIDField(null=True)
    applicant = models.JSONField(default=dict, blank=True)  # sealed: name, phone
    reason = models.CharField(max_length=200, blank=True, default="")  # of refusal or revocation
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_id = models.UUIDField(null=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    before = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewals"
    )
    posted = models.BooleanField(null=True)  # seen at the door at the last inspection
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["home", "serial"], name="venuecode_home_serial"),
            models.UniqueConstraint(
                fields=["home", "place"], condition=models.Q(status="active"), name="venuecode_one_active"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "area", "applied_at"], name="venuecode_list"),  # list of a street
            models.Index(fields=["applied_at", "id"], name="venuecode_newest"),  # list, newest first
            models.Index(fields=["status", "applied_at", "id"], name="venuecode_tab"),  # the same by status
            models.Index(fields=["serial"], name="venuecode_serial"),  # a scan; search
            models.Index(
                fields=["status", "valid_until"], name="venuecode_ending"
            ),  # the daily job; renewals
        ]

    def __str__(self) -> str:
        return self.serial


class ScanRule(models.Model):
    """What the law in force demands of a scan, from a day until a day. Without a rule no identity is taken."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    area = models.CharField(max_length=20)  # where it holds
    basis = models.CharField(max_length=200)  # the law, by name and number
    fields = models.JSONField(default=list)  # rules.scans.IDENTITY: name phone id_card
    keep_days = models.PositiveIntegerField(default=14)  # after that the identity is destroyed
    from_day = models.DateField()
    to_day = models.DateField()
    withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    campaign_id = None

    class Meta:
        indexes = [models.Index(fields=["area", "from_day"], name="scanrule_area")]  # at every scan

    def __str__(self) -> str:
        return self.basis


class Scan(models.Model):
    """One reading of a code. By itself it says when and where, not who."""

    pk = models.CompositePrimaryKey("home", "id")
    home = models.CharField(max_length=9)
    id = models.UUIDField(default=ids.new)
    code_id = models.UUIDField()
    place_id = models.UUIDField()
    campaign_id = models.UUIDField(null=True)
    area = models.CharField(max_length=20, blank=True, default="")
    at = models.DateTimeField()
    on_day = models.DateField()
    source = models.CharField(max_length=10, default="self")  # rules.scans.SOURCES: self staff kiosk
    verdict = models.CharField(max_length=10, default="good")  # rules.scans.VERDICTS: good ended revoked
    rule = models.ForeignKey(
        ScanRule, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    sealed = models.JSONField(default=dict, blank=True)  # identity under the scan's own key, only by a rule
    forget_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["home", "place_id", "at"], name="scan_place_time"),  # a place's log
            models.Index(fields=["code_id", "at"], name="scan_code_time"),  # a code's log
            models.Index(fields=["forget_on"], name="scan_forget"),  # the daily job
            models.Index(fields=["rule"], name="scan_rule"),  # what a rule took
        ]

    def __str__(self) -> str:
        return f"{self.code_id} {self.at}"


class Headcount(models.Model):
    """People counted at a door in a stretch of time, to hold the scans against (应扫尽扫)."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey(
        "campaigns.Campaign", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="headcounts")
    area = models.CharField(max_length=20, blank=True, default="")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    on_day = models.DateField()
    people = models.PositiveIntegerField()
    scans = models.PositiveIntegerField()  # of the same stretch, as counted when it was entered
    by_id = models.UUIDField(null=True)
    withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["place", "from_at"], name="headcount_place"),  # a place's page
            models.Index(fields=["from_at", "id"], name="headcount_newest"),  # the list
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.people}"
