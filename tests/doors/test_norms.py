"""The library of norms at the desk and over the API: pages open for whoever may, tables come and go, everything has a way back."""

import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from guatu.files.acts.importing import apply_import, check_import, start_import, undo_import
from guatu.inspections.acts import norms as acts
from guatu.inspections.models import Industry, Norm, NormVersion, Round
from guatu.inspections.rules import drawing
from guatu.inspections.rules.drawing import DrawInspector, DrawPlace, DrawRules
from tests.cast import Cast
from tests.inspections.ground import Ground, prepare
from tests.inspections.library import SINCE, issued, item, norm, trades, whole


@pytest.fixture
def ground(cast: Cast) -> Ground:
    return prepare(cast)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_list_filters_searches_and_exports(
    cast: Cast, signed_in: Callable[..., Client], count_queries: Any
) -> None:
    whole()
    row = issued(
        norm("沪1", "美发店指南", issuer="市商务委"),
        "第二版",
        dt.date(2021, 12, 1),
        items=[item("1", "毛巾一客一换")],
        posts=["理发师"],
    )
    page = signed_in(cast.jinbo)
    with count_queries("norm list"):
        shown = text(page.get(reverse("desk:norms")))
    assert "规范0" in shown
    assert '<b class="number">137</b>' in shown
    for query, found in (
        ("q=毛巾", 1), ("standing=coming", 1), ("standing=holds", 136), ("industry=t04", 5 + 14 + 1), ("post=理发师", 137), ("day=2021-12-02", 137),
        ("day=2020-01-01", 0), ("issuer=市商务委", 1), ("kind=standard", 0),
    ):  # fmt: skip
        assert f'<b class="number">{found}</b>' in text(page.get(f"{reverse('desk:norms')}?{query}")), query
    book = b"".join(page.get(f"{reverse('desk:norms')}?export=xlsx&q=毛巾"))  # type: ignore[arg-type]
    lines = list(load_workbook(io.BytesIO(book)).active.values)  # type: ignore[union-attr]
    assert lines[1][0] == "沪1"
    assert page.get(reverse("desk:norm", args=[row.norm_id])).status_code == 200
    assert signed_in(cast.passer_by).get(reverse("desk:norms")).status_code == 403


def test_an_empty_library_says_what_to_do(cast: Cast, signed_in: Callable[..., Client]) -> None:
    shown = text(signed_in(cast.jinbo).get(reverse("desk:norms")))
    assert reverse("desk:norm_new") in shown
    assert reverse("desk:norm_new") not in text(signed_in(cast.xuncha).get(reverse("desk:norms")))


