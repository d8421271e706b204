"""How tasks and activities show their state: word, shape and colour. Shared by the sections plan and mine."""

from django.utils.translation import gettext_lazy as _

from guatu.kit.states import State
from guatu.tasks.models import Activity, Task
from guatu.tasks.words import ACTIVITY_STATUS_WORDS, STATUS_WORDS

_TONES = {
    "planned": "waiting",
    "started": "going",
    "returned": "returned",
    "reported_done": "held",
    "accepted": "done",
    "cancelled": "void",
}
STATES = {status: State(tone, STATUS_WORDS[status]) for status, tone in _TONES.items()}
LATE, RISK = State("late", _("逾期")), State("soon", _("临期"))
ACTIVITY_STATES = {
    "planned": State("waiting", ACTIVITY_STATUS_WORDS["planned"]),
    "held": State("done", ACTIVITY_STATUS_WORDS["held"]),
    "cancelled": State("void", ACTIVITY_STATUS_WORDS["cancelled"]),
}


def task_state(task: Task) -> State:
    """What matters most about a task: that it is late or at risk, else its status."""
    return LATE if task.late else RISK if task.risk else STATES[task.status]


def activity_state(activity: Activity) -> State:
    return ACTIVITY_STATES[activity.status]
