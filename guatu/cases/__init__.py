"""A matter from report to closure: lifecycle table, clocks, dispatch, exchange with the platform above."""
