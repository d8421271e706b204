"""Street, places, areas and grids at the desk: it works, what is refused, who sees what."""

import io
import json

import pytest
from django.urls import reverse
from PIL import Image

from guatu.places import acts
from guatu.places.models import Area, Place

pytestmark = pytest.mark.django_db

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[121.30, 31.29], [121.31, 31.29], [121.31, 31.30], [121.30, 31.30], [121.30, 31.29]]],
}


def words(response):
    return response.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(cast, signed_in, language):
    cast.jinbo.language = language
    cast.jinbo.save()
    browser = signed_in(cast.jinbo)
    browser.cookies["django_language"] = language
    place = cast.places["NX-001"]
    for address in (
        reverse("desk:street"), reverse("desk:places"), reverse("desk:place", args=[place.id]), reverse("desk:place_new"),
        reverse("desk:place_edit", args=[place.id]), reverse("desk:area", args=["310114"]), reverse("desk:area", args=["310114102001"]),
        reverse("desk:areas") + "?q=南翔", reverse("desk:areas") + "?q=没有", reverse("desk:areas"),
        reverse("desk:grid_new", args=["310114102001"]), reverse("desk:places") + "?export=csv", reverse("desk:places") + "?print=1",
    ):  # fmt: skip
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert b"".join(answer) != b"", address


def test_the_list_shows_only_what_may_be_seen(cast, signed_in):
    page = words(signed_in(cast.nanxiang).get(reverse("desk:places")))
    assert "南翔老街" in page
    assert "江桥万达广场" not in page
    assert signed_in(cast.passer_by).get(reverse("desk:places")).status_code == 403
    assert (
        signed_in(cast.jiangqiao).get(reverse("desk:place", args=[cast.places["NX-001"].id])).status_code
        == 404
    )


def test_the_list_asks_few_questions(cast, signed_in, count_queries):
    browser = signed_in(cast.jinbo)
    browser.get(reverse("desk:places"))
    with count_queries("place list"):
        browser.get(reverse("desk:places"))


def test_maps(cast, signed_in):
    browser = signed_in(cast.nanxiang)
    found = browser.get(reverse("desk:places_map")).json()
    assert {each["properties"]["name"] for each in found["features"] if each["properties"]["role"] == "point"} == {
        "南翔老街", "沪宜公路临时停车场",
    }  # fmt: skip
    area = browser.get(reverse("desk:area_map", args=["310114"])).json()
    values = {
        each["properties"]["code"]: each["properties"]["value"]
        for each in area["features"]
        if each["properties"]["role"] == "area"
    }
    assert values == {"310114102": 2, "310114118": 0}
    one = browser.get(reverse("desk:place_map", args=[cast.places["NX-001"].id])).json()
    assert one["guatu"]["bounds"][0] < 121.312


def test_registering_a_place(cast, signed_in):
    browser = signed_in(cast.nanxiang)
    form = {
        "name": "银翔路停车场",
        "kind": "停车场",
        "area": "南翔镇",
        "x": "121.31",
        "y": "31.29",
        "system": "gcj02",
        "state": "正常",
    }
    answer = browser.post(reverse("desk:place_new"), form)
    place = Place.objects.get(name="银翔路停车场")
    assert answer["Location"] == reverse("desk:place", args=[place.id])
    assert (place.source_crs, place.attributes) == ("gcj02", {"state": "正常"})
    again = browser.post(reverse("desk:place_new"), {**form, "number": place.number, "then": "next"})
    assert again.status_code == 422
    assert "已经用于" in words(again)
    nowhere = browser.post(reverse("desk:place_new"), {**form, "area": "火星镇"})
    assert "没有代码或名称是“火星镇”的区域" in words(nowhere)
    assert "火星镇" in words(nowhere)
    following = browser.post(reverse("desk:place_new"), {**form, "name": "下一个", "then": "next"})
    assert following["Location"].startswith(reverse("desk:place_new"))


def test_editing_keeps_what_was_typed_when_somebody_was_faster(cast, signed_in):
    place = cast.places["NX-001"]
    browser = signed_in(cast.nanxiang)
    form = {
        "name": "我的新名字",
        "kind": "street_block",
        "number": "NX-001",
        "area": place.area,
        "x": "121.312",
        "y": "31.294",
        "system": "wgs84",
    }
    acts.edit_place(by=cast.jinbo, place=place, changes={"address": "别人改了"})
    answer = browser.post(reverse("desk:place_edit", args=[place.id]), {**form, "version": 1})
    assert answer.status_code == 422
    assert "我的新名字" in words(answer)
    assert (
        browser.post(reverse("desk:place_edit", args=[place.id]), {**form, "version": 2}).status_code == 302
    )
    assert browser.get(reverse("desk:place_edit", args=[cast.places["JD-001"].id])).status_code == 404


