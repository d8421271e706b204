"""A class's questions: read from data, and answers checked against them."""

from typing import Any

import pytest

from guatu.cases.rules.questions import (
    LONGEST,
    MOST_UNKNOWN,
    Question,
    QuestionError,
    Value,
    asks,
    check_answers,
    read_questions,
)

WHERE = {"code": "WHERE", "datatype": "singlevaluelist", "required": True, "order": 2, "description": "在哪里",
         "values": [{"key": "road", "name": "路面"}, {"key": "pavement", "name": "人行道", "name_en": "Pavement"}]}  # fmt: skip
HOW_MANY = {
    "code": "HOWMANYD",
    "datatype": "number",
    "required": True,
    "order": 1,
    "description": "多少处",
}
THINGS = {
    "code": "THINGS",
    "datatype": "multivaluelist",
    "values": [{"key": "a"}, {"key": "b", "name": "乙"}],
}


def test_questions_are_asked_in_their_order_and_keep_their_values_in_theirs():
    where, many = read_questions([WHERE, HOW_MANY])[::-1]
    assert (many.code, many.order, where.code, where.order) == ("HOWMANYD", 1, "WHERE", 2)
    assert where.values == (Value("road", "路面"), Value("pavement", "人行道", "Pavement"))
    assert where.name_of("pavement") == "人行道"
    assert where.name_of("pavement", english=True) == "Pavement"
    assert where.name_of("road", english=True) == "路面"
    assert where.name_of("gone") == "gone"


def test_gaps_in_the_order_are_closed():
    assert [each.order for each in read_questions([{**WHERE, "order": 40}, {**HOW_MANY, "order": 7}])] == [
        1,
        2,
    ]


def test_a_question_written_back_reads_as_it_was():
    first = read_questions([WHERE, HOW_MANY, THINGS])
    assert read_questions([each.as_data() for each in first]) == first


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("WHERE", "table"),
        (["WHERE"], "table"),
        ([{"code": ""}], "code"),
        ([{"code": "a b"}], "code"),
        ([{"code": "a[]"}], "code"),
        ([{"code": "A", "datatype": "colour"}], "datatype"),
        ([{"code": "A", "order": "first"}], "order"),
        ([{"code": "A", "order": True}], "order"),
        ([{"code": "A", "datatype": "singlevaluelist"}], "values"),
        ([{"code": "A", "values": [{"key": "x"}]}], "values"),
        ([{"code": "A", "datatype": "singlevaluelist", "values": [{"name": "x"}]}], "values"),
        ([{"code": "A", "datatype": "singlevaluelist", "values": "x"}], "table"),
        ([{"code": "A", "datatype": "singlevaluelist", "values": [{"key": "x"}, {"key": "x"}]}], "twice"),
        ([{"code": "A"}, {"code": "A"}], "twice"),
        ([{"code": "A", "reqired": True}], "unknown"),
    ],
)
def test_what_is_written_wrongly_is_named(data: Any, why: str):
    with pytest.raises(QuestionError) as refused:
        read_questions(data)
    assert refused.value.why == why


def test_metadata_is_true_only_where_something_is_asked():
    assert not asks(read_questions([]))
    assert asks(read_questions([HOW_MANY]))


def checked(*data: dict[str, Any], **given: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    texts = {code: [value] if isinstance(value, str) else value for code, value in given.items()}
    answers, faults = check_answers(read_questions(data), texts)
    return answers, [(fault.code, fault.why) for fault in faults]


def test_everything_missing_is_named_at_once():
    assert checked(WHERE, HOW_MANY, THINGS) == ({}, [("HOWMANYD", "required"), ("WHERE", "required")])


def test_an_empty_answer_is_none():
    assert checked(WHERE, WHERE=" ") == ({}, [("WHERE", "required")])
    assert checked(THINGS, THINGS=["", " "]) == ({}, [])
    assert checked({**WHERE, "required": False}, WHERE="") == ({}, [])


def test_several_choices_are_kept_as_a_list_and_one_as_a_text():
    assert checked(WHERE, THINGS, WHERE="road", THINGS=["b", "a", "b"])[0] == {
        "WHERE": "road",
        "THINGS": ["b", "a"],
    }
    assert checked(THINGS, THINGS="a")[0] == {"THINGS": ["a"]}


@pytest.mark.parametrize(
    ("question", "given", "why"),
    [
        (WHERE, "sky", "not_a_choice"),
        (WHERE, ["road", "pavement"], "one_only"),
        (THINGS, ["a", "z"], "not_a_choice"),
        (HOW_MANY, "many", "number"),
        (HOW_MANY, "nan", "number"),
        (HOW_MANY, "inf", "number"),
        (HOW_MANY, "1e999", "number"),
        ({"code": "WHEN", "datatype": "datetime"}, "yesterday", "datetime"),
        ({"code": "WHEN", "datatype": "datetime"}, "2021-13-01", "datetime"),
        ({"code": "SAY"}, "字" * (LONGEST["string"] + 1), "long"),
        ({"code": "SAY", "datatype": "text"}, "字" * (LONGEST["text"] + 1), "long"),
    ],
)
def test_a_wrong_answer_says_why(question: dict[str, Any], given: Any, why: str):
    answers, faults = checked(question, **{question["code"]: given})
    assert faults == [(question["code"], why)]
    assert answers == {}


@pytest.mark.parametrize("text", ["2021-09-16", "2021-09-16T09:00:00Z", "2021-09-16T09:00+08:00"])
def test_moments_in_the_usual_forms_are_taken(text: str):
    assert checked({"code": "WHEN", "datatype": "datetime"}, WHEN=text) == ({"WHEN": text}, [])


@pytest.mark.parametrize("text", ["3", "-2.5", "+.5"])
def test_numbers_are_taken(text: str):
    assert checked(HOW_MANY, HOWMANYD=text) == ({"HOWMANYD": text}, [])


def test_answers_to_what_nobody_asked_are_kept_within_reason():
    assert checked(THINGS, COLOUR="红", THINGS="a")[0] == {"COLOUR": "红", "THINGS": ["a"]}
    answers, faults = checked(**{f"X{count}": "x" * 600 for count in range(MOST_UNKNOWN + 5)})
    assert (len(answers), faults) == (MOST_UNKNOWN, [])
    assert {len(text) for text in answers.values()} == {LONGEST["string"]}
    assert checked(**{"a b": "x"}) == ({}, [])


def test_what_is_only_shown_is_never_required():
    assert checked({"code": "NOTE", "required": True, "variable": False}) == ({}, [])
    assert not Question("NOTE", variable=False).values
