"""How the tests are shared between processes: the browser's together in one, the others one by one.

All browser tests drive one living town, which costs a server, a worker and a Chromium. (Marks of ``xdist_group`` have no effect:
pytest-xdist 3.8 writes them where pytest 9.2 does not read them.)
"""

from __future__ import annotations

from xdist.scheduler.loadscope import LoadScopeScheduling

TOWN = "tests/e2e/"


class TownTogether(LoadScopeScheduling):
    """The largest group, the town, goes first; then each test to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return TOWN if nodeid.startswith(TOWN) else nodeid