def test_withdrawing_restoring_and_files(cast, signed_in):
    browser = signed_in(cast.jinbo)
    held, free = cast.places["NX-001"], cast.places["JD-001"]
    page = browser.post(reverse("desk:place_withdraw", args=[held.id]), follow=True)
    assert "不能撤销" in words(page)
    browser.post(reverse("desk:place_withdraw", args=[free.id]))
    assert "已撤销" in words(browser.get(reverse("desk:place", args=[free.id])))
    browser.post(reverse("desk:place_restore", args=[free.id]))
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(out, "JPEG")
    out.seek(0)
    out.name = "现场.jpg"
    browser.post(reverse("desk:place_file", args=[held.id]), {"file": out})
    page = words(browser.get(reverse("desk:place", args=[held.id])))
    assert "现场.jpg" in page
    from guatu.files.models import Attachment

    row = Attachment.objects.get()
    seen = browser.get(reverse("desk:file", args=[row.id]))
    assert seen["Content-Type"] == "image/jpeg"
    assert seen["X-Content-Type-Options"] == "nosniff"
    assert seen["Content-Disposition"].startswith("inline")
    b"".join(seen.streaming_content)
    assert (
        browser.get(reverse("desk:file", args=[row.id]), headers={"If-None-Match": seen["ETag"]}).status_code
        == 304
    )
    small = browser.get(reverse("desk:file_thumb", args=[row.id]))
    assert len(b"".join(small.streaming_content)) < row.size
    assert signed_in(cast.jiangqiao).get(reverse("desk:file", args=[row.id])).status_code == 404
    bad = io.BytesIO(b"<svg onload=alert(1)>")
    bad.name = "a.svg"
    assert "不是可以接收的文件类型" in words(
        browser.post(reverse("desk:place_file", args=[held.id]), {"file": bad}, follow=True)
    )
    assert "请选择文件" in words(browser.post(reverse("desk:place_file", args=[held.id]), follow=True))
    browser.post(reverse("desk:file_withdraw", args=[row.id]))
    assert browser.get(reverse("desk:file", args=[row.id])).status_code == 410


def test_documents_are_downloaded_never_shown(cast, signed_in):
    browser = signed_in(cast.jinbo)
    plan = io.BytesIO(b"%PDF-1.7 x")
    plan.name = "plan.pdf"
    browser.post(reverse("desk:place_file", args=[cast.places["NX-001"].id]), {"file": plan})
    from guatu.files.models import Attachment

    row = Attachment.objects.get()
    answer = browser.get(reverse("desk:file", args=[row.id]))
    assert answer["Content-Disposition"].startswith("attachment")
    b"".join(answer.streaming_content)
    assert browser.get(reverse("desk:file_thumb", args=[row.id])).status_code == 404


def test_a_grid_from_drawing_to_removal(cast, signed_in):
    browser = signed_in(cast.nanxiang)
    address = reverse("desk:grid_new", args=["310114102001"])
    assert "310114102001001" in words(browser.get(address))
    form = {"code": "310114102001001", "name": "一网格", "scheme": "grid-15", "system": "wgs84", "shape": "{"}
    wrong = browser.post(address, form)
    assert wrong.status_code == 422
    assert "不是 GeoJSON" in words(wrong)
    drawn = io.BytesIO(json.dumps(SQUARE).encode())
    drawn.name = "a.geojson"
    assert browser.post(address, {**form, "shape": "", "file": drawn}).status_code == 302
    grid = Area.objects.get(code="310114102001001")
    assert grid.shape == SQUARE
    edit = reverse("desk:grid_edit", args=[grid.code])
    assert "121.3" in words(browser.get(edit))
    browser.post(edit, {"name": "改名", "shape": json.dumps(SQUARE), "system": "wgs84", "version": 1})
    grid.refresh_from_db()
    assert grid.name == "改名"
    assert (
        browser.post(edit, {"name": "又改", "shape": "", "system": "wgs84", "version": 1}).status_code == 422
    )
    binary = io.BytesIO(b"\xff\xfe\xff")
    binary.name = "b.json"
    assert (
        browser.post(edit, {"name": "x", "system": "wgs84", "version": 2, "file": binary}).status_code == 422
    )
    assert browser.get(reverse("desk:area", args=[grid.code])).status_code == 200
    assert browser.get(reverse("desk:area_map", args=[grid.code])).status_code == 200
    ground = reverse("desk:area_ground", args=["310114102001"])
    around = [each["properties"] for each in browser.get(ground).json()["features"]]
    assert grid.code in [each["code"] for each in around]
    assert all(each["above"] for each in around if each["role"] == "outline")
    redrawn = browser.get(f"{ground}?without={grid.code}").json()["features"]
    assert grid.code not in [each["properties"]["code"] for each in redrawn]
    assert signed_in(cast.jiangqiao).get(address).status_code == 403
    browser.post(reverse("desk:grid_remove", args=["310114102"]))
    browser.post(reverse("desk:grid_remove", args=[grid.code]))
    assert not Area.objects.filter(code=grid.code).exists()


def test_the_street_begins_at_ones_own_area(cast, signed_in):
    assert "现场</a>" not in words(signed_in(cast.nanxiang).get(reverse("desk:street"))).split("<h1>")[1][:20]
    assert "· 南翔镇" in words(signed_in(cast.nanxiang).get(reverse("desk:street")))
    assert "· 嘉定区" in words(signed_in(cast.jinbo).get(reverse("desk:street")))
