"""The door for scenario packs: local variety as data."""
