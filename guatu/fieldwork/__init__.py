"""Forms and versions, envelopes as received, submissions as understood."""
