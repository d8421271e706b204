"""Who is asking: a bearer token, a password over a safe line (Basic), or a signed-in browser that only reads."""

import base64
import binascii
import hashlib
import hmac
import ipaddress
import os
import threading
import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from guatu.central import problems as problems
from guatu.kernel.problems import Problem
from guatu.units.acts import note_use
from guatu.units.models import Person
from guatu.units.reads import token_of

_TRUST_SECONDS = 120.0
_salt = os.urandom(32)
_trusted: dict[bytes, tuple[float, Any]] = {}
_lock = threading.Lock()


def person_of(request: HttpRequest) -> Person:
    """The person who asks. Raises central.sign_in, central.basic_needs_https, central.second_factor, central.too_many_tries.

    A browser's session opens what is read and nothing that is written, so this door needs no CSRF token.
    """
    kind, _, word = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        token = token_of(word.strip())
        if token is None:
            raise Problem("central.sign_in")
        note_use(token)
        return token.person
    if kind.lower() == "basic":
        return _by_basic(request, word)
    user = request.user
    if not kind and request.method in ("GET", "HEAD") and isinstance(user, Person) and user.is_active:
        return user
    raise Problem("central.sign_in")


def token_text(request: HttpRequest) -> str:
    """The bearer token of a request, "" when there is none."""
    kind, _, word = request.headers.get("Authorization", "").partition(" ")
    return word.strip() if kind.lower() == "bearer" else ""


def secure(request: HttpRequest) -> bool:
    """Whether nobody can read along: https, or this very machine."""
    if request.is_secure():
        return True
    try:
        here = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        here = False
    return here and not settings.GUATU_HTTPS


def _by_basic(request: HttpRequest, word: str) -> Person:
    if not secure(request):
        raise Problem("central.basic_needs_https")
    try:
        username, _, password = base64.b64decode(word, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Problem("central.sign_in") from None
    # Excel and Power BI send the password with every page: one that was right a moment ago is not hashed again
    mark = hmac.new(_salt, f"{username}\0{password}".encode(), hashlib.sha256).digest()
    kept = _trusted.get(mark)
    if kept is not None and kept[0] > time.monotonic():
        rows = Person.objects.select_related("unit").filter(
            id=kept[1][0], password=kept[1][1], is_active=True
        )
        if (person := rows.first()) is not None:
            return person
    person = check_password(request, username, password)
    with _lock:
        if len(_trusted) > 5_000:
            _trusted.clear()
        _trusted[mark] = (time.monotonic() + _TRUST_SECONDS, (person.id, person.password))
    return person


def check_password(request: HttpRequest, username: str, password: str) -> Person:
    """The person with this name and password, on the same terms as the sign-in page: the same pause after wrong tries,
    and no way around a second factor. Raises central.wrong_password, central.second_factor, central.too_many_tries."""
    try:
        found = get_adapter().authenticate(request, username=username, password=password)
    except ValidationError:
        raise Problem("central.too_many_tries") from None
    if not isinstance(found, Person) or not found.is_active:
        raise Problem("central.wrong_password")
    if is_mfa_enabled(found):
        raise Problem("central.second_factor")
    return found
