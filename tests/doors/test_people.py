"""Units, people, posts, contracts and gaps at the desk."""

import pytest
from django.urls import reverse

from guatu.units.models import ApiToken, Contract, Person, Post, Unit

pytestmark = pytest.mark.django_db


def words(response):
    return response.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(cast, signed_in, language):
    cast.jinbo.language = language
    cast.jinbo.save()
    browser = signed_in(cast.jinbo)
    browser.cookies["django_language"] = language
    contract = Contract.objects.first()
    for address in (
        reverse("desk:people"), reverse("desk:person", args=["lvrong"]), reverse("desk:person", args=["jinbo"]), reverse("desk:person_new"),
        reverse("desk:person_edit", args=["lvrong"]), reverse("desk:post_new", args=["lvrong"]), reverse("desk:units"),
        reverse("desk:units") + "?q=绿&closed=1", reverse("desk:units") + "?q=没有", reverse("desk:unit", args=["lrj"]),
        reverse("desk:unit_new"), reverse("desk:unit_edit", args=["lrj"]), reverse("desk:contracts"),
        reverse("desk:contracts") + "?export=xlsx", reverse("desk:contract", args=[contract.id]), reverse("desk:contract_new"),
        reverse("desk:gaps"), reverse("desk:gaps") + "?area=310114102001", reverse("desk:people") + "?export=csv",
    ):  # fmt: skip
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert b"".join(answer) != b"", address


def test_who_sees_whom(cast, signed_in):
    page = words(signed_in(cast.nanxiang).get(reverse("desk:people")))
    assert "江桥镇" not in page
    assert signed_in(cast.nanxiang).get(reverse("desk:person", args=["jiangqiao"])).status_code == 404
    assert signed_in(cast.passer_by).get(reverse("desk:people")).status_code == 403
    assert signed_in(cast.passer_by).get(reverse("desk:person", args=["passer_by"])).status_code == 200
    assert signed_in(cast.passer_by).get(reverse("desk:units")).status_code == 403


def test_the_lists_ask_few_questions(cast, signed_in, count_queries):
    browser = signed_in(cast.jinbo)
    for name, address in (
        ("people list", "desk:people"),
        ("contract list", "desk:contracts"),
        ("gaps", "desk:gaps"),
    ):
        browser.get(reverse(address))
        with count_queries(name):
            browser.get(reverse(address))


def test_from_registering_somebody_to_a_post(cast, signed_in):
    browser = signed_in(cast.jinbo)
    form = {
        "name": "李四",
        "username": "lisi",
        "unit": "lrj",
        "phone": "13812345678",
        "password": "a long password 1",
    }
    assert browser.post(reverse("desk:person_new"), form).status_code == 302
    assert browser.post(reverse("desk:person_new"), form).status_code == 422
    page = words(browser.get(reverse("desk:person", args=["lisi"])))
    assert "138****5678" in page
    assert "13812345678" not in page
    browser.post(
        reverse("desk:post_new", args=["lisi"]),
        {"role": "street", "areas": "南翔镇、江桥镇", "title": "联络员"},
    )
    post = Post.objects.get(person__username="lisi")
    assert post.areas == ["310114102", "310114118"]
    assert (
        browser.post(
            reverse("desk:post_new", args=["lisi"]), {"role": "street", "areas": "上海市"}
        ).status_code
        == 422
    )
    assert (
        browser.post(
            reverse("desk:post_new", args=["lisi"]), {"role": "lead_unit", "units": "lrj"}
        ).status_code
        == 302
    )
    browser.post(reverse("desk:post_end", args=[post.id]))
    post.refresh_from_db()
    assert post.to_day is not None
    edit = {"name": "李四四", "unit": "lrj", "phone": "-", "version": 1}
    assert browser.post(reverse("desk:person_edit", args=["lisi"]), edit).status_code == 302
    person = Person.objects.get(username="lisi")
    assert (person.name, bytes(person.phone_sealed)) == ("李四四", b"")
    assert browser.post(reverse("desk:person_edit", args=["lisi"]), edit).status_code == 422


def test_a_number_is_shown_for_a_reason(cast, signed_in):
    browser = signed_in(cast.jinbo)
    browser.post(
        reverse("desk:person_edit", args=["lvrong"]),
        {"name": "绿容局", "unit": "lrj", "phone": "13812345678", "version": 1},
    )
    address = reverse("desk:person_phone", args=["lvrong"])
    assert "要写明理由" in words(browser.post(address, {"reason": "看"}))
    assert "13812345678" in words(browser.post(address, {"reason": "通知参加演练"}))
    assert "13812345678" in words(signed_in(cast.lvrong).post(address))


