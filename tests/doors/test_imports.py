"""The walk of an import at the desk."""

import io

import openpyxl
import pytest
from django.urls import reverse

from guatu.desk.views import imports as section
from guatu.files.models import ImportRun
from guatu.places.models import Place

pytestmark = pytest.mark.django_db

TABLE = "编号,名称,经度,纬度,区域\nA-1,甲,121.31,31.29,南翔镇\nA-2,乙,121.31,,南翔镇\n"


def words(response):
    return response.content.decode()


def sent(browser, text=TABLE, kind="place", name="点位.csv"):
    upload = io.BytesIO(text.encode())
    upload.name = name
    return browser.post(reverse("desk:import_new"), {"kind": kind, "file": upload})


def columns(run, **changes):
    fields = {f"field_{key}": heading for key, heading in run.mapping.items()}
    return {**fields, "option_crs": "wgs84", "heading_line": "1", **changes}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_file_columns_check_apply_undo(cast, signed_in, language):
    cast.nanxiang.language = language
    cast.nanxiang.save()
    browser = signed_in(cast.nanxiang)
    browser.cookies["django_language"] = language
    assert browser.get(reverse("desk:import_new", args=["place"])).status_code == 200
    answer = sent(browser)
    run = ImportRun.objects.get()
    assert answer["Location"] == reverse("desk:import_map", args=[run.id])
    assert browser.get(reverse("desk:import", args=[run.id]))["Location"] == answer["Location"]
    page = words(browser.get(answer["Location"]))
    assert "121.31" in page
    checked = browser.post(answer["Location"], columns(run))
    assert checked["Location"] == reverse("desk:import", args=[run.id])
    page = words(browser.get(checked["Location"]))
    assert ("经度和纬度只填了一个" if language == "zh-hans" else "Only one of longitude and latitude") in page
    bad = browser.get(reverse("desk:import_bad", args=[run.id]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(bad.streaming_content)))
    assert book.active.max_row == 2
    assert book.active.cell(2, 1).value == "A-2"
    browser.post(reverse("desk:import_apply", args=[run.id]), {"version": ImportRun.objects.get().version})
    assert Place.objects.filter(number="A-1", withdrawn=False).exists()
    assert browser.get(reverse("desk:import", args=[run.id])).status_code == 200
    browser.post(reverse("desk:import_undo", args=[run.id]))
    assert not Place.objects.filter(number="A-1", withdrawn=False).exists()
    assert browser.get(reverse("desk:imports")).status_code == 200
    assert words(browser.post(reverse("desk:import_undo", args=[run.id]), follow=True))


def test_what_cannot_be_read_is_said_beside_the_file(cast, signed_in):
    browser = signed_in(cast.nanxiang)
    answer = sent(browser, "\x00\x01", name="x.bin")
    assert answer.status_code == 422
    assert "读不出表格" in words(answer)
    assert browser.post(reverse("desk:import_new"), {"kind": "place"}).status_code == 422
    assert sent(signed_in(cast.jinbo), "a,b\n1,2\n", kind="task").status_code == 422


def test_columns_must_be_said(cast, signed_in):
    browser = signed_in(cast.nanxiang)
    sent(browser)
    run = ImportRun.objects.get()
    answer = browser.post(reverse("desk:import_map", args=[run.id]), columns(run, field_number=""))
    assert answer.status_code == 422
    assert "还没有指明哪一列" in words(answer)
    other = browser.post(reverse("desk:import_map", args=[run.id]), columns(run, heading_line="2"))
    assert other["Location"] == reverse("desk:import_map", args=[run.id])
    run.refresh_from_db()
    assert run.headings[0] == "A-1"


def test_many_rows_go_on_in_the_background(cast, signed_in, run_jobs, monkeypatch):
    monkeypatch.setattr(section, "_LONG", 1)
    browser = signed_in(cast.nanxiang)
    sent(browser)
    run = ImportRun.objects.get()
    browser.post(reverse("desk:import_map", args=[run.id]), columns(run))
    browser.post(reverse("desk:import_apply", args=[run.id]))
    assert "正在导入" in words(browser.get(reverse("desk:import", args=[run.id])))
    run_jobs()
    assert "已导入" in words(browser.get(reverse("desk:import", args=[run.id])))


def test_templates(cast, signed_in):
    browser = signed_in(cast.nanxiang)
    answer = browser.get(reverse("desk:import_template", args=["place"]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.worksheets[0].cell(1, 1).value == "编号*"
    assert len(book.worksheets) == 2
    assert browser.get(reverse("desk:import_template", args=["moon"])).status_code == 404


def test_who_may(cast, signed_in):
    sent(signed_in(cast.nanxiang))
    run = ImportRun.objects.get()
    assert signed_in(cast.jiangqiao).get(reverse("desk:import", args=[run.id])).status_code == 404
    assert signed_in(cast.passer_by).get(reverse("desk:import_new")).status_code == 403
    assert signed_in(cast.passer_by).get(reverse("desk:imports")).status_code == 200


def test_the_list_asks_few_questions(cast, signed_in, count_queries):
    browser = signed_in(cast.jinbo)
    browser.get(reverse("desk:imports"))
    with count_queries("import list"):
        browser.get(reverse("desk:imports"))
