"""Acts (the ledger), problems, clock and work calendar, ids, access, secrets, jobs."""
