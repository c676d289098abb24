"""What every service of the emulator is: who words its errors, how it goes wrong when told to."""

import uuid

from faults import Faults
from loopback import Reply
from sigv4 import Refused

# Good replies that a service spoils; what each does is in the service's spoil().
SPOILS = {"truncate", "cut", "stall", "md5", "damage", "partial", "duplicate"}
REFUSALS = {"throttle", "forbidden", "500", "503", "expired"}


class Service:
    """A service answers handle(); it has faults of its own beside those of the whole server.

    name: as in a signature's scope. REFUSE: fault -> (status, code, message).
    """

    name = ""
    REFUSE = {}
    SPOIL = set()

    def __init__(self, aws):
        self.aws = aws
        self.faults = Faults(aws.knows_fault)
        self.only = None  # actions that the faults are for; None: all

    def action_of(self, request):
        """The name of what is asked for, before anything of it has been checked."""
        raise NotImplementedError

    def handle(self, request, scope, now):
        """Returns the reply and what /_received shows of it; raises Refused."""
        raise NotImplementedError

    def refuse(self, refused, request=None):
        raise NotImplementedError

    def control(self, only=None, **settings):
        """Fault settings of this service alone. only: names of actions."""
        if only is not None:
            self.only = set([only] if isinstance(only, str) else only) or None
        self.faults.set(**settings)

    def fault(self, fault):
        """The refusal of a fault, in this service's words; None: it is none."""
        if fault.name not in self.REFUSE:
            return None
        status, code, message = self.REFUSE[fault.name]
        if fault.argument.isdigit():
            status = int(fault.argument)
        return self.refuse(Refused(status, code, message))

    def spoil(self, fault, reply):
        """A good reply, spoiled as the fault says; the reply itself when the service does not know how."""
        size = len(reply.body)
        at = min(int(fault.argument), max(size - 1, 0)) if fault.argument.isdigit() else size // 2
        if fault.name in ("truncate", "cut", "stall") and reply.body:
            then = {"truncate": "close", "cut": "reset", "stall": "nothing"}[fault.name]
            return Reply(reply.status, reply.body, reply.headers, cut=at, then=then)
        return reply


def request_id():
    return str(uuid.uuid4())
