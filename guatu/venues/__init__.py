"""What a place shows to people outside: venue codes and their scans, service points and their queues."""
