"""Open311 GeoReport v2: the cases of public classes for everybody, and reports from whoever has a key."""
