"""What a loopback server does wrong, and when.

A script is a list of words, one consumed by each request; after the last one everything is "ok". A word is
NAME[:ARGUMENT][@after]. "@after" lets the server keep what it was sent and only then go wrong, so that the client's
retry is a duplicate. Besides the script, fail_ratio makes a seeded share of all later requests go wrong, with
fail_before and fail_after saying at which of the two moments this may happen (both: a coin decides).
"""

import random
import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    name: str
    argument: str = ""
    after: bool = False

    def __str__(self):
        return self.name + (":" + self.argument if self.argument else "") + ("@after" if self.after else "")


OK = Fault("ok")


def parse(word):
    """Reads one word of a script; ValueError says what is wrong with it."""
    text, at, moment = str(word).partition("@")
    if at and moment != "after":
        raise ValueError(f'fault "{word}": only "@after" may follow the name')
    name, _, argument = text.partition(":")
    if name == "slow":
        float(argument)
    return Fault(name, argument, bool(at))


class Faults:
    """The script of one server. Threads may call every method."""

    def __init__(self, known, **settings):
        self._known = known  # predicate on a name: does this server know how to do that?
        self._lock = threading.Lock()
        self._script = []
        self._ratio = 0.0
        self._before = self._after = True
        self._with = [parse("500"), parse("reset")]
        self._chance = random.Random(0)
        self.set(**settings)

    def _parse(self, words):
        faults = [parse(word) for word in words]
        for fault in faults:
            if not self._known(fault.name):
                raise ValueError(f'unknown fault "{fault}"')
        return faults

    def set(self, script=None, fail_ratio=None, seed=None, fail_with=None, fail_before=None, fail_after=None):
        """Changes what is named and leaves the rest; nothing changes when any of it is wrong."""
        new_script = None if script is None else self._parse(script)
        new_with = None if fail_with is None else self._parse(fail_with)
        if fail_ratio is not None and not 0.0 <= float(fail_ratio) <= 1.0:
            raise ValueError("fail_ratio is a share between 0 and 1")
        if new_with == []:
            raise ValueError("fail_with needs at least one fault")
        with self._lock:
            if new_script is not None:
                self._script = new_script
            if new_with is not None:
                self._with = new_with
            if fail_ratio is not None:
                self._ratio = float(fail_ratio)
            if fail_before is not None:
                self._before = bool(fail_before)
            if fail_after is not None:
                self._after = bool(fail_after)
            if seed is not None:
                self._chance = random.Random(seed)

    def next(self):
        """The fault of the request that has just arrived."""
        with self._lock:
            if self._script:
                return self._script.pop(0)
            if self._ratio == 0.0 or not (self._before or self._after):
                return OK
            # Always three draws, so that what happens to request n does not depend on the switches.
            fails, which, late = self._chance.random() < self._ratio, self._chance.random(), self._chance.random() < 0.5
            if not fails:
                return OK
            fault = self._with[int(which * len(self._with))]
            after = self._after and (late or not self._before)
            return Fault(fault.name, fault.argument, after)
