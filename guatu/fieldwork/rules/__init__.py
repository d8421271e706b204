"""Pure rules of forms and submissions: what a form asks, what an envelope answers, what it counts for."""
