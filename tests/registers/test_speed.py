"""A register of the size of the trading delegation goes in within seconds."""

import time

import pytest

from guatu.figures.models import FactRow
from guatu.kernel.models import SubjectKey
from guatu.registers import acts
from guatu.registers.models import Entry, Register
from tests.cast import JIANGQIAO, NANXIANG, Cast
from tests.registers.conftest import id_card

PERSONS, UNITS = 1368, 511


@pytest.mark.slow  # 1,879 entries sealed, counted and written into the ledger: about three seconds
def test_the_trading_delegation_goes_in_within_seconds(
    cast: Cast, units: Register, persons: Register
) -> None:
    started = time.perf_counter()
    named = [acts.Draft({"name": f"单位{n:04d}", "trade": "汽车"}, NANXIANG) for n in range(UNITS)]
    acts.enter(by=cast.jinbo, register=units, drafts=named)
    people = [
        acts.Draft(
            {"id_card": id_card(n), "name": f"人员{n}", "phone": f"139{n:08d}", "badge": "采购商"},
            NANXIANG if n % 2 else JIANGQIAO,
            parent=f"单位{n % UNITS:04d}",
        )
        for n in range(PERSONS)
    ]
    acts.enter(by=cast.jinbo, register=persons, drafts=people)
    took = time.perf_counter() - started
    assert (Entry.objects.count(), SubjectKey.objects.count()) == (PERSONS + UNITS, PERSONS)
    assert FactRow.objects.filter(kind="entry", category="persons").count() == PERSONS
    assert took < 20, f"{took:.1f} s"
