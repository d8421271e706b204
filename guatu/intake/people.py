"""Who is asking at this door: a phone's key, a password over a safe line, a signed-in browser, or anybody."""

import base64
import binascii
import hashlib
import hmac
import os
import threading
import time
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from guatu.campaigns.models import Campaign
from guatu.fieldwork import reads
from guatu.fieldwork.acts import PUBLIC
from guatu.fieldwork.acts.keys import hash_of
from guatu.intake import digest
from guatu.intake.http import Request
from guatu.kernel.acts import Actor
from guatu.kernel.problems import Problem, declare
from guatu.units.models import Person

declare(
    "intake.too_many_tries",
    status=429,
    zh="密码错误次数太多，已暂停尝试。",
    en="Too many wrong passwords; tries are paused.",
    next_zh="请五分钟后再试，或扫描保障办公室发放的二维码。",
    next_en="Try again in five minutes, or scan the QR code issued by the office.",
)

declare(
    "intake.other_person",
    status=409,
    zh="手机里的内容是另一位同志的，现在登录的是{name}，没有发送。",
    en="What is on this phone belongs to somebody else; {name} is signed in now. Nothing was sent.",
    next_zh="请由本人重新登录后发送。",
    next_en="The person it belongs to must sign in to send it.",
)

declare(
    "intake.stale",
    status=401,
    zh="登录凭据已过期，手机会自动重试。",
    en="The proof of who you are has expired; the phone tries again by itself.",
    next_zh="如反复出现，请核对手机的日期和时间。",
    next_en="If it goes on, check the phone's date and time.",
)

_PAUSE_SECONDS = 300.0
_MOST_FAILURES = 8
_TRUST_SECONDS = 120.0


@dataclass(frozen=True)
class Caller:
    """Who asks. how: key, password, session, public. forms: codes that the key opens; None: all."""

    by: Actor
    how: str
    person: Person | None = None
    forms: tuple[str, ...] | None = None

    @property
    def via(self) -> str:
        return {"key": "device", "password": "openrosa", "session": "web", "public": "public"}[self.how]


ANYBODY = Caller(PUBLIC, "public")


def caller_of(request: Request, campaign: Campaign, token: str) -> Caller:
    """The caller, or ANYBODY. Raises device_key.bad, intake.sign_in, intake.basic_needs_https, intake.csrf."""
    caller = _recognised(request, campaign, token)
    _ = caller.by.scope  # worked out here, in a reader's thread, and not in the one thread that commits
    return caller


def _recognised(request: Request, campaign: Campaign, token: str) -> Caller:
    if token:
        key = reads.key_of(hash_of(token))
        if key is None or key.campaign_id != campaign.id:
            raise Problem("device_key.bad")
        return Caller(key.person, "key", key.person, None if key.forms is None else tuple(key.forms))
    if request.headers.get("authorization", "")[:7].lower() == "digest ":
        return _by_digest(request, campaign)
    if "authorization" in request.headers:
        return _by_password(request)
    if settings.SESSION_COOKIE_NAME in request.cookies:
        return _by_session(request)
    return ANYBODY


# A password that was right a moment ago is not hashed again for every form and photo; only a keyed fingerprint is held.
_salt = os.urandom(32)
_trusted: dict[bytes, tuple[float, Any]] = {}
_failures: dict[str, list[float]] = {}
_lock = threading.Lock()


