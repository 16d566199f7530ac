"""What users read who lack a framework; that the callbacks themselves cost no import of one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_MODULES = {
    "huggingface": ["transformers"],
    "lightning": ["lightning", "pytorch_lightning"],
    "keras": ["keras"],
    "xgboost": ["xgboost"],
    "lightgbm": ["lightgbm"],
    "optuna": ["optuna"],
}


def _python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("module", _MODULES)
def test_a_missing_framework_is_named_with_what_to_install(module: str) -> None:
    code = (
        "import sys\n"
        "class Without:\n"
        "    def find_spec(name, path=None, target=None):\n"
        f"        if name in {_MODULES[module]}: raise ModuleNotFoundError(name=name)\n"
        "sys.meta_path.insert(0, Without)\n"
        f"try: import labtop.callbacks.{module}\n"
        "except ImportError as error: print(error, error.__suppress_context__)"
    )
    framework = _MODULES[module][0]
    assert _python(code) == f"this callback needs {framework}: pip install {framework} True"


def test_what_is_missing_within_a_framework_is_told_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "keras.py").write_text("import nothing_of_that_name")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "try: import labtop.callbacks.keras\n"
        "except ModuleNotFoundError as error: print(error)"
    )
    assert _python(code) == "No module named 'nothing_of_that_name'"


def test_no_framework_is_loaded_without_need() -> None:
    code = (
        "import sys, labtop.callbacks, labtop.callbacks.sklearn, labtop.compat.wandb\n"
        "strangers = {'numpy', 'duckdb', 'textual', 'sklearn', 'wandb', 'orjson', 'yaml'}\n"
        "print(sorted(strangers & sys.modules.keys()))"
    )
    assert _python(code) == "[]"
