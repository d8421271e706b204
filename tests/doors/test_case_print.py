"""A case on paper: who may have it, what stands on it, how fast it is made."""

import re
import time
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from guatu.cases import acts
from guatu.cases.models import Case, Comment
from guatu.kernel import clock
from tests.cases.conftest import photo
from tests.cast import NANXIANG, Cast
from tests.doors.test_cases import ground as ground

Signed = Callable[..., Client]


@pytest.fixture
def case(ground: Cast) -> Case:
    draft = acts.Draft(
        title="沪宜公路暴露垃圾", area=NANXIANG, class_code="0101", lon=121.32, lat=31.29, address="沪宜公路1号",
        description="反映人电话 13812345678，身份证 310114199001011234。",
    )  # fmt: skip
    row = acts.report_case(
        by=ground.nanxiang,
        campaign=ground.campaign,
        draft=draft,
        photos=[photo(f"前{n}.jpg") for n in range(5)],
    )
    for text, public in (("内部讨论的话", False), ("已经安排清运", True)):
        Comment.objects.create(
            home=row.home, case=row, by=ground.chengyun, at=clock.now(), text=text, public=public
        )
    return row


@pytest.mark.django_db
def test_the_page_holds_everything_and_hides_numbers(ground: Cast, case: Case, signed_in: Signed) -> None:
    client = signed_in(ground.chengyun)
    page = client.get(reverse("desk:case_print", args=[case.id]))
    text = page.content.decode()
    assert page.status_code == 200
    for word in (case.number, "沪宜公路暴露垃圾", "121.32000, 31.29000", "已经安排清运", "整改前"):
        assert word in text, word
    assert "138****5678" in text
    assert "13812345678" not in text
    assert "310114199001011234" not in text
    assert "内部讨论的话" not in text
    assert (
        "内部讨论的话"
        in client.get(reverse("desk:case_print", args=[case.id]) + "?comments=all").content.decode()
    )


@pytest.mark.django_db
def test_the_pdf_is_one_and_quick(ground: Cast, case: Case, signed_in: Signed) -> None:
    client = signed_in(ground.chengyun)
    client.get(reverse("desk:case_pdf", args=[case.id]))  # the library is loaded once
    started = time.perf_counter()
    answer = client.get(reverse("desk:case_pdf", args=[case.id]))
    assert time.perf_counter() - started < 6
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.count(b"/Subtype /Image") >= 1
    assert re.search(rb"/Type /Page\b", answer.content)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["case_print", "case_pdf"])
def test_whoever_may_not_see_the_case_gets_neither(
    ground: Cast, case: Case, signed_in: Signed, name: str
) -> None:
    address = reverse(f"desk:{name}", args=[case.id])
    assert signed_in(ground.jiangqiao).get(address).status_code == 404
    assert Client().get(address).status_code == 302


@pytest.mark.django_db
def test_asking_for_paper_writes_nothing(ground: Cast, case: Case, signed_in: Signed) -> None:
    from guatu.kernel.models import Act

    before = Act.objects.count()
    assert signed_in(ground.chengyun).get(reverse("desk:case_pdf", args=[case.id])).status_code == 200
    assert Act.objects.count() == before
