"""Area codes are hierarchical: containment is a prefix. Pure."""

from collections.abc import Mapping, Sequence

NOWHERE = "000000000"
LEVELS = ("province", "city", "district", "street", "committee", "grid")
# digits of the statistics bureau's codes (municipalities have no level of their own with 4)
_LENGTHS = {2: "province", 4: "city", 6: "district", 9: "street", 12: "committee"}
# Unit grids are coded by local rules: scheme → number of digits. Never assumed: a grid says which scheme it follows.
SCHEMES: Mapping[str, int] = {"grid-15": 15, "grid-14": 14, "grid-18": 18}

# Words of the kinds that shipped and imported places come with; an office's own kinds are words already.
KIND_WORDS: Mapping[str, tuple[str, str]] = {
    "amenity:restaurant": ("餐馆", "restaurant"),
    "amenity:bank": ("银行", "bank"),
    "amenity:cafe": ("咖啡馆", "café"),
    "amenity:fast_food": ("快餐店", "fast food"),
    "amenity:fuel": ("加油站", "petrol station"),
    "shop:convenience": ("便利店", "convenience shop"),
    "shop:supermarket": ("超市", "supermarket"),
    "shop:coffee": ("咖啡店", "coffee shop"),
    "leisure:park": ("公园", "park"),
    "leisure:fitness_centre": ("健身房", "gym"),
    "leisure:?": ("休闲场所", "leisure"),
    "street_block": ("街区", "street block"),
    "parking_lot": ("停车场", "parking lot"),
    "mall": ("商场", "mall"),
    "station": ("站点", "station"),
    "hotel": ("宾馆", "hotel"),
    "market": ("市场", "market"),
    "building": ("楼宇", "building"),
    "enterprise": ("企业", "enterprise"),
    "shop": ("沿街商铺", "street shop"),
    "stall": ("摊位", "stall"),
    "community": ("小区", "housing estate"),
    "school": ("学校", "school"),
    "hospital": ("医院", "hospital"),
    "site": ("工地", "building site"),
}


def home_of(area: str) -> str:
    """The nine-digit stream a row belongs to: its street; a district filled up with zeros; nowhere for anything wider.

    >>> home_of("310114102001"), home_of("310114"), home_of("31"), home_of("")
    ('310114102', '310114000', '000000000', '000000000')
    """
    if len(area) >= 9:
        return area[:9]
    return f"{area}000" if len(area) == 6 else NOWHERE


def level_of(code: str) -> str:
    """The level a code speaks of by its length; longer than twelve digits is a unit grid; "" when it is no code."""
    if not code.isdigit():
        return ""
    return _LENGTHS.get(len(code), "grid" if 12 < len(code) <= 20 else "")


def within(code: str, prefix: str) -> bool:
    """Whether the area `code` lies in the area `prefix` (or is it)."""
    return code.startswith(prefix)


def next_prefix(prefix: str) -> str | None:
    """The first code after all codes inside `prefix`; None when there is none."""
    digits = prefix.rstrip("9")
    return digits[:-1] + chr(ord(digits[-1]) + 1) if digits else None


def ancestors(code: str) -> tuple[str, ...]:
    """The codes of everything a code lies in, widest first, itself left out."""
    return tuple(code[:length] for length in (2, 4, 6, 9, 12) if length < len(code))


def check_grid_code(code: str, scheme: str, committee: str) -> str:
    """What is wrong with the code of a unit grid: "", "scheme", "length", "digits" or "parent"."""
    if scheme not in SCHEMES:
        return "scheme"
    if not code.isdigit() or not code.isascii():
        return "digits"
    if len(code) != SCHEMES[scheme]:
        return "length"
    return "" if code.startswith(committee) and len(committee) in (9, 12) else "parent"


def plain_name(name: str) -> str:
    """A name as it is compared: 古美路街道 and 古美街道 are one, spaces do not count."""
    plain = "".join(name.split())
    for ending in ("路街道", "街道办事处"):
        if plain.endswith(ending) and len(plain) > len(ending) + 1:
            return plain[: -len(ending)] + "街道"
    return plain


def area_of_shape(code: str, name: str, known: Mapping[str, str], among: Sequence[str]) -> tuple[str, str]:
    """Which area an outline belongs to: (code, how), how being "both", "name" or "" (none: nobody gets the outline).

    Codes and names of different sources disagree (真如镇 and 万里 are swapped in one of them): only when code and name say
    the same is the code believed; otherwise the one area of that name among the candidates is meant, if there is just one.

    known: code → name. among: codes of the candidates (the streets of one district, or of the city).
    """
    if known.get(code) == name:
        return code, "both"
    for same in (lambda other: other == name, lambda other: plain_name(other) == plain_name(name)):
        found = [candidate for candidate in among if same(known.get(candidate, ""))]
        if len(found) == 1:
            return found[0], "name"
    return "", ""
