"""What people are told, in words of either language, without a store."""

import datetime as dt
from string import Formatter

import pytest

from guatu.notices import rules


@pytest.mark.parametrize("kind", rules.KINDS)
def test_both_languages_say_the_same_details(kind: str) -> None:
    chinese, english = (
        {name.removesuffix("_en") for _text, name, _form, _how in Formatter().parse(text) if name}
        for text in rules.KINDS[kind][1]
    )
    assert chinese == english
    details = {name: f"<{name}>" for name in chinese}
    for language in ("zh-hans", "en"):
        said = rules.sentence(kind, details, language)
        assert all(value in said for value in details.values())
        assert 0 < len(said) <= rules.LONGEST_TITLE
        assert rules.word(kind, language)


def test_a_kind_is_called_in_the_readers_language() -> None:
    assert rules.word("dispatched", "zh") == "新派单"
    assert rules.word("dispatched", "zh-hans") == "新派单"
    assert rules.word("dispatched", "en") == "dispatched"
    assert rules.word("strange", "en") == "strange"


def test_english_details_stand_in_english_where_there_are_any() -> None:
    details = {"label": "一倍", "label_en": "the limit"}
    assert rules.sentence("alert", details, "zh-hans") == "时限提醒：一倍，请确认"
    assert rules.sentence("alert", details, "en") == "Time alert: the limit; please acknowledge it"
    assert rules.sentence("alert", {"label": "一倍", "label_en": ""}, "en").startswith("Time alert: 一倍;")


def test_a_sentence_begins_with_a_capital_and_lacks_nothing() -> None:
    assert rules.sentence("approval", {"what": "延期", "what_en": "an extension"}, "en").startswith(
        "An extension is"
    )
    assert rules.sentence("pressed", {}, "zh") == "的任务被督办"
    assert rules.sentence("strange", {"unit": "x"}, "en") == "Strange"


def test_only_words_and_numbers_are_said() -> None:
    day = dt.date(2021, 9, 16)
    assert rules.sentence("returned", {"count": 0, "due": day}, "zh") == "填报被退回，标出 0 题，请在前修改"
    assert rules.sentence("part", {"unit": ["a"]}, "zh") == "请协同办理"


@pytest.mark.parametrize(
    ("count", "shown"), [(-1, ""), (0, ""), (1, "1"), (99, "99"), (100, "99+"), (5000, "99+")]
)
def test_the_badge(count: int, shown: str) -> None:
    assert rules.badge(count) == shown
