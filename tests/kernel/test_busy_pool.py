"""Who waited too long for a connection is told so, and is not shown a broken page."""

from django.db import OperationalError

from guatu.kernel.db import busy_of


def test_a_full_pool_is_a_refusal_and_a_broken_store_is_not() -> None:
    busy = busy_of(OperationalError("couldn't get a connection after 60.00 sec"))
    assert busy is not None and busy.code == "kernel.busy" and busy.status == 503
    assert busy_of(OperationalError("disk I/O error")) is None
