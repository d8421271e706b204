"""Telling people: once for each act, never of what they did themselves, nothing personal; and what acts tell whom."""

import datetime as dt
from collections.abc import Callable

import pytest

from guatu.cases import acts as case_acts
from guatu.cases.models import Case
from guatu.duty import acts as duty
from guatu.kernel import calendar, clock, ids
from guatu.kernel.acts import SYSTEM, deed
from guatu.kernel.problems import Problem
from guatu.notices import acts, reads, rules
from guatu.notices.models import Notice
from guatu.tasks import acts as task_acts
from tests.cases.conftest import CLASSES, photo
from tests.cast import NANXIANG, Cast
from tests.tasks.ground import task_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(cast: Cast) -> Callable[..., Case]:
    """A case dispatched to 南翔镇, or any way further."""
    calendar.load_shipped()
    case_acts.set_classes(by=SYSTEM, campaign=cast.campaign, classes=CLASSES)

    def dispatched(to: str = "dispatched") -> Case:
        draft = case_acts.Draft(title="暴露垃圾", area=NANXIANG, class_code="0101")
        case = case_acts.report_case(by=cast.chengyun, campaign=cast.campaign, draft=draft)
        case = case_acts.file_case(by=cast.chengyun, case=case)
        case = case_acts.dispatch_case(by=cast.chengyun, case=case, unit=cast.units["nxz"])
        if to == "dispatched":
            return case
        case = case_acts.accept_case(by=cast.nanxiang, case=case)
        if to == "accepted":
            return case
        return case_acts.handle_case(by=cast.nanxiang, case=case, note="已清运", photos=[photo()])

    return dispatched


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("person__username", flat=True))


# --- pure --------------------------------------------------------------------------------------------------------


def test_sentences_in_both_languages() -> None:
    said = {
        "what": "延期",
        "what_en": "extension",
        "unit": "南翔镇",
        "label": "已超时限",
        "label_en": "limit run out",
    }
    assert rules.sentence("granted", said, "zh-hans") == "您的延期申请已同意"
    assert rules.sentence("granted", said, "en") == "Your request (extension) was granted"
    assert rules.sentence("approval", said, "en").startswith("Extension is asked for")
    assert rules.sentence("alert", {"label": "八成"}, "en") == "Time alert: 八成; please acknowledge it"
    assert rules.sentence("nonsense", {}, "en") == "Nonsense"
    for kind in rules.KINDS:
        assert rules.sentence(kind, said, "zh-hans") != ""
        assert rules.word(kind, "en").isascii()


def test_the_badge_is_capped() -> None:
    assert [rules.badge(count) for count in (0, 1, 99, 100, 5000)] == ["", "1", "99", "99+", "99+"]


# --- telling -----------------------------------------------------------------------------------------------------


def test_telling_twice_tells_once(cast: Cast) -> None:
    act, people = ids.new(), [cast.nanxiang, cast.nanxiang, cast.zhihui]
    for _ in range(3):
        with deed(by=SYSTEM) as d:
            acts.tell(
                d, people, "dispatched", ("case", str(ids.new())), "AJ-2021-000001", {"unit": "南翔镇"}, act
            )
    assert Notice.objects.count() == 2
    with deed(by=SYSTEM) as d:
        acts.tell(d, people, "alert", ("case", str(ids.new())), "AJ-2021-000001", {}, act)
    assert Notice.objects.count() == 4


def test_a_kind_nobody_knows_is_a_mistake(cast: Cast) -> None:
    with pytest.raises(ValueError, match="unknown kind"), deed(by=SYSTEM) as d:
        acts.tell(d, [cast.zhihui], "nonsense", ("case", "1"), "x", {}, ids.new())


