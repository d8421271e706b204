"""Which cases may be one matter, and merging: rules, acts with every refusal, and what no order of them may break."""

import datetime as dt
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guatu.cases import acts
from guatu.cases.models import Case, Merge, Stage
from guatu.cases.reads import duplicates as reads
from guatu.cases.reads import joint
from guatu.cases.rules.duplicates import (
    Evidence,
    Matter,
    Settings,
    alike,
    below,
    bigrams,
    box,
    evidence,
    ranked,
    read_settings,
    score,
)
from guatu.kernel import clock, ids
from guatu.kernel.acts import SYSTEM, story
from guatu.kernel.problems import Problem
from guatu.places.rules import metres
from tests.cases.conftest import approved, photo
from tests.cases.test_parallel import in_threads, store_of_many_hands
from tests.cast import NANXIANG, Cast

Make = Callable[..., Case]
AT = dt.datetime(2021, 9, 16, 9, tzinfo=clock.ZONE)
HERE = {"lon": 121.3200, "lat": 31.2900}
NEAR = {"lon": 121.3203, "lat": 31.2901}  # some thirty metres off


def refusal(code: str, act: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as refused:
        act()
    assert refused.value.code == code
    assert "?" not in refused.value.words("zh-hans") + refused.value.words("en")
    return refused.value


def fresh(case: Case) -> Case:
    return Case.objects.select_related("unit").get(pk=case.pk)


# --- rules -------------------------------------------------------------------------------------------------------


def kinds(one: Matter, other: Matter, measure: Settings | None = None) -> dict[str, tuple[int, int]]:
    return {each.kind: (each.points, each.number) for each in evidence(one, other, measure or Settings())}


def test_texts_are_compared_by_pairs_of_characters() -> None:
    assert bigrams("暴露 垃圾！") == {"暴露", "露垃", "垃圾"}
    assert bigrams("坑") == {"坑"}
    assert bigrams(" ，") == frozenset()
    assert alike("暴露垃圾", "暴露垃圾") == 1
    assert alike("ＡＢＣ", "abc") == 1
    assert alike("暴露垃圾", "暴露垃圾堆") == pytest.approx(3 / 4)
    assert alike("暴露垃圾", "占道经营") == 0
    assert alike("", "") == 0


def test_each_reason_is_shown_with_its_measure() -> None:
    place = ids.new()
    one = Matter("0101", 121.32, 31.29, NANXIANG, "沪宜公路1号", place, AT, "暴露垃圾", frozenset("p"))
    same = kinds(one, one)
    assert same == {
        "class": (25, 0), "near": (35, 0), "place": (0, 0), "address": (0, 0), "time": (15, 0),
        "text": (30, 100), "phone": (15, 0),
    }  # fmt: skip
    assert score(evidence(one, one, Settings())) == 100


@pytest.mark.parametrize(
    ("code", "kind"), [("0101", "class"), ("0107", "major"), ("0402", "other_class"), ("", None)]
)
def test_a_class_speaks_for_or_against(code: str, kind: str | None) -> None:
    assert list(kinds(Matter(class_code="0101"), Matter(class_code=code))) == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("hours", "points"), [(2, 15), (24, 15), (25, 10), (72, 10), (73, 5), (336, 5), (337, None)]
)
def test_what_is_long_ago_speaks_less(hours: int, points: int | None) -> None:
    found = kinds(Matter(at=AT), Matter(at=AT - dt.timedelta(hours=hours)))
    assert found == ({"time": (points, hours * 60)} if points is not None else {})


def test_what_is_far_speaks_less_and_beyond_the_reach_nothing() -> None:
    def at(lon: float) -> dict[str, tuple[int, int]]:
        return kinds(Matter(lon=121.32, lat=31.29), Matter(lon=lon, lat=31.29))

    assert at(121.32)["near"][0] == 35
    assert 10 <= at(121.3220)["near"][0] < 20
    assert "near" not in at(121.3230)
    assert "near" not in kinds(Matter(lon=121.32, lat=31.29), Matter())