def test_a_norm_from_first_word_to_force(cast: Cast, signed_in: Callable[..., Client]) -> None:
    trades(2)
    page = signed_in(cast.jinbo)
    answer = page.post(reverse("desk:norm_new"), {"number": "规1", "title": "商场指南", "kind": "guide"})
    row = Norm.objects.get()
    assert answer.headers["Location"] == reverse("desk:norm_edition_new", args=[row.id])
    page.post(
        reverse("desk:norm_edition_new", args=[row.id]),
        {"edition": "第一版", "in_force_from": "2021-09-01", "industries": ["t01"], "posts": "店长、保洁员"},
    )
    edition = NormVersion.objects.get()
    assert (edition.posts, edition.industries) == (["店长", "保洁员"], ["t01"])
    items = reverse("desk:norm_items", args=[edition.id])
    assert page.get(items).status_code == 200
    wrong = page.post(
        items,
        {"lines": "1", "number-0": "1", "text-0": "看码", "consequence-0": "rectify", "limit-0": "尽快"},
    )
    assert wrong.status_code == 422
    assert "尽快" in text(wrong)
    more = page.post(items, {"lines": "1", "number-0": "1", "text-0": "看码", "more": "1"})
    assert more.status_code == 200
    assert 'name="number-10"' in text(more)
    said = {"lines": "2", "number-0": "1", "text-0": "看码", "consequence-0": "shut", "limit-0": "立即", "photo-0": "1",
            "number-1": "9", "text-1": "删掉我", "drop-1": "1", "pasted": "2\t消毒\t看台账\t责令整改\t24小时\t补做\t是\t保洁员"}  # fmt: skip
    assert page.post(items, said).status_code == 302
    kept = list(
        edition.items.order_by("order").values_list(
            "number", "text", "consequence", "limit", "photo", "posts"
        )
    )
    assert kept == [
        ("1", "看码", "shut", "立即", True, []),
        ("2", "消毒", "rectify", "24小时", True, ["保洁员"]),
    ]
    page.post(reverse("desk:norm_issue", args=[edition.id]))
    edition.refresh_from_db()
    assert edition.status == "in_force"
    assert page.get(items).status_code == 409
    book = b"".join(page.get(f"{reverse('desk:norm_edition', args=[edition.id])}?export=xlsx"))  # type: ignore[arg-type]
    assert [line[9] for line in load_workbook(io.BytesIO(book)).active.values] == ["条号", "1", "2"]  # type: ignore[union-attr]
    base = page.get(reverse("desk:norm_edition_new", args=[row.id]) + f"?base={edition.id}")
    assert "店长、保洁员" in text(base)
    page.post(
        reverse("desk:norm_edition_new", args=[row.id]),
        {"edition": "第二版", "in_force_from": "2021-10-01", "base": str(edition.id), "industries": ["t01"]},
    )
    second = NormVersion.objects.get(edition="第二版")
    assert second.items.count() == 2
    shown = text(page.get(reverse("desk:norm_compare", args=[second.id, edition.id])))
    assert "看码" in shown
    page.post(reverse("desk:norm_edition_drop", args=[second.id]))
    page.post(reverse("desk:norm_edition_withdraw", args=[edition.id]), {"why": "通知"})
    edition.refresh_from_db()
    assert edition.status == "withdrawn"
    page.post(reverse("desk:norm_reinstate", args=[edition.id]))
    page.post(reverse("desk:norm_recall", args=[edition.id]))
    edition.refresh_from_db()
    assert edition.status == "draft"


def test_what_an_act_refuses_is_said_on_the_form(cast: Cast, signed_in: Callable[..., Client]) -> None:
    row = norm("规1")
    page = signed_in(cast.jinbo)
    answer = page.post(reverse("desk:norm_new"), {"number": "规1", "title": "又一个", "kind": "guide"})
    assert answer.status_code == 422
    assert "又一个" in text(answer)
    stale = page.post(
        reverse("desk:norm_edit", args=[row.id]),
        {"number": "规1", "title": "新", "kind": "guide", "version": "7"},
    )
    assert stale.status_code == 422
    assert signed_in(cast.nanxiang).get(reverse("desk:norm_edit", args=[row.id])).status_code == 403


def test_what_holds_for_a_place_and_for_a_post(
    ground: Ground, signed_in: Callable[..., Client], count_queries: Any
) -> None:
    place = ground.places["S-1"]
    issued(norm("规2", "保洁"), posts=["保洁员"], items=[item("1", "拖地")])
    page = signed_in(ground.cast.xuncha)
    with count_queries("norms of a place"):
        shown = text(page.get(reverse("desk:place_norms", args=[place.id])))
    assert "消防通道畅通" in shown
    assert "拖地" in shown
    assert "拖地" not in text(page.get(reverse("desk:place_norms", args=[place.id]) + "?post=收银员"))
    assert "消防通道畅通" not in text(
        page.get(reverse("desk:place_norms", args=[place.id]) + "?day=2020-01-01")
    )
    held = text(page.get(reverse("desk:norms_held") + "?post=保洁员"))
    assert "拖地" in held
    assert "消防通道畅通" not in held
    assert page.get(reverse("desk:norms_held") + "?industry=nothing&day=x").status_code == 200


