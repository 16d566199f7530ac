"""Secrets by the names that they are assigned to: in programs, and in any text."""

from __future__ import annotations

import re

from labtop.capture.secret_forms import MASKED, is_harmless
from labtop.capture.secret_names import is_secret_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

_SHORTEST: Final = 8
"""Characters of a value in a text."""
# `password = "..."`, `"api_key": "..."`, and `API_KEY=...` as in a shell or a .env file; in a patch behind + and -.
_QUOTED: Final = re.compile(
    r"""(?<![\w-])([A-Za-z_][\w-]{0,60})(["']?\]?(?:[ ]*:[ ]*[\w.]{1,60})?[ \t]*[=:][ \t]*[rbf]?)"""
    r"""(["'])([^"'\n]{4,})\3"""
)
_BARE: Final = re.compile(
    r"""^([ +-]?[ \t]*(?:export[ ]+)?)([A-Za-z_][\w-]{0,60})(=|:[ ]+)([^\s"'#$(\[{]{6,})(?=[ ]*$)""", re.MULTILINE
)
_WORD: Final = re.compile(r"[A-Za-z][a-z_ ,.:-]*")
_PASSWORD: Final = re.compile(r"pass|pwd|secret", re.IGNORECASE)
# In any text: `NAME=value`, `name: value`, `"name": "value"` with quotes that may be escaped, and `--name value`.
_HINT: Final = re.compile(r"pass|pwd|secret|token|key|auth|credential|bearer|cookie|session|curl", re.IGNORECASE)
_SAID: Final = (
    re.compile(r"""(?<!\w)([A-Za-z_][\w-]{0,100})(?:\\{0,3}["'])?\]?[ \t]{0,3}(=|:(?!//))[ \t]{0,3}"""),
    re.compile(r"(?<!\S)--([A-Za-z][\w-]{0,100})([ ])[ ]{0,3}(?![ -])"),
)
_VALUE: Final = re.compile(r"""\\{0,3}["']([^"'\n\\]{8,})|([^\s"'`;&|\\]{8,})""")
_CURL: Final = re.compile(r"""(\bcurl\b[^\n|;]{0,300}?\s(?:-u|--user)[ =]?["']?[^\s:'"]{1,100}:)(?!//)[^\s'"]+""")
_NO_VALUE: Final = re.compile(
    r"""[-+]?[\d.,:_]+(?:e[-+]?\d+)?%?|%.*|[A-Za-z_][\w.]*\[.*|\*+|[xX]+|(?i:application_default|anonymous|automatic
    |available|changeme|disabled|enabled|encrypted|expected|generated|incorrect|multiple|optional|password|protected
    |provided|redacted|required|undefined|unexpected|unchanged)""",
    re.VERBOSE,
)


def without_assigned(text: str) -> str:
    """The text of a program or of settings, with what is assigned to secret names masked."""
    text = _QUOTED.sub(_quoted, text)
    return _BARE.sub(_bare, text)


def without_said(text: str) -> str:
    """Any text, with what it says to be the value of a secret name masked: 8 characters and more, and no number."""
    if not _HINT.search(text):
        return text
    for form in _SAID:
        pieces = []
        last = 0
        for start, end in _values(form, text):
            pieces += [text[last:start], MASKED]
            last = end
        text = "".join([*pieces, text[last:]]) if pieces else text
    return _CURL.sub(rf"\1{MASKED}", text) if "curl" in text else text


def _values(form: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Where those that are secret begin and end."""
    last = 0
    for match in form.finditer(text):
        name, sign = match.groups()
        if match.start() < last or not is_secret_name(name) or (value := _VALUE.match(text, match.end())) is None:
            continue
        if value.group(1):
            start, said = value.start(1), value.group(1)
            is_secret = _is_literal(name, said) and not _NO_VALUE.fullmatch(said)
        else:
            start, said = value.start(2), value.group(2).rstrip(",.)]}>")
            is_last = text[value.end() : value.end() + 1] in ("", "\n", "\r", ";", "&")
            is_secret = _is_bare(name, said, is_sure=sign != ":" or is_last)
        if is_secret:
            last = start + len(said)
            yield start, last


def _is_literal(name: str, value: str) -> bool:
    """Whether a quoted value is a secret: of a password any is, else words are none."""
    return not is_harmless(value) and not (_WORD.fullmatch(value) and not _PASSWORD.search(name))


def _is_bare(name: str, value: str, *, is_sure: bool) -> bool:
    """Whether a value without quotes is one: words are what texts are made of, `password: they differ`."""
    if len(value) < _SHORTEST or is_harmless(value) or _NO_VALUE.fullmatch(value):
        return False
    return any(sign.isdigit() for sign in value) or (is_sure and bool(_PASSWORD.search(name)))


def _quoted(match: re.Match[str]) -> str:
    name, between, quote, value = match.groups()
    if not is_secret_name(name) or not _is_literal(name, value):
        return match.group()
    return f"{name}{between}{quote}{MASKED}{quote}"


def _bare(match: re.Match[str]) -> str:
    start, name, between, value = match.groups()
    if not is_secret_name(name) or is_harmless(value) or not any(sign.isdigit() for sign in value):
        return match.group()
    return f"{start}{name}{between}{MASKED}"
