"""The eight tones of state. A noun's page maps its own states to these; no state is shown by colour alone."""

from dataclasses import dataclass

from django.utils.functional import Promise

TONES: dict[str, str] = {
    "waiting": "○",  # 未开始
    "going": "◐",  # 进行中
    "done": "●",  # 完成
    "soon": "◇",  # 临期
    "late": "▲",  # 逾期
    "held": "‖",  # 挂账
    "returned": "↩",  # 退回
    "void": "×",  # 作废
}


@dataclass(frozen=True)
class State:
    """A tone (shape and colour) and the noun's own word for it."""

    tone: str
    word: str | Promise

    def __post_init__(self) -> None:
        if self.tone not in TONES:
            raise ValueError(f"no tone {self.tone!r}; use one of {', '.join(TONES)}")

    @property
    def shape(self) -> str:
        return TONES[self.tone]

    def __str__(self) -> str:
        return str(self.word)
