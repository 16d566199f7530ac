"""The grammar of filters, and the tree that it makes of a text. Loads lark, so load it when there is a filter to parse.

LALR with a lexer that knows what may come: `in` is an operator after a name and a word elsewhere, `<` ends a word but
not a value. A terminal of higher priority wins over a longer one, so keywords say themselves what may stand behind
them.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from labtop.store.filter.explain import explain
from labtop.store.filter.limits import check
from labtop.store.filter.terms import AllOf, AnyOf, Comparison, Name, Not, Pair, Piece, Term, Value, Word, Wrong

GRAMMAR: Final = r"""
start: any_of
any_of: all_of (_OR all_of)*
all_of: term ((_AND | _COMMA)? term)*
?term: (_NOT | _MINUS) term -> negation
    | _LPAR any_of _RPAR
    | comparison
    | TAGGED _quoted -> pair
    | WORD -> word
    | STRING -> word

?comparison: name OP value -> comparison
    | name LIKE value -> comparison
    | name IN _LPAR value (_COMMA value)* _RPAR -> comparison
    | name IS NULL -> comparison
    | name IS _NOT NULL -> comparison_not

name: WORD | STRING | BACKTICK | DOTTED _quoted | CALL argument _RPAR
argument: INNER | STRING | BACKTICK | DOTTED _quoted
value: VALUE | STRING
_quoted: STRING | BACKTICK

_LPAR: "("
_RPAR: ")"
_COMMA: ","
_OR.2: /or(?=[\s,()"'`]|\Z)/i
_AND.2: /and(?=[\s,()"'`]|\Z)/i
_NOT.2: /not(?=[\s,()"'`]|\Z)/i
_MINUS: /-(?=[^\s,)])/

OP: />=|<=|<>|==|!=|!~|[=<>~]/
LIKE.2: /(not\s+)?i?like(?=[\s,()"'`]|\Z)/i
IN.2: /(not\s+)?in(?=[\s,()"'`]|\Z)/i
IS.2: /is(?=[\s,()]|\Z)/i
NULL: /null(?=[\s,()]|\Z)/i

CALL.3: /(?!(and|or|not|in|i?like|is)\()((last|min|max|mean|first|best|count)\s*|[a-z_]\w*)\(/i
INNER: /[^\s()"'`,<>=~][^()"'`,<>=~]*/
DOTTED.3: /\w+\.(?=["`])/
TAGGED.3: /[^\s,()<>=~"'`-][^\s,()<>=~"'`]*:(?=["'`])/
WORD: /(?!['-])((?![!][=~])[^\s,()<>=~"`])+/
VALUE: /\d{4}-\d\d-\d\d\x20+\d\d:\d\d(:\d\d(\.\d+)?)?(?![^\s,()])|[^\s,()<>=!~"'`][^\s,()]*/
STRING: /'([^']|'')*'|"([^"]|"")*"/
BACKTICK: /`[^`]*`/
%ignore /\s+/
"""


class _Tree(Transformer[Token, Term]):
    """Makes a tree while the text is parsed, so nothing is as deep as the text."""

    def start(self, children: list[Term]) -> Term:
        return children[0]

    def any_of(self, children: list[Term]) -> Term:
        return children[0] if len(children) == 1 else AnyOf(tuple(children))

    def all_of(self, children: list[Term]) -> Term:
        return children[0] if len(children) == 1 else AllOf(tuple(children))

    def negation(self, children: list[Term]) -> Term:
        inner = children[-1]
        return inner.term if isinstance(inner, Not) else Not(inner)

    def comparison(self, children: list[Name | Token | Value]) -> Comparison:
        name, operator, *values = children
        assert isinstance(name, Name)
        assert isinstance(operator, Token)
        if operator.type == "IS":
            return Comparison(name, "is null", (), _place(operator))
        shown = " ".join(operator.lower().split())
        given = tuple(value for value in values if isinstance(value, Value))
        return Comparison(name, _ALIKE.get(shown, shown), given, _place(operator))

    def comparison_not(self, children: list[Name | Token]) -> Comparison:
        name, operator, *_ = children
        assert isinstance(name, Name)
        assert isinstance(operator, Token)
        return Comparison(name, "is not null", (), _place(operator))

    def pair(self, children: list[Token]) -> Pair:
        key, value = children
        return Pair(key[:-1], Value(_bare(value), _place(value), quoted=True), _place(key))

    def word(self, children: list[Token]) -> Word:
        return Word(_bare(children[0]), _place(children[0]), children[0].type == "STRING")

    def name(self, children: list[Token | Name]) -> Name:
        first, *others = children
        assert isinstance(first, Token)
        inner = others[0] if others else None
        if isinstance(inner, Name):
            return Name(inner.text, inner.place, inner.whole, first[:-1].rstrip().lower())
        if inner is not None:
            return Name(first + _bare(inner), _place(first))
        return Name(_bare(first), _place(first), first.type in _QUOTED)

    def argument(self, children: list[Token | Name]) -> Name:
        name = self.name(children)
        return Name(name.text.rstrip(), name.place, name.whole)

    def value(self, children: list[Token]) -> Value:
        return Value(_bare(children[0]), _place(children[0]), children[0].type == "STRING")


_QUOTED: Final = ("STRING", "BACKTICK")
_ALIKE: Final = {"==": "=", "<>": "!="}


def _place(token: Token) -> int:
    return token.start_pos or 0


def _bare(token: Token) -> str:
    """The text of a token without its quotes; a quote in it was written twice."""
    if token.type not in _QUOTED:
        return str(token)
    quote = token[0]
    return token[1:-1] if quote == "`" else token[1:-1].replace(quote * 2, quote)


@cache
def parser() -> Lark:
    """Made once: it takes some 15 ms, and can be used by several threads."""
    return Lark(GRAMMAR, parser="lalr", lexer="contextual", transformer=_Tree(), maybe_placeholders=False)


def parse(text: str) -> Term:
    """The tree of a filter. Raises `Wrong` where it is none."""
    check(text)
    try:
        tree = parser().parse(text)
    except UnexpectedInput as error:
        raise _wrong(text, error) from None
    assert not isinstance(tree, Token)
    return tree  # type: ignore[return-value]  # the transformer has made it a Term


def read(text: str) -> tuple[list[Piece], frozenset[str], int | None]:
    """The pieces of the beginning of a filter, the terminals that may follow, and the place where it cannot be read."""
    reading = parser().parse_interactive(text)
    pieces: list[Piece] = []
    try:
        for token in reading.iter_parse():
            begin = _place(token)
            pieces.append(Piece(token.type, str(token), begin, begin + len(token)))
    except UnexpectedCharacters as error:
        return pieces, frozenset(), error.pos_in_stream
    except UnexpectedToken as error:
        return pieces, frozenset(), _place(error.token)
    return pieces, frozenset(reading.accepts()), None  # type: ignore[no-untyped-call]


def _wrong(text: str, error: UnexpectedInput) -> Wrong:
    if isinstance(error, UnexpectedCharacters):
        place = error.pos_in_stream
        return explain(text, place, frozenset(error.allowed or ()))  # type: ignore[arg-type]  # typed as None
    if isinstance(error, UnexpectedToken):
        place = len(text) if error.token.type == "$END" else error.token.start_pos
        return explain(text, len(text) if place is None else place, frozenset(error.expected))
    return explain(text, len(text), frozenset())
