"""The plan: front page, list, one task and its steps, many at once, Gantt, activities, organisation."""

import datetime as dt
import io
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from guatu.campaigns import acts as campaign_acts
from guatu.campaigns.models import Body
from guatu.campaigns.rules import PhaseDays
from guatu.desk.gantt import chart
from guatu.kernel.models import Act
from guatu.tasks import acts
from guatu.tasks.models import Activity, Milestone, Task
from tests.tasks.ground import task_of, warm

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(cast) -> dict[str, Any]:
    """A campaign with phases, a group and five tasks in five states."""
    phases = [
        PhaseDays("deploy", "部署", dt.date(2021, 1, 1), dt.date(2021, 3, 31)),
        PhaseDays("do", "实施", dt.date(2021, 4, 1), dt.date(2021, 9, 30)),
        PhaseDays("duty", "值守", dt.date(2021, 11, 1), dt.date(2021, 11, 10), guarantee=True),
    ]
    campaign_acts.set_phases(by=cast.jinbo, campaign=cast.campaign, phases=phases)
    top = campaign_acts.form_body(
        by=cast.jinbo, campaign=cast.campaign, code="lead", name="领导小组", kind="leading_group"
    )
    group = campaign_acts.form_body(
        by=cast.jinbo,
        campaign=cast.campaign,
        code="looks",
        name="市容环境组",
        kind="work_group",
        parent=top,
        order=1,
    )
    campaign_acts.name_units(by=cast.jinbo, body=group, lead=[cast.units["lrj"]], support=[cast.units["nxz"]])
    campaign_acts.appoint(by=cast.jinbo, body=group, person=cast.lvrong, role="contact", title="科长")
    plain = task_of(cast, number="1", body=group, milestones=[("完成方案", dt.date(2021, 5, 1))])
    late = task_of(cast, number="2", body=group, title="迟了的", due_on=dt.date(2021, 9, 10))
    waiting = task_of(cast, number="3", title="等验收的", category="道路整治")
    done = task_of(cast, number="4", title="做完的", due_on=dt.date(2021, 9, 12))
    for task in (waiting, done):
        acts.report_done(by=cast.lvrong, task=task)
    acts.accept_task(by=cast.hecha, task=done)
    gone = task_of(cast, number="5", title="不做了的")
    acts.cancel_task(by=cast.jinbo, task=gone, reason="并入第 1 项")
    acts.mark_late()
    return {"group": group, "plain": plain, "late": late, "waiting": waiting, "done": done, "gone": gone}


def _url(name: str, *args: Any) -> str:
    return reverse(f"desk:{name}", args=args)


def test_the_front_page_counts_and_links(cast, filled, signed_in, count_queries):
    client = signed_in(cast.jinbo)
    client.get(_url("plan"))
    warm(client, _url("plan"))
    with count_queries("plan front"):
        page = client.get(_url("plan"))
    text = page.content.decode()
    assert page.status_code == 200
    assert "还有 <b>50</b> 天" in text
    assert "现在是" in text
    assert page.context["whole"].standing.total == 4
    assert page.context["whole"].standing.accepted == 1
    assert page.context["whole"].standing.late == 1
    assert "?late=1" in text
    assert "迟了的" in text


def test_every_count_leads_to_the_rows_it_counts(cast, filled, signed_in):
    client = signed_in(cast.jinbo)
    page = client.get(_url("plan"))
    for lines in (
        page.context["groups"],
        page.context["units"],
        page.context["areas"],
        page.context["categories"],
    ):
        for line in lines:
            for href, count in (
                (line.accepted_href, line.standing.accepted),
                (line.late_href, line.standing.late),
                (line.risk_href, line.standing.risk),
                (line.waiting_href, line.standing.waiting),
                (line.href, line.standing.total),
            ):
                listing = client.get(href).context["listing"]
                # the list also holds what was cancelled
                rows = [row for row in listing.rows if row.object.status != "cancelled"]
                assert len(rows) == count, href
                assert listing.errors == []


