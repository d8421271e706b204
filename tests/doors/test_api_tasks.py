"""Tasks, activities and campaigns over the API: shapes, rights, steps, refusals."""

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client

from guatu.campaigns import acts as campaign_acts
from guatu.tasks import acts
from guatu.tasks.models import Task
from guatu.units.acts import make_token
from tests.cast import Cast
from tests.tasks.ground import task_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(cast: Cast) -> Any:
    def of(person: Any) -> Client:
        _token, text = make_token(by=person, person=person, name="Excel")
        return Client(HTTP_AUTHORIZATION=f"Bearer {text}")

    return of


def _post(client: Client, path: str, body: Any, method: str = "post") -> Any:
    return getattr(client, method)(path, body, content_type="application/json")


def test_the_list_its_filters_and_pages(cast, machine):
    for number in range(1, 6):
        task_of(
            cast,
            number=str(number),
            due_on=dt.date(2021, 9, 8 + number),
            category="绿化" if number == 5 else "水域保洁",
        )
    client = machine(cast.jinbo)
    first = client.get("/api/campaigns/expo/tasks?limit=3").json()
    rest = client.get(f"/api/campaigns/expo/tasks?limit=3&after={first['next']}").json()
    assert [row["number"] for row in first["items"] + rest["items"]] == ["1", "2", "3", "4", "5"]
    assert rest["next"] is None
    row = first["items"][0]
    assert (row["lead_unit"], row["supporting"], row["late"], row["steps"][0]) == (
        "lrj",
        ["cgzf"],
        True,
        "start",
    )
    for query, count in (
        ("status=open", 5), ("status=accepted", 0), ("late=true", 5), ("risk=true", 0), ("category=绿化", 1), ("unit=lrj", 5),
        ("unit=jd/nxz/", 0), ("area=310114102", 5), ("area=310114118", 0), ("group=none", 0), ("q=河道", 5), ("q=5", 1),
    ):  # fmt: skip
        assert len(client.get(f"/api/campaigns/expo/tasks?{query}").json()["items"]) == count, query
    assert client.get("/api/campaigns/expo/tasks?after=nonsense").json()["code"] == "api.bad_cursor"
    assert client.get("/api/campaigns/nothing/tasks").status_code == 404
    curve = client.get("/api/campaigns/expo/tasks/curve").json()
    assert curve[-1]["due"] == 5


def test_a_neighbour_sees_nothing(cast, machine):
    task = task_of(cast)
    client = machine(cast.jiangqiao)
    assert client.get("/api/campaigns/expo/tasks").json()["items"] == []
    assert client.get(f"/api/tasks/{task.id}").status_code == 404
    assert _post(client, f"/api/tasks/{task.id}/steps/start", {}).status_code == 404
    assert machine(cast.passer_by).get("/api/campaigns/expo/tasks").status_code == 403
    assert Client().get("/api/campaigns/expo/tasks").status_code == 401


def test_add_and_edit(cast, machine):
    office, unit = machine(cast.jinbo), machine(cast.lvrong)
    body = {
        "title": "新任务",
        "lead_unit": "lrj",
        "due_on": "2021-10-01",
        "supporting": ["nxz"],
        "area": "南翔镇",
    }
    made = _post(office, "/api/campaigns/expo/tasks", body)
    assert made.status_code == 201
    row = made.json()
    assert (row["number"], row["area"], row["supporting"]) == ("1", "310114102", ["nxz"])
    assert _post(unit, "/api/campaigns/expo/tasks", body).status_code == 403
    for wrong, code in (
        ({"lead_unit": "nobody"}, "task.import_unit"),
        ({"body": "nothing"}, "task.import_body"),
        ({"starts_on": "2021-12-01"}, "task.schedule"),
        ({"owner_id": "0190b0b0-0000-7000-8000-000000000000"}, "access.not_found"),
    ):
        assert _post(office, "/api/campaigns/expo/tasks", {**body, **wrong}).json()["code"] == code
    path = f"/api/tasks/{row['id']}"
    changed = _post(
        office, path, {"version": 1, "due_on": "2021-10-08", "owner_id": str(cast.lvrong.id)}, "patch"
    ).json()
    assert (changed["due_on"], changed["owner_name"], changed["version"]) == ("2021-10-08", "绿容局", 2)
    assert _post(office, path, {"version": 1, "title": "x"}, "patch").json()["code"] == "kernel.stale"
    assert _post(unit, path, {"version": 2, "due_on": "2022-01-01"}, "patch").status_code == 403
    assert (
        _post(unit, path, {"version": 2, "owner_name": "沈师傅", "owner_id": None}, "patch").json()[
            "owner_name"
        ]
        == "沈师傅"
    )


