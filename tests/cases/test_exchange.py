"""What goes up: only what changed, kept as it was written."""

from collections.abc import Callable

import pytest

from guatu.cases import acts, reads
from guatu.cases.models import Case, Exchange
from guatu.cases.rules import Limit
from guatu.kernel.problems import Problem
from tests.cases.conftest import ISSUED, approved, photo
from tests.cast import JIANGQIAO, NANXIANG, Cast


@pytest.fixture
def issued(classes: Cast) -> list[Case]:
    drafts = [
        acts.Draft(title=f"问题{n}", source="city_platform", area=NANXIANG, class_code="0402", upper_number=f"SZ-{n}",
                   opened_at=ISSUED, limit=Limit(10, "work_day"))  # type: ignore[arg-type]
        for n in (1, 2)
    ]  # fmt: skip
    return acts.import_cases(by=classes.chengyun, campaign=classes.campaign, drafts=drafts).created


def finish(cast: Cast, case: Case) -> Case:
    case = acts.dispatch_case(by=cast.chengyun, case=case, unit=cast.units["nxz"])
    case = acts.accept_case(by=cast.nanxiang, case=case)
    case = acts.handle_case(by=cast.nanxiang, case=case, note="已清运", photos=[photo("后.jpg")])
    return acts.verify_case(by=cast.hecha, case=case, passed=True)


def test_the_first_file_holds_all_and_the_second_what_changed(classes: Cast, issued: list[Case]) -> None:
    first = acts.send_upward(by=classes.chengyun, campaign=classes.campaign)
    assert (first.number, first.count, first.by) == ("HC-20210916-01", 2, classes.chengyun)
    with pytest.raises(Problem) as refused:
        acts.send_upward(by=classes.chengyun, campaign=classes.campaign)
    assert refused.value.code == "case.nothing_to_send"
    finish(classes, issued[0])
    waiting = reads.waiting_to_send(classes.chengyun.scope, classes.campaign, "city_platform")
    assert [line.content["上级编号"] for line in waiting] == ["SZ-1"]
    assert set(waiting[0].changed) == {"状态", "整改完成时间", "承办单位", "整改说明", "整改后照片"}
    second = acts.send_upward(by=classes.chengyun, campaign=classes.campaign)
    (line,) = second.lines.all()
    assert line.content == {
        "上级编号": "SZ-1", "本级编号": issued[0].number, "状态": "已整改", "整改完成时间": "2021-09-16 09:00",
        "承办单位": "南翔镇", "整改说明": "已清运", "整改后照片": "后.jpg", "不予受理原因": "",
    }  # fmt: skip
    whole = acts.send_upward(by=classes.chengyun, campaign=classes.campaign, everything=True)
    assert (whole.number, whole.count, whole.whole) == ("HC-20210916-03", 2, True)


def test_what_was_sent_stands_when_the_case_moves_on(classes: Cast, issued: list[Case]) -> None:
    row = acts.send_upward(by=classes.chengyun, campaign=classes.campaign)
    finish(classes, issued[0])
    found = reads.exchange(classes.chengyun.scope, row.id)
    assert {line.content["状态"] for line in found.lines.all()} == {"待整改"}


def test_a_void_case_is_taken_back_only_if_it_was_told(classes: Cast, issued: list[Case]) -> None:
    approved("void", issued[0], classes.chengyun, "下发有误", classes.zhihui)
    scope = classes.chengyun.scope
    assert [
        line.content["上级编号"] for line in reads.waiting_to_send(scope, classes.campaign, "city_platform")
    ] == ["SZ-2"]
    acts.send_upward(by=classes.chengyun, campaign=classes.campaign)
    approved("void", issued[1], classes.chengyun, "重复下发", classes.zhihui)
    (line,) = reads.waiting_to_send(scope, classes.campaign, "city_platform")
    assert (line.content["状态"], line.content["不予受理原因"]) == ("不予受理", "重复下发")


def test_only_those_who_may_export_the_whole_area_send(classes: Cast, issued: list[Case]) -> None:
    for person in (classes.nanxiang, classes.hecha):
        with pytest.raises(Problem) as refused:
            acts.send_upward(by=person, campaign=classes.campaign)
        assert refused.value.code == "access.denied"
    row = acts.send_upward(by=classes.chengyun, campaign=classes.campaign)
    assert not reads.exchanges(classes.nanxiang.scope, classes.campaign).exists()
    with pytest.raises(Problem):
        reads.exchange(classes.nanxiang.scope, row.id)
    assert Exchange.objects.count() == 1


def test_importing_needs_its_right(classes: Cast) -> None:
    with pytest.raises(Problem) as refused:
        acts.import_cases(
            by=classes.nanxiang, campaign=classes.campaign, drafts=[acts.Draft(title="甲", area=NANXIANG)]
        )
    assert refused.value.code == "access.denied"


def test_tabs_count_what_they_show(classes: Cast, case_at: Callable[..., Case]) -> None:
    case_at("reported")
    case_at("dispatched")
    handled = case_at("handled")
    everything = reads.cases(classes.chengyun.scope, classes.campaign)
    for person in classes.everybody:
        rows = reads.cases(person.scope, classes.campaign)
        counts = reads.view_counts(rows, person)
        assert counts == {name: reads.view(rows, name, person).count() for name in reads.VIEWS}, person
    assert everything.count() == 3
    assert list(reads.view(everything, "check", classes.hecha)) == [handled]
    assert not reads.view(everything, "check", classes.nanxiang).exists()
    assert reads.view(everything, "unit", classes.nanxiang).count() == 2
    assert reads.view(everything, "mine", classes.xuncha).count() == 3  # found by them
    assert reads.view(everything, "mine", classes.nanxiang).count() == 1  # in their hands
    assert not reads.view(everything, "unit", classes.passer_by).exists()


def test_neighbours_see_nothing_of_each_other(classes: Cast, case_at: Callable[..., Case]) -> None:
    case = case_at("filed")
    assert reads.titles(classes.nanxiang.scope, [str(case.id)]) == {str(case.id): str(case)}
    assert reads.titles(classes.jiangqiao.scope, [str(case.id)]) == {}
    assert not reads.cases(classes.jiangqiao.scope, classes.campaign).exists()
    with pytest.raises(Problem) as refused:
        reads.case(classes.jiangqiao.scope, case.id)
    assert refused.value.code == "access.not_found"
    assert JIANGQIAO
