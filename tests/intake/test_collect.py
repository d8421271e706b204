"""The conversation of ODK Collect with this server, word for word."""

import base64
import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from guatu.kernel import ids
from tests.fieldwork.papers import filled
from tests.intake.client import BOUNDARY, multipart


def fresh() -> str:
    return f"uuid:{ids.new()}"


def test_it_works(server):
    phone = server.phone()
    listed = phone.get("formList")
    assert listed.status == 200
    assert listed.headers["content-type"] == "text/xml; charset=utf-8"
    assert listed.headers["x-openrosa-version"] == "1.0"
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", listed.headers["date"])
    assert listed.root.tag == "{http://openrosa.org/xforms/xformsList}xforms"
    forms = {node.findtext("{*}formID"): node for node in listed.root}
    entry = forms["clean_day"]
    assert entry.findtext("{*}name") == "环境清洁日活动"
    assert entry.findtext("{*}hash").startswith("md5:")
    assert entry.find("{*}manifestUrl") is None
    form = phone.get(entry.findtext("{*}downloadUrl"))
    assert (form.status, form.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert b"clean_day" in form.body

    probe = phone.head("submission?deviceID=collect%3Aabc")
    assert (probe.status, probe.body) == (204, b"")
    assert int(probe.headers["x-openrosa-accept-content-length"]) >= 10_000_000

    sent = phone.send(instance := filled(name := fresh()))
    assert sent.status == 201
    assert sent.root.tag == "{http://openrosa.org/http/response}OpenRosaResponse"
    assert sent.message.startswith("已收到，回执 310114102-")
    again = phone.send(instance)
    assert (again.status, again.receipt) == (201, sent.receipt)
    conflict = phone.send(filled(name, people=1))
    assert conflict.status == 409
    assert "已另存" in conflict.message
    assert len(server.rows("fieldwork_submission", f"instance_id='{name}'")) == 1
    assert len(server.rows("fieldwork_aside", f"instance_id='{name}'")) == 1


def test_one_form_alone_and_its_media(server):
    phone = server.phone()
    listed = phone.get("formList?formID=shops")
    assert [node.findtext("{*}formID") for node in listed.root] == ["shops"]
    manifest = phone.get(listed.root[0].findtext("{*}manifestUrl"))
    assert manifest.root.tag == "{http://openrosa.org/xforms/xformsManifest}manifest"
    file = manifest.root[0]
    assert file.findtext("{*}filename") == "shops.csv"
    media = phone.get(file.findtext("{*}downloadUrl"))
    assert (media.body.decode(), media.headers["content-type"]) == ("name,label\na,甲店\n", "text/csv")
    known = phone.get(file.findtext("{*}downloadUrl"), If_None_Match=media.headers["etag"])
    assert (known.status, known.body) == (304, b"")


def test_two_hundred_at_once_give_one_row_and_equal_receipts(server):
    instance = filled(name := fresh())
    phone = server.phone()
    with ThreadPoolExecutor(40) as crowd:
        replies = list(crowd.map(lambda _: phone.send(instance), range(200)))
    assert {reply.status for reply in replies} == {201}
    assert len({reply.receipt for reply in replies}) == 1
    assert len(server.rows("fieldwork_submission", f"instance_id='{name}'")) == 1
    assert len(server.rows("fieldwork_envelope", f"instance_id='{name}'")) == 1


def test_many_different_at_once(server):
    phone = server.phone()
    names = [fresh() for _ in range(60)]
    with ThreadPoolExecutor(20) as crowd:
        replies = list(crowd.map(lambda name: phone.send(filled(name)), names))
    assert {reply.status for reply in replies} == {201}
    assert len({reply.receipt for reply in replies}) == 60


def test_in_pieces_and_chunked(server, picture):
    phone = server.phone()
    spots = (
        "<spot><place>a</place><photo>a.jpg</photo></spot><spot><place>b</place><photo>b.jpg</photo></spot>"
    )
    instance = filled(name := fresh(), spots=spots)
    first = phone.send(instance, {"a.jpg": picture}, {"*isIncomplete*": "yes"})
    assert first.status == 201
    assert b'isComplete="false"' in first.body

    def pieces():
        whole = multipart(instance, {"b.jpg": picture})
        for start in range(0, len(whole), 100):
            yield whole[start : start + 100]

    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Transfer-Encoding": "chunked"}
    last = phone.ask("POST", "submission", body=pieces(), chunked=True, **kind)
    assert (last.status, last.receipt) == (201, first.receipt)
    found = server.rows("fieldwork_receipt", f"instance_id='{name}'")
    assert len(found) == 1
    kept = [
        row
        for row in server.rows("files_attachment")
        if row[5] in ("a.jpg", "b.jpg") or "a.jpg" in row or "b.jpg" in row
    ]
    assert len(kept) == 2


def test_an_edit(server):
    phone = server.phone()
    old, new = fresh(), fresh()
    first = phone.send(filled(old))
    edit = phone.send(filled(new, replaces=old, people=9))
    assert edit.status == 201
    assert edit.message.startswith("修改已收到")
    assert edit.receipt != first.receipt
    late = phone.send(filled(fresh(), replaces=old, people=10))
    assert late.status == 409
    assert "取代" in late.message


@pytest.mark.parametrize(("username", "status"), [("zhihui", 403), ("passer_by", 403), ("jiangqiao", 204)])
def test_who_may_send(server, username, status):
    assert server.phone(username).head("submission").status == status


def test_keys_and_passwords(server):
    stranger = server.browser()
    assert stranger.head("formList").status == 401
    assert stranger.head("submission").headers["www-authenticate"].startswith("Basic")
    good = "Basic " + base64.b64encode(b"nanxiang:jiading-2021-nx").decode()
    assert stranger.get("formList", Authorization=good).status == 200
    assert stranger.head("submission", Authorization=good).status == 204
    bad = "Basic " + base64.b64encode(b"nanxiang:no").decode()
    assert stranger.get("formList", Authorization=bad).status == 401
    assert stranger.get("formList", Authorization='Digest username="nanxiang"').status == 401
    assert stranger.get("/openrosa/key/not-a-key/expo/formList").status == 403
    assert stranger.get("/openrosa/key/not-a-key/nowhere/formList").status == 403
    assert stranger.get("/openrosa/nowhere/formList").status == 401


def test_anybody_on_a_form_open_to_everybody(server):
    stranger = server.browser()
    said = f'<data id="voice" version="1"><words>好</words><meta><instanceID>{fresh()}</instanceID></meta></data>'
    assert stranger.send(said.encode()).status == 201
    assert stranger.send(filled(fresh())).status == 401
    assert stranger.get("/openrosa/expo/forms/voice/1/form.xml").status == 200
    assert stranger.get("/openrosa/expo/forms/clean_day/2021091601/form.xml").status == 401


def test_words_in_the_phones_language(server):
    reply = server.phone(language="en-GB").send(filled(fresh(), people="x"))
    assert reply.status == 400
    assert "“People” must be a whole number" in reply.message
    assert reply.headers["content-language"] == "en"


def test_a_refusal_names_the_questions(server):
    spots = "<spot><place>A</place></spot><spot><place>B</place><bags>many</bags></spot>"
    reply = server.phone().send(filled(fresh(), people=-1, spots=spots))
    assert reply.status == 400
    told = {each["path"]: each["note"] for each in json.loads(reply.headers["x-guatu-questions"])}
    assert set(told) == {"/people", "/spot[2]/bags"}
    assert "人数应在 0 到 50000 之间" in told["/people"]
    assert "x-guatu-questions" not in server.phone().send(filled(fresh())).headers


def test_what_is_no_submission(server):
    phone = server.phone()
    assert phone.post(b"").status == 400
    assert phone.post(multipart(b"")).status == 400
    assert phone.post(multipart(filled(fresh()))[:-60]).status == 400
    assert phone.ask("POST", "submission", body=b"<data/>", **{"Content-Type": "text/xml"}).status == 400
    assert phone.ask("PUT", "submission").status == 405
    assert phone.get("nothing").status == 404
    assert phone.get("formList", X_OpenRosa_Version="2.0").status == 400
    for reply in (phone.post(b""), phone.get("nothing")):
        assert reply.headers["x-openrosa-version"] == "1.0"
        assert reply.message
