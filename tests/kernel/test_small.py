"""Clock, ids, XML, problems: small things everything stands on."""

import datetime as dt

import pytest

from guatu.kernel import clock, ids, xml
from guatu.kernel.problems import CATALOGUE, Problem, declare


def test_ids_rise_and_are_version_seven() -> None:
    made = [ids.new() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == 5000
    assert {one.version for one in made} == {7}


def test_the_clock_can_be_set_and_comes_back() -> None:
    day = dt.datetime(2022, 1, 2, 3, 4, tzinfo=clock.ZONE)
    before = clock.now()
    with clock.at(day):
        assert clock.now() == day
        assert clock.today() == dt.date(2022, 1, 2)
    assert clock.now() == before


def test_an_anchored_store_moves_on_and_stops_at_the_end_of_its_day() -> None:
    start = dt.datetime(2021, 9, 16, 9, tzinfo=clock.ZONE)
    real = dt.datetime(2026, 1, 1, 12, tzinfo=clock.ZONE)
    anchor = clock.Anchor(start, real, start.replace(hour=18))
    assert anchor.at(real) == start
    assert anchor.at(real + dt.timedelta(hours=2)) == start.replace(hour=11)
    assert anchor.at(real + dt.timedelta(days=9)) == start.replace(hour=18)
    assert anchor.at(real - dt.timedelta(days=1)) == start


@pytest.mark.django_db
def test_the_store_keeps_its_day() -> None:
    start = dt.datetime(2021, 9, 16, 9, tzinfo=clock.ZONE)
    clock.set_store(start)
    try:
        anchor = clock.anchor()
        assert anchor is not None
        assert (anchor.start, anchor.until.hour) == (start, 18)
    finally:
        clock.set_store(None)
    assert clock.anchor() is None


BOMB = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>'


@pytest.mark.parametrize(
    "source",
    [
        BOMB,
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><x/>',
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
        BOMB.decode().replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16"),
        b"<a>" * 5000 + b"</a>" * 5000,
        b"<a><b></a>",
        b"",
        b"\x00\x01",
    ],
)
def test_hostile_xml_is_refused_with_a_sentence(source: bytes) -> None:
    with pytest.raises(Problem) as refused:
        xml.parse(source, "提交")
    assert refused.value.code == "kernel.bad_xml"


def test_good_xml_is_read_and_too_much_is_refused() -> None:
    assert xml.parse("<数据><人数>12</人数></数据>".encode()).findtext("人数") == "12"
    with pytest.raises(Problem) as refused:
        xml.parse(b"<a>" + b"x" * 100 + b"</a>", largest=50)
    assert refused.value.code == "kernel.too_large"


def test_a_problem_speaks_both_languages_and_never_fails_to_speak() -> None:
    problem = Problem("access.denied", right="case.open")
    assert "case.open" in problem.sentence("zh-hans")
    assert "case.open" in problem.sentence("en")
    assert problem.as_json("en")["code"] == "access.denied"
    assert "?" in Problem("access.denied").sentence("en")
    with pytest.raises(KeyError):
        Problem("no.such.problem")
    with pytest.raises(ValueError, match="declared twice"):
        declare("access.denied", status=400, zh="", en="", next_zh="", next_en="")
    assert len(CATALOGUE) > 5
