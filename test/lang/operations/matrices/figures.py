"""Writes figures.json: what NumPy and SciPy give for the calls of figures.test.ts, in float64.

    python3 test/lang/operations/matrices/figures.py

A row is [name, [arguments as nested lists], [results as nested lists]]; the test has a function for each name.
"""

import json
from pathlib import Path

import numpy as np
import scipy
import scipy.linalg as sl

rng = np.random.default_rng(18)
rows = []


def row(name, args, *results):
    rows.append([name, [np.asarray(a).tolist() for a in args], [np.asarray(r, dtype=float).tolist() for r in results]])


v = rng.normal(size=4)
w = rng.normal(size=3)
a = rng.normal(size=(3, 3))
b = rng.normal(size=(3, 4))
c = rng.normal(size=(3, 2))
batch = rng.normal(size=(2, 3, 3))
for p, name in [(3, "3"), (0.5, "0.5"), (-2, "-2"), (np.inf, "inf"), (-np.inf, "-inf"), (0, "0"), (2.5, "2.5")]:
    row(f"norm {name}", [b], np.linalg.norm(b, p, axis=1))
row("norm 0 of zeros", [[0.0, 2.0, 0.0]], np.linalg.norm([0.0, 2.0, 0.0], 0))
row("trace 1", [b], np.trace(b, offset=1))
row("trace -1", [b], np.trace(b, offset=-1))
row("diagonal 2", [b], np.diagonal(b, 2))
row("diagonal -2", [b], np.diagonal(b, -2))
row("diag -1", [w], np.diag(w, -1))
row("diag 2", [w], np.diag(w, 2))
row("vander", [w], np.vander(w))
row("vander 5 increasing", [w], np.vander(w, 5, increasing=True))
row("toeplitz", [w, v], sl.toeplitz(w, v))
row("toeplitz of one", [w], sl.toeplitz(w))
row("kron", [a, c], np.kron(a, c))
row("kron of ranks", [w, c], np.kron(w, c))
row("cross", [a, w], np.cross(a, w))
row("cross 0", [b, b[::-1]], np.cross(b, b[::-1], axis=0))
row("multiDot", [w, b, b.T, a], np.linalg.multi_dot([w, b, b.T, a]))
row("solve vector", [a, w], np.linalg.solve(a, w))
row("solve broadcast", [batch, c], np.linalg.solve(batch, c))
row("solve batch", [a, batch[:, :, :2]], np.linalg.solve(a, batch[:, :, :2]))
row("triangular vector", [a, w], sl.solve_triangular(a, w, lower=True))
row("triangular right", [a, b.T], sl.solve_triangular(a.T, b, lower=True).T)
row("triangular right, transposed", [a, b.T], sl.solve_triangular(a, b, lower=False).T)

path = Path(__file__).with_name("figures.json")
path.write_text(
    json.dumps({"numpy": np.__version__, "scipy": scipy.__version__, "rows": rows}, separators=(",", ":")).replace(
        ',["', ',\n["'
    )
    + "\n"
)
