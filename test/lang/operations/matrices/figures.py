"""Writes figures.json: what NumPy, SciPy and PyTorch give for the calls of figures.test.ts, in float64.

    python3 test/lang/operations/matrices/figures.py

A row is [name, [arguments as nested lists], [results as nested lists]]; the test has a function for each name.
"""

import json
from pathlib import Path

import numpy as np
import scipy
import scipy.linalg as sl
import torch

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

# decompositions: what does not depend on signs, and gradients of it by PyTorch
sym = (a + a.T) / 2
high = rng.normal(size=(5, 3))
weights = rng.normal(size=(3, 3))


def gradient(f, *args):
    xs = [torch.tensor(np.asarray(x), dtype=torch.float64, requires_grad=True) for x in args]
    return torch.autograd.grad(f(*xs), xs[0])[0].numpy()


row("eigenvalues", [sym], np.linalg.eigvalsh(sym))
row("eigenvectors, squared", [sym], np.linalg.eigh(sym)[1] ** 2)
row("gradient of eigenvalues", [sym, w], gradient(lambda x, y: (torch.linalg.eigvalsh((x + x.T) / 2) * y).sum(), sym, w))
row(
    "gradient of eigenvectors",
    [sym, weights],
    gradient(lambda x, y: (torch.linalg.eigh((x + x.T) / 2)[1] ** 2 * y).sum(), sym, weights),
)
row("singular values", [high], np.linalg.svd(high, compute_uv=False))
row("right vectors, squared", [high], np.linalg.svd(high, full_matrices=False)[2] ** 2)
row("left vectors, squared", [high.T], np.linalg.svd(high.T, full_matrices=False)[0] ** 2)
row(
    "gradient of vectors",
    [high, weights],
    gradient(lambda x, y: (torch.linalg.svd(x, full_matrices=False)[2] ** 2 * y).sum(), high, weights),
)
row("q", [high], np.linalg.qr(high)[0])
row("q, wide", [high.T], np.linalg.qr(high.T)[0])
row("r", [high], np.linalg.qr(high)[1])
row("r, wide", [high.T], np.linalg.qr(high.T)[1])
row("r, complete", [high], np.linalg.qr(high, mode="complete")[1])
row("q, complete", [high], np.linalg.qr(high, mode="complete")[0])
row("gradient of q", [high, high], gradient(lambda x, y: (torch.linalg.qr(x)[0] ** 2 * y).sum(), high, high))
packed, tau = sl.qr(high, mode="raw")[0]
row("householderProduct", [packed, tau], sl.lapack.dorgqr(packed, tau)[0])
hilbert = sl.hilbert(8)
row("singular values of Hilbert's matrix", [hilbert], np.linalg.svd(hilbert, compute_uv=False))

# functions of matrices
low_rank = high[:, :2] @ rng.normal(size=(2, 3))
positive = a @ a.T + 0.1 * np.eye(3)
row("pinv", [high], np.linalg.pinv(high))
row("pinv, wide", [high.T], np.linalg.pinv(high.T))
row("pinv of rank 2", [low_rank], np.linalg.pinv(low_rank))
row("pinv with rtol 0.5", [high], np.linalg.pinv(high, rcond=0.5))
row("gradient of pinv", [high, weights @ high.T], gradient(lambda x, y: (torch.linalg.pinv(x) * y).sum(), high, weights @ high.T))
row("lstsq", [high, v[:1].repeat(5) * np.arange(5)], np.linalg.lstsq(high, v[:1].repeat(5) * np.arange(5))[0])
row("lstsq of rank 2", [low_rank, high], np.linalg.lstsq(low_rank, high)[0])
row("lstsq, wide", [high.T, weights], np.linalg.lstsq(high.T, weights)[0])
row("matrixRank", [low_rank], np.linalg.matrix_rank(low_rank))
row("matrixRank of Hilbert's matrix", [sl.hilbert(14)], np.linalg.matrix_rank(sl.hilbert(14)))
row("matrixRank with rtol", [high], np.linalg.matrix_rank(high, rtol=0.5))
for p, name in [("fro", "fro"), ("nuc", "nuc"), (1, "1"), (-1, "-1"), (2, "2"), (-2, "-2"), (np.inf, "inf"), (-np.inf, "-inf")]:
    row(f"matrixNorm {name}", [high], np.linalg.norm(high, p))
row("conditionNumber", [high], np.linalg.cond(high))
row("conditionNumber 1", [a], np.linalg.cond(a, 1))
row("slogdet", [batch], *np.linalg.slogdet(batch))
row("matrixPower 5", [a], np.linalg.matrix_power(a, 5))
row("matrixPower -3", [a], np.linalg.matrix_power(a, -3))
row("matrixPower 0", [batch], np.linalg.matrix_power(batch, 0))
row("expm", [a], sl.expm(a))
row("expm, large", [7 * a], sl.expm(7 * a))
row("expm, small", [a / 1000], sl.expm(a / 1000))
row("expm of a rotation", [[[0.0, 40.0], [-40.0, 0.0]]], [[np.cos(40), np.sin(40)], [-np.sin(40), np.cos(40)]])
row("expm of a Jordan block", [[[1.0, 1.0], [0.0, 1.0]]], np.e * np.array([[1.0, 1.0], [0.0, 1.0]]))
row("expm of two", [batch], sl.expm(batch))
row("gradient of expm", [a, weights], sl.expm_frechet(a.T, weights)[1])
row("sqrtm", [positive], sl.sqrtm(positive))
row("polar", [high], *sl.polar(high))
row("polar, wide", [high.T], *sl.polar(high.T))
row("solveSylvester", [a, c.T @ c, c], sl.solve_sylvester(a, c.T @ c, c))
row("solveLyapunov", [a, weights], sl.solve_continuous_lyapunov(a, weights))
pivoted, wide_pivoted = sl.lu(high), sl.lu(high.T)
for name, f, x in [("high", pivoted, high), ("wide", wide_pivoted, high.T)]:
    row(f"lu l, {name}", [x], f[1])
    row(f"lu u, {name}", [x], f[2])
row("lu without pivoting", [positive], sl.cholesky(positive).T / np.diag(sl.cholesky(positive)))

path = Path(__file__).with_name("figures.json")
path.write_text(
    json.dumps({"numpy": np.__version__, "scipy": scipy.__version__, "torch": torch.__version__, "rows": rows}, separators=(",", ":")).replace(
        ',["', ',\n["'
    )
    + "\n"
)
