"""The door without a server: rights across campaigns, odd ids, and everything that is refused."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from guatu.campaigns.models import Campaign
from guatu.central import paths
from guatu.fieldwork import numbers
from guatu.fieldwork.acts import EnvelopeIn, draft_form, make_key, publish_form, receive_many
from guatu.fieldwork.acts.numbers import give_numbers
from guatu.fieldwork.models import ClientNumber, Form
from guatu.kernel import clock
from guatu.units.acts import make_token
from guatu.units.models import Person, Post
from tests.cast import Cast
from tests.fieldwork.papers import CLEAN_DAY, filled

pytestmark = pytest.mark.django_db


class Machine:
    """Somebody's program with a token."""

    def __init__(self, person: Person) -> None:
        _, self.token = make_token(by=person, person=person, name="test")
        self.client = Client(headers={"Authorization": f"Bearer {self.token}"})

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = json.dumps(body) if isinstance(body, dict) else (body or "")
        kind = headers.pop("kind", "application/json")
        return self.client.generic(method, f"/v1/{path}", data, content_type=kind, headers=headers)

    def code(self, method: str, path: str, body: Any = None, **headers: str) -> float:
        answer = self(method, path, body, **headers)
        found: float = answer.json()["code"] if answer.status_code >= 400 else 0
        return found


@pytest.fixture
def machine(cast: Cast) -> Callable[[Person], Machine]:
    return Machine


@pytest.fixture
def form(cast: Cast) -> Form:
    made = publish_form(
        by=cast.jinbo, campaign=cast.campaign, source=CLEAN_DAY.encode(), file_name="clean_day.md"
    )
    envelope = EnvelopeIn(xml=filled("uuid:1"), by=cast.nanxiang, campaign=cast.campaign)
    assert receive_many(envelopes=[envelope])[0].problem is None
    give_numbers(kind=numbers.PROJECT, targets=[cast.campaign.id])
    return made.form


@pytest.fixture
def outsider(cast: Cast) -> Person:
    """The office of another district with a campaign of its own."""
    campaign = Campaign(
        home="310115000",
        code="garden",
        name="花博会",
        area="310115",
        opens_on=dt.date(2021, 5, 21),
        closes_on=dt.date(2021, 7, 2),
    )
    campaign.save(force_insert=True)
    give_numbers(kind=numbers.PROJECT, targets=[cast.campaign.id, campaign.id])
    person = Person(username="huabo", name="花博办", made_at=clock.now())
    person.save(force_insert=True)
    Post.objects.create(person=person, role="office", areas=["310115"], units=[])
    return person


