"""``/api/v1/groups``: what a group (団体) says about itself, and its flyers that are up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from tamemap import door, urls
from tamemap.queries.groups import GroupPage, GroupTopic, group_page
from tamemap.urls import API
from tamemap.web.api_maps import cached
from tamemap.web.callers import of_program
from tamemap.web.problems import language
from tamemap.web.serial import card_json, moment

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def show_group(request: Request) -> Response:
    """
    summary: A group, its flyers that are up (the soonest first) and its latest topics; the same for everybody
    responses:
      200: {description: Group}
      404: {description: no such group}
      410: {description: it has ended its work}
    """
    found = await door.acall(group_page, of_program(request), slug=request.path_params["group"])
    return cached(request, group_json(found, language(request)), public=True)


def group_json(page: GroupPage, lang: str) -> dict[str, Any]:
    """A group with its flyers and topics."""
    group = page.group
    return {
        "slug": group.slug,
        "name": group.name,
        "page": urls.absolute(urls.group_page(group.slug)),
        "municipality": {"code": group.municipality_code, "name": group.municipality_name},
        "map": group.map_slug,
        "html": group.html,
        "contact": group.contact,
        "url": group.url,
        "version": group.version,
        "flyers": [card_json(card, lang) for card in page.flyers],
        "topics": [_topic_json(topic) for topic in page.topics],
    }


def _topic_json(topic: GroupTopic) -> dict[str, Any]:
    return {
        "id": topic.public_id,
        "url": urls.absolute(urls.topic_page(topic.board, topic.public_id)),
        "board": topic.board,
        "title": topic.title,
        "posts_count": topic.posts_count,
        "last_post_at": moment(topic.last_post_at),
    }


routes = [Route(f"{API}/groups/{{group}}", show_group)]
