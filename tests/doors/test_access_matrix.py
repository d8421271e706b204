"""Every route of the product with a person of a sister street: nothing of 南翔镇 reaches 江桥镇, counts included.

The world is the whole demo. The routes are read from the URL map itself: a new route whose arguments nobody filled in
below fails this test, so that no door is left unwatched.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from guatu.campaigns.models import Body, Campaign
from guatu.cases.acts import climb
from guatu.cases.models import (
    AlertPerson,
    Bulk,
    Case,
    CaseClass,
    Link,
    Reporter,
    Request,
    RoutingRule,
    SupervisionOrder,
)
from guatu.duty.acts import set_shift
from guatu.duty.models import Shift
from guatu.fieldwork.acts import review_submission
from guatu.fieldwork.acts.numbers import give_numbers
from guatu.fieldwork.models import Envelope, Form, FormVersion, Submission, SubmissionReturn
from guatu.fieldwork.numbers import PROJECT
from guatu.figures.models import Figure, Indicator
from guatu.figures.reads import definition, values
from guatu.files.models import Attachment, ImportRun
from guatu.inspections.models import Norm, NormVersion, Order, Round, Team, Visit
from guatu.kernel import clock, ids
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act
from guatu.places import acts as place_acts
from guatu.places.models import Place, PlaceSurvey
from guatu.registers.models import Entry, Register
from guatu.tasks.models import Activity, Task
from guatu.units.models import Contract, HandOver, Person, SavedView, Unit
from guatu.venues.acts.codes import apply_for_code, approve_code
from guatu.venues.acts.points import open_point, report_point
from guatu.venues.acts.scans import count_people, make_rule
from guatu.venues.models import Headcount, PointReport, ScanRule, ServicePoint, VenueCode
from tests.conftest import CAMPAIGN_DAY
from tests.inspections.ground import one_of_each
from tests.inspections.library import issued, norm

NANXIANG, JIANGQIAO = "310114102", "310114118"
pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@dataclass
class World:
    """The demo, and which of its ids belong to 南翔镇 alone."""

    campaign: Campaign
    foreign: set[str] = field(default_factory=set)
    arguments: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The whole demo in the test store, taken back afterwards. Slow (20 s) because it is entered through the doors."""
    from guatu.kernel import calendar
    from guatu.packs.applying import apply_pack, sound
    from guatu.packs.library import find
    from guatu.packs.sampling import enter_sample

    with django_db_blocker.unblock(), clock.at(CAMPAIGN_DAY):
        undone = transaction.atomic()
        undone.__enter__()
        try:
            calendar.load_shipped()
            place_acts.load_areas(by=SYSTEM)
            enter_sample(by=SYSTEM, report=apply_pack(by=SYSTEM, pack=sound(find("jiading-2021"))))
            yield _world()
        finally:
            transaction.set_rollback(True)
            undone.__exit__(None, None, None)
            calendar.forget()


