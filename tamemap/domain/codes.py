"""全国地方公共団体コード: JIS X 0401 (prefecture) and JIS X 0402 (municipality), with the ministry's check digit.

Inside Tamemap a code is always a string of six digits, such as ``"432032"`` for 人吉市.
"""

from __future__ import annotations

import unicodedata

from tamemap.errors import Invalid

WEIGHTS = (6, 5, 4, 3, 2)
PREFECTURES = range(1, 48)


def check_digit(five: str) -> str:
    """The sixth digit for a five-digit code: the last digit of 11 − (6a+5b+4c+3d+2e) mod 11.

    Raises ValueError unless ``five`` is exactly five ASCII digits.
    """
    if len(five) != len(WEIGHTS) or not (five.isascii() and five.isdigit()):
        raise ValueError("five digits are needed")
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, five, strict=True))
    return str((11 - total % 11) % 10)


def normalise_code(value: str | int) -> str:
    """The six-digit code for what tables and people write: five or six digits, full-width too, a lost leading zero.

    Five digits that begin with a real prefecture are read as a code without check digit, otherwise as six digits whose
    zero was lost. (Of 1,916 local governments, the six-digit codes of 15, all north of 05, look like another one's five
    digits once their zero is lost: such a column must be imported as text.)
    Raises ``Invalid`` (field ``code``, ``code_wrong``) for anything else, a wrong check digit too.
    """
    text = "" if isinstance(value, bool) else unicodedata.normalize("NFKC", str(value)).strip()
    if text.isascii() and text.isdigit():
        for candidate in _readings(text):
            if int(candidate[:2]) in PREFECTURES and check_digit(candidate[:5]) == candidate[5]:
                return candidate
    raise Invalid.at("code", "code_wrong")


def _readings(digits: str) -> tuple[str, ...]:
    """The six-digit codes that these digits may stand for, likeliest first."""
    if len(digits) == 6:
        return (digits,)
    if len(digits) == 5:
        return (digits + check_digit(digits), "0" + digits)
    if len(digits) == 4:
        return ("0" + digits + check_digit("0" + digits),)
    return ()
