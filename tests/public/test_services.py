"""Discovery, services and definitions: both formats, the same content, Chinese throughout."""

import json
from typing import Any

import pytest
from django.test import Client

from guatu.campaigns.models import Campaign
from guatu.cases import acts
from guatu.cases.models import CaseClass
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from tests.cast import Cast
from tests.conftest import CAMPAIGN_DAY
from tests.public.conftest import CLASSES, MAIN, City, errors, publish, tree

pytestmark = pytest.mark.django_db


def flat(element: Any) -> dict[str, str | None]:
    return {child.tag: child.text for child in element}


def test_discovery_says_in_both_formats_where_the_endpoint_is_and_the_address_works(city: City):
    told, xml = city.json("discovery"), city.xml("discovery")
    assert set(told) == {"changeset", "contact", "key_service", "endpoints"}
    assert all(told.values())
    [endpoint] = told["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert all(endpoint.values())
    assert xml.tag == "discovery"
    assert [each.text for each in xml.iterfind("endpoints/endpoint/formats/format")] == endpoint["formats"]
    assert xml.findtext("endpoints/endpoint/url") == endpoint["url"]
    # FMS concatenates the address and the resource
    path = endpoint["url"].removeprefix("http://testserver")
    assert city.http.get(path + "services.json").status_code == 200
    assert city.http.get(path).status_code == 200


def test_a_demo_says_it_is_for_tests(city: City):
    with clock.at(CAMPAIGN_DAY):
        assert city.json("discovery")["endpoints"][0]["type"] == "production"
        clock.set_store(CAMPAIGN_DAY)
        assert city.json("discovery")["endpoints"][0]["type"] == "test"


def test_services_tell_the_same_in_both_formats_and_in_the_same_order(city: City):
    told = city.json("services")
    xml = city.xml("services")
    assert [row["service_name"] for row in told] == ["道路破损", "暴露生活垃圾", "供水井盖", "供水井盖异常"]
    assert xml.tag == "services" and {each.tag for each in xml} == {"service"}
    for row, element in zip(told, xml, strict=True):
        plain = {
            name: {True: "true", False: "false", None: None}.get(value, value) or None
            for name, value in row.items()
        }
        assert flat(element) == plain
    assert told[0] == {
        "service_code": "0113", "service_name": "道路破损", "description": "路面坑洼、塌陷", "metadata": True,
        "type": "realtime", "keywords": "道路,坑", "group": "市容环境",
    }  # fmt: skip
    assert city.json("services") == told


def test_metadata_is_true_only_where_there_is_something_to_ask(city: City):
    for row in city.json("services"):
        asked = city.json(f"services/{row['service_code']}")["attributes"]
        assert row["metadata"] is bool(asked)


def test_a_code_that_two_classes_share_is_told_with_its_kind(city: City):
    codes = [row["service_code"] for row in city.json("services")]
    assert codes == ["0113", "0110", "component:01001", "matter:01001"]
    assert city.json("services/component:01001") == {"service_code": "component:01001", "attributes": []}


def test_a_code_that_even_its_kind_does_not_tell_apart_is_told_in_full(open_to_all: Cast, city: City):
    extra = {"scheme": "own/本区", "kind": "matter", "code": "0110", "name": "另一种垃圾", "public": True}
    acts.set_classes(by=SYSTEM, campaign=open_to_all.campaign, classes=[extra])
    codes = [row["service_code"] for row in city.json("services")]
    assert {"GB/T 30428.2-2013|matter|0110", "own/本区|matter|0110"} <= set(codes)
    for code in codes:
        assert city.json(f"services/{code}")["service_code"] == code
        assert city.xml(f"services/{code}").findtext("service_code") == code


def test_a_definition_keeps_the_order_of_questions_and_values(city: City):
    told = city.json("services/0113")
    assert told["service_code"] == "0113"
    asked = told["attributes"]
    assert [(row["code"], row["order"]) for row in asked] == [
        ("HOWMANYD", 1), ("WHERE", 2), ("THINGS", 3), ("SPOT", 4), ("SAY", 5),
    ]  # fmt: skip
    assert asked[1] == {
        "variable": True, "code": "WHERE", "datatype": "singlevaluelist", "required": True, "datatype_description": "选一个",
        "order": 2, "description": "坏在哪里",
        "values": [{"key": "road", "name": "车行道"}, {"key": "pavement", "name": "人行道"}],
    }  # fmt: skip
    assert "values" not in asked[0]
    xml = city.xml("services/0113")
    assert xml.tag == "service_definition"
    [_many, where, *_rest] = xml.iterfind("attributes/attribute")
    assert where.findtext("variable") == "true"
    assert where.findtext("required") == "true"
    assert where.findtext("order") == "2"
    assert [flat(value) for value in where.iterfind("values/value")] == asked[1]["values"]


@pytest.mark.parametrize("code", ["nothing", "77", "01001", "0113.html", "没有"])
@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_service_that_is_not_there_or_not_public_is_404(city: City, code: str, form: str):
    answer = city.get(f"services/{code}", form)
    assert answer.status_code == 404
    [(status, words)] = errors(answer)
    assert status == "404" and code in words


def test_a_class_out_of_use_is_no_longer_offered_and_names_of_others_stay(city: City):
    before = [row["service_code"] for row in city.json("services")]
    CaseClass.objects.filter(code="01001", kind="component").update(active=False)
    assert [row["service_code"] for row in city.json("services")] == [before[0], before[1], before[3]]
    assert city.get("services/component:01001").status_code == 404


def test_english_is_told_to_who_asks_for_it(city: City):
    answer = city.http.get(f"{MAIN}/services.json", HTTP_ACCEPT_LANGUAGE="en-GB,en;q=0.9")
    assert answer["Content-Language"] == "en"
    assert [row["service_name"] for row in json.loads(answer.content)][:2] == ["Broken road", "Rubbish"]
    definition = city.http.get(f"{MAIN}/services/0113.json", HTTP_ACCEPT_LANGUAGE="en")
    where = json.loads(definition.content)["attributes"][1]
    assert where["description"] == "Where is it broken"
    assert [value["name"] for value in where["values"]] == ["Carriageway", "人行道"]


# --- formats -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "xml"),
        ("*/*", "xml"),
        ("application/json", "json"),
        ("application/xml", "xml"),
        ("text/xml", "xml"),
        ("application/xml;q=0.5, application/json", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "xml"),
    ],
)
def test_without_a_suffix_the_client_says_what_it_reads_and_xml_is_usual(city: City, accept: str, form: str):
    headers = {"HTTP_ACCEPT": accept} if accept else {}
    answer = city.http.get(f"{MAIN}/services", **headers)
    assert answer.status_code == 200
    assert form in answer["Content-Type"]
    assert "Accept" in answer["Vary"]
    if form == "xml":
        assert tree(answer).tag == "services"


