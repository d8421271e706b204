"""What working lists ask of the machinery: jumps to a day, sizes, counts the view has made, orders too heavy to offer."""

import pytest

from guatu.kit import lists
from guatu.kit.columns import Column
from guatu.kit.lists import Listing
from tests.kit.test_lists import ask, ledger, positions  # noqa: F401

pytestmark = pytest.mark.django_db

WORKING = Listing(
    name="working",
    title="流水",
    columns=[
        Column("position", "序号", kind="number", sort="position"),
        Column("verb", "动作", sort="verb", heavy=True),
        Column("recorded_at", "时间", kind="datetime", sort="recorded_at"),
    ],
    filters=[],
    sort="-recorded_at",
    per_page=10,
    jump="recorded_at",
)


def page(address, rows):
    return lists.build(ask(address), WORKING, rows)


def test_a_day_is_jumped_to(ledger):  # noqa: F811
    first = page("/x/", ledger)
    day = first.rows[9].object.recorded_at.date()
    found = page(f"/x/?on={day.isoformat()}", ledger)
    assert found.rows[0].object.recorded_at.date() == day
    assert found.previous_url  # and one may go back to what is newer
    assert positions(found)[0] > positions(found)[-1]


@pytest.mark.parametrize("day", ["yesterday", "2021-13-40", "9999-12-31x"])
def test_a_day_that_is_none_gives_a_sentence(ledger, day):  # noqa: F811
    found = page(f"/x/?on={day}", ledger)
    assert found.rows
    assert any(day[:10] in each for each in found.errors)


def test_no_jump_where_the_order_is_another(ledger):  # noqa: F811
    assert page("/x/", ledger).may_jump
    other = page("/x/?sort=position&on=2021-09-16", ledger)
    assert not other.may_jump
    assert positions(other)[0] == 0


@pytest.mark.parametrize(("asked", "shown"), [("20", 20), ("50", 25), ("7", 10), ("9999", 10), ("x", 10)])
def test_only_the_sizes_on_offer(ledger, asked, shown):  # noqa: F811
    assert len(page(f"/x/?size={asked}", ledger).rows) == shown


def test_a_count_the_view_has_made_is_not_made_again(ledger, django_assert_num_queries):  # noqa: F811
    found = page("/x/?sort=verb", ledger)
    found.known = 25
    with django_assert_num_queries(1):
        assert found.rows
        assert found.total == "25"


def test_an_order_too_heavy_is_refused_and_said(ledger):  # noqa: F811
    few, many = page("/x/?sort=verb", ledger), page("/x/?sort=verb", ledger)
    many.known = lists.EXACT_TO + 1
    assert few.order.key == "verb"
    assert many.order.key.lstrip("-") == "recorded_at"
    assert any("10,000" in each for each in many.errors)
    assert many.total == "10,000+"
