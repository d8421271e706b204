"""Keys of phones: issued once, shown once, ended at any time."""

import hashlib
import json
import secrets as tokens
from collections.abc import Iterable
from dataclasses import dataclass

from guatu.campaigns.models import Campaign
from guatu.fieldwork import problems as problems
from guatu.fieldwork.models import DeviceKey
from guatu.fieldwork.rules.digest import ha1
from guatu.kernel import clock, secrets
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.problems import Problem
from guatu.units.models import Person


@dataclass(frozen=True)
class NewKey:
    """A key just made. token, username and password are known here and nowhere else (the last two only when asked for)."""

    key: DeviceKey
    token: str
    username: str = ""
    password: str = ""


def hash_of(token: str) -> str:
    """What is kept of a token. It is 256 random bits, so a plain hash cannot be guessed backwards."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_key(
    *,
    by: Actor,
    campaign: Campaign,
    person: Person,
    name: str,
    forms: Iterable[str] | None = None,
    digest: bool = False,
    via: str = "web",
) -> NewKey:
    """Issue a key for a phone: whoever holds it acts as `person` in the campaign. One's own, or by `form.edit`.

    forms: codes of the forms it opens; None is all of the campaign, also those made later. digest: with a user name and
    password too, for a phone that cannot scan (HTTP Digest; of the password only the sealed HA1 are kept).
    """
    if by.id is None or by.id != person.id:
        require(by.scope, "form.edit", area=campaign.area)
    token = tokens.token_urlsafe(32)
    key = DeviceKey(
        home=campaign.home,
        campaign=campaign,
        person=person,
        name=name.strip()[:80] or person.name,
        token_hash=hash_of(token),
        forms=None if forms is None else sorted(set(forms)),
        made_at=clock.now(),
        made_by_id=by.id,
    )
    username = password = ""
    if digest:
        username = key.digest_name = f"{person.username[:40]}-{_letters(5)}"
        password = _letters(12)
        key.digest_sealed = secrets.seal_office("digest", json.dumps(ha1(username, password)))
    with deed(by=by, via=via) as d:
        key.save(force_insert=True)
        d.record("device_key.made", key, area=campaign.area, details={"person": str(person.id)})
    return NewKey(key, token, username, password)


def _letters(number: int) -> str:
    """Letters and digits that nobody mistakes for one another when typing them: 12 of them are 58 bits."""
    return "".join(tokens.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(number))


def limit_key(
    *, by: Actor, key: DeviceKey, forms: Iterable[str] | None, version: int | None = None, via: str = "web"
) -> DeviceKey:
    """Say which forms a key opens (None: all). By its person, or by `form.edit`. Raises device_key.ended."""
    if by.id is None or by.id != key.person_id:
        require(by.scope, "form.edit", area=key.campaign.area)
    check_version(key, version)
    if key.ended_at is not None:
        raise Problem("device_key.ended", name=key.name)
    wanted = None if forms is None else sorted(set(forms))
    if wanted == key.forms:
        return key
    with deed(by=by, via=via) as d:
        old, key.forms = key.forms, wanted
        key.version += 1
        key.save(update_fields=["forms", "version"])
        d.record("device_key.restricted", key, area=key.campaign.area, details={"old": old, "new": wanted})
    return key


def end_key(*, by: Actor, key: DeviceKey, version: int | None = None, via: str = "web") -> DeviceKey:
    """From now on the key opens nothing. By its person, or by `form.edit`."""
    if by.id is None or by.id != key.person_id:
        require(by.scope, "form.edit", area=key.campaign.area)
    check_version(key, version)
    if key.ended_at is not None:
        raise Problem("device_key.ended", name=key.name)
    with deed(by=by, via=via) as d:
        key.ended_at = clock.now()
        key.version += 1
        key.save(update_fields=["ended_at", "version"])
        d.record("device_key.ended", key, area=key.campaign.area, details={"person": str(key.person_id)})
    return key
