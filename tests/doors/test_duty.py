"""The roster at the desk and for machines: the week, entering, swapping, copying, importing, exporting, rights."""

import datetime as dt
import io
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import Workbook

from guatu.duty import acts
from guatu.duty.models import Shift
from guatu.files.acts import apply_import, check_import, start_import, undo_import
from guatu.kernel import clock
from guatu.kernel.models import Act

pytestmark = pytest.mark.django_db
WEEK = "2021-09-13"


def words(answer: Any) -> str:
    return answer.content.decode()


def moment(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2021, 9, day, hour, minute, tzinfo=clock.ZONE)


def put(cast: Any, unit: str, person: Any, day: int, night: bool = False, **more: Any) -> Shift:
    start = moment(day, 17 if night else 8, 30)
    return acts.set_shift(
        by=cast.jinbo, unit=cast.units[unit], person=person, starts_at=start,
        ends_at=start + dt.timedelta(hours=15 if night else 9), **more,
    )  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(cast, signed_in, language):
    row = put(cast, "nxz", cast.nanxiang, 16, role="street", note="带班")
    put(cast, "nxz", cast.xuncha, 16, night=True)
    for person in (cast.jinbo, cast.nanxiang, cast.zhihui):
        person.language = language
        person.save()
        browser = signed_in(person)
        browser.cookies["django_language"] = language
        for address in (
            reverse("desk:duty"), reverse("desk:duty") + "?week=2021-09-20&unit=jd/nxz/", reverse("desk:duty") + "?week=x&unit=%00",
            reverse("desk:shifts"), reverse("desk:shifts") + "?whose=mine", reverse("desk:shifts") + "?export=xlsx",
            reverse("desk:shifts") + "?print=1", reverse("desk:shift", args=[row.id]), reverse("desk:duty_calendar"),
        ):  # fmt: skip
            answer = browser.get(address)
            assert answer.status_code == 200, address
            assert b"".join(answer) != b"", address


def test_the_week_shows_who_and_where_nobody_is(cast, signed_in):
    put(cast, "nxz", cast.nanxiang, 16)
    acts.set_shift(
        by=cast.jinbo,
        unit=cast.units["nxz"],
        person=cast.xuncha,
        starts_at=moment(17, 8, 30),
        ends_at=moment(17, 12),
    )
    page = words(signed_in(cast.nanxiang).get(reverse("desk:duty")))
    assert "is-mine" in page
    assert "12:00–17:30 无人值班" in page
    assert "duty-gap" in page
    assert "is-now" in page
    assert "江桥镇" not in page


def test_entering_several_days_at_once_and_being_told_what_is_wrong(cast, signed_in):
    browser = signed_in(cast.nanxiang)
    form = {
        "unit": "nxz",
        "person": str(cast.nanxiang.id),
        "day": "2021-09-20",
        "until": "2021-09-22",
        "when": "night",
        "role": "",
    }
    answer = browser.post(reverse("desk:shift_new"), form)
    assert answer.status_code == 302
    assert answer.url.endswith("week=2021-09-20")
    assert [clock.local(row.ends_at) for row in Shift.objects.order_by("starts_at")] == [
        moment(day, 8, 30) for day in (21, 22, 23)
    ]
    again = browser.post(reverse("desk:shift_new"), form)
    assert again.status_code == 422
    assert "已经有班" in words(again)
    assert Shift.objects.count() == 3
    wrong = browser.post(reverse("desk:shift_new"), {**form, "until": "2021-09-01"})
    assert "最多排 31 天" in words(wrong)
    own = browser.post(reverse("desk:shift_new"), {**form, "when": "own"})
    assert "自定时间要填开始和结束" in words(own)
    good = browser.post(
        reverse("desk:shift_new"),
        {**form, "when": "own", "until": "", "begins": "19:00", "ends": "07:00", "day": "2021-09-25"},
    )
    assert good.status_code == 302
    assert clock.local(Shift.objects.latest("starts_at").ends_at) == moment(26, 7)


def test_a_street_writes_its_own_roster_only(cast, signed_in):
    browser = signed_in(cast.nanxiang)
    form = {"unit": "jqz", "person": str(cast.jiangqiao.id), "day": "2021-09-20", "when": "day"}
    assert browser.post(reverse("desk:shift_new"), form).status_code == 422
    row = put(cast, "jqz", cast.jiangqiao, 16)
    assert browser.get(reverse("desk:shift", args=[row.id])).status_code == 404
    assert browser.post(reverse("desk:shift_remove", args=[row.id])).status_code == 404
    assert signed_in(cast.zhihui).get(reverse("desk:shift", args=[row.id])).status_code == 200
    assert signed_in(cast.zhihui).post(reverse("desk:shift", args=[row.id]), {}).status_code == 403
    assert signed_in(cast.zhihui).post(reverse("desk:shift_remove", args=[row.id])).status_code == 403
    assert signed_in(cast.passer_by).get(reverse("desk:duty")).status_code == 403
    assert browser.post(reverse("desk:duty_copy"), {"unit": "jqz", "week": "2021-09-20"}).status_code == 403
    assert Shift.objects.count() == 1


