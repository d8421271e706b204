"""Forms and versions, envelopes as received, submissions as understood."""

from typing import Any
from uuid import UUID

from django.db import models

from guatu.kernel import ids


class Form(models.Model):
    """A questionnaire of a campaign, known to phones by its code.

    settings: rules.meaning.Settings as data (kind and category of its facts, which answer is the area, the day, the
    activity, which are measures, which are personal). Local variety: written by packs and at the desk.
    """

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="forms")
    code = models.CharField(max_length=64)  # the XForm's id
    name = models.CharField(max_length=120)
    area = models.CharField(max_length=20, blank=True, default="")
    status = models.CharField(max_length=10, default="draft")  # rules.lifecycle.FORM
    settings = models.JSONField(default=dict, blank=True)
    current = models.ForeignKey(
        "FormVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="form_campaign_code")]
        indexes = [models.Index(fields=["campaign", "status", "name"], name="form_campaign_status")]  # list

    def __str__(self) -> str:
        return self.name


class FormVersion(models.Model):
    """One published (or draft) text of a form. Never changed once published: phones hold it."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    xml = models.TextField()
    hash = models.CharField(max_length=36)  # "md5:…", as OpenRosa demands
    questions = models.JSONField()  # rules.xforms.Sheet as data
    source = models.BinaryField(default=bytes, blank=True)  # the XLSForm as uploaded
    source_name = models.CharField(max_length=200, blank=True, default="")
    warnings = models.JSONField(default=list, blank=True)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "version"], name="formversion_form_version")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class FormMedia(models.Model):
    """A file that belongs to a version: a picture in a label, a list of choices as CSV."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="media")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    hash = models.CharField(max_length=36)
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form_version", "name"], name="formmedia_version_name")
        ]


class DeviceKey(models.Model):
    """A phone's key: whoever shows it acts as the person, in the campaign, until it is ended. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="device_keys")
    person = models.ForeignKey("units.Person", on_delete=models.PROTECT, related_name="device_keys")
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    forms = models.JSONField(null=True, blank=True)  # codes of the forms it opens; null: all of the campaign
    digest_name = models.CharField(
        max_length=60, null=True, blank=True, unique=True
    )  # its user name for phones that cannot scan; null: it has none
    digest_sealed = models.TextField(blank=True, default="")  # sealed: algorithm → HA1, as HTTP Digest needs
    made_at = models.DateTimeField()
    made_by_id = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Receipt(models.Model):
    """The promise given for one instance id: it is here, these bytes, at this position. The same one is given again."""

    instance_id = models.CharField(primary_key=True, max_length=200)
    home = models.CharField(max_length=9)
    sha256 = models.CharField(max_length=64)
    submission_id = models.UUIDField()
    position = models.BigIntegerField()
    received_at = models.DateTimeField()


class Envelope(models.Model):
    """What was received, byte for byte. `sealed`: the bytes are sealed under the submission's key (personal questions)."""

    pk = models.CompositePrimaryKey("home", "id")
    home = models.CharField(max_length=9)
    id = models.UUIDField(default=ids.new)
    submission_id = models.UUIDField()
    instance_id = models.CharField(max_length=200)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    xml = models.BinaryField()
    sealed = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    device_id = models.CharField(max_length=100, blank=True, default="")
    by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["home", "submission_id"], name="envelope_submission")]  # record page


class Submission(models.Model):
    """A filled form as understood: answers by path, typed; where and when; what it counts for.

    answers: {"/group/name": value}; a repeat is a list of such. meaning: rules.meaning.Meaning as data, worked out when
    received (and again when the form's settings change), so that facts depend on this row alone.
    """

    pk = models.CompositePrimaryKey("home", "id")
    home = models.CharField(max_length=9)
    id = models.UUIDField(default=ids.new)
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+", db_index=False)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    instance_id = models.CharField(max_length=200)  # the current one; earlier ones are in the receipts
    title = models.CharField(max_length=200, blank=True, default="")
    answers = models.JSONField(default=dict)
    sealed = models.JSONField(default=dict, blank=True)  # path → hex, personal answers
    meaning = models.JSONField(default=dict)
    files = models.JSONField(default=list, blank=True)  # names of the files its answers speak of
    notes = models.JSONField(
        default=list, blank=True
    )  # what the form declares and does not hold; acts.holding
    area = models.CharField(max_length=20, blank=True, default="")
    unit = models.CharField(max_length=200, blank=True, default="")  # path of the sender's unit
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    happened_at = models.DateTimeField()
    happened_on = models.DateField()
    received_at = models.DateTimeField()
    activity_id = models.UUIDField(null=True, blank=True)
    status = models.CharField(max_length=12, default="received")  # rules.lifecycle.REVIEW
    edits = models.PositiveIntegerField(default=0)
    returns = models.PositiveIntegerField(default=0)  # how often it was sent back
    device_id = models.CharField(max_length=100, blank=True, default="")
    by_id = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["form", "received_at"], name="submission_form"),  # list of a form
            models.Index(
                fields=["campaign", "area", "happened_on"], name="submission_campaign"
            ),  # list by area
            models.Index(
                fields=["instance_id"], name="submission_instance"
            ),  # edits name the version they replace
            models.Index(fields=["by_id", "received_at"], name="submission_by"),  # “what I sent”
            models.Index(fields=["activity_id"], name="submission_activity"),  # the activity's page
            models.Index(
                fields=["id"], name="submission_id"
            ),  # record page, facts: the address holds no home
        ]

    def __str__(self) -> str:
        return self.title or self.instance_id

    @property
    def measures(self) -> dict[str, Any]:
        return dict(self.meaning.get("measures", {}))


