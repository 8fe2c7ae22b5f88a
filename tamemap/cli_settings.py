"""What is wrong with the settings, in words: for ``check``, and for every command before it does anything."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from dotenv import dotenv_values
from pydantic import ValidationError

from tamemap.cli_words import error_words, language, words
from tamemap.config import Settings
from tamemap.errors import TamemapError
from tamemap.gateways.mail import mail_from_settings
from tamemap.gateways.storage import storage_from
from tamemap.i18n import section

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "TAMEMAP_"
REDIS = ("", "redis", "rediss", "unix")


def misspelt() -> list[str]:
    """Names of variables, in the environment or ``.env``, that look like settings and are none."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    named = {name.upper() for name in (*os.environ, *dotenv_values(".env")) if name.upper().startswith(PREFIX)}
    return sorted(name for name in named - known if not name.startswith(PREFIX + "TEST_"))


def mistakes(error: ValidationError) -> Iterator[str]:
    """A sentence for each setting that cannot be used: never with its value, which may hold a password."""
    reasons = section("cli.setting", language())
    for one in error.errors(include_url=False, include_input=False):
        # the values allowed, without the English around them
        choices = "、".join(re.findall(r"'([^']*)'", str(one.get("ctx", {}).get("expected", ""))))
        why = reasons.get(one["type"], reasons["other"]).format(**(one.get("ctx", {}) | {"expected": choices}))
        yield words("cli.check.setting_wrong", name=PREFIX + str(one["loc"][0]).upper(), why=why)


def settings_mistakes() -> list[str]:
    """Those of the settings in force, also of the addresses in them; empty when they can be used. Asks no other machine."""
    try:
        return list(_addresses(Settings()))
    except ValidationError as error:
        return list(mistakes(error))


def _addresses(current: Settings) -> Iterator[str]:
    try:
        storage_from(current)
    except TamemapError as error:
        yield error_words(error)
    try:
        mail_from_settings(current)
    except ValueError:
        yield wrong("mail_url", "mail_unknown")
    if current.redis_url.partition("://")[0] not in REDIS:
        yield wrong("redis_url", "redis_unknown")


def wrong(name: str, reason: str) -> str:
    """The sentence for this setting and ``cli.setting.<reason>``."""
    return words("cli.check.setting_wrong", name=PREFIX + name.upper(), why=words(f"cli.setting.{reason}"))
