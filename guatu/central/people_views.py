"""Sessions and the person who asks.

A session is an access token of the person (units.ApiToken) that is good for a day: it is kept as a fingerprint only, the
person sees it in the list of tokens and can withdraw it there, and it gives the person's rights and nothing more.
"""

from typing import Any

from django.http import HttpRequest

from guatu.central.frame import VIA, Asked, actor, actor_number, moment, success
from guatu.central.people import check_password, secure, token_text
from guatu.kernel.problems import Problem
from guatu.units import acts
from guatu.units.reads import token_of

_NAME = "ODK"
_DAYS = 1


def sign_in(request: HttpRequest) -> dict[str, Any]:
    """POST {email, password}: a token for a day. email: the user name."""
    given = Asked(request, None).json()  # type: ignore[arg-type]
    name, password = given.get("email"), given.get("password")
    if not isinstance(name, str) or not isinstance(password, str) or not name or not password:
        raise Problem("central.missing", field="email, password")
    if not secure(request):
        raise Problem("central.basic_needs_https")
    person = check_password(request, name[:200], password[:500])
    token, text = acts.make_token(by=person, person=person, name=_NAME, days=_DAYS, via=VIA)
    return {
        "token": text,
        "csrf": "",
        "createdAt": moment(token.made_at),
        "expiresAt": moment(token.good_until),
    }


def sign_out(asked: Asked, token: str = "") -> dict[str, bool]:
    """End this session, or another one of the same person, by its token."""
    found = token_of(token or token_text(asked.request))
    if found is None or found.person_id != asked.by.id:
        raise Problem("access.not_found")
    acts.withdraw_token(by=asked.by, token=found, via=VIA)
    return success()


def current(asked: Asked) -> dict[str, Any]:
    """The person who asks. email: the user name, which is what clients sign in with."""
    number = actor_number(asked.by.id)
    return {
        **actor(asked.by, number),
        "email": asked.by.username,
        "lastLoginAt": moment(asked.by.last_login),
        "verbs": [],
    }
