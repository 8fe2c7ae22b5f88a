"""Deeds. Whatever service is used, the search's index, the topics' revisions and the maps' versions follow."""

from tamemap.services import revisions as revisions
from tamemap.services import search_index as search_index
from tamemap.services import stamps as stamps
