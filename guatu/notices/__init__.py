"""Telling somebody about something."""
