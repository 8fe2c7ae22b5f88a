"""Who acts: a guest, a member, staff, an operator; and the ground on which the thing stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

STRONG_LIFE = timedelta(hours=12)
"""For how long a passkey or a one-time code opens the desk: a working day. After it staff show one again."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a thing belongs: a municipality (None for a thing of the whole region) and its region."""

    municipality_code: str | None
    region_id: int
    # what only people with proof of residence may do here: names of domain.permissions.PROVABLE
    proof_for: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who calls. A guest has no ``person_id``; ``guest_hash`` is the hash of the key in the guest's browser.

    ``client`` names the caller's network address, for limits only. ``proved_code`` is set while a proof of residence holds.
    ``groups`` are the active groups that the actor speaks for, ``owns`` those of them as owner. ``waiting``: there are desk
    roles, but this session has not shown a passkey or a one-time code of late, so they are left out. ``scopes`` of a program's
    token (None: a person, who may all that they may); ``token_id`` which token.
    """

    person_id: int | None = None
    public_id: str = ""
    name: str = ""
    mail: str = ""
    residence_code: str | None = None
    proved_code: str | None = None
    staff_of: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    operator_of: frozenset[int] = frozenset()
    operator_of_all: bool = False
    waiting: bool = False
    groups: frozenset[int] = frozenset()
    owns: frozenset[int] = frozenset()
    scopes: frozenset[str] | None = None
    token_id: int | None = None
    # regions in which this person may not write at present, each with the moment at which that ends
    suspended: tuple[tuple[int, datetime], ...] = ()
    session_id: int | None = None
    guest_hash: str | None = None
    client: str = ""

    @property
    def is_guest(self) -> bool:
        """Whether nobody is signed in."""
        return self.person_id is None

    @property
    def owner_hash(self) -> str:
        """What pictures on their way are kept under: the token, the person, else the guest's browser; empty for none."""
        if self.token_id is not None:
            return f"token:{self.token_id}"
        return f"person:{self.person_id}" if self.person_id is not None else (self.guest_hash or "")

    def kind_on(self, ground: Ground) -> str:
        """As what this actor stands on that ground: ``operator``, ``staff``, ``member`` or ``guest``."""
        if self.operator_of_all or ground.region_id in self.operator_of:
            return "operator"
        if ground.municipality_code is not None and ground.municipality_code in self.staff_of:
            return "staff"
        return "guest" if self.is_guest else "member"

    @property
    def may_enter_desk(self) -> bool:
        """Whether there is anything at the desk for this actor."""
        return bool(self.staff_of or self.operator_of or self.operator_of_all)


SYSTEM = Actor(name="system", operator_of_all=True)
"""The installation itself: the worker, the demo, the command line."""