def test_the_page_of_a_place_has_a_panel(ground: Ground, signed_in: Callable[..., Client]) -> None:
    shown = text(signed_in(ground.cast.xuncha).get(reverse("desk:place", args=[ground.places["S-1"].id])))
    assert 'id="norms"' in shown
    assert ground.edition.norm.title in shown


def test_the_list_of_trades_is_edited_as_a_table(cast: Cast, signed_in: Callable[..., Client]) -> None:
    trades(2)
    issued(norm(), industries=["t01"])
    page = signed_in(cast.jinbo)
    address = reverse("desk:norm_industries")
    assert "行业1" in text(page.get(address))
    said = {
        "lines": "3",
        "code-0": "t01",
        "name-0": "商场",
        "kinds-0": "mall、market",
        "code-1": "t02",
        "name-1": "停车",
        "code-2": "food",
        "name-2": "餐饮",
    }
    assert page.post(address, said).status_code == 302
    assert list(Industry.objects.order_by("order").values_list("code", "name")) == [
        ("t01", "商场"),
        ("t02", "停车"),
        ("food", "餐饮"),
    ]
    assert page.post(address, {**said, "drop-0": "1"}).status_code == 422
    assert signed_in(cast.xuncha).post(address, said).status_code == 403
    assert 'name="code-0"' not in text(signed_in(cast.xuncha).get(address))


# --- import --------------------------------------------------------------------------------------------------------

TABLE = """文号,名称,发布单位,类型,版本,施行日期,适用行业,适用岗位,条号,检查内容,不符合时,整改时限,要拍照
规1,餐饮指南,市商务委,指南,第一版,2021-01-01,餐饮、食堂,店长,1,看码,责令整改,立即,是
,,,,,,,,2,消毒,提醒,,
规2,美发指南,市商务委,指南,第一版,2021-01-01,美发,,1,毛巾,关停,24小时,否
"""


def brought(cast: Cast, table: str, **options: str) -> Any:
    run = start_import(by=cast.jinbo, kind="norm", name="norms.csv", content=table.encode(), options=options)
    return check_import(by=cast.jinbo, run=run)


def test_a_table_of_norms_comes_in_and_goes_out_again(cast: Cast) -> None:
    run = brought(cast, TABLE)
    assert (run.totals["new"], run.totals["error"]) == (3, 0)
    run = apply_import(by=cast.jinbo, run=run)
    assert [(row.norm.number, row.status, row.items.count(), len(row.industries)) for row in NormVersion.objects.order_by("norm__number")] == [
        ("规1", "in_force", 2, 2), ("规2", "in_force", 1, 1)
    ]  # fmt: skip
    assert set(Industry.objects.values_list("name", flat=True)) == {"餐饮", "食堂", "美发"}
    again = brought(cast, TABLE)
    assert (again.totals.get("new", 0), again.totals["same"]) == (0, 3)
    undo_import(by=cast.jinbo, run=run)
    assert not NormVersion.objects.exists()
    assert set(Norm.objects.values_list("withdrawn", flat=True)) == {True}
    apply_import(by=cast.jinbo, run=brought(cast, TABLE))
    assert set(Norm.objects.values_list("withdrawn", flat=True)) == {False}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("规9,,,,,2021-01-01,,,1,看码,,,", "import.empty_cell"),
        ("规9,名,,,,,,,1,看码,,,", "import.empty_cell"),
        ("规9,名,,法律,,2021-01-01,,,1,看码,,,", "import.not_a_choice"),
        ("规9,名,,,,2021-01-01,,,1,看码,罚款,,", "import.not_a_choice"),
        ("规9,名,,,,2021-01-01,,,1,看码,,尽快,", "norm.bad_item"),
        ("规1,餐饮指南,,,第一版,2021-01-01,,,3,新的一条,,,", "norm.edition_known"),
    ],
)
def test_a_line_that_cannot_come_in(cast: Cast, line: str, code: str) -> None:
    apply_import(by=cast.jinbo, run=brought(cast, TABLE))
    run = brought(cast, TABLE.splitlines()[0] + "\n" + line + "\n")
    assert run.totals["error"] == 1
    assert code in json.dumps(run.errors)


