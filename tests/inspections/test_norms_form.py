"""From a norm to a form without typing twice, and from a filled form to a visit with its findings."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from guatu.fieldwork.acts.receive import EnvelopeIn, FileIn, receive_many
from guatu.fieldwork.models import FormVersion, Submission
from guatu.inspections.acts import norms as acts
from guatu.inspections.acts.checklist_forms import publish_checklist, read_checklist
from guatu.inspections.models import Order, Visit
from guatu.kernel.acts import story
from guatu.kernel.problems import Problem
from guatu.units.models import Person
from tests.fieldwork.papers import envelope
from tests.fieldwork.pictures import photo
from tests.inspections.ground import Ground
from tests.inspections.library import issued, item, norm


def publish(ground: Ground) -> FormVersion:
    return publish_checklist(by=ground.cast.jinbo, edition=ground.edition, campaign=ground.cast.campaign)


def send(
    ground: Ground,
    made: FormVersion,
    by: Person,
    verdicts: str,
    instance: str = "uuid:n1",
    files: Any = (),
    **said: Any,
) -> Submission:
    """Fill the form in: a letter for each item (m met, n not met, r put right, a not applicable)."""
    words = {"m": "met", "n": "not_met", "r": "put_right", "a": "not_applicable"}
    answers: dict[str, object] = {"place": str(ground.places["S-1"].id), **said}
    for each, letter in zip(ground.items, verdicts, strict=True):
        answers[f"i_{each.id.hex}"] = words[letter]
        if letter in "nr":
            answers[f"n_{each.id.hex}"] = f"{each.number} 不对"
            if files:
                answers[f"p_{each.id.hex}"] = f"{each.number}.jpg"
    xml = envelope(instance, form=made.form.code, version=made.version, answers=answers)
    outcome = receive_many(
        envelopes=[EnvelopeIn(xml=xml, campaign=ground.cast.campaign, by=by, files=list(files), via="phone")]
    )[0]
    assert outcome.problem is None, outcome.problem
    return Submission.objects.get(id=outcome.submission_id)


def test_the_form_asks_every_item_in_the_order_of_the_norm(ground: Ground) -> None:
    made = publish(ground)
    ground.edition.refresh_from_db()
    assert ground.edition.form_version_id == made.id
    for each in ground.items:
        assert f"i_{each.id.hex}" in made.xml
        assert each.text in made.xml
    places = [made.xml.index(f"i_{each.id.hex}") for each in ground.items]
    assert places == sorted(places)
    assert publish(ground).id == made.id


def test_a_new_edition_is_a_new_version_of_the_same_form(ground: Ground) -> None:
    made = publish(ground)
    edition = issued(ground.edition.norm, "第二版", dt.date(2021, 9, 1), items=[item("1", "新的一条")])
    again = publish_checklist(by=ground.cast.jinbo, edition=edition, campaign=ground.cast.campaign)
    assert again.form_id == made.form_id
    assert again.version != made.version
    assert "新的一条" in again.xml


def test_what_is_refused(ground: Ground) -> None:
    draft = acts.add_edition(
        by=ground.cast.jinbo,
        norm=norm("规9"),
        edition="一",
        in_force_from=dt.date(2021, 1, 1),
        items=[item()],
    )
    with pytest.raises(Problem, match=r"^norm\.wrong_step"):
        publish_checklist(by=ground.cast.jinbo, edition=draft, campaign=ground.cast.campaign)
    with pytest.raises(Problem, match=r"^access\.denied"):
        publish_checklist(by=ground.cast.nanxiang, edition=ground.edition, campaign=ground.cast.campaign)


def test_a_filled_form_becomes_a_visit_with_its_order(ground: Ground, run_jobs: Callable[[], int]) -> None:
    made = publish(ground)
    picture = FileIn("2.jpg", photo())
    row = send(ground, made, ground.cast.xuncha, "mnma", files=[picture], remarks="下次再来")
    run_jobs()
    visit = Visit.objects.get(place=ground.places["S-1"])
    assert (visit.kind, visit.status, visit.outcome, visit.note) == ("spot", "done", "rectify", "下次再来")
    assert visit.done_by_id == ground.cast.xuncha.id
    found = {each.item.number: (each.verdict, each.note) for each in visit.findings.select_related("item")}
    assert found == {
        "1": ("met", ""),
        "2": ("not_met", "2 不对"),
        "3": ("met", ""),
        "4": ("not_applicable", ""),
    }
    assert Order.objects.get(visit=visit).kind == "rectify"
    # asked again it is the same visit
    assert read_checklist.func(home=row.home, submission_id=str(row.id)) == str(visit.id)
    assert Visit.objects.count() == 1


def test_a_place_may_be_named_by_its_number(ground: Ground, run_jobs: Callable[[], int]) -> None:
    made = publish(ground)
    send(ground, made, ground.cast.xuncha, "mmmm", place=None, place_number="S-2")
    run_jobs()
    assert Visit.objects.get().place == ground.places["S-2"]
    assert Visit.objects.get().outcome == "pass"


def test_a_photo_that_comes_later_completes_it(ground: Ground, run_jobs: Callable[[], int]) -> None:
    made = publish(ground)
    answers = {f"p_{each.id.hex}": "2.jpg" for each in ground.items if each.number == "2"}
    row = send(ground, made, ground.cast.xuncha, "mnmm", **answers)
    run_jobs()
    assert not Visit.objects.exists()
    assert story(row)[0].verb == "submission.no_visit"
    send(ground, made, ground.cast.xuncha, "mnmm", files=[FileIn("2.jpg", photo())], **answers)
    run_jobs()
    assert Visit.objects.get().outcome == "rectify"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"place": None, "place_number": "没有"}, "norm.unknown_place"),
        ({"sender": "lvrong"}, "access.denied"),
    ],
)
def test_why_it_did_not_become_a_visit_stands_in_its_story(
    ground: Ground, run_jobs: Callable[[], int], said: dict[str, Any], code: str
) -> None:
    made = publish(ground)
    by = getattr(ground.cast, said.pop("sender", "xuncha"))
    row = send(ground, made, by, "mmmm", **said)
    run_jobs()
    assert not Visit.objects.exists()
    act = story(row)[0]
    assert (act.verb, act.details["code"]) == ("submission.no_visit", code)
