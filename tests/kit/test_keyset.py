"""Paging by the last row seen: every row once, in order, in both directions, whatever the values."""

import datetime as dt
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from guatu.kernel import ids
from guatu.kernel.clock import ZONE
from guatu.kernel.models import Act
from guatu.kit import keyset
from guatu.kit.keyset import BadCursor, Order

START = dt.datetime(2021, 9, 16, 9, 0, tzinfo=ZONE)


def acts(values):
    """Ledger lines whose `campaign_id` (nullable) and `area` repeat, to make ties."""
    campaigns = [None, ids.new(), ids.new()]
    first = Act.objects.count()
    rows = [
        Act(home="310114102", position=first + index, recorded_at=START + dt.timedelta(minutes=minute), effective_at=START,
            verb="case.opened", subject_type="case", subject_id=str(index), campaign_id=campaigns[which], area=area)
        for index, (minute, which, area) in enumerate(values)
    ]  # fmt: skip
    Act.objects.bulk_create(rows)
    return Act.objects.all()


ORDERS = [
    Order("recorded_at", "recorded_at"),
    Order("-recorded_at", "recorded_at", descending=True),
    Order("campaign", "campaign_id", nullable=True),
    Order("-campaign", "campaign_id", descending=True, nullable=True),
    Order("area", "area"),
    Order("-position", "position", descending=True),
]


class PagingTest(TestCase):
    """Hypothesis rolls each example back."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        values=st.lists(
            st.tuples(st.integers(0, 3), st.integers(0, 2), st.text(string.digits, max_size=2)), max_size=14
        ),
        order=st.sampled_from(ORDERS),
        size=st.integers(1, 5),
    )
    def test_forwards_and_backwards_see_every_row_once(self, values, order, size):
        rows = acts(values)
        expected = [row.id for row in keyset.ordered(rows, order)]
        pages, after = [], ""
        while True:
            page = keyset.page(rows, order, size, after=after)
            pages.append([row.id for row in page.rows])
            assert len(page.rows) <= size
            if page.after is None:
                break
            after = page.after
        assert [one for page in pages for one in page] == expected
        before, back = page.before, [pages[-1]]
        while before:
            page = keyset.page(rows, order, size, before=before)
            back.append([row.id for row in page.rows])
            before = page.before
        assert [one for page in reversed(back) for one in page] == expected


@pytest.mark.django_db
def test_empty_values_stand_last_in_both_directions():
    rows = acts([(0, 0, ""), (1, 1, ""), (2, 2, ""), (3, 0, "")])
    for order in ORDERS[2:4]:
        found = [row.campaign_id is None for row in keyset.ordered(rows, order)]
        assert found == [False, False, True, True]


@pytest.mark.django_db
def test_a_new_row_does_not_move_the_page():
    rows = acts([(minute, 0, "") for minute in range(6)])
    order = ORDERS[1]
    first = keyset.page(rows, order, 3)
    acts([(99, 0, "")])  # arrives above the first page
    second = keyset.page(Act.objects.all(), order, 3, after=first.after)
    assert [row.recorded_at.minute for row in second.rows] == [2, 1, 0]


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["x", "%%", "AAAA", "e30", "WyJhIl0", "W10", "\x00", "é", "A" * 5000])
def test_a_cursor_that_is_none_is_refused(token):
    with pytest.raises(BadCursor):
        keyset.page(acts([(0, 0, "")]), ORDERS[0], 3, after=token)


@pytest.mark.django_db
def test_a_cursor_of_another_order_is_refused():
    rows = acts([(minute, 0, "") for minute in range(4)])
    token = keyset.page(rows, ORDERS[0], 2).after
    with pytest.raises(BadCursor):
        keyset.page(rows, ORDERS[1], 2, after=token)


@pytest.mark.django_db
def test_a_page_costs_one_query(django_assert_num_queries):
    rows = acts([(minute, 0, "") for minute in range(4)])
    with django_assert_num_queries(1):
        keyset.page(rows, ORDERS[0], 2)


@pytest.mark.django_db
def test_values_come_back_as_they_went():
    for value in (None, 3, "甲", True, START, START.date(), ids.new(), 0.5):
        kind, text = keyset._encode(value)
        assert keyset._DECODERS[kind](text) == value
    with pytest.raises(TypeError):
        keyset._encode(object())


def test_which_paths_may_be_null():
    assert not keyset.may_be_null(Act, "recorded_at")
    assert keyset.may_be_null(Act, "campaign_id")
    assert keyset.may_be_null(Act, "some_annotation")
