"""Every write about forms and submissions."""

from guatu.fieldwork import verbs as verbs
from guatu.fieldwork.acts.forms import change_settings, move_form, publish_draft, publish_form
from guatu.fieldwork.acts.keys import NewKey, end_key, make_key
from guatu.fieldwork.acts.letters import LARGEST_XML
from guatu.fieldwork.acts.receive import PUBLIC, EnvelopeIn, FileIn, Outcome, receive_many
from guatu.fieldwork.acts.submissions import (
    correct_submission,
    look_at_personal,
    restore_submission,
    review_submission,
    settle_aside,
    withdraw_submission,
)

__all__ = [
    "LARGEST_XML",
    "PUBLIC",
    "EnvelopeIn",
    "FileIn",
    "NewKey",
    "Outcome",
    "change_settings",
    "correct_submission",
    "end_key",
    "look_at_personal",
    "make_key",
    "move_form",
    "publish_draft",
    "publish_form",
    "receive_many",
    "restore_submission",
    "review_submission",
    "settle_aside",
    "withdraw_submission",
]
