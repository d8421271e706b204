"""Drafting, freezing, issuing, correcting; then every refusal."""

import datetime as dt
import io

import pytest
from docx import Document

from guatu.briefs import acts, reads
from guatu.briefs.models import Brief, BriefDocument, BriefFigure
from guatu.figures.models import Figure
from guatu.kernel import clock
from guatu.kernel.access import EVERYTHING
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from tests.briefs.conftest import DRESS, another_task, word
from tests.conftest import CAMPAIGN_DAY


def refused(call, code):
    with pytest.raises(Problem) as problem:
        call()
    assert problem.value.code == code
    return problem.value


@pytest.fixture
def draft(cast, template):
    return acts.draft_brief(by=cast.jinbo, template=template)


@pytest.fixture
def frozen(cast, draft):
    return acts.freeze_brief(by=cast.jinbo, brief=draft)


def test_a_draft_is_numbered_titled_and_alive(cast, draft):
    assert (draft.number, draft.title, draft.status, draft.as_of) == (1, "倒计时50天", "draft", CAMPAIGN_DAY)
    assert reads.reading(draft).lines["listed"].text == "1"
    another_task(cast)
    assert reads.reading(draft).lines["listed"].text == "2"
    assert not Figure.objects.exists()


def test_freezing_gives_every_figure_its_value_and_code(cast, frozen):
    assert frozen.status == "frozen"
    assert list(BriefFigure.objects.order_by("order").values_list("figure__key", "figure__text")) == [
        ("listed", "1"),
        ("rate", "0%"),
    ]
    text = "\n".join(each.text for each in Document(io.BytesIO(bytes(frozen.document.content))).paragraphs)
    code = Figure.objects.get(key="listed").code
    assert "保障简报 第1期 2021年9月16日" in text
    assert "任务1项，完工率0%。" in text
    assert f"{code} 任务=1项" in text
    assert "2021年9月16日9时" in text
    another_task(cast)
    line = reads.reading(frozen).lines["listed"]
    assert (line.text, line.now, line.changed, line.code) == ("1", "2", True, code)
    act = Act.objects.get(verb="brief.frozen")
    assert act.details["sha256"] == BriefDocument.objects.get().sha256


def test_a_brief_is_made_issued_and_then_read_by_everybody(cast, template):
    made = acts.make_brief(by=cast.jinbo, template=template, title="  别的  标题 ", number=7)
    assert (made.number, made.title, made.status) == (7, "别的 标题", "frozen")
    assert not reads.briefs(cast.nanxiang.scope).exists()
    issued = acts.issue_brief(by=cast.zhihui, brief=made)
    assert (issued.status, issued.issued_by) == ("issued", cast.zhihui)
    assert reads.briefs(cast.nanxiang.scope).get() == issued
    assert not reads.briefs(cast.passer_by.scope).exists()
    assert reads.briefs_seen(cast.nanxiang.scope, [str(issued.id)]) == {str(issued.id): "别的 标题"}
    code = Figure.objects.get(key="listed").code
    assert reads.briefs_of_figures(cast.nanxiang.scope, [code]) == {code: issued}
    assert reads.latest_codes(cast.campaign)["listed"] == code
    assert acts.next_number(cast.campaign, "bulletin") == 8


def test_as_of_an_earlier_moment(cast, template):
    with clock.at(CAMPAIGN_DAY + dt.timedelta(hours=2)):
        another_task(cast)
        made = acts.make_brief(by=cast.jinbo, template=template, as_of=CAMPAIGN_DAY)
        assert reads.reading(made).lines["listed"].text == "1"


def test_a_draft_is_edited_put_away_and_taken_back(cast, draft):
    row = acts.edit_brief(by=cast.jinbo, brief=draft, title="新标题", number=3, as_of=CAMPAIGN_DAY, version=1)
    assert (row.title, row.number, row.version) == ("新标题", 3, 2)
    same = acts.edit_brief(by=cast.jinbo, brief=row, title="新标题", number=3, as_of=CAMPAIGN_DAY)
    assert same.version == 2
    assert acts.discard_brief(by=cast.jinbo, brief=row).status == "discarded"
    assert acts.restore_brief(by=cast.jinbo, brief=row).status == "draft"


def test_a_correction_replaces_and_leaves_the_old_one(cast, frozen):
    acts.issue_brief(by=cast.zhihui, brief=frozen)
    another_task(cast)
    fresh = acts.correct_brief(by=cast.jinbo, brief=frozen, reason="漏报一项")
    assert (fresh.number, fresh.status, fresh.replaces, fresh.reason) == (2, "draft", frozen, "漏报一项")
    assert reads.reading(acts.freeze_brief(by=cast.jinbo, brief=fresh)).lines["listed"].text == "2"
    assert reads.reading(reads.brief(EVERYTHING, str(frozen.id))).lines["listed"].text == "1"


