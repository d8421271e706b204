"""OData and CSV over submissions: pages that lose nothing, filters, rights, and what is sealed stays out."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from guatu.fieldwork.acts import EnvelopeIn, publish_form, receive_many, review_submission
from guatu.fieldwork.models import Submission
from guatu.kernel import clock
from guatu.kernel import xml as safe_xml
from guatu.units.models import Person
from tests.cast import Cast
from tests.conftest import CAMPAIGN_DAY
from tests.fieldwork.papers import CLEAN_DAY, filled

pytestmark = pytest.mark.django_db
BASE = "/v1/projects/1/forms/clean_day"
SPOTS = "<spot><place>老街</place><bags>3</bags></spot><spot><place>=1+1</place><bags>4</bags></spot>"


class Reader:
    """Somebody who reads JSON from the door."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, {f"${name}": value for name, value in query.items()})

    def rows(self, table: str = "Submissions", **query: Any) -> list[dict[str, Any]]:
        answer = self.get(f"{BASE}.svc/{table}", **query)
        assert answer.status_code == 200, answer.content
        found: list[dict[str, Any]] = answer.json()["value"]
        return found

    def ids(self, **query: Any) -> list[str]:
        return [row["__id"] for row in self.rows(**query)]

    def code(self, path: str, **query: Any) -> float:
        found: float = self.get(path, **query).json()["code"]
        return found


@pytest.fixture
def reader(signed_in: Callable[..., Client], filled_in: Cast) -> Callable[[Person], Reader]:
    def of(person: Person) -> Reader:
        found = Reader(signed_in(person))
        assert found.client.get("/v1/projects").json()[0]["id"] == 1
        return found

    return of


@pytest.fixture
def filled_in(cast: Cast) -> Cast:
    """Five from 南翔镇 an hour apart, the last edited and approved; two from 江桥镇."""
    publish_form(by=cast.jinbo, campaign=cast.campaign, source=CLEAN_DAY.encode(), file_name="clean_day.md")
    for number in range(5):
        _send(
            cast,
            cast.nanxiang,
            f"uuid:n{number}",
            number,
            people=number * 10,
            spots=SPOTS,
            contact_phone="13812345678",
        )
    for number in range(2):
        _send(cast, cast.jiangqiao, f"uuid:j{number}", number, street="jiangqiao")
    _send(cast, cast.nanxiang, "uuid:n4b", 5, people=44, replaces="uuid:n4", spots=SPOTS)
    review_submission(
        by=cast.jinbo, submission=Submission.objects.get(instance_id="uuid:n4b"), status="approved"
    )
    return cast


def _send(cast: Cast, by: Person, instance: str, hour: int, **answers: Any) -> None:
    at = CAMPAIGN_DAY - dt.timedelta(hours=8 - hour)
    envelope = EnvelopeIn(
        xml=filled(instance, **answers), by=by, campaign=cast.campaign, received_at=at, device_id="collect:1"
    )
    outcome = receive_many(envelopes=[envelope])[0]
    assert outcome.problem is None, outcome.problem


def test_rows_speak_as_centrals_do(reader: Callable[[Person], Reader], filled_in: Cast):
    one = reader(filled_in.jinbo).rows(filter="__id eq 'uuid:n4'")[0]
    assert one["__id"] == one["meta"]["instanceID"] == "uuid:n4"  # by the id it came in under, edited or not
    system = one["__system"]
    assert (system["edits"], system["reviewState"], system["submitterName"]) == (1, "approved", "南翔镇")
    assert system["submissionDate"].endswith("Z") and system["updatedAt"] > system["submissionDate"]
    assert (one["people"], one["waste"], one["street"], one["day"]) == (44, 12.5, "nanxiang", "2021-09-16")
    assert one["contact_phone"] is None  # sealed
    assert one["spot@odata.navigationLink"] == "Submissions('uuid%3An4')/spot"


def test_repeats_are_tables_of_their_own_or_inside(reader: Callable[[Person], Reader], filled_in: Cast):
    office = reader(filled_in.jinbo)
    rows = office.rows("Submissions.spot", filter="__id eq 'uuid:n1'")
    assert [(row["place"], row["bags"], row["__Submissions-id"]) for row in rows] == [
        ("老街", 3, "uuid:n1"),
        ("=1+1", 4, "uuid:n1"),
    ]
    inside = office.rows(expand="*", filter="__id eq 'uuid:n1'")[0]["spot"]
    assert [row["__id"] for row in inside] == [row["__id"] for row in rows]
    linked = office.get(f"{BASE}.svc/Submissions('uuid:n1')/spot").json()["value"]
    assert linked == rows
    single = office.get(f"{BASE}.svc/Submissions('uuid:n1')").json()["value"]
    assert [row["__id"] for row in single] == ["uuid:n1"]
    assert office.get(f"{BASE}.svc/Submissions('uuid:no')").status_code == 404
    assert office.get(f"{BASE}.svc/Nothing").status_code == 404


