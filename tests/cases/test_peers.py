"""Exchange with other platforms: the pure rules, and what its acts do and refuse."""

import datetime as dt

import pytest

from guatu.cases import acts
from guatu.cases.acts.peers import press_case, save_peer, set_peers, set_token, settle
from guatu.cases.acts.peers_file import export_messages
from guatu.cases.acts.peers_in import take_in
from guatu.cases.acts.peers_line import Line, check_url
from guatu.cases.acts.peers_send import give_up, send_again, send_due
from guatu.cases.models import Case, Message, Peer
from guatu.cases.rules import STATUSES
from guatu.cases.rules.exchange import (
    MEANING,
    STATES,
    Unknown,
    after_failure,
    fingerprint,
    judge,
    mapping_faults,
    read_mapping,
    wait_seconds,
)
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.kernel.problems import Problem
from tests.cast import NANXIANG, Cast


def nothing(sha256: str) -> bytes:
    raise AssertionError(sha256)


def code_of(call: object, **arguments: object) -> str:
    with pytest.raises(Problem) as refused:
        call(**arguments)  # type: ignore[operator]
    return refused.value.code


# --- rules -----------------------------------------------------------------------------------------------------------


def test_the_standard_words_cover_every_status_and_mean_one_thing() -> None:
    assert set(STATES) == set(STATUSES)
    assert set(STATES.values()) == set(MEANING)
    assert mapping_faults({"states": STATES, "signals": MEANING}) == []


def test_a_mapping_says_what_is_wrong_with_it() -> None:
    short = {name: word for name, word in STATES.items() if name != "held"}
    data = {
        "states": {**short, "nowhere": "x"}, "signals": {"完成": "done", "完成 ": "return", "x": "jump"},
        "classes": {"0101": "A", "0402": "Ａ"}, "colours": {}, "defaults": {"state": "jump"},
    }  # fmt: skip
    assert {(each.code, each.part) for each in mapping_faults(data)} == {
        ("unmapped_status", "states"), ("unknown_status", "states"), ("ambiguous", "signals"), ("unknown_signal", "signals"),
        ("ambiguous", "classes"), ("unknown_part", "colours"), ("unknown_signal", "defaults"),
    }  # fmt: skip


def test_words_are_looked_up_both_ways_with_defaults() -> None:
    words = read_mapping({"classes": {"0101": "A-1"}})
    assert (words.ours("class", "ａ-1"), words.theirs("class", "0101"), words.theirs("class", "x")) == (
        "0101",
        "A-1",
        "x",
    )
    assert words.signal(" 已整改 ") == "done"
    with pytest.raises(Unknown):
        words.ours("class", "B")
    with pytest.raises(Unknown):
        words.signal("没见过")
    kind = read_mapping({"classes": {"0101": "A-1"}, "defaults": {"class": "0402", "state": "none"}})
    assert (kind.ours("class", "B"), kind.ours("class", ""), kind.signal("没见过")) == (
        "0402",
        "0402",
        "none",
    )
    assert read_mapping(None).ours("class", "0301") == "0301"


def test_waiting_doubles_up_to_six_hours_and_ends_after_twelve_tries() -> None:
    assert [wait_seconds(tries, 0.5) for tries in (1, 2, 3, 4)] == [60, 120, 240, 480]
    assert wait_seconds(12, 0.5) == 6 * 3600
    assert 45 <= wait_seconds(1, 0.0) < wait_seconds(1, 1.0) <= 75
    assert [after_failure(tries) for tries in (1, 11, 12)] == ["failed", "failed", "dead"]


@pytest.mark.parametrize(
    ("demand", "status", "has_clock", "wanted"),
    [
        ("recall", "filed", True, "apply"), ("recall", "accepted", True, "conflict"), ("recall", "void", True, "nothing"),
        ("hurry", "closed", True, "apply"), ("due", "filed", True, "apply"), ("due", "dispatched", True, "conflict"),
        ("due", "closed", True, "conflict"), ("close", "accepted", True, "conflict"), ("close", "closed", True, "nothing"),
        ("rework", "closed", True, "apply"), ("rework", "accepted", True, "nothing"), ("rework", "void", True, "conflict"),
    ],
)  # fmt: skip
def test_what_both_sides_moved_is_a_conflict(demand: str, status: str, has_clock: bool, wanted: str) -> None:
    assert judge(demand, status, has_clock=has_clock) == wanted


