"""The inbox, the bell, alerts, acknowledging, supervision orders, at the desk."""

import datetime as dt

import pytest
from django.urls import reverse

from guatu.cases import acts as case_acts
from guatu.cases.models import AlertPerson, SupervisionOrder
from guatu.kernel import calendar, clock
from guatu.kernel.acts import SYSTEM
from guatu.notices.models import Notice
from tests.cases.conftest import CLASSES
from tests.cast import NANXIANG

pytestmark = pytest.mark.django_db


def words(answer):
    return answer.content.decode()


@pytest.fixture
def climbed(cast):
    """A case of 南翔镇 that nobody handled in time: all rungs reached, an order raised. It is the morning after."""
    calendar.load_shipped()
    case_acts.set_classes(by=SYSTEM, campaign=cast.campaign, classes=CLASSES)
    draft = case_acts.Draft(title="沪宜公路暴露垃圾", area=NANXIANG, class_code="0101")
    case = case_acts.report_case(by=cast.chengyun, campaign=cast.campaign, draft=draft)
    case = case_acts.file_case(by=cast.chengyun, case=case)
    case = case_acts.dispatch_case(by=cast.chengyun, case=case, unit=cast.units["nxz"])
    case = case_acts.accept_case(by=cast.nanxiang, case=case)
    for moment in ((16, 14, 12), (16, 15, 0), (17, 9, 0)):
        with clock.at(dt.datetime(2021, 9, *moment, tzinfo=clock.ZONE)):
            case_acts.climb()
    with clock.at(dt.datetime(2021, 9, 17, 9, 5, tzinfo=clock.ZONE)):
        yield case


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(cast, climbed, signed_in, language):
    order = SupervisionOrder.objects.get()
    for person in (cast.nanxiang, cast.zhihui, cast.chengyun):
        person.language = language
        person.save()
        browser = signed_in(person)
        browser.cookies["django_language"] = language
        for address in (
            reverse("desk:notices"), reverse("desk:notices") + "?kind=alert&unread=1", reverse("desk:notices") + "?kind=nonsense",
            reverse("desk:case_alerts"), reverse("desk:case_alerts") + "?state=unsaid&rung=3", reverse("desk:case_alerts") + "?state=nobody",
            reverse("desk:case_alerts") + "?state=open&print=1", reverse("desk:case_supervision"), reverse("desk:case_order", args=[order.id]),
            reverse("desk:case", args=[climbed.id]), reverse("desk:mine"),
        ):  # fmt: skip
            answer = browser.get(address)
            assert answer.status_code == 200, address
            if language == "en" and address == reverse("desk:case_alerts"):
                assert "80 % of the limit used" in words(answer)


def test_the_bell_counts_what_is_unread_and_opening_the_case_reads_it(cast, climbed, signed_in):
    browser = signed_in(cast.nanxiang)
    waiting = Notice.objects.filter(person=cast.nanxiang, seen_at=None).count()
    assert waiting == 3  # dispatched, 80 %, run out
    assert f'badge-count">{waiting}<' in words(browser.get(reverse("desk:people")))
    page = words(browser.get(reverse("desk:case", args=[climbed.id])))
    assert "badge-count" not in page
    assert Notice.objects.filter(person=cast.nanxiang, seen_at=None).count() == 0
    assert not AlertPerson.objects.filter(person=cast.nanxiang, seen_at=None).exists()
    assert "我已知晓" in page
    assert "DB-2021-0001" in page


def test_one_press_opens_the_matter(cast, climbed, signed_in):
    browser = signed_in(cast.nanxiang)
    row = Notice.objects.filter(person=cast.nanxiang).first()
    answer = browser.get(reverse("desk:notice", args=[row.id]))
    assert answer.url == reverse("desk:case", args=[climbed.id])
    row.refresh_from_db()
    assert row.seen_at == clock.now()
    assert signed_in(cast.jiangqiao).get(reverse("desk:notice", args=[row.id])).status_code == 404


