"""Every kind of subject the ledger speaks of: how its facts are read, who may see it, where its page is."""

from guatu.kernel.subjects import Subject

SUBJECTS: list[Subject] = []
