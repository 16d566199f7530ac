"""Which names look as if a secret were behind them: of variables, options, params and files."""

from __future__ import annotations

import re
from fnmatch import fnmatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_ALWAYS: Final = frozenset(
    "password passwd pwd passphrase secret secrets credential credentials apikey authorization bearer cookie".split()  # noqa: SIM905
)
_OF_VARIABLES: Final = _ALWAYS | frozenset(
    "pass passcode key keys token tokens auth private cookies session sessionid dsn".split()  # noqa: SIM905
)
# Variables of desktops, terminals and libraries, whose values are words that stand in many texts.
_HARMLESS: Final = re.compile(
    r"XDG_.*|DBUS_.*|.*DESKTOP_SESSION|SESSION_MANAGER|KDE_.*|SSH_AUTH_SOCK|.*TERM_SESSION_ID|PYTHON.*|GDM.*", re.DOTALL
)
_AFTER: Final = frozenset(
    "file path dir folder name type size length len dim url uri env var id ids expiry ttl".split()  # noqa: SIM905
)
"""What a name may say of a secret without being one: `password_file`, `token_type`."""
_BEFORE_TOKEN: Final = frozenset(
    """pad eos bos unk unknown mask cls sep max min num n new special image video audio start end stop begin first last
    per total target prefix suffix added extra decoder prompt input output placeholder query class time word sub next
    blank separator padding initializer instance trigger concept style""".split()  # noqa: SIM905
)
"""What makes a token one of a text: `pad_token`."""
_BEFORE_KEY: Final = frozenset(
    """api access secret private ssh encryption signing account service master license auth deploy shared storage
    subscription openai anthropic wandb hf huggingface aws azure gcp google comet neptune mlflow together mistral cohere
    groq github gitlab""".split()  # noqa: SIM905
)
"""What makes a key one of a door: `api_key`, not `sort_key`."""
_BEFORE_PASS: Final = frozenset(
    """db database user admin root my mysql postgres postgresql pg mongo mongodb redis rabbitmq smtp imap mail email ftp
    sftp ssh http https proxy sql basic ldap login auth api server vpn wifi""".split()  # noqa: SIM905
)
"""What makes a pass a password: `db_pass`, not `forward_pass`."""
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_FILES: Final = (
    *(".env", ".env.*", "*.env", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.ppk"),
    *("id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "credentials", "credentials.*", "*credentials.json"),
    *(".netrc", "_netrc", ".pgpass", ".npmrc", ".pypirc", ".htpasswd", ".git-credentials", "kaggle.json"),
    *("secrets.*", "secret.*", "*.secret", "*.secrets", "service[-_]account*.json", "token", "token.*", "*.token"),
)
_NO_SECRETS: Final = ("*.example", "*.sample", "*.template", "*.pub", "*.py", "*.md")


def is_secret_variable(name: str) -> bool:
    """Whether a variable of the environment looks secret: `HF_TOKEN`; not `AUTHOR` or `TOKENIZERS_PARALLELISM`."""
    return not _OF_VARIABLES.isdisjoint(_words(name)) and not _HARMLESS.fullmatch(name)


def is_sure_variable(name: str) -> bool:
    """Whether its name says what it is; behind `X_KEY` or `X_SESSION` a plain word may stand."""
    words = set(_words(name))
    return is_secret_name(name) or not words.isdisjoint(
        _ALWAYS | {"token", "tokens", "auth", "pass", "passcode", "dsn"}
    )


def is_secret_name(name: str) -> bool:
    """Whether a param or an option looks secret: `api_key`, `--hf_token`; not `max_tokens`, `pad_token`, `key_size`."""
    words = _words(name)
    while len(words) > 1 and words[-1].isdigit():  # `api_key_2`
        words.pop()
    if not words or (words[-1] in _AFTER and "key" not in words):
        return False
    if not _ALWAYS.isdisjoint(words):
        return True
    if words[-1] == "token":
        return _BEFORE_TOKEN.isdisjoint(words)
    if words[-1] == "tokens":
        return len(words) > 1 and words[-2] in _BEFORE_KEY
    if words[-1] == "pass":
        return len(words) > 1 and words[-2] in _BEFORE_PASS
    if words[-1] in ("auth", "sessionid"):
        return len(words) == 1 or words[-2] in ("basic", "http", "proxy")
    rest = words[:-1] if words[-1] == "id" else words
    return len(rest) > 1 and rest[-1] in ("key", "keys") and rest[-2] in _BEFORE_KEY


def is_secret_file(path: str) -> bool:
    """Whether a file is kept for its secrets: `.env`, `*.pem`, `id_rsa`."""
    name = path.rpartition("/")[2].lower()
    return any(fnmatch(name, form) for form in _FILES) and not any(fnmatch(name, form) for form in _NO_SECRETS)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]
