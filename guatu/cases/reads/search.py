"""Finding cases by words. Numbers by their beginning, exactly and at once; words through an index on both stores.

PostgreSQL keeps every pair of neighbouring characters of a case's words in an indexed array (table `cases_words`, kept by
the store itself, see the migration): trigrams, which its own extension offers, cannot serve a word of two characters, and
most Chinese words have two. SQLite reads the words from one narrow index instead of the wide rows, which is quick enough
for the hundred thousand cases it is meant for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from guatu.cases.models import Case
from guatu.kernel import clock

WORDS = ("number", "title", "upper_number", "address", "description")
_MOST_WORDS = 8
_LITERAL = 5000
_NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9_/-]{0,59}")
_OWN = re.compile(r"(?i)(?:aj-?)?(?:(\d{4})-)?(\d{1,6})")


@dataclass(frozen=True)
class Search:
    """A search that has been looked at once: what it found tells how the rest of the page asks.

    known: all the ids, when they are few. broad: so many that the rows in their order are tried one by one, which meets a
    page's worth at once, while counting them all would read the whole table.
    """

    text: str
    words: tuple[str, ...]
    known: tuple[UUID, ...] | None = None
    broad: bool = False

    def narrow(self, rows: QuerySet[Case]) -> QuerySet[Case]:
        if not self.words:
            return rows
        if self.known is not None:
            return rows.filter(pk__in=self.known)
        if connection.vendor == "postgresql":
            return rows.filter(_here(self.words))
        return rows.filter(pk__in=_matching(self.words).values("pk"))

    def __str__(self) -> str:
        return self.text


def plan(text: str) -> Search:
    """Look at a search once; what looks like a number is first looked for as one. At most two queries."""
    words = tuple(text.split()[:_MOST_WORDS])
    if not words:
        return Search(text, ())
    if len(words) == 1 and _NUMBER.fullmatch(words[0]):
        numbered = _first(Case.objects.filter(_by_number(words[0])))
        if numbered and len(numbered) <= _LITERAL:
            return Search(text, words, numbered)
    found = _first(_matching(words))
    return Search(text, words, found) if len(found) <= _LITERAL else Search(text, words, broad=True)


def _first(rows: QuerySet[Case]) -> tuple[UUID, ...]:
    return tuple(rows.order_by().values_list("pk", flat=True)[: _LITERAL + 1])


def search(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """The rows in which every word of the text stands."""
    return plan(text).narrow(rows)


def _by_number(word: str) -> Q:
    found = _begins("number", word.upper()) | _begins("upper_number", word)
    if own := _OWN.fullmatch(word):
        now = clock.now().year
        years = [int(own[1])] if own[1] else range(now - 4, now + 2)
        found |= Q(number__in=[f"AJ-{year}-{int(own[2]):06d}" for year in years])
    return found


def _begins(field: str, word: str) -> Q:
    if connection.vendor == "sqlite":  # its LIKE knows no case and uses no index
        return Q(**{f"{field}__gte": word, f"{field}__lt": word + "\U0010fffd"})
    return Q(**{f"{field}__startswith": word})


def _matching(words: Sequence[str]) -> QuerySet[Case]:
    if connection.vendor == "postgresql":
        return Case.objects.filter(pk__in=_in_words(words))
    found = Case.objects.order_by()
    for word in words:
        anywhere = Q()
        for name in WORDS:
            anywhere |= Q(**{f"{name}__icontains": word})
        found = found.filter(anywhere)
    return found


def _in_words(words: Sequence[str]) -> RawSQL:
    parts: list[str] = []
    values: list[Any] = []
    for word in words:
        low = word.lower()
        if pairs := sorted({low[n : n + 2] for n in range(len(low) - 1)}):
            parts.append("pairs @> %s::text[]")
            values.append(pairs)
        parts.append("words LIKE %s")
        values.append(_anywhere(low))
    return RawSQL(f"SELECT case_id FROM cases_words WHERE {' AND '.join(parts)}", values)  # noqa: S608


class _Here(Func):
    """The same asked of one row; OFFSET 0 keeps the planner from turning it round."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *_given: Any, **_more: Any) -> tuple[str, Any]:
        key, *words = self.get_source_expressions()
        column, _none = compiler.compile(key)
        tests = " AND ".join(["w.words LIKE %s"] * len(words))
        sql = f"EXISTS (SELECT 1 FROM cases_words w WHERE w.case_id = {column} AND {tests} OFFSET 0)"  # noqa: S608
        return sql, [word.value for word in words]


def _here(words: Sequence[str]) -> _Here:
    return _Here(F("pk"), *(Value(_anywhere(word.lower())) for word in words))


def _anywhere(word: str) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"
