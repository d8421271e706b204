"""ODK's own Python client, unchanged, against a really served Guatu: what its users do with Central works here."""

import datetime as dt
import io
from pathlib import Path

import pytest
import requests
from openpyxl import Workbook
from pyodk.client import Client
from pyodk.errors import PyODKError

from guatu.kernel import ids
from tests.central.conftest import Connect
from tests.central.serve import PASSWORD
from tests.fieldwork.pictures import photo

pytestmark = pytest.mark.slow
STRANGE = "'=+/*-451%/%"  # every character that an address may trip over


def form_xml(code: str, version: str, *questions: str, body: str = "") -> str:
    """A small XForm: text questions, and whatever else is put into its body."""
    nodes = "".join(f"<{name}/>" for name in questions)
    inputs = "".join(f'<input ref="/data/{name}"><label>{name}</label></input>' for name in questions)
    return (
        '<?xml version="1.0"?><h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
        'xmlns:orx="http://openrosa.org/xforms" xmlns:jr="http://openrosa.org/javarosa"><h:head>'
        f'<h:title>试用 {code}</h:title><model><instance><data id="{code}" version="{version}">{nodes}'
        "<meta><instanceID/></meta></data></instance></model></h:head>"
        f"<h:body>{inputs}{body}</h:body></h:html>"
    )


def filled(code: str, version: str, instance: str, replaces: str = "", **answers: str) -> str:
    said = "".join(f"<{name}>{value}</{name}>" for name, value in answers.items())
    old = f"<deprecatedID>{replaces}</deprecatedID>" if replaces else ""
    return f'<data id="{code}" version="{version}"><meta>{old}<instanceID>{instance}</instanceID></meta>{said}</data>'


def workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pulling(version: str, code: str | None = None) -> bytes:
    """A workbook that looks something up in fruits.csv."""
    settings = [["form_title", "version"], ["水果", version]]
    if code is not None:
        settings = [["form_id", *settings[0]], [code, *settings[1]]]
    return workbook(
        {
            "survey": [["type", "name", "label", "calculation"], ["calculate", "fruit", "", "pulldata('fruits', 'name', 'key', 'mango')"],
                       ["note", "shown", "${fruit}", ""]],
            "settings": settings,
        }
    )  # fmt: skip


@pytest.fixture
def fruits(tmp_path: Path) -> Path:
    path = tmp_path / "fruits.csv"
    path.write_text("key,name\nmango,芒果\n")
    return path


def fresh(stem: str) -> str:
    return f"{stem}_{ids.new().hex[-8:]}"


# ---------------------------------------------------------------------------------------------- projects


def test_projects_are_the_campaigns_one_sees(odk: Client, connect: Connect):
    [one] = odk.projects.list()
    assert one.name == "第四届进博会嘉定区服务保障"
    assert odk.projects.get() == one
    assert odk.get("projects/1").json()["id"] == 1  # a plain request of the same session
    assert connect("nanxiang").projects.get().id == 1  # a street belongs to its district's campaign
    with pytest.raises(PyODKError) as refused:
        odk.projects.get(project_id=99)
    assert refused.value.is_central_error(404.1)
    assert odk.post("projects", json={"name": "x"}).json()["code"] == 403.1


def test_a_session_is_kept_in_the_clients_cache(connect: Connect, address: str, tmp_path: Path):
    first = connect()
    token = first.session.headers["Authorization"]
    assert first.get("users/current", headers={"Authorization": token}).status_code == 200
    assert first.delete("sessions/current").json() == {"success": True}
    assert first.get("users/current").status_code == 401


def test_app_users_names_only(odk: Client):
    name = fresh("手机")
    [made] = odk.projects.create_app_users(display_names=[name])
    assert made.displayName == name and made.token
    assert list(odk.projects.create_app_users(display_names=[name])) == []  # there already


def test_app_users_open_the_forms_they_are_given_and_no_others(odk: Client, address: str):
    one, other = fresh("one"), fresh("other")
    for code in (one, other):
        odk.forms.create(definition=form_xml(code, "1", "name"))
    [made] = odk.projects.create_app_users(display_names=[fresh("a")], forms=[one])
    listed = odk.get(
        f"{address}/v1/key/{made.token}/projects/1/formList", headers={"X-OpenRosa-Version": "1.0"}
    )
    assert f"<formID>{one}</formID>" in listed.text and other not in listed.text
    for code, status in ((one, 201), (other, 403)):
        sent = odk.post(
            f"{address}/v1/key/{made.token}/projects/1/submission",
            files={
                "xml_submission_file": (
                    "s.xml",
                    filled(code, "1", f"uuid:{ids.new()}", name="王"),
                    "text/xml",
                )
            },
        )
        assert sent.status_code == status, sent.text
    assert odk.delete(f"projects/1/app-users/{made.id}").json() == {"success": True}
    ended = odk.get(f"{address}/v1/key/{made.token}/projects/1/formList")
    assert ended.status_code in (200, 403)  # a key that is ended is remembered a few seconds


