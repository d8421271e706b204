"""Small numbers by which other programs know our rows: looking them up. Giving one is an act (acts/numbers.py)."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from guatu.fieldwork.models import ClientNumber, FormVersion

PROJECT, ACTOR = "project", "actor"  # a campaign; a person or a phone's key (they share one row of numbers)
NOBODY = 0  # who has no row: the public, the system


def known(kind: str, ids: Iterable[UUID]) -> dict[UUID, int]:
    """{id: number} of those that have one. One query."""
    rows = ClientNumber.objects.filter(kind=kind, target_id__in=list(ids))
    return dict(rows.values_list("target_id", "number"))


def target(kind: str, number: int) -> UUID | None:
    """The row behind a number; the caller asks that row's own read whether the reader may see it."""
    return ClientNumber.objects.filter(kind=kind, number=number).values_list("target_id", flat=True).first()


def draft_token(version: FormVersion) -> str:
    """What opens a draft to a phone for a try: worked out of its id and the installation's secret, kept nowhere."""
    return str(salted_hmac("guatu.draft", str(version.id), algorithm="sha256").hexdigest())


def is_draft_token(version: FormVersion, token: str) -> bool:
    return constant_time_compare(draft_token(version), token)