def _world() -> World:
    campaign = Campaign.objects.get(code="jiading-2021")
    found = World(campaign)
    jiangqiao = tuple(Unit.objects.filter(area=JIANGQIAO).values_list("path", flat=True))

    def ours(*paths: str) -> bool:
        return any(path.startswith(jiangqiao) for path in paths if path)

    tasks = [
        task
        for task in Task.objects.filter(area__startswith=NANXIANG).select_related("lead_unit")
        if not ours(task.lead_unit.path, *task.supporting.values_list("unit__path", flat=True))
    ]
    cases = [
        case
        for case in Case.objects.filter(area__startswith=NANXIANG).select_related("unit")
        if not ours(case.unit.path if case.unit else "")
    ]
    place_acts.register_place(
        by=SYSTEM,
        campaign=campaign,
        name="南翔老街停车场",
        kind="parking_lot",
        area=NANXIANG,
        x=121.312,
        y=31.294,
    )
    nanxiang = Unit.objects.filter(area=NANXIANG).order_by("path")[0]
    person = Person.objects.get(username="nanxiang")
    if not Shift.objects.filter(unit=nanxiang).exists():
        set_shift(
            by=SYSTEM,
            unit=nanxiang,
            person=person,
            starts_at=clock.now(),
            ends_at=clock.now() + dt.timedelta(hours=9),
        )
    _venue(person, Place.objects.get(name="南翔老街停车场"), found)
    issued(norm(title="南翔镇停车场防控指南"))
    one_of_each(campaign, NANXIANG)
    climb()
    places = list(Place.objects.filter(area__startswith=NANXIANG))
    submissions = list(Submission.objects.filter(area__startswith=NANXIANG))
    entries = list(Entry.objects.filter(area__startswith=NANXIANG))
    activities = list(Activity.objects.filter(area__startswith=NANXIANG))
    review_submission(by=SYSTEM, submission=submissions[0], status="has_issues", reason="缺照片")
    for rows in (tasks, cases, places, submissions, entries):
        assert rows, "the demo has nothing in 南翔镇 to keep from others"
        found.foreign |= {str(row.id) for row in rows}
    found.foreign |= {str(row.id) for row in activities}
    found.arguments = {
        "task_id": tasks[0].id, "case_id": cases[0].id, "place_id": places[0].id, "submission_id": submissions[0].id,
        "entry_id": entries[0].id,
    }  # fmt: skip
    return found


def _venue(person: Person, place: Place, found: World) -> None:
    """A venue code, a count and a rule of 南翔镇."""
    code = approve_code(by=SYSTEM, code=apply_for_code(by=person, place=place))
    now, today = clock.now(), clock.today()
    count = count_people(by=person, place=place, people=9, from_at=now - dt.timedelta(hours=1), until_at=now)
    rule = make_rule(by=SYSTEM, area=NANXIANG, basis="某决定", fields=["phone"], from_day=today, to_day=today)
    point = open_point(by=SYSTEM, campaign=found.campaign, place=place, kind="sampling", public=False)
    report = report_point(by=SYSTEM, point=point, queue=4)
    found.foreign |= {str(point.id), str(report.id)}
    found.foreign |= {str(code.id), str(count.id), str(rule.id)}


def _any(model: Any, **where: Any) -> str:
    """The id of some row; a made-up one when the demo has none of the kind."""
    row = model.objects.filter(**where).first()
    return str(row.id if row is not None else ids.new())


