"""Two Guatus: the city's platform runs as a process of its own; we pull, work, push, lose the line, and get it back."""

import datetime as dt

import pytest

from guatu.cases import acts
from guatu.cases.acts.peers import settle
from guatu.cases.acts.peers_pull import pull, try_line
from guatu.cases.acts.peers_send import send_due
from guatu.cases.models import Case, HandOver, Message
from guatu.files.models import Attachment
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.kernel.problems import Problem
from tests.cases.conftest import photo
from tests.cast import NANXIANG
from tests.exchange.conftest import City, Ground

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def issue(city: City, title: str = "") -> tuple[str, str]:
    """A case of the city, dispatched to the unit that stands for us; answers its id and number. The one with a photo first."""
    case, number = city.known["case"], city.known["number"]
    if title:
        body = {"title": title, "area": NANXIANG, "class_code": "0101"}
        status, said = city.ask("chengyun", "POST", "/expo/cases", body)
        assert status == 201, said
        case, number = said["id"], said["number"]
    city.step("chengyun", case, "file")
    city.step("chengyun", case, "dispatch", unit="below", limit={"amount": 5, "unit": "work_day"})
    return case, number


def through(ground: Ground, case: Case) -> Case:
    """The whole way on our side, from dispatch to closure."""
    cast = ground.cast
    case = acts.dispatch_case(by=cast.chengyun, case=case, unit=cast.units["nxz"])
    case = acts.accept_case(by=cast.nanxiang, case=case)
    case = acts.handle_case(by=cast.nanxiang, case=case, note="已清运", photos=[photo("整改后.jpg")])
    case = acts.verify_case(by=cast.hecha, case=case, passed=True)
    return acts.close_case(by=cast.hecha, case=case)


def there(city: City, case: str) -> str:
    _status, said = city.ask("chengyun", "GET", f"/cases/{case}")
    return str(said["status"])


def test_a_case_comes_down_and_its_result_goes_up(ground: Ground, city: City) -> None:
    assert try_line(by=ground.cast.chengyun, peer=ground.above)["peer"] == "平台below"
    key, number = issue(city)
    assert pull(by=SYSTEM, peer=ground.above) == {"applied": 1}
    case = Case.objects.get(upper_number=number)
    assert (case.status, case.source, case.title, case.class_code) == (
        "filed",
        "city_platform",
        "沪宜公路暴露垃圾",
        "0101",
    )
    assert case.upper_due_at is not None
    assert Attachment.objects.filter(subject_id=str(case.id), purpose="before").count() == 1
    assert pull(by=SYSTEM, peer=ground.above) == {}
    through(ground, case)
    assert send_due() == Message.objects.filter(direction="out").count()
    assert there(city, key) == "handled"  # done below; the city checks it itself
    after = city.rows(f"select name from files_attachment where subject_id = '{key}' and purpose = 'after'")
    assert after == [("整改后.jpg",)]
    assert city.rows("select count(*) from cases_message where status = 'refused'") == [(0,)]
    assert send_due() == 0
    city.step("hecha", key, "rework", note="还有残留")
    pull(by=SYSTEM, peer=ground.above)
    case.refresh_from_db()
    assert (case.status, case.reopens) == ("filed", 1)
    assert case.steps.filter(step="reopen", note="还有残留").exists()


def test_a_line_that_is_cut_loses_nothing_and_doubles_nothing(ground: Ground, city: City) -> None:
    key, number = issue(city, "路灯不亮")
    pull(by=SYSTEM, peer=ground.above)
    city.stop()
    try:
        through(ground, Case.objects.get(upper_number=number))
        first = Message.objects.filter(direction="out").order_by("position")[0]
        for tries in (1, 2, 3):
            first.refresh_from_db()
            assert first.next_at is not None
            with clock.at(first.next_at + dt.timedelta(seconds=1)):
                assert send_due() == 0
            first.refresh_from_db()
            assert (first.status, first.tries) == ("failed", tries)
            assert "连不上" in first.cause
        assert (
            Message.objects.filter(direction="out").exclude(pk=first.pk).filter(tries__gt=0).count() == 0
        )  # they wait
        with pytest.raises(Problem) as refused:
            pull(by=SYSTEM, peer=ground.above)
        assert refused.value.code == "peer.no_connection"
        ground.above.refresh_from_db()
        assert "连不上" in ground.above.cause
    finally:
        city.start()
    first.refresh_from_db()
    assert first.next_at is not None
    told = Message.objects.filter(direction="out").count()
    with clock.at(first.next_at + dt.timedelta(seconds=1)):
        assert send_due() == told
    arrived = city.rows(
        f"select key from cases_message where direction = 'in' and case_id = '{key.replace('-', '')}' order by made_at, id"
    )
    sent = Message.objects.filter(direction="out").order_by("position").values_list("key", flat=True)
    assert [each[0] for each in arrived] == list(sent)
    assert there(city, key) == "handled"
    Message.objects.filter(direction="out").update(
        status="waiting", next_at=clock.now()
    )  # the answers got lost
    assert send_due() == told
    assert (
        len(
            city.rows(
                f"select key from cases_message where direction = 'in' and case_id = '{key.replace('-', '')}'"
            )
        )
        == told
    )


