"""The door for machines: who comes in, how refusals look, and that it describes itself."""

import json

import pytest
from django.test import Client

from guatu.places.models import Place
from guatu.units.acts import make_token, withdraw_token
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(cast: Cast, client: Client) -> Client:
    _token, text = make_token(by=cast.jinbo, person=cast.jinbo, name="Excel")
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    return client


def test_it_describes_itself_in_readable_chinese_without_an_account(client: Client) -> None:
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200
    described = json.loads(answer.content)
    assert described["openapi"].startswith("3.1")
    assert "保障任务" in answer.content.decode()
    assert any(path.endswith("/figures/{key}") for path in described["paths"])


def test_a_token_opens_the_door_with_its_persons_rights(machine: Client, cast: Cast) -> None:
    answer = machine.get(f"/api/{cast.campaign.code}/figures")
    assert answer.status_code == 200
    assert isinstance(answer.json(), list)


@pytest.mark.parametrize("header", ["", "Bearer nothing", "Bearer gt_" + "x" * 40, "Basic abc"])
def test_nobody_comes_in_without_one(client: Client, cast: Cast, header: str) -> None:
    answer = client.get(f"/api/{cast.campaign.code}/figures", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer.json()["code"] in ("api.unauthenticated", "token.wrong")
    assert answer.json()["next"]


def test_a_withdrawn_token_is_shut_out_at_once(cast: Cast, client: Client) -> None:
    token, text = make_token(by=cast.jinbo, person=cast.jinbo, name="Excel")
    withdraw_token(by=cast.jinbo, token=token)
    assert (
        client.get(f"/api/{cast.campaign.code}/figures", HTTP_AUTHORIZATION=f"Bearer {text}").status_code
        == 401
    )


def test_who_holds_no_post_is_told_so(client: Client, cast: Cast) -> None:
    client.force_login(cast.passer_by)
    answer = client.get(f"/api/{cast.campaign.code}/figures")
    assert answer.status_code == 403
    assert answer.json()["code"] == "access.denied"


def test_an_unknown_campaign_or_indicator_is_a_404_in_the_same_shape(machine: Client, cast: Cast) -> None:
    for path in ("nothing/figures", f"{cast.campaign.code}/figures/nothing", "trace/F-0000"):
        answer = machine.get(f"/api/{path}")
        assert answer.status_code == 404, path
        assert set(answer.json()) == {"code", "message", "next", "details"}


def test_a_browser_session_writes_only_with_its_token(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.jinbo)
    assert strict.get(f"/api/{cast.campaign.code}/figures").status_code == 200
    place = {"name": "停车场", "kind": "lot", "area": "310114102"}
    refused = strict.post("/api/places", place, content_type="application/json")
    assert refused.status_code == 403
    assert not Place.objects.filter(name="停车场").exists()
    _token, text = make_token(by=cast.jinbo, person=cast.jinbo, name="Excel")
    machine = Client(enforce_csrf_checks=True, HTTP_AUTHORIZATION=f"Bearer {text}")
    assert machine.post("/api/places", place, content_type="application/json").status_code in (200, 201)
