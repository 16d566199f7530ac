"""Texts that are secrets by their form, wherever they stand."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MASKED: Final = "***"
_KEY_BEGIN: Final = r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
# A text that all of a form hold, and the form: most texts hold none, and what is not tried costs nothing.
_TOKENS: Final = (
    ("sk-", r"\bsk-[\w-]{16,}"),
    ("sk_", r"\b[sr]k_(?:live|test)_\w{16,}"),
    ("gh", r"\bgh[opusr]_\w{20,}"),
    ("github_pat_", r"\bgithub_pat_\w{20,}"),
    ("hf_", r"\b(?:hf|api_org)_[A-Za-z0-9]{20,}"),
    ("A", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("AIza", r"\bAIza[\w-]{30,}"),
    ("ya29.", r"\bya29\.[\w-]{20,}"),
    ("xox", r"\bxox[a-z]-[\w-]{10,}"),
    ("xapp-", r"\bxapp-[\w-]{10,}"),
    ("hooks.slack.com", r"(?<=hooks\.slack\.com/)services/\S+"),
    ("glpat-", r"\bglpat-[\w-]{16,}"),
    ("pypi-", r"\bpypi-[\w-]{40,}"),
    ("npm_", r"\bnpm_\w{30,}"),
    ("r8_", r"\br8_\w{30,}"),
    ("eyJ", r"\beyJ[\w-]{8,4000}\.[\w-]{8,8000}\.[\w-]*"),
    ("PRIVATE KEY", rf"(?s){_KEY_BEGIN}.{{1,20000}}?(?=-----END)"),
    ("PRIVATE KEY", rf"{_KEY_BEGIN}(?:(?:\\n|[\s\"'+,-])*[A-Za-z0-9+/=]{{16,}})+"),  # cut off before its end
    ("earer ", r"(?<=[Bb]earer )[\w.~+/=-]{16,}"),
    ("asic ", r"(?<=[Bb]asic )[A-Za-z0-9+/]{16,}={0,2}"),
    ("://", r"(?<=://)[^\s/@'\"<>?#]+(?=@)"),
    (
        "=",
        r"(?i)(?<=[?&])(?:[\w-]*token|[\w-]*key|sig|signature|password|secret|X-Amz-(?:Signature|Credential))=[^\s&'\"]{8,}",
    ),
)
_PLAIN_USER: Final = re.compile(r"[\w.-]+")
_LITERAL_FREE: Final = re.compile(r"[\w.]+\(.*|None|null|true|false|True|False|[<\[{$].*|[\d.]+|[\w]+\.[\w.]+")


def without_tokens(text: str) -> str:
    """The text with what has the form of a token masked, and who is named in URLs."""
    for hint, form in _TOKENS:
        if hint in text:
            text = re.sub(form, _masked, text)
    return text


def without_user(url: str) -> str:
    """The URL of a remote without the user and password in it; a name alone is kept where ssh needs it."""
    scheme, found, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    who, at, host = place.rpartition("@")
    if not found or not at:
        return url
    name = who.partition(":")[0]
    kept = f"{name}@" if "ssh" in scheme and _PLAIN_USER.fullmatch(name) else ""
    return f"{scheme}://{kept}{host}{slash}{path}"


def is_harmless(value: str) -> bool:
    """Whether a value is none that anybody hides: a special token, a number with a point, a word of a program."""
    return not value.strip() or bool(_LITERAL_FREE.fullmatch(value) and not value.isdigit())


def _masked(match: re.Match[str]) -> str:
    found = match.group()
    name, equals, _ = found.partition("=")
    is_query = bool(equals) and match.start() > 0 and match.string[match.start() - 1] in "?&"
    is_login = match.string[match.end() : match.end() + 1] == "@" and match.string[: match.start()].endswith("://")
    if is_login and found == "git":  # ssh://git@host: the name that all have there
        return found
    return f"{name}={MASKED}" if is_query else MASKED
