"""The pure part: lifecycle, dress, slots, marks."""

import pytest

from guatu.briefs import rules


def test_the_life_of_a_brief():
    assert rules.may_become("draft", "frozen")
    assert rules.may_become("frozen", "issued")
    assert not rules.may_become("issued", "draft")
    assert not rules.may_become("nothing", "draft")
    assert set(rules.LIFECYCLE) == set(rules.STATUSES)


GOOD = {"masthead": " 简报 ", "office": "办公室", "title": "标题"}


def test_a_dress_is_read():
    dress = rules.read_dress(GOOD | {"report_to": ["甲", "乙"], "copies": 3})
    assert (dress.masthead, dress.report_to, dress.send_to, dress.copies) == ("简报", ("甲", "乙"), (), 3)
    assert rules.closing_lines(dress, "2021年9月16日") == [
        ("报：甲，乙。", ""), ("办公室", "2021年9月16日印发"), ("", "（共印3份）"),
    ]  # fmt: skip
    assert rules.closing_lines(rules.read_dress(GOOD | {"send_to": ["丙"]}), "x")[0] == ("送：丙。", "")


@pytest.mark.parametrize(
    ("change", "word"),
    [({"colour": 1}, "colour"), ({"masthead": ""}, "masthead"), ({"copies": -1}, "copies"), ({"copies": True}, "copies"),
     ({"report_to": "甲"}, "report_to")],
)  # fmt: skip
def test_a_wrong_dress_names_the_key(change, word):
    with pytest.raises(rules.TemplateError, match=word):
        rules.read_dress(GOOD | change)


def test_slots_are_found_once_and_in_order():
    text = """{{ f['b'] }} {{f["a"]}} {{ f[ ‘b’ ].code }} {{ elf['c'] }}"""
    assert rules.slots_in(text) == ("b", "a")


def test_marks_are_taken_apart_again():
    text = f"完工{rules.marked('done')}项，{rules.marked('rate')}"
    runs = rules.runs_of(text)
    assert runs == [{"text": "完工"}, {"figure": "done"}, {"text": "项，"}, {"figure": "rate"}]
    assert rules.plain(runs, {"done": "252"}) == "完工252项，—"
    assert rules.runs_of("") == []


def test_titles():
    assert rules.clean_title("  两  个 ") == "两 个"
    assert rules.clean_title(" ") is None
    assert rules.clean_title("长" * 201) is None
