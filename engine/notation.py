"""Rewrite the notation of school books in Python's: 2x, x², |x|, √x, a·b, sin² x.

A formula that can be read in two ways raises an error with the lines to type instead. The parser checks later whether
the names, numbers and calls of a formula are right.
"""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING, NamedTuple, NoReturn
from unicodedata import category, decimal, normalize

from .arguments import described
from .errors import FormulaError
from .ops import ALIASES, OPS

if TYPE_CHECKING:
    from collections.abc import Collection


ASCII_SIGNS = {
    **dict.fromkeys("×·⋅∙•∗⋆·", "*"), **dict.fromkeys("÷:∕⁄", "/"), **dict.fromkeys("−–‒‐‑﹣", "-"),
    "^": "**", "≤": "<=", "≥": ">=", "≠": "!=",
}  # fmt: skip
FORMULA_SIGNS = {*"+-*/()|,.√<>", "**", "<=", ">=", "==", "!="}  # the signs that a formula may hold
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", "0123456789+-abcdefghijklmnoprstuvwxyz"))
EXPONENT = re.compile(r"[+-]?[0-9]*[a-z]*(?:(?<=[0-9a-z])[+-][0-9]*[a-z]*)*(?<=[0-9a-z])")  # 2, -x, n+1, 2x
NOT_IN_NAMES = {*RAISED, *ASCII_SIGNS, *"πº"}  # 2πr is 2*pi*r
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
FRACTIONS = {"½": "(1/2)", "⅓": "(1/3)", "⅔": "(2/3)", "¼": "(1/4)", "¾": "(3/4)", "⅕": "(1/5)", "⅛": "(1/8)"}
OTHER_NAMES = {
    "ln": "log", "lg": "log10", "log_10": "log10", "tg": "tan", "arctan": "atan", "arctg": "atan", "fabs": "abs",
    "σ": "sigmoid", "swish": "silu",
}  # fmt: skip
NEVER_VARIABLES = {*OTHER_NAMES} - {"σ"}  # σ may be a standard deviation
# Functions that are not in the table, in terms of those that are: {0} is the argument, {1} the same in parentheses.
WRITTEN_OUT = {
    **dict.fromkeys(("log2", "log_2", "ld", "lb"), "log({0})/log(2)"), "cbrt": "{1}**(1/3)", "square": "{1}**2",
    **dict.fromkeys(("cot", "ctg"), "1/tan({0})"), "sec": "1/cos({0})",
    **dict.fromkeys(("csc", "cosec"), "1/sin({0})"), "coth": "1/tanh({0})", "sech": "1/cosh({0})",
    "csch": "1/sinh({0})",
    **dict.fromkeys(("asin", "arcsin"), "atan({1}/sqrt(1 - {1}**2))"),
    **dict.fromkeys(("acos", "arccos"), "pi/2 - atan({1}/sqrt(1 - {1}**2))"),
    **dict.fromkeys(("asinh", "arsinh", "arcsinh"), "log({1} + sqrt({1}**2 + 1))"),
    **dict.fromkeys(("acosh", "arcosh", "arccosh"), "log({1} + sqrt({1}**2 - 1))"),
    **dict.fromkeys(("atanh", "artanh", "arctanh"), "0.5*log((1 + {1})/(1 - {1}))"),
    **dict.fromkeys(("sign", "sgn"), "{1}/abs({0})"), **dict.fromkeys(("root", "wurzel"), "sqrt({0})"),
    "betrag": "abs({0})", **dict.fromkeys(("logistic", "expit"), "sigmoid({0})"), "heaviside": "threshold({0})",
    **dict.fromkeys(("radians", "deg2rad"), "{1}*pi/180"), **dict.fromkeys(("degrees", "rad2deg"), "{1}*180/pi"),
    "erfc": "1 - erf({0})",
}  # fmt: skip
# The names of the inverse of a function, which books write as tan⁻¹.
INVERSES = {
    "sin": "arcsin", "cos": "arccos", "tan": "atan", "tg": "atan", "sinh": "asinh", "cosh": "acosh", "tanh": "atanh",
    "exp": "log", "log": "exp", "ln": "exp",
}  # fmt: skip
WHAT_IT_HAS = "numbers, names, + - * / ** and calls"  # what a formula has
DIVIDED: dict[str, tuple[str, str]] = {
    **dict.fromkeys("°º", ("an angle is in radians", "*pi/180")),
    "%": ("there is no sign for percent or a remainder", "/100"),
}
REFUSED = {
    "∞": "infinity is not a number to calculate with.",
    **dict.fromkeys(("∛", "³√"), "for a cube root, write a power, as in x**(1/3)"),
    **dict.fromkeys(("∜", "⁴√"), "for a fourth root, write a power, as in x**(1/4)"),
    "!": "there is no factorial: write the product, as in 1*2*3",
    ";": "a comma separates arguments, and a ; the steps of an expression of the command line.",
    "=": "only the name of a step has an = after it. Give numbers separately, as in x=2",
    **dict.fromkeys("'\"`“”„‘’‚«»′″´", "a formula has no quotes and no primes."),
    **dict.fromkeys("\n\r", "a formula is one line."),
    **dict.fromkeys("—―", "for a minus, type a short one: -"),
    **dict.fromkeys(("->", "→", "↦", "⇒"), "write the formula alone, without an arrow."),
    **dict.fromkeys(("?", "if", "else"), "to choose, write where(c, a, b): a if c is above 0, else b"),
    ":=": "a step is named with = alone, as in d = a*b",
    "//": "a quotient is not rounded: write a/b",
}  # fmt: skip
LATEX = "\\{}[]$"
# What LaTeX writes, in the notation of a formula. The first pattern that matches comes first, so inner groups do.
FROM_LATEX = [
    (r"\\(?:lvert|left\||vert(?![a-z]))\s*([^|\\]*?)\s*\\(?:rvert|right\||vert(?![a-z]))", r"abs(\1)"),
    (r"\\(?:left|right|big|Big|quad)(?![a-z])|\\[,;!: ()]|\$", ""),
    (r"\\(?:mathrm|mathit|text|operatorname)\s*\{([^{}]*)\}", r"\1"),
    (r"\\log_\{?([0-9]+)\}?\s*\{([^{}]*)\}", r"(log(\2)/log(\1))"),
    (r"_\{([^{}]*)\}", r"_\1"),
    (r"\^\{([^{}]*)\}", r"^(\1)"),
    (r"\\sqrt\s*\[([^\[\]]*)\]\s*\{([^{}]*)\}", r"((\2)^(1/(\1)))"),
    (r"\\sqrt\s*\{([^{}]*)\}", r"sqrt(\1)"),
    (r"\\[dt]?frac\s*([0-9a-z])\s*([0-9a-z])", r"(\1/\2)"),
    (r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"((\1)/(\2))"),
    (r"\\(?:cdot|times|ast)(?![a-z])\s*", "* "),
    (r"\\div(?![a-z])\s*", "/ "),
    (r"\\leq?(?![a-z])\s*", "<= "),
    (r"\\geq?(?![a-z])\s*", ">= "),
    (r"(?<=[a-zA-Z0-9)])\\([a-zA-Z]+)", r"*\1"),
    (r"\\([a-zA-Z]+)", r"\1"),
    (r"\{([^{}]*)\}", r"(\1)"),
]
BACKSLASH = r"\\"
WRONG_STROKE = r"[^\\{}$]*[\w)]\s*\\\s*(?:[a-zA-Z]\b|[\d(])[^\\{}$]*"  # x\y, and not x\pi
NUMERAL = re.compile(r"(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
OTHER_BASE = re.compile(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+")
BLANKS = r"\s+"
SIGN = re.compile(r"\*\*|//|<<|>>|<=|>=|==|!=|:=|->|.", re.DOTALL)


class Token(NamedTuple):
    """A piece of a formula: its kind ("number", "name", "raised" for exponents, "sign" or "end") and its position."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def starts_operand(self) -> bool:
        return self.kind in ("number", "name") or self.text in ("(", "√")


class Waiting(NamedTuple):
    """A function without parentheses, such as √x or sin x, while its argument is read."""

    start: int
    argument: int  # the index where its argument starts
    exponent: str  # the exponent in sin²x
    grouped: bool  # whether the argument is in parentheses: √(x), sin²(x)
    named: bool  # whether it is a name: √x/2 is clear, and sin x/2 is not


class Level:
    """An open level: the whole formula, a parenthesis, or a bar of |x|."""

    def __init__(self, kind: str = "", start: int = 0, is_call: bool = False) -> None:
        self.kind = kind
        self.is_call = is_call
        self.sign = ""  # the operator before the factor that is being read
        self.factor = start  # where that factor starts
        self.waiting: list[Waiting] = []


def plain(text: str, functions: Collection[str], known: Collection[str] = ()) -> str:
    """Return a formula in Python's notation.

    `functions` are the operations that it may call. `known` are names that are certainly variables: if x is known,
    x(y + 1) is a product.

    Raises FormulaError, with what to write, for a formula that can be read in two ways or not at all.

    >>> plain("2x² - |x|·sin x", ["sin"])
    '2*x**(2)-abs(x)*sin(x)'
    """
    return _Writer(text, functions, known).written()


def single_name(text: str) -> str:
    """Return the name that a text is, as formulas write it: x1 for x₁, the same µ for both kinds. Else return "".

    >>> single_name(" π "), single_name("2x")
    ('pi', '')
    """
    text = halfwidth(text.strip()).translate(LOWERED)
    if not text[:1].isidentifier() or _end_of_name(text, 0) < len(text):
        return ""
    return _python_name(text)


def split_steps(text: str) -> list[str]:
    """Return the steps of an expression, which `;` separates.

    Raises FormulaError for a `;` inside parentheses, where a comma belongs.

    >>> split_steps("d = a*b; d*d;")
    ['d = a*b', 'd*d']
    """
    depth, inside, between = 0, "", ""
    for character in point_for_comma(text):
        depth += (character == "(") - (character == ")")
        inside += "," if character == ";" and depth > 0 else character
        between += ";" if character == "," and depth == 0 else character
    if depth == 0 and inside.count(";") < text.count(";"):
        _refuse(text, f"a comma separates arguments. Write {inside}")
    if depth == 0 and "=" in text and between.count(";") > text.count(";"):
        _refuse(text, f"a ; separates steps. Write {between}")
    return [step for step in map(str.strip, text.split(";")) if step]


def readings_of_commas(text: str) -> list[str]:
    """Return the possible meanings of a text with commas between digits, as lines to type; [] if it has none.

    >>> readings_of_commas("2,5*x"), readings_of_commas("1,000")
    (['2.5*x'], ['1.000', '1000'])
    """
    if not re.search(r"\d,\d", text):
        return []
    without = re.sub(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])", lambda match: match[0].replace(",", ""), text)
    readings = [point_for_comma(text), without]
    return list(dict.fromkeys(each for each in readings if not re.search(r"\d,\d|\.\d*\.", each)))


def point_for_comma(text: str) -> str:
    """Return a text with a point for each comma between two digits; points before it separated thousands.

    >>> point_for_comma("max(0,5; x) + 1.000,5")
    'max(0.5; x) + 1000.5'
    """
    text = re.sub(r"(?<![\d.])\d{1,3}(?:\.\d{3})+(?=,\d)", lambda match: match[0].replace(".", ""), text)
    return re.sub(r"(?<=\d),(?=\d)", ".", text)


class _Writer:
    """The translation of one formula, which reads it from left to right and writes it in Python's notation."""

    def __init__(self, text: str, functions: Collection[str], known: Collection[str]) -> None:
        self.text, self.known = text, known
        self.operations = {*functions} - {*known}
        self.functions = {*functions, *OTHER_NAMES, *WRITTEN_OUT} - {*known}
        self.tokens = _tokens(text)
        self.bars = sum(token.text == "|" for token in self.tokens)
        self.pieces: list[str] = []
        self.levels = [Level()]
        # The operand that was just read: "number", "name", "function" (or method; its arguments are missing),
        # "close" (what a parenthesis or a bar ends) or "raised". After an operator "", after a point ".".
        self.operand = ""

    def written(self) -> str:
        index = 0
        while index < len(self.tokens):
            index = self._write(index)
        if any(level.kind == "|" for level in self.levels):
            self._refuse("a bar | has no second one. For |x|, write abs(x)")
        if len(self.levels) > 1:
            self._refuse(f"a ( is not closed. Write {self.text.rstrip() + ')' * (len(self.levels) - 1)}")
        return "".join(self.pieces)

    def _write(self, index: int) -> int:
        """Write the token at an index and those that belong to it; return the index of the next one."""
        token, level = self.tokens[index], self.levels[-1]
        if level.waiting and self.operand not in ("", ".") and token.text != "." and not self._is_call(token):
            self._end_arguments(token)
        match token:
            case Token("number", text):
                self._start_operand(token, "number")
                self.pieces.append(text)
            case Token("name"):
                return self._write_name(index)
            case Token("raised"):
                self._write_exponent(token, self.tokens[index + 1])
            case Token("sign", "√"):
                self._start_operand(token, "")
                self._wait(token, self.tokens[index + 1])
            case Token("sign", "("):
                is_call = self._is_call(token)
                if not is_call:
                    self._start_operand(token, "")
                self._open(token, "(", is_call)
            case Token("sign", ")"):
                if level.kind != "(":
                    self._refuse("there is a ) without its (" if not level.kind else "a bar | has no second one")
                if not self.operand and not (level.is_call and self.pieces[-1] == "("):  # sin() has no argument
                    self._refuse_gap(token)
                self._close()
            case Token("sign", "|"):
                if level.kind == "|" and self.operand:
                    self._close()
                else:
                    self._start_operand(token, "")
                    self._open(token, "abs(")
            case Token("sign", text):
                self._write_operator(token)
            case _:
                if level.waiting:
                    self._refuse("a function at the end has no argument")
                if len(self.tokens) > 1 and self.operand in ("", "."):
                    self._refuse_gap(token)
        return index + 1

    def _write_name(self, index: int) -> int:
        token, following = self.tokens[index], self.tokens[index + 1]
        if self.operand == ".":
            self.pieces.append(token.text)
            self.operand = "function"
            return index + 1
        is_function = token.text in self.functions
        self._start_operand(token, "function" if is_function else "name")
        exponent, index = self._exponent_of_function(index + 1) if is_function else ("", index + 1)
        argument = self.tokens[index]
        bare = argument.starts_operand and argument.text != "("
        signed = is_function and self._is_sign_of_argument(token, index)
        if is_function and (exponent or bare or signed or (argument.text == "|" and self._opens(argument))):
            if exponent == "-1":
                self._refuse_inverse(token, index)
            if following.kind == "raised" and not (argument.starts_operand or argument.text == "|" or signed):
                self._refuse(f"{token.text} is an operation: write {token.text}(...)")
            self._wait(token, argument, exponent)
            return index
        if argument.text == "**" and token.text in self.operations:
            self._refuse(f"{token.text} is an operation: write {token.text}(...)")
        self.pieces.append(token.text)
        return index

    def _is_sign_of_argument(self, function: Token, index: int) -> bool:
        """Tell whether a minus or plus after a function belongs to its argument, as in sin -x.

        Raises FormulaError, with sin(-x) to type, if a space is between the sign and the argument.
        """
        sign, argument = self._at(index), self._at(index + 1)
        is_sign = sign.text in ("-", "+") and (argument.starts_operand or argument.text == "|")
        if not is_sign or function.text not in {*self.operations, *NEVER_VARIABLES}:
            return False  # σ - x may be meant as a difference
        if sign.end < argument.start:
            end, text = self._end_of_product(argument), self.text
            line = f"{text[: sign.start].rstrip()}({sign.text}{text[argument.start : end]}){text[end:]}"
            self._refuse(f"{function.text} has no argument before the {sign.text}. Write {line}")
        return True

    def _opens(self, bar: Token) -> bool:
        """Tell whether a bar after the name of a function opens |x|: it does, unless it closes an open bar."""
        return self.levels[-1].kind != "|"

    def _exponent_of_function(self, index: int) -> tuple[str, int]:
        """Return the exponent between a function and its argument, as in sin²x and sin^2(x), and the next index."""
        token = self.tokens[index]
        if token.kind == "raised":
            return token.text, index + 1
        if token.text == "**":
            grouped = self._at(index + 1).text == "("  # sin^(-1)(x)
            minus = self._at(index + 1 + grouped).text == "-"
            place = index + 1 + grouped + minus
            number, after = self._at(place), self._at(place + 1 + grouped)
            closed = not grouped or self._at(place + 1).text == ")"
            if number.kind == "number" and closed and (after.starts_operand or after.text == "|"):
                return "-" * minus + number.text, place + 1 + grouped
        return "", index

    def _at(self, index: int) -> Token:
        """Return the token at an index, or the last one, which is the end."""
        return self.tokens[min(index, len(self.tokens) - 1)]

    def _wait(self, token: Token, argument: Token, exponent: str = "") -> None:
        """Start the argument of a function without parentheses."""
        name = "sqrt" if token.text == "√" else token.text
        row = OPS.get(ALIASES.get(name, name))
        if row and row.arity > 1:
            self._refuse(f"{name} takes {row.arity} arguments. Write it as {name}({', '.join('abc'[: row.arity])})")
        self.pieces.append(f"{name}(")
        waiting = Waiting(token.start, argument.start, exponent, argument.text == "(", token.text != "√")
        self.levels[-1].waiting.append(waiting)
        self.operand = ""

    def _end_arguments(self, token: Token) -> None:
        """End the arguments of functions without parentheses that are complete before this token."""
        level = self.levels[-1]
        is_power = token.kind == "raised" or token.text == "**"
        is_operand = token.starts_operand or (token.text == "|" and level.kind != "|")
        is_factor = token.text in ("*", "/") and self._at(self.tokens.index(token) + 1).text not in self.functions
        for waiting in reversed(level.waiting):
            unclear = is_operand or (is_factor and waiting.named)  # sin x · cos x is clear
            if is_power or (unclear and not waiting.grouped):
                self._refuse_argument(waiting, token)
            self.pieces.append(f")**({waiting.exponent})" if waiting.exponent else ")")
        level.waiting.clear()
        self.operand = "close"

    def _start_operand(self, token: Token, kind: str) -> None:
        """Start an operand. If it follows another operand, write a product."""
        before, self.operand = self.operand, kind
        if before in ("", "."):
            return
        if before == "function":  # np.sin x
            end, text = self._end_of_product(token), self.text
            line = f"{text[: token.start].rstrip()}({text[token.start : end].rstrip()}){text[end:]}"
            self._refuse(f"an argument is in parentheses. Write {line}")
        if kind == "number":
            at = self.tokens.index(token)
            after_name = at > 1 and self.tokens[at - 1].kind == "name"
            if after_name and self.tokens[at - 2].kind in ("name", "number", "raised"):  # x mod 2
                typed = self.text[token.start : token.end]
                self._refuse(f"an operator is missing between {self.tokens[at - 1].text} and {typed}.")
            if before == "number":
                self._refuse_numbers(self.tokens[at - 1], token)
            self._refuse(f"an operator is missing. Write {self._with_star(token)}")
        previous, level = self.tokens[self.tokens.index(token) - 1], self.levels[-1]
        if self.bars > 2 and "|" in (token.text, previous.text):
            self._refuse("it is not clear which | belong together. For |x|, write abs(x)")
        if level.sign in ("/", "**"):
            self._refuse_product(level, token)
        self.pieces.append("*")

    def _is_call(self, token: Token) -> bool:
        """Tell whether a parenthesis holds the arguments of a call of the name before it."""
        unknown = self.operand == "name" and self.pieces[-1] not in self.known and self.pieces[-1] not in ("pi", "e")
        return token.text == "(" and (self.operand == "function" or unknown)

    def _open(self, token: Token, written: str, is_call: bool = False) -> None:
        self.pieces.append(written)
        self.levels.append(Level(token.text, token.end, is_call))
        self.operand = ""

    def _close(self) -> None:
        self.levels.pop()
        self.pieces.append(")")
        self.operand = "close"

    def _write_exponent(self, token: Token, following: Token) -> None:
        if self.operand in ("", ".", "function"):
            self._refuse(f"an exponent has nothing before it: {self.text[token.start : token.end]}")
        if following.text == "**" or self.operand == "raised":
            self._refuse("it is not clear which of two powers comes first: write (x**2)**3, or x**(2**3)")
        if not EXPONENT.fullmatch(token.text):
            before, after = self.text[: token.start].rstrip(), self.text[token.end :]
            self._refuse(f"it is not clear what the exponent is. Write it in parentheses: {before}^(...){after}")
        factors = re.sub(r"(?<=[0-9a-z])(?=[a-z])", "*", token.text)
        self.pieces.append(f"**({factors})")
        self.operand = "raised"

    def _write_operator(self, token: Token) -> None:
        level, at = self.levels[-1], self.tokens.index(token)
        if self.operand in ("", ".") and token.text not in ("+", "-"):
            self._refuse_gap(token)
        if token.text == "." and self.tokens[at - 1].kind == self._at(at + 1).kind == "number":  # 2 . 5
            before, after = self.text[: token.start].rstrip(), self.text[token.end :].lstrip()
            self._refuse(f"a number has no spaces. Write {before}.{after} or {before}*{after}")
        if token.text == "/" and self.tokens[at - 1].text == "1" and self._at(at + 1).kind == "number":
            self._refuse_root(at)
        if self.operand and token.text != ".":  # between two operands; a sign before a factor belongs to the factor
            level.sign, level.factor = token.text, token.end
        self.pieces.append(token.text)
        self.operand = "." if token.text == "." else ""

    def _refuse_root(self, at: int) -> None:
        """Raise FormulaError if the token at a place is the stroke of x^1/2: nobody writes an exponent of 1."""
        sign = self.tokens[at - 2].text in ("-", "+")
        power = at - 3 if sign else at - 2
        if power < 0 or self.tokens[power].text not in ("**", "^"):
            return
        start, end, text = self.tokens[power + 1].start, self.tokens[at + 1].end, self.text
        lines = [f"{text[:start]}({text[start:end]}){text[end:]}"]
        if not sign:
            lines.append(f"{text[: self.tokens[power].start].rstrip()}{text[self.tokens[at].start :]}")
        self._refuse(f"it is not clear where the exponent ends. Write {' or '.join(lines)}")

    def _refuse_gap(self, token: Token) -> NoReturn:
        """Raise FormulaError for an operand that is missing before a token, as in a */ b, (a + ) and a +."""
        at, text = self.tokens.index(token), self.text
        before = self.tokens[at - 1] if at else None
        here = text[token.start : token.end]
        if token.text == "," and self._at(at + 1).kind == "number" and self._at(at + 1).start == token.end:  # ,5
            line = f"{text[: token.start]}0.{text[token.end :]}"
            self._refuse(f"a number has a decimal point. Write {line}")
        if before is None:
            self._refuse(f"something is missing before its first {here}")
        if token.kind == "end":
            self._refuse(f"something is missing after its last {text[before.start : before.end]}")
        if before.text == "(" and token.text == ")":
            self._refuse("nothing is between ( and ).")
        sign = text[before.start : before.end]
        if f"{sign}{here}" in FORMULA_SIGNS and before.end < token.start:  # * *
            self._refuse(f"a sign has no space in it. Write {text[: before.end]}{text[token.start :]}")
        self._refuse(f"something is missing between {sign} and {here}")

    def _refuse_inverse(self, function: Token, index: int) -> NoReturn:
        """Raise FormulaError for tan⁻¹(x), with the lines to type for 1/tan(x) and for its inverse."""
        text, argument = self.text, self.tokens[index]
        end = self._end_of_operand(index) if argument.text in ("(", "|") else self._end_of_product(argument)
        inside = text[argument.start : end].strip()
        inside = inside[1:-1].strip() if argument.text == "(" else inside
        before, after = text[: function.start], text[end:]
        alone = not before.strip() and not after.strip()
        lines = [f"1/{function.text}({inside})" if alone else f"{before}{function.text}({inside})**-1{after}"]
        if inverse := INVERSES.get(function.text, ""):
            grouped = inside if re.fullmatch(r"\w+", inside) else f"({inside})"
            written = WRITTEN_OUT.get(inverse, f"{inverse}({{0}})").format(inside, grouped)
            star = "*" if re.search(r"[\w)|]\s*$", before) else ""
            written = written if alone or re.fullmatch(r"\w+\(.*\)", written) else f"({written})"
            lines.append(f"{before}{star}{written}{after}")
        name = f"{function.text}⁻¹"
        self._refuse(f"it is not clear what {name} is. Write {' or '.join(lines)}")

    def _refuse_numbers(self, first: Token, second: Token) -> NoReturn:
        """Raise FormulaError for two numbers side by side, such as 1 000, 1.000.000, 2.5.1 and 1 1/2."""
        text, start = self.text, first.start
        before = text[:start]
        if match := re.compile(r"([0-9]+)\s+([0-9]+\s*/\s*[0-9]+)").match(text, start):
            self._refuse(f"a mixed number is not clear. Write {before}({match[1]}+{match[2]}){text[match.end() :]}")
        if match := re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}(?![0-9.])").match(text, start):
            self._refuse(f"a number has one point. Write {before}{match[0].replace('.', '')}{text[match.end() :]}")
        if first.end == second.start:
            self._refuse("a number has one point, for its decimals.")
        thousands = re.compile(r"[0-9]{1,3}(?:\s[0-9]{3})+(?![0-9])").match(text, start)
        end = thousands.end() if thousands else second.end
        lines = [f"{before}{re.sub(BLANKS, between, text[start:end])}{text[end:]}" for between in ("", "*")]
        self._refuse(f"a number has no spaces. Write {' or '.join(lines)}")

    def _refuse_argument(self, waiting: Waiting, token: Token) -> NoReturn:
        """Raise FormulaError for sin 2x, √x² and similar, with both possible lines to type."""
        text, end = self.text, self._end_of_product(token, "*/" if token.text in ("*", "/") else "")
        head = text[waiting.start : waiting.argument].strip().replace("√", "sqrt")
        argument, rest = text[waiting.argument : token.start].strip(), text[token.start : end].strip()
        inner = argument[1:-1] if waiting.grouped else argument
        star = "*" if token.starts_operand or token.text == "|" else ""
        rest = text[token.start : end].rstrip() if token.text in ("*", "/") else rest
        short = f"({head}({inner}))" if waiting.exponent else f"{head}({inner})"
        before, whole, after = text[: waiting.start], text[waiting.argument : end].strip(), text[end:]
        self._refuse(
            f"it is not clear where the argument of {head} ends. "
            f"Write {before}{head}({whole}){after} or {before}{short}{star}{rest}{after}"
        )

    def _refuse_product(self, level: Level, token: Token) -> NoReturn:
        """Raise FormulaError for 1/2x, e^2x and similar, with both possible lines to type."""
        text, end = self.text, self._end_of_product(token)
        start = end - len(text[level.factor : end].lstrip())
        what = "denominator" if level.sign == "/" else "exponent"
        grouped = f"{text[:start]}({text[start:end].rstrip()}){text[end:]}"
        self._refuse(f"it is not clear where the {what} ends. Write {grouped} or {self._with_star(token)}")

    def _with_star(self, token: Token) -> str:
        return f"{self.text[: token.start].rstrip()}*{self.text[token.start :]}".strip()

    def _end_of_product(self, token: Token, through: str = "") -> int:
        """Return where the factors that start at a token end: before the next operator at the same depth.

        The operators in `through` belong to the product.
        """
        depth, end, may_have_sign = 0, token.end, False
        for each in self.tokens[self.tokens.index(token) :]:
            if each.kind == "end" or (each.text == ")" and depth == 0):
                break
            is_factor = each.text in ("**", *through)
            is_operator = each.kind == "sign" and not is_factor and each.text not in ("(", ")", "√", ".", "|")
            if depth == 0 and is_operator and not (may_have_sign and each.text in "+-"):
                break
            depth += (each.text == "(") - (each.text == ")")
            may_have_sign, end = is_factor, each.end
        return end

    def _end_of_operand(self, index: int) -> int:
        """Return where the parenthesis or the bar that opens at an index is closed, or where the formula ends."""
        depth = 0
        for each in self.tokens[index:]:
            depth += (each.text == "(") - (each.text == ")")
            closes = each.text == ")" or (each.text == "|" and each != self.tokens[index])
            if closes and depth == 0:
                return each.end
        return self.tokens[-1].end

    def _refuse(self, problem: str) -> NoReturn:
        _refuse(self.text, problem)


def halfwidth(text: str) -> str:
    """Return a text of the same length with plain digits and signs for those that Asian keyboards type.

    >>> halfwidth("２ｘ＋（٣）")
    '2x+(3)'
    """
    return text if text.isascii() else "".join(map(_halfwidth, text))


def _halfwidth(character: str) -> str:
    if "！" <= character <= "～":
        return chr(ord(character) - ord("！") + ord("!"))
    return str(decimal(character)) if character.isdecimal() else character


def in_ascii(text: str) -> str:
    """Return a text with the signs that every keyboard has in place of those of school books.

    >>> in_ascii("√x₁² ÷ 2·π")
    'sqrt x1^2 / 2*pi'
    """
    raised = "".join(RAISED)
    text = re.sub(f"[{raised}]+", lambda run: _power(run[0]), text)
    signs = {each: sign for each, sign in ASCII_SIGNS.items() if not each.isascii()}
    for sign, plain_sign in {**signs, **FRACTIONS, "√": "sqrt ", "π": "pi"}.items():
        text = text.replace(sign, plain_sign)
    return text.translate(LOWERED)


def _power(raised: str) -> str:
    exponent = "".join(RAISED[each] for each in raised)
    return f"^{exponent}" if len(exponent) == 1 else f"^({exponent})"


def _refuse_latex(text: str) -> NoReturn:
    """Raise FormulaError for braces, brackets and the words of LaTeX, with the line to type."""
    if re.fullmatch(WRONG_STROKE, text):
        _refuse(text, f"a quotient has a / in it. Write {re.sub(BACKSLASH, '/', text)}")
    line, before = text, ""
    while line != before:
        before = line
        for pattern, instead in FROM_LATEX:
            line = re.sub(pattern, instead, before)
            if line != before:
                break
    line = line.translate(str.maketrans("[]{}", "()()")).strip()
    is_line = re.search(r"\w", line) and line.count("(") == line.count(")") and "\\" not in line
    reason = "this is LaTeX" if set(text) & {*"\\$"} else "group with round parentheses"
    _refuse(text, f"{reason}. Write {line}" if is_line else f"{reason}: ( )")


def _refuse(text: str, problem: str) -> NoReturn:
    """Raise FormulaError. A sentence that ends with a line to type has no full stop: students would type it, too."""
    shown = described(text).replace("\\\\", "\\")  # as it was typed
    raise FormulaError(f"in {shown}: {problem}")


def _tokens(text: str) -> list[Token]:
    """Return the pieces of a formula; the last one is the end."""
    tokens: list[Token] = []
    read, position = halfwidth(text).translate(LOWERED), 0
    while position < len(read):
        token = _token(text, read, position)
        if token.text in FRACTIONS.values() and tokens and tokens[-1].kind == "number":
            mixed = f"({tokens[-1].text}+{token.text[1:-1]})"
            _refuse(text, f"a mixed number is not clear. Write {text[: tokens[-1].start]}{mixed}{text[token.end :]}")
        if token.kind != "space":
            tokens.append(token)
        position = token.end
    end = Token("end", "", len(text), len(text))
    return [*tokens, end]


def _token(text: str, read: str, start: int) -> Token:
    """Return the piece of a formula that starts at a position."""
    character, end = read[start], start + 1
    if character.isspace() and character not in REFUSED:
        return Token("space", "", start, end)
    if character in FRACTIONS:
        return Token("number", FRACTIONS[character], start, end)
    if character in RAISED:
        while end < len(read) and read[end] in RAISED:
            end += 1
        if root := REFUSED.get(read[start : end + 1]):  # ³√
            _refuse(text, root)
        return Token("raised", "".join(RAISED[each] for each in read[start:end]), start, end)
    if character.isidentifier() and character != "º":
        end = _end_of_name(read, start)
        name = _python_name(read[start:end])
        if keyword.iskeyword(name):
            _refuse(text, f"{name!r} is a word of Python; {REFUSED.get(name, f'a formula has {WHAT_IT_HAS}.')}")
        return Token("name", name, start, end)
    if number := NUMERAL.match(read, start):
        other = OTHER_BASE.match(read, start)
        if other and other.end() > number.end():
            _refuse(text, f"{other[0]} may be a number or a product. Write {int(other[0], 0)} or 0*{other[0][1:]}")
        if re.search(r"_(?![0-9])", number[0]):
            line = read[:start] + number[0].replace("_", "") + read[number.end() :]
            _refuse(text, f"a number has digits and a point. Write {line}")
        digits = number[0] if number[0].strip("0_123456789") else number[0].lstrip("0_") or "0"  # 007
        return Token("number", digits, start, number.end())
    match = SIGN.match(read, start)
    sign = match[0] if match else character
    if sign in DIVIDED:
        reason, factor = DIVIDED[sign]
        meant = re.sub(rf"({NUMERAL.pattern})\s*{sign}(?!\s*[\w(])", rf"(\1{factor})", read)
        meant = re.sub(
            r"\(\(([^()]*)\)\)|^\(([^()]*)\)$", lambda match: f"({match[1]})" if match[1] else match[2], meant
        )
        _refuse(text, reason + (f". Write {meant}" if sign not in meant else f", as in (30{factor})"))
    if sign in LATEX:
        _refuse_latex(text)
    if sign in REFUSED:
        _refuse(text, REFUSED[sign])
    if category(character) == "Cf":
        line = "".join(each for each in text if category(each) != "Cf").strip()
        where = f"after {text[:start][-10:]!r}" if start else "at the start"
        _refuse(text, f"an invisible character is {where}. Write {line}")
    if ASCII_SIGNS.get(sign, sign) not in FORMULA_SIGNS:
        _refuse(text, f"a formula has {WHAT_IT_HAS}, not {sign!r}.")
    return Token("sign", ASCII_SIGNS.get(sign, sign), start, start + len(sign))


def _end_of_name(text: str, start: int) -> int:
    end = start + 1
    while end < len(text) and text[start] != "π" and f"a{text[end]}".isidentifier() and text[end] not in NOT_IN_NAMES:
        end += 1
    return end


def _python_name(name: str) -> str:
    """Return a name as Python writes it, with pi for π."""
    return {"π": "pi"}.get(name) or normalize("NFKC", name)
