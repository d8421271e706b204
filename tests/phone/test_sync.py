"""Delta sync: replaying what the server says leaves the phone with exactly what it may hold, whatever happened."""

import contextlib
import datetime as dt
import random
from typing import Any

import pytest
from django.utils import translation

from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM, deed
from guatu.kernel.problems import Problem
from guatu.phone import cursors, lists, sync
from guatu.places import acts as place_acts
from guatu.places.models import Place
from guatu.places.reads.locating import Located
from guatu.units import acts as unit_acts
from guatu.units.models import Contract, Post
from tests.cast import DEHUA, GUYIYUAN, JIANGQIAO, NANXIANG

pytestmark = pytest.mark.django_db


class Phone:
    """What a phone does with the answers, and nothing more."""

    def __init__(self, person: Any, name: str, page: int = 3) -> None:
        self.person, self.name, self.page = person, name, page
        self.rows: dict[str, dict[str, Any]] = {}
        self.cursor = ""
        self.answers: list[sync.Delta] = []

    def ask(self) -> list[sync.Delta]:
        self.person = type(self.person).objects.select_related("unit").get(id=self.person.id)
        told = []
        while True:
            said = sync.delta(self.person, self.name, self.cursor, page=self.page)
            told.append(said)
            if said.reset:
                self.rows = {}
            self.rows = {key: row for key, row in self.rows.items() if cursors.tail(key) not in said.gone}
            self.rows.update({row["id"]: row for row in said.rows})
            self.cursor = said.cursor
            if not said.more:
                self.answers += told
                return told
            assert len(told) < 200, "it never ends"

    def full(self) -> dict[str, dict[str, Any]]:
        person = type(self.person).objects.select_related("unit").get(id=self.person.id)
        wanted = lists.LISTS[self.name]
        if not person.scope.may(wanted.right):
            return {}
        rows = wanted.whole(person) if wanted.whole else wanted.dump(person, list(wanted.rows(person)))
        return {row["id"]: row for row in rows}


def at(area: str) -> Located:
    return Located(area, 121.31, 31.29, "wgs84", 121.31, 31.29)


def make_place(cast: Any, number: str, area: str, **more: Any) -> Place:
    home = area[:9]
    row = Place(
        number=number, kind="shop", name=f"店{number}", area=area, home=home, campaign=cast.campaign, **more
    )
    with deed(by=SYSTEM) as d:
        row.save(force_insert=True)
        d.record("place.registered", row)
    return row


def test_first_load_comes_in_pages_and_then_nothing_is_new(cast):
    for number in range(8):
        make_place(cast, f"P{number}", GUYIYUAN)
    phone = Phone(cast.nanxiang, "places")
    told = phone.ask()
    assert len(told) >= 3 and told[0].reset and not any(said.reset for said in told[1:])
    assert phone.rows == phone.full() and len(phone.rows) == 10
    again = phone.ask()
    assert len(again) == 1 and again[0].empty


def test_what_is_written_between_two_pages_is_not_missed(cast):
    for number in range(6):
        make_place(cast, f"P{number}", GUYIYUAN)
    first = sync.delta(cast.nanxiang, "places", "", page=3)
    late = make_place(cast, "P-late", GUYIYUAN)
    gone = Place.objects.get(id=next(row["id"] for row in first.rows if row["kind"] == "shop"))
    place_acts.withdraw_place(by=cast.jinbo, place=gone)
    phone = Phone(cast.nanxiang, "places")
    phone.cursor, phone.rows = first.cursor, {row["id"]: row for row in first.rows}
    phone.ask()
    phone.ask()
    assert str(late.id) in phone.rows and str(gone.id) not in phone.rows
    assert phone.rows == phone.full()


def test_a_place_that_moves_out_of_the_area_leaves_the_phone(cast):
    row = make_place(cast, "P1", GUYIYUAN)
    phone = Phone(cast.nanxiang, "places")
    phone.ask()
    assert str(row.id) in phone.rows
    place_acts.edit_place(by=cast.jinbo, place=row, changes={}, where=at(JIANGQIAO))
    (said,) = phone.ask()
    assert said.gone == [cursors.tail(row.id)] and phone.rows == phone.full()
    place_acts.edit_place(by=cast.jinbo, place=Place.objects.get(id=row.id), changes={}, where=at(DEHUA))
    phone.ask()
    assert str(row.id) in phone.rows


def test_a_right_that_is_taken_away_takes_its_rows_with_it(cast):
    phone = Phone(cast.xuncha, "places")
    phone.ask()
    mine = {key for key, row in phone.rows.items() if row["mine"]}
    assert mine and len(phone.rows) > len(mine)
    Post.objects.filter(person=cast.xuncha).update(to_day=dt.date(2021, 9, 1))
    phone.ask()
    assert phone.rows == {}
    assert phone.full() == {}


