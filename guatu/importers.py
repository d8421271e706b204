"""Composition: everything that can be imported from a table. Each noun's `importers.py` says how; this list says that.

An entry is an `Importer`, or a `Family` for importers that depend on rows (one for each register).
"""

from guatu.files.imports import Family, Importer

IMPORTERS: list[Importer | Family] = []