def test_a_notice_about_what_one_may_no_longer_see_leads_nowhere(cast, climbed, signed_in):
    row = Notice.objects.filter(person=cast.nanxiang).first()
    Notice.objects.filter(pk=row.pk).update(person=cast.jiangqiao)
    browser = signed_in(cast.jiangqiao)
    page = words(browser.get(reverse("desk:notices")))
    assert "已不在您可见的范围内" in page
    assert "暴露垃圾" not in page
    assert browser.get(reverse("desk:notice", args=[row.id])).url == reverse("desk:notices")


def test_marking_all_as_seen_of_one_kind(cast, climbed, signed_in):
    browser = signed_in(cast.nanxiang)
    answer = browser.post(reverse("desk:notices_seen"), {"kind": "alert"})
    assert answer.url.endswith("?kind=alert")
    assert list(Notice.objects.filter(person=cast.nanxiang, seen_at=None).values_list("kind", flat=True)) == [
        "dispatched"
    ]
    browser.post(reverse("desk:notices_seen"))
    assert not Notice.objects.filter(person=cast.nanxiang, seen_at=None).exists()
    assert Notice.objects.filter(person=cast.zhihui, seen_at=None).exists()


def test_unread_first(cast, climbed, signed_in):
    newest = Notice.objects.filter(person=cast.nanxiang).latest("id")
    browser = signed_in(cast.nanxiang)
    browser.get(reverse("desk:notice", args=[newest.id]))
    rows = browser.get(reverse("desk:notices")).context["listing"].rows
    assert [row.object.notice.seen_at is None for row in rows] == [True, True, False]


def test_acknowledging_with_a_word_that_everybody_reads(cast, climbed, signed_in):
    row = AlertPerson.objects.filter(person=cast.nanxiang).latest("id")
    address = reverse("desk:case_alert_acknowledge", args=[row.id])
    assert signed_in(cast.jiangqiao).post(address).status_code == 404
    other = signed_in(cast.chengyun).post(address, follow=True)
    assert "只能由本人确认" in words(other)
    browser = signed_in(cast.nanxiang)
    answer = browser.post(
        address, {"note": "已派两人到现场", "version": row.version, "next": "https://example.org/"}
    )
    assert answer.url == reverse("desk:case", args=[climbed.id]) + "#ladder"
    assert "已派两人到现场" in words(signed_in(cast.zhihui).get(reverse("desk:case", args=[climbed.id])))
    again = browser.post(address, {"next": reverse("desk:case_alerts")}, follow=True)
    assert "确认过了" in words(again)


def test_my_alerts_and_orders_of_my_area_only(cast, climbed, signed_in):
    page = words(signed_in(cast.nanxiang).get(reverse("desk:case_alerts")))
    assert "等我确认的提醒" in page
    assert climbed.number in page
    there = signed_in(cast.jiangqiao)
    assert climbed.number not in words(there.get(reverse("desk:case_alerts")))
    assert climbed.number not in words(there.get(reverse("desk:case_supervision")))
    order = SupervisionOrder.objects.get()
    assert there.get(reverse("desk:case_order", args=[order.id])).status_code == 404
    sheet = words(signed_in(cast.zhihui).get(reverse("desk:case_order", args=[order.id])))
    assert "DB-2021-0001" in sheet
    assert "南翔镇" in sheet
    assert signed_in(cast.passer_by).get(reverse("desk:case_alerts")).status_code == 403
    assert "条时限提醒等您确认" in words(signed_in(cast.nanxiang).get(reverse("desk:mine")))


def test_the_pages_ask_few_questions(cast, climbed, signed_in, count_queries):
    browser = signed_in(cast.zhihui)
    order = SupervisionOrder.objects.get()
    for name, address in (
        ("notice list", reverse("desk:notices")),
        ("alert list", reverse("desk:case_alerts")),
        ("supervision list", reverse("desk:case_supervision")),
        ("supervision order", reverse("desk:case_order", args=[order.id])),
    ):
        browser.get(address)
        with count_queries(name):
            browser.get(address)
