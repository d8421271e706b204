"""Measurements: one command each, a ratio against a named baseline taken in the same run, dated JSON in results/."""
