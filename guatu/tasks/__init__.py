"""Task list, milestones, evidence, acceptance; activities (clean days, drills, meetings)."""
