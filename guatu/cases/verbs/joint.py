"""What several hands do on one case, in words."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "case.part_given": ("请{unit_name}协同办理一项", "asked {unit_name} to do a part"),
        "case.part_accepted": ("{unit_name}接下协同任务", "{unit_name} took its part on"),
        "case.part_done": ("{unit_name}完成协同任务", "{unit_name} did its part"),
        "case.part_returned": ("{unit_name}退回协同任务", "{unit_name} gave its part back"),
        "case.part_taken_back": ("收回{unit_name}的协同任务", "took the part of {unit_name} back"),
        "case.offered": ("向{to_name}提出移交", "offered to {to_name}"),
        "case.handed_over": ("由{from_name}移交{to_name}", "handed over from {from_name} to {to_name}"),
        "case.hand_over_returned": ("{to_name}不接移交，退回", "{to_name} did not take it over"),
        "case.hand_over_taken_back": ("收回移交{to_name}的提议", "offer to {to_name} taken back"),
        "case.commented": ("留言", "commented"),
        "case.comment_edited": ("修改留言", "mended a comment"),
        "case.comment_withdrawn": ("撤回留言", "withdrew a comment"),
    }
)
