"""The pages of briefs: what they show, to whom, and what they refuse in words."""

import io

import pytest
from django.urls import reverse
from docx import Document

from guatu.briefs import acts
from guatu.briefs.models import Brief, BriefTemplate
from tests.briefs.conftest import DAYS, DRESS, LISTED, RATE, TEXT, another_task, word
from tests.cast import assemble

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return assemble()


@pytest.fixture
def template(cast):
    from guatu.figures.acts import define_indicators

    define_indicators(by=cast.jinbo, campaign=cast.campaign, definitions=[LISTED, RATE, DAYS])
    another_task(cast)
    acts.set_template(
        by=cast.jinbo,
        campaign=cast.campaign,
        code="days",
        name="倒计时简报",
        kind="bulletin",
        document=word(*TEXT),
        settings=DRESS,
    )
    return BriefTemplate.objects.get()


@pytest.fixture
def frozen(cast, template):
    return acts.make_brief(by=cast.jinbo, template=template)


def page(client, person, name, *args, language="zh-hans", **query):
    client.force_login(person)
    return client.get(reverse(f"desk:{name}", args=args), query, headers={"accept-language": language})


def post(client, person, name, *args, **data):
    client.force_login(person)
    return client.post(reverse(f"desk:{name}", args=args), data)


def test_the_empty_list_teaches(cast, client):
    answer = page(client, cast.jinbo, "briefs")
    assert answer.status_code == 200
    assert "还没有简报" in answer.content.decode()


def test_the_list_shows_issues_and_exports_them(cast, client, frozen):
    text = page(client, cast.jinbo, "briefs").content.decode()
    assert frozen.title in text
    assert "已定稿" in text
    exported = page(client, cast.jinbo, "briefs", export="csv")
    assert frozen.title in b"".join(exported).decode("utf-8-sig")
    assert frozen.title not in page(client, cast.jinbo, "briefs", status="draft").content.decode()


def test_every_figure_of_an_issue_is_a_link_to_its_trace(cast, client, frozen):
    text = page(client, cast.jinbo, "brief", frozen.id).content.decode()
    for code in frozen.figures.values_list("figure__code", flat=True):
        assert reverse("desk:trace", args=[code]) in text
        assert code in text
    assert "定稿以后" not in text
    another_task(cast)
    assert "现在 2" in page(client, cast.jinbo, "brief", frozen.id).content.decode()


def test_a_draft_links_to_live_indicators(cast, client, template):
    draft = acts.draft_brief(by=cast.jinbo, template=template)
    text = page(client, cast.jinbo, "brief", draft.id).content.decode()
    assert reverse("desk:figure", args=["listed"]) in text
    assert reverse("desk:brief_freeze", args=[draft.id]) in text


def test_in_english(cast, client, frozen):
    client.cookies["django_language"] = "en"
    cast.jinbo.language = "en"
    type(cast.jinbo).objects.filter(id=cast.jinbo.id).update(language="en")
    text = page(client, cast.jinbo, "brief", frozen.id, language="en").content.decode()
    assert "Download the Word document" in text
    assert "Codes of the figures" in text


def test_the_whole_life_in_the_browser(cast, client, template):
    made = post(client, cast.jinbo, "brief_new", template=str(template.id), title="", number="", as_of="")
    brief = Brief.objects.get()
    assert made.headers["Location"] == reverse("desk:brief", args=[brief.id])
    edited = post(
        client,
        cast.jinbo,
        "brief_edit",
        brief.id,
        title="改过的标题",
        number="4",
        as_of="2021-09-16T08:00",
        version="1",
    )
    assert edited.status_code == 302
    post(client, cast.jinbo, "brief_freeze", brief.id, version="2")
    post(client, cast.zhihui, "brief_issue", brief.id)
    brief.refresh_from_db()
    assert (brief.title, brief.number, brief.status) == ("改过的标题", 4, "issued")
    answer = page(client, cast.nanxiang, "brief_document", brief.id)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert Document(io.BytesIO(answer.content)).paragraphs[1].text == "改过的标题"
    corrected = post(client, cast.jinbo, "brief_correct", brief.id, reason="漏报")
    fresh = Brief.objects.get(replaces=brief)
    assert corrected.headers["Location"] == reverse("desk:brief", args=[fresh.id])
    post(client, cast.jinbo, "brief_discard", fresh.id)
    post(client, cast.jinbo, "brief_restore", fresh.id)
    fresh.refresh_from_db()
    assert fresh.status == "draft"
    assert "这一期已由第 5 期更正" in page(client, cast.jinbo, "brief", brief.id).content.decode()


def test_refusals_stand_on_the_form_with_what_was_typed(cast, client, template, frozen):
    answer = post(
        client, cast.jinbo, "brief_new", template=str(template.id), title="我的标题", number="1", as_of=""
    )
    assert answer.status_code == 422
    assert "第 1 期已经有了" in answer.content.decode()
    assert "我的标题" in answer.content.decode()
    draft = acts.draft_brief(by=cast.jinbo, template=template)
    answer = post(
        client,
        cast.jinbo,
        "brief_edit",
        draft.id,
        title="x",
        number="2",
        as_of="2021-09-16T08:00",
        version="9",
    )
    assert answer.status_code == 422
    answer = post(client, cast.jinbo, "brief_correct", frozen.id, reason="")
    assert answer.status_code == 422
    assert post(client, cast.jinbo, "brief_freeze", frozen.id).status_code == 409


def test_who_may_see_and_do_what(cast, client, frozen):
    assert page(client, cast.nanxiang, "brief", frozen.id).status_code == 404
    assert page(client, cast.nanxiang, "brief_document", frozen.id).status_code == 404
    assert page(client, cast.passer_by, "briefs").status_code == 403
    assert page(client, cast.nanxiang, "brief_new").status_code == 403
    assert post(client, cast.nanxiang, "brief_issue", frozen.id).status_code == 404
    acts.issue_brief(by=cast.zhihui, brief=frozen)
    text = page(client, cast.nanxiang, "brief", frozen.id).content.decode()
    assert frozen.title in text
    assert reverse("desk:brief_correct", args=[frozen.id]) not in text
    client.logout()
    assert client.get(reverse("desk:briefs")).status_code == 302


def test_the_pages_ask_the_store_as_often_as_they_did(cast, client, frozen, count_queries):
    client.force_login(cast.jinbo)
    for name, args in (("briefs", []), ("brief", [frozen.id])):
        client.get(reverse(f"desk:{name}", args=args))  # what is kept for the process is warm
        with count_queries(f"{name} page"):
            client.get(reverse(f"desk:{name}", args=args))
