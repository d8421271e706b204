"""What closed cases suggest: learned, measured, sealed, shown only, and what people chose written down."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from guatu.cases import acts, learning
from guatu.cases.acts.suggestions import learn_daily
from guatu.cases.learning import Example, cut, fetch, learn, pack, unpack
from guatu.cases.models import Case, CaseClass, Suggester, SuggestionUse
from guatu.cases.reads.suggestions import faults, suggest_case, suggest_text, worth
from guatu.kernel import clock
from guatu.kernel.access import EVERYTHING
from guatu.kernel.acts import SYSTEM
from guatu.kernel.problems import Problem
from tests.cast import JIANGQIAO, NANXIANG, Cast

WORDS = {
    "0101": ("暴露垃圾", "垃圾成堆无人清运", "有人乱倒建筑垃圾", "lrj"),
    "0402": ("占道经营", "商贩占道设摊", "夜市摊点堵住人行道", "cgzf"),
    "0301": ("施工扬尘", "工地没有围挡扬尘大", "渣土车带泥上路", "nxz"),
}


def examples(count: int = 90) -> list[Example]:
    dice = random.Random(5)
    found = []
    for number in range(count):
        code = list(WORDS)[number % 3]
        text = f"{dice.choice(WORDS[code][:3])}，沪宜公路{dice.randint(1, 999)}号，联系电话1380000{number:04}"
        found.append(Example(text, ("area:310114102",), code, str(number)))
    return found


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.GUATU_HOME = tmp_path
    yield tmp_path
    fetch.cache_clear()


@pytest.fixture
def closed(classes: Cast, home: Path) -> Cast:
    """Ninety closed cases of three classes, entered as they would stand."""
    rows = {row.code: row for row in CaseClass.objects.filter(campaign=classes.campaign)}
    begun = clock.now() - dt.timedelta(days=60)
    Case.objects.bulk_create(
        Case(
            home=NANXIANG, campaign=classes.campaign, number=f"AJ-2021-9{number:05}", source="patrol", status="closed",
            title=each.text[:120], area=NANXIANG if number % 2 else JIANGQIAO, case_class=rows[each.outcome],
            class_code=each.outcome, unit=classes.units[WORDS[each.outcome][3]],
            opened_at=begun + dt.timedelta(hours=number), last_step_at=begun + dt.timedelta(hours=number + 5),
            closed_at=begun + dt.timedelta(hours=number + 5),
        )
        for number, each in enumerate(examples())
    )  # fmt: skip
    return classes


@pytest.fixture
def learned(closed: Cast) -> Cast:
    for what in ("class", "unit"):
        acts.learn_suggestions(by=closed.chengyun, campaign=closed.campaign, what=what)
    return closed


def refused(code: str, run: Callable[[], Any]) -> Problem:
    with pytest.raises(Problem) as caught:
        run()
    assert caught.value.code == code
    return caught.value


# --- the model ---------------------------------------------------------------------------------------------------


def test_text_is_cut_into_pieces() -> None:
    assert cut("占道 Pot-Hole 12号") == ["占", "道", "占道", "号", "pot", "hole", "pot hole"]


def test_it_learns_measures_itself_and_says_how_sure_it_is() -> None:
    model, measured = learn(examples())
    best, share = model.suggest(Example("路边又有人乱倒垃圾"))[0]
    assert best == "0101" and 0.5 < share <= 1
    assert (measured.tested, measured.top1, measured.top3) == (18, 1.0, 1.0)
    assert measured.usual < 0.5 and measured.gap < 0.2
    assert model.suggest(Example("zzz")) == [] and model.similar(Example("zzz")) == []
    near = dict(model.similar(Example("商贩占道设摊"), most=3))
    assert near and all(int(key) % 3 == 1 for key in near)


def test_what_is_kept_is_what_was_learned_and_holds_no_numbers_of_people() -> None:
    model, _measured = learn(examples())
    again = unpack(pack(model))
    asked = Example("夜市摊点", ("area:310114102",))
    assert again.suggest(asked) == model.suggest(asked) and again.similar(asked) == model.similar(asked)
    assert not any("138" in piece for piece in model.pieces)


def test_ours_counts_as_scikit_learn_does() -> None:
    """The page asks with numpy alone; its numbers must be those of the library that learned."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    given = examples()
    words = TfidfVectorizer(analyzer=lambda each: learning._all_pieces(each), sublinear_tf=True, min_df=2)
    lines = LinearSVC(C=0.5, random_state=0).fit(words.fit_transform(given), [each.outcome for each in given])
    asked = Example("商贩占道，垃圾成堆，扬尘大", ("area:310114102",))
    model, _measured = learn(given)
    where, value = learning._vector(model.pieces, model.rarity, asked)
    ours = model.weights[:, where] @ value + model.offsets
    assert ours == pytest.approx(lines.decision_function(words.transform([asked]))[0], abs=1e-3)


def test_two_outcomes_are_enough_one_is_not() -> None:
    two = [each for each in examples(150) if each.outcome != "0301"]
    assert learn(two)[0].suggest(Example("垃圾成堆"))[0][0] == "0101"
    refused("suggestion.too_few", lambda: learn([each for each in examples(200) if each.outcome == "0101"]))
    refused("suggestion.too_few", lambda: learn(examples(40)))


# --- acts and reads ----------------------------------------------------------------------------------------------


