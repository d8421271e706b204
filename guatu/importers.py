"""Composition: everything that can be imported from a table. Each noun's `importers.py` says how; this list says that.

An entry is an `Importer`, or a `Family` for importers that depend on rows (one for each register).
"""

from guatu.cases.importers import CASES
from guatu.cases.importers_classes import STANDARDS
from guatu.cases.importers_history import HISTORY
from guatu.duty.importers import SHIFTS
from guatu.files.imports import Family, Importer
from guatu.inspections.importers_norms import NORMS
from guatu.places.importers import GRIDS, PLACES
from guatu.registers.importers import ENTRIES
from guatu.tasks import importers as task_importers
from guatu.units.importers import CONTRACTS, PEOPLE, UNITS

IMPORTERS: list[Importer | Family] = [
    PLACES,
    GRIDS,
    UNITS,
    PEOPLE,
    CONTRACTS,
    SHIFTS,
    CASES,
    STANDARDS,
    HISTORY,
    NORMS,
    ENTRIES,
    task_importers.TASKS,
]