@pytest.mark.parametrize(
    "path",
    [
        "/services.json",
        "//services.json",
        "/services.json/",
        "/services/?format=json",
        "/services?format=json",
    ],
)
def test_a_slash_too_many_does_no_harm(city: City, path: str):
    answer = city.http.get(MAIN + path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert len(json.loads(answer.content)) == 4


def test_the_endpoint_itself_answers_with_and_without_slash(city: City):
    for path in (MAIN, MAIN + "/"):
        assert tree(city.http.get(path)).tag == "discovery"


@pytest.mark.parametrize(
    "path", ["nothing.json", "services.html.json", "requests/a/b.json", "v3/services.json"]
)
def test_any_other_address_is_told_in_the_format_asked_for(city: City, path: str):
    answer = city.http.get(f"{MAIN}/{path}?format=json")
    assert answer.status_code == 404
    assert errors(answer)[0][0] == "404"


@pytest.mark.parametrize(
    ("path", "method"), [("services.json", "post"), ("requests.json", "delete"), ("tokens/x.xml", "put")]
)
def test_a_wrong_method_is_told_with_those_that_work(city: City, path: str, method: str):
    answer = getattr(city.http, method)(f"{MAIN}/{path}")
    assert answer.status_code == 405
    assert "GET" in answer["Allow"]
    assert errors(answer)[0][0] == "405"


def test_an_answer_that_did_not_change_is_not_sent_again(city: City):
    first = city.get("services")
    again = city.http.get(f"{MAIN}/services.json", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    CaseClass.objects.filter(code="0110").update(name="垃圾")
    assert city.http.get(f"{MAIN}/services.json", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200
    other = city.http.get(f"{MAIN}/services.xml", HTTP_IF_NONE_MATCH=first["ETag"])
    assert other.status_code == 200


def test_head_answers_as_get_without_a_body(city: City):
    answer = city.http.head(f"{MAIN}/services.json")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["ETag"] == city.get("services")["ETag"]


# --- jurisdictions -----------------------------------------------------------------------------------------------


@pytest.fixture
def second(open_to_all: Cast) -> Campaign:
    """Another campaign with a public class."""
    first = open_to_all.campaign
    other = Campaign.objects.create(
        home=first.home, code="spring", name="春季整治", area=first.area, opens_on=first.opens_on, closes_on=first.closes_on
    )  # fmt: skip
    publish(other, CLASSES[1:2])
    return other


def test_with_one_jurisdiction_its_id_may_be_left_out_or_empty(city: City):
    assert city.json("services") == city.json("services", jurisdiction_id="expo")
    assert city.json("services") == city.json("services", jurisdiction_id="")


def test_with_several_it_must_be_given(city: City, second: Campaign):
    for path in (
        "services",
        "services/0110",
        "requests",
        "requests/AJ-2021-000001",
        "tokens/x",
        "servicerequestupdates",
    ):
        answer = city.get(path)
        assert answer.status_code == 400, path
        [(code, words)] = errors(answer)
        assert code == "400" and "jurisdiction_id" in words and "expo, spring" in words
    answer = city.post(service_code="0110", lat="31.294", long="121.312")
    assert answer.status_code == 400
    assert len(city.json("services", jurisdiction_id="expo")) == 4
    assert len(city.json("services", jurisdiction_id="spring")) == 1
    assert city.get("discovery").status_code == 200


def test_reports_of_one_jurisdiction_do_not_show_in_the_other(city: City, second: Campaign):
    number = city.report(jurisdiction_id="spring")
    assert city.json(f"requests/{number}", jurisdiction_id="spring")[0]["service_request_id"] == number
    assert city.get(f"requests/{number}", jurisdiction_id="expo").status_code == 404


@pytest.mark.parametrize(
    "path", ["services", "services/0110", "requests", "requests/x", "tokens/x", "servicerequestupdates"]
)
@pytest.mark.parametrize("form", ["xml", "json"])
def test_an_unknown_jurisdiction_is_404(city: City, path: str, form: str):
    answer = city.get(path, form, jurisdiction_id="没有")
    assert answer.status_code == 404
    assert errors(answer)[0][0] == "404"


def test_a_house_without_public_classes_answers_empty_lists(cast: Cast):
    city = City()
    assert city.json("services") == []
    assert city.json("requests") == []
    assert city.json("servicerequestupdates") == []
    assert len(city.xml("services")) == 0
    assert city.get("services/0110").status_code == 404
    assert city.get("requests/AJ-2021-000001").status_code == 404


# --- the page for people -----------------------------------------------------------------------------------------


def test_the_page_tells_addresses_jurisdictions_and_how_to_get_a_key(city: City, second: Campaign):
    page = Client().get("/open311/").content.decode()
    for word in (
        "http://testserver/open311/v2/",
        "jurisdiction_id=expo",
        "jurisdiction_id=spring",
        "道路破损",
        "api_key",
    ):
        assert word in page
    assert "违法用工" not in page
    english = Client()
    english.cookies["django_language"] = "en"
    told = english.get("/open311/").content.decode()
    assert "Broken road" in told and "How to get a key" in told


def test_the_page_teaches_where_nothing_is_public(cast: Cast):
    assert "note" in Client().get("/open311/").content.decode()


def test_services_cost_few_queries(city: City, count_queries: Any):
    with count_queries("open311 services"):
        city.json("services")