def test_changing_swapping_removing_and_the_way_back(cast, signed_in):
    browser = signed_in(cast.jinbo)
    one, other = put(cast, "nxz", cast.nanxiang, 20), put(cast, "nxz", cast.xuncha, 21)
    form = {
        "person": str(cast.nanxiang.id),
        "starts_at": "2021-09-20T09:00",
        "ends_at": "2021-09-20T18:00",
        "version": 1,
    }
    assert browser.post(reverse("desk:shift", args=[one.id]), form).status_code == 302
    stale = browser.post(reverse("desk:shift", args=[one.id]), {**form, "note": "x"})
    assert stale.status_code == 422
    assert (
        browser.post(reverse("desk:shift_swap", args=[one.id]), {"other": str(other.id)}).status_code == 302
    )
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.person_id, other.person_id) == (cast.xuncha.id, cast.nanxiang.id)
    browser.post(reverse("desk:shift_remove", args=[one.id]), {"version": one.version})
    assert not Shift.objects.filter(pk=one.id).exists()
    page = words(browser.get(reverse("desk:duty") + "?week=2021-09-20"))
    assert reverse("desk:shift_restore", args=[one.id]) in page
    browser.post(reverse("desk:shift_restore", args=[one.id]))
    assert Shift.objects.get(pk=one.id).person_id == cast.xuncha.id


def test_copying_last_week_and_undoing_it(cast, signed_in):
    for day in (13, 14, 15):
        put(cast, "nxz", cast.nanxiang, day)
    put(cast, "nxz", cast.nanxiang, 21)
    browser = signed_in(cast.nanxiang)
    browser.post(reverse("desk:duty_copy"), {"unit": "nxz", "week": "2021-09-20"})
    assert Shift.objects.filter(starts_at__gte=moment(20, 0)).count() == 3
    browser.post(reverse("desk:duty_copy"), {"unit": "nxz", "week": "2021-09-20"})
    assert Shift.objects.filter(starts_at__gte=moment(20, 0)).count() == 3
    act = Act.objects.filter(verb="unit.roster_copied").order_by("position").first()
    browser.post(reverse("desk:duty_copy_undo", args=[cast.units["nxz"].id, act.id]))
    assert Shift.objects.filter(starts_at__gte=moment(20, 0)).count() == 1
    empty = browser.post(reverse("desk:duty_copy"), {"unit": "nxz", "week": "2021-12-20"}, follow=True)
    assert "没有排班" in words(empty)


def test_a_roster_comes_in_by_file(cast, signed_in):
    book = Workbook()
    sheet = book.active
    for row in (
        ["值班单位", "姓名", "日期", "班次", "开始时间", "结束时间", "备注"],
        ["南翔镇", "nanxiang", "2021-09-20", "白班", "", "", ""],
        ["南翔镇", "xuncha", "2021-09-20", "夜班", "", "", "城管"],
        ["南翔镇", "nanxiang", "2021-09-21", "", "19:00", "7:00", ""],
        ["南翔镇", "nanxiang", "2021-09-20", "", "9:00", "10:00", "重叠"],
        ["江桥镇", "jiangqiao", "2021-09-20", "白班", "", "", ""],
        ["南翔镇", "没有这个人", "2021-09-20", "白班", "", "", ""],
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    put(cast, "nxz", cast.nanxiang, 20)
    run = start_import(by=cast.nanxiang, kind="shift", name="值班表.xlsx", content=out.getvalue())
    run = check_import(by=cast.nanxiang, run=run)
    assert (run.totals["new"], run.totals["same"], run.totals["error"]) == (2, 1, 3)
    run = apply_import(by=cast.nanxiang, run=run)
    assert Shift.objects.count() == 3
    assert clock.local(Shift.objects.latest("ends_at").ends_at) == moment(22, 7)
    undo_import(by=cast.nanxiang, run=run)
    assert Shift.objects.count() == 1


def test_the_calendar_of_ones_own_shifts(cast, signed_in):
    put(cast, "nxz", cast.nanxiang, 20, note="带班,值班电话;" + "很长的备注" * 12)
    put(cast, "nxz", cast.xuncha, 21)
    answer = signed_in(cast.nanxiang).get(reverse("desk:duty_calendar"))
    lines = answer.content.split(b"\r\n")
    assert answer["Content-Type"].startswith("text/calendar")
    assert lines.count(b"BEGIN:VEVENT") == 1
    assert b"DTSTART:20210920T003000Z" in lines
    assert all(len(line) <= 75 for line in lines)
    assert "带班\\,值班电话\\;".encode() in answer.content


def test_the_pages_ask_few_questions(cast, signed_in, count_queries):
    for day in range(13, 20):
        for unit, person in (
            ("nxz", cast.nanxiang),
            ("jqz", cast.jiangqiao),
            ("cyzx", cast.chengyun),
            ("lrj", cast.lvrong),
        ):
            put(cast, unit, person, day)
    browser = signed_in(cast.jinbo)
    for name, address in (("duty week", "desk:duty"), ("shift list", "desk:shifts")):
        browser.get(reverse(address))
        with count_queries(name):
            browser.get(reverse(address))


def test_machines_ask_who_is_on_duty(cast, signed_in):
    put(cast, "nxz", cast.nanxiang, 16)
    put(cast, "jqz", cast.jiangqiao, 16)
    browser = signed_in(cast.nanxiang)
    now = browser.get("/api/duty/now?unit=nxz").json()
    assert [each["username"] for each in now["people"]] == ["nanxiang"]
    rows = browser.get("/api/duty/shifts").json()["items"]
    assert [each["unit"] for each in rows] == ["nxz"]
    assert browser.get("/api/duty/now?unit=jqz").status_code == 404
    assert browser.get("/api/duty/shifts?from_at=nonsense").status_code == 422
    assert signed_in(cast.passer_by).get("/api/duty/shifts").status_code == 403
