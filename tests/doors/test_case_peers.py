"""Pages and the machines' side of exchange: rights, shapes, refusals, how often the store is asked."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guatu.cases import acts
from guatu.cases.acts.peers import save_peer
from guatu.cases.models import Case, Message, Peer, Reporter
from guatu.kernel import calendar, clock
from guatu.kernel.acts import SYSTEM
from guatu.kernel.secrets import open_many
from guatu.units.acts import make_token
from guatu.units.models import Person, Post
from tests.cases.conftest import CLASSES, photo
from tests.cast import DISTRICT, NANXIANG, Cast

Signed = Callable[..., Client]
AT = "/api/exchange/expo"


@pytest.fixture
def ground(cast: Cast) -> Iterator[Cast]:
    calendar.load_shipped()
    acts.set_classes(by=SYSTEM, campaign=cast.campaign, classes=CLASSES)
    yield cast
    calendar.forget()


def machine(cast: Cast, code: str, kind: str, source: str, **more: Any) -> tuple[Peer, Client]:
    """A platform with a service account, and the client that calls with its key."""
    person = Person(username=f"line-{code}", name=code, unit=cast.units["jbb"], made_at=clock.now())
    person.save(force_insert=True)
    Post.objects.create(person=person, role="exchange", areas=[DISTRICT])
    peer = save_peer(
        by=SYSTEM,
        campaign=cast.campaign,
        code=code,
        name=f"平台{code}",
        kind=kind,
        source=source,
        person=person,
        **more,
    )
    return peer, Client(
        headers={"authorization": f"Bearer {make_token(by=SYSTEM, person=person, name='x')[1]}"}
    )


def put(client: Client, content: dict[str, Any]) -> Any:
    answer = client.put(
        f"{AT}/messages/{content['key']}", json.dumps(content), content_type="application/json"
    )
    return answer.status_code, answer.json()


def case_message(key: str = "k1", **more: Any) -> dict[str, Any]:
    case = {"title": "路灯不亮", "class": "0101", "area": NANXIANG, **more}
    return {"key": key, "kind": "case", "number": f"SJ-{key}", "case": case, "files": []}


def test_a_message_is_taken_once(ground: Cast) -> None:
    _peer, client = machine(ground, "city", "upper", "city_platform")
    assert client.get(AT).json()["peer"] == "平台city"
    status, said = put(client, case_message())
    assert (status, said["status"]) == (200, "applied")
    assert put(client, case_message()) == (status, said)
    assert Case.objects.count() == 1
    assert put(client, case_message(title="另一件"))[1]["code"] == "peer.key_reused"
    assert put(client, {**case_message("k2"), "kind": "x"})[1]["code"] == "peer.bad_content"
    assert (
        put(client, {**case_message("k3"), "kind": "change", "demand": "due", "number": "none"})[1]["code"]
        == "peer.unknown_case"
    )
    mismatch = client.put(f"{AT}/messages/other", json.dumps(case_message()), content_type="application/json")
    assert mismatch.status_code == 422


def test_files_come_before_their_message(ground: Cast) -> None:
    _peer, client = machine(ground, "city", "upper", "city_platform")
    content = photo("前.jpg").read()
    sha256 = hashlib.sha256(content).hexdigest()
    message = {**case_message(), "files": [{"sha256": sha256, "name": "前.jpg", "type": "image/jpeg"}]}
    status, said = put(client, message)
    assert (status, said["code"], said["details"]["files"]) == (409, "peer.file_missing", [sha256])
    wrong = client.put(f"{AT}/files/{'0' * 64}", content, content_type="application/octet-stream")
    assert wrong.json()["code"] == "peer.file_wrong"
    assert (
        client.put(f"{AT}/files/{sha256}", content, content_type="application/octet-stream").status_code
        == 204
    )
    assert put(client, message)[0] == 200
    assert client.get(f"{AT}/files/{sha256}").status_code == 404  # only what a message to them names


def test_what_nobody_mapped_is_refused_with_its_cause_and_taken_later(
    ground: Cast, signed_in: Signed
) -> None:
    peer, client = machine(ground, "city", "upper", "city_platform", mapping={"classes": {"0101": "A-1"}})
    status, said = put(client, case_message(**{"class": "A-2"}))
    assert (status, said["code"]) == (422, "peer.unknown_word")
    row = Message.objects.get()
    assert row.status == "refused"
    desk = signed_in(ground.chengyun)
    assert "A-2" in desk.get(reverse("desk:exchange")).content.decode()
    save_peer(
        by=SYSTEM, campaign=ground.campaign, code="city", mapping={"classes": {"0101": "A-1", "0402": "A-2"}}
    )
    assert desk.post(reverse("desk:case_message_step", args=[row.pk, "retake"])).status_code == 302
    row.refresh_from_db()
    assert row.status == "applied"
    assert Case.objects.get().class_code == "0402"
    assert peer.name == "平台city"


def test_the_hotline_s_people_are_sealed(ground: Cast) -> None:
    _peer, client = machine(ground, "line12345", "hotline", "hotline")
    reporter = {"name": "王小明", "phone": "13800001234", "wants_contact": True}
    assert put(client, case_message(reporter=reporter))[0] == 200
    row = Reporter.objects.get()
    assert row.via == "hotline"
    assert open_many({row.pk: row.sealed})[row.pk]["phone"] == "13800001234"
    assert "13800001234" not in json.dumps(Message.objects.get().content)
    case = row.case
    assert case.status == "reported"
    acts.contact_reporter(by=ground.chengyun, case=case, note="已联系")
    told = client.get(f"{AT}/cases").json()
    assert told["items"][-1]["contacted_at"]
    assert told["items"][-1]["your_number"] == "SJ-k1"
    assert client.get(f"{AT}/cases?after={told['next']}").json()["items"] == []
    assert set(Message.objects.filter(direction="out").values_list("status", flat=True)) == {"sent"}
    assert client.get(f"{AT}/cases?after=zzz").status_code == 400


def test_a_refused_message_keeps_the_reporter_sealed_until_it_is_taken(
    ground: Cast, signed_in: Signed
) -> None:
    _peer, client = machine(ground, "line12345", "hotline", "hotline", mapping={"classes": {"0101": "A-1"}})
    put(client, case_message(**{"class": "B"}, reporter={"name": "王小明", "phone": "13800001234"}))
    row = Message.objects.get()
    assert "1380000" not in json.dumps(row.content) + row.sealed
    save_peer(by=SYSTEM, campaign=ground.campaign, code="line12345", mapping={"classes": {"0101": "B"}})
    signed_in(ground.chengyun).post(reverse("desk:case_message_step", args=[row.pk, "retake"]))
    row.refresh_from_db()
    assert (row.status, row.sealed) == ("applied", "")
    assert Reporter.objects.get().phone_blind


def test_a_key_reaches_nothing_but_the_exchange(ground: Cast, case_of: Case) -> None:
    _peer, client = machine(ground, "city", "upper", "city_platform")
    assert client.get("/api/expo/cases").json().get("items", []) == []
    assert client.get(f"/api/cases/{case_of.pk}").status_code in (403, 404)
    assert Client().get(AT).status_code == 401
    stranger = make_token(by=SYSTEM, person=ground.passer_by, name="x")[1]
    assert Client(headers={"authorization": f"Bearer {stranger}"}).get(AT).status_code in (403, 404)
    office = make_token(by=SYSTEM, person=ground.chengyun, name="x")[1]
    assert Client(headers={"authorization": f"Bearer {office}"}).get(AT).json()["code"] == "peer.not_known"


@pytest.fixture
def case_of(ground: Cast) -> Case:
    draft = acts.Draft(title="沪宜公路暴露垃圾", area=NANXIANG, class_code="0101")
    return acts.report_case(by=ground.xuncha, campaign=ground.campaign, draft=draft)


def test_the_pages_of_a_platform(ground: Cast, signed_in: Signed, settings: Any) -> None:
    desk, street = signed_in(ground.chengyun), signed_in(ground.nanxiang)
    new = {"code": "city", "name": "市级平台", "kind": "upper", "source": "city_platform", "way": "http", "active": "on",
           "base_url": "https://city.example/api/exchange/expo", "mapping": '[states]\n"reported" = "x"'}  # fmt: skip
    answer = desk.post(reverse("desk:peer_new"), new)
    assert answer.status_code == 422
    assert "没有写对方的用语" in answer.content.decode()
    assert (
        desk.post(
            reverse("desk:peer_new"), {**new, "mapping": "", "base_url": "http://city.example/"}
        ).status_code
        == 422
    )
    assert (
        desk.post(reverse("desk:peer_new"), {**new, "mapping": '[classes]\n"0101" = "A-1"'}).status_code
        == 302
    )
    row = Peer.objects.get()
    at = reverse("desk:peer", args=[row.pk])
    desk.post(reverse("desk:peer_step", args=[row.pk, "token"]), {"token": "very-secret-key"})
    row.refresh_from_db()
    assert row.token_sealed
    assert "very-secret-key" not in row.token_sealed + desk.get(at).content.decode()
    assert "已填写" in desk.get(at).content.decode()
    assert "A-1" in desk.get(reverse("desk:peer_edit", args=[row.pk])).content.decode()
    desk.post(
        reverse("desk:peer_edit", args=[row.pk]),
        {**new, "mapping": "", "base_url": "https://elsewhere.example/x"},
    )
    row.refresh_from_db()
    assert row.token_sealed == ""  # a key goes only to the address it was entered for
    assert street.get(at).status_code == 404
    assert street.get(reverse("desk:peers")).status_code == 403
    assert street.post(reverse("desk:peer_step", args=[row.pk, "token"]), {"token": "x"}).status_code == 404


def test_without_a_line_the_same_goes_by_file(ground: Cast, signed_in: Signed) -> None:
    peer = save_peer(
        by=SYSTEM,
        campaign=ground.campaign,
        code="city",
        name="市",
        kind="upper",
        source="city_platform",
        way="file",
    )
    desk = signed_in(ground.chengyun)
    content = photo("前.jpg").read()
    sha256 = hashlib.sha256(content).hexdigest()
    message = {**case_message(), "files": [{"sha256": sha256, "name": "前.jpg", "type": "image/jpeg"}]}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        box.writestr("messages.json", json.dumps({"messages": [message]}))
        box.writestr(f"files/{sha256}", content)
    for _again in range(2):
        upload = SimpleUploadedFile("in.zip", out.getvalue(), "application/zip")
        assert (
            desk.post(reverse("desk:peer_step", args=[peer.pk, "import"]), {"file": upload}).status_code
            == 302
        )
    case = Case.objects.get()
    assert case.status == "filed"
    acts.dispatch_case(by=ground.chengyun, case=case, unit=ground.units["nxz"], limit=(2, "work_day"))
    desk.post(reverse("desk:peer_step", args=[peer.pk, "export"]))
    name = Message.objects.filter(direction="out").first().answer["file"]  # type: ignore[union-attr]
    answer = desk.get(reverse("desk:peer_file", args=[peer.pk, name]))
    told = json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("messages.json"))
    assert [each["state"] for each in told["messages"]] == ["待整改"]
    assert answer.content == desk.get(reverse("desk:peer_file", args=[peer.pk, name])).content
    bad = SimpleUploadedFile("in.zip", b"nothing", "application/zip")
    page = desk.post(reverse("desk:peer_step", args=[peer.pk, "import"]), {"file": bad}, follow=True)
    assert "不是交换文件" in page.content.decode()


def test_a_conflict_stands_side_by_side_and_is_settled(ground: Cast, signed_in: Signed) -> None:
    _peer, client = machine(ground, "city", "upper", "city_platform")
    put(client, case_message())
    case = Case.objects.get()
    case = acts.dispatch_case(by=ground.chengyun, case=case, unit=ground.units["nxz"])
    due = "2021-09-17T12:00:00+08:00"
    change = {
        "key": "c1",
        "kind": "change",
        "demand": "due",
        "number": "SJ-k1",
        "due_at": due,
        "note": "提前",
    }
    assert put(client, change)[1]["status"] == "conflict"
    row = Message.objects.get(status="conflict")
    desk = signed_in(ground.chengyun)
    at = reverse("desk:case_message", args=[row.pk])
    shown = desk.get(at).content.decode()
    assert "两边对照" in shown
    assert "2021-09-17 12:00" in shown
    by_hand = reverse("desk:case_message_step", args=[row.pk, "hand"])
    assert desk.post(by_hand, {"note": ""}).status_code == 422
    assert (
        desk.post(reverse("desk:case_message_step", args=[row.pk, "theirs"]), {"version": 99}).status_code
        == 422
    )
    assert (
        desk.post(reverse("desk:case_message_step", args=[row.pk, "theirs"]), {"note": "同意"}).status_code
        == 302
    )
    case.refresh_from_db()
    assert case.due_at is not None
    assert clock.local(case.due_at).isoformat() == due
    assert desk.post(by_hand, {"note": "x"}).status_code == 422  # settled already
    assert "照对方办" in desk.get(at).content.decode()


def test_a_failed_message_can_be_given_up_or_sent_again(
    ground: Cast, signed_in: Signed, case_of: Case
) -> None:
    peer = save_peer(
        by=SYSTEM,
        campaign=ground.campaign,
        code="city",
        name="市",
        kind="upper",
        source="patrol",
        base_url="https://127.0.0.1:9/x",
    )
    Case.objects.filter(pk=case_of.pk).update(upper_number="SJ-1")
    acts.file_case(by=ground.chengyun, case=Case.objects.get(pk=case_of.pk))
    row = Message.objects.get(peer=peer)
    desk = signed_in(ground.chengyun)
    desk.post(reverse("desk:case_message_step", args=[row.pk, "again"]))
    row.refresh_from_db()
    assert (row.status, row.tries) == ("failed", 1)
    assert "还没有填写令牌" in desk.get(reverse("desk:exchange")).content.decode()
    desk.post(reverse("desk:case_message_step", args=[row.pk, "give_up"]))
    row.refresh_from_db()
    assert row.status == "given_up"
    assert (
        signed_in(ground.jiangqiao)
        .post(reverse("desk:case_message_step", args=[row.pk, "again"]))
        .status_code
        == 404
    )


def test_an_offer_of_another_district_says_where_it_is_from(ground: Cast, signed_in: Signed) -> None:
    _peer, client = machine(ground, "beside", "district", "district")
    put(client, {**case_message(), "kind": "offer", "note": "在贵区一侧"})
    case = Case.objects.get()
    assert case.status == "reported"
    shown = signed_in(ground.chengyun).get(reverse("desk:case", args=[case.pk])).content.decode()
    assert "移交自平台beside" in shown
    acts.reject_case(by=ground.chengyun, case=case, reason="不在本区")
    told = client.get(f"{AT}/cases").json()["items"]
    assert [(each["kind"], each.get("answer"), each["note"]) for each in told] == [
        ("answer", "return", "不在本区")
    ]


def test_how_often_the_store_is_asked(ground: Cast, signed_in: Signed, count_queries: Any) -> None:
    peer, client = machine(ground, "city", "upper", "city_platform")
    for number in range(5):
        put(client, case_message(f"k{number}"))
    desk = signed_in(ground.chengyun)
    for name, at in (("peers", reverse("desk:peers")), ("peer", reverse("desk:peer", args=[peer.pk]))):
        with count_queries(f"exchange: {name}"):
            assert desk.get(at).status_code == 200
    with count_queries("exchange: outbox"):
        assert client.get(f"{AT}/cases").status_code == 200
