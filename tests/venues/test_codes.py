"""Venue codes: what is printed cannot be made up; asked for, decided by somebody else, renewed, taken back; scanned."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guatu.kernel import clock, secrets
from guatu.kernel.models import Act, SubjectKey
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from guatu.venues.acts import codes, scans
from guatu.venues.models import Headcount, Scan, ScanRule, VenueCode
from guatu.venues.reads import codes as reads
from guatu.venues.rules import codes as rules
from guatu.venues.rules import scans as scan_rules
from tests.cast import GUYIYUAN, Cast

SEED, OTHER = b"1" * 32, b"2" * 32
DAY = dt.date(2021, 9, 16)


def refused(wanted: str, act: Any, /, **said: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        act(**said)
    assert caught.value.code == wanted, caught.value
    return caught.value


# --- the rules -------------------------------------------------------------------------------------------------------


@given(st.binary(min_size=10, max_size=10))
def test_a_genuine_token_is_known_by_the_public_key_alone(raw: bytes) -> None:
    serial = rules.serial_of(raw)
    printed = rules.token(serial, SEED)
    assert rules.serial_in(printed, [rules.public_key(OTHER), rules.public_key(SEED)]) == serial
    assert rules.serial_in(printed, [rules.public_key(OTHER)]) == ""


@given(st.integers(0, 101), st.sampled_from("ABCZ234-_.x"))
def test_a_changed_letter_makes_it_worthless(place: int, letter: str) -> None:
    printed = rules.token(rules.serial_of(b"0123456789"), SEED)
    changed = printed[:place] + letter + printed[place + 1 :]
    assert changed == printed or rules.serial_in(changed, [rules.public_key(SEED)]) == ""


@pytest.mark.parametrize(
    "text", ["", ".", "A.B", "x" * 103, "GAYTEMZUGU3DOOBZ", "GAYTEMZUGU3DOOBZ." + "码" * 86]
)
def test_nonsense_is_no_token(text: str) -> None:
    assert rules.serial_in(text, [rules.public_key(SEED)]) == ""


def test_a_serial_is_made_of_ten_bytes() -> None:
    with pytest.raises(ValueError, match="ten"):
        rules.serial_of(b"short")


def test_what_a_scan_is_worth() -> None:
    assert rules.verdict_on("active", DAY, DAY) == "good"
    assert rules.verdict_on("active", DAY, DAY + dt.timedelta(days=1)) == "ended"
    assert rules.verdict_on("revoked", DAY, DAY) == "revoked"
    assert rules.verdict_on("replaced", DAY, DAY) == "ended"


def test_the_narrowest_rule_in_force_holds() -> None:
    wide = scan_rules.Rule("a", "310114", DAY, DAY, ("name",), 14)
    narrow = scan_rules.Rule("b", "310114102", DAY, DAY, ("phone",), 7)
    assert scan_rules.rule_for([wide, narrow], GUYIYUAN, DAY) == narrow
    assert scan_rules.rule_for([wide, narrow], "310114103", DAY) == wide
    assert scan_rules.rule_for([wide, narrow], GUYIYUAN, DAY + dt.timedelta(days=1)) is None
    assert scan_rules.identity(None, {"name": "张三"}) == ({}, [])
    assert scan_rules.identity(wide, {"name": " 张三 ", "phone": "1"}) == ({"name": "张三"}, [])
    assert scan_rules.identity(wide, {}) == ({}, ["name"])


def test_scanned_as_it_should_be_is_a_share_of_people() -> None:
    assert scan_rules.share(0, 0) is None
    assert str(scan_rules.share(1, 3)) == "33.3"
    assert scan_rules.share(9, 3) == 100


# --- the acts --------------------------------------------------------------------------------------------------------


@pytest.fixture
def shop(cast: Cast) -> Place:
    return Place.objects.create(home="310114102", number="V-1", kind="shop", name="老街饭店", area=GUYIYUAN)


def active(cast: Cast, place: Place, days: int = 365) -> VenueCode:
    asked = codes.apply_for_code(by=cast.nanxiang, place=place, campaign=cast.campaign)
    return codes.approve_code(by=cast.jinbo, code=asked, days=days)


def test_asked_for_approved_and_shown(cast: Cast, shop: Place) -> None:
    asked = codes.apply_for_code(
        by=cast.nanxiang, place=shop, applicant={"name": "李老板", "phone": "13800000000", "x": " "}
    )
    assert (asked.status, asked.valid_until) == ("applied", None)
    assert "李老板" not in str(asked.applicant) and set(asked.applicant) == {"name", "phone"}
    refused("venue.wrong_step", reads.token_of, row=asked)
    row = codes.approve_code(by=cast.jinbo, code=asked, days=30)
    assert row.valid_from == clock.today() and row.valid_until == clock.today() + dt.timedelta(days=29)
    assert reads.behind(reads.token_of(row)) == row
    assert Act.objects.filter(verb="venue.approved", subject_id=str(row.pk)).count() == 1
    assert reads.counts(cast.jinbo.scope) == {"active": 1}


def test_a_made_up_code_is_no_code_and_costs_no_query(
    cast: Cast, shop: Place, django_assert_num_queries: Any
) -> None:
    row = active(cast, shop)
    with django_assert_num_queries(0):
        refused("venue.not_genuine", reads.behind, token=rules.token(row.serial, OTHER))


def test_refusals(cast: Cast, shop: Place) -> None:
    refused("access.denied", codes.apply_for_code, by=cast.xuncha, place=shop)
    asked = codes.apply_for_code(by=cast.nanxiang, place=shop)
    refused("venue.has_one", codes.apply_for_code, by=cast.nanxiang, place=shop)
    refused("venue.own_application", codes.approve_code, by=cast.nanxiang, code=asked)
    refused("venue.bad_days", codes.approve_code, by=cast.jinbo, code=asked, days=0)
    refused("venue.reason_needed", codes.refuse_code, by=cast.jinbo, code=asked, reason=" ")
    refused("access.denied", codes.approve_code, by=cast.xuncha, code=asked)
    codes.refuse_code(by=cast.jinbo, code=asked, reason="名称与执照不符")
    refused("venue.wrong_step", codes.approve_code, by=cast.jinbo, code=asked, version=None)
    again = codes.apply_for_code(by=cast.nanxiang, place=shop)
    assert codes.take_back_application(by=cast.nanxiang, code=again).status == "withdrawn"
    shop.closed_on = DAY
    shop.save()
    refused("venue.place_gone", codes.apply_for_code, by=cast.nanxiang, place=shop)


def test_a_renewal_takes_over_on_the_day_it_is_approved(cast: Cast, shop: Place) -> None:
    row = active(cast, shop, days=365)
    refused("venue.too_early", codes.renew_code, by=cast.nanxiang, code=row)
    with clock.at(clock.now() + dt.timedelta(days=340)):
        next_ = codes.renew_code(by=cast.nanxiang, code=row)
        approved = codes.approve_code(by=cast.jinbo, code=next_, days=100)
        assert approved.valid_from == clock.today()
        assert approved.valid_until == VenueCode.objects.get(pk=row.pk).valid_until + dt.timedelta(days=100)  # type: ignore[operator]
    row.refresh_from_db()
    assert row.status == "replaced"
    assert VenueCode.objects.filter(place=shop, status="active").count() == 1


def test_revoked_put_back_and_ended(cast: Cast, shop: Place) -> None:
    row = active(cast, shop, days=10)
    revoked = codes.revoke_code(by=cast.jinbo, code=row, reason="擅自开业")
    assert scans.record_scan(code=revoked).verdict == "revoked"
    assert codes.reinstate_code(by=cast.jinbo, code=revoked).status == "active"
    with clock.at(clock.now() + dt.timedelta(days=11)):
        assert (codes.end_codes(), codes.end_codes()) == (1, 0)
    row.refresh_from_db()
    assert (row.status, scans.record_scan(code=row).verdict) == ("ended", "ended")


def test_a_place_with_another_code_keeps_it(cast: Cast, shop: Place) -> None:
    row = active(cast, shop)
    revoked = codes.revoke_code(by=cast.jinbo, code=row, reason="更名")
    active(cast, shop)
    refused("venue.has_one", codes.reinstate_code, by=cast.jinbo, code=revoked)


def test_a_scan_says_when_and_where_and_never_who(cast: Cast, shop: Place) -> None:
    row = active(cast, shop)
    scans.record_scan(code=row, given={"name": "张三", "phone": "13900000000"})
    (scan,) = Scan.objects.filter(code_id=row.pk)
    assert (scan.sealed, scan.rule_id, scan.forget_on, scan.verdict) == ({}, None, None, "good")
    assert not SubjectKey.objects.filter(subject_id=scan.id).exists()


def test_a_dated_rule_asks_and_its_days_over_it_is_forgotten(cast: Cast, shop: Place) -> None:
    row = active(cast, shop)
    rule = scans.make_rule(
        by=cast.jinbo, area="310114", basis="某决定第三条", fields=["name"], from_day=clock.today(),
        to_day=clock.today() + dt.timedelta(days=5), keep_days=7,
    )  # fmt: skip
    assert refused("scan.identity_missing", scans.record_scan, code=row).details["keep"] == 7
    scan = scans.record_scan(code=row, given={"name": "张三", "phone": "13900000000"})
    assert (
        set(scan.sealed) == {"name"} and secrets.open_sealed(scan.id, "name", scan.sealed["name"]) == "张三"
    )
    with clock.at(clock.now() + dt.timedelta(days=8)):
        assert (scans.forget_scans(), scans.forget_scans()) == (1, 0)
        assert scans.record_scan(code=row).rule_id is None  # its last day is past
    kept = Scan.objects.get(home=scan.home, id=scan.id)
    assert kept.sealed == {} and Scan.objects.filter(rule_id=rule.id).count() == 1
    with pytest.raises(Problem):
        secrets.open_sealed(scan.id, "name", scan.sealed["name"])


def test_a_withdrawn_rule_asks_nothing(cast: Cast, shop: Place) -> None:
    row = active(cast, shop)
    rule = scans.make_rule(
        by=cast.jinbo,
        area="310114",
        basis="某决定",
        fields=["phone"],
        from_day=clock.today(),
        to_day=clock.today(),
    )
    scans.withdraw_rule(by=cast.jinbo, rule=rule)
    assert scans.record_scan(code=row, given={"phone": "1"}).sealed == {}
    scans.restore_rule(by=cast.jinbo, rule=ScanRule.objects.get(pk=rule.pk))
    refused("scan.identity_missing", scans.record_scan, code=row)


@pytest.mark.parametrize(
    "wrong",
    [
        {"fields": []}, {"fields": ["face"]}, {"keep_days": 0}, {"keep_days": 91}, {"basis": " "},
        {"to_day": DAY - dt.timedelta(days=1)}, {"to_day": DAY + dt.timedelta(days=400)},
    ],
)  # fmt: skip
def test_rules_that_cannot_be(cast: Cast, wrong: dict[str, Any]) -> None:
    said = {
        "area": "310114",
        "basis": "某决定",
        "fields": ["name"],
        "from_day": DAY,
        "to_day": DAY,
        "keep_days": 14,
        **wrong,
    }
    refused("scanrule.wrong", scans.make_rule, by=cast.jinbo, **said)
    refused("access.denied", scans.make_rule, by=cast.nanxiang, **{**said, **wrong})


def test_people_counted_are_held_against_scans(cast: Cast, shop: Place) -> None:
    row = active(cast, shop)
    now = clock.now()
    for minute in (1, 5, 30, 70):
        scans.record_scan(code=row, at=now - dt.timedelta(minutes=minute))
    count = scans.count_people(
        by=cast.xuncha,
        place=shop,
        people=4,
        from_at=now - dt.timedelta(hours=1),
        until_at=now,
        campaign=cast.campaign,
    )
    assert count.scans == 3
    found = reads.sweep(cast.jinbo.scope, area="310114102")
    assert (found.people, found.scans, str(found.percent)) == (4, 3, "75.0")
    scans.withdraw_count(by=cast.xuncha, count=count)
    assert reads.sweep(cast.jinbo.scope).percent is None
    assert Headcount.objects.get().withdrawn


def test_counts_that_cannot_be(cast: Cast, shop: Place) -> None:
    now = clock.now()
    said = {
        "by": cast.xuncha,
        "place": shop,
        "people": 1,
        "from_at": now - dt.timedelta(hours=1),
        "until_at": now,
    }
    refused("headcount.bad_time", scans.count_people, **{**said, "until_at": now - dt.timedelta(hours=2)})
    refused("headcount.bad_time", scans.count_people, **{**said, "until_at": now + dt.timedelta(hours=2)})
    refused("headcount.bad_time", scans.count_people, **{**said, "from_at": now - dt.timedelta(days=2)})
    refused("headcount.bad_number", scans.count_people, **{**said, "people": -1})


def test_seen_at_the_door(cast: Cast, shop: Place) -> None:
    row = active(cast, shop)
    assert codes.note_posted(by=cast.xuncha, code=row, posted=False).posted is False
