"""What cells mean, which column is which field, how an import moves on. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

RUN_STATES = ("draft", "checked", "applying", "applied", "undone")
# step → states in which it may be taken. A run that stopped half-way (applying) goes on where it stopped.
RUN_STEPS: Mapping[str, tuple[str, ...]] = {
    "map": ("draft", "checked"),
    "check": ("draft", "checked"),
    "apply": ("checked", "applying"),
    "undo": ("applied", "applying"),
}

MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_CELLS = 3_000_000
MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 2_000

_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "N/A#"}
_UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\ufffd]")
_YES = {"是", "有", "√", "✓", "y", "yes", "true", "1", "对"}
_NO = {"否", "无", "×", "✗", "x", "n", "no", "false", "0", "不"}
_DAY = re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?")
_TIGHT_DAY = re.compile(r"(?P<y>20\d{2}|19\d{2})(?P<m>\d{2})(?P<d>\d{2})")
_TIME = re.compile(
    r"(?P<h>\d{1,2})\s*[:：时]\s*(?P<i>\d{1,2})?(?:\s*[:：分]\s*(?P<s>\d{1,2}))?(?:\.\d+)?\s*[分秒]?"
)
_EXCEL_ZERO = dt.date(1899, 12, 30)


def may_step(step: str, status: str) -> bool:
    """Whether a run in `status` may take `step`."""
    return status in RUN_STEPS[step]


def as_text(value: object) -> str:
    """A cell as text: 3.0 is “3”, a date is ISO, blanks are trimmed, odd spaces become plain ones."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return (
            value.date().isoformat()
            if value.time() == dt.time()
            else value.isoformat(sep=" ", timespec="minutes")
        )
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    text = (
        str(value).replace("\u00a0", " ").replace("\u3000", " ").replace("\u200b", "").replace("\ufeff", "")
    )
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def is_broken(text: str) -> bool:
    """An Excel error value, or characters that no page and no XML can show."""
    return text.upper() in _ERRORS or bool(_UNSHOWN.search(text))


def as_number(text: str) -> Decimal | None:
    """A number as offices type it (full-width digits, thousands separators); None when it is none."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:  # pragma: no cover - the pattern admits numbers only
        return None


def as_day(text: str) -> dt.date | None:
    """A day: 2021-09-16, 2021/9/16, 2021年9月16日, 20210916, or Excel's own number of days (30000–80000)."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _DAY.match(plain) or _TIGHT_DAY.fullmatch(plain)
    if found:
        if not _only_time(plain[found.end() :]):
            return None
        try:
            return dt.date(int(found["y"]), int(found["m"]), int(found["d"]))
        except ValueError:
            return None
    number = as_number(plain)
    if number is not None and 30_000 <= number <= 80_000:
        return _EXCEL_ZERO + dt.timedelta(days=int(number))
    return None


def _only_time(rest: str) -> bool:
    plain = rest.strip().removeprefix("T").strip()
    return not plain or _TIME.fullmatch(plain) is not None


def as_moment(text: str) -> dt.datetime | None:
    """A day with a time of day (naive, the office's zone); a day alone is midnight."""
    plain = unicodedata.normalize("NFKC", text).strip()
    day = as_day(plain)
    if day is None:
        return None
    found = _DAY.match(plain) or _TIGHT_DAY.match(plain)
    if not found:
        number = as_number(plain) or Decimal(0)
        seconds = round((number % 1) * 86_400)
        return dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=seconds)
    clock = _TIME.fullmatch(plain[found.end() :].strip().removeprefix("T").strip())
    if clock is None:
        return dt.datetime.combine(day, dt.time())
    try:
        return dt.datetime.combine(day, dt.time(int(clock["h"]), int(clock["i"] or 0), int(clock["s"] or 0)))
    except ValueError:
        return None


def as_yes(text: str) -> bool | None:
    """是/否 in the ways it is ticked; None when it is neither."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    return True if plain in _YES else False if plain in _NO else None


def plain_heading(text: str) -> str:
    """A heading without its decorations: “ 点位名称* （必填）” → “点位名称”."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub(r"[(\[【<].*?[)\]】>]", "", plain)
    return re.sub(r"[\s_\-*:：/、.·]+", "", plain)


def unique_headings(cells: Sequence[object]) -> list[str]:
    """Headings as text, empty ones named by their column letter, repeated ones numbered."""
    seen: dict[str, int] = {}
    found = []
    for number, cell in enumerate(cells):
        text = " ".join(as_text(cell).split())[:120] or f"[{column_letter(number)}]"
        seen[text] = seen.get(text, 0) + 1
        found.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return found


def column_letter(number: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def suggest(headings: Sequence[str], fields: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """Which heading is probably which field: {field key: heading}. fields: (key, names it goes by), best name first.

    An exact name wins over a heading that merely contains one; no heading is given to two fields.
    """
    known = list(fields)
    plain = {heading: plain_heading(heading) for heading in headings}
    taken: set[str] = set()
    found: dict[str, str] = {}
    for exact in (True, False):
        for key, names in known:
            if key in found:
                continue
            for name in (plain_heading(name) for name in names):
                if len(name) < 2 and not exact:
                    continue
                fits = (
                    h
                    for h in headings
                    if h not in taken and (plain[h] == name if exact else name in plain[h])
                )
                heading = next(fits, None) if name else None
                if heading is not None:
                    found[key] = heading
                    taken.add(heading)
                    break
    return found


def heading_line(rows: Sequence[Sequence[object]], names: Iterable[str] = ()) -> int:
    """The index of the line that holds the headings: the one that names most fields, else the first with two cells.

    Office tables often begin with a title and a date over the whole width. rows: the first lines; -1 when all are empty.
    """
    known = {plain_heading(name) for name in names} - {""}
    best, most, first = -1, 0, -1
    for index, row in enumerate(rows):
        filled = [plain_heading(as_text(cell)) for cell in row if as_text(cell)]
        if filled and first < 0 and (len(filled) > 1 or len(row) == 1):
            first = index
        hits = len(known.intersection(filled))
        if hits > most:
            best, most = index, hits
    if best >= 0:
        return best
    if first >= 0:
        return first
    return next((index for index, row in enumerate(rows) if any(as_text(cell) for cell in row)), -1)
