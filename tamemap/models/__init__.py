"""The tables, by noun. Importing this package registers them all."""

from tamemap.models.audit import AuditEntry
from tamemap.models.board import (
    Board,
    BoardFollow,
    Mascot,
    MascotVoice,
    Mention,
    Post,
    PostPicture,
    PostVersion,
    Reaction,
    Report,
    Topic,
    TopicFlyer,
    TopicMark,
)
from tamemap.models.care import CareSetting, Case, CaseDecision, Objection, ReplyTemplate, Suspension
from tamemap.models.fan import Fan, Tie
from tamemap.models.flyer import Flyer, Picture, Placement, PlacementChange
from tamemap.models.group import Group, GroupMember, Invitation
from tamemap.models.map import Map
from tamemap.models.outbox import Heartbeat, IdempotentAnswer, OutboxEntry
from tamemap.models.person import Notice, Person, Role
from tamemap.models.place import GeocoderAnswer, Municipality, Place, Region
from tamemap.models.poll import Poll, PollOption, PollVote
from tamemap.models.push import PushSubscription
from tamemap.models.reading import KnownVenue, Reading, ReadingOutcome
from tamemap.models.residence import ResidenceCode, ResidenceCodeBatch
from tamemap.models.search import SearchEntry
from tamemap.models.sign_in import AccessToken, Handshake, Identity, Passkey, SignedIn, SignInCode
from tamemap.models.upload import Upload

__all__ = [
    "AccessToken",
    "AuditEntry",
    "Board",
    "BoardFollow",
    "CareSetting",
    "Case",
    "CaseDecision",
    "Fan",
    "Flyer",
    "GeocoderAnswer",
    "Group",
    "GroupMember",
    "Handshake",
    "Heartbeat",
    "IdempotentAnswer",
    "Identity",
    "Invitation",
    "KnownVenue",
    "Map",
    "Mascot",
    "MascotVoice",
    "Mention",
    "Municipality",
    "Notice",
    "Objection",
    "OutboxEntry",
    "Passkey",
    "Person",
    "Picture",
    "Place",
    "Placement",
    "PlacementChange",
    "Poll",
    "PollOption",
    "PollVote",
    "Post",
    "PostPicture",
    "PostVersion",
    "PushSubscription",
    "Reaction",
    "Reading",
    "ReadingOutcome",
    "Region",
    "ReplyTemplate",
    "Report",
    "ResidenceCode",
    "ResidenceCodeBatch",
    "Role",
    "SearchEntry",
    "SignInCode",
    "SignedIn",
    "Suspension",
    "Tie",
    "Topic",
    "TopicFlyer",
    "TopicMark",
    "Upload",
]
