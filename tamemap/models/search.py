"""The index of the search: which thing stands behind which words."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class SearchEntry(SQLModel, table=True):
    """One thing that can be found, in the order of time: the larger ``id`` is the newer.

    ``thing`` is topic, post, flyer (its resident face) or outside (its outside face), ``thing_id`` that row's number. Its words
    stand beside it as each database likes it (migration 0004): on SQLite in the FTS5 table ``search_words`` under the same
    number, on PostgreSQL in a column ``words`` (tsvector). Only ``services.search_index`` writes them.
    """

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("thing", "thing_id"),)
    id: int | None = Field(default=None, primary_key=True)
    thing: str = Field(max_length=8)
    thing_id: int
