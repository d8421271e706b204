"""The pages about forms: the five minutes from a workbook to a number, then rights, refusals and what nobody may see."""

import base64
import io
import json
import re
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from guatu.desk.views.form_phones import provisioning
from guatu.fieldwork.acts import EnvelopeIn, publish_form, receive_many, settle_aside
from guatu.fieldwork.models import Aside, DeviceKey, Form, Submission
from guatu.figures.acts import define_indicators, recount
from guatu.figures.reads import values
from guatu.figures.rules import read_definition
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act, SightLog
from tests.cast import Cast
from tests.fieldwork.conftest import DEFINITIONS
from tests.fieldwork.papers import CLEAN_DAY, filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(cast: Cast) -> Form:
    define_indicators(by=SYSTEM, campaign=cast.campaign, definitions=DEFINITIONS)
    return publish_form(
        by=cast.jinbo, campaign=cast.campaign, source=CLEAN_DAY.encode(), file_name="clean_day.md"
    ).form


@pytest.fixture
def sent(cast: Cast, form: Form) -> Submission:
    spots = "<spot><place>老街</place><bags>3</bags></spot><spot><place>路口</place><bags>4</bags></spot>"
    letters = [
        (cast.nanxiang, filled("uuid:1", spots=spots, contact_phone="13812345678", weather="fine")),
        (cast.jiangqiao, filled("uuid:2", street="jiangqiao", people=5)),
    ]
    outcomes = receive_many(
        envelopes=[EnvelopeIn(xml=xml, by=by, campaign=cast.campaign) for by, xml in letters]
    )
    assert [outcome.problem for outcome in outcomes] == [None, None]
    return Submission.objects.select_related("form", "campaign").get(id=outcomes[0].submission_id)


def people_counted(cast: Cast) -> int:
    found = values(cast.jinbo.scope, cast.campaign, [read_definition(DEFINITIONS[1])])
    return int(found["people"].number or 0)


def test_five_minutes(cast: Cast, signed_in):
    """Upload, publish, fill in, see the number."""
    define_indicators(by=SYSTEM, campaign=cast.campaign, definitions=DEFINITIONS)
    browser = signed_in(cast.jinbo)
    example = browser.get(reverse("desk:form_example"))
    workbook = SimpleUploadedFile("clean_day.xlsx", b"".join(example.streaming_content))
    answer = browser.post(reverse("desk:form_new"), {"source": workbook})
    form = Form.objects.get()
    assert answer.headers["Location"] == reverse("desk:form", args=[form.id])
    page = signed_in(cast.nanxiang).get(reverse("desk:form_fill", args=[form.id]))
    assert page.status_code == 200
    html = page.content.decode()
    assert f'form="/openrosa/expo/forms/clean_day/{form.current.version}/form.xml"' in html
    assert "'wasm-unsafe-eval'" in page.headers["Content-Security-Policy"]
    assert "'wasm-unsafe-eval'" not in browser.get(reverse("desk:forms")).headers["Content-Security-Policy"]
    receive_many(
        envelopes=[EnvelopeIn(xml=filled("uuid:1", waste=None), by=cast.nanxiang, campaign=cast.campaign)]
    )
    assert people_counted(cast) == 320
    shown = browser.get(reverse("desk:form", args=[form.id])).content.decode()
    assert re.search(r"1\D{0,20}份", shown)


def test_faults_stand_on_the_page(cast: Cast, signed_in):
    bad = CLEAN_DAY.replace("| | integer | people", "| | interger | people").replace(
        "| | note |", "| | note |"
    )
    answer = signed_in(cast.jinbo).post(
        reverse("desk:form_new"), {"source": SimpleUploadedFile("a.md", bad.encode())}
    )
    assert answer.status_code == 422
    assert "没有“interger”这种题型" in answer.content.decode()
    assert not Form.objects.exists()