# ------------------------------------------------------------------------------------------------- forms


def test_forms_create_from_xml(odk: Client):
    code = fresh("form")
    made = odk.forms.create(definition=form_xml(code, "v1", "name"))
    assert (made.xmlFormId, made.version) == (code, "v1")
    assert code in {each.xmlFormId for each in odk.forms.list()}
    found = odk.forms.get(code)
    assert (found.state, found.projectId) == ("open", 1) and found.publishedAt is not None
    assert f'id="{code}"' in odk.forms.get_xml(code)
    with pytest.raises(PyODKError) as again:
        odk.forms.create(definition=form_xml(code, "v2", "name"))
    assert again.value.is_central_error(409.3)


@pytest.mark.parametrize("code", ["✅", STRANGE, None])
def test_forms_create_from_a_workbook_with_its_files(odk: Client, fruits: Path, code: str | None):
    wanted = None if code is None else f"{code}{ids.new().hex[-6:]}"
    made = odk.forms.create(definition=pulling("1"), attachments=[fruits], form_id=wanted)
    assert made.xmlFormId == wanted or code is None
    assert odk.forms.get(made.xmlFormId).version == "1"
    url = odk.session.urlformat("projects/1/forms/{form_id}/attachments", form_id=made.xmlFormId)
    assert [(each["name"], each["exists"]) for each in odk.get(url).json()] == [("fruits.csv", True)]
    assert odk.get(f"{url}/fruits.csv").content == fruits.read_bytes()


def test_forms_create_refuses_what_phones_could_not_use(odk: Client):
    with pytest.raises(PyODKError) as missing:
        odk.forms.create(definition=pulling("1", fresh("lone")))
    assert "fruits.csv" in str(missing.value)
    broken = workbook(
        {"survey": [["type", "name", "label"], ["integr", "a", "A"]], "settings": [["form_id"], ["x"]]}
    )
    with pytest.raises(PyODKError) as wrong:
        odk.forms.create(definition=broken, form_id=fresh("broken"))
    assert wrong.value.is_central_error(400.15)


def versions(odk: Client, code: str) -> list[str]:
    url = odk.session.urlformat("projects/1/forms/{form_id}/versions", form_id=code)
    return [each["version"] for each in odk.get(url).json()]


def test_forms_update_with_a_new_definition(odk: Client, fruits: Path):
    code = fresh("grows")
    odk.forms.create(definition=pulling("1", code), attachments=[fruits])
    odk.forms.update(code, definition=pulling("2", code))  # its file is taken over
    assert versions(odk, code) == ["2", "1"]
    fruits.write_text("key,name\nmango,杧果\n")
    odk.forms.update(code, definition=pulling("3", code), attachments=[fruits])
    assert versions(odk, code) == ["3", "2", "1"]
    assert odk.forms.get(code).version == "3"


def test_forms_update_with_files_alone(odk: Client, fruits: Path):
    code = fresh("files")
    odk.forms.create(definition=pulling("1", code), attachments=[fruits])
    odk.forms.update(code, attachments=[fruits])
    assert dt.datetime.fromisoformat(
        odk.forms.get(code).version
    )  # the client writes the time when it is told nothing
    odk.forms.update(code, attachments=[fruits], version_updater=lambda old: "v2.0")
    assert odk.forms.get(code).version == "v2.0"
    assert 'version="v2.0"' in odk.forms.get_xml(code)