def test_what_both_sides_moved_is_settled_by_a_person(ground: Ground, city: City) -> None:
    key, number = issue(city, "井盖破损")
    pull(by=SYSTEM, peer=ground.above)
    case = Case.objects.get(upper_number=number)
    cast = ground.cast
    case = acts.dispatch_case(by=cast.chengyun, case=case, unit=cast.units["nxz"])
    case = acts.accept_case(by=cast.nanxiang, case=case)
    city.step("chengyun", key, "recall", note="重复下发")
    assert pull(by=SYSTEM, peer=ground.above) == {"conflict": 1}
    message = Message.objects.get(status="conflict")
    assert message.case == case
    assert message.answer["ours"]["status"] == "accepted"
    settle(by=cast.chengyun, message=message, choice="ours", note="已经到场处置")
    told = Message.objects.filter(direction="out").order_by("-position")[0]
    assert told.content["state"] == "整改中"
    assert told.content["note"] == "已经到场处置"
    case.refresh_from_db()
    assert case.status == "accepted"


def test_a_case_is_handed_to_a_district_and_its_outcome_comes_back(ground: Ground, city: City) -> None:
    cast = ground.cast
    draft = acts.Draft(title="界河占道", area=NANXIANG, class_code="0402")
    case = acts.report_case(by=cast.xuncha, campaign=cast.campaign, draft=draft, photos=[photo("前.jpg")])
    case = acts.file_case(by=cast.chengyun, case=case)
    case = acts.dispatch_case(by=cast.chengyun, case=case, unit=cast.units["nxz"])
    case = acts.accept_case(by=cast.nanxiang, case=case)
    acts.offer_case(by=cast.nanxiang, case=case, peer=ground.beside, reason="在贵区一侧")
    assert send_due() == 1, Message.objects.filter(direction="out").values_list("cause", flat=True)
    ((theirs, status),) = city.rows(
        f"select id, status from cases_case where upper_number = 'beside/{case.number}'"
    )
    assert status == "reported"
    case.refresh_from_db()
    assert case.status == "accepted"  # until they answer it is ours, and its clock runs
    city.step("chengyun", theirs, "reject", note="在贵区一侧二十米内")
    pull(by=SYSTEM, peer=ground.beside)
    offer = HandOver.objects.get()
    assert (offer.status, offer.note) == ("returned", "在贵区一侧二十米内")
    acts.offer_case(by=cast.nanxiang, case=case, peer=ground.beside, reason="重测过，在贵区")
    send_due()
    ((theirs,),) = city.rows(f"select id from cases_case where upper_number = 'beside/{case.number}#2'")
    city.step("chengyun", theirs, "file")
    pull(by=SYSTEM, peer=ground.beside)
    case.refresh_from_db()
    assert (case.status, case.held_until) == ("held", None)
    city.step("chengyun", theirs, "dispatch", unit="nxz")
    city.step("nanxiang", theirs, "accept")
    pull(by=SYSTEM, peer=ground.beside)
    case.refresh_from_db()
    assert case.status == "held"
    city.step("nanxiang", theirs, "handle", note="已劝离")
    city.step("hecha", theirs, "pass")
    city.step("hecha", theirs, "close")
    pull(by=SYSTEM, peer=ground.beside)
    case.refresh_from_db()
    assert (case.status, case.handler) == ("handled", None)  # done there, checked by ours
    assert acts.verify_case(by=cast.hecha, case=case, passed=True).status == "verified"
    assert not Message.objects.filter(status__in=("refused", "conflict")).exists()
