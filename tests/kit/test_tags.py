"""The tags: word, shape and colour; a link behind every number; the story with its causes."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from guatu.kernel.clock import ZONE
from guatu.kit.deadlines import deadline_state
from guatu.kit.parts import FileLine, StoryLine
from guatu.kit.states import TONES, State

NOW = dt.datetime(2021, 9, 16, 9, 0, tzinfo=ZONE)


def draw(text, **context):
    return Template("{% load kit %}" + text).render(Context(context))


@pytest.mark.parametrize("tone", TONES)
def test_a_state_is_word_and_shape_and_colour(tone):
    text = draw("{% chip state %}", state=State(tone, "某状态"))
    assert "某状态" in text
    assert f"chip-{tone}" in text
    assert f"#state-{tone}" in text


def test_a_tone_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no tone"):
        State("blue", "x")
    assert State("late", "逾期").shape == "▲"
    assert str(State("late", "逾期")) == "逾期"
    assert "chip-late" in draw('{% chip tone="late" word="逾期" %}')


def test_a_number_is_a_link_to_what_it_counts():
    assert '<a class="number" href="/x/">12,345 <span class="unit">件</span></a>' in draw(
        '{% number 12345 "/x/" "件" %}'
    )
    text = draw(
        '{% figure_link 3 "/x/" unit="件" label="逾期" tone="late" delta=-1 series=series %}',
        series=[1, 2, 3],
    )
    assert 'href="/x/"' in text
    assert "−1" in text
    assert "figure-late" in text
    assert "2021年9月16日 09:00" in text
    assert "<path" in text


def test_a_rate_shows_its_two_counts_and_no_number_without_denominator():
    assert "252" in draw("{% rate 252 297 %}")
    assert "85%" in draw("{% rate 252 297 %}")
    assert ">—<" in draw("{% rate 0 0 %}")


def test_times_stand_absolute_with_the_relative_beside():
    text = draw("{% when at %}", at=NOW - dt.timedelta(hours=3))
    assert "9月16日 06:00" in text
    assert "3 小时前" in text
    assert "明天" in draw("{% when at %}", at=dt.date(2021, 9, 17))
    assert "—" in draw("{% when at %}", at=None)
    with translation.override("en"):
        assert "16 Sep 06:00" in draw("{% when at %}", at=NOW - dt.timedelta(hours=3))


def test_filters_of_time():
    assert draw("{{ at|day }} {{ at|shortday }} {{ at|moment }} {{ at|clock }}", at=NOW) == (
        "2021年9月16日 9月16日 2021年9月16日 09:00 09:00"
    )
    assert draw("{{ at|day }}{{ at|shortday }}{{ at|moment }}{{ at|clock }}", at=None) == "————"


@pytest.mark.parametrize(
    ("hours", "done", "tone", "word"),
    [
        (72, None, "going", "还剩 3 天"),
        (5, None, "soon", "还剩 5 小时"),
        (-26, None, "late", "逾期 1 天"),
        (5, -1, "done", "按时完成"),
        (-26, -2, "late", "逾期 1 天完成"),
    ],
)
def test_how_a_deadline_stands(hours, done, tone, word):
    due = NOW + dt.timedelta(hours=hours)
    state = deadline_state(due, NOW + dt.timedelta(hours=done) if done else None, NOW, "zh")
    assert (state.tone, str(state.word)) == (tone, word)


def test_a_date_is_due_at_the_end_of_its_day():
    text = draw("{% deadline due %}", due=dt.date(2021, 9, 16))
    assert "9月16日" in text
    assert "还剩 14 小时" in text
    assert "按时完成" in draw("{% deadline due done %}", due=dt.date(2021, 9, 16), done=dt.date(2021, 9, 16))
    assert draw("{% deadline due %}", due=None).count("—") == 1


def test_a_person_is_named_with_the_unit():
    someone = SimpleNamespace(name="李强", unit=SimpleNamespace(name="江桥镇人民政府", short_name="江桥镇"))
    assert "江桥镇" in draw("{% person someone %}", someone=someone)
    assert "江桥镇" not in draw("{% person someone unit=False %}", someone=someone)
    assert draw("{% person someone %}", someone=None) == "—"


def test_what_people_typed_is_escaped():
    bad = "<script>alert(1)</script>"
    line = StoryLine(NOW, bad, by=bad, unit=bad, details=bad, cause=bad, files=[FileLine(bad, "/f/")])
    for text in (
        draw("{% story lines %}", lines=[line]),
        draw("{% code bad %}{% person bad %}{% number bad %}", bad=bad),
        draw("{% chip state %}", state=State("late", bad)),
        draw("{% files files %}", files=[FileLine(bad, "/f/", note=bad)]),
        draw('{% icon "map" label=bad %}', bad=bad),
    ):
        assert "<script>" not in text


def test_a_story_tells_causes_and_late_entries():
    line = StoryLine(NOW, "派单", by="王敏", cause="网格巡查", cause_href="/c/", recorded_at=NOW)
    text = draw("{% story lines %}", lines=[line])
    assert "起因" in text
    assert 'href="/c/"' in text
    assert "补登于 2021年9月16日 09:00" in text
    assert "还没有经过" in draw("{% story lines %}", lines=[])


def test_charts_have_their_table():
    text = draw('{% line_chart days series "发现" %}', days=["9/1", "9/2"], series=[("发现", [1, None])])
    assert '<td class="num">1</td>' in text
    assert '<td class="num">—</td>' in text
    bar = draw(
        "{% stacked_bar parts %}", parts=[(State("done", "完成"), 252, "/d/"), (State("late", "逾期"), 3)]
    )
    assert 'href="/d/"' in bar
    assert "252" in bar


def test_the_query_keeps_what_it_is_not_told_to_change():
    request = RequestFactory().get("/x/?a=1&b=2")
    assert draw("{% query b=None c=3 %}", request=request) == "?a=1&amp;c=3"
    assert draw("{% query a=None b=None %}", request=request) == "/x/"


def test_small_things():
    assert (
        draw("{% version row %}", row=SimpleNamespace(version=3))
        == '<input type="hidden" name="version" value="3">'
    )
    assert draw("{% code none %}", none=None) == "—"
    assert 'width="85"' in draw("{% progress 85 %}")
    assert draw("{% progress none %}", none=None).strip() == "—"
    assert 'width="0"' in draw("{% progress bad %}", bad="abc")
    assert draw("{% captured x %} {% endcaptured %}[{{ x }}]") == "[]"
    assert 'type="module"' in draw('{% built "map" %}')