def test_drafts_are_seen_tried_published_and_dropped(odk: Client, address: str):
    code = fresh("draft")
    url = f"projects/1/forms/{code}"
    odk.forms.create(definition=form_xml(code, "1", "name"))
    assert odk.get(f"{url}/draft").status_code == 404
    assert odk.post(f"{url}/draft").json() == {"success": True}  # a copy, under the next version
    draft = odk.get(f"{url}/draft").json()
    assert (draft["version"], draft["publishedAt"]) == ("2", None)
    test = f"{address}/v1/test/{draft['draftToken']}/projects/1/forms/{code}/draft"
    assert f"<formID>{code}</formID>" in odk.get(f"{test}/formList").text
    tried = {"xml_submission_file": ("s.xml", filled(code, "2", f"uuid:{ids.new()}", name="王"), "text/xml")}
    assert odk.post(f"{test}/submission", files=tried).status_code == 201
    assert odk.submissions.list(form_id=code) == []  # checked and not kept
    assert odk.delete(f"{url}/draft").json() == {"success": True}
    assert odk.get(f"{test}/formList").status_code == 404
    taken = odk.post(
        f"{url}/draft",
        data=form_xml(code, "1", "name", "more").encode(),
        headers={"Content-Type": "application/xml"},
    )
    assert taken.status_code == 200
    assert odk.post(f"{url}/draft/publish?version=1").json()["code"] == 409.6
    assert odk.post(f"{url}/draft/publish").json() == {"success": True}


def test_forms_are_closed_and_opened(odk: Client):
    code = fresh("state")
    odk.forms.create(definition=form_xml(code, "1", "name"))
    assert odk.patch(f"projects/1/forms/{code}", json={"state": "closing"}).json()["state"] == "closing"
    assert odk.delete(f"projects/1/forms/{code}").json() == {"success": True}
    assert odk.forms.get(code).state == "closed"
    with pytest.raises(PyODKError) as shut:
        odk.submissions.create(form_id=code, xml=filled(code, "1", f"uuid:{ids.new()}"))
    assert shut.value.is_central_error(409.2)
    assert odk.patch(f"projects/1/forms/{code}", json={"state": "shut"}).json()["code"] == 400.8


# -------------------------------------------------------------------------------------------- submissions


@pytest.fixture(scope="module")
def simple(odk: Client) -> str:
    """A form whose id needs quoting, with one text question."""
    code = f"✅ {STRANGE} {ids.new().hex[-6:]}"
    odk.forms.create(definition=form_xml(code, "1 版", "fruit", "selfie", body=""))
    return code


@pytest.mark.parametrize("stem", ["uuid:", "✅", STRANGE])
def test_submissions_are_sent_read_edited_reviewed_and_talked_about(odk: Client, simple: str, stem: str):
    instance = f"{stem}{ids.new()}"
    made = odk.submissions.create(
        form_id=simple, xml=filled(simple, "1 版", instance, fruit="芒果✅"), device_id="pc-1"
    )
    assert (made.instanceId, made.deviceId, made.reviewState) == (instance, "pc-1", None)
    assert isinstance(made.submitterId, int) and made.submitterId > 0
    assert odk.submissions.get(instance, form_id=simple) == made
    assert instance in {each.instanceId for each in odk.submissions.list(form_id=simple)}
    edited = f"{stem}{ids.new()}"
    odk.submissions.edit(
        instance,
        filled(simple, "1 版", edited, replaces=instance, fruit="苹果"),
        form_id=simple,
        comment="改为苹果",
    )
    found = odk.submissions.get(instance, form_id=simple)
    assert (found.instanceId, found.reviewState) == (instance, "edited") and found.updatedAt is not None
    url = odk.session.urlformat("projects/1/forms/{f}/submissions/{i}/versions", f=simple, i=instance)
    told = [(each["instanceId"], each["current"]) for each in odk.get(url).json()]
    assert told == [(edited, True), (instance, False)]
    for state in ("approved", "hasIssues", "rejected"):
        odk.submissions.review(instance, state, form_id=simple, comment=f"审阅：{state} ✅")
        assert odk.submissions.get(instance, form_id=simple).reviewState == state
    odk.submissions.add_comment(instance, "再看一次", form_id=simple)
    said = [each.body for each in odk.submissions.list_comments(instance, form_id=simple)]
    assert said[0] == "再看一次" and said[-1] == "改为苹果" and len(said) == 5


