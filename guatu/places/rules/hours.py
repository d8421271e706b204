"""Opening hours as places write them, read into minutes of a week. Pure.

Understood: a subset of OpenStreetMap's `opening_hours` ("Mo-Fr 09:00-21:00; Sa,Su 10:00-22:00", "24/7", "Tu off",
"19:00-02:00" over midnight) and the ways Chinese shop doors write the same ("周一至周五 9:00-21:00", "每天9点到次日2点",
"24小时营业"). What is not understood is never guessed at: it is unknown, and shown as such. Public holidays (PH) are left
out: the work calendar knows them, the door does not.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DAY = 24 * 60
_WEEK = 7
Span = tuple[int, int]  # minutes from midnight of the day it begins on; the end may lie beyond 1440

_OSM_DAYS = {name: number for number, name in enumerate(("mo", "tu", "we", "th", "fr", "sa", "su"))}
_ZH_DAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5}
_SETS = {
    "每天": range(7), "每日": range(7), "全周": range(7), "全年": range(7), "daily": range(7),
    "工作日": range(5), "平日": range(5), "周末": (5, 6), "双休日": (5, 6), "节假日": (),
}  # fmt: skip
_ALWAYS = {"24/7", "24小时", "24小时营业", "全天", "全天候", "全天营业", "全天24小时", "00:00-24:00", "24h"}
_OFF = ("off", "closed", "休息", "休", "不营业", "闭店", "闭馆", "关闭")
_ZH_DAY = r"(?:周|星期|礼拜)?[一二三四五六日天]"
_SET_WORDS = "|".join(sorted(_SETS, key=len, reverse=True))
_DAY = re.compile(
    rf"^(?:(?P<set>{_SET_WORDS})|(?P<zh>(?:周|星期|礼拜)[一二三四五六日天](?:[-,](?:{_ZH_DAY}))*)"
    r"|(?P<osm>(?:mo|tu|we|th|fr|sa|su)(?:[-,](?:mo|tu|we|th|fr|sa|su))*)|(?P<ph>ph|sh))[,\s:]*"
)
_CLOCK = r"(?P<{0}p>上午|早上|早|凌晨|中午|下午|晚上|晚|夜里|次日|第二天|翌日|次日凌晨)?(?P<{0}h>\d{{1,2}})(?::(?P<{0}m>\d{{2}}))"
_TIMES = re.compile("^" + _CLOCK.format("a") + "-" + _CLOCK.format("b") + "$")
_AFTERNOON = ("下午", "晚上", "晚", "夜里")
_NEXT_DAY = ("次日", "第二天", "翌日", "次日凌晨")


@dataclass(frozen=True)
class Hours:
    """A week of opening hours. known: the text was understood; then a day without a span is a day of rest.

    week: for each weekday (Monday first) the spans that begin on it, in order, none overlapping.
    """

    known: bool
    week: tuple[tuple[Span, ...], ...] = ((),) * _WEEK

    def spans_on(self, day: dt.date) -> tuple[Span, ...]:
        """The spans that begin on a day."""
        return self.week[day.weekday()]

    def open_at(self, moment: dt.datetime) -> bool | None:
        """Whether it is open at a (local) moment; None when the hours are not known. The closing minute is closed."""
        if not self.known:
            return None
        minute = moment.hour * 60 + moment.minute
        today, before = self.week[moment.weekday()], self.week[(moment.weekday() - 1) % _WEEK]
        return any(low <= minute < high for low, high in today) or any(
            low <= minute + DAY < high for low, high in before
        )

    def windows(self, start: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
        """The stretches between two local moments in which it is open, in order; unknown hours: the whole stretch."""
        if end <= start:
            return []
        if not self.known:
            return [(start, end)]
        found: list[tuple[dt.datetime, dt.datetime]] = []
        day = start.date() - dt.timedelta(days=1)
        while day <= end.date():
            midnight = dt.datetime.combine(day, dt.time.min, tzinfo=start.tzinfo)
            for low, high in self.spans_on(day):
                opens = max(start, midnight + dt.timedelta(minutes=low))
                closes = min(end, midnight + dt.timedelta(minutes=high))
                if opens < closes:
                    found.append((opens, closes))
            day += dt.timedelta(days=1)
        return _joined(sorted(found))

    def fits(self, start: dt.datetime, minutes: int) -> bool | None:
        """Whether a stay of so many minutes from `start` on lies within the hours; None when they are not known."""
        if not self.known:
            return None
        end = start + dt.timedelta(minutes=max(minutes, 1))
        return any(opens <= start and end <= closes for opens, closes in self.windows(start, end))


UNKNOWN = Hours(known=False)


def _joined(windows: Sequence[tuple[dt.datetime, dt.datetime]]) -> list[tuple[dt.datetime, dt.datetime]]:
    """Neighbours that touch become one: open round the clock is one stretch, not one a day."""
    found: list[tuple[dt.datetime, dt.datetime]] = []
    for low, high in windows:
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def _plain(text: str) -> str:
    """Full-width signs made half-width, every dash and 至 a hyphen, every clock time H:MM."""
    text = unicodedata.normalize("NFKC", text).strip().lower()
    text = re.sub(r"(?<=[\d一二三四五六日天点时分半])\s*(?:至|到|~|—+|–|−|－|-)\s*", "-", text)
    text = re.sub(r"(?<=[a-z])\s*(?:~|—|–|-)\s*(?=[a-z])", "-", text)
    text = re.sub(r"(\d{1,2})(?:点|时)(?!间)半", r"\1:30", text)
    text = re.sub(r"(\d{1,2})(?:点|时)(?!间)(\d{1,2})分?", lambda m: f"{m[1]}:{int(m[2]):02d}", text)
    text = re.sub(r"(\d{1,2})(?:点整|点钟|点|时)(?!间)", r"\1:00", text)
    text = re.sub(r"^(营业时间|开放时间|opening hours)\s*:?\s*", "", text)
    text = re.sub(r"(?<=\d:\d\d)\s*(营业|开放|开门)", "", text)
    return re.sub(r"\s*([,、])\s*", ",", text)


def parse(text: str) -> Hours:
    """The hours of a text. Empty, or not understood in any part of it: `UNKNOWN`."""
    plain = _plain(text)
    if not plain:
        return UNKNOWN
    if plain.replace(" ", "") in _ALWAYS:
        return Hours(True, (((0, DAY),),) * _WEEK)
    week: list[tuple[Span, ...] | None] = [None] * _WEEK
    for rule in filter(None, (part.strip() for part in re.split(r"[;。\n]|\|\|", plain))):
        read = _rule(rule)
        if read is None:
            return UNKNOWN
        for days, spans in read:
            for day in days:  # a later rule overrides the days that it names, as in OpenStreetMap
                week[day] = spans
    if all(day is None for day in week):
        return UNKNOWN
    found = tuple(day or () for day in week)
    return Hours(True, found) if _separate(found) else UNKNOWN


def _rule(rule: str) -> list[tuple[set[int], tuple[Span, ...]]] | None:
    """Days and times of one rule, or of several with only a comma between ("周一-五 9:00-17:00,周六 10:00-16:00")."""
    found: list[tuple[set[int], tuple[Span, ...]]] = []
    rest = rule
    while rest:
        days, rest = _days(rest)
        if days is None:
            return None
        cut = _next_days(rest)
        times, rest = rest[:cut].strip(" ,"), rest[cut:].strip(" ,")
        spans = _spans(times)
        if spans is None:
            return None
        found.append((days, spans))
    return found


def _next_days(text: str) -> int:
    """Where the next rule begins inside a text of times: at the next word for days."""
    found = re.search(rf"(?:{_SET_WORDS}|周|星期|礼拜|\b(?:mo|tu|we|th|fr|sa|su|ph)\b)", text)
    return found.start() if found else len(text)


def _days(text: str) -> tuple[set[int] | None, str]:
    """The days a rule begins with (none named: every day) and what follows them; None: not understood."""
    days: set[int] | None = None
    while (found := _DAY.match(text)) is not None and found.end():
        days = days or set()
        if found["set"]:
            days |= set(_SETS[found["set"]])
        elif found["zh"]:
            days |= _range(re.sub(r"周|星期|礼拜", "", found["zh"]), _ZH_DAYS)
        elif found["osm"]:
            days |= _range(found["osm"], _OSM_DAYS)
        text = text[found.end() :]
    return (set(range(_WEEK)) if days is None else days), text.strip()


def _range(text: str, names: dict[str, int]) -> set[int]:
    days: set[int] = set()
    for piece in text.split(","):
        first, _dash, last = piece.partition("-")
        low, high = names[first], names[last or first]
        days |= {day % _WEEK for day in range(low, high + 1 if high >= low else high + _WEEK + 1)}
    return days


def _spans(text: str) -> tuple[Span, ...] | None:
    """The spans of a list of times; () for a day of rest; None: not understood."""
    if text.replace(" ", "") in _ALWAYS:
        return ((0, DAY),)
    if text in _OFF:
        return ()
    found: list[Span] = []
    for piece in re.split(r"[,和及]|\s+(?=\S)", text):
        span = _span(piece.strip())
        if span is None:
            return None
        found.append(span)
    return tuple(sorted(found)) or None


def _span(text: str) -> Span | None:
    found = _TIMES.match(text)
    if found is None:
        return None
    low = _minute(found["ap"] or "", found["ah"], found["am"])
    # 下午1:00-4:30: the word holds for both ends; 晚上7:00-2:00 goes on after midnight
    both = found["ap"] or "" if found["ap"] in _AFTERNOON and int(found["bh"]) + 12 > (low or 0) // 60 else ""
    high = _minute(found["bp"] or both, found["bh"], found["bm"])
    if low is None or high is None or low >= DAY:
        return None
    if high <= low:
        high += DAY  # 19:00-02:00 goes on after midnight
    return (low, high) if 0 < high - low <= DAY else None


def _minute(word: str, hour: str, minute: str) -> int | None:
    hours, minutes = int(hour), int(minute)
    if word in _AFTERNOON and hours < 12:
        hours += 12
    if word in _NEXT_DAY and hours < 24:
        hours += 24
    return hours * 60 + minutes if hours <= 48 and minutes < 60 else None


def _separate(week: Sequence[Sequence[Span]]) -> bool:
    """Whether no two spans of a day overlap (a night that runs into the next morning's is joined, not refused)."""
    return all(first[1] <= second[0] for day in week for first, second in zip(day, day[1:], strict=False))


def written(hours: Hours) -> str:
    """The hours in OpenStreetMap's way of writing; "" when they are not known. `parse(written(h)) == h`."""
    if not hours.known:
        return ""
    if all(day == ((0, DAY),) for day in hours.week):
        return "24/7"
    names = list(_OSM_DAYS)
    rules = []
    for number, day in enumerate(hours.week):
        times = ",".join(f"{_clock(low)}-{_clock(high)}" for low, high in day) or "off"
        rules.append(f"{names[number].capitalize()} {times}")
    return "; ".join(rules)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def open_within(hours: Hours, spans: Iterable[tuple[dt.datetime, dt.datetime]], minutes: int) -> bool:
    """Whether a stay of so many minutes is possible in one of the stretches (a shift's); unknown hours: yes."""
    need = dt.timedelta(minutes=minutes)
    return any(closes - opens >= need for start, end in spans for opens, closes in hours.windows(start, end))
