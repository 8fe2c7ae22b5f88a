"""Reading what was sent: forms with files within limits, JSON objects, truth values."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from tamemap.errors import FieldError, Invalid, TamemapError, TooLarge
from tamemap.services.pictures import MOST

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Message

FILE_MOST = 20 * 1024 * 1024
FORM_MOST = 4 * FILE_MOST + 1024 * 1024
JSON_MOST = 256 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """A form: the last value of each field, all values of repeated ones, and the files' bytes by field."""

    values: dict[str, str]
    lists: dict[str, tuple[str, ...]]
    files: dict[str, tuple[bytes, ...]]

    def body_hash(self) -> str:
        """The same for the same fields and files, however the request was cut into parts."""
        digest = hashlib.sha256()
        for name in sorted(self.lists):
            digest.update(json.dumps([name, self.lists[name]]).encode())
        for name in sorted(self.files):
            digest.update(json.dumps([name, [hashlib.sha256(data).hexdigest() for data in self.files[name]]]).encode())
        return digest.hexdigest()


async def read_form(request: Request, *, most_files: int = 4) -> Sent:
    """The form of a request. Raises TooLarge before reading what is too long, Invalid for a broken or too crowded one."""
    _limit(request, FORM_MOST)
    try:
        form = await request.form(max_files=most_files + 8, max_fields=100, max_part_size=64 * 1024)
    except (MultiPartException, HTTPException, ValueError, KeyError) as error:
        if "Too many files" in str(getattr(error, "detail", error)):
            raise too_many_photos() from None
        raise Invalid("form_broken") from None
    try:
        lists: dict[str, list[str]] = {}
        files: dict[str, list[bytes]] = {}
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if (value.size or 0) > FILE_MOST:
                    raise _too_large(FILE_MOST)
                files.setdefault(name, []).append(await value.read())
            else:
                lists.setdefault(name, []).append(value)
    finally:
        await form.close()
    return Sent(
        values={name: values[-1] for name, values in lists.items()},
        lists={name: tuple(values) for name, values in lists.items()},
        files={name: tuple(data) for name, data in files.items()},
    )


async def read_object(request: Request) -> dict[str, Any]:
    """The JSON object (or the form's fields) of a request. Raises TooLarge, Invalid."""
    if request.headers.get("content-type", "").startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return dict((await read_form(request, most_files=0)).values)
    _limit(request, JSON_MOST)
    try:
        data = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError):
        raise Invalid("json_broken") from None
    if not isinstance(data, dict):
        raise Invalid("json_broken")
    return data


async def read_bytes(request: Request, *, most: int) -> bytes:
    """The body as it came. Raises TooLarge as soon as it is longer than ``most`` bytes."""
    _limit(request, most)
    return await request.body()


def number_of(request: Request, header: str) -> int:
    """A header as a whole number from 0. Raises Invalid for anything else."""
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdigit() and len(value) < 12):
        raise Invalid("header_wrong", name=header)
    return int(value)


def text_of(data: dict[str, Any], name: str, *, most: int = 10_000) -> str:
    """A field as text, empty when it is not there. Raises Invalid at the field for anything but text or a number."""
    value = data.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Invalid.at(name, "text_wrong")
    if len(str(value)) > most:
        raise Invalid.at(name, "too_long", limit=most)
    return str(value)


def ids_of(data: dict[str, Any], name: str) -> tuple[str, ...]:
    """A list of public ids, or one as text; not there is none. Raises Invalid at the field for anything else."""
    value = data.get(name)
    if value is None or value == "":
        return ()
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or len(listed) > 100 or not all(isinstance(one, str) and len(one) < 100 for one in listed):
        raise Invalid.at(name, "list_wrong")
    return tuple(listed)


def flag_of(data: dict[str, Any], name: str) -> bool:
    """A field as yes or no; not there is no. Raises Invalid at the field for anything else."""
    value = data.get(name)
    if isinstance(value, bool):
        return value
    known = {"": False, "false": False, "0": False, "off": False, "true": True, "1": True, "on": True}
    if value is None:
        return False
    if isinstance(value, str) and value.strip().lower() in known:
        return known[value.strip().lower()]
    raise Invalid.at(name, "flag_wrong")


def _limit(request: Request, most: int) -> None:
    """Refuse what says that it is too long at once, and what lies about it as soon as it has become too long."""
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > most:
        raise _too_large(most)
    receive, seen = request._receive, 0  # Starlette offers no public hook

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise _too_large(most)
        return message

    request._receive = counted


def too_many_photos() -> TamemapError:
    """The refusal of more photos than a flyer has."""
    return TooLarge("photo_too_many", errors=(FieldError("photo", "photo_too_many", {"limit": MOST}),), limit=MOST)


def _too_large(most: int) -> TamemapError:
    if most < FILE_MOST:
        return TooLarge("body_too_large", limit=most // 1024)
    megabytes = FILE_MOST // (1024 * 1024)
    return TooLarge("photo_too_large", errors=(FieldError("photo", "photo_too_large", {"limit": megabytes}),), limit=megabytes)
