"""The errors Tamemap raises on purpose: a code and parameters, never words.

Words are made of them in two places only: ``web`` (problem+json and pages) and ``ui`` (sentences on the screen). The words
stand in the locale files under ``errors.<code>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: its API name, the error's code, and what the sentence needs (``{limit}`` and the like)."""

    field: str
    code: str
    params: dict[str, object] = attribute(default_factory=dict)


class TamemapError(Exception):
    """Base of all; ``status`` is the HTTP status that the web answers with."""

    status = 400

    def __init__(self, code: str, *, errors: tuple[FieldError, ...] = (), **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.errors = errors


class Invalid(TamemapError):
    """What was sent is wrong; ``errors`` says which fields."""

    status = 422

    @classmethod
    def at(cls, name: str, code: str, **params: object) -> Invalid:
        """The error for one field."""
        return cls(code, errors=(FieldError(name, code, dict(params)),), **params)


class Unauthenticated(TamemapError):
    """Somebody must sign in first."""

    status = 401


class Forbidden(TamemapError):
    """This actor may not do this."""

    status = 403


class NotFound(TamemapError):
    """There is no such thing, or not for this viewer (both look alike from outside)."""

    status = 404


class Conflict(TamemapError):
    """The thing has changed meanwhile, or an idempotency key came back with another body."""

    status = 409


class Gone(TamemapError):
    """It stood here and was taken away."""

    status = 410


class PreconditionFailed(TamemapError):
    """``If-Match`` names an older version."""

    status = 412


class TooLarge(TamemapError):
    """More bytes, pixels or files than we take."""

    status = 413


class Unsupported(TamemapError):
    """A file of a kind we do not read."""

    status = 415


class TooMany(TamemapError):
    """Too often; ``retry_after`` seconds are in the parameters."""

    status = 429


class Unavailable(TamemapError):
    """A part that we need does not answer at the moment."""

    status = 503
