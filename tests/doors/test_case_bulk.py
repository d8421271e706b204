"""The pages of bulk actions: nothing before the preview is confirmed; all that match; progress; the way back."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guatu.cases import acts
from guatu.cases.models import Bulk, Case
from guatu.kernel import calendar
from guatu.kernel.acts import SYSTEM
from tests.cases.conftest import CLASSES
from tests.cast import JIANGQIAO, NANXIANG, Cast

Signed = Callable[..., Client]


@pytest.fixture
def ground(cast: Cast) -> Iterator[Cast]:
    calendar.load_shipped()
    acts.set_classes(by=SYSTEM, campaign=cast.campaign, classes=CLASSES)
    yield cast
    calendar.forget()


def filed(ground: Cast, count: int = 1, area: str = NANXIANG) -> list[Case]:
    found = []
    for number in range(count):
        draft = acts.Draft(title=f"沪宜公路暴露垃圾{number}", area=area, class_code="0101")
        row = acts.report_case(by=ground.chengyun, campaign=ground.campaign, draft=draft)
        found.append(acts.file_case(by=ground.chengyun, case=row))
    return found


def test_the_preview_tells_and_writes_nothing(ground: Cast, signed_in: Signed) -> None:
    good, wrong = filed(ground, 2)
    acts.dispatch_case(by=ground.chengyun, case=wrong, unit=ground.units["nxz"])
    centre = signed_in(ground.chengyun)
    rows = [str(good.id), str(wrong.id)]
    page = centre.post(reverse("desk:cases_bulk"), {"row": rows, "step": "dispatch"})
    text = page.content.decode()
    assert "其中 1 件可以办理" in text
    assert "1 件不能办：现在是“待接单”，不能做这一步" in text
    said = {"row": rows, "shown": "1", "unit": "nxz", "limit_amount": "1", "limit_unit": "work_day"}
    address = reverse("desk:cases_bulk_step", args=["dispatch"])
    assert "2021年9月17日 09:00" in centre.post(address, said).content.decode()
    assert Case.objects.get(pk=good.pk).status == "filed"
    assert not Bulk.objects.exists()
    assert centre.post(address, {**said, "unit": ""}).status_code == 422
    done = centre.post(address, {**said, "confirm": "1"})
    assert done["Location"] == reverse(
        "desk:case_bulk", args=[Bulk.objects.get().id]
    )  # one was refused: said there
    told = centre.get(done["Location"]).content.decode()
    assert wrong.number in told
    assert "整批撤销" in told
    assert centre.post(reverse("desk:case_bulk_undo", args=[Bulk.objects.get().id])).status_code == 302
    assert Case.objects.get(pk=good.pk).status == "filed"


def test_all_that_match_are_taken_across_pages_and_no_others(ground: Cast, signed_in: Signed) -> None:
    ours, theirs = filed(ground, 3), filed(ground, 1, JIANGQIAO)
    centre = signed_in(ground.chengyun)
    said = {"all": "1", "query": f"area={NANXIANG}&size=20", "unit": "nxz", "confirm": "1"}
    answer = centre.post(reverse("desk:cases_bulk_step", args=["dispatch"]), said)
    assert answer["Location"] == reverse("desk:cases")
    assert "已办 3 件" in centre.get(reverse("desk:cases")).content.decode()
    assert {Case.objects.get(pk=row.pk).status for row in ours} == {"dispatched"}
    assert Case.objects.get(pk=theirs[0].pk).status == "filed"
    assert Bulk.objects.get().chosen_by.startswith("area=")


def test_a_filter_that_cannot_be_understood_takes_nothing(ground: Cast, signed_in: Signed) -> None:
    filed(ground)
    answer = signed_in(ground.chengyun).post(
        reverse("desk:cases_bulk_step", args=["dispatch"]), {"all": "1", "query": "view=nonsense"}
    )
    assert answer.status_code == 400


def test_what_was_seen_is_what_is_changed(ground: Cast, signed_in: Signed) -> None:
    (row,) = filed(ground)
    case = acts.dispatch_case(by=ground.chengyun, case=row, unit=ground.units["nxz"])
    street = signed_in(ground.nanxiang)
    preview = street.post(reverse("desk:cases_accept"), {"row": [str(case.id)]})
    versions = preview.context["versions"]
    assert json.loads(versions) == {str(case.id): case.version}
    acts.correct_case(by=ground.chengyun, case=case, changes={"title": "改过的标题"})
    said = {"row": [str(case.id)], "confirm": "1", "versions": versions}
    answer = street.post(reverse("desk:cases_accept"), said, follow=True)
    assert "已被他人修改" in answer.content.decode()
    assert Case.objects.get(pk=case.pk).status == "dispatched"


def test_a_stranger_takes_nothing_and_sees_no_bulk(ground: Cast, signed_in: Signed) -> None:
    rows = filed(ground, 2)
    acts.start_bulk(by=ground.chengyun, campaign=ground.campaign, step="comment",
                    cases=[(row.id, None) for row in rows], arguments={"text": "x"})  # fmt: skip
    address = reverse("desk:case_bulk", args=[Bulk.objects.get().id])
    neighbour = signed_in(ground.jiangqiao)
    assert neighbour.get(address).status_code == 404
    assert neighbour.post(reverse("desk:case_bulk_undo", args=[Bulk.objects.get().id])).status_code == 404
    answer = neighbour.post(reverse("desk:cases_accept"), {"row": [str(rows[0].id)]})
    assert answer["Location"] == reverse("desk:cases")  # nothing of it is theirs to choose
    assert signed_in(ground.jinbo).get(reverse("desk:case_bulks")).status_code == 200


def test_nonsense_is_refused(ground: Cast, signed_in: Signed) -> None:
    centre = signed_in(ground.chengyun)
    assert centre.post(reverse("desk:cases_accept"), {"row": ["not-an-id"]}).status_code == 302
    assert centre.post(reverse("desk:cases_bulk"), {"step": "fly"}).status_code == 400
    assert centre.get(reverse("desk:cases_bulk")).status_code == 405


def test_many_show_their_progress_and_reload_by_themselves(
    ground: Cast, signed_in: Signed, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guatu.cases.acts.bulk.AT_ONCE", 1)
    rows = filed(ground, 3)
    centre = signed_in(ground.chengyun)
    said: dict[str, Any] = {"row": [str(row.id) for row in rows], "confirm": "1", "unit": "nxz"}
    answer = centre.post(reverse("desk:cases_bulk_step", args=["dispatch"]), said)
    waiting = centre.get(answer["Location"])
    assert waiting["Refresh"] == "2"
    assert "还在排队" in waiting.content.decode()
    run_jobs()
    done = centre.get(answer["Location"])
    assert "Refresh" not in done
    assert "全部办成" in done.content.decode()


def test_how_often_a_preview_asks(
    ground: Cast, signed_in: Signed, count_queries: Callable[[str], Any]
) -> None:
    rows = filed(ground, 4)
    centre = signed_in(ground.chengyun)
    centre.get(reverse("desk:cases"))
    with count_queries("case bulk preview"):
        centre.post(reverse("desk:cases_accept"), {"row": [str(row.id) for row in rows]})