def test_a_fingerprint_does_not_hang_on_order() -> None:
    assert (
        fingerprint({"a": 1, "b": [1]}) == fingerprint({"b": [1], "a": 1}) != fingerprint({"a": 1, "b": [2]})
    )


# --- acts ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def city(classes: Cast) -> Peer:
    return save_peer(by=classes.chengyun, campaign=classes.campaign, code="city", name="市级平台", kind="upper",
                     source="city_platform", base_url="https://city.example/x")  # fmt: skip


def given(peer: Peer, key: str = "k1", **more: object) -> Case:
    content = {
        "key": key,
        "kind": "case",
        "number": f"SJ-{key}",
        "case": {"title": "路灯不亮", "area": NANXIANG, **more},
    }
    row = take_in(peer=peer, content=content, fetch=nothing)
    assert (row.status, row.case is not None) == ("applied", True), row.cause
    assert row.case is not None
    return row.case


def test_addresses_that_must_not_be_called(settings: object) -> None:
    for url, code in (
        ("ftp://x/", "peer.bad_url"), ("https://u:p@x/", "peer.bad_url"), ("https://x/?a=1", "peer.bad_url"),
        ("https://", "peer.bad_url"), ("https://x:99999/", "peer.bad_url"), ("http://10.0.0.1/x", "peer.plain_http"),
    ):  # fmt: skip
        assert code_of(check_url, url=url) == code


def test_plain_http_never_leaves_private_lines(city: Peer, settings: object) -> None:
    settings.GUATU_EXCHANGE_PLAIN = True  # type: ignore[attr-defined]
    city.base_url = "http://8.8.8.8/x"
    city = set_token(by=SYSTEM, peer=city, token="k")
    city.base_url = "http://8.8.8.8/x"
    assert code_of(Line(city).json, method="GET", path="") == "peer.plain_http"


def test_a_platform_is_refused_for_what_is_wrong(classes: Cast, city: Peer) -> None:
    by, campaign = classes.chengyun, classes.campaign
    base = {"by": by, "campaign": campaign, "code": "x", "name": "甲", "kind": "upper", "source": "upper"}
    assert code_of(save_peer, **{**base, "by": classes.nanxiang}) == "access.denied"
    for wrong in ({"name": " "}, {"kind": "x"}, {"way": "x"}, {"source": "x"}, {"code": "甲"}):
        assert code_of(save_peer, **{**base, **wrong}) == "peer.bad_peer"
    assert code_of(save_peer, **base, mapping={"signals": {"x": "y"}}) == "peer.bad_mapping"
    assert code_of(save_peer, **base, base_url="nonsense") == "peer.bad_url"
    assert code_of(save_peer, by=by, campaign=campaign, code="city", name="乙", version=9) == "kernel.stale"
    assert code_of(set_token, by=classes.nanxiang, peer=city, token="x") == "access.denied"
    assert code_of(set_token, by=by, peer=city, token="a b") == "peer.bad_peer"


def test_a_pack_brings_platforms_and_does_it_once(classes: Cast) -> None:
    said = [
        {
            "code": "line",
            "name": "热线",
            "kind": "hotline",
            "source": "hotline",
            "mapping": {"classes": {"0101": "1"}},
        }
    ]
    assert set_peers(by=SYSTEM, campaign=classes.campaign, peers=said) == {"line": "added"}
    assert set_peers(by=SYSTEM, campaign=classes.campaign, peers=said) == {"line": "same"}
    said[0]["name"] = "12345"
    assert set_peers(by=SYSTEM, campaign=classes.campaign, peers=said) == {"line": "changed"}


def test_messages_stand_and_fall_with_the_step(classes: Cast, city: Peer) -> None:
    case = given(city)
    assert case.upper_number == "SJ-k1"
    assert (
        code_of(acts.dispatch_case, by=classes.chengyun, case=case, unit=classes.units["nxz"])
        == "case.limit_needed"
    )
    assert not Message.objects.filter(direction="out").exists()
    acts.dispatch_case(by=classes.chengyun, case=case, unit=classes.units["nxz"], limit=(2, "work_day"))
    (told,) = Message.objects.filter(direction="out")
    assert (told.content["state"], told.content["your_number"], told.position) == ("待整改", "SJ-k1", 1)
    own = acts.report_case(
        by=classes.xuncha, campaign=classes.campaign, draft=acts.Draft(title="自己的", area=NANXIANG)
    )
    acts.file_case(by=classes.chengyun, case=own)
    assert Message.objects.filter(direction="out").count() == 1  # our own matters are nobody else's


