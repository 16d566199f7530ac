"""What `import labtop` brings into a training."""

from __future__ import annotations

import json
import sys

from tests.recording.conftest import Train

LOADED = """
import json, sys
before = set(sys.modules)
import labtop
run = labtop.init("runs", capture=True)
run.log({"loss": 1.0})
run.finish()
print(json.dumps(sorted({name.split(".")[0] for name in set(sys.modules) - before})))
"""


def test_the_standard_library_alone(train: Train) -> None:
    loaded = set(json.loads(train(LOADED).stdout))

    assert loaded - sys.stdlib_module_names == {"labtop"}


def test_nothing_is_loaded_before_it_is_used(train: Train) -> None:
    ended = train(
        "import sys, labtop\nprint('log' in dir(labtop), [name for name in sys.modules if name.startswith('labtop.')])"
    )

    assert ended.stdout == "True []\n"
