"""A register, its entries, and the identities that keep an entry from standing there twice."""

import datetime as dt
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from guatu.kernel import clock, ids

KIND_WORDS = {"person": _("人员"), "unit": _("单位"), "household": _("家庭"), "other": _("其他对象")}
CONFLICT_WORDS = {"soft": _("并行修改，互不相同的项"), "hard": _("同一项被两边修改")}
WORD_STATUS_WORDS = {
    "taken": _("已写入名册"),
    "waiting": _("等待前一份填报"),
    "approval": _("等待审阅通过"),
    "failed": _("未能写入"),
    "dropped": _("已放弃"),
}
STATUS_WORDS = {"current": _("在册"), "withdrawn": _("已撤出"), "forgotten": _("已销毁个人信息")}
TYPE_WORDS = {
    "text": _("文字"),
    "number": _("数字"),
    "date": _("日期"),
    "yes": _("是或否"),
    "choice": _("选项"),
    "phone": _("电话"),
    "id_card": _("居民身份证号"),
    "credit_code": _("统一社会信用代码"),
}


class Register(models.Model):
    """A list of one kind of subject, with declared columns (rules.Column as data)."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="registers")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(max_length=12)  # person unit household other
    area = models.CharField(max_length=20)  # what it covers
    key_field = models.CharField(max_length=40)  # the column that tells one entry from another
    title_field = models.CharField(max_length=40)  # the column an entry is called by
    columns = models.JSONField()
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="below")
    purpose = models.CharField(
        max_length=200, blank=True, default=""
    )  # what the personal values are kept for
    erase_on = models.DateField(null=True, blank=True)  # the day by which they must be destroyed
    order = models.PositiveIntegerField(default=0)
    entity_list = models.CharField(
        max_length=60, blank=True, default=""
    )  # the name under which forms and phones know it; "" = it is not offered to them
    entity_approval = models.BooleanField(
        default=False
    )  # what a form makes is entered when its submission is approved
    entity_own = models.BooleanField(default=False)  # phones get only what their person entered
    entity_personal = models.BooleanField(
        default=False
    )  # phones of those who may open personal values get them too, each time with a line in the sight log
    listed_at = models.DateTimeField(null=True, blank=True)  # when it was first offered
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="register_campaign_code"),
            models.UniqueConstraint(
                fields=["campaign", "entity_list"],
                condition=~models.Q(entity_list=""),
                name="register_campaign_list",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """One subject on a list. What is personal is sealed under the entry's own key; `fields` holds the rest."""

    pk = models.CompositePrimaryKey("home", "id")
    home = models.CharField(max_length=9)
    id = models.UUIDField(default=ids.new)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="entries")
    campaign_id = models.UUIDField(null=True)  # the register's, for ledger and figures
    key_index = models.CharField(max_length=32)  # blind index of the key column
    key_text = models.CharField(
        max_length=120, blank=True, default=""
    )  # the key itself, when it is not personal
    title_text = models.CharField(
        max_length=120, blank=True, default=""
    )  # what it is called by, when not personal
    area = models.CharField(max_length=20, blank=True, default="")
    fields = models.JSONField(default=dict)
    sealed = models.JSONField(default=dict)
    status = models.CharField(max_length=12, default="current")
    parent_id = models.UUIDField(null=True)  # an entry of the parent register (person → unit)
    conflict = models.CharField(
        max_length=4, blank=True, default=""
    )  # lists.CONFLICTS: what two people changed side by side and nobody has looked at
    entered_at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField(null=True, blank=True)  # null: it stands as it was entered
    changed_by_id = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(
                fields=["register", "status", "area"], name="entry_register_area"
            ),  # list of a street
            models.Index(fields=["register", "entered_at"], name="entry_register_time"),  # list, newest first
            models.Index(fields=["parent_id"], name="entry_parent"),  # persons of a unit
            models.Index(
                fields=["register", "by_id"], name="entry_register_by"
            ),  # “what I entered”, on phones
            models.Index(fields=["id"], name="entry_id"),  # record page, facts
            models.Index(
                fields=["register", "conflict"], condition=~models.Q(conflict=""), name="entry_conflict"
            ),  # what waits for somebody to look at both sides
        ]

    def __str__(self) -> str:
        return self.title_text or self.key_text or f"…{str(self.id)[-6:]}"

    @property
    def register_code(self) -> str:
        return self.register.code

    @property
    def entered_on(self) -> dt.date:
        """The day it is counted under."""
        return clock.local(self.entered_at).date()

    @property
    def columns(self) -> list[dict[str, Any]]:
        return list(self.register.columns)


class Identity(models.Model):
    """Who is on a list already: one row for each live key. Keyed by the blind index, not by `home`, because the place
    where somebody lives is guessed and later corrected, and must not let them in twice."""

    pk = models.CompositePrimaryKey("register", "key_index")
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="+")
    key_index = models.CharField(max_length=32)
    entry_home = models.CharField(max_length=9)
    entry_id = models.UUIDField()


class EntityWord(models.Model):
    """What one submission says of one entity of a list, and what became of it.

    It is kept because phones send out of order: a change may come in before what it changes (waiting), or before anybody
    has approved it (approval); and because a correction of the submission must be set against what it said before.
    """

    id = models.UUIDField(primary_key=True, default=ids.new)
    home = models.CharField(max_length=9)
    register = models.ForeignKey(
        Register, null=True, on_delete=models.PROTECT, related_name="words"
    )  # null: no list of that name was offered when it came in
    list_name = models.CharField(max_length=60)  # as the form called it
    submission_id = models.UUIDField()
    entity_id = models.UUIDField(
        null=True
    )  # the entry's id, whether it is there yet or not; null: it was none
    area = models.CharField(max_length=20, blank=True, default="")
    create = models.BooleanField(default=False)
    update = models.BooleanField(default=False)
    base = models.PositiveIntegerField(null=True)  # the version the phone looked at
    trunk = models.PositiveIntegerField(null=True)  # the last one it had from here, when it went on offline
    branch = models.CharField(
        max_length=36, blank=True, default=""
    )  # what it did offline hangs together by this
    said = models.JSONField(default=dict)  # column key → text, as the form said it
    sealed = models.JSONField(default=dict)  # the same for personal columns, under the entity's own key
    said_at = models.DateTimeField()  # when it happened, by the submission
    heard_at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    via = models.CharField(max_length=80, default="openrosa")
    status = models.CharField(max_length=10)  # WORD_STATUS_WORDS
    made = models.PositiveIntegerField(null=True)  # the version of the entry that came of it
    conflict = models.CharField(max_length=4, blank=True, default="")
    kept = models.JSONField(default=list, blank=True)  # columns where the newer word of somebody else stood
    problem = models.JSONField(default=dict, blank=True)  # {"code", "details"} of a refusal
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission_id", "entity_id"], name="entityword_submission_entity"
            )
        ]
        indexes = [
            models.Index(
                fields=["entity_id", "heard_at"], name="entityword_entity"
            ),  # the entry's page, waiting ones
            models.Index(fields=["register", "status", "heard_at"], name="entityword_register"),  # what waits
            models.Index(
                fields=["status", "heard_at"], name="entityword_status"
            ),  # the job that waits no longer
        ]

    def __str__(self) -> str:
        return f"{self.list_name} …{str(self.entity_id)[-6:]}"
