"""Prints the coefficients of backends/wasm/functions with their errors: minimax by Lawson's weights, each rounded to float32,
the first one first, before the others are fitted again. The unit of errors is 2^-24. python3 coefficients.py [NAME ...]"""
import struct
import sys
from mpmath import asin, atan, cos, erf, erfc, exp, expm1, fabs, log, lu_solve, matrix, mp, mpf, pi, sinh, sqrt, tan, tanh

mp.dps = 40
f32 = lambda x: mpf(struct.unpack('f', struct.pack('f', float(x)))[0])
nodes = lambda a, b, n: [(a + b) / 2 + (b - a) / 2 * cos(pi * (k + mpf(1) / 2) / n) for k in range(n)]


def solve(rows, rhs, weights):
    """Weighted least squares."""
    m = len(rows[0])
    A, B = matrix(m, m), matrix(m, 1)
    for row, y, w in zip(rows, rhs, weights):
        for i in range(m):
            B[i] += w * w * row[i] * y
            for j in range(m):
                A[i, j] += w * w * row[i] * row[j]
    return list(lu_solve(A, B))


def rational(target, weight, a, b, above, below=1, above0=None, var=lambda x: x, base=lambda x: mpf(0), n=80):
    """base + sum p_i var^i / (1 + sum q_j var^j): `above` and `below` coefficients."""
    xs, fixed = nodes(mpf(a), mpf(b), n), {('q', 0): mpf(1), **({} if above0 is None else {('p', 0): mpf(above0)})}
    names = [(s, k) for k in range(max(above, below)) for s, m in (('p', above), ('q', below)) if k < m]
    denominators = [mpf(1)] * n

    def fit(rounds):
        nonlocal denominators
        w, best = [mpf(1)] * n, None
        free = [c for c in names if c not in fixed]
        term = lambda c, x: (1 if c[0] == 'p' else -(target(x) - base(x))) * var(x) ** c[1]
        for _ in range(rounds if free else 1):
            rows = [[term(c, x) for c in free] for x in xs]
            rhs = [-sum(v * term(c, x) for c, v in fixed.items()) for x in xs]
            found = solve(rows, rhs, [weight(x) / d * sqrt(v) for x, d, v in zip(xs, denominators, w)]) if free else []
            c = {**fixed, **dict(zip(free, found))}
            part = lambda s, x: sum(v * var(x) ** k for (t, k), v in c.items() if t == s)
            denominators = [part('q', x) for x in xs]
            errors = [fabs(weight(x) * (base(x) + part('p', x) / d - target(x))) for x, d in zip(xs, denominators)]
            if best is None or max(errors) < best[0]:
                best = max(errors), c
            total = sum(v * e for v, e in zip(w, errors))
            w = [max(v * e / total * n, mpf(10) ** -12) for v, e in zip(w, errors)]
        return best

    best = fit(30)
    for c in [c for c in names if c not in fixed]:
        fixed[c] = f32(best[1][c])
        best = fit(8)
    show = lambda s: [mp.nstr(best[1][c], 10) for c in names if c[0] == s]
    return mp.nstr(best[0] * 2**24, 3), show('p'), show('q')[1:]


half = log(2) / 2 * mpf('1.002')
square = lambda x: x * x
over = lambda f: lambda x: 1 / fabs(f(x))
log_ratio = lambda s: log((1 + s) / (1 - s))
scaled = lambda y: exp(y * y) * erfc(y)
tail = lambda x: scaled(x / sqrt(mpf(2))) / 2
root = f32(2 / sqrt(pi))
odd = lambda f, most, n: rational(lambda x: (f(x) / x - 1) / x**2, lambda x: x**3 / f(x), 1e-3, most, n, var=square, n=60)
fits = {
    'exp': lambda: rational(lambda r: (exp(r) - 1 - r) / r**2, lambda r: r**2 / exp(r), -half, half, 5),
    'expm1': lambda: rational(lambda r: (expm1(r) - r) / r**2, lambda r: r**2 / fabs(expm1(r)), -half, half, 5),
    'log': lambda: rational(
        lambda s: (log_ratio(s) / s - 2) / s**2, lambda s: s**3 / log_ratio(s), 1e-4, 0.1733, 3, var=square
    ),
    'tanh': lambda: rational(lambda x: tanh(x) / x, lambda x: x / tanh(x), 0.01, 9.02, 6, 4, 1, square, n=60),
    'erf': lambda: rational(lambda x: erf(x) / x, lambda x: x / erf(x), 0.01, 3.93, 7, 5, root, square, n=60),
    'atan': lambda: odd(atan, tan(pi / 8), 4),
    'asin': lambda: odd(asin, 0.5, 5),
    'sinh': lambda: odd(sinh, 1, 3),
    'erfcRatio': lambda: rational(scaled, over(scaled), 0, 10.3, 5, 6, 1),
    'cdfRatio': lambda: rational(tail, over(tail), 0, 14.6, 5, 6, 0.5),
}
for name in sys.argv[1:] or fits:
    print(name, *fits[name](), flush=True)