ADDRESSES = [
    ("GET", "projects/1"), ("GET", "projects/1/forms"), ("POST", "projects/1/forms"), ("GET", "projects/1/app-users"),
    ("POST", "projects/1/app-users"), ("DELETE", "projects/1/app-users/1"),
    *((method, f"projects/{{project}}/forms/clean_day{rest}") for method, rest in (
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", ".xml"), ("GET", ".xlsx"), ("GET", "/versions"), ("GET", "/attachments"),
        ("GET", "/versions/2021091601"), ("GET", "/draft"), ("POST", "/draft"), ("DELETE", "/draft"), ("POST", "/draft/publish"),
        ("GET", "/draft/attachments"), ("GET", "/submissions"), ("POST", "/submissions"), ("GET", "/submissions.csv"),
        ("GET", "/submissions.csv.zip"), ("GET", "/submissions/uuid:1"), ("PUT", "/submissions/uuid:1"), ("GET", "/assignments/2"),
        ("PATCH", "/submissions/uuid:1"), ("GET", "/submissions/uuid:1.xml"), ("GET", "/submissions/uuid:1/comments"),
        ("POST", "/submissions/uuid:1/comments"), ("GET", "/submissions/uuid:1/attachments"), ("GET", ".svc"),
        ("GET", ".svc/$metadata"), ("GET", ".svc/Submissions"), ("GET", ".svc/Submissions('uuid:1')"),
    )),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_another_campaigns_office_reaches_nothing_of_this_one(
    form: Form, outsider: Person, machine: Callable[[Person], Machine], method: str, path: str
):
    theirs = machine(outsider)
    for project in {"1", "2"} if "{project}" in path else {""}:  # also not through its own campaign's number
        answer = theirs(method, path.format(project=project or 1), {"state": "closed"})
        assert answer.status_code == 404, answer.content
        assert answer.json()["code"] == 404.1
    assert [each["name"] for each in theirs("GET", "projects").json()] == ["花博会"]


def test_who_may_not_publish_is_told_so(form: Form, cast: Cast, machine: Callable[[Person], Machine]):
    street = machine(cast.nanxiang)
    source = form.versions.get().xml.replace('id="clean_day"', 'id="other"').encode()
    one = "projects/1/forms/clean_day"
    assert street.code("POST", "projects/1/forms", source, kind="application/xml") == 403.1
    for method, path in (
        ("PATCH", one),
        ("DELETE", one),
        ("POST", f"{one}/draft"),
        ("GET", f"{one}/draft"),
        ("POST", f"{one}/draft/publish"),
    ):
        assert street.code(method, path, {"state": "closed"}) == 403.1, path
    assert street.code("PATCH", f"{one}/submissions/uuid:1", {"reviewState": "approved"}) == 403.1
    assert street.code("POST", "projects", {"name": "x"}) == 403.1
    neighbour = machine(cast.jiangqiao)
    assert neighbour.code("POST", f"{one}/submissions/uuid:1/comments", {"body": "x"}) == 404.1
    assert machine(cast.passer_by).code("GET", "projects/1") == 404.1


def test_a_key_belongs_to_its_person_and_its_office(
    form: Form, cast: Cast, machine: Callable[[Person], Machine]
):
    street, neighbour, office = machine(cast.nanxiang), machine(cast.jiangqiao), machine(cast.jinbo)
    made = street("POST", "projects/1/app-users", {"displayName": "巡查手机"}).json()
    assert made["token"] and made["type"] == "field_key"
    assign = f"projects/1/forms/clean_day/assignments/2/{made['id']}"
    for path, method in ((assign, "POST"), (f"projects/1/app-users/{made['id']}", "DELETE")):
        assert neighbour.code(method, path) == 404.1
    assert neighbour("GET", "projects/1/app-users").json() == []
    assert street("GET", "projects/1/forms/clean_day/assignments/2").json() == []
    assert street("POST", assign).json() == {"success": True}
    [told] = street("GET", "projects/1/forms/clean_day/assignments/2").json()
    assert told["id"] == made["id"] and told["token"] != made["token"]
    assert street("DELETE", assign).json() == {"success": True}
    assert street.code("POST", assign.replace("/2/", "/1/")) == 404.1
    assert office("DELETE", f"projects/1/app-users/{made['id']}").json() == {"success": True}
    assert [each["token"] for each in street("GET", "projects/1/app-users").json()] == [None]
    assert street.code("DELETE", f"projects/1/app-users/{made['id']}") == 409.0
    assert street.code("POST", "projects/1/app-users", {}) == 400.2


def test_a_key_for_all_forms_keeps_the_others_when_one_is_taken(
    form: Form, cast: Cast, machine: Callable[[Person], Machine]
):
    office = machine(cast.jinbo)
    key = make_key(by=cast.jinbo, campaign=cast.campaign, person=cast.jinbo, name="desk").key
    [told] = office("GET", "projects/1/forms/clean_day/assignments/2").json()
    office("DELETE", f"projects/1/forms/clean_day/assignments/2/{told['id']}")
    key.refresh_from_db()
    assert key.forms == []


def test_warnings_are_told_before_they_are_passed_over(cast: Cast, machine: Callable[[Person], Machine]):
    from tests.central.test_pyodk import workbook

    office = machine(cast.jinbo)
    give_numbers(kind=numbers.PROJECT, targets=[cast.campaign.id])
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    body = workbook(
        {
            "survey": [["type", "name", "label::English"], ["text", "a", "A"]],
            "settings": [["form_id"], ["warned"]],
        }
    )
    answer = office("POST", "projects/1/forms", body, kind=kind)
    assert answer.json()["code"] == 400.16 and answer.json()["details"]["warnings"]
    assert not Form.objects.filter(code="warned").exists()
    assert office("POST", "projects/1/forms?ignoreWarnings=true&publish=true", body, kind=kind).json()[
        "publishedAt"
    ]
    assert office.code("POST", "projects/1/forms", b"x", kind="text/plain") == 400.8
    assert office.code("POST", "projects/1/forms", b"<x/>", kind="application/xml") == 400.15
    assert (
        office.code("POST", "projects/1/forms/warned/draft", form_of("other"), kind="application/xml")
        == 400.8
    )


def form_of(code: str) -> bytes:
    from tests.central.test_pyodk import form_xml

    return form_xml(code, "1", "name").encode()


def test_a_draft_alone_is_neither_dropped_nor_closed_nor_handed_out(
    cast: Cast, machine: Callable[[Person], Machine]
):
    office = machine(cast.jinbo)
    give_numbers(kind=numbers.PROJECT, targets=[cast.campaign.id])
    draft_form(by=cast.jinbo, campaign=cast.campaign, source=form_of("young"), file_name="young.xml")
    one = "projects/1/forms/young"
    assert office("GET", one).json()["publishedAt"] is None
    assert [each["version"] for each in office("GET", "projects/1/forms").json()] == ["1"]
    assert office.code("DELETE", f"{one}/draft") == 409.7
    assert office.code("DELETE", one) == 409.0
    assert office.code("GET", f"{one}.xml") == 404.1
    assert office("GET", f"{one}/draft.xml").status_code == 200
    assert office("POST", f"{one}/draft").json() == {"success": True}


def test_numbers_are_given_once_and_stay(cast: Cast):
    first = give_numbers(kind=numbers.ACTOR, targets=[cast.jinbo.id, cast.nanxiang.id])
    assert first == {cast.jinbo.id: 1, cast.nanxiang.id: 2}
    more = give_numbers(kind=numbers.ACTOR, targets=[cast.zhihui.id, cast.nanxiang.id, cast.zhihui.id])
    assert more == {cast.zhihui.id: 3, cast.nanxiang.id: 2}
    assert give_numbers(kind=numbers.PROJECT, targets=[cast.campaign.id]) == {cast.campaign.id: 1}
    assert ClientNumber.objects.count() == 4
    assert numbers.target(numbers.ACTOR, 10**30) is None


@given(some.text(min_size=1, max_size=40))
def test_any_id_survives_the_address(text: str):
    part = paths.Quoted()
    if text.isprintable():
        assert part.to_python(part.to_url(text)) == text
        assert "/" not in part.to_url(text)
        raw = f"/v1/projects/1/forms/{part.to_url(text)}.xml?x=1".encode()
        scope = {"path": f"/v1/projects/1/forms/{text}.xml", "raw_path": raw}
        assert paths.still_quoted(scope)["path"] == raw.decode().partition("?")[0]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some.text(min_size=1, max_size=30),
    some.sampled_from(["GET", "PATCH", "PUT", "POST", "DELETE"]),
    some.integers(0, 5),
)
def test_odd_ids_are_not_found_and_break_nothing(form: Form, cast: Cast, text: str, method: str, where: int):
    part = (
        quote(quote(text, safe=""), safe="") if text not in (".", "..") else "x"
    )  # the test client decodes once
    path = [
        f"forms/{part}", f"forms/{part}/submissions/uuid:1", f"forms/clean_day/submissions/{part}", f"forms/clean_day.svc/{part}",
        f"forms/clean_day/submissions/uuid:1/attachments/{part}", f"forms/clean_day/draft/attachments/{part}",
    ][where]  # fmt: skip
    client = Client()
    client.force_login(cast.jinbo)
    for base in ("projects/1", f"projects/{10**25}"):
        answer = client.generic(method, f"/v1/{base}/{path}", "{}", content_type="application/json")
        assert answer.status_code in (200, 400, 401, 404, 405), (answer.status_code, answer.content[:200])


