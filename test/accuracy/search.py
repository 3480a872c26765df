"""Searches for the worst cases: writes a table of random points, in the format of table.json.

    python3 test/accuracy/search.py SEED COUNT FILE [FUNCTION...]
    npm run accuracy -- --table FILE            prints what is out of bound there and not listed in misses.ts

What is found goes into formulas.py as a point of the table, and its figure into misses.ts.
"""

import math
import random
import sys
from pathlib import Path

import table
from formulas import BINARY, UNARY, VECTOR
from mpmath import mpf
from points import Double, Single


def anywhere(kind, rng):
    """A number of either sign, with its exponent drawn evenly from all that the format has."""
    low, high = math.log2(kind.tiny), math.log2(kind.largest)
    return kind.near(rng.choice([-1, 1]) * 2.0 ** rng.uniform(low, high - 1e-6))


def clipped(kind, x):
    return kind.near(max(-kind.largest, min(kind.largest, x)))


# where exponentials of x, x^2, x^2 / 2 and x^3 are subnormal, and those of x in base 2
STRIPS = {
    "double": [(700, 746), (26, 27.4), (37, 38.7), (20.5, 22), (1020, 1075)],
    "single": [(86, 104), (9, 10.3), (13, 14.5), (9, 11), (120, 150)],
}


def draw(kind, rng, roots):
    """A number of the whole range, of a tail, of the middle, or near a root of the function or of a derivative."""
    ways = [
        lambda: anywhere(kind, rng),
        lambda: rng.uniform(-20, 20),
        lambda: rng.uniform(-5, 5),
        lambda: rng.uniform(*((-760, 760) if kind is Double else (-110, 110))),
        lambda: rng.choice([-1, 1]) * 10 ** rng.uniform(-6, 3),
        lambda: rng.choice([-1, 1]) * rng.uniform(*rng.choice(STRIPS[kind.name])),
    ]
    if roots:
        root = float(rng.choice(roots))
        step = max(abs(root), 0.1) * 10 ** rng.uniform(-kind.digits[-1], 0)
        ways.append(lambda: root + rng.choice([-1, 1]) * step)
    return kind.near(rng.choice(ways)())


def moved(kind, rng, points):
    """Near two points of the table: a coordinate stays, or is multiplied by up to 2 either way."""
    p, q = rng.choice(points), rng.choice(points)
    same = rng.random() < 0.8
    some = p if same else tuple(rng.choice(c) for c in zip(p, q))
    return tuple(c if rng.random() < 0.25 else clipped(kind, c * 2 ** rng.uniform(-1, 1)) for c in some)


FREE = ["add", "sub", "mul", "div", "max", "min", "atan2", "hypot"]
SOFT = ["logsumexp", "softmax", "logSoftmax", "crossEntropy", "softCrossEntropy"]
CHANCE = {"bceLoss": (0, 1), "klDivergence": (1,), "bceWithLogits": (1,), "bceWithLogits(weight 3)": (1,)}


def legal(kind, name, p):
    if any(math.isinf(c) for c in p):
        return False
    if name in CHANCE and not all(0 <= p[k] <= 1 for k in CHANCE[name]):
        return False
    if name == "bceLoss" and not 2e-12 < p[0] < 1 - 2e-12:
        return False
    if name == "klDivergence" and p[1] == 0:
        return False
    if name == "pow" and p[0] <= 0:
        return False
    if name in ("rem", "div") and p[1] == 0:
        return False
    if name == "rem" and (p[0] == 0 or not 1e-12 < abs(p[0] / p[1]) < 1e6):
        return False
    if name in ("max", "min", "l1Loss") and p[0] == p[1]:
        return False
    if name in ("atan2", "hypot", "norm") and not any(p):
        return False
    if name in ("std", "variance") and len(set(p)) == 1:
        return False
    return True


def points_of(kind, rng, name, count):
    if name in UNARY:
        formula, domain, roots = UNARY[name]
        roots = [r for r in roots if abs(r) < kind.largest]
        make = lambda: (draw(kind, rng, roots),)
        fits = lambda p: domain(mpf(p[0]))
    else:
        formula, some = BINARY[name] if name in BINARY else VECTOR[name]
        near = sorted(some(kind))
        n = len(near[0])

        def make():
            if name in FREE and rng.random() < 0.6:
                x = anywhere(kind, rng)
                y = anywhere(kind, rng) if rng.random() < 0.4 else x * 2 ** rng.uniform(-30, 30)
                return (x, clipped(kind, y))
            if name in SOFT and rng.random() < 0.7:
                size = rng.choice([2, 10, 40, 110, 700] if kind is Double else [2, 10, 40, 110])
                return tuple(kind.near(rng.uniform(-size, size)) for _ in range(n))
            return moved(kind, rng, near)

        fits = lambda p: True
    found = set()
    for _ in range(50 * count):
        if len(found) == count:
            break
        p = make()
        if legal(kind, name, p) and fits(p):
            found.add(p)
    return formula, sorted(found)


def search(kind, seed, count, some):
    made = {}
    for name in some:
        formula, points = points_of(kind, random.Random(f"{seed} {kind.name} {name}"), name, count)
        made[name] = table.columns(kind, formula, points)
        print(kind.name, name, len(points), file=sys.stderr)
    return made


if __name__ == "__main__":
    seed, count, file, *some = sys.argv[1:]
    names = some or [*UNARY, *BINARY, *VECTOR]
    tables = {kind.name: search(kind, seed, int(count), names) for kind in (Double, Single)}
    text = ",\n".join(f'"{kind}":{table.written(made)}' for kind, made in tables.items())
    Path(file).write_text(f"{{{text}}}\n")
