"""Entity lists at the door for ODK Central's clients, as pyodk asks and as the wire shows it."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from guatu.kernel import ids
from guatu.registers import acts
from guatu.registers.models import Entry, Register
from tests.cast import NANXIANG, Cast
from tests.registers.conftest import PERSON_COLUMNS, id_card

pytestmark = pytest.mark.django_db


class Wire:
    """A program with a token."""

    def __init__(self, person: Any) -> None:
        self.client = Client()
        self.client.force_login(person)
        self.person = person

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        address = f"/v1/projects/1/{path}" if not path.startswith("/") else path
        return self.client.generic(
            method, address, b"" if body is None else json.dumps(body).encode(), content_type="application/json",
            headers=headers, query_params={name.replace("__", "$"): str(value) for name, value in query.items()},
        )  # fmt: skip

    token = ""


@pytest.fixture
def wire(cast: Cast) -> Any:
    """`wire(cast.jinbo)`: signed in at the door as a client is."""

    def of(person: Any) -> Wire:
        person.set_password("jiading-2021-expo")
        person.save()
        found = Wire(person)
        found.client = Client()
        answer = found.client.post(
            "/v1/sessions",
            json.dumps({"email": person.username, "password": "jiading-2021-expo"}),
            content_type="application/json",
        )
        found.token = answer.json()["token"]
        found.client = Client()
        assert found.ask("GET", "/v1/projects").json()[0]["id"] == 1
        return found

    return of


@pytest.fixture
def office(cast: Cast, wire: Any) -> Wire:
    return wire(cast.jinbo)


@pytest.fixture
def trees(cast: Cast) -> Register:
    return acts.open_list(
        by=cast.jinbo, campaign=cast.campaign, name="trees", properties=["species", "girth"]
    )


def code(answer: Any) -> tuple[int, float]:
    return answer.status_code, answer.json()["code"]


class TestLists:
    def test_made_listed_and_described(self, office):
        made = office.ask("POST", "datasets", {"name": "树木", "approvalRequired": True})
        assert made.status_code == 200
        assert made.json()["approvalRequired"] is True
        assert office.ask("POST", "datasets/树木/properties", {"name": "plot-Number"}).json() == {
            "success": True
        }
        told = office.ask("GET", "datasets/树木").json()
        assert [(each["name"], each["odataName"], each["forms"]) for each in told["properties"]] == [
            ("plot-Number", "plot_Number", [])
        ]
        assert {"name", "projectId", "createdAt", "approvalRequired", "ownerOnly"} <= set(told)
        assert [each["name"] for each in office.ask("GET", "datasets").json()] == ["places", "树木"]

    def test_refusals(self, cast, wire, office, trees):
        assert code(office.ask("POST", "datasets", {"name": "trees"})) == (409, 409.3)
        assert code(office.ask("POST", "datasets", {"name": "places"})) == (409, 409.3)
        assert code(office.ask("POST", "datasets", {"name": "__no"})) == (400, 400.25)
        assert code(office.ask("POST", "datasets", {})) == (400, 400.2)
        assert code(office.ask("GET", "datasets/none")) == (404, 404.1)
        assert code(office.ask("POST", "datasets/trees/properties", {"name": "species"})) == (409, 409.3)
        assert code(office.ask("POST", "datasets/trees/properties", {"name": "Label"})) == (400, 400.25)
        street = wire(cast.nanxiang)
        assert code(street.ask("POST", "datasets", {"name": "mine"})) == (403, 403.1)
        assert code(street.ask("POST", "datasets/trees/entities", {"label": "x", "data": {}})) == (403, 403.1)
        assert code(wire(cast.hecha).ask("POST", "datasets/trees/properties", {"name": "x"})) == (403, 403.1)

    def test_a_list_is_set_otherwise(self, office, trees):
        told = office.ask("PATCH", "datasets/trees", {"ownerOnly": True}).json()
        assert (told["ownerOnly"], told["approvalRequired"]) == (True, False)


class TestEntities:
    def test_one_and_many(self, office, trees):
        one = office.ask(
            "POST", "datasets/trees/entities", {"label": "银杏", "data": {"species": "ginkgo"}}
        ).json()
        assert one["currentVersion"]["data"] == {"species": "ginkgo"}
        assert one["currentVersion"]["version"] == 1
        uuid = str(ids.new())
        many = {
            "entities": [{"uuid": uuid, "label": "樟", "data": {}}, {"label": "柳", "data": {"girth": "3"}}],
            "source": {"name": "a.csv", "size": 3},
        }
        assert office.ask("POST", "datasets/trees/entities", many).json() == {"success": True}
        listed = office.ask("GET", "datasets/trees/entities")
        lines = json.loads(b"".join(listed.streaming_content))
        assert {each["currentVersion"]["label"] for each in lines} == {"银杏", "樟", "柳"}
        assert office.ask("GET", f"datasets/trees/entities/{uuid}").json()["uuid"] == uuid

    def test_refusals(self, office, trees):
        uuid = str(ids.new())
        office.ask("POST", "datasets/trees/entities", {"uuid": uuid, "label": "樟", "data": {}})
        for body, wanted in (
            ({"uuid": uuid, "label": "樟", "data": {}}, (409, 409.3)),
            ({"uuid": "no", "label": "樟", "data": {}}, (400, 400.28)),
            ({"label": " ", "data": {}}, (400, 400.28)),
            ({"label": "樟", "data": {"height": "3"}}, (400, 400.28)),
            ({"label": "樟", "data": {"girth": 3}}, (400, 400.8)),
            ({"entities": [], "source": {"name": "x"}}, (400, 400.2)),
            ({"entities": [{"label": "x", "data": {}}]}, (400, 400.2)),
        ):
            assert code(office.ask("POST", "datasets/trees/entities", body)) == wanted
        assert code(office.ask("GET", "datasets/trees/entities/none")) == (404, 404.1)
        assert code(office.ask("POST", "datasets/places/entities", {"label": "x", "data": {}})) == (
            409,
            409.14,
        )
        assert Entry.objects.count() == 1

    def test_changed_by_version_or_by_force(self, office, trees):
        uuid = office.ask("POST", "datasets/trees/entities", {"label": "樟", "data": {"girth": "3"}}).json()[
            "uuid"
        ]
        path = f"datasets/trees/entities/{uuid}"
        changed = office.ask("PATCH", path, {"data": {"girth": "4"}}, baseVersion=1).json()["currentVersion"]
        assert (changed["version"], changed["data"]["girth"]) == (2, "4")
        assert code(office.ask("PATCH", path, {"data": {"girth": "5"}}, baseVersion=1)) == (409, 409.15)
        assert code(office.ask("PATCH", path, {"data": {"girth": "5"}})) == (409, 409.15)
        assert (
            office.ask("PATCH", path, {"label": "香樟"}, force="true").json()["currentVersion"]["label"]
            == "香樟"
        )
        told = office.ask("GET", f"{path}/versions").json()
        assert [(each["version"], each["label"], each["data"]["girth"], each["current"]) for each in told] == [
            (1, "樟", "3", False), (2, "樟", "4", False), (3, "香樟", "4", True),
        ]  # fmt: skip

    def test_removed_and_its_id_not_given_again(self, office, trees):
        uuid = office.ask("POST", "datasets/trees/entities", {"label": "樟", "data": {}}).json()["uuid"]
        assert office.ask("DELETE", f"datasets/trees/entities/{uuid}").json() == {"success": True}
        assert code(office.ask("GET", f"datasets/trees/entities/{uuid}")) == (404, 404.1)
        assert code(
            office.ask("POST", "datasets/trees/entities", {"uuid": uuid, "label": "樟", "data": {}})
        ) == (409, 409.3)
        gone = office.ask("GET", "datasets/trees/entities", deleted="true")
        assert json.loads(b"".join(gone.streaming_content))[0]["deletedAt"]

    def test_everybody_sees_their_own_area(self, cast, wire, trees):
        Entry.objects.all().delete()
        row = acts.make_entities(
            by=cast.jinbo, register=trees, drafts=[acts.EntityDraft(ids.new(), "樟", {})]
        )[0]
        acts.correct_entry(by=cast.jinbo, entry=row, values={}, area=NANXIANG)
        assert wire(cast.nanxiang).ask("GET", f"datasets/trees/entities/{row.id}").status_code == 200
        assert wire(cast.jiangqiao).ask("GET", f"datasets/trees/entities/{row.id}").status_code == 404

    def test_personal_columns_never_go_out(self, cast, office):
        register = acts.open_register(
            by=cast.jinbo, campaign=cast.campaign, code="persons", name="人员", kind="person", key_field="id_card",
            title_field="name", columns=PERSON_COLUMNS,
        )  # fmt: skip
        acts.enter(
            by=cast.jinbo,
            register=register,
            drafts=[acts.Draft({"id_card": id_card(1), "name": "张小明", "badge": "采购商"})],
        )
        acts.offer_list(by=cast.jinbo, register=register, name="persons")
        assert [each["name"] for each in office.ask("GET", "datasets/persons").json()["properties"]] == [
            "badge"
        ]
        feed = b"".join(office.ask("GET", "datasets/persons.svc/Entities").streaming_content).decode()
        table = b"".join(office.ask("GET", "datasets/persons/entities.csv").streaming_content).decode()
        for text in (feed, table):
            assert "张**" in text
            assert "张小明" not in text
            assert id_card(1) not in text


class TestFeed:
    @pytest.fixture
    def planted(self, cast, trees):
        drafts = [
            acts.EntityDraft(ids.new(), f"树 {n}", {"species": "银杏" if n % 2 else "樟", "girth": str(n)})
            for n in range(7)
        ]
        return acts.make_entities(by=cast.jinbo, register=trees, drafts=drafts)

    def whole(self, answer: Any) -> dict[str, Any]:
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return json.loads(text)

    def test_a_row(self, office, planted):
        answer = office.ask("GET", "datasets/trees.svc/Entities", __top=1, __count="true")
        assert answer["OData-Version"] == "4.0"
        told = answer.json()
        assert told["@odata.count"] == 7
        row = told["value"][0]
        assert {"__id", "label", "species", "girth", "__system"} == set(row)
        assert row["__system"] | {"createdAt": 0, "creatorId": 0} == {
            "createdAt": 0, "creatorId": 0, "creatorName": "进博办", "updates": 0, "updatedAt": None, "deletedAt": None,
            "version": 1, "conflict": None,
        }  # fmt: skip

    def test_pages_go_on_from_the_last_row(self, cast, office, planted, trees):
        seen: list[str] = []
        answer = office.ask("GET", "datasets/trees.svc/Entities", __top=3)
        acts.make_entities(by=cast.jinbo, register=trees, drafts=[acts.EntityDraft(ids.new(), "新", {})])
        while True:
            told = answer.json()
            seen += [row["__id"] for row in told["value"]]
            if "@odata.nextLink" not in told:
                break
            answer = office.client.get(
                told["@odata.nextLink"], headers={"Authorization": f"Bearer {office.token}"}
            )
        assert sorted(seen) == sorted(str(row.id) for row in planted)
        assert len(self.whole(office.ask("GET", "datasets/trees.svc/Entities"))["value"]) == 8
        assert len(office.ask("GET", "datasets/trees.svc/Entities", __top=5, __skip=6).json()["value"]) == 2

    @pytest.mark.parametrize(
        ("condition", "count"),
        [
            ("species eq '樟'", 4), ("not (species eq '樟')", 3), ("species ne '樟' and label eq '树 1'", 1),
            ("__system/createdAt le now()", 7), ("year(__system/createdAt) eq 1999", 0), ("__system/conflict eq null", 7),
            ("__system/updatedAt ne null", 0), ("__system/version ge 2", 0), ("__system/createdAt gt 2001-01-01T00:00:00Z", 7),
        ],
    )  # fmt: skip
    def test_filters(self, office, planted, condition, count):
        answer = office.ask("GET", "datasets/trees.svc/Entities", __top=50, __filter=condition)
        assert len(answer.json()["value"]) == count

    def test_by_id_by_creator_and_by_word(self, office, planted):
        assert (
            len(
                office.ask(
                    "GET", "datasets/trees.svc/Entities", __top=9, __filter=f"__id eq '{planted[0].id}'"
                ).json()["value"]
            )
            == 1
        )
        creator = office.ask("GET", "datasets/trees.svc/Entities", __top=1).json()["value"][0]["__system"][
            "creatorId"
        ]
        assert (
            len(
                office.ask(
                    "GET", "datasets/trees.svc/Entities", __top=9, __filter=f"__system/creatorId eq {creator}"
                ).json()["value"]
            )
            == 7
        )
        assert (
            len(office.ask("GET", "datasets/trees.svc/Entities", __top=9, __search="银杏").json()["value"])
            == 3
        )

    def test_selected(self, office, planted):
        row = office.ask(
            "GET", "datasets/trees.svc/Entities", __top=1, __select="__id,girth,__system/version"
        ).json()["value"][0]
        assert set(row) == {"__id", "girth", "__system"}
        assert row["__system"] == {"version": 1}

    @pytest.mark.parametrize(
        ("query", "wanted"),
        [
            ({"__apply": "x"}, 501), ({"__orderby": "label"}, 501), ({"__filter": "height eq 1"}, 501), ({"__filter": "label eq"}, 501),
            ({"__top": "x"}, 400), ({"__select": "height"}, 400), ({"__skiptoken": "x"}, 400),
        ],
    )  # fmt: skip
    def test_what_is_not_served_is_refused(self, office, planted, query, wanted):
        assert office.ask("GET", "datasets/trees.svc/Entities", **query).status_code == wanted

    def test_documents_for_excel(self, office, planted):
        assert office.ask("GET", "datasets/trees.svc").json()["value"][0]["name"] == "Entities"
        described = office.ask("GET", "datasets/trees.svc/$metadata")
        assert described["Content-Type"].startswith("application/xml")
        assert b'Name="girth"' in described.content

    def test_a_file_for_a_spreadsheet(self, office, planted):
        answer = office.ask("GET", "datasets/trees/entities.csv")
        rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
        assert len(rows) == 7
        assert {"__id", "label", "species", "girth", "__createdAt", "__version"} <= set(rows[0])

    def test_places_are_a_list_too(self, cast, wire, office):
        told = office.ask("GET", "datasets/places").json()
        assert [each["name"] for each in told["properties"]] == [
            "number",
            "kind",
            "area",
            "road",
            "industry",
            "geometry",
        ]
        rows = office.ask("GET", "datasets/places.svc/Entities", __top=2, __count="true").json()
        assert rows["@odata.count"] == 4
        more = office.client.get(
            rows["@odata.nextLink"], headers={"Authorization": f"Bearer {office.token}"}
        ).json()
        assert len({row["__id"] for row in rows["value"] + more["value"]}) == 4
        assert (
            wire(cast.jiangqiao).ask("GET", "datasets/places.svc/Entities").json()["value"][0]["label"]
            == "江桥万达广场"
        )
        assert b"".join(office.ask("GET", "datasets/places/entities.csv").streaming_content).startswith(
            b"name,label,__version,number"
        )
