"""Pages and machines of people outside: Open311, one-time links, following a report."""
