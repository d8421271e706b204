"""Finding cases by words. Numbers by their beginning, exactly and at once; words through an index on both stores.

PostgreSQL keeps every pair of neighbouring characters of a case's words in an indexed array (table `cases_words`, kept by
the store itself, see the migration): trigrams, which its own extension offers, cannot serve a word of two characters, and
most Chinese words have two. SQLite reads the words from one narrow index instead of the wide rows, which is quick enough
for the hundred thousand cases it is meant for.
"""

import re
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from guatu.cases.models import Case
from guatu.kernel import clock

WORDS = ("number", "title", "upper_number", "address", "description")
_MOST_WORDS = 8
_LITERAL = 500
_NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9_/-]{0,59}")
_OWN = re.compile(r"(?i)(?:aj-?)?(?:(\d{4})-)?(\d{1,6})")


def search(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """The rows in which every word of the text stands. What looks like a number is first looked for as one.

    Few hits are written into the condition, so that tabs and counts of the same page do not search again.
    """
    words = text.split()[:_MOST_WORDS]
    if not words:
        return rows
    if len(words) == 1 and _NUMBER.fullmatch(words[0]):
        numbered = rows.filter(_by_number(words[0]))
        if numbered.order_by().exists():
            return numbered
    found = _matching(words)
    known = list(found.values_list("pk", flat=True)[: _LITERAL + 1])
    return rows.filter(pk__in=known) if len(known) <= _LITERAL else rows.filter(pk__in=found.values("pk"))


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


def _matching(words: list[str]) -> QuerySet[Case]:
    if connection.vendor == "postgresql":
        return Case.objects.filter(pk__in=_in_words(words))
    found = Case.objects.order_by()
    for word in words:
        anywhere = Q()
        for name in WORDS:
            anywhere |= Q(**{f"{name}__icontains": word})
        found = found.filter(anywhere)
    return found


def _in_words(words: list[str]) -> RawSQL:
    parts: list[str] = []
    values: list[Any] = []
    for word in words:
        low = word.lower()
        if pairs := sorted({low[n : n + 2] for n in range(len(low) - 1)}):
            parts.append("pairs @> %s::text[]")
            values.append(pairs)
        parts.append("words LIKE %s")
        values.append("%" + re.sub(r"([\\%_])", r"\\\1", low) + "%")
    return RawSQL(f"SELECT case_id FROM cases_words WHERE {' AND '.join(parts)}", values)  # noqa: S611