def test_submissions_are_refused_with_centrals_numbers(odk: Client, simple: str):
    instance = f"uuid:{ids.new()}"
    odk.submissions.create(form_id=simple, xml=filled(simple, "1 版", instance, fruit="a"))
    odk.submissions.create(
        form_id=simple, xml=filled(simple, "1 版", instance, fruit="a")
    )  # the same bytes: the same answer
    cases = [
        (409.1, lambda: odk.submissions.create(form_id=simple, xml=filled(simple, "1 版", instance, fruit="b"))),
        (404.6, lambda: odk.submissions.create(form_id=simple, xml=filled(simple, "9", f"uuid:{ids.new()}"))),
        (400.1, lambda: odk.submissions.create(form_id=simple, xml="<data")),
        (400.27, lambda: odk.submissions.create(form_id=simple, xml=f'<data id="{simple}" version="1 版"/>')),
        (400.8, lambda: odk.submissions.create(form_id=simple, xml=filled("else", "1 版", f"uuid:{ids.new()}"))),
        (400.19, lambda: odk.submissions.edit(instance, filled(simple, "1 版", f"uuid:{ids.new()}"), form_id=simple)),
        (404.1, lambda: odk.submissions.get("uuid:nothing", form_id=simple)),
        (400.8, lambda: odk.submissions.review(instance, "wonderful", form_id=simple)),
    ]  # fmt: skip
    for code, call in cases:
        with pytest.raises(PyODKError) as refused:
            call()
        assert refused.value.is_central_error(code), (code, refused.value)


def test_an_edit_of_what_was_edited_meanwhile_is_refused(odk: Client, simple: str):
    first, second = f"uuid:{ids.new()}", f"uuid:{ids.new()}"
    odk.submissions.create(form_id=simple, xml=filled(simple, "1 版", first, fruit="a"))
    odk.submissions.edit(first, filled(simple, "1 版", second, replaces=first, fruit="b"), form_id=simple)
    with pytest.raises(PyODKError) as late:
        odk.submissions.edit(
            first, filled(simple, "1 版", f"uuid:{ids.new()}", replaces=first, fruit="c"), form_id=simple
        )
    assert late.value.is_central_error(409.9)
    other = f"uuid:{ids.new()}"
    odk.submissions.create(form_id=simple, xml=filled(simple, "1 版", other, fruit="a"))
    with pytest.raises(PyODKError):  # an edit cannot be put at another record's address
        odk.submissions.edit(
            other, filled(simple, "1 版", f"uuid:{ids.new()}", replaces=second, fruit="c"), form_id=simple
        )


def test_files_of_submissions(odk: Client, tmp_path: Path):
    code, instance = fresh("photos"), f"uuid:{ids.new()}"
    upload = '<upload ref="/data/selfie" mediatype="image/*"><label>照片</label></upload>'
    odk.forms.create(definition=form_xml(code, "1", body=upload).replace("<meta>", "<selfie/><meta>"))
    picture = tmp_path / "自拍✅.jpg"
    picture.write_bytes(photo())
    sent = filled(code, "1", instance, selfie="自拍✅.jpg")
    made = odk.submissions.create(form_id=code, xml=sent, attachments=[picture])
    assert [(each.name, each.exists) for each in made.attachments or []] == [("自拍✅.jpg", True)]
    base = f"projects/1/forms/{code}/submissions/{instance}/attachments"
    got = odk.get(f"{base}/{odk.session.urlquote('自拍✅.jpg')}")
    assert got.status_code == 200 and got.headers["Content-Type"] == "image/jpeg"
    assert odk.post(f"{base}/other.jpg", data=b"x").json()["code"] == 404.1


# ------------------------------------------------------------------------------------------------- tables


def test_tables_are_read_page_by_page(odk: Client, simple: str):
    for number in range(3):
        odk.submissions.create(
            form_id=simple, xml=filled(simple, "1 版", f"uuid:{ids.new()}", fruit=f"果{number}")
        )
    whole = odk.submissions.get_table(form_id=simple, count=True)
    assert whole["@odata.count"] == len(whole["value"]) >= 3
    first = odk.submissions.get_table(form_id=simple, top=1, select="__id,fruit")
    assert first["value"] == [{"__id": whole["value"][0]["__id"], "fruit": "果2"}]
    following = odk.get(
        first["@odata.nextLink"]
    ).json()  # an address as it stands, with a form id full of signs
    assert following["value"][0]["fruit"] == "果1"
    rest = odk.submissions.get_table(form_id=simple, skip=2)["value"]
    assert [each["__id"] for each in rest] == [each["__id"] for each in whole["value"]][2:]
    found = odk.submissions.get_table(
        form_id=simple, filter="year(__system/submissionDate) ge 2021 and __system/reviewState eq null"
    )
    assert {each["__id"] for each in first["value"]} <= {each["__id"] for each in found["value"]}
    assert odk.submissions.get_table(form_id=simple, expand="*", wkt=True)["value"]
    with pytest.raises(PyODKError) as refused:
        odk.submissions.get_table(form_id=simple, expand="fruit")
    assert refused.value.is_central_error(501.6)


