"""Writes table.json: values and derivatives from arbitrary precision, against which the law of accuracy is held.

    pip install mpmath==1.3.0
    python3 test/accuracy/table.py            writes test/accuracy/table.json, in some minutes
    python3 test/accuracy/table.py tanh gelu  prints the rows of these functions

Every function is written here from its definition, not from the code of the project: a list of terms for the value,
for each first derivative and for each second derivative, whose sum is the number. They are computed with 400 digits and
rounded once. Between 1e-3 and 1e3 every derivative is also differentiated numerically, with 100 digits, and compared.

Two tables: points that float64 holds exactly, and points that float32 holds exactly. The figures of the second are
written with 11 digits, which is a ten-thousandth of a unit of float32.

A term counts where a sum is near a root: there the error is measured in units of the largest term. Each formula is
written so that its terms cancel at roots only, so 1 - tanh^2 stands as sech^2. In the functions of several numbers
(sums, softmax, norms) the terms are those of the textbook's formula.
"""

import json
import math
import sys
from itertools import combinations_with_replacement
from pathlib import Path

from formulas import BINARY, SIMPLE, UNARY, VECTOR
from mpmath import mp, mpf
from points import Double, Single, around, grid, to_double

mp.dps = 400

# -- the table ---------------------------------------------------------------------------------------------------------


def index_pairs(n):
    return list(combinations_with_replacement(range(n), 2))


def names(n):
    """The columns of the figures: y, then d0 for the first derivative, d01 for a second one."""
    return ["y"] + [f"d{i}" for i in range(n)] + [f"d{i}{j}" for i, j in index_pairs(n)]


def flat(parts):
    value, first, second = parts
    return [value, *first, *second]


def columns(kind, formula, points):
    n = len(points[0])
    cells = [flat(formula(*map(mpf, p))) for p in points]
    table = {f"x{i}": [p[i] for p in points] for i in range(n)}
    scale = {}
    for c, name in enumerate(names(n)):
        table[name] = []
        for row, parts in enumerate(cells):
            terms = parts[c]
            if terms is None:
                table[name].append(None)
                continue
            total, largest = mp.fsum(map(mpf, terms)), max(abs(mpf(t)) for t in terms)
            table[name].append(kind.figure(total))
            if len(terms) > 1 and largest > 2 * abs(total) and not math.isinf(to_double(largest)):
                scale.setdefault(name, {})[row] = float(f"{to_double(largest):.3g}")
    return {**table, "scale": scale}


def verify(name, formula, points):
    """The closed forms against numerical differentiation, where the arguments are moderate."""
    digits, mp.dps = mp.dps, 100
    for p in points:
        if any(x != 0 and not 1e-3 <= abs(x) <= 1e3 for x in p):
            continue
        x, n = tuple(map(mpf, p)), len(p)
        parts = flat(formula(*x))
        orders = [[int(k == i) for k in range(n)] for i in range(n)]
        orders += [[int(k == i) + int(k == j) for k in range(n)] for i, j in index_pairs(n)]
        h = mpf(10) ** -30
        value = lambda *at: mp.fsum(map(mpf, formula(*at)[0]))
        for order, terms in zip(orders, parts[1:]):
            if terms is None or (0 in p and name == "pow"):
                continue
            try:
                numeric = mp.diff(value, x if n > 1 else x[0], tuple(order) if n > 1 else order[0], h=h)
            except (ValueError, ZeroDivisionError):
                continue
            exact, largest = mp.fsum(map(mpf, terms)), max([abs(mpf(t)) for t in terms] + [abs(value(*x))])
            if abs(numeric - exact) > mpf(10) ** -20 * largest + mpf(10) ** -60:
                found = f"{mp.nstr(exact, 20)} as written, {mp.nstr(numeric, 20)} as measured"
                raise SystemExit(f"{name} at {p}, {order}: {found}")
    mp.dps = digits


def points_of(kind, name):
    if name in UNARY:
        formula, domain, roots = UNARY[name]
        at = set(sorted(grid(kind))[:: 4 if name in SIMPLE else 1]) | around(kind, roots)
        return formula, [(x,) for x in sorted(at) if domain(mpf(x))]
    formula, make = BINARY[name] if name in BINARY else VECTOR[name]
    apart = name in ("max", "min", "l1Loss")
    some = [p for p in sorted(make(kind)) if not (apart and p[0] == p[1])]
    return formula, [p for p in some if name not in ("atan2", "hypot", "norm") or any(p)]


def show(x):
    if x is None:
        return "null"
    if math.isinf(x):
        return '"inf"' if x > 0 else '"-inf"'
    text = repr(x)
    return text[:-2] if text.endswith(".0") else text.replace("e+", "e")


def written(table):
    lines = []
    for name, columns in table.items():
        cells = [f'"{c}":[{",".join(map(show, xs))}]' for c, xs in columns.items() if c != "scale"]
        cells.append(f'"scale":{json.dumps(columns["scale"], separators=(",", ":"))}')
        lines.append(f"{json.dumps(name)}:{{\n" + ",\n".join(cells) + "}")
    return "{\n" + ",\n".join(lines) + "\n}"


def table_of(kind, some):
    table = {}
    for name in some:
        formula, points = points_of(kind, name)
        verify(name, formula, points)
        table[name] = columns(kind, formula, points)
        print(kind.name, name, len(points), file=sys.stderr)
    return table


if __name__ == "__main__":
    every = [*UNARY, *BINARY, *VECTOR]
    some = sys.argv[1:] or every
    text = ",\n".join(f'"{kind.name}":{written(table_of(kind, some))}' for kind in (Double, Single))
    if len(sys.argv) > 1:
        print(f"{{{text}}}")
    else:
        Path(__file__).with_name("table.json").write_text(f"{{{text}}}\n")
