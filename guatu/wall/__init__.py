"""The wall: one screen."""
