"""Telling somebody about something: what waits for a person, seen when."""
