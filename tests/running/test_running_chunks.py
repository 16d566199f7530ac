"""However output is cut into reads, the same is recorded of it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from labtop.running.escapes import MainScreen, text_of
from labtop.running.lines import Lines

_WRITTEN_OVER = st.sampled_from([b"a", b"\xc3\xa9", b" ", b"\r", b"\n"])
_SCREENS = st.sampled_from([b"a", b"\n", b"\x1b[31m", b"\x1b[?1049h", b"\x1b[?47l", b"\x1b[?1049l", b"\x1b", b"[?1"])


def _texts(parts: list[bytes]) -> list[str]:
    screen, lines = MainScreen(), Lines()
    blocks = [lines.feed(screen.visible(part)) for part in parts]
    blocks += [lines.feed(screen.rest()), lines.rest()]
    return [text for line in b"".join(blocks).split(b"\n") if (text := text_of(line))]


@settings(max_examples=500)
@given(st.lists(_WRITTEN_OVER, min_size=3, max_size=9) | st.lists(_SCREENS, max_size=9), st.integers(1, 2))
def test_cuts_change_nothing(pieces: list[bytes], size: int) -> None:
    whole = b"".join(pieces)
    assert _texts([whole[at : at + size] for at in range(0, len(whole), size)]) == _texts([whole])
