import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtop.store.read.lines import parse, split

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
json_objects = st.dictionaries(st.text(), json_values, max_size=5)


def only(line: bytes) -> dict[str, object]:
    parsed = parse(line)
    assert parsed.reason is None
    (value,) = parsed.objects
    return value


def test_split_leaves_a_half_line() -> None:
    assert split(b'{"a":1}\r\n\n{"a":2}\n{"a"') == ([b'{"a":1}\r', b"", b'{"a":2}'], 18)
    assert split(b'{"a"') == ([], 0)
    assert split(b"") == ([], 0)


@given(
    st.lists(st.binary(max_size=30).filter(lambda line: b"\n" not in line), max_size=8), st.lists(st.integers(0, 60))
)
def test_any_chunking_gives_the_same_lines(lines: list[bytes], cuts: list[int]) -> None:
    data = b"".join(line + b"\n" for line in lines) + b"half"
    found: list[bytes] = []
    rest, start = b"", 0
    for cut in [*sorted({min(cut, len(data)) for cut in cuts}), len(data)]:
        buffer = rest + data[start:cut]
        whole, consumed = split(buffer)
        found += whole
        rest, start = buffer[consumed:], cut
    assert found == lines
    assert rest == b"half"


@pytest.mark.parametrize(
    "line",
    [
        b'{"step": 1}',
        b'{"step": 1}\r',
        b'\xef\xbb\xbf{"step": 1}',
        b"\0" * 512 + b'{"step": 1}',
        b'{"step": 1}' + b"\0" * 512,
        '{"step": 1}'.encode("utf-16"),
        '{"step": 1}'.encode("utf-16-be"),
        b'  {"step": 0, "step": 1}  ',
    ],
)
def test_what_surrounds_an_object_does_not_matter(line: bytes) -> None:
    assert only(line) == {"step": 1}


@pytest.mark.parametrize("line", [b"", b" \t", b"\r", b"\0" * 4096, b"\xef\xbb\xbf\r"])
def test_a_blank_line_is_nothing(line: bytes) -> None:
    assert parse(line) == ((), None)


def test_numbers_that_strict_json_has_not() -> None:
    value = only(
        b'{"a": Infinity, "b": -Infinity, "c": 1e400, "d": %b, "e": NaN, "f": 18446744073709551616}' % (b"9" * 5000)
    )
    assert str(value.pop("e")) == "nan"
    assert value == {"a": math.inf, "b": -math.inf, "c": math.inf, "d": math.inf, "f": 2.0**64}


def test_whole_numbers_stay_whole_on_both_rungs() -> None:
    for line in (
        b'{"a": 9007199254740993}',
        b'{"a": 9007199254740993, "b": NaN}',
        b'{"a": 1234567890123456789, "b": NaN}',
    ):
        assert type(only(line)["a"]) is int
    assert only(b'{"a": 9007199254740993, "b": NaN}')["a"] == 9007199254740993


def test_text_that_no_utf8_holds() -> None:
    assert only(b'{"a": "\xff"}') == {"a": "\ufffd"}
    assert only(rb'{"a": ["\ud83d\ude00 \ud800"], "\udfff": 1}') == {"a": ["\U0001f600 ?"], "?": 1}
    assert only(b'{"a": "x\ty\x01"}') == {"a": "x\ty\x01"}
    glued = parse(rb'{"a": "\ud800"} and more')
    assert glued.objects == ({"a": "?"},)


def test_objects_glued_in_one_line() -> None:
    assert parse(b'{"a":1}{"b":2} {"c":3}') == (({"a": 1}, {"b": 2}, {"c": 3}), None)
    broken = parse(b'{"a":1}{"b":')
    assert broken.objects == ({"a": 1},)
    assert broken.reason == "not JSON: Expecting value at column 13"


@pytest.mark.parametrize(
    ("half", "column"),
    [
        (b'{"step": 8, ', 13),
        (b'{"step": 8, "lo', 18),
        (b'{"step": 8, "note": "in wor', 30),
        (b'{"step": 8', 11),
        (b'{"step": 8, "flag": tr', 21),
        (b'{"step": 8, "list": [1, ', None),
        (b"{", 2),
        (b'{"step": 7}, ', 12),
        (b'{"step": 8, {"step": 8, "loss": -n', 13),
    ],
)
@pytest.mark.parametrize("tail", [b"", b" \r", b'{"step": 10}'])
def test_an_object_behind_one_that_was_cut_off_is_taken(half: bytes, column: int | None, tail: bytes) -> None:
    found = parse(half + b'{"step": 9, "loss": nan, "train": {"acc": 1}}' + tail)
    steps = [obj["step"] for obj in found.objects]
    assert steps == [7] * half.count(b"7") + [9] + [10] * tail.count(b"10") or column is None
    assert found.reason is not None
    assert column is None or found.reason.endswith(f"at column {column}")