@pytest.mark.parametrize("table", ["Submissions", "Submissions.spot"])
@pytest.mark.parametrize("top", [1, 2, 3, 100])
@pytest.mark.parametrize("orderby", ["", "__system/submissionDate asc", "__system/updatedAt desc"])
def test_pages_lose_nothing_while_more_comes_in(
    reader: Callable[[Person], Reader], filled_in: Cast, table: str, top: int, orderby: str
):
    office = reader(filled_in.jinbo)
    query = {"top": top, **({"orderby": orderby} if orderby else {})}
    whole = [row["__id"] for row in office.rows(table, **({"orderby": orderby} if orderby else {}))]
    seen, address = [], f"{BASE}.svc/{table}"
    answer = office.get(address, **query, count="true").json()
    assert answer["@odata.count"] == len(whole)
    seen += [row["__id"] for row in answer["value"]]
    _send(
        filled_in, filled_in.jiangqiao, "uuid:late", 7, street="jiangqiao"
    )  # newer than all: stands before what was served
    while link := answer.get("@odata.nextLink"):
        assert len(answer["value"]) == top
        answer = office.client.get(link.removeprefix("http://testserver")).json()
        seen += [row["__id"] for row in answer["value"]]
    assert len(seen) == len(set(seen))
    assert [each for each in seen if each != "uuid:late"] == whole


def test_filters_find_just_what_they_say(reader: Callable[[Person], Reader], filled_in: Cast):
    office = reader(filled_in.jinbo)
    sender = next(row["__system"]["submitterId"] for row in office.rows() if row["__id"] == "uuid:j0")
    all_of_them = {*(f"uuid:n{number}" for number in range(5)), "uuid:j0", "uuid:j1"}
    third = office.rows(filter="__id eq 'uuid:n3'")[0]["__system"]["submissionDate"]
    for text, found in {
        "__system/reviewState eq 'approved'": {"uuid:n4"},
        "__system/reviewState eq null": all_of_them - {"uuid:n4"},
        "__system/reviewState ne null": {"uuid:n4"},
        f"__system/submitterId eq {sender}": {"uuid:j0", "uuid:j1"},
        f"not __system/submitterId eq {sender}": all_of_them - {"uuid:j0", "uuid:j1"},
        f"__system/submissionDate ge {third}": {"uuid:n3", "uuid:n4"},
        f"{third} gt __system/submissionDate and __system/submitterId ne {sender}": {
            "uuid:n0",
            "uuid:n1",
            "uuid:n2",
        },
        "__system/updatedAt ne null": {"uuid:n4"},
        "__system/updatedAt eq null": all_of_them - {"uuid:n4"},
        "$root/Submissions/__system/updatedAt gt 2021-09-01": {"uuid:n4"},
        "year(__system/submissionDate) eq 2021 and month(__system/submissionDate) eq 9": all_of_them,
        "__system/submissionDate gt now()": set(),
        "day(__system/submissionDate) lt day(now())": all_of_them,  # days are of UTC: there it was yesterday
        "__id eq 'uuid:n4b'": {"uuid:n4"},  # also by what its edit was called
        "__id ne 'uuid:n4'": all_of_them - {"uuid:n4"},
        "__id eq 'x''y'": set(),
        "(__id eq 'uuid:n0' or __id eq 'uuid:n1') and not (__id eq 'uuid:n1')": {"uuid:n0"},
    }.items():
        assert set(office.ids(filter=text)) == found, text


def test_what_is_not_understood_is_refused_with_its_number(
    reader: Callable[[Person], Reader], filled_in: Cast
):
    office = reader(filled_in.jinbo)
    for code, query in (
        (501.1, {"apply": "groupby((street))"}), (501.1, {"search": "x"}), (501.1, {"orderby": "a,b"}), (501.1, {"format": "xml"}),
        (501.4, {"filter": "contains(street, 'x') eq true"}), (501.4, {"filter": "__id gt 'x'"}), (501.4, {"filter": "1 eq 'x'"}),
        (501.4, {"filter": "year(1) eq 1"}), (501.4, {"filter": "__system/submissionDate gt null"}),
        (501.5, {"filter": "people eq 3"}), (501.5, {"orderby": "people"}), (501.6, {"expand": "spot"}),
        (501.11, {"expand": "*", "select": "people"}), (400.18, {"filter": "people eq"}), (400.23, {"select": "people,nothing"}),
        (400.8, {"top": "-1"}), (400.8, {"skip": "x"}), (400.8, {"count": "maybe"}), (400.8, {"skiptoken": "!!"}),
        (400.8, {"skiptoken": "eyJhIjoxfQ"}),
    ):  # fmt: skip
        assert office.code(f"{BASE}.svc/Submissions", **query) == code, query


