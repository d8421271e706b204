"""What the street goes by: the list of trades, and norms with their items."""

from guatu.inspections.acts.industries import set_industries
from guatu.inspections.acts.norms import change_norm
from guatu.inspections.models import Industry, Norm
from guatu.packs.applying.step import ADDED, CHANGED, SAME, Change, Standing
from guatu.packs.applying.work import take_table


def apply_industries(standing: Standing) -> list[Change]:
    """The pack's trades are set; what another pack or the office has beside them stays."""
    wanted = standing.pack.industries
    if not wanted:
        return []
    before = {
        row.code: (row.name, row.name_en, tuple(row.kinds))
        for row in Industry.objects.filter(code__in=[draft.code for draft in wanted])
    }
    set_industries(by=standing.by, industries=wanted, drop=False, via=standing.via)
    changes = []
    for draft in wanted:
        said = (draft.name, draft.name_en, tuple(draft.kinds))
        word = ADDED if draft.code not in before else SAME if before[draft.code] == said else CHANGED
        changes.append(Change("industries", draft.code, word))
    return changes


def apply_norms(standing: Standing) -> list[Change]:
    """The table of norms through the import an office uses. A norm that comes in so holds where the campaign is, and nowhere
    else: other campaigns of the store ask what they asked before."""
    path, sheet = standing.pack.norms, standing.pack.norm_sheet
    if path is None or sheet is None:
        return []
    numbers = {line.text("number") for line in sheet.lines} - {""}
    known = set(Norm.objects.filter(number__in=numbers).values_list("number", flat=True))
    changes = take_table(standing, "norm", path, "norms")
    for norm in Norm.objects.filter(number__in=numbers - known).order_by("number"):
        change_norm(by=standing.by, norm=norm, changes={"area": standing.pack.area}, via=standing.via)
    return changes
