"""Who is on duty here now: shifts of people at units, by role."""