def test_drafts_and_unknown_trades_when_asked_so(cast: Cast) -> None:
    run = brought(cast, TABLE, unknown="refuse")
    assert run.totals["error"] == 3
    apply_import(by=cast.jinbo, run=brought(cast, TABLE, status="draft"))
    assert set(NormVersion.objects.values_list("status", flat=True)) == {"draft"}


def test_an_import_that_was_used_stays(cast: Cast) -> None:
    run = apply_import(by=cast.jinbo, run=brought(cast, TABLE))
    edition = NormVersion.objects.get(norm__number="规1")
    acts.withdraw_edition(by=cast.jinbo, edition=edition, why="试")
    with pytest.raises(Exception, match="import"):
        undo_import(by=cast.jinbo, run=run)
    assert NormVersion.objects.count() == 2


# --- draws ---------------------------------------------------------------------------------------------------------


def drawn() -> dict[str, Any]:
    places = [DrawPlace(f"p{at}", f"店{at}", barred={"i0": "contract"}) for at in range(9)]
    people = [DrawInspector(f"i{at}", f"人{at}") for at in range(4)]
    return drawing.draw(
        places=places,
        inspectors=people,
        rules=DrawRules(places=3, inspectors=4),
        secret="s",
        public="3281.47",
        source="指数",
    )


def test_a_record_that_somebody_brings_is_replayed(cast: Cast, signed_in: Callable[..., Client]) -> None:
    page, address = signed_in(cast.jinbo), reverse("desk:draw_check")
    record = drawn()

    def ask(content: bytes) -> Any:
        return page.post(address, {"file": SimpleUploadedFile("draw.json", content)})

    assert "重放一致" in text(ask(json.dumps(record).encode()))
    record["picked"][0]["place"] = "p8x"
    shown = text(ask(json.dumps(record).encode()))
    assert "picked[1].place" in shown
    for nonsense in (b"{", b"[]", b'"x"', b"\xff"):
        assert ask(nonsense).status_code == 422
    assert "重放不一致" in text(ask(b'{"places": 3, "picked": [1], "crews": {}}'))
    assert signed_in(cast.passer_by).get(address).status_code == 403


def test_the_page_of_a_draw(ground: Ground, signed_in: Callable[..., Client]) -> None:
    row = ground.open_round()
    page = signed_in(ground.cast.jinbo)
    assert page.get(reverse("desk:draw", args=[row.id])).status_code == 404
    Round.objects.filter(pk=row.pk).update(
        draw={**drawn(), "before": [{"undone": "抽错了"}], "sealed": "xx", "teams": []}
    )
    shown = text(page.get(reverse("desk:draw", args=[row.id])))
    assert "重放一致" in shown
    assert "抽错了" in shown
    record = json.loads(text(page.get(reverse("desk:draw", args=[row.id]) + "?format=json")))
    assert not {"before", "sealed", "teams"} & set(record)
    assert drawing.replay(record).ok
    assert signed_in(ground.cast.jiangqiao).get(reverse("desk:draw", args=[row.id])).status_code == 404


# --- results -------------------------------------------------------------------------------------------------------


