"""Secrets are not logged, and what only looks like one is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labtop.capture import at_once, slowly
from labtop.capture.secret_names import is_secret_file, is_secret_name
from labtop.capture.secrets import Mask

Git = Callable[..., str]
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7bq8\n-----END RSA PRIVATE KEY-----"
FORMS = (
    "sk-proj-AbCdEf0123456789AbCdEf",
    "ghp_0123456789abcdefghijABCDEFGHIJ",
    "github_pat_11AAAAAAA0123456789_abcdefghij",
    "hf_AbCdEfGhIjKlMnOpQrStUvWxYz",
    "AKIAIOSFODNN7EXAMPLE",
    "xoxb-123456789012-abcdefghij",
    "glpat-0123456789abcdefghij",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
)


@pytest.mark.parametrize("secret", FORMS)
def test_known_forms_are_masked_anywhere(secret: str) -> None:
    assert Mask({}).text(f"push to {secret} now") == "push to *** now"


def test_logins_headers_and_keys_are_masked_in_texts() -> None:
    mask = Mask({})
    assert mask.text("GET https://me:pw@host/x?q=1 ok") == "GET https://***@host/x?q=1 ok"
    assert mask.text("Authorization: Bearer abcdef0123456789abcdef") == "Authorization: Bearer ***"
    assert mask.text("https://host/x?a=1&access_token=abcdef0123&b=2") == "https://host/x?a=1&access_token=***&b=2"
    assert "MIIE" not in mask.text(f"a\n{KEY}\nb")
    assert mask.text(f"a\n{KEY}\nb") == "a\n***-----END RSA PRIVATE KEY-----\nb"
    assert mask.text(KEY[:50]) == "***"
    assert mask.text(f"{KEY[:31]} in text") == f"{KEY[:31]} in text"
    plain = (
        "task-sk-ip, risk-adjusted-and-long-words; a@b.org; http://host:80/p?key=1; mean=3 \N{GREEK SMALL LETTER MU}"
    )
    assert mask.text(plain) == plain
    assert mask.text("name-\udce9") == "name-?"  # of a file in another encoding


def test_values_of_the_environment_are_masked_anywhere(tmp_path: Path) -> None:
    environ = {
        "MY_DB_PASSWORD": "correcthorse",
        "WANDB_API_KEY": "0a1b2c3d4e5f",
        "ODD_TOKEN": "a/b+c=d&e12",
        "DATABASE_URL": "postgres://me:staple99battery@host/db",
        "SSL_KEY": str(tmp_path),
        "KEY_COUNT": "123456789",
        "USE_AUTH": "true",
        "MY_SESSION": "training",
        "ZELLIJ_SESSION_NAME": "resnet50-cifar",
        "CACHE_KEY": "imagenet-v2",
        "AUTHOR": "Grace Hopper",
        "KEYBOARD": "qwertz-de",
        "TOKENIZERS_PARALLELISM": "falsefalse",
    }
    mask = Mask(environ)
    for secret in ("correcthorse", "0a1b2c3d4e5f", "a/b+c=d&e12", "staple99battery", "a%2Fb%2Bc%3Dd%26e12"):
        assert mask.text(f"<{secret}>") == "<***>"
    for value in list(environ.values())[4:]:
        assert mask.text(value) == value


def test_options_of_a_command_line() -> None:
    given = """train.py --api-key abc --password=abc --hf_token=abc -token abc db.password=abc +model.api_key=abc
        --max-tokens 5 --tokenizer gpt2 --key-dim 64 --pad-token <pad> --eos_token=</s> --auth --lr 0.1 --sort-key len
        --secret --flag --token-type bert model=resnet --password 123456 --db-pass $x99 --api-key-2 abc""".split()  # noqa: SIM905
    said = """train.py --api-key *** --password=*** --hf_token=*** -token *** db.password=*** +model.api_key=***
        --max-tokens 5 --tokenizer gpt2 --key-dim 64 --pad-token <pad> --eos_token=</s> --auth --lr 0.1 --sort-key len
        --secret --flag --token-type bert model=resnet --password *** --db-pass *** --api-key-2 ***""".split()  # noqa: SIM905
    assert Mask({}).command(given) == said


def test_keys_of_params_at_any_depth() -> None:
    given: dict[str, Any] = {
        "api_key": "abc",
        "db": [{"password": "abc", "port": 5432, "user": "me"}],
        "aws_secret_access_key": "abc",
        "authToken": "abc",
        "credentials": {"id": "abc", "kind": "x"},
        "args": ["--password", "abc"],
        "api_tokens": ["abc"],
        "sendgrid_api_key": "SG.x.y",
        "redis_password": "{curly}99",
    }
    assert Mask({}).mapping(given) == {
        "api_key": "***",
        "db": [{"password": "***", "port": 5432, "user": "me"}],
        "aws_secret_access_key": "***",
        "authToken": "***",
        "credentials": {"id": "***", "kind": "***"},
        "args": ["--password", "***"],
        "api_tokens": ["***"],
        "sendgrid_api_key": "***",
        "redis_password": "***",
    }
    assert given["db"][0]["password"] == "abc"  # a copy


def test_params_that_only_sound_secret_are_kept() -> None:
    given = {
        **{"max_tokens": 4096, "pad_token": "<pad>", "eos_token": "endoftext", "tokenizer": "gpt2", "num_keys": 8},
        **{"key_size": 64, "key": "loss", "text_key": "content", "monitor_key": "val", "token": None, "author": "me"},
        **{"use_auth_token": False, "tokens_per_batch": 1e6, "key_value_heads": 8, "n_token": "3", "secret": ""},
        **{"initializer_token": "toy", "instance_token": "sks"},
        **{"password_file": "/run/x", "token_type_ids": [0, 1], "private": True, "keys": ["a", "b"]},
    }
    assert Mask({}).mapping(given) == given
    assert Mask({}).mapping({"packages": {"tokenizers": "0.2", "http-cookie": "1.2.3"}})["packages"]["http-cookie"]


def test_names_of_files_and_params() -> None:
    for name in (".env", "conf/.env.local", "a/server.pem", "id_rsa", "credentials.json", "x.key", ".netrc"):
        assert is_secret_file(name), name
    for name in (".env.example", "keys.py", "environment.yml", "tokenizer.json", "id_rsa.pub", "credentials.py"):
        assert not is_secret_file(name), name
    assert is_secret_name("openai-api-key")
    assert not is_secret_name("keyboard")


def test_programs_keep_what_is_no_secret() -> None:
    mask = Mask({})
    code = """-token = tokenizer.decode(ids)
