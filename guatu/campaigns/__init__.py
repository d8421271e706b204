"""The campaign itself: leading group, office, work groups, phases."""