@given(
    lon=st.floats(73.6, 135), lat=st.floats(18, 53.5), reach=st.integers(1, 5000),
    east=st.floats(-1, 1), north=st.floats(-1, 1),
)  # fmt: skip
def test_the_box_holds_every_point_within_reach(
    lon: float, lat: float, reach: int, east: float, north: float
) -> None:
    west, south, right, top = box(lon, lat, reach)
    point = (lon + east * 0.08, lat + north * 0.05)
    if metres((lon, lat), point) <= reach * 0.99:
        assert west <= point[0] <= right
        assert south <= point[1] <= top


def test_the_likeliest_comes_first_and_the_unlikely_not_at_all() -> None:
    lines = [("a", [Evidence("time", 5)]), ("b", [Evidence("class", 45)]), ("c", [Evidence("near", 70)])]
    assert [line[0] for line in ranked(lines, Settings())] == ["c", "b"]
    assert score([Evidence("other_class", -15)]) == 0


def test_a_campaign_sets_its_own_measure() -> None:
    assert read_settings({}) == Settings()
    given = read_settings({"cases": {"duplicates": {"days": 7, "metres": 50, "possible": 30, "likely": 60}}})
    assert given == Settings(7, 50, 30, 60)
    for wrong in ({"days": 0}, {"metres": 9000}, {"possible": 80, "likely": 60}, {"hours": 1}):
        with pytest.raises(ValueError, match="duplicates"):
            read_settings({"cases": {"duplicates": wrong}})


def test_what_came_in_with_a_case_is_its_tree() -> None:
    a, b, c, d = (ids.new() for _ in range(4))
    edges = {b: a, c: b, d: a}
    assert below(a, edges) == {b, c, d}
    assert below(b, edges) == {c}
    assert below(d, edges) == set()
    assert below(a, {a: b, b: a}) == {b}  # a broken store does not run for ever


# --- suggestions -------------------------------------------------------------------------------------------------


def matter(**more: object) -> Matter:
    said = {"class_code": "0101", "area": NANXIANG, "at": clock.now(), "text": "沪宜公路旁有暴露垃圾", **HERE}
    return Matter(**{**said, **more})  # type: ignore[arg-type]


def test_what_lies_near_is_suggested_with_its_reasons(classes: Cast, case_at: Make) -> None:
    case = case_at(**NEAR)
    case_at(title="江边堆土", class_code="0301", lon=121.40, lat=31.35)
    found = reads.suggestions(classes.nanxiang.scope, classes.campaign, matter())
    assert [line.case for line in found] == [case]
    assert found[0].likely
    told = {each.kind: each.number for each in found[0].reasons}
    assert 25 < told["near"] < 40
    assert (told["time"], told["class"]) == (0, 0)
    assert reads.of_case(classes.nanxiang.scope, case) == []


def test_the_window_reaches_back_for_settled_ones_only(classes: Cast, case_at: Make) -> None:
    open_one, closed = case_at("filed", **NEAR), case_at("closed", **NEAR)
    later = clock.now() + dt.timedelta(days=20)

    def found() -> set[Case]:
        return {
            line.case
            for line in reads.suggestions(classes.nanxiang.scope, classes.campaign, matter(at=clock.now()))
        }

    assert found() == {open_one, closed}
    with clock.at(later):
        assert found() == {open_one}


def test_void_and_merged_ones_are_not_suggested(classes: Cast, case_at: Make) -> None:
    first, second, third = case_at(**NEAR), case_at(**NEAR), case_at(**NEAR)
    acts.merge_case(by=classes.chengyun, case=second, into=first, reason="同一处")
    approved("void", third, classes.chengyun, "误报", SYSTEM)
    found = reads.suggestions(classes.nanxiang.scope, classes.campaign, matter())
    assert [line.case for line in found] == [first]


def test_without_a_point_the_street_and_the_address_are_asked(classes: Cast, case_at: Make) -> None:
    case = case_at(address="沪宜公路1号")
    bare = matter(lon=None, lat=None, address="沪宜公路 1号")
    found = reads.suggestions(classes.nanxiang.scope, classes.campaign, bare)
    assert [line.case for line in found] == [case]
    assert {"address", "class"} <= {each.kind for each in found[0].reasons}
    assert reads.suggestions(classes.nanxiang.scope, classes.campaign, Matter(text="暴露垃圾")) == []


