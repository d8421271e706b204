"""The double random draw: the same record from the same seed on every machine, and a replay that names what was tampered with."""

import copy
import datetime as dt
import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from guatu.inspections.reads.pools import pools
from guatu.inspections.rules import drawing
from guatu.inspections.rules.drawing import BadDraw, DrawInspector, DrawPlace, DrawRules
from guatu.units.models import Contract, Person
from tests.cast import DEHUA, Cast
from tests.guards.tree import ROOT

SECRET, PUBLIC = "c0ffee" * 8, "3281.47"
STRATA = ("high", "low", "medium")


def pool(count: int = 60) -> list[DrawPlace]:
    return [
        DrawPlace(
            f"p{at:03}",
            f"店{at}",
            STRATA[at % 3],
            weight=1 + at % 3,
            barred={"i2": "contract"} if at % 2 else {},
        )
        for at in range(count)
    ]


def people(count: int = 8) -> list[DrawInspector]:
    return [DrawInspector(f"i{at}", f"人{at}", "执法局") for at in range(count)]


def held(**more: Any) -> dict[str, Any]:
    rules = more.pop(
        "rules", DrawRules(places=12, shares={"high": "3", "medium": "2", "low": "1"}, inspectors=5)
    )
    said = {
        "places": pool(),
        "inspectors": people(),
        "rules": rules,
        "secret": SECRET,
        "public": PUBLIC,
        **more,
    }
    return drawing.draw(**said)


def test_the_record_is_the_same_for_ever() -> None:
    """This hash may never change: records that were published must replay."""
    record = held()
    told = drawing.canonical({name: record[name] for name in ("seed", "picked", "crews", "numbers_used")})
    assert (
        hashlib.sha256(told).hexdigest() == "1cf2119bfcf4cf002cc5de3e70f90937bb4be20cbde779f3f548903582852113"
    )


def test_the_order_of_the_pool_does_not_matter() -> None:
    assert held() == held(places=pool()[::-1], inspectors=people()[::-1])


def test_shares_and_crews() -> None:
    record = held()
    assert record["quotas"] == {"high": 6, "low": 2, "medium": 4}
    assert Counter(pick["stratum"] for pick in record["picked"]) == record["quotas"]
    assert len({pick["place"] for pick in record["picked"]}) == 12
    assert [len(crew["members"]) for crew in record["crews"]] == [2, 3]
    assert len({member for crew in record["crews"] for member in crew["members"]}) == 5


def test_nobody_is_sent_where_they_are_barred() -> None:
    barred = {place.id: set(place.barred) for place in pool()}
    for public in map(str, range(40)):
        record = held(public=public, rules=DrawRules(places=20, inspectors=8))
        crews = {crew["number"]: set(crew["members"]) for crew in record["crews"]}
        assert all(
            pick["crew"] and not crews[pick["crew"]] & barred[pick["place"]] for pick in record["picked"]
        )
        loads = Counter(pick["crew"] for pick in record["picked"])
        assert sum(loads.values()) == 20


def test_where_nobody_may_go_it_is_said() -> None:
    only = [DrawPlace("p1", barred={"i0": "contract", "i1": "unit"})]
    record = held(places=only, inspectors=people(2), rules=DrawRules(places=1, inspectors=2))
    assert record["picked"] == [{"position": 1, "place": "p1", "stratum": "", "crew": 0}]


def test_every_place_has_the_same_chance_and_weight_counts() -> None:
    places = [DrawPlace(f"p{at}", weight=2 if at == 0 else 1) for at in range(5)]
    drawn = Counter(
        held(places=places, public=str(at), rules=DrawRules(places=1))["picked"][0]["place"]
        for at in range(3000)
    )
    assert abs(drawn["p0"] - 1000) < 110
    assert all(abs(drawn[f"p{at}"] - 500) < 90 for at in range(1, 5))


def test_numbers_below_are_even() -> None:
    numbers = drawing.Numbers("seed")
    counted = Counter(numbers.below(6) for _each in range(6000))
    assert set(counted) == set(range(6))
    assert all(abs(count - 1000) < 130 for count in counted.values())


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        (DrawRules(places=5), {"a": 4, "b": 1}),
        (DrawRules(places=7, shares={"a": "1", "b": "1"}), {"a": 4, "b": 3}),
        (DrawRules(places=9, shares={"a": "10", "b": "90"}), {"a": 6, "b": 3}),
        (DrawRules(places=2, shares={"b": "1"}), {"a": 0, "b": 2}),
        (DrawRules(rates={"a": "25%", "b": "1"}), {"a": 3, "b": 1}),
    ],
)
def test_quotas(rules: DrawRules, wanted: dict[str, int]) -> None:
    assert drawing.quotas({"a": 10, "b": 3}, rules) == wanted


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"rules": DrawRules()}, "count"),
        ({"rules": DrawRules(places=61)}, "few"),
        ({"rules": DrawRules(places=2, shares={"nowhere": "1"})}, "few"),
        ({"rules": DrawRules(places=2, shares={"high": "many"})}, "share"),
        ({"rules": DrawRules(rates={"high": "101"})}, "share"),
        ({"rules": DrawRules(places=2, inspectors=9)}, "crew"),
        ({"rules": DrawRules(places=2, inspectors=1, crew=2)}, "crew"),
        ({"places": [DrawPlace("p1"), DrawPlace("p1")]}, "repeated"),
        ({"places": [DrawPlace("p1", weight=0)]}, "weight"),
        ({"public": "  "}, "public"),
    ],
)
def test_what_cannot_be_drawn(change: dict[str, Any], why: str) -> None:
    with pytest.raises(BadDraw, match=f"^{why}$"):
        held(**change)