+    pad_token: str = "[PADDING]"
+api_key = os.environ["API_KEY"]
+    api_key=settings.api_key,
+def f(password: str, token="none given"):
 auth = "basic"
"""
    assert mask.patch(code) == code
    assert mask.patch('+API_KEY = "q1w2e3r4t5"\n') == '+API_KEY = "***"\n'
    assert mask.patch("+{'password': 'hunter'}") == "+{'password': '***'}"
    assert mask.patch("+export DB_PASSWORD=q1w2e3r4\n+next: 1") == "+export DB_PASSWORD=***\n+next: 1"


@pytest.mark.parametrize(
    "text",
    [
        "export AWS_SECRET_ACCESS_KEY=planted0039abc",
        "API_TOKEN: planted0039abc",
        '{"user": "me", "api_key": "planted0039abc"}',
        r'"{\"api_key\": \"planted0039abc\"}"',
        "Server=db;Uid=me;Password=planted;Encrypt=yes".replace("planted", "planted0039abc"),
        "url=Password=planted0039abc;",
        "login with password=plantedhorse",
        "Client(user='me', db_pass='plantedhorse')",
        "X_TOKEN=planted0039abc python train.py --x 1",
        "python train.py --api-key planted0039abc --lr 1",
        "python train.py --password=planted,0039abc, then more",
        "curl -s -u me:planted0039abc https://host/x",
        "curl --user 'me:planted' https://host/x",
        "api_key: planted0039abc, token: planted0040abc.",
    ],
)
def test_what_texts_assign_to_secret_names_is_masked(text: str) -> None:
    assert "planted" not in Mask({}).text(text)
    assert "***" in Mask({}).command(["sh", "-c", text])[2]
    assert "planted" not in str(Mask({}).mapping({"connection_string": text, "lines": [{"a": text}]}))


@pytest.mark.parametrize(
    "text",
    [
        "max_tokens=512 tokens: 12345678 tokens=123456789 token=123456789 key=value0123456",
        "token: <pad>, pad_token=endoftext0 secret=None token_type: wordpiece2 sort_key=length_2",
        'password=os.environ["X"] api_key=os.environ.get("A_LONG_NAME1") token=get_token1(8) secret=${SECRET_1}',
        "SyntaxError: invalid token: identifier expected; wrong password: authentication failed, password: required",
        "step 3: 12345678 tokens/s, loss=0.123456789, forward_pass=12.3456789ms forward_pass: layer1.attention",
        "def f(token: AutoTokenizer, password: Optional[str], key: jax.Array): ...",
        "https://host:80/a?b=1 secret: ******** api_key=xxxxxxxx password=%(password)s",
        "curl -u https://host/x --data name:value",
    ],
)
def test_texts_that_only_sound_secret_are_kept(text: str) -> None:
    assert Mask({}).text(text) == text


def test_a_diff_is_masked_as_one_wherever_it_stands() -> None:
    diff = (
        "diff --git a/a.py b/a.py\n@@ -1 +1 @@\n-password: SecretStr1\n+    password=settings_of(a1), token=b1234567)\n"
    )
    diff = diff.replace("-password: SecretStr1", "-def f(password: SecretStr1):")
    assert Mask({}).mapping({"git": {"diff": diff}})["git"]["diff"] == diff
    assert Mask({}).mapping({"git": {"diff": f"{diff}+api_key = 'planted0039abc'\n"}})["git"]["diff"][-6:] == "'***'\n"


def test_params_with_names_of_passwords() -> None:
    given = {"db_pass": "abc", "MYSQL_PASS": "abc", "forward_pass": "abc", "pass": "abc", "num_pass": 2}
    masked = {"db_pass": "***", "MYSQL_PASS": "***", "forward_pass": "abc", "pass": "abc", "num_pass": 2}
    assert Mask({}).mapping(given) == masked
    assert Mask({}).command(["a", '--opt={"password": "planted0039abc"}'])[1] == '--opt={"password": "***"}'


def test_long_texts_do_not_hang() -> None:
    hard = (
        "a1" * 300_000,
        "sk-eyJ-" * 80_000,
        "a: b=" * 100_000,
        "--password " * 50_000,
        "curl -u " * 50_000,
        'token="' * 50_000,
        "=" * 300_000,
        "://" * 100_000,
        " " * 300_000,
        '"' * 99_999,
    )
    started = time.process_time()
    for text in hard:
        Mask({}).patch(text)
        Mask({}).text(f"{text} token")
    assert time.process_time() - started < 20  # each was hours where an expression tries every start with every end


def test_no_planted_secret_is_in_anything_that_is_captured(
    repo: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = [
        *FORMS,
        "envSecret12345",
        "cmdSecret12345",
        "urlSecret12345",
        "envFile12345",
        "literal12345",
        "MIIEowIBAAKC",
    ]
    git(repo, "remote", "add", "origin", "https://me:urlSecret12345@host.org/a.git")
    (repo / ".env").write_text("A=1\n")
    git(repo, "add", "-f", ".env")
    git(repo, "commit", "-qm", "second")
    (repo / ".env").write_text("SOME_THING=envFile12345\n")
    code = [f"a = '{form}'" for form in FORMS] + [
        f"key = '''{KEY}'''",
        "password = 'literal12345'",
        "b = 'envSecret12345'",
    ]
    (repo / "train.py").write_text("\n".join(code))
    (repo / f"out-{FORMS[0]}").touch()
    monkeypatch.setenv("MY_SECRET", "envSecret12345")
    monkeypatch.setenv("NCCL_DEBUG_FILE", f"/tmp/envSecret12345/{FORMS[1]}")
    monkeypatch.setenv("SLURM_JOB_NAME", f"job-{FORMS[2]}")
    command = [
        sys.executable,
        "train.py",
        "--api_key",
        "cmdSecret12345",
        f"--x={FORMS[3]}",
        "https://u:urlSecret12345@h/",
    ]
    monkeypatch.setattr(sys, "orig_argv", command)
    parts = frozenset({"git", "packages", "hardware", "environment", "seeds"})
    first = at_once(parts, repo)
    second = slowly(parts, repo, first)
    text = json.dumps([first, second])
    assert [secret for secret in planted if secret in text] == []
    remarks = second["git"]["remarks"]
    assert remarks == [
        ".env is not in the diff: by its name it holds secrets",
        "secrets in the diff are masked: it does not apply as it is",
    ]
    assert first["command"][1:4] == ["train.py", "--api_key", "***"]
    assert "password = '***'" in second["git"]["diff"]


def test_a_user_without_home_or_name() -> None:
    """As in a container that is started with a number for a user."""
    script = """
import os, sys, json
from pathlib import Path
from labtop.capture import at_once, slowly
parts = frozenset({"git", "packages", "hardware", "environment"})
slowly(parts, Path("/"), at_once(parts, Path("/")))  # the interpreter may be in the home of root
if os.getuid() == 0:
    os.setgid(54321); os.setuid(54321)
first = at_once(parts, Path("/"))
print(json.dumps([os.getuid(), first, slowly(parts, Path("/"), first)]))
"""
    if os.getuid() != 0:
        pytest.skip("only root becomes a user without a name")
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={"HOME": "/nonexistent", "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert ran.returncode == 0, ran.stderr
    uid, first, second = json.loads(ran.stdout)
    assert first["user"] == str(uid)
    assert second["env"]["python"] == first["env"]["python"]