def test_who_comes_to_which_page(cast: Cast, form: Form, sent: Submission, signed_in):
    pages = {
        "desk:forms": [], "desk:form": [form.id], "desk:submissions": [form.id], "desk:submission": [sent.id],
        "desk:submissions_map": [form.id], "desk:submission_map": [sent.id], "desk:phones": [],
    }  # fmt: skip
    for name, arguments in pages.items():
        address = reverse(name, args=arguments)
        for person in (cast.jinbo, cast.nanxiang, cast.zhihui):
            assert signed_in(person).get(address).status_code == 200, (name, person)
        assert signed_in(cast.passer_by).get(address).status_code in (403, 404), name
    assert signed_in(cast.jiangqiao).get(reverse("desk:submission", args=[sent.id])).status_code == 404
    for name in ("desk:form_new", "desk:form_settings"):
        address = reverse(name, args=[form.id] if name == "desk:form_settings" else [])
        assert signed_in(cast.jinbo).get(address).status_code == 200
        assert signed_in(cast.nanxiang).get(address).status_code == 403


def test_lists_show_only_ones_own_area_and_filter_by_answers(
    cast: Cast, form: Form, sent: Submission, signed_in
):
    address = reverse("desk:submissions", args=[form.id])
    assert "320" in signed_in(cast.nanxiang).get(address).content.decode()
    assert "320" not in signed_in(cast.jiangqiao).get(address).content.decode()
    office = signed_in(cast.jinbo)
    csv = b"".join(office.get(f"{address}?export=csv&q-street=jiangqiao").streaming_content).decode()
    assert "江桥镇" in csv
    assert "南翔镇" not in csv
    whole = b"".join(office.get(f"{address}?export=csv").streaming_content).decode()
    assert "13812345678" not in whole
    assert signed_in(cast.nanxiang).get(f"{address}?export=csv").status_code == 403
    points = office.get(reverse("desk:submissions_map", args=[form.id]))
    assert json.loads(points.content)["type"] == "FeatureCollection"


def test_a_workbook_with_the_repeats(cast: Cast, form: Form, sent: Submission, signed_in):
    answer = signed_in(cast.jinbo).get(reverse("desk:submissions_book", args=[form.id]))
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames[1:] == ["点位"]
    rows = list(book["点位"].iter_rows(values_only=True))
    assert [row[2] for row in rows[1:]] == ["老街", "路口"]
    assert signed_in(cast.nanxiang).get(reverse("desk:submissions_book", args=[form.id])).status_code == 403


def test_queries_of_the_list(cast: Cast, form: Form, sent: Submission, signed_in, count_queries):
    browser = signed_in(cast.jinbo)
    browser.get(reverse("desk:submissions", args=[form.id]))
    clock.refresh(force=True)  # the store's clock is read every five seconds, not at every page
    with count_queries("submission list"):
        browser.get(reverse("desk:submissions", args=[form.id]))
    clock.refresh(force=True)
    with count_queries("submission page"):
        browser.get(reverse("desk:submission", args=[sent.id]))


def test_review(cast: Cast, sent: Submission, signed_in):
    browser = signed_in(cast.hecha)

    def judge(status: str, **said: str):
        row = Submission.objects.get(id=sent.id)
        address = reverse("desk:submission_review", args=[sent.id, status])
        return browser.post(address, {"version": row.version, **{f"judge-{k}": v for k, v in said.items()}})

    assert judge("approved").status_code == 302
    refused = judge("rejected")
    assert refused.status_code == 422
    assert "请写明理由" in refused.content.decode()
    before = people_counted(cast)
    assert judge("rejected", reason="照片与地点不符").status_code == 302
    assert people_counted(cast) == before - 320
    assert recount().equal
    assert (
        signed_in(cast.nanxiang)
        .post(reverse("desk:submission_review", args=[sent.id, "approved"]))
        .status_code
        == 422
    )
    stale = browser.post(reverse("desk:submission_review", args=[sent.id, "approved"]), {"version": 1})
    assert stale.status_code == 422


