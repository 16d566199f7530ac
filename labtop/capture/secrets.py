"""What must not be logged: the secrets of the environment, and whatever has the name or the form of one."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from labtop.capture.secret_assignments import without_assigned, without_said
from labtop.capture.secret_forms import MASKED, without_tokens
from labtop.capture.secret_names import is_secret_name, is_secret_variable, is_sure_variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_SHORTEST: Final = 8
"""Characters of a variable's value that is looked for everywhere: shorter ones are in many words."""
_NO_TOKEN_ID: Final = 10_000_000  # as a number, a token is one of a vocabulary
_DIFF: Final = "diff --git "
_SHORT_WORD: Final = re.compile(r"[a-z_/-]{0,15}")
_NOTHING: Final = frozenset(("none", "null", "true", "false"))
_SPECIAL: Final = re.compile(r"<[^<>]*>|\[[^\[\]]*\]")  # tokens of a vocabulary: <pad>, [PAD]
_RANDOM: Final = re.compile(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z]).*|.{20,}", re.DOTALL)
_PASSWORD: Final = re.compile(r"PASS|PWD|SECRET", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[-+]?[\d.,:]+(?:e[-+]?\d+)?", re.IGNORECASE)
_LOGIN: Final = re.compile(r"://[^\s/@:]*:([^\s/@]{8,})@")
_OPTION: Final = re.compile(r"--?([A-Za-z][\w.-]*)|\+{0,2}([A-Za-z][\w./-]*)(?==)")


class Mask:
    """Masks secrets in texts, command lines and mappings; the environment is read when it is made."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        found: set[str] = set()
        for name, value in (os.environ if environ is None else environ).items():
            if is_secret_variable(name) and _is_secret(name, value):
                found.add(value)
                found.update(line for line in value.splitlines() if len(line) >= 2 * _SHORTEST)
            if "://" in value:
                found.update(_LOGIN.findall(value))
        self._values = sorted(found | _as_in_urls(found), key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text, its secrets masked, and what is no character (of a name in another encoding) replaced.

        A diff is masked as one (`patch`): what is masked in it keeps it from being applied.
        """
        if text.startswith(_DIFF):
            return self.patch(text)
        return self._known(without_said(text))

    def patch(self, text: str) -> str:
        """A program's text or a diff: only literals that are assigned to secret names, and secrets that are known."""
        return self._known(without_assigned(text))

    def _known(self, text: str) -> str:
        """Without the values of the environment and what has the form of a token."""
        if not text.isascii():
            text = text.encode("utf-8", "replace").decode()
        for value in self._values:
            if value in text:
                text = text.replace(value, MASKED)
        return without_tokens(text)

    def command(self, words: Sequence[str]) -> list[str]:
        """A command line: as `text`, and the values of options with secret names (`--api-key X`, `password=X`)."""
        found: list[str] = []
        is_value, before = False, ""
        for word in words:
            match = _OPTION.match(word)
            name = (match.group(1) or match.group(2)) if match else ""
            is_option = word.startswith("-") and bool(match)
            if is_value and not is_option and not _is_free(before, word):
                word = MASKED
            elif name and is_secret_name(name):
                option, equals, value = word.partition("=")
                if equals and value and not _is_free(name, value):
                    word = f"{option}={MASKED}"
            is_value, before = is_option and "=" not in word and is_secret_name(name), name
            found.append(self.text(word))
        return found

    def mapping(self, mapping: Mapping[str, Any]) -> dict[str, Any]:
        """A copy without secrets, at any depth: as `text`, and the values of keys with secret names."""
        return {key: self._value(value, _hidden(str(key))) for key, value in mapping.items()}

    def _value(self, value: Any, hidden: str) -> Any:
        """`hidden` is the secret name under which the value stands, "" where there is none."""
        if isinstance(value, str):
            return MASKED if hidden and not _is_free(hidden, value) else self.text(value)
        if isinstance(value, (bytes, bytearray)):
            return MASKED if hidden else value
        if hidden and isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _NO_TOKEN_ID:
            return MASKED
        if isinstance(value, Mapping):
            return {key: self._value(item, hidden or _hidden(str(key))) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            if not hidden and value and all(isinstance(item, str) for item in value):
                return self.command(value)
            return [self._value(item, hidden) for item in value]
        return value


def _hidden(key: str) -> str:
    return key if is_secret_name(key) else ""


def _is_free(name: str, value: str) -> bool:
    """Whether what stands under a secret name is none that anybody hides; a password may be anything."""
    text = value.strip()
    if not text or text.lower() in _NOTHING:
        return True
    if _PASSWORD.search(name):
        return False
    return bool(_SPECIAL.fullmatch(text)) or (bool(_NUMBER.fullmatch(text)) and len(text) < _SHORTEST)


def _is_secret(name: str, value: str) -> bool:
    """Whether a variable with a secret name has a value that is one."""
    if len(value) < _SHORTEST or (_NUMBER.fullmatch(value) and not _PASSWORD.search(name)):
        return False
    if value[0] in "/~." and os.path.exists(os.path.expanduser(value)):  # noqa: PTH110, PTH111 - any text is tried
        return False
    if _PASSWORD.search(name):
        return True
    return not _SHORT_WORD.fullmatch(value) and (is_sure_variable(name) or bool(_RANDOM.fullmatch(value)))


def _as_in_urls(values: set[str]) -> set[str]:
    """As they are written where they are part of a URL."""
    odd = [value for value in values if not value.isalnum()]
    if not odd:
        return set()
    from urllib.parse import quote

    return {quote(value, safe="") for value in odd}
