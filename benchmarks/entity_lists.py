"""What a phone's own part of a long entity list costs: `python benchmarks/entity_lists.py [ENTRIES [IN_SCOPE]]`.

Ours: the manifest's fingerprint and the CSV for a caller whose areas hold 500 of 100,000 entries. Baseline: the same for a
caller who may have the whole list, as a server without areas would send it to everybody. Also: asking again when nothing
changed (only the fingerprint, answered 304).
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import campaign_with_places, store
from benchmarks.measuring import alternate, record

RUNS = 5
_STREET, _ELSEWHERE = "310114102", "310114118"


def main(count: int, mine: int) -> None:
    with store():
        from django.db import connection

        from guatu.kernel.access import Grant, Scope
        from guatu.kernel.acts import SYSTEM
        from guatu.registers import acts, listing
        from guatu.registers.models import Register

        campaign = campaign_with_places(1)
        register = acts.open_list(
            by=SYSTEM, campaign=campaign, name="trees", properties=["species", "girth", "state"]
        )
        _fill(register, count, mine)
        assert Register.objects.count() == 1
        street = Scope(None, (Grant(("register.list",), (_STREET,)),))
        district = Scope(None, (Grant(("register.list",), ("310114",)),))
        sizes: dict[str, int] = {}

        def fetch(name: str, scope: Scope) -> float:
            started = time.perf_counter()
            file = listing.entity_file(scope, campaign, "trees")
            assert file is not None
            sizes[name] = sum(len(piece) for piece in listing.csv_chunks(file))
            sizes[f"{name}_rows"] = len(file.rows)
            return time.perf_counter() - started

        def again() -> float:
            started = time.perf_counter()
            assert listing.entity_file(street, campaign, "trees") is not None
            return time.perf_counter() - started

        taken = alternate(
            RUNS,
            own_part=lambda: fetch("own_part", street),
            whole_list=lambda: fetch("whole_list", district),
            unchanged=again,
        )
        assert sizes["own_part_rows"] == mine
        assert sizes["whole_list_rows"] == count
        vendor = connection.vendor
    record(
        f"entity_lists-{vendor}", ours="own_part", baseline="whole_list", unit="s", taken=taken, entries=count, in_scope=mine,
        bytes_own_part=sizes["own_part"], bytes_whole_list=sizes["whole_list"],
    )  # fmt: skip


def _fill(register: object, count: int, mine: int) -> None:
    """Entries written straight into the table: how they got there is not what is measured."""
    from guatu.kernel import clock, ids
    from guatu.kernel.statistics import look_at_tables
    from guatu.registers.models import Entry

    def entry(number: int) -> Entry:
        area = (
            f"{_STREET}001"
            if number % (count // mine) == 0 and number < mine * (count // mine)
            else f"{_ELSEWHERE}001"
        )
        row_id = ids.new()
        fields = {
            "uuid": str(row_id),
            "label": f"树 {number}",
            "species": "银杏",
            "girth": str(number % 90),
            "state": "好",
        }
        return Entry(
            id=row_id, home=area[:9], register=register, key_index=row_id.hex, title_text=fields["label"], area=area,
            fields=fields, entered_at=clock.now(),
        )  # fmt: skip

    Entry.objects.bulk_create((entry(number) for number in range(count)), batch_size=500)
    look_at_tables.func()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, int(sys.argv[2]) if len(sys.argv) > 2 else 500)