def fill(world: World) -> dict[str, Callable[[], str]]:
    """What stands for every argument that occurs in an address: a row of 南翔镇 where there is one."""
    given: dict[str, Callable[[], str]] = {
        name: (lambda value=value: str(value)) for name, value in world.arguments.items()
    }
    submission = Submission.objects.get(id=world.arguments["submission_id"])
    more = {
        "campaign": lambda: world.campaign.code,
        "code": lambda: world.campaign.code,
        "campaign_id": lambda: str(world.campaign.id),
        "body_id": lambda: _any(Body),
        "activity_id": lambda: _any(Activity, area__startswith=NANXIANG),
        "form_id": lambda: _any(Form),
        "version_id": lambda: _any(FormVersion),
        "envelope_id": lambda: _any(Envelope, instance_id=submission.instance_id),
        "register_id": lambda: _any(Register),
        "uuid": lambda: str(world.arguments["entry_id"]),
        "class_id": lambda: _any(CaseClass),
        "unit_id": lambda: _any(Unit, area=NANXIANG),
        "person_id": lambda: _any(Person, username="nanxiang"),
        "survey_id": lambda: _any(PlaceSurvey, area__startswith=NANXIANG),
        "batch_id": lambda: _any(HandOver, area__startswith=NANXIANG),
        "username": lambda: "nanxiang",
        "shift_id": lambda: _any(Shift, unit__area=NANXIANG),
        "told_id": lambda: _any(AlertPerson, alert__case__in=list(world.foreign)),
        "order_id": lambda: _any(SupervisionOrder, case__in=list(world.foreign)),
        "return_id": lambda: _any(SubmissionReturn, area__startswith=NANXIANG),
        "act_id": lambda: _any(Act, verb="form.published"),
        "round_id": lambda: _any(Round),
        "team_id": lambda: _any(Team),
        "visit_id": lambda: _any(Visit, status="done"),
        "inspection_order_id": lambda: _any(Order),
        "round_step": lambda: "reopen",
        "visit_step": lambda: "start",
        "order_step": lambda: "look_back",
        "contract_id": lambda: _any(Contract, area__startswith=NANXIANG),
        "file_id": lambda: _any(Attachment, subject_id__in=list(world.foreign)),
        "attachment_id": lambda: _any(Attachment, subject_id__in=list(world.foreign)),
        "run_id": lambda: _any(ImportRun),
        "indicator_id": lambda: _any(Indicator),
        "bulk_id": lambda: _any(Bulk),
        "view_id": lambda: _any(SavedView, person__username="nanxiang"),
        "area_code": lambda: NANXIANG,
        "area": lambda: NANXIANG,
        "key": lambda: "000.tasks_listed",
        "kind": lambda: "case",
        "step": lambda: "accept",
        "answer": lambda: "accept",
        "rule_id": lambda: _any(RoutingRule),
        "norm_id": lambda: _any(Norm),
        "edition_id": lambda: _any(NormVersion),
        "other_id": lambda: _any(NormVersion),
        "request_id": lambda: _any(Request, case__in=list(world.foreign)),
        "reporter_id": lambda: _any(Reporter, case__in=list(world.foreign)),
        "link_id": lambda: _any(Link, case__in=list(world.foreign)),
        "status": lambda: "approved",
        "code_id": lambda: _any(VenueCode, area__startswith=NANXIANG),
        "count_id": lambda: _any(Headcount, area__startswith=NANXIANG),
        "scan_rule_id": lambda: _any(ScanRule),
        "venue_step": lambda: "revoke",
        "point_id": lambda: _any(ServicePoint, area__startswith=NANXIANG),
        "report_id": lambda: _any(PointReport),
        "point_step": lambda: "end",
        "name": lambda: "jiading-2021",
        "token": lambda: "nothing",
        "sha256": lambda: "0" * 64,
        "suffix": lambda: ".json",
        "service_code": lambda: "0110",
        "number": lambda: Case.objects.get(id=world.arguments["case_id"]).number,
        "rest": lambda: "nothing",
        "instance_id": lambda: submission.instance_id,
        "form_code": lambda: "clean_day",
        "filename": lambda: "nothing.csv",
        "project_id": lambda: str(give_numbers(kind=PROJECT, targets=[world.campaign.id])[world.campaign.id]),
        "key_number": lambda: "1",
        "role": lambda: "2",
        "version": lambda: "1",
        "path": lambda: "spot",
    }
    return {**more, **given}


