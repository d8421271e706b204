"""The door for machines: places, units, imports; tokens, paging, refusals in one shape."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guatu.places.models import Place
from guatu.units.acts import make_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(cast):
    """A client that carries 南翔镇's token."""
    _token, text = make_token(by=cast.nanxiang, person=cast.nanxiang, name="test")
    return Client(headers={"Authorization": f"Bearer {text}"})


def send(client, method, address, body):
    return getattr(client, method)(address, json.dumps(body), content_type="application/json")


def test_the_description(cast, signed_in):
    browser = signed_in(cast.nanxiang)
    document = browser.get("/api/openapi.json")
    assert "保障任务" in document.content.decode()
    assert "/api/places" in document.json()["paths"]
    page = browser.get("/api/").content.decode()
    assert "/api/places" in page
    assert "http" not in page.split("<body")[1].replace("http://testserver", "")


def test_nobody_comes_in_without_a_key(cast, machine):
    answer = Client().get("/api/places")
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message", "next", "details"}
    assert Client(headers={"Authorization": "Bearer gt_wrong"}).get("/api/places").status_code == 401
    assert machine.get("/api/places").status_code == 200


def test_a_session_writes_with_its_csrf_token_only(cast):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.nanxiang)
    assert browser.get("/api/places").status_code == 200
    answer = send(browser, "post", "/api/places", {"name": "x", "kind": "y", "area": "南翔镇"})
    assert (answer.status_code, answer.json()["code"]) == (403, "api.no_csrf")


def test_places_page_by_page(cast, machine, count_queries):
    first = machine.get("/api/places?limit=1").json()
    second = machine.get(f"/api/places?limit=1&after={first['next']}").json()
    assert [first["items"][0]["number"], second["items"][0]["number"], second["next"]] == [
        "NX-001",
        "NX-002",
        None,
    ]
    assert machine.get("/api/places?after=x").json()["code"] == "api.bad_cursor"
    assert machine.get("/api/places?kind=mall").json()["items"] == []
    assert len(machine.get("/api/places?q=老街&area=310114").json()["items"]) == 1
    with count_queries("api places"):
        machine.get("/api/places")


def test_registering_changing_withdrawing(cast, machine):
    made = send(
        machine,
        "post",
        "/api/places",
        {"name": "新", "kind": "mall", "x": 121.31, "y": 31.29, "area": "南翔镇", "campaign": "expo"},
    )
    assert made.status_code == 201
    place = made.json()
    assert (place["area_name"], place["campaign_id"]) == ("南翔镇", str(cast.campaign.id))
    address = f"/api/places/{place['id']}"
    changed = send(machine, "patch", address, {"version": 1, "name": "改", "area": "310114102001"}).json()
    assert (changed["name"], changed["area"], changed["version"]) == ("改", "310114102001", 2)
    stale = send(machine, "patch", address, {"version": 1, "name": "又改"})
    assert (stale.status_code, stale.json()["code"]) == (409, "kernel.stale")
    assert machine.delete(address).json()["withdrawn"] is True
    assert machine.get(f"/api/places/{cast.places['JQ-001'].id}").status_code == 404
    wrong = send(machine, "post", "/api/places", {"kind": 3})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "api.invalid")
    assert (
        send(machine, "post", "/api/places", {"name": "x", "kind": "y", "area": "江桥镇"}).json()["code"]
        == "access.denied"
    )


def test_areas(cast, machine):
    assert [each["code"] for each in machine.get("/api/areas?parent=310114").json()] == [
        "310114102",
        "310114118",
    ]
    assert machine.get("/api/areas?q=南翔").json()[0]["name"] == "南翔镇"
    assert machine.get("/api/areas/310114").json()["shaped"] is False
    assert machine.get("/api/areas/9").status_code == 404
    assert machine.get("/api/areas/310114/map").json()["type"] == "FeatureCollection"
    assert machine.get("/api/areas/at?lon=121.3&lat=31.3").json()["code"] == "place.outside_areas"


def test_units_people_contracts(cast, machine):
    assert {each["code"] for each in machine.get("/api/units").json()["items"]} == {"nxz"}
    assert machine.get("/api/units/nxz").json()["path"] == "jd/nxz/"
    assert machine.get("/api/units?q=南翔&under=jd/").json()["items"][0]["code"] == "nxz"
    people = machine.get("/api/people?q=nan&unit=jd/").json()["items"]
    assert [each["username"] for each in people] == ["nanxiang"]
    assert "phone" not in json.dumps(people)
    assert len(machine.get("/api/contracts?area=310114102&kind=block&person=nanxiang").json()["items"]) == 1
    made = send(machine, "post", "/api/contracts", {"person": "xuncha", "kind": "grid", "area": "南翔镇"})
    assert made.status_code == 201
    ended = send(machine, "post", f"/api/contracts/{made.json()['id']}/end", {"version": 1})
    assert ended.json()["ended"] is True
    place = str(cast.places["NX-001"].id)
    assert (
        send(
            machine, "post", "/api/contracts", {"person": "xuncha", "kind": "place", "place_id": place}
        ).status_code
        == 201
    )
    assert machine.get("/api/areas/310114102/gaps").json()["all_places"] == 2


def test_imports(cast, machine):
    assert "place" in {each["kind"] for each in machine.get("/api/importers").json()}

    def send_table(**fields):
        table = SimpleUploadedFile("a.csv", "甲,名称,区域\nA-1,甲,南翔镇\nA-2,乙,火星\n".encode())
        return machine.post(
            "/api/imports", {"file": table, "kind": "place", "mapping": '{"number": "甲"}', **fields}
        )

    tried = send_table(dry_run="true")
    assert (tried.status_code, tried.json()["status"], Place.objects.filter(number="A-1").count()) == (
        201,
        "checked",
        0,
    )
    run = tried.json()
    assert run["wrong"][0]["code"] == "place.unknown_area"
    applied = machine.post(f"/api/imports/{run['id']}/apply").json()
    assert (applied["status"], applied["created"]) == ("applied", 1)
    assert machine.post(f"/api/imports/{run['id']}/undo").json()["status"] == "undone"
    assert machine.get(f"/api/imports/{run['id']}").json()["status"] == "undone"
    assert len(machine.get("/api/imports?kind=place").json()["items"]) == 1
    assert send_table(mapping="[").json()["code"] == "api.invalid"
    assert send_table(kind="moon").status_code == 404
    assert send_table(campaign="expo").status_code == 201
