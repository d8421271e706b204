"""Norms: what kinds there are, when an edition holds, for which places and posts, what its items demand. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from guatu.kernel import workcalendar
from guatu.kernel.workcalendar import (
    NATURAL_DAY,
    URGENT_HOUR,
    WORK_DAY,
    WORK_HOUR,
    Deadline,
    Line,
    WorkCalendar,
)

# code → (zh, en)
KINDS: dict[str, tuple[str, str]] = {
    "standard": ("标准", "standard"),
    "norm": ("规范", "code of practice"),
    "guide": ("指南", "guide"),
}
STATUS: dict[str, tuple[str, str]] = {
    "draft": ("草稿", "draft"),
    "in_force": ("已发布", "issued"),
    "withdrawn": ("已撤回", "withdrawn"),
}
# what an item that is not met leads to, the mildest first
CONSEQUENCES: dict[str, tuple[str, str]] = {
    "note": ("提醒", "pointed out"),
    "rectify": ("责令整改", "order to rectify"),
    "shut": ("关停", "shut until put right"),
}


def severest(consequences: Iterable[str]) -> str:
    """The gravest of some consequences; "" of none."""
    order = list(CONSEQUENCES)
    return max(consequences, key=order.index, default="")


# --- limits of orders ----------------------------------------------------------------------------------------------

AT_ONCE = "at_once"  # 立即: due the moment it is ordered
SAME_DAY = "same_day"  # 当日: by the end of the day on which it is ordered
_AT_ONCE = ("立即", "立刻", "马上", "当场", "现场", "立行立改", "立查立改", "即知即改")
_SAME_DAY = ("当日", "当天", "今日", "日清")
# longest words first: 工作日 must not be read as 日
_UNITS: tuple[tuple[str, str, int], ...] = (
    ("紧急工作时", URGENT_HOUR, 1), ("工作小时", WORK_HOUR, 1), ("紧急小时", URGENT_HOUR, 1), ("工作时", WORK_HOUR, 1),
    ("工作日", WORK_DAY, 1), ("工作天", WORK_DAY, 1), ("自然日", NATURAL_DAY, 1), ("日历日", NATURAL_DAY, 1),
    ("小时", URGENT_HOUR, 1), ("时", URGENT_HOUR, 1), ("星期", NATURAL_DAY, 7), ("周", NATURAL_DAY, 7), ("个月", NATURAL_DAY, 30),
    ("天", NATURAL_DAY, 1), ("日", NATURAL_DAY, 1),
)  # fmt: skip
_LIMIT = re.compile(
    rf"(?:限期|限)?(?P<number>\d+(?:\.\d+)?|[半一二两三四五六七八九十]+)个?(?P<word>{'|'.join(word for word, _unit, _times in _UNITS)})"
    r"(?:以内|之内|内)?(?:完成|整改到位|整改)?"
)
_DIGITS: dict[str, Decimal] = {
    sign: Decimal(number) for number, sign in enumerate("零一二三四五六七八九")
} | {
    "两": Decimal(2),
    "半": Decimal("0.5"),
}
USUAL_LIMIT = "3个工作日"  # of an item that names none
LIMITS = ("立即", "当日", "24小时", "1个工作日", USUAL_LIMIT, "7天")  # offered where one is entered


class UnreadableLimit(ValueError):
    """A text that says no limit; the argument is the text."""


@dataclass(frozen=True)
class ItemLimit:
    """How long an order gives. unit: one of `workcalendar.UNITS`, AT_ONCE or SAME_DAY (their amount is 0)."""

    amount: Decimal
    unit: str


def read_limit(text: str) -> ItemLimit:
    """A limit as a norm writes it: 立即, 当日, 24小时, 3个工作日, 一周. Empty: the usual one. Raises UnreadableLimit.

    小时 and 天 run on through nights and holidays; 工作时 and 工作日 count working time only, as limits of cases do.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)) or USUAL_LIMIT
    stem = plain.removesuffix("整改").removesuffix("完成").removesuffix("内")
    if plain in _AT_ONCE or stem in _AT_ONCE:
        return ItemLimit(Decimal(0), AT_ONCE)
    if stem in _SAME_DAY:
        return ItemLimit(Decimal(0), SAME_DAY)
    match = _LIMIT.fullmatch(plain)
    if match is None:
        raise UnreadableLimit(text)
    unit, times = next((unit, times) for word, unit, times in _UNITS if word == match["word"])
    amount = _number(match["number"], text) * times
    if not Decimal("0.1") <= amount <= 1000:
        raise UnreadableLimit(text)
    return ItemLimit(amount, unit)