def test_accounts_and_passwords(cast, signed_in):
    browser = signed_in(cast.jinbo)
    browser.post(reverse("desk:person_close", args=["hecha"]))
    assert not Person.objects.get(username="hecha").is_active
    browser.post(reverse("desk:person_close", args=["hecha"]), {"open": "1"})
    assert "还有" not in words(
        browser.post(reverse("desk:person_close", args=["hecha"]), {"open": "1"}, follow=True)
    )
    assert "没有人负责了" in words(browser.post(reverse("desk:person_close", args=["xuncha"]), follow=True))
    assert browser.post(reverse("desk:person_password", args=["hecha"]), {"password": "1"}).status_code == 422
    assert (
        browser.post(
            reverse("desk:person_password", args=["hecha"]), {"password": "a long password 1"}
        ).status_code
        == 302
    )
    assert (
        browser.post(
            reverse("desk:person_password", args=["jinbo"]), {"password": "a long password 1"}
        ).status_code
        == 302
    )
    assert browser.get(reverse("desk:people")).status_code == 200  # still signed in


def test_units(cast, signed_in):
    browser = signed_in(cast.jinbo)
    form = {"name": "新局", "code": "new", "parent": "jd", "kind": "bureau"}
    assert browser.post(reverse("desk:unit_new"), {**form, "then": "next"})["Location"] == reverse(
        "desk:unit_new"
    )
    assert "已经是“新局”" in words(browser.post(reverse("desk:unit_new"), form))
    unit = Unit.objects.get(code="new")
    browser.post(reverse("desk:unit_edit", args=["new"]), {"name": "新新局", "version": 1})
    assert (
        browser.post(reverse("desk:unit_edit", args=["new"]), {"name": "x", "version": 1}).status_code == 422
    )
    browser.post(reverse("desk:unit_close", args=["new"]))
    unit.refresh_from_db()
    assert (unit.name, unit.active) == ("新新局", False)
    browser.post(reverse("desk:unit_close", args=["new"]), {"open": "1"})
    assert "不能停用" in words(browser.post(reverse("desk:unit_close", args=["lrj"]), follow=True))
    assert signed_in(cast.nanxiang).get(reverse("desk:unit_new")).status_code == 403


def test_contracts(cast, signed_in):
    browser = signed_in(cast.nanxiang)
    place = cast.places["NX-001"]
    address = reverse("desk:contract_new")
    assert (
        browser.post(f"{address}?place={place.id}", {"person": "xuncha", "kind": "place"}).status_code == 302
    )
    again = browser.post(f"{address}?place={place.id}", {"person": "xuncha", "kind": "place"})
    assert again.status_code == 422
    assert "已经包干了" in words(again)
    assert browser.post(address, {"person": "谁", "kind": "grid", "area": "南翔镇"}).status_code == 422
    assert (
        browser.post(
            f"{address}?area=310114102", {"person": "xuncha", "kind": "grid", "area": "南翔镇"}
        ).status_code
        == 302
    )
    contract = Contract.objects.get(kind="grid")
    browser.post(reverse("desk:contract_end", args=[contract.id]))
    contract.refresh_from_db()
    assert contract.ended
    assert "已经在" in words(browser.post(reverse("desk:contract_end", args=[contract.id]), follow=True))
    assert "已结束" in words(browser.get(reverse("desk:contracts") + "?ended=1"))


def test_a_token_is_shown_once(cast, signed_in):
    browser = signed_in(cast.nanxiang)
    page = browser.post(reverse("desk:token_new"), {"name": "报表", "days": "90"})
    assert "gt_" in words(page)
    token = ApiToken.objects.get()
    assert (
        words(browser.get(reverse("desk:person", args=["nanxiang"]))).count("gt_") == 1
    )  # its beginning only
    assert browser.post(reverse("desk:token_new"), {"name": "", "days": "90"}).status_code == 422
    assert signed_in(cast.jiangqiao).post(reverse("desk:token_end", args=[token.id])).status_code == 404
    browser.post(reverse("desk:token_end", args=[token.id]))
    token.refresh_from_db()
    assert token.withdrawn
