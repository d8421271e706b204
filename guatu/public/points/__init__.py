"""Where the shortest line is, for everybody."""
