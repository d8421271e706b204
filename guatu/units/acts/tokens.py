"""Access tokens of one person for machines: shown once, kept as a fingerprint."""

import datetime as dt
import hashlib
import secrets as random_secrets

from guatu.kernel import clock, ids
from guatu.kernel.acts import Actor, deed
from guatu.kernel.problems import Problem
from guatu.units.acts.people import may_edit
from guatu.units.models import ApiToken, Person

_MARK = "gt_"
_USE_STEP = dt.timedelta(
    minutes=10
)  # how exactly the last use is known; a write for every call would cost too much


def fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make_token(
    *, by: Actor, person: Person, name: str, days: int | None = 365, via: str = "web"
) -> tuple[ApiToken, str]:
    """A new token and its text, which is shown this once. One's own, or by who may edit the person. days: None is for ever."""
    if by.id != person.id or by.id is None:
        may_edit(by, person)
    if not name.strip():
        raise Problem("unit.no_name")
    if not person.is_active:
        raise Problem("person.inactive", name=person.name)
    text = _MARK + random_secrets.token_urlsafe(32)
    token = ApiToken(
        id=ids.new(), person=person, name=name.strip()[:60], prefix=text[:9], sha256=fingerprint(text),
        made_at=clock.now(), good_until=clock.now() + dt.timedelta(days=days) if days else None,
    )  # fmt: skip
    with deed(by=by, via=via) as d:
        token.save(force_insert=True)
        d.record("token.made", person, details={"token": str(token.id), "name": token.name})
    return token, text


def withdraw_token(*, by: Actor, token: ApiToken, via: str = "web") -> ApiToken:
    if by.id != token.person_id or by.id is None:
        may_edit(by, token.person)
    with deed(by=by, via=via) as d:
        token.withdrawn = True
        token.version += 1
        token.save()
        d.record("token.withdrawn", token.person, details={"token": str(token.id), "name": token.name})
    return token


def note_use(token: ApiToken) -> None:
    """Remember that a token was used, at most every ten minutes; no line in the ledger."""
    now = clock.now()
    if token.used_at is None or now - token.used_at > _USE_STEP:
        ApiToken.objects.filter(id=token.id).update(used_at=now)
