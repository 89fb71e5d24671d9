"""The language of combinations: what is understood, what it comes to, and what is refused."""

from __future__ import annotations

import ast
import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilemaker.providers.expression import DEEPEST, LONGEST, MOST_OPERATIONS, ExpressionMistake, parsed
from tilemaker.providers.formula import Formula

A, B, W = 6.0, -2.0, 0.5
NAN = math.nan


def worked_out(text: str, *, a: float = A, b: float = B, w: float = W) -> float:
    """Return what an expression comes to for three maps of one pixel."""
    maps = {name: np.full((1, 1), value, np.float32) for name, value in {"a": a, "b": b, "w": w}.items()}
    return float(Formula(parsed(text, list(maps))).of(maps)[0, 0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", 6.0),
        ("(a - b) * (w > 0.2)", 8.0),
        ("(a - b) * (w > 0.7)", 0.0),
        ("a - b - w", 7.5),
        ("a / b / w", -6.0),
        ("a + b * w", 5.0),
        ("-a ** 2", -36.0),
        ("(-a) ** 2", 36.0),
        ("2 ** 3 ** 0.5 + 0*a", 2**3**0.5),
        ("a ** -1", 1 / 6),
        ("a ** (1 / 2)", 6**0.5),
        ("--a", 6.0),
        ("+a - +b", 8.0),
        ("0 < w < 1", 1.0),
        ("1 < w < 2", 0.0),
        ("a > 1 & b > 2", 0.0),
        ("a > 1 | b > 2", 1.0),
        ("a > 1 and not b > 2 or w == 0", 1.0),
        ("~(a > 1)", 0.0),
        ("not a > 7", 1.0),
        ("~a + 1", 1.0),
        ("a == 6", 1.0),
        ("a != 6", 0.0),
        ("a >= 6", 1.0),
        ("a <= 5.9", 0.0),
        ("sqrt(a * a)", 6.0),
        ("abs(b)", 2.0),
        ("log(exp(w))", 0.5),
        ("log10(1e3 * w / w)", 3.0),
        ("min(a, b, w)", -2.0),
        ("max(a, b, w)", 6.0),
        ("mean(a, b, w)", 1.5),
        ("hypot(a, 8)", 10.0),
        ("degrees(atan2(b, b))", -135.0),
        ("where(w > 0.2, a, b)", 6.0),
        ("where(w > 0.7, a, b)", -2.0),
        ("isnan(a)", 0.0),
        ("a * pi", 6 * math.pi),
        (".5e1*a", 30.0),
        ("a\n  +\tb", 4.0),
    ],
)
def test_what_it_comes_to(text: str, expected: float) -> None:
    assert worked_out(text) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    "text",
    ["a / 0", "1 / (a / 0)", "0 ** -1 * a", "log(0 * a)", "log(-a)", "sqrt(-a)", "exp(1000 * a)", "a * 1e300", "where(nan, a, b)"]
    + ["(-a) ** 0.5", "a + nan", "1 / (w - w)", "exp(-1 / (0 * a))", "0 * log(0 * a)"],
)
def test_what_has_no_finite_value_is_no_data_and_stays_so(text: str) -> None:
    assert math.isnan(worked_out(text))


