"""Briefs: documents whose figures are frozen and can be traced, and the Word templates they are made from."""

from django.db import models

from guatu.kernel import ids


class BriefTemplate(models.Model):
    """A Word document with slots, and what stands around it: masthead, office, who receives it. Data of a pack."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, related_name="brief_templates"
    )
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)  # rules.KINDS
    area = models.CharField(max_length=20)
    settings = models.JSONField(default=dict)  # rules.Dress as data
    document = models.BinaryField()  # the .docx with its slots
    sha256 = models.CharField(max_length=64)
    template_version = models.PositiveIntegerField(
        default=1
    )  # rises with every change of document or settings
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="brieftemplate_campaign_code")
        ]

    def __str__(self) -> str:
        return self.name


class Brief(models.Model):
    """One issue (第×期): a draft shows live figures; frozen, every figure has a code; issued, it is out of the house."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="briefs")
    template = models.ForeignKey(BriefTemplate, on_delete=models.PROTECT, related_name="briefs")
    template_version = models.PositiveIntegerField(default=0)  # the template's when it was frozen
    kind = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    area = models.CharField(max_length=20)
    status = models.CharField(max_length=12, default="draft")  # rules.STATUSES
    as_of = models.DateTimeField()  # the moment the figures are of
    replaces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    reason = models.CharField(max_length=300, blank=True, default="")  # of a correction
    content = models.JSONField(default=list)  # the frozen text as blocks, see document.blocks_of
    made_by = models.ForeignKey(
        "units.Person", null=True, on_delete=models.PROTECT, related_name="briefs_made"
    )
    issued_by = models.ForeignKey(
        "units.Person", null=True, on_delete=models.PROTECT, related_name="briefs_issued"
    )
    frozen_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind", "number"], name="brief_campaign_kind_number")
        ]
        indexes = [
            models.Index(fields=["campaign", "status", "as_of"], name="brief_campaign_status")
        ]  # list of briefs

    def __str__(self) -> str:
        return self.title


class BriefFigure(models.Model):
    """A frozen figure standing in a brief, in the order of the text."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="figures")
    figure = models.ForeignKey("figures.Figure", on_delete=models.PROTECT, related_name="briefs")
    order = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brief", "figure"], name="brieffigure_once")]


class BriefDocument(models.Model):
    """The Word document as it was frozen, byte for byte; kept beside the brief so that lists stay light."""

    brief = models.OneToOneField(Brief, primary_key=True, on_delete=models.PROTECT, related_name="document")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
