"""What a norm contributes to the figures: how many hold, of which kind, for how many trades. Pure."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from guatu.kernel.factshape import Fact


@dataclass(frozen=True)
class NormRow:
    """A norm as the figures see it: what was issued of it last. items: of that edition; industries: codes it names."""

    id: UUID
    home: str
    area: str
    kind: str
    issued: bool
    since: date | None
    items: int
    industries: tuple[str, ...]


def facts_of(norm: NormRow) -> list[Fact]:
    """One fact for a norm that was issued and stands in the library, and one for each trade it names (kind norm_industry).

    measures: items. attributes: industry, so that trades are counted distinct. Everybody signed in may count norms.
    """
    if not norm.issued:
        return []
    found = [
        Fact(
            kind="norm", area=norm.area, status="issued", category=norm.kind, happened_on=norm.since,
            measures={"items": norm.items, "industries": len(norm.industries)}, open=True,
        )
    ]  # fmt: skip
    return found + [
        Fact(
            kind="norm_industry", part=code, area=norm.area, status="issued", category=code, happened_on=norm.since,
            attributes={"industry": code}, open=True,
        )
        for code in norm.industries
    ]  # fmt: skip
