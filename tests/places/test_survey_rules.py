"""The daily survey without a store: what a merchant is, which outcomes can stand, how shops stand along a road."""

import pytest

from guatu.places.rules import survey


@pytest.mark.parametrize(
    ("asked", "container", "kind"),
    [
        ("", "building", "enterprise"),
        ("", "market", "stall"),
        ("", "mall", "shop"),
        ("", "", "shop"),
        ("shop", "building", "shop"),
        ("stall", "", "stall"),
    ],
)
def test_what_a_new_merchant_is(asked: str, container: str, kind: str) -> None:
    assert survey.merchant_kind(asked, container) == kind
    assert kind in survey.MERCHANTS


@pytest.mark.parametrize(
    ("outcome", "changes", "note", "fault"),
    [
        ("unchanged", 0, "", ""),
        ("unchanged", 0, "门口堆物", ""),
        ("unchanged", 1, "", "contradicts"),
        ("not_reached", 0, "", ""),
        ("not_reached", 2, "铁门锁着", "contradicts"),
        ("changed", 1, "", ""),
        ("changed", 0, "换了招牌", ""),
        ("changed", 0, "", "nothing"),
        ("changed", 0, "  \n", "nothing"),
        ("", 0, "", "unknown"),
        ("closed", 1, "x", "unknown"),
    ],
)
def test_which_outcomes_can_stand(outcome: str, changes: int, note: str, fault: str) -> None:
    assert survey.outcome_fault(outcome, changes=changes, note=note) == fault


@pytest.mark.parametrize(
    ("address", "number", "order"),
    [
        ("愚园路12号", "S-9", (12, 0, "S-9")),
        ("愚园路12-2号", "", (12, 2, "")),
        ("愚园路12之3号", "", (12, 3, "")),
        ("愚园路 12 / 4", "", (12, 4, "")),
        ("愚园路", "S-9", (9, 0, "S-9")),
        ("", "绿地", (1_000_000_000, 0, "绿地")),
        ("9876543210123号", "", (987654321, 0, "")),
    ],
)
def test_where_a_shop_stands(address: str, number: str, order: tuple[int, int, str]) -> None:
    assert survey.shop_order(address, number) == order


def test_shops_stand_in_the_order_in_which_one_walks_past_them() -> None:
    shops = [
        ("角落", "丙"),
        ("愚园路100号", "a"),
        ("愚园路9号", "c"),
        ("愚园路9-1号", "b"),
        ("愚园路9号", "b"),
        ("", "50"),
    ]
    assert sorted(shops, key=lambda each: survey.shop_order(*each)) == [
        ("愚园路9号", "b"),
        ("愚园路9号", "c"),
        ("愚园路9-1号", "b"),
        ("", "50"),
        ("愚园路100号", "a"),
        ("角落", "丙"),
    ]