@pytest.mark.parametrize(
    "text", ["a + w", "a * w", "max(a, w)", "a > w", "w == w", "w != w", "~w", "where(w, a, a)", "a * (w > 0.2)", "-w"]
)
def test_what_is_made_of_no_data_is_no_data(text: str) -> None:
    assert math.isnan(worked_out(text, w=NAN))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("isnan(w)", 1.0),
        ("where(isnan(w), a, w)", 6.0),
        ("where(a > 1, a, w)", 6.0),
        ("isnan(w) | w > 0.2", 1.0),
        ("w > 0.2 | a > 1", 1.0),
        ("w > 0.2 & a < 1", 0.0),
        ("a * ~isnan(w)", 0.0),
    ],
)
def test_a_truth_that_is_certain_without_it_needs_no_data(text: str, expected: float) -> None:
    assert worked_out(text, w=NAN) == expected


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("a ^ 2", 3, 'did you mean "**"?'),
        ("a = 1", 3, 'did you mean "=="?'),
        ("a; b", 2, '";" is not known here. Allowed: numbers, names'),
        ("a.b", 2, '"." is not known'),
        ("a b", 3, '"b" should not stand here'),
        ("a + c", 5, '"c" is no map and no function. Allowed: a, b, w, sqrt'),
        ("a + swrt(b)", 5, 'did you mean "sqrt"? Allowed'),
        ("sqrt a", 6, 'sqrt is a function: "(" is expected, not "a"'),
        ("sqrt(a, b)", 1, "sqrt takes 1 argument, not 2"),
        ("a - where(a, b)", 5, "where takes 3 arguments, not 2"),
        ("max()", 5, '")" stands where'),
        ("(a - b", 7, '")" is expected, but the expression ends'),
        ("a -", 4, "the expression ends where a number, a map, a function or ( is expected"),
        ("", 1, "the expression ends"),
        ("a ** b", 6, "the exponent should be a number from -16 to 16"),
        ("a ** 17", 6, "the exponent should be a number from -16 to 16"),
        ("a ** nan", 6, "the exponent should be a number"),
        ("1e999 * a", 1, "larger than numbers can be"),
        ("__import__('os')", 12, '"\'" is not known'),
        ("a if b else w", 3, '"if" should not stand here'),
        ("lambda: a", 7, '":" is not known'),
        ("²a", 1, "is not known"),
        ("a, b", 2, '"," should not stand here'),
    ],
)
def test_a_mistake_says_where_it_is_and_what_is_allowed(text: str, place: int, says: str) -> None:
    with pytest.raises(ExpressionMistake) as caught:
        parsed(text, ["a", "b", "w"])

    assert str(caught.value).startswith(f"at character {place}: ")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a" + " " * LONGEST, f"at most {LONGEST} characters"),
        ("(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1), f"more than {DEEPEST} parentheses"),
        ("-" * 500 + "a", f"more than {DEEPEST}"),
        ("~" * 500 + "a", f"more than {DEEPEST}"),
        ("sqrt(" * 100 + "a" + ")" * 100, f"more than {DEEPEST}"),
        ("2**" * 100 + "a", f"more than {DEEPEST}"),
        ("a+" * MOST_OPERATIONS + "a+a", f"more than {MOST_OPERATIONS} operators"),
        ("1 + 2", "should use a map. Allowed: a"),
    ],
)
def test_there_is_an_end_to_what_is_read(text: str, says: str) -> None:
    with pytest.raises(ExpressionMistake, match=says):
        parsed(text, ["a"])


@given(st.text(alphabet="ab1.5e*+-/<>=!&|~(), sqrtwhn\n", max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_worked_out_or_refused(text: str) -> None:
    try:
        tree = parsed(text, ["a", "b"])
    except ExpressionMistake:
        return
    pixels = Formula(tree).of({name: np.ones((2, 2), np.float32) for name in "ab"})
    assert pixels.shape == (2, 2)
    assert not np.isinf(pixels).any()


NUMBERS = st.integers(1, 9).map(str)
ARITHMETIC = st.recursive(
    st.sampled_from(["a", "b"]) | NUMBERS,
    lambda inner: (
        st.tuples(inner, st.sampled_from([" + ", "-", " * ", "/"]), inner).map("".join)
        | inner.map("({})".format)
        | inner.map("-({})".format)
        | inner.map("({}) ** 2".format)
    ),
    max_leaves=8,
)


def as_python_has_it(node: ast.expr, values: dict[str, float]) -> float:
    """Work out a tree of Python's own parser: what its arithmetic means is what ours means."""
    match node:
        case ast.Constant(value=float() | int() as number):
            return float(number)
        case ast.Name(id=name):
            return values[name]
        case ast.UnaryOp(operand=operand):
            return -as_python_has_it(operand, values)
        case ast.BinOp(left=left, op=operator, right=right):
            one, other = as_python_has_it(left, values), as_python_has_it(right, values)
            results = {ast.Add: one + other, ast.Sub: one - other, ast.Mult: one * other, ast.Pow: one**2}
            return results[type(operator)] if type(operator) in results else (one / other if other else NAN)
        case _:
            raise TypeError(node)


@given(ARITHMETIC.filter(lambda text: "a" in text or "b" in text))
@settings(max_examples=150, deadline=None)
def test_arithmetic_means_what_it_means_in_python(text: str) -> None:
    expected = as_python_has_it(ast.parse(text, mode="eval").body, {"a": 3.0, "b": -7.0})

    assert worked_out(text, a=3.0, b=-7.0) == pytest.approx(expected, rel=1e-5, abs=1e-5, nan_ok=True)


@given(
    st.sampled_from(["a + b", "a - b", "a * b", "a / b", "max(a, b)", "min(b, a)", "sqrt(a)", "abs(b)", "-a"]),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=50, deadline=None)
def test_what_is_done_in_single_precision_is_the_same_in_double(text: str, seed: int) -> None:
    random = np.random.default_rng(seed)

    def values() -> npt.NDArray[np.float32]:
        return np.asarray(random.standard_normal((8, 8)) * 10.0 ** random.integers(-15, 15, (8, 8)), np.float32)

    maps = {name: values() for name in "ab"}
    in_double = Formula(parsed(f"({text}) + 0", ["a", "b"]))  # two operations

    np.testing.assert_array_equal(Formula(parsed(text, ["a", "b"])).of(maps), in_double.of(maps))