def test_a_fault_of_ours_is_told_as_one(
    form: Form, cast: Cast, machine: Callable[[Person], Machine], monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("guatu.central.forms.described", broken)
    assert machine(cast.jinbo).code("GET", "projects/1/forms") == 500.1


def test_comments_and_reviews_are_checked(form: Form, cast: Cast, machine: Callable[[Person], Machine]):
    office, one = machine(cast.jinbo), "projects/1/forms/clean_day/submissions/uuid:1"
    assert office.code("POST", f"{one}/comments", {"body": "  "}) == 400.8
    assert office.code("POST", f"{one}/comments", {"body": "x" * 5001}) == 400.8
    assert office.code("POST", f"{one}/comments", {}) == 400.2
    for body in ({}, {"reviewState": 3}, {"reviewState": ["approved"]}, {"reviewState": "withdrawn"}):
        assert office.code("PATCH", one, body) == 400.8
    assert (
        office("PATCH", one, {"reviewState": "hasIssues"}, **{"X-Action-Notes": "照片不清"}).json()[
            "reviewState"
        ]
        == "hasIssues"
    )
    assert office("PATCH", one, {"reviewState": None}).json()["reviewState"] is None
    assert (
        office("GET", one, **{"X-Extended-Metadata": "true"}).json()["submitter"]["displayName"] == "南翔镇"
    )
    listed = b"".join(
        office("GET", "projects/1/forms/clean_day/submissions?limit=1&offset=0").streaming_content
    )
    assert [each["instanceId"] for each in json.loads(listed)] == ["uuid:1"]
    assert office.code("GET", "projects/1/forms/clean_day/submissions?limit=x") == 400.8