def test_the_same_caller_is_evidence(classes: Cast, case_at: Make) -> None:
    given = acts.ReporterDraft(name="王", phone="13800000001", via="desk")
    draft = acts.Draft(title="路面坑洞", area=NANXIANG, class_code="0101")
    case = acts.report_case(by=classes.xuncha, campaign=classes.campaign, draft=draft, reporter=given)
    asked = Matter(
        class_code="0101",
        at=clock.now(),
        text="路面坑洞没有补",
        phones=frozenset([reads.blind_phone("13800000001")]),
    )
    found = reads.suggestions(classes.nanxiang.scope, classes.campaign, asked)
    assert [line.case for line in found] == [case]
    assert "phone" in {each.kind for each in found[0].reasons}
    assert reads.blind_phone(" ") == ""


def test_nothing_of_another_street_is_suggested(classes: Cast, case_at: Make) -> None:
    case_at(**NEAR)
    assert reads.suggestions(classes.jiangqiao.scope, classes.campaign, matter()) == []


def test_it_asks_four_times_however_many_there_are(classes: Cast, case_at: Make) -> None:
    phones = frozenset([reads.blind_phone("13800000001")])
    assert classes.nanxiang.scope  # worked out once per request
    for count in (1, 60):
        for _ in range(count):
            case_at(**NEAR)
        with CaptureQueriesContext(connection) as asked:
            found = reads.suggestions(classes.nanxiang.scope, classes.campaign, matter(phones=phones))
        assert len(asked) <= 4
        assert 1 <= len(found) <= 8


def test_the_store_finds_them_by_an_index(classes: Cast, case_at: Make) -> None:
    case_at(**NEAR)
    rows = Case.objects.filter(
        campaign=classes.campaign, lat__gte=31.28, lat__lte=31.3, lon__gte=121, lon__lte=122
    )
    if connection.vendor == "sqlite":
        assert "case_where" in rows.explain()
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "Index" in rows.explain() or "Bitmap" in rows.explain()


# --- merging -----------------------------------------------------------------------------------------------------


def merge(cast: Cast, case: Case, into: Case) -> Case:
    return acts.merge_case(by=cast.chengyun, case=case, into=into, reason="同一处垃圾")


def test_a_merged_case_points_to_its_master_and_its_clocks_end(classes: Cast, case_at: Make) -> None:
    master, case = case_at("accepted"), case_at("dispatched")
    done = acts.merge_case(
        by=classes.chengyun, case=case, into=master, reason="同一处垃圾", version=case.version,
        evidence=[{"kind": "near", "points": 30, "number": 32}],
    )  # fmt: skip
    assert (done.status, done.merged_into, done.due_at) == ("duplicate", master, case.due_at)
    assert not Stage.objects.filter(case=case, ended_at=None).exists()
    assert Merge.objects.get().evidence == [{"kind": "near", "points": 30, "number": 32}]
    step = case.steps.get(step="merge")
    assert (step.from_status, step.to_status, step.note) == ("dispatched", "duplicate", "同一处垃圾")
    told = {act.verb: act.details for act in story(master)}
    assert told["case.took_in"]["child"] == case.number
    assert fresh(master).version == master.version  # nobody's form on the master becomes stale
    with clock.at(clock.now() + dt.timedelta(days=60)):
        acts.mark_overdue()
    assert not fresh(case).late
    assert fresh(master).late


def test_the_master_shows_reporters_and_photos_of_all(classes: Cast, case_at: Make) -> None:
    master = case_at("filed")
    draft = acts.Draft(title="又一处垃圾", area=NANXIANG, class_code="0101")
    given = acts.ReporterDraft(name="王", phone="13800000001", via="desk")
    case = acts.report_case(
        by=classes.xuncha, campaign=classes.campaign, draft=draft, photos=[photo("前.jpg")], reporter=given
    )
    merge(classes, case, master)
    for row in (master, fresh(case)):
        found = joint.family(row)
        assert (found.master, found.children) == (master, [case])
        assert [each.case for each in found.reporters] == [case]
    assert [each.name for each in joint.family_photos([case])[case.id]] == ["前.jpg"]
    assert joint.family_photos([]) == {}


