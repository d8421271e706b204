"""Who is let in, asked in this process: ended keys, sessions with their CSRF token, languages."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from guatu.fieldwork.acts import end_key, make_key
from guatu.intake import app
from guatu.intake.http import Request
from guatu.intake.people import ANYBODY, caller_of
from guatu.kernel.problems import Problem
from tests.cast import Cast

pytestmark = pytest.mark.django_db


async def nothing() -> Any:
    return {"type": "http.disconnect"}


def asked(
    method: str = "POST", path: str = "/openrosa/expo/submission", scheme: str = "http", **headers: str
) -> Request:
    given = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "scheme": scheme,
        "headers": given,
        "client": ("10.0.0.9", 1),
    }
    return Request.of(scope, nothing)


def place(token: str) -> Any:
    return app._Place(asked(), "expo", token)


def test_an_ended_key_lives_a_moment_and_not_longer(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    made = make_key(by=cast.jinbo, campaign=cast.campaign, person=cast.nanxiang, name="1")
    assert place(made.token).enter()[1].person == cast.nanxiang
    end_key(by=cast.jinbo, key=made.key)
    until = app._entered[made.token, "expo"][0]
    for _ in range(3):
        place(made.token).enter()
    assert app._entered[made.token, "expo"][0] == until
    monkeypatch.setattr(app, "_entered", {})
    with pytest.raises(Problem) as refusal:
        place(made.token).enter()
    assert refusal.value.code == "device_key.bad"


def test_a_key_opens_its_own_campaign_only(cast: Cast):
    made = make_key(by=cast.jinbo, campaign=cast.campaign, person=cast.nanxiang, name="2")
    cast.campaign.id = cast.nanxiang.id
    with pytest.raises(Problem):
        caller_of(asked(), cast.campaign, made.token)


def test_a_password_needs_a_safe_line(cast: Cast):
    word = "Basic bmFueGlhbmc6eA=="
    with pytest.raises(Problem) as refusal:
        caller_of(asked(Authorization=word), cast.campaign, "")
    assert refusal.value.code == "intake.basic_needs_https"
    with pytest.raises(Problem) as refusal:
        caller_of(asked(scheme="https", Authorization=word), cast.campaign, "")
    assert refusal.value.code == "intake.sign_in"
    for _ in range(10):
        with pytest.raises(Problem) as refusal:
            caller_of(asked(scheme="https", Authorization=word), cast.campaign, "")
    assert refusal.value.code == "intake.too_many_tries"


def test_a_session_writes_only_with_its_csrf_token(cast: Cast, signed_in: Any):
    browser: Client = signed_in(cast.nanxiang)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = f"sessionid={session}; csrftoken={'a' * 32}"
    assert caller_of(asked("GET", Cookie=cookie), cast.campaign, "").person == cast.nanxiang
    with pytest.raises(Problem) as refusal:
        caller_of(asked(Cookie=cookie, Host="127.0.0.1"), cast.campaign, "")
    assert refusal.value.code == "intake.csrf"
    good = asked(Cookie=cookie, Host="127.0.0.1", X_CSRFToken="a" * 32)
    assert caller_of(good, cast.campaign, "").how == "session"
    other = asked(Cookie=cookie, Host="127.0.0.1", X_CSRFToken="a" * 32, Origin="http://evil.example")
    with pytest.raises(Problem):
        caller_of(other, cast.campaign, "")
    assert caller_of(asked("GET", Cookie="sessionid=gone"), cast.campaign, "") is ANYBODY


def test_languages(cast: Cast, signed_in: Any):
    assert asked(Accept_Language="en-GB").language == "en"
    assert asked(Accept_Language="zh-CN").language == "zh-hans"
    assert asked(Accept_Language="en-GB", Cookie="django_language=zh-hans").language == "zh-hans"
    assert asked(Accept_Language="en-GB", Cookie="sessionid=x").language == "zh-hans"
