from typing import Any

import pytest

from guatu.fieldwork import reads
from guatu.fieldwork.acts import EnvelopeIn, FileIn, move_form, receive_many
from guatu.fieldwork.models import Aside, Envelope, Form, Receipt, Submission
from guatu.figures.acts import recount
from guatu.figures.models import FactRow, Reading
from guatu.kernel.models import Act
from tests.cast import NANXIANG, Cast
from tests.fieldwork.papers import filled


def test_it_works(cast: Cast, send: Any):
    outcome = send("uuid:1")
    assert (outcome.status, outcome.home) == ("received", NANXIANG)
    row = reads.submission(cast.nanxiang.scope, outcome.submission_id)
    assert row.answers["/people"] == 320
    assert row.answers["/waste"] == "12.5"
    assert row.area == NANXIANG
    assert row.happened_on.isoformat() == "2021-09-16"
    kept = reads.envelopes(row)[0]
    assert reads.xml_of(kept) == filled("uuid:1")
    act = Act.objects.get(verb="submission.received")
    assert (act.home, act.position, act.by_id) == (NANXIANG, outcome.position, cast.nanxiang.id)
    assert Receipt.objects.get(pk="uuid:1").position == outcome.position
    fact = FactRow.objects.get(subject_type="submission")
    assert (fact.kind, fact.category, fact.area) == ("submission", "clean_day", NANXIANG)
    assert fact.measures["people"] == "320"
    assert fact.attributes == {"street": "nanxiang"}
    day = Reading.objects.filter(area=NANXIANG, day="2021-09-16")
    assert {(reading.count, reading.total) for reading in day} >= {(1, 0), (1, 320_000_000)}
    assert recount().equal


def test_the_same_again_gives_the_same_receipt(send: Any):
    first, again = send("uuid:1"), send("uuid:1")
    assert again.status == "repeated"
    assert (again.home, again.position, again.sha256, again.submission_id) == (
        first.home, first.position, first.sha256, first.submission_id,
    )  # fmt: skip
    assert Submission.objects.count() == Envelope.objects.count() == 1


def test_a_batch_is_one_transaction_with_equal_twins(cast: Cast, send: Any):
    letters = [
        filled("uuid:1"),
        filled("uuid:2", people=5),
        filled("uuid:1"),
        b"<broken",
        filled("uuid:3", people=-4),
    ]
    outcomes = receive_many(
        envelopes=[EnvelopeIn(xml=each, by=cast.nanxiang, campaign=cast.campaign) for each in letters]
    )
    assert [each.status for each in outcomes] == ["received", "received", "repeated", "refused", "refused"]
    assert outcomes[2].position == outcomes[0].position
    assert outcomes[3].problem.code == "kernel.bad_xml"
    assert Submission.objects.count() == 2
    assert recount().equal


def test_other_bytes_under_the_same_id_are_set_aside(cast: Cast, send: Any):
    send("uuid:1")
    outcome = send("uuid:1", people=7)
    assert (outcome.status, outcome.problem.code, outcome.problem.status) == (
        "refused",
        "submission.conflict",
        409,
    )
    send("uuid:1", people=7)
    kept = Aside.objects.get()
    assert b">7<" in reads.xml_of(kept)
    assert Submission.objects.get().answers["/people"] == 320
    assert Act.objects.filter(verb="submission.set_aside").count() == 1


def test_an_edit_supersedes(cast: Cast, send: Any):
    first = send("uuid:1")
    edit = send("uuid:2", replaces="uuid:1", people=400)
    assert (edit.status, edit.submission_id, edit.home) == ("corrected", first.submission_id, first.home)
    row = Submission.objects.get()
    assert (row.instance_id, row.answers["/people"], row.edits) == ("uuid:2", 400, 1)
    assert Envelope.objects.count() == Receipt.objects.count() == 2
    assert Act.objects.get(verb="submission.corrected").details["changed"] == ["/people"]
    assert recount().equal
    assert send("uuid:2", replaces="uuid:1", people=400).status == "repeated"


def test_an_edit_of_an_old_version_is_refused_and_kept(send: Any):
    send("uuid:1")
    send("uuid:2", replaces="uuid:1", people=400)
    late = send("uuid:3", replaces="uuid:1", people=500)
    assert late.problem.code == "submission.edit_outdated"
    assert Aside.objects.get().instance_id == "uuid:3"


def test_an_edit_of_the_unknown_and_of_others_is_refused(cast: Cast, send: Any):
    assert send("uuid:9", replaces="uuid:8").problem.code == "submission.edit_unknown"
    send("uuid:1")
    assert send("uuid:2", by=cast.xuncha, replaces="uuid:1", people=1).problem.code == "access.denied"
    assert send("uuid:3", by=cast.jinbo, replaces="uuid:1", people=2).status == "corrected"


