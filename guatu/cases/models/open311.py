"""What other Open311 servers told us of a case."""

from django.db import models

from guatu.kernel import ids


class PeerUpdate(models.Model):
    """An update a peer posted, under the id it gave it: the same id is the same update, whoever repeats the post."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="peer_updates")
    comment = models.OneToOneField("cases.Comment", on_delete=models.PROTECT, related_name="peer_update")
    person = models.ForeignKey("units.Person", on_delete=models.PROTECT, related_name="+")  # whose key it was
    client = models.CharField(max_length=60, blank=True, default="")  # what the key is called
    update_id = models.CharField(max_length=120)  # theirs
    sha256 = models.CharField(max_length=64)  # of what it said
    status = models.CharField(max_length=40)  # as they see it; never moves the case
    updated_at = models.DateTimeField()  # as they say
    media = models.JSONField(default=list, blank=True)  # addresses, as given; never fetched

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "update_id"], name="peerupdate_once")]
        indexes = [models.Index(fields=["case", "updated_at"], name="peerupdate_case_at")]  # record page

    def __str__(self) -> str:
        return self.update_id
