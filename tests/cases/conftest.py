"""What the tests of cases share: the shipped work calendar, classes, and a case as far along as a test wants it."""

import datetime as dt
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from guatu.cases import acts
from guatu.cases.models import Case
from guatu.kernel import calendar, clock
from guatu.kernel.acts import SYSTEM
from guatu.units.models import Person
from tests.cast import NANXIANG, Cast

ISSUED = dt.datetime(2021, 9, 6, 9, 30, tzinfo=clock.ZONE)  # a Monday

CLASSES = [
    {"code": "0101", "name": "暴露垃圾", "name_en": "Litter", "limit_amount": 4, "limit_unit": "work_hour"},
    {
        "code": "0402",
        "name": "占道经营",
        "limit_amount": "2",
        "limit_unit": "urgent_hour",
        "needs_photo": False,
    },
    {"code": "0301", "name": "施工扬尘"},
]


@pytest.fixture
def work_calendar(db: None) -> Iterator[None]:
    """The calendar that the product ships, as every installation has it."""
    calendar.load_shipped()
    yield
    calendar.forget()


@pytest.fixture
def classes(cast: Cast, work_calendar: None) -> Cast:
    acts.set_classes(by=SYSTEM, campaign=cast.campaign, classes=CLASSES)
    return cast


def photo(name: str = "整改后.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (30, 120, 60)).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


@pytest.fixture
def case_at(classes: Cast) -> Callable[..., Case]:
    """A case of 南翔镇 that has come as far as `status`, along the usual road."""

    def make(status: str = "reported", **more: object) -> Case:
        cast = classes
        draft = acts.Draft(**{"title": "沪宜公路暴露垃圾", "area": NANXIANG, "class_code": "0101", **more})  # type: ignore[arg-type]
        case = acts.report_case(by=cast.xuncha, campaign=cast.campaign, draft=draft)
        road: list[Callable[[Case], Case]] = [
            lambda row: acts.file_case(by=cast.chengyun, case=row),
            lambda row: acts.dispatch_case(by=cast.chengyun, case=row, unit=cast.units["nxz"]),
            lambda row: acts.accept_case(by=cast.nanxiang, case=row),
            lambda row: acts.handle_case(by=cast.nanxiang, case=row, note="已清运", photos=[photo()]),
            lambda row: acts.verify_case(by=cast.hecha, case=row, passed=True),
            lambda row: acts.close_case(by=cast.hecha, case=row),
        ]
        for step in road:
            if case.status == status:
                break
            case = step(case)
        assert case.status == status
        return case

    return make


def approved(kind: str, case: Case, by: Person, reason: str, approver: Person, **more: Any) -> Case:
    """Ask for a hold, an extension, a return or a void, and have somebody else grant it."""
    request = acts.ask(by=by, case=case, kind=kind, reason=reason, **more)
    acts.decide(by=approver, request=request, granted=True)
    return Case.objects.get(pk=case.pk)
