"""Dispatch rules: what holds and what does not, why, what is broken and says so, trials, and what is kept with a case."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guatu.campaigns.models import Phase
from guatu.cases import acts
from guatu.cases.models import Case, CaseStandard, RoutingRule
from guatu.cases.models.routing_words import BY_WORDS, FLAW_WORDS, PART_WORDS, RESULT_WORDS
from guatu.cases.reads import routing as routes
from guatu.cases.rules.conditions import KEYS, Matter, Target, World, read_conditions
from guatu.cases.rules.routing import Past, Rule, decide, decision_of, first, read_rule, try_rules
from guatu.kernel import clock
from guatu.kernel.access import EVERYTHING
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.places.models import Zone
from tests.cast import GUYIYUAN, JIANGQIAO, NANXIANG, Cast

NOON = dt.datetime(2021, 9, 16, 11, 0, tzinfo=clock.ZONE)  # a Thursday
WORLD = World(
    units={
        code: Target(code, code.upper(), code != "gone") for code in ("lrj", "cgzf", "nxz", "jqz", "gone")
    },
    classes=frozenset({("gb", "matter", "0101"), ("gb", "matter", "0402"), ("gb", "component", "0101")}),
    majors=frozenset({"01", "04"}),
    zones={"core": (GUYIYUAN,), "empty": ()},
    sources=("patrol", "hotline"),
    streets={NANXIANG: ("nxz",), JIANGQIAO: ("jqz", "cgzf")},
    class_units={("gb", "matter", "0402"): ("cgzf",), ("gb", "matter", "0101"): ("lrj", "cgzf")},
    knows_area=lambda code: code.startswith("310114"),
)
LITTER = Matter(
    at=NOON, class_scheme="gb", class_kind="matter", class_code="0101", class_major="01", area=GUYIYUAN,
    title="沪宜公路暴露垃圾", description="成堆 ＡＢＣ", address="沪宜公路1号", source="patrol",
    place=("id-1", "NX-001"), place_kind="street_block", place_category="A", place_industry="餐饮", working=True,
)  # fmt: skip


def holds(condition: Any, matter: Matter = LITTER) -> bool:
    tests, flaws = read_conditions([condition], WORLD)
    assert not flaws, flaws
    return all(test.holds(matter) for test in tests)


def flaws_of(*conditions: Any, **rule: Any) -> list[str]:
    given = {"code": "r", "name": "r", "unit": "lrj", **rule, "conditions": list(conditions)}
    return [flaw.code for flaw in read_rule(given, WORLD).flaws]


# --- conditions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"kind": "class", "in": ["0101"]}, True),
        ({"kind": "class", "in": ["0402", "component:0101"]}, False),
        ({"kind": "class", "in": ["matter:0101"]}, True),
        ({"kind": "class", "in": ["gb|matter|0101"]}, True),
        ({"kind": "class", "in": "01*"}, True),
        ({"kind": "class", "in": ["major:04"]}, False),
        ({"kind": "class", "in": ["major:01"]}, True),
        ({"kind": "class", "in": ["0402"], "not": True}, True),
        ({"kind": "area", "in": [NANXIANG]}, True),
        ({"kind": "area", "in": [JIANGQIAO]}, False),
        ({"kind": "area", "in": ["zone:core"]}, True),
        ({"kind": "area", "in": ["zone:core"], "not": True}, False),
        ({"kind": "source", "in": ["hotline"]}, False),
        ({"kind": "keyword", "any": ["垃圾", "油烟"]}, True),
        ({"kind": "keyword", "all": ["垃圾", "油烟"]}, False),
        ({"kind": "keyword", "none": ["油烟"]}, True),
        ({"kind": "keyword", "any": ["abc"]}, True),  # full width and case are the same
        ({"kind": "keyword", "pattern": "沪宜公路.*号"}, True),
        ({"kind": "keyword", "any": ["1号"]}, True),  # of the address
        ({"kind": "time", "weekdays": [4]}, True),
        ({"kind": "time", "weekdays": ["6", 7]}, False),
        ({"kind": "time", "from": "08:00", "to": "12:00"}, True),
        ({"kind": "time", "from": "22:00", "to": "06:00"}, False),
        ({"kind": "time", "to": "11:00"}, False),
        ({"kind": "time", "since": "2021-09-16", "until": "2021-09-16"}, True),
        ({"kind": "time", "since": "2021-09-17"}, False),
        ({"kind": "time", "working": False}, False),
        ({"kind": "time", "guarantee": False}, True),
        ({"kind": "place", "kinds": ["street_block"]}, True),
        ({"kind": "place", "ids": ["NX-001"]}, True),
        ({"kind": "place", "categories": ["B"]}, False),
        ({"kind": "place", "industries": ["餐饮"], "kinds": ["mall"]}, False),
    ],
)  # fmt: skip
def test_a_condition_holds_or_not(condition: dict[str, Any], expected: bool) -> None:
    assert holds(condition) is expected


def test_the_night_goes_over_midnight() -> None:
    night = {"kind": "time", "from": "22:00", "to": "06:00"}
    at = lambda hour, minute=0: Matter(at=NOON.replace(hour=hour, minute=minute))  # noqa: E731
    assert [holds(night, at(hour)) for hour in (22, 23, 0, 5)] == [True] * 4
    assert [holds(night, at(6)), holds(night, at(21, 59))] == [False, False]


@pytest.mark.parametrize(
    ("condition", "flaw"),
    [
        ({"kind": "class", "in": ["9999"]}, "unknown_class"),
        ({"kind": "class", "in": ["a|b|c|d"]}, "unknown_class"),
        ({"kind": "class", "in": ["major:77"]}, "unknown_class"),
        ({"kind": "area", "in": ["999999"]}, "unknown_area"),
        ({"kind": "area", "in": ["zone:none"]}, "zone_gone"),
        ({"kind": "area", "in": ["zone:empty"]}, "zone_empty"),
        ({"kind": "source", "in": ["pigeon"]}, "unknown_source"),
        ({"kind": "time", "weekdays": [8]}, "bad_weekday"),
        ({"kind": "time", "from": "25:00"}, "bad_time"),
        ({"kind": "time", "from": "08:00", "to": "08:00"}, "bad_time"),
        ({"kind": "time", "since": "soon"}, "bad_date"),
        ({"kind": "time", "since": "2021-09-17", "until": "2021-09-16"}, "bad_date"),
        ({"kind": "time", "working": "yes"}, "not_yes_or_no"),
        ({"kind": "keyword", "pattern": "(垃圾"}, "bad_pattern"),
        ({"kind": "keyword", "pattern": "(a+)+b"}, "slow_pattern"),
        ({"kind": "keyword", "pattern": "a.*b.*c"}, "slow_pattern"),
        ({"kind": "keyword", "pattern": r"(a)\1"}, "slow_pattern"),
        ({"kind": "keyword", "pattern": "x" * 201}, "slow_pattern"),
        ({"kind": "keyword", "any": {"a": 1}}, "not_texts"),
        ({"kind": "keyword"}, "empty_condition"),
        ({"kind": "moon"}, "unknown_kind"),
        ({"kind": "class", "in": ["0101"], "colour": "red"}, "unknown_key"),
        ("0101", "not_a_condition"),
    ],
)
def test_what_cannot_be_applied_is_a_flaw(condition: Any, flaw: str) -> None:
    assert flaw in flaws_of(condition)
    assert flaw in FLAW_WORDS


@pytest.mark.parametrize(
    ("rule", "flaw"),
    [
        ({"unit": "gone"}, "unit_closed"),
        ({"unit": "nowhere"}, "unknown_unit"),
        ({"unit": ""}, "no_unit"),
        ({"to": "moon"}, "bad_to"),
    ],
)
def test_a_rule_without_a_living_unit_is_broken(rule: dict[str, Any], flaw: str) -> None:
    assert flaws_of(**rule) == [flaw]


def test_conditions_that_are_no_list() -> None:
    assert [flaw.code for flaw in read_rule({"code": "x", "unit": "lrj", "conditions": 5}, WORLD).flaws] == [
        "not_a_list"
    ]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
_odd = st.fixed_dictionaries(
    {"kind": st.sampled_from([*KEYS, "moon"])},
    optional={key: _json for keys in KEYS.values() for key in keys},
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_odd | _json, max_size=3))
def test_rules_of_odd_shapes_never_raise(conditions: list[Any]) -> None:
    """Either it can be asked, or it is broken and says so in words."""
    rule = read_rule({"code": "odd", "name": "odd", "unit": "lrj", "conditions": conditions}, WORLD)
    assert all(flaw.code in FLAW_WORDS for flaw in rule.flaws)
    decision = decide([rule], LITTER, WORLD)
    assert decision.lines[0].result in RESULT_WORDS and decision.by in BY_WORDS
    assert all(part in PART_WORDS for part, _wanted, _actual in decision.lines[0].checks)
    assert decision_of(decision.as_data()) == decision


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab()*+?.|{}12,[]\\", max_size=14))
def test_no_pattern_takes_long(pattern: str) -> None:
    tests, _flaws = read_conditions([{"kind": "keyword", "pattern": pattern}], WORLD)
    matter = Matter(at=NOON, title="a" * 119, description="ab" * 1500)
    begun = time.perf_counter()
    for test in tests:
        test.holds(matter)
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    "pattern",
    [
        "(a|aa)+$",
        "(a|ab|b)*c",
        "(a?){24}b",
        "(a{0,9}){9}b",
        "a?" * 60 + "c",
        "(a|)(a|)" * 12 + "c",
    ],
)
def test_a_pattern_that_reads_the_same_letters_in_many_ways_is_broken(pattern: str) -> None:
    assert flaws_of({"kind": "keyword", "pattern": pattern}) == ["slow_pattern"]


@pytest.mark.parametrize(
    "pattern",
    [
        "垃圾|渣土",
        "(垃圾|渣土|杂物).*(堆放|乱倒)",
        r"沪宜公路\s*\d{1,5}号?",
        "(路灯|灯杆).{0,20}(不亮|坏)",
        "(垃圾|渣土)+",
    ],
)
def test_what_offices_write_is_no_slow_pattern(pattern: str) -> None:
    assert flaws_of({"kind": "keyword", "pattern": pattern}) == []


# --- decisions ---------------------------------------------------------------------------------------------------


def rule(code: str, *conditions: dict[str, Any], unit: str = "lrj", **more: Any) -> Rule:
    return read_rule(
        {"code": code, "name": code, "unit": unit, "conditions": list(conditions), **more}, WORLD
    )


def test_the_first_that_holds_wins_and_every_line_says_why() -> None:
    rules = [
        rule("elsewhere", {"kind": "area", "in": [JIANGQIAO]}),
        rule("off", active=False),
        rule("broken", {"kind": "area", "in": ["zone:none"]}),
        rule("litter", {"kind": "class", "in": ["0101"]}, {"kind": "keyword", "any": ["垃圾"]}, unit="cgzf"),
        rule("rest"),
    ]
    found = decide(rules, LITTER, WORLD)
    assert (found.unit, found.by, found.rule, found.left) == ("cgzf", "rule", "litter", 1)
    assert [line.result for line in found.lines] == ["failed", "off", "broken", "held"]
    assert found.lines[0].checks == (("area", JIANGQIAO, GUYIYUAN),)
    assert found.lines[2].flaws[0].code == "zone_gone"
    assert ("any", "垃圾", "垃圾") in found.lines[3].checks
    assert first(rules, LITTER, WORLD)[0] is rules[3]


def test_to_the_street_when_it_has_one_unit() -> None:
    street = rule("street", unit="", to="area")
    assert decide([street], LITTER, WORLD).unit == "nxz"
    there = decide([street], Matter(at=NOON, area=JIANGQIAO), WORLD)
    assert there.lines[0].result == "no_target" and there.by == "nobody"


@pytest.mark.parametrize(
    ("matter", "unit", "by"),
    [
        (Matter(at=NOON, standard_unit="lrj", area=NANXIANG), "lrj", "standard"),
        (Matter(at=NOON, standard_unit="gone", area=NANXIANG), "nxz", "street"),
        (Matter(at=NOON, class_scheme="gb", class_kind="matter", class_code="0402"), "cgzf", "class"),
        (
            Matter(at=NOON, class_scheme="gb", class_kind="matter", class_code="0101", area=NANXIANG),
            "nxz",
            "street",
        ),
        (Matter(at=NOON, area=JIANGQIAO), "", "nobody"),
        (Matter(at=NOON), "", "nobody"),
    ],
)
def test_when_no_rule_holds(matter: Matter, unit: str, by: str) -> None:
    found = decide([], matter, WORLD)
    assert (found.unit, found.by) == (unit, by)
    assert found.why[-1][0] == (by if by != "nobody" else "street")


def test_a_trial_counts_what_moves_and_who_agrees() -> None:
    before = [rule("all", unit="lrj")]
    after = [rule("night", {"kind": "time", "from": "20:00", "to": "23:00"}, unit="cgzf"), *before]
    past = [
        Past(Matter(at=NOON.replace(hour=hour), key=hour), "cgzf" if hour > 20 else "lrj")
        for hour in range(8, 24)
    ]
    past.append(Past(Matter(at=NOON, key="new"), ""))
    found = try_rules(before, after, past, WORLD, most=2)
    assert (found.tried, found.moved, found.judged) == (17, 3, 16)
    assert [(way.before, way.after, way.count, way.keys) for way in found.ways] == [
        ("lrj", "cgzf", 3, (20, 21))
    ]
    assert (found.agree_before, found.agree_after) == (13, 14)  # at 20 and at 23 people did otherwise
    assert found.won == {"all": 14, "night": 3}
    assert (found.unheld_before, found.unheld_after) == (0, 0)


# --- acts --------------------------------------------------------------------------------------------------------

RULES = [
    {"code": "litter", "name": "暴露垃圾", "unit": "lrj", "conditions": [{"kind": "class", "in": ["0101"]}]},
    {"code": "rest", "name": "其余给街镇", "to": "area", "conditions": []},
]


@pytest.fixture
def ruled(classes: Cast) -> Cast:
    acts.set_rules(by=SYSTEM, campaign=classes.campaign, rules=RULES)
    return classes


def refused(code: str, run: Callable[[], Any]) -> Problem:
    with pytest.raises(Problem) as caught:
        run()
    assert caught.value.code == code
    return caught.value


def test_a_packs_rules_are_set_once(classes: Cast) -> None:
    set_them = lambda rules: acts.set_rules(by=SYSTEM, campaign=classes.campaign, rules=rules)  # noqa: E731
    assert set_them(RULES) == {"litter": "added", "rest": "added"}
    assert set_them(RULES) == {"litter": "same", "rest": "same"}
    assert set_them([{**RULES[0], "unit": "cgzf"}, RULES[1]]) == {"litter": "changed", "rest": "same"}
    last = Act.objects.filter(verb="routing_rule.changed").get()
    assert (last.details["old"], last.details["new"]) == ({"unit": "lrj"}, {"unit": "cgzf"})
    assert RoutingRule.objects.get(code="litter").version == 2


def test_a_packs_broken_rule_enters_nothing(classes: Cast) -> None:
    bad = {"code": "bad", "name": "坏", "unit": "nowhere", "conditions": []}
    why = refused(
        "routing.bad_rule", lambda: acts.set_rules(by=SYSTEM, campaign=classes.campaign, rules=[*RULES, bad])
    )
    assert "nowhere" in why.sentence("zh")
    assert not RoutingRule.objects.exists()


def test_only_who_may_route(ruled: Cast) -> None:
    row = RoutingRule.objects.get(code="litter")
    for run in (
        lambda: acts.set_rules(by=ruled.nanxiang, campaign=ruled.campaign, rules=RULES),
        lambda: acts.save_rule(by=ruled.nanxiang, campaign=ruled.campaign, given=RULES[0]),
        lambda: acts.move_rule(by=ruled.jinbo, rule=row, position=1),
        lambda: acts.switch_rule(by=ruled.hecha, rule=row, active=False),
        lambda: acts.learn_suggestions(by=ruled.nanxiang, campaign=ruled.campaign, what="class"),
    ):
        refused("access.denied", run)


def test_a_rule_is_saved_moved_and_switched(ruled: Cast) -> None:
    by, campaign = ruled.chengyun, ruled.campaign
    row = acts.save_rule(
        by=by, campaign=campaign, given={"name": "夜间", "unit": "cgzf", "conditions": []}, position=0
    )
    assert [each.code for each in routes.rule_rows(campaign)] == [row.code, "litter", "rest"]
    acts.move_rule(by=by, rule=row, position=99)
    assert [each.code for each in routes.rule_rows(campaign)][-1] == row.code
    row = acts.save_rule(
        by=by, campaign=campaign, given={"name": "夜班", "unit": "cgzf"}, rule=row, version=1
    )
    assert (row.name, row.version) == ("夜班", 2)
    refused(
        "kernel.stale", lambda: acts.save_rule(by=by, campaign=campaign, given=RULES[0], rule=row, version=1)
    )
    refused(
        "routing.unnamed",
        lambda: acts.save_rule(by=by, campaign=campaign, given={"name": " ", "unit": "lrj"}),
    )
    refused("routing.code_taken", lambda: acts.save_rule(by=by, campaign=campaign, given=RULES[0]))
    refused(
        "routing.bad_rule",
        lambda: acts.save_rule(by=by, campaign=campaign, given={"name": "x", "unit": "no"}),
    )
    acts.switch_rule(by=by, rule=row, active=False)
    assert not RoutingRule.objects.get(pk=row.pk).active
    acts.switch_rule(by=by, rule=row, active=True)
    verbs = list(
        Act.objects.filter(subject_id=str(row.id)).order_by("position").values_list("verb", flat=True)
    )
    assert verbs == [
        "routing_rule.added", "routing_rule.moved", "routing_rule.moved", "routing_rule.changed",
        "routing_rule.switched_off", "routing_rule.switched_on",
    ]  # fmt: skip


def test_a_rule_that_broke_is_told_skipped_and_not_switched_on(
    ruled: Cast, case_at: Callable[..., Case]
) -> None:
    zone = Zone.objects.create(code="core", name="核心区", areas=[NANXIANG])
    given = {"name": "核心区", "unit": "cgzf", "conditions": [{"kind": "area", "in": ["zone:core"]}]}
    row = acts.save_rule(by=ruled.chengyun, campaign=ruled.campaign, given=given, position=0)
    case = case_at("filed")
    assert routes.ruling(ruled.campaign).decision(case).unit == "cgzf"
    zone.delete()
    found = routes.ruling(ruled.campaign).decision(case)
    assert found.unit == "lrj" and found.lines[0].result == "broken"
    assert [(each.code, rule.flaws[0].code) for each, rule in routes.broken_rules()] == [
        (row.code, "zone_gone")
    ]
    acts.switch_rule(by=ruled.chengyun, rule=row, active=False)
    assert routes.broken_rules() == []
    refused("routing.bad_rule", lambda: acts.switch_rule(by=ruled.chengyun, rule=row, active=True))


def test_dispatch_by_rule_keeps_why(ruled: Cast, case_at: Callable[..., Case]) -> None:
    case = acts.dispatch_by_rule(by=ruled.chengyun, case=case_at("filed"))
    assert case.unit == ruled.units["lrj"]
    kept = Case.objects.get(pk=case.pk)
    assert (kept.routed["rule"], kept.routed["chosen"], kept.version) == ("litter", "lrj", case.version)
    decision = routes.kept_decision(kept)
    assert decision is not None and decision.lines[0].checks[0][0] == "class"
    acts.set_rules(by=SYSTEM, campaign=ruled.campaign, rules=[{**RULES[0], "unit": "cgzf"}])
    again = routes.kept_decision(Case.objects.get(pk=case.pk))
    assert again == decision  # frozen: a changed rule does not rewrite why


def test_a_hand_that_chooses_otherwise_is_named(ruled: Cast, case_at: Callable[..., Case]) -> None:
    case = acts.dispatch_case(by=ruled.chengyun, case=case_at("filed"), unit=ruled.units["cgzf"])
    kept = Case.objects.get(pk=case.pk).routed
    assert (kept["unit"], kept["chosen"], kept["chosen_by"]) == ("lrj", "cgzf", "城运中心")


def test_nobody_follows(classes: Cast, case_at: Callable[..., Case]) -> None:
    case = case_at("filed")
    case.campaign.refresh_from_db()
    Case.objects.filter(pk=case.pk).update(area="310114")
    refused("routing.nobody", lambda: acts.dispatch_by_rule(by=classes.chengyun, case=case))


def test_the_standards_unit_before_the_street(classes: Cast, case_at: Callable[..., Case]) -> None:
    case = case_at("filed")
    assert case.case_class is not None
    CaseStandard.objects.create(
        home=case.home,
        campaign=case.campaign,
        case_class=case.case_class,
        condition="成堆",
        unit=classes.units["lrj"],
    )
    found = routes.ruling(classes.campaign).decision(Case.objects.get(pk=case.pk))
    assert (found.unit, found.by) == ("lrj", "class")


def test_working_time_and_guarantee_are_those_of_the_moment(ruled: Cast) -> None:
    Phase.objects.create(
        home=ruled.campaign.home, campaign=ruled.campaign, code="g", name="保障期", guarantee=True,
        starts_on=dt.date(2021, 11, 1), ends_on=dt.date(2021, 11, 10),
    )  # fmt: skip
    now = routes.ruling(ruled.campaign)
    at = lambda *when: dt.datetime(*when, tzinfo=clock.ZONE)  # noqa: E731
    assert now.working(at(2021, 9, 16, 9)) and not now.working(at(2021, 9, 16, 13))
    assert now.working(at(2021, 9, 18, 9))  # a Saturday that was worked (调休)
    assert not now.working(at(2021, 9, 20, 9))  # a holiday
    assert now.guaranteed(dt.date(2021, 11, 10)) and not now.guaranteed(dt.date(2021, 11, 11))


def test_a_trial_on_what_was(ruled: Cast, case_at: Callable[..., Case]) -> None:
    acts.dispatch_by_rule(by=ruled.chengyun, case=case_at("filed"))
    acts.dispatch_case(by=ruled.chengyun, case=case_at("filed", title="又一处"), unit=ruled.units["cgzf"])
    case_at("reported", class_code="0402", title="占道")
    now = routes.ruling(ruled.campaign)
    after = routes.with_change(
        now, {"code": "litter", "name": "x", "unit": "cgzf", "conditions": RULES[0]["conditions"]}
    )
    found = routes.trial(ruled.chengyun.scope, now, after, 30)
    assert (found.tried, found.moved, found.judged, found.agree_before, found.agree_after) == (3, 2, 2, 1, 1)
    assert routes.trial(ruled.jiangqiao.scope, now, after, 30).tried == 0  # only what one may see
    with clock.at(clock.now() + dt.timedelta(days=40)):
        assert routes.trial(EVERYTHING, now, after, 30).tried == 0
