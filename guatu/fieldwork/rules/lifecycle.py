"""States of forms and of submissions. Pure."""

# Where a form may go from each state.
FORM: dict[str, tuple[str, ...]] = {
    "draft": ("open",),
    "open": ("closing", "closed"),
    "closing": ("open", "closed"),
    "closed": ("open",),
}
LISTED = ("open",)  # phones are told of it
ACCEPTING = ("open", "closing")  # closing: what is still in phones is taken, nothing new is handed out

# What a reviewer may say of a submission.
REVIEWED = ("received", "has_issues", "approved", "rejected")
COUNTED = ("received", "has_issues", "approved")  # rejected and withdrawn ones count for nothing
WITHDRAWN = "withdrawn"


def may_move(old: str, new: str) -> bool:
    """Whether a form may go from one state to another."""
    return new in FORM.get(old, ())


def next_version(version: str) -> str:
    """A version after this one: the last run of digits plus one; `2021091601` → `2021091602`, `a` → `a-2`, "" → `1`."""
    head = version.rstrip("0123456789")
    digits = version[len(head) :]
    if not version:
        return "1"
    if not digits:
        return f"{version}-2"
    return f"{head}{int(digits) + 1:0{len(digits)}d}"