def test_excel_and_power_bi_come_with_a_name_and_a_password(address: str, odk: Client, simple: str):
    url = odk.session.urlformat("/v1/projects/1/forms/{f}.svc", f=simple)
    for path in ("", "/$metadata", "/Submissions?$top=1"):
        got = requests.get(f"{address}{url}{path}", auth=("jinbo", PASSWORD), timeout=30)
        assert (got.status_code, got.headers["OData-Version"]) == (200, "4.0")
    assert requests.get(f"{address}{url}/Submissions", auth=("jinbo", "wrong"), timeout=30).status_code == 401


def test_the_neighbour_reads_nothing_of_it(connect: Connect, simple: str, odk: Client):
    neighbour = connect("jiangqiao")
    instance = f"uuid:{ids.new()}"
    connect("nanxiang").submissions.create(form_id=simple, xml=filled(simple, "1 版", instance, fruit="a"))
    assert instance not in {each.instanceId for each in neighbour.submissions.list(form_id=simple)}
    with pytest.raises(PyODKError) as refused:
        neighbour.submissions.get(instance, form_id=simple)
    assert refused.value.is_central_error(404.1)
    with pytest.raises(PyODKError) as denied:
        neighbour.forms.create(definition=form_xml(fresh("no"), "1", "name"))
    assert denied.value.is_central_error(403.1)


# ------------------------------------------------------------------------------------------- entity lists


def test_entity_lists_and_entities_from_beginning_to_end(odk: Client):
    name = fresh("trees")
    made = odk.entity_lists.create(entity_list_name=name)
    assert (made.name, made.projectId) == (name, 1)
    with pytest.raises(PyODKError) as again:
        odk.entity_lists.create(entity_list_name=name)
    assert again.value.is_central_error(409.3)
    for column in ("species", "girth"):
        assert odk.entity_lists.add_property(name=column, entity_list_name=name)
    assert {each.name for each in odk.entity_lists.get(name).properties or []} == {"species", "girth"}
    assert name in {each.name for each in odk.entity_lists.list()}
    one = odk.entities.create(
        label="1号树", data={"species": "银杏 ✅", "girth": "120"}, entity_list_name=name
    )
    assert (one.currentVersion.label, one.currentVersion.version) == ("1号树", 1)
    many = [{"label": f"{number}号树", "species": "香樟", "girth": str(number)} for number in (2, 3)]
    assert odk.entities.create_many(data=many, entity_list_name=name, create_source="pyODK") is True
    changed = odk.entities.update(uuid=one.uuid, data={"girth": "121"}, base_version=1, entity_list_name=name)
    assert changed.currentVersion.version == 2
    with pytest.raises(PyODKError):  # somebody changed it since
        odk.entities.update(uuid=one.uuid, data={"girth": "122"}, base_version=1, entity_list_name=name)
    odk.entities.update(uuid=one.uuid, label="一号树", force=True, entity_list_name=name)
    rows = odk.entities.get_table(entity_list_name=name)["value"]
    assert {row["label"]: row["girth"] for row in rows} == {"一号树": "121", "2号树": "2", "3号树": "3"}
    assert odk.entities.delete(one.uuid, entity_list_name=name) is True
    assert {each.currentVersion.label for each in odk.entities.list(entity_list_name=name)} == {
        "2号树",
        "3号树",
    }


def test_entities_are_merged_from_a_table(odk: Client):
    name = fresh("shops")
    odk.entity_lists.create(entity_list_name=name)
    odk.entity_lists.add_property(name="kind", entity_list_name=name)
    odk.entities.create_many(
        data=[{"label": "甲店", "kind": "food"}, {"label": "乙店", "kind": "food"}],
        entity_list_name=name,
        create_source="t",
    )
    told = [{"label": "甲店", "kind": "tea", "floor": "2"}, {"label": "丙店", "kind": "books", "floor": "1"}]
    odk.entities.merge(
        data=told, entity_list_name=name, match_keys=["label"], add_new_properties=True, update_matched=True,
        delete_not_matched=True,
    )  # fmt: skip
    rows = odk.entities.get_table(entity_list_name=name)["value"]
    assert {(row["label"], row["kind"], row["floor"]) for row in rows} == {
        ("甲店", "tea", "2"),
        ("丙店", "books", "1"),
    }
