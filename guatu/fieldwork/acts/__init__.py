"""Every write about forms and submissions."""

from guatu.fieldwork import verbs as verbs
from guatu.fieldwork.acts.comments import add_comment
from guatu.fieldwork.acts.drafts import (
    add_draft_media,
    copy_to_draft,
    draft_form,
    drop_draft,
    publish_draft_as,
    remove_draft_media,
    try_draft,
)
from guatu.fieldwork.acts.forms import change_settings, move_form, publish_draft, publish_form
from guatu.fieldwork.acts.keys import NewKey, end_key, limit_key, make_key
from guatu.fieldwork.acts.letters import LARGEST_XML
from guatu.fieldwork.acts.many import preview_reviews, review_many, undo_reviews
from guatu.fieldwork.acts.receive import PUBLIC, EnvelopeIn, FileIn, Outcome, receive_many
from guatu.fieldwork.acts.returns import (
    chase,
    chase_returns,
    hand_return,
    prolong_return,
    settle_returns,
    take_back_return,
)
from guatu.fieldwork.acts.submissions import (
    add_file,
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
    "add_comment",
    "add_draft_media",
    "add_file",
    "change_settings",
    "chase",
    "chase_returns",
    "copy_to_draft",
    "correct_submission",
    "draft_form",
    "drop_draft",
    "end_key",
    "hand_return",
    "limit_key",
    "look_at_personal",
    "make_key",
    "move_form",
    "preview_reviews",
    "prolong_return",
    "publish_draft",
    "publish_draft_as",
    "publish_form",
    "receive_many",
    "remove_draft_media",
    "restore_submission",
    "review_many",
    "review_submission",
    "settle_aside",
    "settle_returns",
    "take_back_return",
    "try_draft",
    "undo_reviews",
    "withdraw_submission",
]