def test_an_empty_plan_teaches(cast, signed_in):
    text = signed_in(cast.jinbo).get(_url("plan")).content.decode()
    assert "任务清单还是空的" in text
    assert _url("import_new", "task") in text


def test_without_a_campaign_the_plan_says_how_to_begin(cast, signed_in):
    page = signed_in(cast.passer_by).get(_url("plan"))
    assert page.status_code == 403


def test_the_list_filters_and_counts(cast, filled, signed_in, count_queries):
    client = signed_in(cast.jinbo)
    warm(client, _url("tasks"))
    with count_queries("task list"):
        page = client.get(_url("tasks"))
    assert [row.object.number for row in page.context["listing"].rows] == ["1", "2", "3", "4", "5"]
    for query, numbers in (
        ("?status=open", ["1", "2"]),
        ("?late=1", ["2"]),
        ("?group=looks", ["1", "2"]),
        ("?unit=jd/lrj/", ["1", "2", "3", "4", "5"]),
        ("?area=310114118", []),
        ("?category=道路整治", ["3"]),
        ("?q=做完", ["4"]),
        ("?phase=do", ["1", "2", "3", "4", "5"]),
        ("?due_to=2021-09-12", ["2", "4"]),
        ("?no_group=1", ["3", "4", "5"]),
        ("?sort=-due_on&due_to=2021-09-12", ["4", "2"]),
    ):
        rows = client.get(_url("tasks") + query).context["listing"].rows
        assert [row.object.number for row in rows] == numbers, query


def test_the_list_goes_out_as_a_workbook_and_respects_the_filters(cast, filled, signed_in):
    client = signed_in(cast.jinbo)
    answer = client.get(_url("tasks") + "?export=xlsx&late=1")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [sheet.cell(line, 3).value for line in range(2, sheet.max_row + 1)] == ["迟了的"]
    assert client.get(_url("tasks") + "?export=xlsx&due_from=gestern").status_code == 400
    assert client.get(_url("tasks") + "?export=csv").status_code == 200
    assert signed_in(cast.hecha).get(_url("tasks") + "?export=xlsx").status_code == 403


def test_a_street_sees_its_own_and_nothing_of_its_neighbour(cast, filled, signed_in):
    assert len(signed_in(cast.nanxiang).get(_url("tasks")).context["listing"].rows) == 5
    neighbour = signed_in(cast.jiangqiao)
    assert neighbour.get(_url("tasks")).context["listing"].rows == []
    assert neighbour.get(_url("task", filled["plain"].id)).status_code == 404
    assert neighbour.get(_url("gantt")).context["chart"] is None


def test_a_new_task(cast, filled, signed_in):
    client = signed_in(cast.jinbo)
    assert client.get(_url("task_new")).status_code == 200
    values = {"title": "新任务", "lead_unit": cast.units["lrj"].id, "due_on": "2021-10-01", "area": "310114"}
    answer = client.post(_url("task_new"), {**values, "then": "next", "category": "绿化"})
    assert answer.status_code == 302
    assert "category=" in answer.url
    assert Task.objects.get(title="新任务").number == "6"
    wrong = client.post(_url("task_new"), {**values, "starts_on": "2021-10-02", "number": "1"})
    assert wrong.status_code == 422
    assert "完成时限早于开始日期" in wrong.content.decode()
    taken = client.post(_url("task_new"), {**values, "number": "1"})
    assert taken.status_code == 422
    assert "已被" in taken.content.decode()
    assert signed_in(cast.lvrong).get(_url("task_new")).status_code == 403


def test_the_page_of_a_task(cast, filled, signed_in, count_queries):
    client = signed_in(cast.lvrong)
    warm(client, _url("task", filled["plain"].id))
    with count_queries("task record"):
        page = client.get(_url("task", filled["plain"].id))
    text = page.content.decode()
    assert "报告进度" in text
    assert "列入任务清单" in text
    assert text.count('class="button strong"') >= 1
    assert "督办" not in page.context["forms"]
    assert not page.context["may_press"]