def routes() -> list[tuple[str, list[str]]]:
    """(address with {argument}, its arguments) of every pattern of the product's own doors."""
    found: list[tuple[str, list[str]]] = []

    def walk(patterns: list[Any], before: str) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, before + str(pattern.pattern))
            elif isinstance(pattern, URLPattern):
                address = before + str(pattern.pattern)
                if not address.startswith(("accounts/", "kit/", "^")):
                    names = re.findall(r"<(?:\w+:)?(\w+)>", address)
                    found.append(("/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address), names))

    walk(get_resolver().url_patterns, "")
    return found


def addresses(world: World) -> list[str]:
    given = fill(world)
    ready: list[str] = []
    missing: set[str] = set()
    for address, names in routes():
        unknown = [name for name in names if name not in given and not name.endswith("_id")]
        missing |= {f"{address}: {name}" for name in unknown}
        if not unknown:
            ready.append(
                address.format(**{name: given[name]() if name in given else str(ids.new()) for name in names})
            )
    assert not missing, f"say in this test what stands for these arguments: {sorted(missing)}"
    return ready


def body_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode("utf-8", "replace")


def visit(world: World, username: str | None, method: str = "get") -> dict[str, tuple[int, str]]:
    """Every address as this person: {address: (status, body)}."""
    client = Client(raise_request_exception=True)
    if username is not None:
        client.force_login(Person.objects.get(username=username))
    found: dict[str, tuple[int, str]] = {}
    for address in addresses(world):
        # lists give their rows away in two more ways
        is_list = method == "get" and not re.search(r"[0-9a-f]{8}-|/api/|/wall/", address)
        for query in ("", "?export=csv", "?print=1") if is_list else ("",):
            answer = getattr(client, method)(address + query)
            found[address + query] = (answer.status_code, body_of(answer))
    return found


def test_nobody_sees_anything_without_signing_in(world: World) -> None:
    open_to_all = {
        "/api/openapi.json",
        "/m/",
        "/m/manifest.webmanifest",
        "/m/sw.js",
    }  # a phone's shell holds no record
    for address, (status, body) in visit(world, None).items():
        # Open311 is for everybody: cases of public classes by their number, and nothing that leads on to the desk
        if address.split("?")[0] not in open_to_all and not address.startswith(
            ("/open311/", "/report/", "/v/keys.json", "/queue")
        ):
            assert status in (302, 401, 403, 404, 405), address
        assert not _leaks(world, body), address


def test_a_person_without_a_post_sees_no_row_of_anybody(world: World) -> None:
    Person(username="passer_by", name="过路人").save(force_insert=True)
    for address, (status, body) in visit(world, "passer_by").items():
        assert status < 500, address
        leaked = {one for one in _leaks(world, body) if one not in address}
        assert not leaked, f"{address}: {sorted(leaked)[:3]}"


def test_nothing_of_one_street_reaches_its_sister(world: World) -> None:
    for address, (status, body) in visit(world, "jiangqiao").items():
        assert status < 500, address
        leaked = {one for one in _leaks(world, body) if one not in address}
        assert not leaked, f"{address}: {sorted(leaked)[:3]}"


def test_the_street_itself_sees_its_own_so_the_test_above_can_fail(world: World) -> None:
    seen: set[str] = set()
    for _status, body in visit(world, "nanxiang").values():
        seen |= _leaks(world, body)
    kinds = {"tasks": Task, "cases": Case, "places": Place, "submissions": Submission}
    for word, model in kinds.items():
        own = {str(pk) for pk in model.objects.filter(area__startswith=NANXIANG).values_list("id", flat=True)}
        assert seen & own, f"南翔镇 does not see its own {word}"


def test_counts_of_one_street_do_not_show_in_its_sisters(world: World) -> None:
    jiangqiao = Person.objects.get(username="jiangqiao").scope
    listed = definition(world.campaign, "000.tasks_listed")
    own = values(jiangqiao, world.campaign, [listed])[listed.key].number
    there = values(jiangqiao, world.campaign, [listed], area=NANXIANG)[listed.key].number
    assert own is not None
    assert 0 < own < 297
    assert there is not None
    visible = sum(
        1
        for task in Task.objects.filter(area__startswith=NANXIANG).select_related("lead_unit")
        if str(task.id) not in world.foreign
    )
    assert there == visible


def test_nothing_of_one_street_can_be_changed_by_its_sister(world: World) -> None:
    before = Act.objects.filter(subject_id__in=world.foreign).count()
    for address, (status, _body) in visit(world, "jiangqiao", "post").items():
        assert status < 500, address
    assert Act.objects.filter(subject_id__in=world.foreign).count() == before


def test_frozen_figures_open_only_to_those_who_may_count_there(world: World) -> None:
    frozen = Figure.objects.filter(key="000.tasks_completed").first()
    assert frozen is not None, "the demo freezes its brief"
    client = Client()
    client.force_login(Person.objects.get(username="jiangqiao"))
    answer = client.get(f"/figures/trace/{frozen.code}/")
    if answer.status_code == 200:
        assert not _leaks(world, body_of(answer))


def _leaks(world: World, body: str) -> set[str]:
    """The ids of 南翔镇's own rows that stand in a body."""
    return {
        one
        for one in re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", body)
        if one in world.foreign
    }
