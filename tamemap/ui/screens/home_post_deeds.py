"""What the home screen's State does with single posts: quoting one, changing one in its place."""

from __future__ import annotations

from collections.abc import AsyncIterator  # noqa: TC003  Reflex reads the annotations at run time
from typing import Any

import reflex as rx

from tamemap.i18n import t
from tamemap.queries.post_history import own_post
from tamemap.services import posts as write_posts
from tamemap.ui.components import checked
from tamemap.ui.components.post_rows import QuoteRow, quoting_row
from tamemap.ui.components.rows import PostRow, post_row


class PostDeeds(rx.State, mixin=True):
    """Mixed into the home screen's State, which holds ``posts``."""

    quoting: rx.Field[QuoteRow] = rx.field(default_factory=QuoteRow)  # the post that the answer will quote
    editing: str = ""  # the post that is being changed
    editing_words: str = ""  # as it was when that began

    @rx.event
    async def quote(self, public_id: str) -> None:
        """The answer will quote this post of the open topic."""
        with self._answering():  # type: ignore[attr-defined]
            wanted = checked.public_id(public_id)
            row = next((one for one in self.posts if one.id == wanted and not one.deleted), None)  # type: ignore[attr-defined]
            self.quoting = quoting_row(row.id, row.who, row.html) if row else QuoteRow()

    @rx.event
    async def drop_quote(self) -> None:
        """The answer will quote nothing."""
        self.quoting = QuoteRow()

    @rx.event
    async def start_edit(self, public_id: str) -> None:
        """Show one's own post as it was written, to be changed."""
        with self._answering():  # type: ignore[attr-defined]
            found = await self._ask(own_post, public_id=checked.public_id(public_id))  # type: ignore[attr-defined]
            self.editing, self.editing_words = public_id, found.body

    @rx.event
    async def stop_edit(self) -> None:
        """Leave the post as it is."""
        self._leave_edit()

    def _leave_edit(self) -> None:
        self.editing, self.editing_words = "", ""

    @rx.event
    async def save_edit(self, sent: dict[str, Any]) -> AsyncIterator[None]:
        """Change the post's words."""
        with self._answering():  # type: ignore[attr-defined]
            fields, post = checked.form(sent, "changed"), checked.public_id(self.editing)
            self.busy = "edit"  # type: ignore[attr-defined]
            yield
            made = await self._ask(write_posts.edit_post, post=post, body=fields["changed"])  # type: ignore[attr-defined]
            shown: list[PostRow] = self.posts  # type: ignore[has-type]
            self.posts = [post_row(made) if one.id == made.public_id else one for one in shown]
            self._leave_edit()
            self._say(t("boards.changed"))  # type: ignore[attr-defined]