def test_a_task_walks_its_life_in_the_browser(cast, filled, signed_in):
    unit, office, checker = signed_in(cast.lvrong), signed_in(cast.jinbo), signed_in(cast.hecha)
    task = filled["plain"]

    def step(client: Any, step_name: str, **values: Any) -> Any:
        return client.post(_url("task_step", task.id, step_name), values)

    assert step(unit, "report_progress", percent=60, note="已清一半").status_code == 302
    assert step(unit, "report_progress", percent=160).status_code == 422
    assert step(office, "press", text="请加快").status_code == 302
    assert step(unit, "comment", text="今晚完成").status_code == 302
    assert step(unit, "milestone", name="验收", due_on="2021-09-29").status_code == 302
    photo = io.BytesIO("整治后".encode())
    photo.name = "说明.txt"
    assert step(unit, "report_done", note="完成", evidence=photo).status_code == 302
    assert step(unit, "accept").status_code == 422
    assert step(checker, "return", reason="").status_code == 422
    assert step(checker, "return", reason="缺照片").status_code == 302
    task.refresh_from_db()
    assert (task.status, task.percent) == ("returned", 60)
    assert step(unit, "report_done").status_code == 302
    assert step(checker, "accept", note="合格").status_code == 302
    assert step(checker, "withdraw_acceptance", reason="看错了").status_code == 302
    assert step(checker, "accept").status_code == 302
    assert step(checker, "reopen", reason="又脏了").status_code == 302
    text = office.get(_url("task", task.id)).content.decode()
    for words in ("已清一半", "请加快", "今晚完成", "缺照片", "看错了", "又脏了", "说明.txt"):
        assert words in text
    assert step(office, "nonsense").status_code == 404


