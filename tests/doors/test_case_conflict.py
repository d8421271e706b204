"""Two people at one case: nothing typed is lost, and the three sides stand beside each other."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guatu.cases import acts
from guatu.cases.models import Case
from guatu.kernel import calendar
from guatu.kernel.acts import SYSTEM
from tests.cases.conftest import CLASSES
from tests.cast import NANXIANG, Cast

Signed = Callable[..., Client]


@pytest.fixture
def filed(cast: Cast) -> Iterator[Case]:
    calendar.load_shipped()
    acts.set_classes(by=SYSTEM, campaign=cast.campaign, classes=CLASSES)
    draft = acts.Draft(title="沪宜公路暴露垃圾", area=NANXIANG, class_code="0101", address="沪宜公路1号")
    row = acts.report_case(by=cast.xuncha, campaign=cast.campaign, draft=draft)
    yield acts.file_case(by=cast.chengyun, case=row)
    calendar.forget()


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found is not None
    return found[1]


def opened(client: Client, case: Case) -> dict[str, str]:
    page = client.get(reverse("desk:case", args=[case.id]))
    return {"version": hidden(page, "version"), "seen": hidden(page, "seen")}


def test_a_step_on_a_changed_case_shows_three_sides_and_can_be_done_on_the_new_state(
    cast: Cast, filed: Case, signed_in: Signed
) -> None:
    centre = signed_in(cast.chengyun)
    held = opened(centre, filed)
    acts.correct_case(by=SYSTEM, case=filed, changes={"title": "改过的标题"})
    address = reverse("desk:case_step", args=[filed.id, "dispatch"])
    said = {**held, "dispatch-unit": str(cast.units["nxz"].pk), "dispatch-note": "一字不能丢"}
    answer = centre.post(address, said)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "一字不能丢" in text
    assert "沪宜公路暴露垃圾" in text  # when it was opened
    assert "<strong>改过的标题</strong>" in text  # now
    assert "更正了登记内容" in text  # what was done, and when
    again = {**said, "version": hidden(answer, "version"), "seen": hidden(answer, "seen")}
    assert centre.post(address, again).status_code == 302
    assert Case.objects.get(pk=filed.pk).status == "dispatched"


def test_a_step_somebody_else_took_says_who_and_keeps_the_words(
    cast: Cast, filed: Case, signed_in: Signed
) -> None:
    centre = signed_in(cast.chengyun)
    held = opened(centre, filed)
    acts.dispatch_case(by=SYSTEM, case=filed, unit=cast.units["nxz"])
    acts.accept_case(by=cast.nanxiang, case=filed)
    said = {**held, "dispatch-unit": str(cast.units["jqz"].pk), "dispatch-note": "一字不能丢"}
    answer = centre.post(reverse("desk:case_step", args=[filed.id, "dispatch"]), said)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "一字不能丢" in text
    assert "现在的状态已经不能" in text
    assert Case.objects.get(pk=filed.pk).unit == cast.units["nxz"]


def test_a_correction_follows_the_others_where_nothing_was_touched(
    cast: Cast, filed: Case, signed_in: Signed
) -> None:
    centre = signed_in(cast.chengyun)
    address = reverse("desk:case_correct", args=[filed.id])
    page = centre.get(address)
    said = {
        "version": hidden(page, "version"), "seen": hidden(page, "seen"), "title": filed.title, "class_code": "0101",
        "description": "", "area": NANXIANG, "address": "沪宜公路88号", "source": "patrol", "crs": "wgs84",
    }  # fmt: skip
    acts.correct_case(by=SYSTEM, case=filed, changes={"title": "别人的标题"})
    answer = centre.post(address, said)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "沪宜公路88号" in text
    assert 'value="别人的标题"' in text  # untouched by me: theirs stands in the form
    again = {
        **said,
        "title": "别人的标题",
        "version": hidden(answer, "version"),
        "seen": hidden(answer, "seen"),
    }
    assert centre.post(address, again).status_code == 302
    row = Case.objects.get(pk=filed.pk)
    assert (row.title, row.address) == ("别人的标题", "沪宜公路88号")


def test_a_forged_memory_is_not_believed(cast: Cast, filed: Case, signed_in: Signed) -> None:
    centre = signed_in(cast.chengyun)
    held = opened(centre, filed)
    acts.correct_case(by=SYSTEM, case=filed, changes={"title": "改过的标题"})
    said = {**held, "seen": "forged", "dispatch-unit": str(cast.units["nxz"].pk)}
    answer = centre.post(reverse("desk:case_step", args=[filed.id, "dispatch"]), said)
    assert answer.status_code == 409
    assert "forged" not in answer.content.decode()
