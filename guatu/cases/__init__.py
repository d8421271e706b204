"""A matter from report to closure: lifecycle table, clocks, dispatch."""
