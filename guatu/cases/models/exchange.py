"""What was sent to, and came from, other platforms."""

from django.db import models

from guatu.kernel import ids


class Exchange(models.Model):
    """A file made for the platform above: what was sent, when, by whom."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="exchanges")
    source = models.CharField(max_length=20)
    number = models.CharField(max_length=40)  # HC-20210916-01
    sent_at = models.DateTimeField()
    by = models.ForeignKey("units.Person", null=True, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()
    whole = models.BooleanField(default=False)  # everything, not only what changed
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="exchange_number")]
        indexes = [
            models.Index(fields=["campaign", "source", "sent_at"], name="exchange_sent")
        ]  # exchange page

    def __str__(self) -> str:
        return self.number


class ExchangeLine(models.Model):
    """One case in a file sent above, exactly as it was written there."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="lines")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="sent")
    content = models.JSONField()  # rules.UPPER_COLUMNS → text

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exchange", "case"], name="exchangeline_once")]
        indexes = [models.Index(fields=["case", "exchange"], name="exchangeline_case")]  # what was last sent


class Peer(models.Model):
    """Another platform we exchange cases with by HTTP or file: the city above, the hotline, a neighbouring district."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="peers")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)  # upper hotline district
    way = models.CharField(max_length=8, default="http")  # http file
    base_url = models.CharField(max_length=300, blank=True, default="")
    token_sealed = models.TextField(blank=True, default="")  # secrets.seal_office
    source = models.CharField(max_length=20)  # the source cases from there carry
    mapping = models.JSONField(default=dict, blank=True)  # states and classes, data of the pack
    cursor = models.CharField(max_length=80, blank=True, default="")  # how far we have pulled
    pulled_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=400, blank=True, default="")  # why pulling fails; "": it went well
    position = models.PositiveBigIntegerField(default=0)  # of the last message addressed to it
    person = models.ForeignKey(  # the service account by whose key the platform calls us
        "units.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = (
        models.ForeignKey(  # stands for the platform here: what is dispatched to it is issued to the platform
            "units.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
        )
    )
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="peer_campaign_code"),
            models.UniqueConstraint(  # a key speaks for one platform
                fields=["campaign", "person"], condition=models.Q(person__isnull=False), name="peer_person"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """One thing to tell a peer, or told by it: sent once, tried again with back-off, never lost."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=3)  # out in
    key = models.CharField(max_length=120)  # idempotency: the same key is the same message
    kind = models.CharField(max_length=20)  # case update offer answer
    case = models.ForeignKey(
        "cases.Case", null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    content = models.JSONField(default=dict)  # as it was sent, without names and telephones
    sealed = models.TextField(blank=True, default="")  # those, until the message is applied: seal_office
    sha256 = models.CharField(max_length=64, blank=True, default="")  # of the whole content
    position = models.PositiveBigIntegerField(default=0)  # out: in the order of commits, one count a peer
    status = models.CharField(
        max_length=10
    )  # out: waiting failed sent dead given_up; in: applied refused conflict settled
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=400, blank=True, default="")  # of the last failure, in words
    answer = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["peer", "direction", "key"], name="message_once")]
        indexes = [
            models.Index(fields=["status", "next_at"], name="message_due"),  # the sender
            models.Index(fields=["peer", "made_at"], name="message_peer_made"),  # the exchange page
            models.Index(fields=["peer", "direction", "position"], name="message_outbox"),  # what they fetch
            models.Index(fields=["case", "made_at"], name="message_case_made"),  # the record page
        ]

    def __str__(self) -> str:
        return self.key
