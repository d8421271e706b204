"""The ledger: one transaction, positions in commit order, nothing kept when something fails."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections, transaction

from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM, check_version, deed, heads, story
from guatu.kernel.models import Act, StreamHead
from guatu.kernel.problems import Problem
from guatu.places.models import Place

pytestmark = pytest.mark.django_db


def add_place(number: str, home: str = "310114102", **more: object) -> Place:
    with deed(by=SYSTEM) as d:
        place = Place(home=home, number=number, kind="shop", name=number, area=home)
        place.save(force_insert=True)
        d.record("place.registered", place, details={"number": number}, **more)  # type: ignore[arg-type]
    return place


def test_a_deed_writes_its_line_with_position_place_and_times(campaign_clock: dt.datetime) -> None:
    place = add_place("A1")
    act = Act.objects.get()
    assert (act.verb, act.subject_type, act.subject_id) == ("place.registered", "place", str(place.id))
    assert (act.home, act.position, act.area, act.by_id) == ("310114102", 1, "310114102", None)
    assert act.effective_at == campaign_clock
    assert act.recorded_at > campaign_clock + dt.timedelta(days=365)  # the ledger's own time cannot be set
    assert story(place)[0].id == act.id


def test_positions_follow_each_other_without_gap_in_each_stream() -> None:
    for number in ("A1", "A2", "A3"):
        add_place(number)
    add_place("B1", home="310114103")
    assert list(
        Act.objects.filter(home="310114102").order_by("position").values_list("position", flat=True)
    ) == [1, 2, 3]
    assert heads() == {"310114102": 3, "310114103": 1}


def test_nothing_is_kept_when_the_deed_fails() -> None:
    with pytest.raises(RuntimeError), deed(by=SYSTEM) as d:
        place = Place(home="310114102", number="A1", kind="shop", name="A1")
        place.save(force_insert=True)
        d.record("place.registered", place)
        raise RuntimeError("the roof fell in")
    assert not Place.objects.exists()
    assert not Act.objects.exists()
    assert not StreamHead.objects.exists()


def test_deeds_join_the_outer_one_and_keep_their_own_author() -> None:
    with deed(by=SYSTEM, via="import:1") as outer:
        add_place("A1")
        place = Place(home="310114102", number="A2", kind="shop", name="A2")
        place.save(force_insert=True)
        outer.record("place.registered", place)
        assert not Act.objects.exists()  # lines are written last of all
    assert list(Act.objects.order_by("position").values_list("via", flat=True)) == ["web", "import:1"]


def test_what_has_not_happened_yet_is_refused(campaign_clock: dt.datetime) -> None:
    with pytest.raises(Problem) as refused:
        add_place("A1", effective_at=campaign_clock + dt.timedelta(days=1))
    assert refused.value.code == "kernel.future"
    assert not Place.objects.exists()


def test_a_phone_a_few_minutes_ahead_is_not_refused(campaign_clock: dt.datetime) -> None:
    add_place("A1", effective_at=campaign_clock + dt.timedelta(minutes=3))
    assert Act.objects.get().effective_at == campaign_clock + dt.timedelta(minutes=3)


def test_an_older_version_is_told_what_is_newer() -> None:
    place = add_place("A1")
    place.version = 4
    check_version(place, 4)
    check_version(place, None)
    with pytest.raises(Problem) as refused:
        check_version(place, 3)
    assert (refused.value.code, refused.value.status) == ("kernel.stale", 409)
    assert "第 4 版" in refused.value.sentence("zh-hans")


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_leave_one_unbroken_line() -> None:
    failures: list[BaseException] = []

    def write(name: str) -> None:
        try:
            for step in range(5):
                with clock.at(dt.datetime(2021, 9, 16, 9, 0, tzinfo=clock.ZONE)):
                    add_place(f"{name}-{step}", home="310114102" if step % 2 else "310114103")
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write, args=(f"W{n}",)) for n in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        failures = [failure for failure in failures if "locked" not in str(failure)]
    assert not failures
    for home in ("310114102", "310114103"):
        positions = list(
            Act.objects.filter(home=home).order_by("position").values_list("position", flat=True)
        )
        assert positions == list(range(1, len(positions) + 1))
        assert StreamHead.objects.get(home=home).position == len(positions)


def test_a_broken_constraint_becomes_a_sentence() -> None:
    from guatu.kernel.db import kind_refusal

    add_place("A1")
    with pytest.raises(Problem) as refused, kind_refusal(), transaction.atomic():
        Place(home="310114102", number="A1", kind="shop", name="again").save(force_insert=True)
    assert refused.value.code == "kernel.duplicate"
