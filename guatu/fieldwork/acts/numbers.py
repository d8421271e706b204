"""Giving small numbers to rows, for programs that know no other names. A number once given is never given again."""

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from guatu.fieldwork import numbers
from guatu.fieldwork.models import ClientNumber
from guatu.kernel.problems import Problem

_TRIES = 5


def give_numbers(*, kind: str, targets: Iterable[UUID]) -> dict[UUID, int]:
    """{id: number} for every id, in their order; those without a number get the next ones.

    No line in the ledger: a number says nothing about the row and changes nothing. Two who ask at once for the same rows
    get the same numbers (the constraint stops the second, who then reads what the first wrote).
    """
    wanted = list(dict.fromkeys(targets))
    found = numbers.known(kind, wanted)
    for _ in range(_TRIES):
        missing = [each for each in wanted if each not in found]
        if not missing:
            return {each: found[each] for each in wanted}
        try:
            with transaction.atomic():
                last = ClientNumber.objects.filter(kind=kind).aggregate(last=Max("number"))["last"] or 0
                ClientNumber.objects.bulk_create(
                    ClientNumber(kind=kind, number=number, target_id=each)
                    for number, each in enumerate(missing, last + 1)
                )
        except IntegrityError:
            pass
        found = numbers.known(kind, wanted)
    raise Problem("kernel.busy")