def test_select_skip_top_and_wkt(reader: Callable[[Person], Reader], filled_in: Cast):
    office = reader(filled_in.jinbo)
    rows = office.rows(select="__id,people,__system/reviewState,meta/instanceID", top=1)
    assert rows == [
        {
            "__id": "uuid:n4",
            "people": 44,
            "__system": {"reviewState": "approved"},
            "meta": {"instanceID": "uuid:n4"},
        }
    ]
    assert office.ids(skip=5) == office.ids()[5:]
    assert office.rows(top=0) == []
    first = office.rows("Submissions.spot", skip=1, top=1)
    assert first == office.rows("Submissions.spot")[1:2]
    assert office.rows(wkt="true")[0]["people"] == 44


def test_the_service_tells_what_there_is(reader: Callable[[Person], Reader], filled_in: Cast):
    office = reader(filled_in.jinbo)
    told = office.get(f"{BASE}.svc")
    assert told["OData-Version"] == "4.0"
    assert [row["name"] for row in told.json()["value"]] == ["Submissions", "Submissions.spot"]
    document = safe_xml.parse(office.get(f"{BASE}.svc/$metadata").content)
    space = "{http://docs.oasis-open.org/odata/ns/edm}"
    entity = next(node for node in document.iter(f"{space}EntityType") if node.get("Name") == "Submissions")
    kinds = {node.get("Name"): node.get("Type") for node in entity.iter(f"{space}Property")}
    assert (kinds["people"], kinds["waste"], kinds["day"]) == ("Edm.Int64", "Edm.Decimal", "Edm.Date")
    row = office.rows()[0]
    assert {name for name in row if "@" not in name} == set(kinds)
    links = [node.get("Name") for node in entity.iter(f"{space}NavigationProperty")]
    assert [f"{name}@odata.navigationLink" for name in links] == [name for name in row if "@" in name]


def test_a_street_sees_its_own_and_no_counts_of_others(reader: Callable[[Person], Reader], filled_in: Cast):
    own = reader(filled_in.jiangqiao)
    assert set(own.ids()) == {"uuid:j0", "uuid:j1"}
    assert own.get(f"{BASE}.svc/Submissions", count="true").json()["@odata.count"] == 2
    assert own.get(f"{BASE}.svc/Submissions.spot", count="true").json()["@odata.count"] == 0
    assert own.ids(filter="__id eq 'uuid:n0'") == []
    for path in ("", ".xml", "/versions", "/comments", "/attachments"):
        assert own.get(f"{BASE}/submissions/uuid:n0{path}").status_code == 404, path
    assert own.get(f"{BASE}.svc/Submissions('uuid:n0')").status_code == 404
    assert own.get(f"{BASE}/submissions.csv").status_code == 403  # taking away is a right of its own
    stranger = Reader(Client())
    assert stranger.code(f"{BASE}.svc/Submissions") == 401.2


def test_csv_is_safe_to_open_and_whole(reader: Callable[[Person], Reader], filled_in: Cast):
    office = reader(filled_in.jinbo)
    text = b"".join(office.get(f"{BASE}/submissions.csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["KEY"] for row in rows] == office.ids()
    assert (rows[0]["people"], rows[0]["contact_phone"], rows[0]["ReviewState"]) == ("44", "", "approved")
    packed = b"".join(office.get(f"{BASE}/submissions.csv.zip").streaming_content)
    with zipfile.ZipFile(io.BytesIO(packed)) as package:
        assert package.namelist() == ["clean_day.csv", "clean_day-spot.csv"]
        spots = list(csv.DictReader(io.StringIO(package.read("clean_day-spot.csv").decode("utf-8-sig"))))
    assert {row["place"] for row in spots} == {"老街", "'=1+1"}
    assert {row["PARENT_KEY"] for row in spots} == {f"uuid:n{number}" for number in range(5)}


def test_sealed_xml_opens_with_a_reason_only(reader: Callable[[Person], Reader], filled_in: Cast):
    office = reader(filled_in.jinbo)
    assert (
        office.get(f"{BASE}/submissions/uuid:n0.xml").json()["details"]["problem"]
        == "submission.reason_needed"
    )
    opened = office.client.get(f"{BASE}/submissions/uuid:n0.xml", headers={"X-Action-Notes": "核对联系方式"})
    assert b"13812345678" in opened.content
    street = reader(filled_in.nanxiang)  # may read, may not open
    assert (
        street.client.get(f"{BASE}/submissions/uuid:n0.xml", headers={"X-Action-Notes": "x"}).status_code
        == 403
    )


def test_queries_do_not_grow_with_rows(
    reader: Callable[[Person], Reader], filled_in: Cast, count_queries: Any
):
    office = reader(filled_in.jinbo)
    office.rows()
    for name, path in (
        ("odata", ".svc/Submissions?$expand=*"),
        ("odata-repeat", ".svc/Submissions.spot"),
        ("submissions", "/submissions"),
    ):
        with count_queries(f"central-{name}"):
            answer = office.client.get(f"{BASE}{path}")
            b"".join(answer.streaming_content) if answer.streaming else answer.content
    with count_queries("central-forms"):
        office.client.get("/v1/projects/1/forms")


@pytest.fixture(autouse=True)
def the_day() -> Iterator[None]:
    with clock.at(CAMPAIGN_DAY):
        yield
