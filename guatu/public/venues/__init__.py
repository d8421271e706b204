"""Venue codes at the door: what a scan opens, and the keys by which anybody checks a code."""