def test_correct_and_withdraw_and_restore(cast: Cast, sent: Submission, signed_in):
    browser = signed_in(cast.jinbo)
    address = reverse("desk:submission_correct", args=[sent.id])
    page = browser.get(address)
    form = page.context["form"]
    said = {name: form.initial.get(name, "") for name in form.paths}
    people = next(name for name, path in form.paths.items() if path == "/people")
    bags = next(name for name, path in form.paths.items() if path == "/spot[2]/bags")
    assert not any("phone" in path for path in form.paths.values())
    assert browser.post(address, {**said, "reason": "看错了", "version": sent.version}).status_code == 422
    good = browser.post(
        address, {**said, people: "400", bags: "40", "reason": "看错了", "version": sent.version}
    )
    assert good.status_code == 302
    row = Submission.objects.get(id=sent.id)
    assert (row.answers["/people"], row.answers["/spot"][1]["/spot/bags"], row.edits) == (400, 40, 1)
    assert set(row.sealed) == {"/contact_phone"}
    assert people_counted(cast) == 405
    assert Act.objects.get(verb="submission.corrected").details["reason"] == "看错了"
    mine = signed_in(cast.nanxiang)
    gone = mine.post(
        reverse("desk:submission_withdraw", args=[sent.id]),
        {"withdraw-reason": "重复", "version": row.version},
    )
    assert gone.status_code == 302
    assert people_counted(cast) == 5
    assert mine.post(reverse("desk:submission_restore", args=[sent.id])).status_code == 302
    assert people_counted(cast) == 405
    assert recount().equal


def test_sealed_answers_need_a_right_a_reason_and_leave_a_trace(cast: Cast, sent: Submission, signed_in):
    page = signed_in(cast.jinbo).get(reverse("desk:submission", args=[sent.id])).content.decode()
    assert "13812345678" not in page
    address = reverse("desk:submission_sight", args=[sent.id])
    assert signed_in(cast.nanxiang).post(address, {"sight-reason": "好奇"}).status_code == 403
    assert signed_in(cast.jinbo).post(address, {"sight-reason": ""}).status_code == 422
    opened = signed_in(cast.jinbo).post(address, {"sight-reason": "回访核实"}).content.decode()
    assert "13812345678" in opened
    assert SightLog.objects.get().reason == "回访核实"
    envelope = reverse("desk:envelope", args=[sent.id, opened.split("/envelopes/")[1].split("/")[0]])
    assert b"13812345678" in signed_in(cast.jinbo).get(envelope).content
    assert signed_in(cast.nanxiang).get(envelope).status_code == 403
    assert SightLog.objects.count() == 2


def test_two_copies_side_by_side(cast: Cast, form: Form, sent: Submission, signed_in):
    receive_many(
        envelopes=[EnvelopeIn(xml=filled("uuid:1", people=7), by=cast.nanxiang, campaign=cast.campaign)]
    )
    kept = Aside.objects.get()
    address = reverse("desk:aside", args=[kept.id])
    page = signed_in(cast.jinbo).get(address).content.decode()
    assert "320" in page
    assert "<b>7</b>" in page
    assert signed_in(cast.nanxiang).get(address).status_code == 404
    taken = signed_in(cast.jinbo).post(
        address, {"take": "1", "reason": "第二份是改正后的", "version": kept.version}
    )
    assert taken.status_code == 302
    assert people_counted(cast) == 12
    with pytest.raises(Exception, match="aside.settled"):
        settle_aside(by=cast.jinbo, aside=Aside.objects.get(), take=False, reason="x")
    assert recount().equal


def test_settings_page_keeps_what_good_sense_said(cast: Cast, form: Form, sent: Submission, signed_in):
    browser = signed_in(cast.jinbo)
    address = reverse("desk:form_settings", args=[form.id])
    shown = browser.get(address).context["form"]
    assert shown.initial["personal"] == ["contact_phone"]
    answer = browser.post(
        address, {"version": form.version, "personal": ["contact_phone"], "measures": ["waste"]}
    )
    assert answer.status_code == 302
    assert Form.objects.get().settings == {"measures": ["waste"]}
    assert people_counted(cast) == 0
    browser.post(address, {"version": Form.objects.get().version})
    assert Form.objects.get().settings == {"personal": {"contact_phone": False}}


