"""Pages of duplicates: suggestions while typing, side by side, merging one or many, taking out again."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guatu.cases import acts
from guatu.cases.models import Case, Merge
from guatu.kernel import calendar
from guatu.kernel.acts import SYSTEM
from tests.cases.conftest import CLASSES, photo
from tests.cast import NANXIANG, Cast

Signed = Callable[..., Client]


@pytest.fixture
def ground(cast: Cast) -> Iterator[Cast]:
    calendar.load_shipped()
    acts.set_classes(by=SYSTEM, campaign=cast.campaign, classes=CLASSES)
    yield cast
    calendar.forget()


@pytest.fixture
def pair(ground: Cast) -> tuple[Case, Case]:
    """Two reports of one heap, thirty metres apart; the second has a reporter and a photo."""
    made = []
    for title, lon, more in (
        ("沪宜公路旁暴露垃圾", 121.3200, {}),
        (
            "沪宜公路有暴露垃圾",
            121.3203,
            {"reporter": acts.ReporterDraft(name="王", phone="13800000001", via="desk")},
        ),
    ):
        draft = acts.Draft(title=title, area=NANXIANG, class_code="0101", lon=lon, lat=31.29)
        row = acts.report_case(
            by=ground.xuncha,
            campaign=ground.campaign,
            draft=draft,
            photos=[photo("前.jpg")],
            **more,  # type: ignore[arg-type]
        )
        made.append(acts.file_case(by=ground.chengyun, case=row))
    return made[0], made[1]


def at(name: str, *args: Any) -> str:
    return reverse(f"desk:{name}", args=args)


def text(answer: Any) -> str:
    return answer.content.decode()


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_while_typing_what_was_reported_already_is_shown(
    ground: Cast, pair: tuple[Case, Case], signed_in: Signed, count_queries: Any
) -> None:
    client = signed_in(ground.xuncha)
    typed = "?title=沪宜公路暴露垃圾&class_code=0101&lon=121.3201&lat=31.29&crs=wgs84"
    client.get(at("case_duplicates_typed") + typed)
    with count_queries("duplicates while typing"):
        answer = client.get(at("case_duplicates_typed") + typed)
    assert answer.status_code == 200
    for case in pair:
        assert case.number in text(answer)
    assert "同一类别" in text(answer)
    assert "相距 10 米" in text(answer)
    assert "相隔 0 分钟" in text(answer)
    for nothing in ("", "?lon=abc&lat=31", "?lon=nan&lat=nan", "?lon=121.32&lat=31.29&crs=mars", "?title=x"):
        bare = client.get(at("case_duplicates_typed") + nothing)
        assert bare.status_code == 200
        assert pair[0].number not in text(bare)
    assert signed_in(ground.jiangqiao).get(at("case_duplicates_typed") + typed).status_code == 200
    assert pair[0].number not in text(signed_in(ground.jiangqiao).get(at("case_duplicates_typed") + typed))
    assert signed_in(ground.lvrong).get(at("case_duplicates_typed") + typed).status_code == 403
    assert 'hx-get="' + at("case_duplicates_typed") in text(client.get(at("case_new")))


def test_the_case_page_suggests_and_leads_to_both_side_by_side(
    ground: Cast, pair: tuple[Case, Case], signed_in: Signed
) -> None:
    one, other = pair
    client = signed_in(ground.chengyun)
    assert at("case_compare", one.id, other.id) in text(client.get(at("case", one.id)))
    assert "可能重复" not in text(signed_in(ground.nanxiang).get(at("case", one.id)))  # who may not merge
    page = text(client.get(at("case_compare", one.id, other.id)))
    for said in (
        one.title,
        other.title,
        "1 位上报人",
        f"把 {one.number} 并入 {other.number}",
        "前.jpg",
        "相距 29 米",
    ):
        assert said in page, said
    points = client.get(at("case_compare_map", one.id, other.id)).json()["features"]
    assert sum(each["properties"]["role"] == "point" for each in points) == 2
    looking = text(signed_in(ground.nanxiang).get(at("case_compare", one.id, other.id)))
    assert "合并由城运中心办理" in looking
    assert "<textarea" not in looking.split("<main", 1)[-1]


def test_another_one_is_found_by_number_or_words(
    ground: Cast, pair: tuple[Case, Case], signed_in: Signed
) -> None:
    client = signed_in(ground.chengyun)
    assert pair[1].number in text(client.get(at("case_duplicates", pair[0].id)))
    for query, found in (("000002", True), ("沪宜公路有", True), ("999999", False)):
        answer = text(client.get(at("case_duplicates", pair[0].id) + f"?q={query}"))
        assert ("没有这样的案件" in answer) is not found


def test_merged_by_the_page_and_taken_out_again(
    ground: Cast, pair: tuple[Case, Case], signed_in: Signed
) -> None:
    one, other = pair
    client = signed_in(ground.chengyun)
    address = at("case_compare", one.id, other.id)
    prefix = f"merge-{other.id}"
    empty = client.post(address, {"case": other.id, "version": other.version})
    assert empty.status_code == 422
    stale = client.post(address, {"case": other.id, "version": 1, f"{prefix}-reason": "同一堆"})
    assert stale.status_code == 422
    assert "同一堆" in text(stale)
    done = client.post(address, {"case": other.id, "version": other.version, f"{prefix}-reason": "同一堆"})
    assert done["Location"] == at("case", one.id)
    assert {each["kind"] for each in Merge.objects.get().evidence} >= {"class", "near", "text", "time"}
    master = text(client.get(at("case", one.id)))
    for said in ("并入的重复件", other.number, "连同本件共 1 位上报人"):
        assert said in master, said
    child = text(client.get(at("case", other.id)))
    assert "这是重复件" in child
    assert one.number in child
    refused = client.post(at("case_unmerge", other.id), {"unmerge-reason": ""})
    assert refused.status_code == 422
    assert 'id="id_unmerge-reason_error"' in refused.content.decode()  # beside the field, which stands open
    assert "<dt>到何时</dt><dd>—</dd>" in child  # its own clock has stopped
    back = client.post(
        at("case_unmerge", other.id), {"unmerge-reason": "是另一堆", "version": fresh(other).version}
    )
    assert back.status_code == 302
    assert fresh(other).status == "filed"
    assert "并入的重复件" not in text(client.get(at("case", one.id)))


def test_many_are_previewed_then_merged_into_the_chosen_one(
    ground: Cast, pair: tuple[Case, Case], signed_in: Signed
) -> None:
    one, other = pair
    draft = acts.Draft(title="已办的", area=NANXIANG, class_code="0101")
    third = acts.report_case(by=ground.xuncha, campaign=ground.campaign, draft=draft)
    acts.reject_case(by=ground.chengyun, case=third, reason="不属管辖")
    client = signed_in(ground.chengyun)
    rows = [str(row.id) for row in (one, other, third)]
    preview = client.post(at("cases_merge"), {"row": rows})
    assert preview.status_code == 200
    assert f"其中 1 件可以并入 {one.number}" in text(preview)
    assert Case.objects.filter(status="duplicate").count() == 0
    assert client.post(at("cases_merge"), {"row": rows, "confirm": "1"}).status_code == 422
    given = {"row": rows, "into": other.id, "confirm": "1", "merge-reason": "同一堆"}
    stale = client.post(at("cases_merge"), {**given, "seen": [f"{one.id}:99"]})
    assert "没有并入" in text(stale)
    done = client.post(at("cases_merge"), {**given, "seen": [f"{one.id}:{one.version}"]})
    assert done["Location"] == at("case", other.id)
    assert fresh(one).merged_into == other
    assert client.post(at("cases_merge"), {"row": [rows[0], "x"]}).status_code == 302


def test_nobody_else_comes_near(
    ground: Cast, pair: tuple[Case, Case], signed_in: Signed, client: Client
) -> None:
    one, other = pair
    addresses = [
        at("case_duplicates", one.id), at("case_compare", one.id, other.id),
        at("case_compare_map", one.id, other.id), at("case_unmerge", one.id),
    ]  # fmt: skip
    for address in addresses:
        assert client.get(address).status_code in (302, 405)
        assert signed_in(ground.jiangqiao).get(address).status_code in (404, 405), address
        assert signed_in(ground.jiangqiao).post(address).status_code in (404, 405), address
    refused = signed_in(ground.nanxiang).post(
        at("case_compare", one.id, other.id), {"case": one.id, f"merge-{one.id}-reason": "x"}
    )
    assert refused.status_code == 422
    assert fresh(one).status == "filed"
    many = signed_in(ground.nanxiang).post(
        at("cases_merge"), {"row": [one.id, other.id], "confirm": "1", "merge-reason": "x"}
    )
    assert "所需权限：case.merge" in text(many)


def test_a_child_out_of_sight_is_named_by_its_number_alone(
    ground: Cast, pair: tuple[Case, Case], signed_in: Signed
) -> None:
    draft = acts.Draft(title="江桥的秘密", area="310114118", class_code="0101")
    case = acts.report_case(by=ground.jiangqiao, campaign=ground.campaign, draft=draft)
    acts.merge_case(by=ground.chengyun, case=case, into=pair[0], reason="同一条路")
    shown = text(signed_in(ground.nanxiang).get(at("case", pair[0].id)))
    assert case.number in shown
    assert "江桥的秘密" not in shown
    child = text(signed_in(ground.jiangqiao).get(at("case", case.id)))
    assert "不在您可见的范围内" in child
    assert pair[0].title not in child
