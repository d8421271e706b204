"""What other Open311 servers do to a case, in words."""

from guatu.kernel.verbs import declare_verbs

declare_verbs({"case.peer_update": ("外部平台发来进展 {update}", "an update came from outside: {update}")})
