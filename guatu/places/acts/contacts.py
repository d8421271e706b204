"""Whom to call at a place: sealed when written, opened only for a reason that is kept in the sight log."""

import re
from collections.abc import Mapping

from guatu.kernel import clock, secrets
from guatu.kernel.access import require
from guatu.kernel.acts import Actor
from guatu.kernel.models import SightLog
from guatu.kernel.problems import Problem
from guatu.places import problems as problems
from guatu.places.models import Place
from guatu.places.reads.surveys import answers_for

_PHONE = re.compile(r"[\d\s+()（）\-–转/、,，]{3,40}")
_SHORTEST_REASON = 4


def check_phone(phone: str) -> None:
    """Raises `place.bad_phone`."""
    if phone and not (_PHONE.fullmatch(phone) and sum(sign.isdigit() for sign in phone) >= 3):
        raise Problem("place.bad_phone", phone=secrets.mask(phone))


def seal_contact(place: Place, contact: Mapping[str, str]) -> dict[str, str]:
    """Name and telephone under the place's own key, fit for the column. Raises `place.bad_phone`."""
    name, phone = contact.get("name", "").strip()[:60], contact.get("phone", "").strip()
    check_phone(phone)
    return secrets.seal_fields(place.id, {"name": name, "phone": phone}) if name or phone else {}


def reveal_contact(*, by: Actor, place: Place, reason: str) -> dict[str, str]:
    """{"name", "phone"} in clear. Whoever answers for the place needs no further right, but a reason as everybody.

    Raises `access.denied`, `place.no_reason`, `place.no_contact`, `secrets.forgotten`.
    """
    if by.id is None:
        raise Problem("access.denied", right="place.sight")  # who looked must have a name
    if not answers_for(by.id, place):
        require(by.scope, "place.sight", area=place.area)
    if len(reason.strip()) < _SHORTEST_REASON:
        raise Problem("place.no_reason")
    if not place.contact:
        raise Problem("place.no_contact", name=place.name)
    SightLog.objects.create(
        at=clock.now(), by_id=by.id, subject_type="place", subject_id=str(place.id), field="contact",
        reason=reason.strip()[:200],
    )  # fmt: skip
    return secrets.open_many({place.id: place.contact}).get(place.id, {})
