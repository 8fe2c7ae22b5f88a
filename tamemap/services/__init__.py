"""Deeds. Whatever service is used, the search's index follows what it writes."""

from tamemap.services import search_index as search_index