def test_keys_of_phones(cast: Cast, form: Form, signed_in):
    browser = signed_in(cast.jinbo)
    page = browser.post(reverse("desk:phone_new"), {"person": str(cast.xuncha.id), "name": "3 号"})
    assert page.status_code == 200
    token = re.search(r"/openrosa/key/([\w-]+)/expo", page.content.decode())[1]
    key = DeviceKey.objects.get()
    assert token not in str(DeviceKey.objects.values())
    assert "no-store" in page.headers["Cache-Control"]
    settings = json.loads(
        zlib.decompress(base64.b64decode(provisioning(cast.campaign, "http://x/openrosa/key/t/expo")))
    )
    assert settings["general"]["server_url"] == "http://x/openrosa/key/t/expo"
    assert {"general", "admin", "project"} <= set(settings)
    other = signed_in(cast.nanxiang)
    assert other.post(reverse("desk:phone_end", args=[key.id])).status_code == 404
    assert other.post(reverse("desk:phone_new"), {"person": str(cast.xuncha.id)}).status_code == 422
    assert other.post(reverse("desk:phone_new"), {"person": str(cast.nanxiang.id)}).status_code == 200
    assert browser.post(reverse("desk:phone_end", args=[key.id])).status_code == 302
    assert browser.post(reverse("desk:phone_end", args=[key.id])).status_code == 409


def test_public_forms_need_no_account(cast: Cast, client, signed_in):
    text = b"| survey |\n| | type | name | label |\n| | text | words | w |\n| settings |\n| | form_id | version |\n| | voice | 1 |\n"
    version = publish_form(
        by=cast.jinbo, campaign=cast.campaign, source=text, file_name="voice.md", settings={"public": True}
    )
    assert client.get(reverse("desk:form_fill", args=[version.form_id])).status_code == 200
    closed = publish_form(
        by=cast.jinbo, campaign=cast.campaign, source=CLEAN_DAY.encode(), file_name="c.md"
    ).form
    assert client.get(reverse("desk:form_fill", args=[closed.id])).status_code == 302
    assert signed_in(cast.zhihui).get(reverse("desk:form_fill", args=[closed.id])).status_code == 403


def test_moving_a_form(cast: Cast, form: Form, signed_in):
    browser = signed_in(cast.jinbo)
    address = reverse("desk:form_move", args=[form.id])
    assert browser.post(address, {"to": "closing", "version": form.version}).status_code == 302
    assert browser.post(f"{address}?to=open").status_code == 302
    assert Form.objects.get().status == "open"
    assert signed_in(cast.nanxiang).post(address, {"to": "closed"}).status_code == 403
    source = browser.get(reverse("desk:form_file", args=[form.id, form.current_id, "source"]))
    assert b"".join(source.streaming_content) == CLEAN_DAY.encode()


def test_api(cast: Cast, form: Form, sent: Submission, signed_in):
    office = signed_in(cast.jinbo)
    listed = office.get("/api/expo/forms").json()
    assert [(each["code"], each["version"]) for each in listed] == [("clean_day", "2021091601")]
    whole = office.get("/api/expo/forms/clean_day").json()
    assert next(q for q in whole["questions"] if q["name"] == "street")["choices"] == [
        "nanxiang",
        "jiangqiao",
    ]
    page = office.get("/api/expo/forms/clean_day/submissions?limit=1").json()
    assert len(page["items"]) == 1
    rest = office.get(f"/api/expo/forms/clean_day/submissions?after={page['next']}").json()
    assert len(rest["items"]) == 1
    one = office.get(f"/api/submissions/{sent.id}").json()
    assert one["answers"]["/people"] == 320
    assert "13812345678" not in json.dumps(one)
    assert signed_in(cast.jiangqiao).get(f"/api/submissions/{sent.id}").status_code == 404
    mine = signed_in(cast.nanxiang).get("/api/expo/forms/clean_day/submissions").json()
    assert [each["instance_id"] for each in mine["items"]] == ["uuid:1"]
    judged = office.post(
        f"/api/submissions/{sent.id}/review", json.dumps({"status": "great"}), content_type="application/json"
    )
    assert judged.status_code == 400
    assert judged.json()["code"] == "submission.bad_status"