def test_an_edit_in_the_same_batch_follows_its_original(cast: Cast, send: Any):
    letters = [filled("uuid:2", replaces="uuid:1", people=2), filled("uuid:1")]
    outcomes = receive_many(
        envelopes=[EnvelopeIn(xml=each, by=cast.nanxiang, campaign=cast.campaign) for each in letters]
    )
    assert [each.status for each in outcomes] == ["corrected", "received"]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"people": None}, "“参加人数”必须填写。"),
        ({"people": "many"}, "“参加人数”应为整数，收到的是“many”。"),
        ({"people": 60000}, "“参加人数”：人数应在 0 到 50000 之间"),
        ({"waste": "1,5"}, "“清理垃圾（吨）”应为数字"),
        ({"day": "16.9.2021"}, "“活动日期”应为日期"),
        ({"street": "malu"}, "“街镇”没有“malu”这个选项。"),
        ({"work": "road dance"}, "“主要内容”没有“road dance”这个选项。"),
    ],
)
def test_bad_answers_are_refused_in_words(send: Any, answers: Any, words: str):
    problem = send("uuid:1", **answers).problem
    assert problem.code == "submission.bad_answers"
    assert words in problem.sentence("zh-hans")
    assert Submission.objects.count() == Receipt.objects.count() == 0


def test_what_a_door_may_not_take(cast: Cast, send: Any, form: Form):
    assert send("uuid:1", form="other").problem.code == "submission.no_such_form"
    assert send("uuid:1", version="1").problem.code == "submission.no_such_version"
    assert send("uuid:1", by=cast.passer_by).problem.code == "access.denied"
    assert send("").problem.code == "submission.bad_header"
    assert send(xml=b"<data/>").problem.code == "submission.bad_header"
    sent = send("uuid:1")
    move_form(by=cast.jinbo, form=form, to="closing")
    assert send("uuid:2").status == "received"
    move_form(by=cast.jinbo, form=Form.objects.get(), to="closed")
    assert send("uuid:3").problem.code == "submission.form_closed"
    assert send("uuid:1").position == sent.position  # a promise given holds


def test_personal_answers_are_sealed(cast: Cast, send: Any):
    outcome = send("uuid:1", contact_phone="13812345678")
    row = Submission.objects.get()
    assert "/contact_phone" not in row.answers
    assert set(row.sealed) == {"/contact_phone"}
    kept = Envelope.objects.get()
    assert kept.sealed
    assert b"138" not in bytes(kept.xml)
    assert reads.xml_of(kept) == filled("uuid:1", contact_phone="13812345678")
    assert "13812345678" not in str(list(Act.objects.values())) + str(list(FactRow.objects.values()))
    assert send("uuid:1", contact_phone="13812345678").position == outcome.position
    problem = send("uuid:2", contact_phone="1" * 30000).problem
    assert "111" not in problem.sentence("en")


def test_files_come_with_it_or_later(send: Any, picture: bytes):
    spots = (
        "<spot><place>老街</place><bags>3</bags><photo>a.jpg</photo></spot><spot><place>路口</place></spot>"
    )
    send("uuid:1", spots=spots, files=(FileIn("a.jpg", picture),))
    row = Submission.objects.get()
    assert row.files == ["a.jpg"]
    assert row.answers["/spot"] == [
        {"/spot/place": "老街", "/spot/bags": 3, "/spot/photo": "a.jpg"},
        {"/spot/place": "路口"},
    ]
    assert row.meaning["measures"]["bags"] == "3"
    from guatu.files.models import Attachment

    send("uuid:1", spots=spots, files=(FileIn("a.jpg", picture), FileIn("b.jpg", picture)))
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["a.jpg", "b.jpg"]


def test_a_bad_file_refuses_its_own_envelope_only(cast: Cast, send: Any):
    bad = EnvelopeIn(
        xml=filled("uuid:1"), by=cast.nanxiang, campaign=cast.campaign, files=(FileIn("a.jpg", b"<svg/>"),)
    )
    good = EnvelopeIn(xml=filled("uuid:2"), by=cast.nanxiang, campaign=cast.campaign)
    outcomes = receive_many(envelopes=[bad, good])
    assert [each.status for each in outcomes] == ["refused", "received"]
    assert outcomes[0].problem.code.startswith("file.")
    assert recount().equal


def test_who_sees_it(cast: Cast, send: Any):
    found = send("uuid:1", by=cast.xuncha).submission_id
    for person in (cast.zhihui, cast.jinbo, cast.nanxiang, cast.xuncha):
        assert reads.submission(person.scope, found)
    for person in (cast.jiangqiao, cast.lvrong, cast.passer_by):
        assert not reads.submissions(person.scope).exists()


def test_without_an_area_the_senders_post_decides(cast: Cast, send: Any, form: Form):
    from guatu.fieldwork.acts import publish_form

    source = b"| survey |\n| | type | name | label |\n| | integer | n | \xe4\xba\xba\xe6\x95\xb0 |\n"
    version = publish_form(by=cast.jinbo, campaign=cast.campaign, source=source, file_name="bare.md")
    assert (version.form.code, version.version) == ("bare", "2021091601")
    for instance, by, area in (("uuid:a", cast.xuncha, NANXIANG), ("uuid:b", cast.jinbo, "310114")):
        xml = f'<data id="bare" version="2021091601"><n>3</n><meta><instanceID>{instance}</instanceID></meta></data>'
        outcome = receive_many(envelopes=[EnvelopeIn(xml=xml.encode(), by=by, campaign=cast.campaign)])[0]
        assert Submission.objects.get(id=outcome.submission_id).area == area
