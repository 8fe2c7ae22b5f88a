"""Deeds. Whatever service is used, the search's index and the topics' revisions follow what it writes."""

from tamemap.services import revisions as revisions
from tamemap.services import search_index as search_index