def _number(text: str, whole: str) -> Decimal:
    if text[0].isdigit():
        return Decimal(text)
    tens, ten, ones = text.rpartition("十")
    try:
        return (_DIGITS[tens] if tens else Decimal(1)) * 10 * bool(ten) + (
            _DIGITS[ones] if ones else Decimal(0)
        )
    except KeyError:
        raise UnreadableLimit(whole) from None


def due(start: dt.datetime, limit: str, calendar: WorkCalendar) -> Deadline:
    """When an order given at `start` (aware, local) is due by a limit as written, with the lines that explain it.

    Raises UnreadableLimit.
    """
    read = read_limit(limit)
    if read.unit == AT_ONCE:
        begun = start.replace(second=0, microsecond=0)
        return Deadline(begun, (Line(begun, begun, 0, 0, "running"),))
    if read.unit == SAME_DAY:
        begun = start.replace(second=0, microsecond=0)
        ended = begun.replace(hour=23, minute=59)
        minutes = int((ended - begun).total_seconds() // 60)
        return Deadline(ended, (Line(begun, ended, minutes, 0, "running"),))
    return workcalendar.deadline(start, read.amount, read.unit, calendar)


# --- items ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemDraft:
    """One item as it is entered. remedy: what an order demands ("": the text); limit: as written ("": the usual one).

    how: how it is checked (看现场, 问询, 查台账). posts: whose matter it is; empty: those of the edition.
    """

    number: str
    text: str
    remedy: str = ""
    consequence: str = "rectify"
    limit: str = ""
    photo: bool = False
    posts: Sequence[str] = ()
    how: str = ""
    text_en: str = ""


LONGEST: dict[str, int] = {"number": 20, "text": 300, "text_en": 400, "remedy": 300, "how": 300, "limit": 40}


def fault_of(item: ItemDraft) -> tuple[str, str] | None:
    """What is wrong with an item: (field, what stands there); None when it can stand."""
    for name in ("number", "text"):
        if not getattr(item, name).strip():
            return name, ""
    for name, most in LONGEST.items():
        if len(getattr(item, name)) > most:
            return name, str(getattr(item, name))
    if item.consequence not in CONSEQUENCES:
        return "consequence", item.consequence
    try:
        read_limit(item.limit)
    except UnreadableLimit:
        return "limit", item.limit
    return None


def number_key(number: str) -> tuple[Any, ...]:
    """The order of item numbers as people read them: 3.2 before 3.10, 一 before 二 as they were entered."""
    return tuple(
        (0, int(piece), "") if piece.isdecimal() else (1, 0, piece)
        for piece in re.findall(r"\d+|[^\d.]+", number)
    )


def plain_text(text: str) -> str:
    """A text without spaces and punctuation: two items that ask the same thing are the same."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


# --- when and for whom an edition holds ----------------------------------------------------------------------------


class Edition(Protocol):
    """What the rules ask of an edition (a row of NormVersion, or data of a test)."""

    @property
    def status(self) -> str: ...
    @property
    def in_force_from(self) -> dt.date: ...
    @property
    def in_force_until(self) -> dt.date | None: ...
    @property
    def industries(self) -> Sequence[str]: ...
    @property
    def posts(self) -> Sequence[str]: ...


def is_in_force(edition: Edition, day: dt.date) -> bool:
    """Whether an edition held, holds or will hold on a day, by what is known today.

    One that was withdrawn held until the day before; that stands in `in_force_until`.
    """
    until = edition.in_force_until
    return edition.status != "draft" and edition.in_force_from <= day and (until is None or day <= until)


def standing(edition: Edition, day: dt.date) -> str:
    """How it stands on a day: draft, coming, holds, over, withdrawn."""
    if edition.status in ("draft", "withdrawn"):
        return edition.status
    if edition.in_force_from > day:
        return "coming"
    return "holds" if is_in_force(edition, day) else "over"


def industries_of(industry: str, kind: str, kinds: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The trades of a place: the one it names, else all that its kind belongs to. kinds: {industry: kinds of places}.

    A kind with a subkind (`shop:coffee`) belongs to the trades of either.
    """
    if industry:
        return frozenset((industry,))
    mine = {kind, kind.partition(":")[0]} - {""}
    return frozenset(code for code, listed in kinds.items() if not mine.isdisjoint(listed))


def is_for(edition: Edition, norm_area: str, *, industries: frozenset[str], area: str) -> bool:
    """Whether an edition is meant for a place of these trades in this area, whatever the day."""
    if norm_area and not area.startswith(norm_area):
        return False
    return not edition.industries or not industries.isdisjoint(edition.industries)


def is_for_post(post: str, item_posts: Sequence[str], edition_posts: Sequence[str]) -> bool:
    """Whether an item is a matter of a post; "" asks for no post in particular. Nobody named: everybody's."""
    named = item_posts or edition_posts
    return not post or not named or post in named


# --- two editions side by side -------------------------------------------------------------------------------------

COMPARED = ("text", "remedy", "consequence", "limit", "photo", "posts", "how")


@dataclass(frozen=True)
class Difference:
    """One line of a comparison. kind: added, dropped, changed, same, moved (same text, another number).

    fields: which fields differ when changed.
    """

    kind: str
    old: Any
    new: Any
    fields: tuple[str, ...] = ()


def compare(old: Sequence[Any], new: Sequence[Any]) -> list[Difference]:
    """What became of the items of an edition in another, in the order of the new one; what was dropped stands where it was.

    Items belong together by their text first (then only the number moved), else by their number.
    """
    by_text = {plain_text(item.text): item for item in reversed(old)}
    by_number = {item.number: item for item in old}
    pairs: dict[int, Any] = {}
    used: set[int] = set()
    for at, item in enumerate(new):
        twin = by_text.get(plain_text(item.text))
        if twin is not None and id(twin) not in used:
            pairs[at] = twin
            used.add(id(twin))
    for at, item in enumerate(new):
        twin = by_number.get(item.number)
        if at not in pairs and twin is not None and id(twin) not in used:
            pairs[at] = twin
            used.add(id(twin))
    found = [_difference(pairs.get(at), item) for at, item in enumerate(new)]
    for at, item in enumerate(old):
        if id(item) not in used:
            before = next((line for line in reversed(old[:at]) if id(line) in used), None)
            after = 0
            if before is not None:
                after = next(i for i, line in enumerate(found) if line.old is before) + 1
            while after < len(found) and found[after].kind == "dropped":
                after += 1
            found.insert(after, Difference("dropped", item, None))
    return found


def _difference(old: Any, new: Any) -> Difference:
    if old is None:
        return Difference("added", None, new)
    fields = tuple(name for name in COMPARED if _value(old, name) != _value(new, name))
    if fields:
        return Difference("changed", old, new, fields)
    return Difference("same" if old.number == new.number else "moved", old, new)


def _value(item: Any, name: str) -> Any:
    value = getattr(item, name)
    return tuple(value) if name == "posts" else value
