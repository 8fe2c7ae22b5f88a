"""The tables, by noun. Importing this package registers them all."""

from tamemap.models.board import Board, Post, Reaction, Report, Topic
from tamemap.models.flyer import Flyer, Picture, Placement, PlacementChange
from tamemap.models.map import Map
from tamemap.models.outbox import Heartbeat, IdempotentAnswer, OutboxEntry
from tamemap.models.person import Notice, Person, Role, SignedIn, SignInCode
from tamemap.models.place import GeocoderAnswer, Municipality, Place, Region

__all__ = [
    "Board",
    "Flyer",
    "GeocoderAnswer",
    "Heartbeat",
    "IdempotentAnswer",
    "Map",
    "Municipality",
    "Notice",
    "OutboxEntry",
    "Person",
    "Picture",
    "Place",
    "Placement",
    "PlacementChange",
    "Post",
    "Reaction",
    "Region",
    "Report",
    "Role",
    "SignInCode",
    "SignedIn",
    "Topic",
]