def test_the_commitment_fixes_the_secret_before_the_draw() -> None:
    rules = DrawRules(places=3)
    fixed = drawing.committed(places=pool(), inspectors=[], rules=rules, secret=SECRET)
    assert "secret" not in fixed
    assert fixed["commitment"] == hashlib.sha256(f"guatu-draw-1\n{SECRET}".encode()).hexdigest()
    record = drawing.drawn(
        json.loads(json.dumps(fixed)), secret=SECRET, public=PUBLIC, source="上证指数", number="JC-1"
    )
    assert drawing.replay(record).ok
    other = drawing.drawn(fixed, secret="another", public=PUBLIC)
    assert drawing.replay(other).where == "commitment"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda record: record["picked"][3].update(place="p001"), "picked[4].place"),
        (lambda record: record["picked"].pop(), "picked"),
        (lambda record: record["crews"][0]["members"].reverse(), "crews[1].members[1]"),
        (lambda record: record["places"][0].update(name="改了"), "pool_hash"),
        (lambda record: record["places"].pop(), "pool_hash"),
        (lambda record: record.update(public="3281.48"), "seed"),
        (lambda record: record.update(secret="x"), "commitment"),
        (lambda record: record["rules"].update(places=11), "pool_hash"),
        (lambda record: record["places"].reverse(), "places[1].barred.i2"),
        (lambda record: record.pop("secret"), "record"),
        (lambda record: record.update(places="nothing"), "record"),
    ],
)
def test_replaying_names_the_first_thing_that_differs(change: Any, where: str) -> None:
    record = json.loads(json.dumps(held()))
    assert drawing.replay(record) == drawing.Replay(True)
    change(record)
    found = drawing.replay(record)
    assert (found.ok, found.where) == (False, where)


def test_a_program_that_knows_nothing_of_this_one_replays_it(tmp_path: Path) -> None:
    script = ROOT / "docs" / "replay_draw.py"
    record = held(rules=DrawRules(places=20, inspectors=7, crew=3))
    for name, said in (("good", record), ("bad", {**copy.deepcopy(record), "public": "1"})):
        (tmp_path / f"{name}.json").write_text(json.dumps(said, ensure_ascii=False))
    run = [sys.executable, "-I", str(script)]
    good = subprocess.run([*run, str(tmp_path / "good.json")], capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stdout + good.stderr
    bad = subprocess.run([*run, str(tmp_path / "bad.json")], capture_output=True, text=True, check=False)
    assert bad.returncode == 1
    assert "seed" in bad.stdout


def test_who_is_barred_from_a_place(cast: Cast) -> None:
    day = dt.date(2021, 9, 16)
    places = [cast.places["NX-001"], cast.places["NX-002"], cast.places["JD-001"]]
    colleague = Person.objects.create(username="tongshi", name="同事", unit=cast.xuncha.unit)
    found, inspectors = pools(places, [cast.xuncha, colleague, cast.nanxiang], day, by="kind", weighted=True)
    assert [row.id for row in inspectors] == [str(row.id) for row in (cast.xuncha, colleague, cast.nanxiang)]
    assert [row.stratum for row in found] == ["street_block", "parking_lot", "station"]
    assert [dict(row.barred) for row in found] == [
        {str(cast.nanxiang.id): "contract"}, {str(cast.xuncha.id): "contract", str(colleague.id): "unit"}, {}
    ]  # fmt: skip
    found, _people = pools(places, [cast.xuncha, colleague], day, same_unit=False)
    assert dict(found[1].barred) == {str(cast.xuncha.id): "contract"}
    # a contract for the neighbourhood bars too; one that has run out does not
    Contract.objects.filter(person=cast.xuncha).update(to_day=day - dt.timedelta(days=1))
    Contract.objects.create(home="310114102", kind="grid", person=colleague, area=DEHUA, from_day=day)
    found, _people = pools(places, [cast.xuncha, colleague], day)
    assert dict(found[1].barred) == {str(colleague.id): "contract"}


def test_a_large_draw_is_quick() -> None:
    import time

    places = [DrawPlace(f"p{at:05}", stratum=STRATA[at % 3], weight=1 + at % 5) for at in range(20_000)]
    begun = time.perf_counter()
    record = held(places=places, rules=DrawRules(places=2_000, inspectors=8))
    assert len(record["picked"]) == 2_000
    assert time.perf_counter() - begun < 5
