"""Every question about figures: values, values by area and day, the records behind, what changed since."""

from guatu.figures.reads.records import Record, Records, records, titles_of
from guatu.figures.reads.tally import Question, add_up, amounts, behind, daily, tally
from guatu.figures.reads.trace import Trace, figure_by_code, frozen_as_of, heads_tag, present_as_of, trace
from guatu.figures.reads.values import (
    RIGHT,
    AsOf,
    amount_of_facts,
    definition,
    facts_of_part,
    indicators,
    value,
    values,
    values_by_area,
    values_by_day,
    visible_facts,
)

__all__ = [
    "RIGHT",
    "AsOf",
    "Question",
    "Record",
    "Records",
    "Trace",
    "add_up",
    "amount_of_facts",
    "amounts",
    "behind",
    "daily",
    "definition",
    "facts_of_part",
    "figure_by_code",
    "frozen_as_of",
    "heads_tag",
    "indicators",
    "present_as_of",
    "records",
    "tally",
    "titles_of",
    "trace",
    "value",
    "values",
    "values_by_area",
    "values_by_day",
    "visible_facts",
]