@pytest.mark.parametrize(
    "line",
    [
        b'{"step": 8, "train": {"loss": 1}',  # its own part, and no line of another
        b'{"step": 8, "list": [{"loss": 1}, {"loss": 2}',
        b'{"step": 8, "loss": {"step": 9, "loss": 1}',
        b'{"step": 8, "note": "he said {"a": 1} to me"}',
        b'INFO {"step": 9, "loss": 1}',
        b'[{"loss": 1}, {"loss": 2}',
        b'{"' * 200_000,
        b'{"a": 1, ' + b'{"a":' * 100_000,
    ],
)
def test_a_part_of_a_broken_line_is_no_line(line: bytes) -> None:
    found = parse(line)
    assert found.objects == ()
    assert found.reason is not None


@given(json_objects, json_objects.filter(bool), st.integers(1, 200))
def test_a_line_behind_any_half_line_is_taken_whole_or_not_at_all(
    first: dict[str, object], second: dict[str, object], cut: int
) -> None:
    half = json.dumps(first)[:cut]
    behind = json.dumps(second)
    found = parse((half + behind).encode())
    whole = [repr(obj) for obj in (*parse(half.encode()).objects, *parse(behind.encode()).objects)]
    assert [repr(obj) for obj in found.objects] in (whole, [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"[1, 2]", "not an object: list"),
        (b"5", "not an object: number"),
        (b"NaN", "not an object: number"),
        (b'"x"', "not an object: text"),
        (b"true", "not an object: boolean"),
        (b"null", "not an object: null"),
        (b'{"a":1} [2]', "not an object: list"),
        (b"Epoch 1", "not JSON: Expecting value at column 1"),
        (b'{"a": 1', "not JSON: Expecting ',' delimiter at column 8"),
        (b'{"a": "x', "not JSON: Unterminated string starting at column 7"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a": NaN, "b":' + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_rejected_with_a_reason(line: bytes, reason: str) -> None:
    assert parse(line).reason == reason


@pytest.mark.parametrize("odd", [b"", b', "b": NaN'], ids=["strict", "lenient"])
@pytest.mark.parametrize(("open_", "close"), [(b"[", b"]"), (b'{"a":', b"}")], ids=["lists", "objects"])
def test_how_deep_an_object_may_be(open_: bytes, close: bytes, odd: bytes) -> None:
    def line(levels: int) -> bytes:
        return b'{"a": ' + open_ * (levels - 1) + b"1" + close * (levels - 1) + odd + b"}"

    for levels in (1, 500) if odd else (1, 500, 920):
        assert (len(parse(line(levels)).objects), parse(line(levels)).reason) == (1, None)
    for levels in (921, 990, 1023, 1024, 2000):
        assert parse(line(levels)) == ((), "nested too deeply")
    wide = b'{"a": [' + b", ".join([b"[{}]"] * 1000) + b"]" + odd + b"}"
    assert (len(parse(wide).objects), parse(wide).reason) == (1, None)


def test_a_line_of_half_a_megabyte() -> None:
    value = {"log_history": [{"step": step, "loss": 1 / (step + 1)} for step in range(15_000)]}
    assert only(json.dumps(value).encode()) == value


@given(st.binary(max_size=60) | st.text(alphabet='{}[]":,01eE-+.\\ud8ntrfaslNI \0\x01').map(str.encode))
def test_nothing_makes_parse_raise(line: bytes) -> None:
    parsed = parse(line)
    for value in parsed.objects:
        json.dumps(value, ensure_ascii=False).encode()
    assert parsed.reason is None or len(parsed.reason) < 100


@given(json_objects)
def test_what_json_writes_is_read(value: dict[str, object]) -> None:
    read = only(json.dumps(value).encode().replace(b"\n", b" "))
    assert json.dumps(read, sort_keys=True) == json.dumps(json.loads(json.dumps(value)), sort_keys=True)


@given(st.lists(json_objects, min_size=1, max_size=3))
def test_glued_or_apart_gives_the_same(values: list[dict[str, object]]) -> None:
    lines = [json.dumps(value).encode() for value in values]
    apart = [obj for line in lines for obj in parse(line).objects]
    assert repr(list(parse(b"".join(lines)).objects)) == repr(apart)