def test_seen_is_noted_once_and_only_by_its_reader(cast: Cast, make: Callable[..., Case]) -> None:
    case = make()
    row = Notice.objects.get()
    with pytest.raises(Problem, match=r"access\.not_found"):
        acts.mark_seen(by=cast.zhihui, notice=row)
    acts.mark_seen(by=cast.nanxiang, notice=row)
    first = Notice.objects.get().seen_at
    with clock.at(clock.now() + dt.timedelta(hours=1)):
        acts.mark_seen(by=cast.nanxiang, notice=Notice.objects.get())
    assert Notice.objects.get().seen_at == first
    make()
    assert reads.unread(cast.nanxiang) == 1
    assert acts.mark_all_seen(by=cast.nanxiang, kind="alert") == 0
    assert acts.mark_subject_seen(by=cast.nanxiang, subject=case) == 0
    assert acts.mark_all_seen(by=cast.nanxiang) == 1
    assert reads.unread(cast.nanxiang) == 0


# --- what acts tell whom -----------------------------------------------------------------------------------------


def test_a_dispatch_tells_the_people_on_duty(cast: Cast, make: Callable[..., Case]) -> None:
    now = clock.now()
    duty.set_shift(
        by=cast.jinbo,
        unit=cast.units["nxz"],
        person=cast.xuncha,
        starts_at=now,
        ends_at=now + dt.timedelta(hours=8),
    )
    case = make()
    row = Notice.objects.get()
    assert (row.person_id, row.kind, row.subject_id, row.title) == (
        cast.xuncha.id,
        "dispatched",
        str(case.id),
        case.number,
    )
    assert row.details == {"unit": "南翔镇"}


def test_an_approval_is_asked_of_those_who_may_and_answered_to_the_asker(
    cast: Cast, make: Callable[..., Case]
) -> None:
    case = make("accepted")
    request = case_acts.ask(by=cast.nanxiang, case=case, kind="extend", reason="下雨")
    assert set(told("approval")) == {"zhihui", "chengyun"}
    case_acts.decide(by=cast.zhihui, request=request, granted=True)
    assert told("granted") == ["nanxiang"]
    other = case_acts.ask(by=cast.nanxiang, case=make("accepted"), kind="hold", reason="等材料")
    case_acts.decide(by=cast.zhihui, request=other, granted=False, note="不必")
    assert told("refused") == ["nanxiang"]


def test_the_handler_learns_that_it_was_sent_back(cast: Cast, make: Callable[..., Case]) -> None:
    case_acts.verify_case(by=cast.hecha, case=make("handled"), passed=False, note="还有一堆")
    assert told("sent_back") == ["nanxiang"]


def test_people_mentioned_in_a_comment_are_told(cast: Cast, make: Callable[..., Case]) -> None:
    case = make()
    with deed(by=cast.nanxiang) as d:
        d.record(
            "case.commented",
            case,
            details={"mentions": [str(cast.chengyun.id), str(cast.nanxiang.id), "nonsense"]},
        )
        d.record("case.commented", case, details={})
        d.record("case.part_given", case, details={"part": str(ids.new())})
        d.record("case.offered", case, details={})
    assert told("mentioned") == ["chengyun"]
    assert told("part") == told("offered") == []


def test_a_pressed_task_reaches_its_unit(cast: Cast) -> None:
    task = task_of(cast, number="1", title="河道保洁")
    task_acts.press_task(by=cast.zhihui, task=task, text="抓紧")
    assert "lvrong" in told("pressed")
    assert "zhihui" not in told("pressed")


def test_a_thousand_dispatches_ask_once_who_is_on_duty(cast: Cast, make: Callable[..., Case]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    case = make()
    Notice.objects.all().delete()
    with CaptureQueriesContext(connection) as seen, deed(by=SYSTEM) as d:
        for _ in range(50):
            d.record("case.dispatched", case)
    asked = [query["sql"] for query in seen.captured_queries if "duty_shift" in query["sql"]]
    assert len(asked) == 2
    assert Notice.objects.count() == 50


def test_a_notice_is_read_with_the_eyes_of_today(cast: Cast, make: Callable[..., Case]) -> None:
    case = make()
    row = Notice.objects.get()
    assert reads.lines(cast.nanxiang, [row])[0].title == str(case)
    assert reads.address(cast.nanxiang, row).endswith(f"{case.id}/")
    assert reads.lines(cast.jiangqiao, [row])[0].title == ""
    assert reads.address(cast.jiangqiao, row) == ""
