"""Proof of residence: how long it holds."""

from __future__ import annotations

from datetime import datetime, timedelta

PROOF_LIFE = timedelta(days=365)
"""People move; a proof is renewed every year."""


def proof_holds(proved_at: datetime | None, now: datetime) -> bool:
    """Whether a proof given then still counts."""
    return proved_at is not None and now < proved_at + PROOF_LIFE
