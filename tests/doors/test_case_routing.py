"""Pages and addresses of dispatch rules and suggestions: rights, shape, what is typed is kept, how often the store is asked."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guatu.cases import acts
from guatu.cases.learning import fetch
from guatu.cases.models import Case, RoutingRule, Suggester
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.places import reads as places
from guatu.places.models import Zone
from tests.cases.conftest import case_at, classes, work_calendar  # noqa: F401
from tests.cases.test_routing import RULES
from tests.cases.test_suggestions import closed, home, learned  # noqa: F401
from tests.cast import NANXIANG, Cast

Signed = Callable[..., Client]


@pytest.fixture
def ruled(classes: Cast) -> Cast:  # noqa: F811
    acts.set_rules(by=SYSTEM, campaign=classes.campaign, rules=RULES)
    return classes


def text(answer: Any) -> str:
    return "".join(answer.content.decode().split())


def fresh() -> None:
    clock.refresh(force=True)
    places.forget()
    places.names()


def litter() -> RoutingRule:
    return RoutingRule.objects.get(code="litter")


# --- rules -------------------------------------------------------------------------------------------------------


def test_the_list_for_those_who_route(ruled: Cast, signed_in: Signed, count_queries: Any) -> None:
    browser = signed_in(ruled.chengyun)
    fresh()
    with count_queries("routing rules"):
        page = browser.get(reverse("desk:routing"))
    assert page.status_code == 200
    assert "暴露垃圾" in page.content.decode() and "类别：0101" in text(page)
    for person in (ruled.nanxiang, ruled.jinbo, ruled.hecha, ruled.passer_by):
        assert signed_in(person).get(reverse("desk:routing")).status_code in (403, 404)
        assert signed_in(person).get(reverse("desk:routing_rule", args=[litter().id])).status_code == 404
        assert signed_in(person).post(reverse("desk:routing_move", args=[litter().id])).status_code == 404


def test_an_empty_list_teaches(classes: Cast, signed_in: Signed) -> None:  # noqa: F811
    assert "还没有派单规则" in text(signed_in(classes.chengyun).get(reverse("desk:routing")))


def test_a_rule_is_tried_then_saved(ruled: Cast, signed_in: Signed, case_at: Callable[..., Case]) -> None:  # noqa: F811
    case = acts.dispatch_by_rule(by=ruled.chengyun, case=case_at("filed"))
    browser = signed_in(ruled.chengyun)
    typed = {
        "name": "垃圾给城管",
        "to": "unit",
        "unit": "cgzf",
        "any": "垃圾，渣土",
        "position": "1",
        "days": "30",
    }
    page = browser.post(reverse("desk:routing_new"), {**typed, "do": "try"})
    assert page.status_code == 200
    said = page.content.decode()
    assert "1 件会派到别处" in said and case.number in said and 'value="垃圾，渣土"' in said
    assert RoutingRule.objects.count() == 2  # nothing was saved
    assert browser.post(reverse("desk:routing_new"), {**typed, "do": "save"}).status_code == 302
    row = RoutingRule.objects.order_by("order")[0]
    assert (
        row.conditions == [{"kind": "keyword", "any": ["垃圾", "渣土"]}] and row.unit == ruled.units["cgzf"]
    )


def test_every_field_comes_back_as_it_was_written(ruled: Cast, signed_in: Signed) -> None:
    Zone.objects.create(code="core", name="核心区", areas=[NANXIANG])
    typed = {
        "name": "全", "to": "unit", "unit": "cgzf", "role": "street", "classes": "暴露垃圾\n04*", "classes_not": "on",
        "sources": ["patrol", "hotline"], "areas": [NANXIANG], "zones": ["core"], "more_areas": "310114102001",
        "any": "甲，乙", "none": "丙", "pattern": "^沪", "weekdays": ["1", "5"], "hours_from": "22:00",
        "hours_to": "06:00", "working": "no", "guarantee": "yes", "since": "2021-09-01", "until": "2021-11-10",
        "kinds": "mall", "ids": "NX-001", "more": '[{"kind": "keyword", "any": ["丁"]}]', "do": "save",
    }  # fmt: skip
    browser = signed_in(ruled.chengyun)
    answer = browser.post(reverse("desk:routing_new"), typed)
    assert answer.status_code == 302, answer.content.decode()
    row = RoutingRule.objects.get(name="全")
    kinds = [each["kind"] for each in row.conditions]
    assert kinds == ["class", "area", "source", "keyword", "time", "place", "keyword"]
    assert row.conditions[0] == {"kind": "class", "in": ["||0101", "04*"], "not": True}
    page = browser.get(reverse("desk:routing_rule", args=[row.id]))
    form = page.context["form"]
    again = {name: form[name].value() for name in form.fields}
    sent = browser.post(
        reverse("desk:routing_rule", args=[row.id]),
        {
            **{key: value for key, value in again.items() if value not in (None, False, "")},
            "version": row.version,
            "do": "save",
        },
    )
    assert sent.status_code == 302, sent.content.decode()
    assert RoutingRule.objects.get(pk=row.pk).version == row.version  # nothing changed: no new version


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "规则名称"),
        ({"unit": ""}, "请选择派给哪个单位"),
        ({"classes": "没有的类"}, "没有的类"),
        ({"more": "{"}, "JSON"),
        ({"pattern": "(a+)+"}, "文字式样"),
        ({"more": '[{"kind": "area", "in": ["zone:none"]}]'}, "片区none已不存在"),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    ruled: Cast, signed_in: Signed, typed: dict[str, str], said: str
) -> None:
    given = {"name": "新规则", "to": "unit", "unit": "cgzf", **typed}
    for do in ("try", "save"):
        page = signed_in(ruled.chengyun).post(reverse("desk:routing_new"), {**given, "do": do})
        assert page.status_code == 422 and said in text(page)
    assert RoutingRule.objects.count() == 2


def test_moving_and_switching(ruled: Cast, signed_in: Signed) -> None:
    browser = signed_in(ruled.chengyun)
    browser.post(reverse("desk:routing_move", args=[litter().id]), {"to": "down"})
    assert [row.code for row in RoutingRule.objects.order_by("order")] == ["rest", "litter"]
    browser.post(reverse("desk:routing_move", args=[litter().id]), {"to": "up"})
    browser.post(reverse("desk:routing_move", args=[litter().id]), {"to": "up"})
    assert [row.code for row in RoutingRule.objects.order_by("order")] == ["litter", "rest"]
    browser.post(reverse("desk:routing_switch", args=[litter().id]), {"active": "0"})
    assert not litter().active


def test_a_change_on_an_old_page_is_refused(ruled: Cast, signed_in: Signed) -> None:
    acts.save_rule(by=SYSTEM, campaign=ruled.campaign, given={**RULES[0], "unit": "cgzf"}, rule=litter())
    typed = {"name": "改", "to": "unit", "unit": "lrj", "version": "1", "do": "save"}
    page = signed_in(ruled.chengyun).post(reverse("desk:routing_rule", args=[litter().id]), typed)
    assert page.status_code == 422 and litter().name == "暴露垃圾"


def test_a_broken_rule_is_loud(ruled: Cast, signed_in: Signed) -> None:
    unit = ruled.units["lrj"]
    unit.active = False
    unit.save()
    browser = signed_in(ruled.chengyun)
    for name in ("routing", "routing_broken", "routing_try"):
        page = browser.get(reverse(f"desk:{name}"))
        assert "绿容局已停用" in text(page) and 'role="alert"' in page.content.decode()
    assert "绿容局已停用" in text(browser.get(reverse("desk:routing_rule", args=[litter().id])))
    assert reverse("desk:routing_broken") in browser.get(reverse("desk:cases")).content.decode()
    assert (
        reverse("desk:routing_broken")
        not in signed_in(ruled.nanxiang).get(reverse("desk:cases")).content.decode()
    )
    from guatu.commands.store import _dispatch_faults

    assert [line[:12] for line in _dispatch_faults()] == ["(guatu.W002)"]


# --- a case ------------------------------------------------------------------------------------------------------


def test_why_this_unit_before_and_after(ruled: Cast, signed_in: Signed, case_at: Callable[..., Case]) -> None:  # noqa: F811
    case = case_at("filed")
    browser = signed_in(ruled.chengyun)
    page = browser.get(reverse("desk:case", args=[case.id]))
    said = text(page)
    assert (
        "建议派给<strong>绿容局</strong>" in said and "按规则派给绿容局" in said and "绿容局</option>" in said
    )
    assert f'value="{ruled.units["lrj"].pk}"selected' in said  # preselected in the form of the dispatch
    assert "按规则派给" not in text(signed_in(ruled.nanxiang).get(reverse("desk:case", args=[case.id])))
    address = reverse("desk:routing_dispatch", args=[case.id])
    assert signed_in(ruled.nanxiang).post(address).status_code == 403
    assert signed_in(ruled.jiangqiao).post(address).status_code == 404
    assert browser.post(address, {"version": case.version}).status_code == 302
    assert "派给<strong>绿容局</strong>（按规则“暴露垃圾”第1版）" in text(
        browser.get(reverse("desk:case", args=[case.id]))
    )


def test_a_hand_that_chose_otherwise_is_shown(
    ruled: Cast,
    signed_in: Signed,
    case_at: Callable[..., Case],  # noqa: F811
) -> None:
    case = acts.dispatch_case(by=ruled.chengyun, case=case_at("filed"), unit=ruled.units["cgzf"])
    said = text(signed_in(ruled.chengyun).get(reverse("desk:case", args=[case.id])))
    assert "规则建议绿容局，城运中心派给<strong>城管执法局</strong>" in said


# --- suggestions -------------------------------------------------------------------------------------------------


def test_the_fragment_and_the_page(learned: Cast, signed_in: Signed, count_queries: Any) -> None:  # noqa: F811
    browser = signed_in(learned.nanxiang)
    address = reverse("desk:suggest")
    browser.get(address, {"title": "路边垃圾成堆"})
    fresh()
    with count_queries("suggestion fragment"):
        part = browser.get(
            address, {"title": "路边垃圾成堆", "area": NANXIANG}, headers={"HX-Request": "true"}
        )
    assert "<html" not in part.content.decode() and "暴露垃圾" in text(part) and "把握" in text(part)
    assert "学自90件已结案件" in text(part)
    assert "<html" in browser.get(address, {"title": "路边垃圾成堆"}).content.decode()
    taken = browser.get(
        address, {"title": "路边垃圾成堆", "accept": "||0101"}, headers={"HX-Request": "true"}
    )
    assert 'hx-swap-oob="true"' in taken.content.decode() and 'value="0101"selected' in text(taken)
    assert signed_in(learned.hecha).get(address).status_code == 403
    assert reverse("desk:suggest") in browser.get(reverse("desk:case_new")).content.decode()


def test_accepting_on_the_page(learned: Cast, signed_in: Signed, case_at: Callable[..., Case]) -> None:  # noqa: F811
    case = case_at("filed", title="垃圾成堆无人清运", class_code="0402")
    browser = signed_in(learned.chengyun)
    assert "采用这个类别" in text(browser.get(reverse("desk:case", args=[case.id])))
    assert "采用这个类别" not in text(signed_in(learned.nanxiang).get(reverse("desk:case", args=[case.id])))
    address = reverse("desk:suggest_accept", args=[case.id])
    given = {"what": "class", "key": "||0101", "version": case.version}
    assert signed_in(learned.jiangqiao).post(address, given).status_code == 404
    assert signed_in(learned.nanxiang).post(address, given).status_code == 403
    assert browser.post(address, {**given, "what": "moon"}).status_code == 404
    assert browser.post(address, given).status_code == 302
    assert Case.objects.get(pk=case.pk).class_code == "0101"


def test_learning_by_the_button(closed: Cast, signed_in: Signed) -> None:  # noqa: F811
    assert signed_in(closed.nanxiang).post(reverse("desk:suggest_learn")).status_code == 403
    assert signed_in(closed.chengyun).post(reverse("desk:suggest_learn")).status_code == 302
    assert Suggester.objects.count() == 2
    assert "从90件已结案件学到" in text(signed_in(closed.chengyun).get(reverse("desk:routing")))


def test_a_touched_file_is_told(learned: Cast, home: Path, signed_in: Signed) -> None:  # noqa: F811
    for path in (home / "learned").glob("*.npz"):
        path.write_bytes(b"x")
    fetch.cache_clear()
    browser = signed_in(learned.chengyun)
    assert "不符" in text(browser.get(reverse("desk:routing")))
    assert "不符" in text(browser.get(reverse("desk:suggest"), {"title": "垃圾成堆"}))


# --- machines ----------------------------------------------------------------------------------------------------


@pytest.fixture
def api(ruled: Cast, signed_in: Signed) -> Iterator[Client]:
    yield signed_in(ruled.chengyun)


def test_the_api(api: Client, ruled: Cast, signed_in: Signed, case_at: Callable[..., Case]) -> None:  # noqa: F811
    case = acts.dispatch_by_rule(by=ruled.chengyun, case=case_at("filed"))
    found = api.get("/api/expo/cases/routing").json()
    assert [(each["code"], each["unit"], each["flaws"]) for each in found] == [
        ("litter", "lrj", []),
        ("rest", "", []),
    ]
    assert signed_in(ruled.nanxiang).get("/api/expo/cases/routing").status_code == 403
    why = api.get(f"/api/cases/{case.id}/routing").json()
    assert (why["unit"], why["frozen"], why["chosen"], why["lines"][0]["result"]) == (
        "lrj",
        True,
        "lrj",
        "held",
    )
    changed = [{**found[0], "unit": "cgzf"}, {"code": "bad", "name": "坏", "unit": "no"}]
    tried = api.post(
        "/api/expo/cases/routing/try", json.dumps({"rules": changed}), content_type="application/json"
    ).json()
    assert tried["moved"] == 1 and tried["ways"][0]["cases"] == [str(case.id)]
    assert tried["flaws"] == {"bad": [{"code": "unknown_unit", "what": "no"}]}
    put = lambda body: api.put("/api/expo/cases/routing", json.dumps(body), content_type="application/json")  # noqa: E731
    assert put(changed).json()["code"] == "routing.bad_rule"
    assert put(changed[:1]).json() == {"litter": "changed"}
    assert api.get("/api/expo/cases/suggest?title=垃圾成堆").json() == []
