"""Lists of people, households, enterprises; entries."""
