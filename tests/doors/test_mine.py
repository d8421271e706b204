"""Mine: what I owe, what waits for my check, late first."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from guatu.cases import acts as cases
from guatu.cases.models import Message, Peer
from guatu.kernel import calendar, clock
from guatu.kernel.acts import SYSTEM
from guatu.tasks import acts
from tests.cast import NANXIANG, Cast
from tests.tasks.ground import task_of, warm

pytestmark = pytest.mark.django_db
MINE = "desk:mine"


def _titles(client, query: str = "") -> list[str]:
    return [item.title for item in client.get(reverse(MINE) + query).context["items"]]


def test_late_first_then_pressed_then_soonest(cast, signed_in, count_queries):
    task_of(cast, number="1", title="月底的")
    task_of(cast, number="2", title="明天的", due_on=dt.date(2021, 9, 17))
    task_of(cast, number="3", title="迟了的", due_on=dt.date(2021, 9, 10))
    pressed = task_of(cast, number="4", title="督办的", due_on=dt.date(2021, 10, 20))
    task_of(cast, number="5", title="别家的", lead_unit=cast.units["nxz"], supporting=[])
    acts.mark_late()
    acts.press_task(by=cast.zhihui, task=pressed, text="抓紧")
    client = signed_in(cast.lvrong)
    warm(client, reverse(MINE))
    with count_queries("mine"):
        assert _titles(client) == ["迟了的", "督办的", "明天的", "月底的"]
    assert _titles(client, "?view=check") == []
    assert _titles(signed_in(cast.nanxiang)) == ["别家的"]


def test_what_waits_for_my_check(cast, signed_in):
    task = task_of(cast, number="1", title="等验收的")
    acts.report_done(by=cast.lvrong, task=task)
    assert _titles(signed_in(cast.hecha), "?view=check") == ["等验收的"]
    assert _titles(signed_in(cast.zhihui)) == ["等验收的"]
    assert _titles(signed_in(cast.lvrong)) == []
    own = task_of(cast, number="2", title="办公室自己报的")
    acts.report_done(by=cast.jinbo, task=own)
    assert _titles(signed_in(cast.jinbo), "?view=check") == ["等验收的"]


def test_a_verifier_of_the_lead_unit_is_not_asked(cast, signed_in):
    task = task_of(cast, number="1", lead_unit=cast.units["cyzx"], supporting=[])
    acts.report_done(by=cast.jinbo, task=task)
    assert _titles(signed_in(cast.hecha)) == []
    assert _titles(signed_in(cast.zhihui)) == ["解放街河道保洁"]


def test_the_owner_sees_his_task_whoever_leads_it(cast, signed_in):
    task_of(cast, number="1", title="有主的", owner=cast.nanxiang)
    assert _titles(signed_in(cast.nanxiang)) == ["有主的"]


def test_an_empty_list_teaches(cast, signed_in):
    text = signed_in(cast.lvrong).get(reverse(MINE)).content.decode()
    assert "现在没有要您办的事" in text
    assert "您还没有岗位" in signed_in(cast.passer_by).get(reverse(MINE)).content.decode()


def test_a_strange_tab_shows_everything(cast, signed_in):
    task_of(cast, number="1")
    assert len(_titles(signed_in(cast.lvrong), "?view=nonsense")) == 1


def test_what_waits_for_my_decision_and_what_did_not_go_through_stand_here(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    calendar.load_shipped()
    cases.set_classes(
        by=SYSTEM, campaign=cast.campaign,
        classes=[{"code": "0101", "name": "暴露垃圾", "limit_amount": 4, "limit_unit": "work_hour"}],
    )  # fmt: skip
    draft = cases.Draft(title="路口垃圾", area=NANXIANG, class_code="0101")
    case = cases.report_case(by=cast.xuncha, campaign=cast.campaign, draft=draft)
    case = cases.file_case(by=cast.chengyun, case=case)
    case = cases.dispatch_case(by=cast.chengyun, case=case, unit=cast.units["nxz"])
    cases.ask(by=cast.nanxiang, case=case, kind="hold", reason="等产权单位")
    page = signed_in(cast.zhihui).get(reverse("desk:mine")).content.decode()
    assert "审批" in page
    assert case.title in page
    assert case.title not in signed_in(cast.jiangqiao).get(reverse("desk:mine")).content.decode()
    peer = Peer.objects.create(
        home=cast.campaign.home,
        campaign=cast.campaign,
        code="city",
        name="市平台",
        kind="upper",
        source="upper",
    )
    Message.objects.create(
        home=peer.home, peer=peer, direction="out", key="1", kind="update", status="dead", made_at=clock.now()
    )
    assert "没有办成" in signed_in(cast.chengyun).get(reverse("desk:mine")).content.decode()
    assert "没有办成" not in signed_in(cast.nanxiang).get(reverse("desk:mine")).content.decode()
