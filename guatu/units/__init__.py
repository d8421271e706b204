"""Units, posts, people, contracts (who answers for which place)."""