def test_a_template_changes_and_frozen_briefs_do_not(cast, template, frozen):
    said = {
        "by": cast.jinbo,
        "campaign": cast.campaign,
        "code": "days",
        "name": "倒计时简报",
        "kind": "bulletin",
        "settings": DRESS,
    }
    assert acts.set_template(document=bytes(template.document), **said) == "same"
    before = bytes(frozen.document.content)
    assert acts.set_template(document=word("只有{{ f['days'] }}天"), **said) == "changed"
    assert bytes(BriefDocument.objects.get().content) == before
    fresh = acts.make_brief(by=cast.jinbo, template=type(template).objects.get())
    assert list(reads.reading(fresh).lines) == ["days"]
    assert (frozen.template_version, fresh.template_version) == (1, 2)


def test_as_data_is_json(cast, frozen):
    document = reads.as_data(frozen)
    assert (document["number"], document["status"], document["as_of"]) == (
        1,
        "frozen",
        "2021-09-16T09:00:00+08:00",
    )
    assert [figure["text"] for figure in document["figures"]] == ["1", "0%"]


def test_only_the_office_makes_and_only_who_may_approves(cast, template, draft, frozen):
    for who in (cast.nanxiang, cast.lvrong, cast.passer_by):
        refused(lambda who=who: acts.draft_brief(by=who, template=template), "access.denied")
        refused(lambda who=who: acts.freeze_brief(by=who, brief=draft), "access.denied")
        refused(lambda who=who: acts.issue_brief(by=who, brief=frozen), "access.denied")
        refused(lambda who=who: acts.correct_brief(by=who, brief=frozen, reason="x"), "access.denied")
        refused(lambda who=who: acts.discard_brief(by=who, brief=draft), "access.denied")
        refused(
            lambda who=who: acts.set_template(by=who, campaign=cast.campaign, code="x", name="x", kind="bulletin",
                                              document=word("x"), settings=DRESS), "access.denied",
        )  # fmt: skip
        assert not reads.briefs(who.scope).exists()
    refused(lambda: acts.draft_brief(by=cast.zhihui, template=template), "access.denied")


def test_nothing_goes_backwards(cast, frozen, template):
    refused(lambda: acts.freeze_brief(by=cast.jinbo, brief=frozen), "brief.not_draft")
    refused(
        lambda: acts.edit_brief(by=cast.jinbo, brief=frozen, title="x", number=1, as_of=CAMPAIGN_DAY),
        "brief.not_draft",
    )
    refused(lambda: acts.discard_brief(by=cast.jinbo, brief=frozen), "brief.not_draft")
    fresh = acts.draft_brief(by=cast.jinbo, template=template)
    refused(lambda: acts.issue_brief(by=cast.zhihui, brief=fresh), "brief.not_frozen")
    refused(lambda: acts.correct_brief(by=cast.jinbo, brief=fresh, reason="x"), "brief.not_out")
    refused(lambda: acts.correct_brief(by=cast.jinbo, brief=frozen, reason="  "), "brief.no_reason")
    refused(lambda: reads.document(fresh), "brief.not_frozen")


def test_numbers_titles_moments_and_versions_are_checked(cast, template, draft):
    problem = refused(
        lambda: acts.draft_brief(by=cast.jinbo, template=template, number=1), "brief.number_taken"
    )
    assert problem.details["next"] == 2
    refused(lambda: acts.draft_brief(by=cast.jinbo, template=template, number=0), "brief.number_taken")
    refused(lambda: acts.draft_brief(by=cast.jinbo, template=template, title="长" * 201), "brief.bad_title")
    later = CAMPAIGN_DAY + dt.timedelta(days=1)
    refused(lambda: acts.draft_brief(by=cast.jinbo, template=template, as_of=later), "kernel.future")
    refused(lambda: acts.freeze_brief(by=cast.jinbo, brief=draft, version=9), "kernel.stale")


def test_a_template_that_cannot_be_is_refused(cast, template):
    said = {"by": cast.jinbo, "campaign": cast.campaign, "code": "x", "name": "坏模板"}
    refused(
        lambda: acts.set_template(kind="poster", document=word("x"), settings=DRESS, **said),
        "brief.bad_template",
    )
    refused(
        lambda: acts.set_template(kind="report", document=b"x", settings=DRESS, **said), "brief.bad_template"
    )
    refused(
        lambda: acts.set_template(kind="report", document=word("x"), settings={}, **said),
        "brief.bad_template",
    )


def test_a_template_asking_for_what_is_not_there_is_refused_when_frozen(cast, template):
    for text, code in (
        ("{{ f['nothing'] }}", "brief.unknown_figure"),
        ("{{ nobody }}", "brief.bad_template"),
    ):
        acts.set_template(
            by=cast.jinbo,
            campaign=cast.campaign,
            code="bad",
            name="坏",
            kind="report",
            document=word(text),
            settings=DRESS,
        )
        bad = type(template).objects.get(code="bad")
        refused(lambda bad=bad: acts.make_brief(by=cast.jinbo, template=bad), code)
    assert not Brief.objects.filter(kind="report").exists()
    assert not Figure.objects.exists()
