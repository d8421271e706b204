"""What the tests of registers share: units and the persons they send, as the trading delegation has them."""

from collections.abc import Callable

import pytest

from guatu.kernel.acts import SYSTEM
from guatu.registers import acts
from guatu.registers.models import Entry, Register
from tests.cast import NANXIANG, Cast

UNIT_COLUMNS = [
    {"key": "name", "label": "单位名称", "label_en": "Unit", "required": True},
    {"key": "credit_code", "label": "统一社会信用代码", "type": "credit_code"},
    {"key": "trade", "label": "行业", "type": "choice", "choices": ["汽车", "食品", "医疗"], "counted": True},
]
PERSON_COLUMNS = [
    {"key": "id_card", "label": "身份证号", "type": "id_card", "personal": True, "required": True},
    {"key": "name", "label": "姓名", "personal": True, "required": True},
    {"key": "phone", "label": "手机", "type": "phone", "personal": True},
    {
        "key": "badge",
        "label": "证件类别",
        "type": "choice",
        "choices": ["采购商", "工作人员"],
        "counted": True,
    },
]


@pytest.fixture
def units(cast: Cast) -> Register:
    return acts.open_register(
        by=SYSTEM, campaign=cast.campaign, code="units", name="交易分团单位", name_en="Units", kind="unit",
        key_field="name", columns=UNIT_COLUMNS,
    )  # fmt: skip


@pytest.fixture
def persons(cast: Cast, units: Register) -> Register:
    return acts.open_register(
        by=SYSTEM, campaign=cast.campaign, code="persons", name="交易分团人员", name_en="Persons", kind="person",
        key_field="id_card", title_field="name", columns=PERSON_COLUMNS, parent=units, purpose="第四届进博会入场证件",
    )  # fmt: skip


def id_card(number: int) -> str:
    """A valid identity card number (GB 11643) for a made-up person."""
    body = f"310114{1960 + number % 40}0{1 + number % 9}{10 + number % 18}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(a) * b for a, b in zip(body, weights, strict=True)) % 11]


@pytest.fixture
def somebody(cast: Cast, units: Register, persons: Register) -> Callable[..., Entry]:
    """A person in 南翔镇, sent by a unit."""

    def make(number: int = 1, **more: object) -> Entry:
        if not Entry.objects.filter(register=units).exists():
            acts.enter(
                by=cast.jinbo,
                register=units,
                drafts=[acts.Draft({"name": "上海某某汽车公司", "trade": "汽车"}, NANXIANG)],
            )
        values = {
            "id_card": id_card(number),
            "name": "张小明",
            "phone": "13812345678",
            "badge": "采购商",
            **more,
        }
        draft = acts.Draft(values, NANXIANG, parent="上海某某汽车公司")
        return acts.enter(by=cast.jinbo, register=persons, drafts=[draft]).created[0]

    return make
