"""Real Open311 clients from the package registry against our own server on this machine."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import requests
import xmltodict
from civicbot.http import HttpError, HttpTransport, RateLimiter
from civicbot.open311 import Open311Client, ValidationError
from civicbot.registry import Endpoint
from georeport import GeoReport

from guatu.cases.models import Case, PeerUpdate
from guatu.cases.reads import photos
from guatu.kernel import clock
from tests.cases.conftest import photo
from tests.conftest import CAMPAIGN_DAY
from tests.public.conftest import POINT, City

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]  # every test empties the whole store


@pytest.fixture
def base(live_server: Any, city: City) -> Iterator[str]:
    """The endpoint as a client would be given it; the server's threads stand in the campaign's day, too."""
    clock.set_store(CAMPAIGN_DAY)
    yield f"{live_server.url}/open311/v2"
    clock.forget()


@pytest.fixture
def civicbot(base: str) -> Open311Client:
    endpoint = Endpoint.from_dict(
        {"id": "jiading", "name": "嘉定", "base_url": base, "bbox": [121.0, 31.0, 122.0, 32.0], "write": True,
         "api_key_required_for_write": True}
    )  # fmt: skip
    return Open311Client(endpoint, HttpTransport(rate_limiter=RateLimiter(min_interval=0.0)))


def report(bot: Open311Client, key: str, **more: Any) -> str:
    sent = bot.create_request(
        "0113", dry_run=False, confirm="SEND", api_key=key, validate_remote=True, lat=31.294, lng=121.312,
        description="路面有坑，注意安全", attributes={"WHERE": "road", "HOWMANYD": "2", "THINGS": ["oil", "glass"]}, **more,
    )  # fmt: skip
    return str(sent.response[0]["service_request_id"])


def test_civicbot_reports_and_reads_back(civicbot: Open311Client, city: City):
    assert [row["service_code"] for row in civicbot.list_services()] == [
        "0113", "0110", "component:01001", "matter:01001",
    ]  # fmt: skip
    assert civicbot.get_service_definition("0113")["attributes"][1]["code"] == "WHERE"
    assert civicbot.get_service_definition("component:01001")["attributes"] == []
    number = report(civicbot, city.key, first_name="小明", last_name="王", phone="13812345678")
    found = civicbot.get_request(number)
    assert found is not None
    assert (found["service_request_id"], found["description"]) == (number, "路面有坑，注意安全")
    assert civicbot.get_token(number)[0]["service_request_id"] == number
    assert (
        civicbot.list_requests(service_code="0113", status="open", page_size=1)[0]["service_request_id"]
        == number
    )
    assert civicbot.list_requests(service_request_ids=[number, "x"])[0]["service_request_id"] == number
    assert civicbot.list_requests(
        start_date="2021-09-16T00:00:00+08:00", end_date="2021-09-16T18:00:00+08:00"
    )
    assert civicbot.list_requests(status="closed") == []


def test_civicbot_is_told_what_is_wrong(civicbot: Open311Client, city: City):
    with pytest.raises(ValidationError) as refused:  # by our definition, before anything is sent
        civicbot.create_request(
            "0113", validate_remote=True, lat=31.294, lng=121.312, attributes={"WHERE": "sky"}
        )
    assert "HOWMANYD" in str(refused.value) and "sky" in str(refused.value)
    for key, code, status in ((city.key, "0113", 400), ("gt_nothing", "0113", 403), (city.key, "没有", 404)):
        with pytest.raises(HttpError) as answered:
            civicbot.create_request(code, dry_run=False, confirm="SEND", api_key=key, lat=31.294, lng=121.312)
        assert answered.value.status == status
    with pytest.raises(HttpError) as missing:
        civicbot.get_request("nothing")
    assert missing.value.status == 404


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("jurisdiction", [None, "expo"])
def test_georeport_reads_everything(
    base: str, civicbot: Open311Client, city: City, form: str, jurisdiction: str | None
):
    first, second = report(civicbot, city.key), report(civicbot, city.key)
    client = GeoReport(base + "/", jurisdiction=jurisdiction, output_format=form)
    assert next(row["service_name"] for row in client.get_service_list()) == "道路破损"
    definition = client.get_service_definition("0113")
    assert definition["service_code"] == "0113"
    asked = definition["attributes"] if form == "json" else definition["attributes"]["attribute"]
    assert [row["code"] for row in asked] == ["HOWMANYD", "WHERE", "THINGS", "SPOT", "SAY"]
    rows = client.get_service_requests(
        status="open", start_date="2021-09-01T00:00:00Z", end_date="2021-09-30T00:00:00Z"
    )
    assert [row["service_request_id"] for row in rows] == [second, first]
    assert client.get_service_request(first)["description"] == "路面有坑，注意安全"
    if form == "json":
        assert client.get_service_requests(service_code="0110") == []
    with pytest.raises(requests.HTTPError, match="404"):
        client.get_service_request("nothing")


# What other clients send, byte for byte where it matters: `three` 0.8.0 does not start on Python 3, FMS is not packaged.


def test_as_three_posts_a_picture_and_asks_by_count_and_days(base: str, city: City):
    answer = requests.post(
        f"{base}/requests.json",
        data={"service_code": "0110", "address_string": "解放街", "first_name": "小", "last_name": "明", "api_key": city.key,
              "description": "照片见附件"},
        files={"media": photo("现场.jpg").open("rb")},
        timeout=20,
    )  # fmt: skip
    assert answer.status_code == 200
    assert [kept.name for kept in photos(Case.objects.get())["before"]] == ["现场.jpg"]
    day = datetime(2021, 9, 15).strftime("%Y-%m-%dT%H:%M:%SZ")
    end = datetime(2021, 9, 17).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = requests.get(
        f"{base}/requests.json", params={"page_size": 10, "start_date": day, "end_date": end}, timeout=20
    )
    assert len(found.json()) == 1
    told = requests.get(f"{base}/discovery.json", timeout=20).json()
    assert told["endpoints"][0]["type"] == "test"
    assert requests.get(told["endpoints"][0]["url"] + "services.json", timeout=20).status_code == 200


def forced(element: Any) -> list[Any]:
    """A list where XML had one or several, as FMS forces it."""
    return element if isinstance(element, list) else [element]


def test_as_fixmystreet_sends_reads_and_updates(base: str, city: City):
    endpoint = base + "/"  # FMS concatenates, and always names the jurisdiction
    form = {
        "jurisdiction_id": "expo", "api_key": city.key, "service_code": "0113", **POINT, "description": "title: 坑\n\ndetail: 深",
        "email": "a@b.example", "first_name": "小明", "last_name": "王", "attribute[WHERE]": "road", "attribute[HOWMANYD]": "1",
        "attribute[fixmystreet_id]": "42", "media_url": "https://fms.example/photo/42.jpeg",
    }  # fmt: skip
    posted = requests.post(endpoint + "requests.xml", data=form, timeout=20)
    [row] = forced(xmltodict.parse(posted.content)["service_requests"]["request"])
    number = row["service_request_id"]
    assert isinstance(number, str) and number
    assert Case.objects.get().answers["fixmystreet_id"] == "42"
    found = requests.get(
        endpoint + "requests.xml",
        params={"jurisdiction_id": "expo", "service_request_id": number},
        timeout=20,
    )
    [told] = forced(xmltodict.parse(found.content)["service_requests"]["request"])
    assert all(told[name] for name in ("lat", "long", "requested_datetime", "updated_datetime", "media_url"))
    update = {
        "jurisdiction_id": "expo", "api_key": city.key, "service_request_id": number, "update_id": "7", "status": "OPEN",
        "updated_datetime": "2021-09-16T08:59:00+08:00", "title": "", "description": "还没修", "email": "a@b.example",
        "first_name": "小明", "last_name": "王", "media_url": "https://fms.example/photo/c7.jpeg",
    }  # fmt: skip
    sent = [requests.post(endpoint + "servicerequestupdates.xml", data=update, timeout=20) for _ in range(2)]
    ids = {
        xmltodict.parse(each.content)["service_request_updates"]["request_update"]["update_id"]
        for each in sent
    }
    assert ids == {str(PeerUpdate.objects.get().comment_id)}
    listed = requests.get(
        endpoint + "servicerequestupdates.xml",
        params={"jurisdiction_id": "expo", "api_key": city.key, "start_date": "2021-09-16T00:00:00+08:00",
                "end_date": "2021-09-16T23:59:59+08:00"},
        timeout=20,
    )  # fmt: skip
    [back] = forced(xmltodict.parse(listed.content)["service_request_updates"]["request_update"])
    assert (back["update_id"] in ids, back["service_request_id"], back["description"]) == (
        True,
        number,
        "还没修",
    )
    assert back["media_url"] == "https://fms.example/photo/c7.jpeg"


def test_a_wrong_call_is_told_in_the_format_that_was_asked(base: str, city: City):
    answer = requests.post(f"{base}/requests.xml", data={"api_key": city.key}, timeout=20)
    assert answer.status_code == 400
    found = forced(xmltodict.parse(answer.content)["errors"]["error"])
    assert {row["code"] for row in found} == {"400"} and len(found) == 2
    assert json.loads(requests.get(f"{base}/requests/x.json", timeout=20).content)[0]["code"] == "404"