def test_the_results_count_and_open(
    ground: Ground, signed_in: Callable[..., Client], count_queries: Any
) -> None:
    _round, _team, visits = ground.running("S-1", "S-2", "S-3")
    ground.finish(visits["S-1"], i1="not_met")
    ground.finish(visits["S-2"])
    page = signed_in(ground.cast.jinbo)
    with count_queries("inspection results"):
        shown = text(page.get(reverse("desk:inspection_results")))
    assert "入口测温、验码" in shown
    for by in ("area", "industry", "unit", "person", "day", "shift", "round"):
        assert page.get(f"{reverse('desk:inspection_results')}?by={by}").status_code == 200
    links = [part.split('"')[0].replace("&amp;", "&") for part in shown.split('href="')[1:]]
    opened = {
        link
        for link in links
        if "/street/results/" in link and "?" in link and "export" not in link and "print" not in link
    }
    assert len(opened) > 10
    for link in opened:
        assert page.get(link).status_code == 200, link

    def count(name: str, query: str) -> str:
        return text(page.get(f"{reverse(name)}?{query}")).split('<b class="number">')[1].split("<")[0]

    first = ground.items[0].id
    assert count("desk:result_visits", "checked=1") == "2"
    assert count("desk:result_visits", "outcome=rectify") == "1"
    assert count("desk:result_visits", f"item={first}&verdict=not_met") == "1"
    assert count("desk:result_visits", f"item={first}&verdict=met,not_met") == "2"
    assert count("desk:result_visits", f"person={ground.cast.xuncha.id}") == "2"
    assert count("desk:result_visits", "unit=jd/cgzf/") == "2"
    assert count("desk:result_orders", "open=1") == "1"
    assert count("desk:result_places", f"round={visits['S-1'].round_id}") == "1"
    book = b"".join(page.get(f"{reverse('desk:inspection_results')}?export=xlsx&by=person"))  # type: ignore[arg-type]
    assert next(iter(list(load_workbook(io.BytesIO(book)).active.values)[1:]))[:2] == ("执法检查", 2)  # type: ignore[union-attr]
    assert signed_in(ground.cast.passer_by).get(reverse("desk:inspection_results")).status_code in (403, 404)


# --- machines ------------------------------------------------------------------------------------------------------


def test_machines_do_the_same(ground: Ground, signed_in: Callable[..., Client]) -> None:
    api = signed_in(ground.cast.jinbo)

    def post(path: str, body: Any, method: str = "post") -> Any:
        return getattr(api, method)(f"/api/{path}", json.dumps(body), content_type="application/json")

    made = post("norms", {"number": "规7", "title": "接口来的"}).json()
    body = {"edition": "一", "in_force_from": str(SINCE), "items": [{"number": "1", "text": "看码"}]}
    edition = post(f"norms/{made['id']}/editions", body).json()
    assert (edition["standing"], edition["items"][0]["consequence"]) == ("draft", "rectify")
    changed = post(
        f"norms/editions/{edition['id']}", {"version": 1, "items": [{"number": "2", "text": "消毒"}]}, "patch"
    ).json()
    assert [each["number"] for each in changed["items"]] == ["2"]
    assert (
        post(f"norms/editions/{edition['id']}/issue", {"version": changed["version"]}).json()["standing"]
        == "holds"
    )
    assert post(f"norms/editions/{edition['id']}/dance", {}).status_code == 404
    assert post(f"norms/editions/{edition['id']}/withdraw", {"why": "x"}).json()["standing"] == "withdrawn"
    assert post(f"norms/editions/{edition['id']}/reinstate", {}).json()["standing"] == "holds"
    place = ground.places["S-1"].id
    assert len(api.get(f"/api/places/{place}/norms").json()) == 2
    assert len(api.get(f"/api/places/{place}/checklist?day=2021-09-16").json()) == 5
    assert [row["number"] for row in api.get("/api/norms?q=消毒").json()["items"]] == [
        "沪防〔2021〕1号",
        "规7",
    ]
    assert post("industries", [{"code": "food", "name": "餐饮"}], "put").json()[0]["name"] == "餐饮"
    assert api.get("/api/industries").json()[0]["code"] == "food"
    answer = post("draws/check", drawn()).json()
    assert answer.get("equal"), answer
    assert post("draws/check", {**drawn(), "public": "1"}).json()["where"] == "seed"
    assert api.get("/api/inspections/results?campaign=expo").json()["total"]["visits"] == 0
    assert post(f"norms/{made['id']}", {"version": 1, "title": "改名"}, "patch").json()["title"] == "改名"
    assert api.delete(f"/api/norms/{made['id']}").json()["withdrawn"]