def test_my_places_stand_first_by_contract_and_go_when_it_ends(cast):
    phone = Phone(cast.xuncha, "places")
    phone.ask()
    assert [row["name"] for row in phone.rows.values() if row["mine"]] == ["沪宜公路临时停车场"]
    contract = Contract.objects.get(person=cast.xuncha)
    unit_acts.end_contract(by=cast.jinbo, contract=contract)
    told = phone.ask()
    assert told[0].reset
    assert not any(row["mine"] for row in phone.rows.values()) and phone.rows == phone.full()


def test_another_language_sends_everything_again_in_it(cast):
    phone = Phone(cast.xuncha, "places")
    phone.ask()
    with translation.override("en"):
        phone.ask()
    assert "street block" in {row["kind_word"] for row in phone.rows.values()}


@pytest.mark.parametrize("given", ["x", "====", "eJw", "a" * 50_000, "AAAA", "é"])
def test_a_cursor_that_cannot_be_read_begins_anew(cast, given):
    said = sync.delta(cast.xuncha, "places", given)
    assert said.reset and said.rows


def test_a_cursor_ahead_of_us_begins_anew(cast):
    """The store was put back from a backup: positions that the phone has seen do not exist any more."""
    make_place(cast, "P1", GUYIYUAN)
    said = sync.delta(cast.xuncha, "places", "")
    ahead = cursors.read(said.cursor)
    assert ahead is not None
    forged = cursors.Cursor(ahead.rights, {home: at + 5 for home, at in ahead.heads.items()}).text()
    assert sync.delta(cast.xuncha, "places", forged).reset


def test_a_bomb_for_a_cursor_is_not_unpacked():
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b'[1,"a","",{' + b" " * 20_000_000 + b"}]", 9)).decode()
    assert cursors.read(bomb.rstrip("=")) is None


def test_nobody_without_posts_holds_anything(cast):
    for name in lists.LISTS:
        said = sync.delta(cast.passer_by, name, "")
        assert said.rows == [], name
    assert sync.offered(cast.passer_by) == []


def test_a_neighbour_learns_nothing_of_what_changed_elsewhere(cast):
    """Names of rows that are gone hold neither times nor whole ids."""
    phone = Phone(cast.jiangqiao, "places")
    phone.ask()
    row = make_place(cast, "P1", GUYIYUAN)
    (said,) = phone.ask()
    assert said.rows == [] and str(row.id) not in repr(said) and all(len(tail) == 12 for tail in said.gone)


MOVES = ("add", "move", "rename", "withdraw", "restore", "contract", "end", "survey", "right", "day", "ask")


@pytest.mark.parametrize("seed", range(12))
def test_replaying_deltas_equals_the_full_list(cast, seed):
    """Random acts, random moments of asking: the phone ends with what a fresh phone would load."""
    dice = random.Random(seed)
    phones = [
        Phone(person, name, page=dice.choice([2, 5, 400]))
        for person in (cast.nanxiang, cast.xuncha, cast.jiangqiao)
        for name in ("places", "contracts", "areas", "forms", "cases")
    ]
    made = [make_place(cast, f"S{number}", dice.choice([GUYIYUAN, DEHUA, JIANGQIAO])) for number in range(4)]
    moment = clock.now()
    for step in range(18):
        move = dice.choice(MOVES)
        with clock.at(moment + dt.timedelta(minutes=step)):
            with contextlib.suppress(Problem):  # a refusal changes nothing, and that is seen too
                _act(dice, move, cast, made, step)
            for phone in phones:
                if dice.random() < 0.3:
                    phone.ask()
    with clock.at(moment + dt.timedelta(minutes=30)):
        for phone in phones:
            phone.ask()
            assert phone.rows == phone.full(), (phone.name, phone.person.username)


def _act(dice: random.Random, move: str, cast: Any, made: list[Place], step: int) -> None:
    row = Place.objects.get(id=dice.choice(made).id)
    area = dice.choice([GUYIYUAN, DEHUA, JIANGQIAO, NANXIANG])
    if move == "add":
        made.append(make_place(cast, f"N{step}", area))
    elif move == "move" and not row.withdrawn:
        place_acts.edit_place(by=cast.jinbo, place=row, changes={}, where=at(area))
    elif move == "rename" and not row.withdrawn:
        place_acts.edit_place(by=cast.jinbo, place=row, changes={"name": f"店{step}"})
    elif move == "withdraw" and not row.withdrawn:
        place_acts.withdraw_place(by=cast.jinbo, place=row)
    elif move == "restore" and row.withdrawn:
        place_acts.restore_place(by=cast.jinbo, place=row)
    elif move == "contract" and not row.withdrawn:
        person = dice.choice([cast.xuncha, cast.nanxiang, cast.jiangqiao])
        unit_acts.sign_contract(by=cast.jinbo, kind="place", person=person, place=row, from_day=clock.today())
    elif move == "end":
        held = Contract.objects.filter(ended=False).order_by("id").first()
        if held is not None:
            unit_acts.end_contract(by=cast.jinbo, contract=held)
    elif move == "survey" and not row.withdrawn:
        place_acts.survey_place(by=cast.jinbo, place=row, outcome="unchanged")
    elif move == "right":
        post = Post.objects.get(person=cast.xuncha)
        post.areas = [area[:9]] if post.areas != [area[:9]] else []
        post.save()
