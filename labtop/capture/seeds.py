"""Seeds of the libraries that a training has loaded: nothing is loaded for it, and nothing changed."""

from __future__ import annotations

import sys
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_WORD: Final = 0xFFFFFFFF
_BASE: Final = 19650218  # `init_by_array` of mt19937ar.c begins with this seed


def seeds() -> dict[str, Any]:
    """The seeds of `torch`, and of `numpy` and `random` as long as nothing was drawn from their global generators.

    Left out is what nobody seeded. Never raises.
    """
    found: dict[str, Any] = {}
    for library, seed in (("torch", _torch), ("numpy", _numpy), ("random", _random)):
        with suppress(Exception):  # a library that is half loaded, or not what its name says
            if (value := seed()) is not None:
                found[library] = value
    return found


def _torch() -> int | None:
    """A seed below 2**32, as people and `seed_everything` set: what torch has of itself, or draws, is above."""
    torch = sys.modules.get("torch")
    seed = int(torch.initial_seed()) if torch is not None else -1
    return seed if 0 <= seed <= _WORD else None


def _numpy() -> int | None:
    """A seed is the first word of the Mersenne Twister's state, and the second follows from it (mt19937ar.c,
    `init_genrand`)."""
    random = sys.modules.get("numpy.random")
    state: Any = random.get_state(legacy=False) if random is not None else {}
    if state.get("bit_generator") != "MT19937":
        return None
    first, second = (int(word) for word in state["state"]["key"][:2])
    return first if second == _following(first, 1) else None


def _random() -> int | None:
    """The seed below 2**32 that makes the state that `random` has.

    Its words 2 and 3 after `random.seed(n)` are undone: mt19937ar.c, `init_by_array`, whose second loop makes each word
    of the one before it, and whose first loop adds the seed. Whether it was one is then tried.
    """
    random = sys.modules.get("random")
    if random is None:
        return None
    state = random.getstate()
    words = state[1]
    if words[-1] != 624:  # numbers were drawn
        return None
    third, fourth = (((words[i] + i) & _WORD) ^ (_mixed(words[i - 1]) * 1566083941 & _WORD) for i in (3, 4))
    base = _BASE
    for place in range(1, 5):
        base = _following(base, place)
    seed = (fourth - (base ^ (_mixed(third) * 1664525 & _WORD))) & _WORD
    return seed if random.Random(seed).getstate() == state else None


def _following(word: int, place: int) -> int:
    return (1812433253 * _mixed(word) + place) & _WORD


def _mixed(word: int) -> int:
    return int(word) ^ (int(word) >> 30)
