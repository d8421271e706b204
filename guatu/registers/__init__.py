"""Lists of persons, units and households, with personal values sealed."""