class Aside(models.Model):
    """A second copy that could not be taken: same id, other bytes. Kept until somebody has looked at both."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="asides")
    form_version = models.ForeignKey(
        FormVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submission_id = models.UUIDField()
    instance_id = models.CharField(max_length=200)
    area = models.CharField(max_length=20, blank=True, default="")
    xml = models.BinaryField()
    sealed = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    device_id = models.CharField(max_length=100, blank=True, default="")
    by_id = models.UUIDField(null=True)
    outcome = models.CharField(max_length=10, blank=True, default="")  # "", taken, dropped
    note = models.CharField(max_length=200, blank=True, default="")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by_id = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance_id", "sha256"], name="aside_instance_bytes")]
        indexes = [models.Index(fields=["submission_id"], name="aside_submission")]  # side by side

    def __str__(self) -> str:
        return self.instance_id

    def seal_id(self) -> UUID:
        """The id under whose key personal bytes are sealed: the submission's, so that both are forgotten together."""
        return self.submission_id


class SubmissionReturn(models.Model):
    """A submission sent back to whoever collected it: which questions, until when, what became of it."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="returns")
    submission_id = models.UUIDField()
    instance_id = models.CharField(max_length=200)  # the version that was sent back
    area = models.CharField(max_length=20, blank=True, default="")
    unit = models.CharField(max_length=200, blank=True, default="")
    collector = models.ForeignKey(
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="returns"
    )  # null: sent by nobody known; stays with the unit
    status = models.CharField(
        max_length=10, default="waiting"
    )  # rules.returns.LIFECYCLE: waiting settled dropped
    reason = models.CharField(max_length=300)
    questions = models.JSONField(default=list, blank=True)  # [{"path": "/group/name", "note": "…"}]
    returned_at = models.DateTimeField()
    returned_by_id = models.UUIDField(null=True)
    due_at = models.DateTimeField()
    due_lines = models.JSONField(default=list, blank=True)  # how the limit was worked out
    level = models.PositiveSmallIntegerField(default=0)  # how far it was escalated
    settled_at = models.DateTimeField(null=True, blank=True)
    late = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["collector", "status", "due_at"], name="return_collector"),  # my returns
            models.Index(fields=["status", "due_at"], name="return_due"),  # the job that escalates
            models.Index(fields=["submission_id"], name="return_submission"),  # record page
            models.Index(fields=["campaign", "status", "returned_at"], name="return_list"),  # list
        ]

    def __str__(self) -> str:
        return self.reason


class SubmissionComment(models.Model):
    """A word about a submission, by a reviewer or its collector."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    submission_id = models.UUIDField()
    body = models.TextField(max_length=5000)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["submission_id", "at"], name="comment_submission")]  # record page

    def __str__(self) -> str:
        return self.body[:40]


class ClientNumber(models.Model):
    """The small whole number by which other programs know a row of ours (a project, a person, a key)."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    kind = models.CharField(max_length=12)  # project actor key
    number = models.PositiveIntegerField()
    target_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="clientnumber_number"),
            models.UniqueConstraint(fields=["kind", "target_id"], name="clientnumber_target"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class PhoneReceipt(models.Model):
    """The promise given to a phone for one thing in its outbox: done, this is what came of it. The same one is given again."""

    id = models.UUIDField(primary_key=True)  # made by the phone before the first sending
    home = models.CharField(max_length=9)
    person = models.ForeignKey("units.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)  # guatu.phone.outbox.KINDS
    sha256 = models.CharField(max_length=64)  # of what was sent
    answer = models.JSONField(default=dict)
    said_at = models.DateTimeField()  # by the phone's clock
    skew = models.FloatField(default=0)  # seconds the phone's clock was behind ours when it sent
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["person", "received_at"], name="phonereceipt_person")
        ]  # “what I sent”

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