def _by_password(request: Request) -> Caller:
    kind, _, word = request.headers["authorization"].partition(" ")
    if kind.lower() != "basic":
        raise Problem("intake.sign_in")
    if not request.secure:
        raise Problem("intake.basic_needs_https")
    try:
        username, _, password = base64.b64decode(word, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Problem("intake.sign_in") from None
    mark = hmac.new(_salt, f"{username}\0{password}".encode(), hashlib.sha256).digest()
    known = _trusted.get(mark)
    if known is not None and known[0] > time.monotonic():
        person = (
            Person.objects.select_related("unit")
            .filter(id=known[1][0], password=known[1][1], is_active=True)
            .first()
        )
        if person is not None:
            return Caller(person, "password", person)
    _pause_after_failures(username, request.client)
    person = Person.objects.select_related("unit").filter(username=username, is_active=True).first()
    if person is None:
        Person().set_password(
            password
        )  # takes as long as a wrong password, so that names cannot be told apart
    if person is None or not person.check_password(password) or is_mfa_enabled(person):
        _note_failure(username, request.client)
        raise Problem("intake.sign_in")
    with _lock:
        if len(_trusted) > 5_000:
            _trusted.clear()
        _trusted[mark] = (time.monotonic() + _TRUST_SECONDS, (person.id, person.password))
    return Caller(person, "password", person)


def _by_digest(request: Request, campaign: Campaign) -> Caller:
    """A key by its user name and password. Raises intake.sign_in, intake.stale (the phone asks again by itself),
    intake.too_many_tries."""
    said = digest.read(request.headers["authorization"])
    query = request.scope.get("query_string", b"").decode("latin-1")
    if said is None or not digest.same_target(said, request.scope["path"], query):
        raise Problem("intake.sign_in")
    _pause_after_failures(said.username, request.client)
    found = reads.key_by_name(said.username)
    if (
        found is None
        or found[0].campaign_id != campaign.id
        or not digest.proves(said, request.method, found[1])
    ):
        _note_failure(said.username, request.client)
        raise Problem("intake.sign_in")
    age = digest.age_of(said.nonce)
    if age is None or age > digest.SECONDS or not digest.COUNTS.first_time(said.nonce, said.nc):
        raise Problem("intake.stale")
    key = found[0]
    return Caller(key.person, "key", key.person, None if key.forms is None else tuple(key.forms))


def challenge(request: Request, problem: Problem) -> list[str]:
    """How to say who one is, for the lines of WWW-Authenticate: a password only where nobody reads along."""
    basic = ['Basic realm="Guatu", charset="UTF-8"'] if request.secure else []
    return basic + digest.challenges(
        request.headers.get("user-agent", ""), stale=problem.code == "intake.stale"
    )


def _pause_after_failures(username: str, client: str) -> None:
    now = time.monotonic()
    with _lock:
        for key in (f"u:{username}", f"c:{client}"):
            recent = [at for at in _failures.get(key, ()) if at > now - _PAUSE_SECONDS]
            if recent:
                _failures[key] = recent
            else:
                _failures.pop(key, None)
            if len(recent) >= _MOST_FAILURES * (1 if key[0] == "u" else 4):
                raise Problem("intake.too_many_tries")


def _note_failure(username: str, client: str) -> None:
    with _lock:
        for key in (f"u:{username}", f"c:{client}"):
            _failures.setdefault(key, []).append(time.monotonic())


def _by_session(request: Request) -> Caller:
    """A signed-in browser: Django's session, and for writing Django's CSRF check on the same terms."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(
        request.cookies[settings.SESSION_COOKIE_NAME]
    )
    user = get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]
    if not isinstance(user, Person) or not user.is_active:
        return ANYBODY
    if request.headers.get("x-guatu-person", str(user.id)) != str(user.id):
        raise Problem("intake.other_person", name=user.name)  # a shared phone: never under another's name
    if not request.cookies.get(settings.LANGUAGE_COOKIE_NAME):
        request.chosen = user.language
    if request.method not in ("GET", "HEAD"):
        _check_csrf(request)
    return Caller(user, "session", user)


def _check_csrf(request: Request) -> None:
    asked = HttpRequest()
    asked.method = request.method
    asked.COOKIES = request.cookies
    asked.META = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    asked.META["SERVER_NAME"], asked.META["SERVER_PORT"] = "localhost", "80"
    asked.META["wsgi.url_scheme"] = str(request.scope.get("scheme", "http"))
    check = CsrfViewMiddleware(lambda _: HttpResponse())
    check.process_request(asked)
    if check.process_view(asked, lambda _: HttpResponse(), (), {}) is not None:
        raise Problem("intake.csrf")
