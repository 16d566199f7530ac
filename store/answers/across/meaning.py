"""What a logged value means, as SQL and as a label: 0.01 and "0.01" are the same, and both show as 0.01."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

_MEANING: Final = """
json_number({value}) as {number},
case
    when {number} is not null and (abs({number}) < 9007199254740992 or not isfinite({number})) then ''
    when length(json_text({value})) <= 500 then json_text({value})
    else left(json_text({value}), 468) || md5(json_text({value}))
end as {text}
"""
_WIDEST: Final = 60
_LONGEST: Final = 500
_EXACT: Final = 2**53


def meaning_of(value: str, number: str = "number", text: str = "text") -> str:
    """SQL: the columns `number` and `text` of a Meaning from a column of JSON.

    Whole numbers that a float does not hold are told by their text, and of long texts the beginning and a digest stand
    for the whole.
    """
    return _MEANING.format(value=value, number=number, text=text)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A number, also where it was logged as text, else a text; see `meaning_of`."""

    number: float | None
    text: str

    @property
    def order(self) -> tuple[int, float, str, str]:
        """Sorts numbers, ascending, before NaN, and that before texts."""
        if self.number is None or math.isnan(self.number):
            return 1 if self.number is not None else 2, 0.0, self.text.lower(), self.text
        return 0, self.number, "", self.text

    @property
    def label(self) -> str:
        """The value as the table shows it, on one line; what could be taken for no value is quoted."""
        if self.text or self.number is None:
            text = printable(self.text)
            return shortened(text if text and not text.startswith("(no ") else f'"{text}"')
        if not math.isfinite(self.number):
            return "NaN" if math.isnan(self.number) else "inf" if self.number > 0 else "-inf"
        whole = self.number == int(self.number) and abs(self.number) < _EXACT
        return str(int(self.number)) if whole else repr(self.number)


def without(key: str) -> str:
    """The label of runs that have no value of the key: it cannot be mistaken for one."""
    return f"(no {shortened(printable(key))})"


def printable(text: str) -> str:
    """The beginning of a text without what a terminal would obey or not draw."""
    return "".join(filter(str.isprintable, text[:_LONGEST]))


def shortened(text: str) -> str:
    """The text in at most 60 characters."""
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