def test_a_step_on_an_old_state_keeps_what_was_typed(cast, filled, signed_in):
    task = filled["plain"]
    acts.edit_task(by=cast.jinbo, task=task, changes={"category": "改了"})
    answer = signed_in(cast.lvrong).post(
        _url("task_step", task.id, "report_progress"), {"percent": 30, "note": "我写的话", "version": 1}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "我写的话" in text
    assert "已被他人修改" in text


def test_undo_of_an_acceptance_and_of_a_cancellation(cast, filled, signed_in):
    checker, office = signed_in(cast.hecha), signed_in(cast.jinbo)
    task = filled["waiting"]
    page = checker.post(_url("task_step", task.id, "accept"), follow=True)
    undo = _url("task_undo", task.id, "withdraw_acceptance")
    assert undo in page.content.decode()
    assert checker.post(undo).status_code == 302
    assert Task.objects.get(id=task.id).status == "reported_done"
    office.post(_url("task_step", task.id, "cancel"), {"reason": "误"})
    assert office.post(_url("task_undo", task.id, "restore")).status_code == 302
    assert Task.objects.get(id=task.id).status == "started"
    acts.report_done(by=cast.lvrong, task=task)
    assert signed_in(cast.lvrong).post(_url("task_undo", task.id, "take_back_report")).status_code == 302
    assert office.post(_url("task_undo", task.id, "nonsense")).status_code == 404


def test_milestones_are_reached_and_dropped(cast, filled, signed_in):
    client, task = signed_in(cast.lvrong), filled["plain"]
    milestone = Milestone.objects.get(task=task)
    assert client.post(_url("task_milestone", task.id, milestone.id, "done")).status_code == 302
    assert Milestone.objects.get(id=milestone.id).done_on == dt.date(2021, 9, 16)
    client.post(_url("task_milestone", task.id, milestone.id, "open"))
    assert Milestone.objects.get(id=milestone.id).done_on is None
    client.post(_url("task_milestone", task.id, milestone.id, "drop"))
    assert not Milestone.objects.filter(task=task).exists()


def test_a_lead_unit_edits_only_what_it_arranges(cast, filled, signed_in):
    client, task = signed_in(cast.lvrong), filled["plain"]
    page = client.get(_url("task_edit", task.id))
    assert set(page.context["form"].fields) == {"owner", "owner_name", "starts_on", "note"}
    answer = client.post(
        _url("task_edit", task.id), {"owner_name": "沈师傅", "title": "偷改", "starts_on": "2021-03-01"}
    )
    assert answer.status_code == 302
    task.refresh_from_db()
    assert (task.owner_name, task.title) == ("沈师傅", "解放街河道保洁")
    assert signed_in(cast.hecha).get(_url("task_edit", task.id)).status_code == 403
    office = signed_in(cast.jinbo)
    whole = {
        "number": "1",
        "title": "改了名",
        "lead_unit": cast.units["lrj"].id,
        "due_on": "2021-10-10",
        "area": "310114102",
    }
    assert office.post(_url("task_edit", task.id), whole).status_code == 302
    assert (
        office.post(_url("task_edit", task.id), {**whole, "title": "又改", "version": 1}).status_code == 422
    )


def test_many_are_looked_at_first_and_then_accepted_and_undone(cast, filled, signed_in):
    checker = signed_in(cast.hecha)
    rows = {"row": [str(filled["waiting"].id), str(filled["plain"].id)]}
    look = checker.post(_url("tasks_accept"), rows)
    assert look.context["good"] == 1
    assert "不能验收" in look.content.decode()
    assert Task.objects.get(id=filled["waiting"].id).status == "reported_done"
    done = checker.post(_url("tasks_accept"), {**rows, "go": "1"}, follow=True)
    assert Task.objects.get(id=filled["waiting"].id).status == "accepted"
    act = Act.objects.get(verb="campaign.tasks_accepted")
    assert _url("tasks_undo", act.id) in done.content.decode()
    assert checker.post(_url("tasks_undo", act.id)).status_code == 302
    assert Task.objects.get(id=filled["waiting"].id).status == "reported_done"
    assert checker.post(_url("tasks_accept"), {"row": []}).status_code == 400
    none = checker.post(_url("tasks_accept"), {"row": [str(filled["plain"].id)], "go": "1"})
    assert none.status_code == 422
    assert signed_in(cast.lvrong).post(_url("tasks_accept"), rows).status_code == 403


def test_many_are_given_to_another_unit(cast, filled, signed_in):
    office = signed_in(cast.jinbo)
    rows = {"row": [str(filled["plain"].id), str(filled["late"].id)]}
    assert office.post(_url("tasks_reassign"), rows).status_code == 200
    assert office.post(_url("tasks_reassign"), {**rows, "go": "1"}).status_code == 422
    answer = office.post(_url("tasks_reassign"), {**rows, "go": "1", "lead_unit": str(cast.units["nxz"].id)})
    assert answer.status_code == 302
    assert Task.objects.get(id=filled["late"].id).lead_unit.code == "nxz"
    act = Act.objects.get(verb="campaign.tasks_reassigned")
    office.post(_url("tasks_undo", act.id))
    assert Task.objects.get(id=filled["late"].id).lead_unit.code == "lrj"


def test_the_gantt_draws_every_task_once(cast, filled, signed_in, count_queries):
    client = signed_in(cast.zhihui)
    warm(client, _url("gantt"))
    with count_queries("gantt"):
        page = client.get(_url("gantt"))
    text = page.content.decode()
    assert text.count('<rect class="gantt-bar') == 4
    assert text.count("gantt-milestone") == 1
    assert "gantt-today" in text
    assert "▲ 逾期 6 天" in text
    assert "style=" not in text.split("<main", 1)[1]
    assert client.get(_url("gantt") + "?late=1").context["count"] == 1
    assert client.get(_url("gantt") + "?area=310114118").context["chart"] is None


def test_activities_are_planned_held_and_cancelled(cast, signed_in):
    office = signed_in(cast.jinbo)
    values = {"kind": "drill", "name": "食物中毒事故应急演练", "held_on": "2021-09-10", "area": "310114"}
    assert office.get(_url("activity_new")).status_code == 200
    assert office.post(_url("activity_new"), values).status_code == 302
    drill = Activity.objects.get()
    part = {**values, "kind": "drill_part", "name": "理论培训", "parent": str(drill.id)}
    assert office.post(_url("activity_new"), part).url == _url("activity", drill.id)
    held = office.post(_url("activity_step", drill.id, "hold"), {"headcount": 48, "result_teams": 16})
    assert held.status_code == 302
    text = office.get(_url("activity", drill.id)).content.decode()
    assert "48" in text
    assert "理论培训" in text
    assert office.post(_url("activity_step", drill.id, "hold"), {"headcount": -1}).status_code == 422
    child = Activity.objects.get(parent=drill)
    assert office.post(_url("activity_step", child.id, "cancel"), {"reason": ""}).status_code == 422
    assert office.post(_url("activity_step", child.id, "cancel"), {"reason": "改期"}).status_code == 302
    assert office.post(_url("activity_step", child.id, "restore")).status_code == 302
    assert office.post(_url("activity_step", child.id, "nonsense")).status_code == 404
    edit = {**values, "name": "食品安全演练"}
    assert office.post(_url("activity_edit", drill.id), edit).status_code == 302
    assert (
        office.post(
            _url("activity_edit", drill.id), {**edit, "starts_at": "10:00", "ends_at": "09:00"}
        ).status_code
        == 422
    )
    assert signed_in(cast.hecha).get(_url("activity_edit", drill.id)).status_code == 403


def test_a_series_fills_the_calendar(cast, signed_in, count_queries):
    office = signed_in(cast.jinbo)
    values = {
        "kind": "clean_day",
        "name": "城市环境清洁日",
        "day": 15,
        "first": "2021-09-01",
        "last": "2021-11-30",
        "area": "310114",
    }
    assert office.get(_url("activity_series")).status_code == 200
    assert office.post(_url("activity_series"), values).status_code == 302
    assert office.post(_url("activity_series"), values).status_code == 302
    assert [row.held_on.isoformat() for row in Activity.objects.order_by("held_on")] == [
        "2021-09-15",
        "2021-10-15",
        "2021-11-15",
    ]
    assert office.post(_url("activity_series"), {**values, "last": "2021-08-01"}).status_code == 422
    warm(office, _url("calendar") + "?month=2021-10")
    with count_queries("activity calendar"):
        page = office.get(_url("calendar") + "?month=2021-10")
    assert page.content.decode().count("calendar-item") == 1
    assert office.get(_url("calendar") + "?month=never").status_code == 200
    warm(office, _url("activities"))
    with count_queries("activity list"):
        assert office.get(_url("activities")).status_code == 200


def test_the_organisation_page(cast, filled, signed_in, count_queries):
    client = signed_in(cast.zhihui)
    warm(client, _url("organisation"))
    with count_queries("organisation"):
        page = client.get(_url("organisation"))
    text = page.content.decode()
    assert "市容环境组" in text
    assert "绿容局" in text
    assert [str(word) for word, _count in page.context["kinds"]] == ["领导小组", "工作组"]
    assert client.get(_url("body", filled["group"].id)).status_code == 200
    assert client.get(_url("body_edit", filled["group"].id)).status_code == 403


def test_the_office_builds_the_organisation(cast, filled, signed_in):
    office = signed_in(cast.jinbo)
    values = {
        "kind": "work_group",
        "code": "safe",
        "name": "安全保障组",
        "order": 2,
        "parent": str(filled["group"].parent_id),
    }
    assert office.get(_url("body_new")).status_code == 200
    assert office.post(_url("body_new"), {**values, "lead": [str(cast.units["cgzf"].id)]}).status_code == 302
    made = Body.objects.get(code="safe")
    assert office.post(_url("body_new"), values).status_code == 422
    change = {
        "name": "安全组",
        "order": 3,
        "parent": values["parent"],
        "support": [str(cast.units["nxz"].id)],
    }
    assert office.post(_url("body_edit", made.id), change).status_code == 302
    assert Body.objects.get(code="safe").name == "安全组"
    assert office.post(_url("body_edit", made.id), {**change, "parent": ""}).status_code == 422
    twice = {**change, "lead": change["support"]}
    assert office.post(_url("body_edit", made.id), twice).status_code == 422
    seat = {"person": str(cast.nanxiang.id), "role": "contact"}
    assert office.post(_url("body_appoint", made.id), seat).status_code == 302
    assert office.post(_url("body_appoint", made.id), {"role": "contact"}).status_code == 422
    out = {"dismiss": str(cast.nanxiang.id), "role": "contact"}
    assert office.post(_url("body_appoint", made.id), out).status_code == 302
    assert office.post(_url("body_appoint", made.id), out).status_code == 404


def test_days_and_phases_of_a_campaign(cast, filled, signed_in):
    office = signed_in(cast.jinbo)
    page = office.get(_url("campaign", cast.campaign.id))
    assert len(page.context["phases"].forms) == 5
    values = {
        "name": "第四届进博会", "area": "310114", "opens_on": "2021-11-05", "closes_on": "2021-11-10",
        "phase-TOTAL_FORMS": 2, "phase-INITIAL_FORMS": 0,
        "phase-0-code": "all", "phase-0-name": "全程", "phase-0-starts_on": "2021-01-01", "phase-0-ends_on": "2021-12-31",
    }  # fmt: skip
    assert office.post(_url("campaign", cast.campaign.id), values).status_code == 302
    assert set(Task.objects.values_list("phase", flat=True)) == {"all"}
    assert (
        office.post(_url("campaign", cast.campaign.id), {**values, "closes_on": "2021-11-01"}).status_code
        == 422
    )
    assert (
        office.post(
            _url("campaign", cast.campaign.id), {**values, "phase-0-ends_on": "2020-01-01"}
        ).status_code
        == 422
    )
    street = signed_in(cast.nanxiang)
    assert street.get(_url("campaign", cast.campaign.id)).status_code == 200
    assert street.post(_url("campaign", cast.campaign.id), values).status_code == 403


def test_a_campaign_is_founded_at_the_desk(cast, signed_in):
    office = signed_in(cast.jinbo)
    values = {
        "code": "expo-5",
        "name": "第五届",
        "area": "310114",
        "opens_on": "2022-11-05",
        "closes_on": "2022-11-10",
    }
    assert office.get(_url("campaign_new")).status_code == 200
    assert office.post(_url("campaign_new"), values).status_code == 302
    assert office.post(_url("campaign_new"), values).status_code == 422
    assert signed_in(cast.lvrong).get(_url("campaign_new")).status_code == 403


def test_nobody_enters_without_signing_in(client, cast):
    for name in ("plan", "tasks", "gantt", "activities", "calendar", "organisation", "mine"):
        assert client.get(_url(name)).status_code == 302


def test_a_long_group_goes_on_under_its_heading_on_the_next_page(cast):
    tasks = [task_of(cast, number=str(number)) for number in range(1, 31)]
    drawn = chart(tasks, [], [], dt.date(2021, 9, 16), dt.date(2021, 11, 5))
    assert drawn is not None
    assert [(block.count, block.height) for block in drawn.blocks] == [(23, 24 * 32), (7, 8 * 32)]
    assert [band.goes_on for block in drawn.blocks for band in block.bands] == [False, True]
    assert {band.total for block in drawn.blocks for band in block.bands} == {30}
    assert drawn.today is not None
    assert 0 < drawn.today < 100
    assert chart([], [], [], dt.date(2021, 9, 16)) is None
