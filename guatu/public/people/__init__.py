"""Pages for people without an account: report a matter, follow it, answer a question by a one-time link."""