def test_unmerged_it_stands_as_before(classes: Cast, case_at: Make) -> None:
    master, case = case_at("filed"), case_at("accepted")
    merged = merge(classes, case, master)
    refusal("case.why_needed", lambda: acts.unmerge_case(by=classes.chengyun, case=merged, reason=" "))
    back = acts.unmerge_case(by=classes.chengyun, case=merged, reason="不是同一处", version=merged.version)
    assert (back.status, back.merged_into, back.due_at, back.unit) == (
        "accepted",
        None,
        case.due_at,
        case.unit,
    )
    stage = Stage.objects.get(case=case, kind="handle", ended_at=None)
    assert (stage.due_at, stage.unit) == (case.due_at, case.unit)
    edge = Merge.objects.get()
    assert (edge.ended_by, edge.ended_reason) == (classes.chengyun, "不是同一处")
    assert {"case.took_in", "case.gave_back"} <= {act.verb for act in story(master)}
    assert [step.step for step in case.steps.order_by("at", "id")][-2:] == ["merge", "unmerge"]
    done = acts.handle_case(by=classes.nanxiang, case=back, note="完", photos=[photo()])
    assert done.status == "handled"


def test_what_was_merged_comes_along_and_goes_back_along(classes: Cast, case_at: Make) -> None:
    top, middle, leaf, other = (case_at("filed") for _ in range(4))
    merge(classes, leaf, middle)
    merge(classes, middle, top)
    merge(classes, other, leaf)  # a duplicate as master means its root
    assert {row.merged_into for row in map(fresh, (leaf, middle, other))} == {top}
    assert "case.followed" in {act.verb for act in story(leaf)}
    acts.unmerge_case(by=classes.chengyun, case=fresh(middle), reason="不是")
    assert (fresh(middle).merged_into, fresh(leaf).merged_into, fresh(other).merged_into) == (
        None,
        middle,
        top,
    )
    assert fresh(leaf).status == "duplicate"


def test_many_are_merged_at_once_and_what_is_refused_is_told(classes: Cast, case_at: Make) -> None:
    master, good, handled = case_at("filed"), case_at("filed"), case_at("handled")
    outcomes = acts.merge_cases(
        by=classes.chengyun,
        cases=[(good, good.version), (handled, None), (master, None)],
        into=master,
        reason="同",
    )
    assert [each.problem.code if each.problem else "" for each in outcomes] == [
        "", "case.wrong_step", "case.merge_itself",
    ]  # fmt: skip
    assert fresh(good).status == "duplicate"


def test_merging_is_refused(classes: Cast, case_at: Make) -> None:
    one, other = case_at("filed"), case_at("filed")
    refusal("case.merge_itself", lambda: merge(classes, one, one))
    refusal("case.why_needed", lambda: acts.merge_case(by=classes.chengyun, case=one, into=other, reason=" "))
    refusal("access.denied", lambda: acts.merge_case(by=classes.nanxiang, case=one, into=other, reason="x"))
    refusal(
        "kernel.stale",
        lambda: acts.merge_case(by=classes.chengyun, case=one, into=other, reason="x", version=99),
    )
    merge(classes, one, other)
    refusal("case.merge_circle", lambda: merge(classes, other, one))
    refusal("case.wrong_step", lambda: merge(classes, one, case_at("filed")))
    refusal("case.wrong_step", lambda: acts.unmerge_case(by=classes.chengyun, case=other, reason="x"))
    refusal("access.denied", lambda: acts.unmerge_case(by=classes.nanxiang, case=fresh(one), reason="x"))
    dead = approved("void", case_at("filed"), classes.chengyun, "误报", SYSTEM)
    refusal("case.merge_dead", lambda: merge(classes, other, dead))


def test_another_campaign_is_another_matter(classes: Cast, case_at: Make) -> None:
    one, other = case_at("filed"), case_at("filed")
    campaign = type(classes.campaign).objects.get(pk=classes.campaign.pk)
    campaign.pk, campaign.code, campaign._state.adding = ids.new(), "other", True
    campaign.save()
    Case.objects.filter(pk=other.pk).update(campaign=campaign)
    refusal("case.merge_foreign", lambda: merge(classes, one, fresh(other)))


def test_into_a_settled_case_merges_only_who_may_close(classes: Cast, case_at: Make) -> None:
    from guatu.units import rules

    closed, one = case_at("closed"), case_at("filed")
    roles = dict(rules.ROLES)
    rules.ROLES["operations"] = tuple({*roles["street"], "case.merge"})
    try:
        classes.chengyun.__dict__.pop("scope", None)
        refusal("case.merge_settled", lambda: merge(classes, one, closed))
    finally:
        rules.ROLES["operations"] = roles["operations"]
        classes.chengyun.__dict__.pop("scope", None)
    assert merge(classes, one, closed).merged_into == closed