def test_a_whole_life(cast, machine):
    office, unit, checker = machine(cast.jinbo), machine(cast.lvrong), machine(cast.hecha)
    task = task_of(cast)

    def step(client: Client, name: str, **body: Any) -> Any:
        return _post(client, f"/api/tasks/{task.id}/steps/{name}", body)

    assert step(unit, "start").json()["status"] == "started"
    assert step(unit, "report_progress", percent=40, note="四成").json()["percent"] == 40
    assert step(unit, "report_progress").json()["code"] == "task.percent"
    assert step(office, "press", text="请加快").status_code == 200
    assert step(unit, "comment", text="好").status_code == 200
    assert step(unit, "report_done").json()["status"] == "reported_done"
    assert step(unit, "take_back_report").json()["status"] == "started"
    photo = io.BytesIO("整治后".encode())
    photo.name = "整治后.txt"
    sent = unit.post(f"/api/tasks/{task.id}/evidence", {"files": photo, "done": "true", "note": "完成"})
    assert sent.json()["status"] == "reported_done"
    assert step(checker, "return").json()["code"] == "task.needs_reason"
    assert step(checker, "return", reason="缺照片").json()["status"] == "returned"
    photo = io.BytesIO("再拍".encode())
    photo.name = "再拍.txt"
    assert unit.post(f"/api/tasks/{task.id}/evidence", {"files": photo}).status_code == 200
    assert step(unit, "report_done").status_code == 200
    assert step(checker, "accept").json()["status"] == "accepted"
    assert step(checker, "withdraw_acceptance", reason="看错").json()["status"] == "reported_done"
    assert step(checker, "accept").json()["status"] == "accepted"
    assert step(checker, "reopen", reason="又坏").json()["status"] == "started"
    assert step(office, "cancel", reason="并").json()["status"] == "cancelled"
    assert step(office, "restore").json()["status"] == "started"
    assert step(office, "accept").json()["code"] == "task.step"
    assert step(office, "fly").status_code == 404
    assert Task.objects.get(id=task.id).status == "started"


def test_nobody_checks_his_own_over_the_api_either(cast, machine):
    task = task_of(cast)
    acts.report_done(by=cast.jinbo, task=task)
    answer = _post(machine(cast.jinbo), f"/api/tasks/{task.id}/steps/accept", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "task.self_acceptance")
    assert answer.json()["next"]


def test_activities(cast, machine):
    office = machine(cast.jinbo)
    body = {"kind": "drill", "name": "演练", "held_on": "2021-09-10", "unit": "cyzx", "area": "南翔镇"}
    drill = _post(office, "/api/campaigns/expo/activities", body).json()
    part = _post(
        office, "/api/campaigns/expo/activities", {**body, "kind": "drill_part", "parent": drill["number"]}
    ).json()
    assert part["parent"] == drill["number"]
    assert (
        _post(office, "/api/campaigns/expo/activities", {**body, "parent": "nothing"}).json()["code"]
        == "task.other_campaign"
    )
    held = _post(
        office, f"/api/activities/{drill['id']}/held", {"headcount": 48, "results": {"teams": 16}}
    ).json()
    assert (held["status"], held["headcount"], held["results"]) == ("held", 48, {"teams": 16})
    assert (
        _post(office, f"/api/activities/{part['id']}/cancelled", {"reason": "改期"}).json()["status"]
        == "cancelled"
    )
    assert len(office.get("/api/campaigns/expo/activities?kind=drill&status=held").json()["items"]) == 1
    assert office.get("/api/campaigns/expo/activities?first=2021-09-11").json()["items"] == []
    assert office.get("/api/campaigns/expo/activities?last=2021-09-09").json()["items"] == []
    assert office.get(f"/api/activities/{drill['id']}").json()["unit"] == "cyzx"
    assert machine(cast.jiangqiao).get(f"/api/activities/{drill['id']}").status_code == 404
    assert _post(machine(cast.hecha), f"/api/activities/{drill['id']}/held", {}).status_code == 403


def test_campaigns_phases_and_bodies(cast, machine):
    office = machine(cast.jinbo)
    (row,) = office.get("/api/campaigns").json()
    assert (row["code"], row["days_left"]) == ("expo", 50)
    new = {
        "code": "expo-5",
        "name": "第五届",
        "area": "310114",
        "opens_on": "2022-11-05",
        "closes_on": "2022-11-10",
    }
    assert _post(office, "/api/campaigns", new).status_code == 201
    assert _post(office, "/api/campaigns", new).json()["code"] == "campaign.code_taken"
    assert (
        _post(office, "/api/campaigns/expo", {"version": 1, "name_en": "Expo"}, "patch").json()["name_en"]
        == "Expo"
    )
    phases = [{"code": "do", "name": "实施", "starts_on": "2021-04-01", "ends_on": "2021-09-30"}]
    assert _post(office, "/api/campaigns/expo/phases", phases, "put").json()[0]["guarantee"] is False
    assert office.get("/api/campaigns/expo/phases").json()[0]["code"] == "do"
    assert _post(machine(cast.zhihui), "/api/campaigns/expo/phases", phases, "put").status_code == 403
    assert office.get("/api/campaigns/expo/bodies").json() == []
    assert machine(cast.passer_by).get("/api/campaigns").status_code == 403
    assert office.get("/api/campaigns/expo").json()["name"] == cast.campaign.name


def test_bodies_with_units_and_people(cast, machine):
    body = campaign_acts.form_body(
        by=cast.jinbo, campaign=cast.campaign, code="lead", name="领导小组", kind="leading_group"
    )
    campaign_acts.name_units(by=cast.jinbo, body=body, lead=[cast.units["lrj"]], members=[cast.units["nxz"]])
    campaign_acts.appoint(by=cast.jinbo, body=body, person=cast.zhihui, role="leader", title="区长")
    (row,) = machine(cast.nanxiang).get("/api/campaigns/expo/bodies").json()
    assert (row["lead"], row["members"], row["people"][0]["title"]) == (["lrj"], ["nxz"], "区长")