def test_suggestions_for_a_text(learned: Cast) -> None:
    by_class, by_unit = suggest_text(EVERYTHING, learned.campaign, title="马路边垃圾成堆", area=NANXIANG)
    assert (by_class.best.key, by_class.best.name) == ("||0101", "暴露垃圾")
    assert by_unit.best.key == "lrj" and by_unit.examples == 90
    assert 1 <= len(by_class.similar) <= 3
    mine = suggest_text(learned.nanxiang.scope, learned.campaign, title="马路边垃圾成堆")
    assert mine[0].similar and all(case.area == NANXIANG for case in mine[0].similar)
    assert suggest_text(EVERYTHING, learned.campaign, title="垃") == []
    row = Suggester.objects.get(what="class")
    assert row.until == Case.objects.get(number="AJ-2021-900089").closed_at
    assert row.measured["top1"] == 1.0


def test_what_is_closed_by_now_is_not_suggested(learned: Cast) -> None:
    CaseClass.objects.filter(code="0101").update(active=False)
    found = suggest_text(EVERYTHING, learned.campaign, title="垃圾成堆无人清运")
    assert all(choice.key != "||0101" for each in found if each.what == "class" for choice in each.choices)


def test_a_file_somebody_touched_is_refused(learned: Cast, home: Path, case_at: Callable[..., Case]) -> None:
    row = Suggester.objects.get(what="class")
    path = home / "learned" / row.file
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    fetch.cache_clear()
    why = refused("suggestion.tampered", lambda: suggest_text(EVERYTHING, learned.campaign, title="垃圾成堆"))
    assert row.file in why.sentence("zh")
    assert [problem.code for problem in faults()] == ["suggestion.tampered"]
    assert [line.fault is not None for line in worth(learned.campaign)] == [True, False]
    acts.dispatch_case(
        by=learned.chengyun, case=case_at("filed"), unit=learned.units["lrj"]
    )  # goes on working
    path.unlink()
    fetch.cache_clear()
    refused("suggestion.tampered", lambda: suggest_text(EVERYTHING, learned.campaign, title="垃圾成堆"))
    acts.learn_suggestions(by=learned.chengyun, campaign=learned.campaign, what="class")
    assert suggest_text(EVERYTHING, learned.campaign, title="垃圾成堆") and not faults()


def test_learning_anew_leaves_one_file(learned: Cast, home: Path) -> None:
    Case.objects.filter(number="AJ-2021-900000").update(title="改过的标题，垃圾成堆")
    acts.learn_suggestions(by=learned.chengyun, campaign=learned.campaign, what="class")
    assert len(list((home / "learned").glob("*.npz"))) == 2
    assert Suggester.objects.get(what="class").version == 2


def test_the_daily_job_learns_when_something_was_closed(closed: Cast) -> None:
    assert learn_daily() == 2
    assert learn_daily() == 0
    with clock.at(clock.now() + dt.timedelta(days=2)):
        assert learn_daily() == 0
        Case.objects.filter(number="AJ-2021-900001").update(closed_at=clock.now())
        assert learn_daily() == 2


def test_a_campaign_with_few_cases_learns_nothing(classes: Cast, home: Path) -> None:
    assert learn_daily() == 0
    refused(
        "suggestion.too_few",
        lambda: acts.learn_suggestions(by=SYSTEM, campaign=classes.campaign, what="class"),
    )
    assert suggest_text(EVERYTHING, classes.campaign, title="垃圾成堆") == []


def test_accepting_takes_the_step_and_is_written_down(learned: Cast, case_at: Callable[..., Case]) -> None:
    case = case_at("filed", title="垃圾成堆无人清运", class_code="")
    case = acts.accept_suggestion(
        by=learned.chengyun, case=case, what="class", key="||0101", version=case.version
    )
    assert case.class_code == "0101"
    case = acts.accept_suggestion(
        by=learned.chengyun, case=case, what="unit", key="lrj", version=case.version
    )
    assert (case.status, case.unit) == ("dispatched", learned.units["lrj"])
    rows = SuggestionUse.objects.order_by("suggester__what")
    assert [(row.suggested, row.chosen, row.accepted, row.clicked) for row in rows] == [
        ("||0101", "||0101", True, True), ("lrj", "lrj", True, True),
    ]  # fmt: skip
    assert [(line.used, line.accepted, line.clicked) for line in worth(learned.campaign)] == [
        (1, 1, 1),
        (1, 1, 1),
    ]


def test_what_people_choose_otherwise_is_written_down(learned: Cast, case_at: Callable[..., Case]) -> None:
    case = case_at("filed", title="垃圾成堆无人清运", class_code="0402")
    acts.dispatch_case(by=learned.chengyun, case=case, unit=learned.units["jqz"])
    found = {row.suggester.what: row for row in SuggestionUse.objects.select_related("suggester")}
    assert (found["unit"].chosen, found["unit"].accepted, found["unit"].clicked) == ("jqz", False, False)
    assert (found["class"].suggested, found["class"].chosen) == ("||0101", "||0402")


def test_what_is_not_suggested_cannot_be_accepted(learned: Cast, case_at: Callable[..., Case]) -> None:
    case = case_at("filed", title="垃圾成堆无人清运")
    refused(
        "suggestion.none",
        lambda: acts.accept_suggestion(by=learned.chengyun, case=case, what="unit", key="jbb"),
    )
    refused(
        "access.denied",
        lambda: acts.accept_suggestion(
            by=learned.hecha, case=case, what="unit", key=suggest_case(EVERYTHING, case, ["unit"])[0].best.key
        ),
    )
    assert not SuggestionUse.objects.exists()
