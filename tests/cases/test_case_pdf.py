"""The drawing of a case on paper: signs, pages, map, photos that cannot be read, memory that stays bounded."""

import io
import resource
from pathlib import Path

import pytest
from PIL import Image

from guatu.desk.case_pdf import Paper, case_pdf, masked, small_map

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[121.30, 31.28], [121.32, 31.28], [121.32, 31.30], [121.30, 31.30], [121.30, 31.28]]],
}


def feature(**properties: object) -> dict[str, object]:
    return {"geometry": SQUARE, "properties": {"role": "area", "name": "南翔镇", **properties}}


def paper(**more: object) -> Paper:
    said: dict[str, object] = {
        "title": "沪宜公路暴露垃圾", "number": "AJ-2021-000001", "state": "已结案", "facts": [("类别", "暴露垃圾")],
        "description": "人行道堆放建筑垃圾。" * 60, "where": [("地址", "沪宜公路1188号")], "map": small_map(121.315, 31.29, [feature()]),
        "clock": ["时限 5 工作日"], "stages": [["处置", "9月6日", "9月13日", "9月8日", "南翔镇"]],
        "steps": [["9月6日", "上报", "王敏", "说明" * 30]] * 40, "comments": [], "photos": [("整改前", []), ("整改后", [])],
        "foot": "AJ-2021-000001", "heads": {"steps": ("时间", "步骤", "谁", "说明"), "stages": ("a", "b", "c", "d", "e")},
        "words": dict.fromkeys(("description", "where", "clock", "photos", "stages", "steps", "comments"), "标题"),
    }  # fmt: skip
    return Paper(**{**said, **more})  # type: ignore[arg-type]


def test_numbers_of_people_are_hidden_and_others_are_not() -> None:
    assert masked("电话13812345678，编号101004128563") == "电话138****5678，编号101004128563"
    assert "310114199001011234" not in masked("证号310114199001011234。")


def test_the_map_holds_what_lies_in_the_window_and_leaves_tiles_out() -> None:
    found = small_map(
        121.315, 31.29, [feature(), feature(tile=True), {**feature(), "properties": {"role": "outline"}}]
    )
    assert [name for name, _ring, _middle in found.rings] == ["南翔镇"]
    assert all(0 <= x <= 1 and 0 <= y <= 1 for _name, ring, _middle in found.rings for x, y in ring)
    assert small_map(-71.06, 42.35, []).rings == []
    assert found.width_km == pytest.approx(4.27, abs=0.05)


def test_a_long_case_has_several_numbered_pages() -> None:
    found = case_pdf(paper())
    assert found.startswith(b"%PDF-")
    assert found.count(b"/Type /Page\n") >= 2


@pytest.mark.parametrize("chinese", [True, False])
def test_both_languages_and_a_case_without_anything(chinese: bool) -> None:
    bare = paper(description="", map=None, clock=[], stages=[], steps=[], facts=[], where=[], chinese=chinese)
    assert case_pdf(bare).startswith(b"%PDF-")


def test_ten_large_photos_are_scaled_one_after_the_other(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(out, "JPEG", quality=90)
    files = []
    for index in range(10):
        file = tmp_path / f"{index}.jpg"
        file.write_bytes(out.getvalue())
        files.append((f"{index}", file))
    (tmp_path / "broken.jpg").write_bytes(b"not a picture")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = case_pdf(
        paper(photos=[("整改前", files[:5]), ("整改后", [*files[5:], ("坏", tmp_path / "broken.jpg")])])
    )
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert len(found) < 6_000_000 < 10 * len(out.getvalue())
    assert grown < 250  # MB; ten of these photos unscaled would be 180 MB of pixels and more in the file
