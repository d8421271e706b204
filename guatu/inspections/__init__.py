"""Inspections: norms, rounds over places, visits with a checklist, orders to rectify, look-backs."""
