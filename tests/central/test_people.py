"""Who may come in at the door for Central's clients, and how a refusal looks."""

import base64
import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from guatu.kernel import clock
from guatu.units.models import ApiToken
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PASSWORD = "jiading-2021-nx"


@pytest.fixture(autouse=True)
def no_tries_before() -> None:
    """The pause after wrong passwords is kept in the cache, which tests share."""
    cache.clear()


@pytest.fixture
def nanxiang(cast: Cast) -> Any:
    cast.nanxiang.set_password(PASSWORD)
    cast.nanxiang.save()
    return cast.nanxiang


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def sign_in(client: Client, name: str, password: str = PASSWORD) -> Any:
    return client.post("/v1/sessions", {"email": name, "password": password}, content_type="application/json")


def test_a_session_is_a_day_long_and_kept_as_a_fingerprint(client: Client, nanxiang: Any):
    answer = sign_in(client, "nanxiang")
    assert answer.status_code == 200
    told = answer.json()
    assert set(told) >= {"token", "expiresAt", "createdAt"}
    kept = ApiToken.objects.get()
    assert told["token"] not in str(vars(kept))
    assert kept.good_until is not None and kept.good_until - kept.made_at == dt.timedelta(days=1)
    bearer = {"Authorization": f"Bearer {told['token']}"}
    me = client.get("/v1/users/current", headers=bearer).json()
    assert (me["displayName"], me["email"], me["type"]) == (nanxiang.name, "nanxiang", "user")
    assert isinstance(me["id"], int)
    with clock.at(clock.now() + dt.timedelta(hours=25)):
        assert client.get("/v1/users/current", headers=bearer).status_code == 401


def test_a_session_ends_when_its_person_says_so(client: Client, nanxiang: Any, cast: Cast):
    token = sign_in(client, "nanxiang").json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    other = sign_in(client, "nanxiang").json()["token"]
    assert client.delete(f"/v1/sessions/{other}", headers=bearer).json() == {"success": True}
    cast.jiangqiao.set_password(PASSWORD)
    cast.jiangqiao.save()
    foreign = sign_in(client, "jiangqiao").json()["token"]
    assert client.delete(f"/v1/sessions/{foreign}", headers=bearer).status_code == 404
    assert client.delete("/v1/sessions/current", headers=bearer).status_code == 200
    assert client.get("/v1/users/current", headers=bearer).json()["code"] == 401.2


def test_wrong_passwords_and_strangers_are_told_alike_and_paused(client: Client, nanxiang: Any):
    wrong, nobody = sign_in(client, "nanxiang", "wrong"), sign_in(client, "nobody", "wrong")
    assert wrong.json() == nobody.json()
    assert (wrong.status_code, wrong.json()["code"]) == (401, 401.2)
    for _ in range(6):
        last = sign_in(client, "nanxiang", "wrong")
    assert last.status_code == 429


def test_basic_needs_a_safe_line(client: Client, nanxiang: Any):
    assert client.get("/v1/users/current", headers=basic("nanxiang", PASSWORD)).status_code == 200
    assert (
        client.get("/v1/users/current", headers=basic("nanxiang", PASSWORD)).status_code == 200
    )  # as remembered
    refused = client.get("/v1/users/current", headers=basic("nanxiang", PASSWORD), REMOTE_ADDR="10.1.2.3")
    assert refused.json()["code"] == 401.3
    assert client.get("/v1/users/current", headers=basic("nanxiang", "wrong")).status_code == 401
    nanxiang.set_password("another-2021-nx")
    nanxiang.save()
    assert client.get("/v1/users/current", headers=basic("nanxiang", PASSWORD)).status_code == 401


def test_a_second_factor_is_not_walked_around(client: Client, nanxiang: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("guatu.central.people.is_mfa_enabled", lambda person: True)
    told = sign_in(client, "nanxiang").json()
    assert told["details"]["problem"] == "central.second_factor"


def test_a_browser_only_reads(client: Client, cast: Cast):
    client.force_login(cast.nanxiang)
    assert client.get("/v1/users/current").status_code == 200
    assert client.delete("/v1/sessions/current").status_code == 401


@pytest.mark.parametrize("body", ["", "[]", "{", '{"email": 1, "password": []}', '"x"'])
def test_strange_bodies_are_refused(client: Client, db: None, body: str):
    answer = client.post("/v1/sessions", body, content_type="application/json")
    assert answer.status_code == 400 and isinstance(answer.json()["code"], float)
    assert client.patch("/v1/sessions").status_code == 405
