"""The phone door: pages that work without signal, delta sync of assigned lists, and the outbox."""