def test_unfinished_business_is_finished_first(classes: Cast, case_at: Make) -> None:
    master, case = case_at("filed"), case_at("accepted")
    part = acts.give_part(by=classes.nanxiang, case=case, unit=classes.units["lrj"], what="清运")
    acts.offer_case(by=classes.nanxiang, case=case, to_unit=classes.units["jqz"], reason="属江桥")
    acts.ask(by=classes.nanxiang, case=case, kind="return", reason="不属本镇")
    said = refusal("case.merge_busy", lambda: merge(classes, fresh(case), master))
    assert (said.details["parts"], said.details["offers"], said.details["requests"]) == (1, 1, 1)
    acts.take_back_part(by=classes.nanxiang, part=part)
    refusal("case.merge_busy", lambda: merge(classes, fresh(case), master))


# --- whatever the order ------------------------------------------------------------------------------------------

Press = tuple[str, int, int]
PRESSES = st.lists(
    st.tuples(st.sampled_from(["merge", "unmerge"]), st.integers(0, 4), st.integers(0, 4)), max_size=14
)


@pytest.mark.slow  # every example is a dozen transactions
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(presses=PRESSES)
def test_no_order_of_merges_leaves_a_chain_or_a_circle_and_all_can_be_taken_back(
    classes: Cast, case_at: Make, presses: list[Press]
) -> None:
    cases = [case_at(status) for status in ("reported", "filed", "dispatched", "accepted", "filed")]
    before = {case.id: (case.status, case.due_at, case.unit_id) for case in cases}
    for word, one, other in presses:
        try:
            if word == "merge":
                merge(classes, fresh(cases[one]), fresh(cases[other]))
            else:
                acts.unmerge_case(by=classes.chengyun, case=fresh(cases[one]), reason="x")
        except Problem:
            pass  # refused: nothing may have changed, which the next lines see
        _sound(list(before))
    while merged := Case.objects.filter(pk__in=before, status="duplicate").first():
        acts.unmerge_case(by=classes.chengyun, case=merged, reason="x")
        _sound(list(before))
    after = {row.id: (row.status, row.due_at, row.unit_id) for row in Case.objects.filter(pk__in=before)}
    assert after == before


def _sound(wanted: list[UUID]) -> None:
    rows = {row.id: row for row in Case.objects.filter(pk__in=wanted)}
    edges = dict(Merge.objects.filter(ended_at=None, case__in=wanted).values_list("case_id", "into_id"))
    for row in rows.values():
        assert (row.status == "duplicate") == (row.merged_into_id is not None) == (row.id in edges)
        if row.merged_into_id is None:
            continue
        assert rows[row.merged_into_id].merged_into_id is None  # no chain
        root, seen = row.id, set()
        while root in edges:
            assert root not in seen  # no circle
            seen.add(root)
            root = edges[root]
        assert root == row.merged_into_id  # the master is the root of the judgements


@pytest.mark.slow  # real threads on a real store
@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_crosswise_one_wins(classes: Cast, case_at: Make, tmp_path: Path) -> None:
    pairs = [(case_at("filed"), case_at("filed")) for _ in range(5)]
    assert classes.chengyun.scope
    for one, other in pairs:
        gate, won, refused, failed = threading.Barrier(2), [], [], []
        waiting = [(one, other), (other, one)]

        def press(waiting=waiting, gate=gate, won=won, refused=refused, failed=failed) -> None:  # type: ignore[no-untyped-def]
            case, into = waiting.pop()
            gate.wait(10)
            try:
                won.append(merge(classes, case, into))
            except Problem as problem:
                refused.append(problem.code)
            except BaseException as error:
                failed.append(error)

        seen: list[int] = []

        def look(one=one, other=other, seen=seen) -> None:  # type: ignore[no-untyped-def]
            seen.append(Case.objects.filter(pk__in=[one.pk, other.pk], status="duplicate").count())

        folder = tmp_path / one.number
        folder.mkdir()
        with store_of_many_hands(folder):
            in_threads(press, 2)
            in_threads(look, 1)
        assert failed == []
        assert len(won) == 1
        assert refused in (["case.merge_circle"], ["case.merge_moved"])
        assert seen == [1]
