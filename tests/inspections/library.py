"""A library for the tests: 136 norms over 33 trades with their items, written by a rule so that every number can be worked out."""

import datetime as dt

from guatu.inspections.acts import norms as acts
from guatu.inspections.acts.industries import set_industries
from guatu.inspections.models import Norm, NormVersion
from guatu.inspections.rules.industries import IndustryDraft
from guatu.inspections.rules.norms import ItemDraft
from guatu.kernel.acts import SYSTEM, deed

SINCE = dt.date(2021, 1, 1)
NORMS, TRADES, ITEMS = 136, 33, 4


def item(number: str = "1", text: str = "场所码张贴在入口", **more: object) -> ItemDraft:
    return ItemDraft(number=number, text=text, **more)  # type: ignore[arg-type]


def trades(count: int = TRADES) -> list[str]:
    """Enter trades t01, t02 …; the first has malls, the second parking lots."""
    kinds = {1: ("mall",), 2: ("parking_lot",)}
    drafts = [
        IndustryDraft(f"t{at:02}", f"行业{at}", f"Trade {at}", kinds.get(at, ()))
        for at in range(1, count + 1)
    ]
    set_industries(by=SYSTEM, industries=drafts)
    return [draft.code for draft in drafts]


def norm(number: str = "规〔2021〕1号", title: str = "商场防控指南", **more: object) -> Norm:
    return acts.add_norm(by=SYSTEM, number=number, title=title, **more)  # type: ignore[arg-type]


def issued(
    row: Norm, edition: str = "第一版", since: dt.date = SINCE, items: object = (), **more: object
) -> NormVersion:
    """An edition in force from a day; one item unless others are given."""
    made = acts.add_edition(
        by=SYSTEM, norm=row, edition=edition, in_force_from=since, items=items or [item()], **more  # type: ignore[arg-type]
    )  # fmt: skip
    return acts.put_in_force(by=SYSTEM, edition=made)


def whole() -> list[NormVersion]:
    """136 norms: number n is for trade (n mod 33) + 1, every tenth for all trades; each with four items."""
    codes = trades()
    found = []
    with deed(by=SYSTEM):
        for at in range(NORMS):
            items = [item(f"1.{line}", f"规范{at}第{line}条", consequence=("note", "rectify", "rectify", "shut")[line % 4],
                          limit=("", "立即", "24小时", "3个工作日")[line % 4]) for line in range(ITEMS)]  # fmt: skip
            found.append(
                issued(
                    norm(f"规〔2021〕{at:03}号", f"规范{at}"),
                    items=items,
                    industries=[] if at % 10 == 0 else [codes[at % TRADES]],
                )
            )
    return found