def test_they_recall_hurry_and_change_the_deadline(classes: Cast, city: Peer) -> None:
    case = given(city)
    due = "2021-09-20T18:00:00+08:00"
    for key, demand in (("h", "hurry"), ("d", "due"), ("r", "recall")):
        content = {
            "key": key,
            "kind": "change",
            "demand": demand,
            "number": "SJ-k1",
            "note": "请速办",
            "due_at": due,
        }
        assert take_in(peer=city, content=content, fetch=nothing).status == "applied"
    case.refresh_from_db()
    assert case.status == "withdrawn"
    assert case.due_at == dt.datetime.fromisoformat(due)
    assert [step.step for step in case.steps.order_by("at", "pk")][-3:] == ["hurry", "note", "withdraw"]


def test_ending_a_case_because_they_did_needs_the_right_to_approve(classes: Cast, city: Peer) -> None:
    case = given(city)
    acts.dispatch_case(by=classes.chengyun, case=case, unit=classes.units["nxz"], limit=(2, "work_day"))
    content = {"key": "c", "kind": "change", "demand": "close", "number": "SJ-k1"}
    row = take_in(peer=city, content=content, fetch=nothing)
    assert row.status == "conflict"
    assert code_of(settle, by=classes.nanxiang, message=row, choice="theirs") == "access.denied"
    assert code_of(settle, by=classes.chengyun, message=row, choice="hand") == "peer.why_needed"
    settle(by=classes.chengyun, message=row, choice="theirs")
    case.refresh_from_db()
    assert case.status == "void"
    assert code_of(settle, by=classes.chengyun, message=row, choice="ours") == "peer.settled"


def test_twelve_failures_stop_it_and_a_person_starts_it_again(classes: Cast, city: Peer) -> None:
    case = given(city)
    case = acts.dispatch_case(
        by=classes.chengyun, case=case, unit=classes.units["nxz"], limit=(2, "work_day")
    )
    acts.accept_case(by=classes.nanxiang, case=case)
    first, second = Message.objects.filter(direction="out").order_by("position")
    for _try in range(12):
        first.refresh_from_db()
        assert first.next_at is not None
        with clock.at(clock.local(first.next_at) + dt.timedelta(seconds=1)):
            assert send_due() == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.next_at, second.tries) == (
        "dead",
        None,
        0,
    )  # the later one waits for the earlier
    assert code_of(send_again, by=classes.lvrong, message=first) == "access.denied"
    assert send_again(by=classes.chengyun, message=first).status == "waiting"
    give_up(by=classes.chengyun, message=first)
    assert code_of(give_up, by=classes.chengyun, message=first) == "peer.settled"
    with clock.at(clock.now() + dt.timedelta(minutes=1)):
        send_due()
    second.refresh_from_db()
    assert second.tries == 1


def test_nobody_is_pressed_who_has_nothing(classes: Cast, city: Peer) -> None:
    case = given(city)
    assert code_of(press_case, by=classes.chengyun, case=case) == "peer.unknown_case"
    other = save_peer(
        by=SYSTEM, campaign=classes.campaign, code="o", name="乙", kind="upper", source="upper", way="file"
    )
    assert code_of(export_messages, by=classes.chengyun, peer=other) == "peer.nothing_to_export"


def test_a_platform_touches_only_what_was_exchanged_with_it(classes: Cast, city: Peer) -> None:
    own = acts.report_case(
        by=classes.xuncha, campaign=classes.campaign, draft=acts.Draft(title="自己的", area=NANXIANG)
    )
    content = {
        "key": "r",
        "kind": "change",
        "demand": "recall",
        "number": own.number,
        "your_number": own.number,
    }
    row = take_in(peer=city, content=content, fetch=nothing)
    assert (row.status, row.answer["problem"]["code"]) == ("refused", "peer.unknown_case")
    own.refresh_from_db()
    assert own.status == "reported"
