"""Attachments and import runs: hash, type check, metadata stripped; tables that came in by file."""
