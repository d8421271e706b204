"""What doors ask about areas and places."""

from guatu.kernel.access import within
from guatu.places.models import Area


def area_names(prefix: str, length: int) -> dict[str, str]:
    """Names of all areas of one code length inside `prefix`, {code: name} in the order of codes (desk filters, figures)."""
    rows = Area.objects.filter(within("code", prefix)).order_by("code")
    return {code: name for code, name in rows.values_list("code", "name") if len(code) == length}
