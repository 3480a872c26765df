"""Writes special.json: special functions, with first and second derivatives, in 60 digits by mpmath 1.3.

Run: python3 special.py > special.json. All points are float32 numbers, so that a float32 back end gets the same ones.
"""

import json
import struct

from mpmath import mp, mpf

mp.dps = 60


def single(x):
    return mpf(struct.unpack("f", struct.pack("f", float(x)))[0])


def xlogy(x, y):
    return mpf(0) if x == 0 else x * mp.log(y)


def cbrt(x):
    return mp.sign(x) * mp.cbrt(abs(x))


def logndtr(x):
    return mp.log1p(-mp.erfc(x / mp.sqrt(2)) / 2) if x > 0 else mp.log(mp.erfc(-x / mp.sqrt(2)) / 2)


def erfcx(x):
    return mp.exp(x * x) * mp.erfc(x)


def beta(a, b):
    return mp.exp(betaln(a, b))


def betaln(a, b):
    return mp.re(mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b))


def lgamma(x):
    return mp.log(abs(mp.gamma(x)))


def igamma(a, x):
    """By Kummer's series, of which all terms are positive; mpmath's gammainc is wrong for large arguments."""
    return mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * mp.hyp1f1(1, a + 1, x, maxterms=10**6)


def igammac(a, x):
    """The 60 digits and as many as the difference loses."""
    with mp.workdps(60 + int(abs(x) / 2) + 60):
        return 1 - igamma(a, x)


def bessel(f, n, scale=None):
    return lambda x: f(n, x) * (mp.exp(-abs(x)) if scale == "down" else mp.exp(x) if scale == "up" else 1)


def ndtri(p):
    return mp.sqrt(2) * mp.erfinv(2 * p - 1)


def squareplus(x):
    return (x + mp.sqrt(x * x + 4)) / 2


def celu(x):
    return x if x > 0 else mp.mpf(1.5) * mp.expm1(x / mpf(1.5))


def multigammaln(a):
    return mp.log(mp.pi) * mpf(3) / 2 + sum(mp.loggamma(a - mpf(j) / 2) for j in range(3))


SIGNED = [-30, -12.3, -5, -2.5, -1, -0.4, -0.01, -1e-5, 1e-5, 0.01, 0.3, 0.7, 1, 2.5, 7, 20, 60]
POSITIVE = [1e-6, 1e-3, 0.1, 0.45, 0.9, 1.1, 1.4, 1.6, 2.1, 2.6, 3.7, 5.5, 7.9, 8.1, 12, 30, 150, 1e4]
UNIT = [1e-6, 1e-3, 0.2, 0.26, 0.4, 0.49, 0.51, 0.7, 0.76, 0.9, 0.999]
POLES = [-10.3, -4.6, -2.4, -1.7, -0.6, -0.3, -0.01]
PAIRS = [(0.2, 0.7), (0.001, 3), (2.5, 0.5), (1.5, 1.51), (7, 9), (30, 0.1), (0.5, 40)]
BETAS = [(0.2, 0.7), (2.5, 0.5), (1.5, 1.51), (7, 9), (30, 0.1), (0.5, 40), (100, 250)]
GAMMAS = [
    (0.001, 0.01), (0.01, 0.5), (0.1, 2), (0.5, 0.1), (0.5, 0.6), (0.5, 5), (0.9, 0.95), (1, 1), (1, 20), (1.5, 0.2),
    (2, 5), (3, 0.5), (5, 4.9), (5, 5), (5, 12), (9, 1), (20, 12), (20, 21), (60, 40), (60, 61), (60, 90), (200, 190),
    (200, 230), (1000, 990), (1000, 1100),
]  # fmt: skip

TABLE = {
    "log1mexp": (lambda x: mp.log(-mp.expm1(-x)), [1e-6, 1e-3, 0.1, 0.69, 0.7, 2, 10, 40]),
    "entr": (lambda x: -x * mp.log(x), POSITIVE),
    "logit": (lambda p: mp.log(p / (1 - p)), UNIT),
    "cbrt": (cbrt, SIGNED + [1e-30, 1e30]),
    "sinc": (lambda x: mp.sincpi(x) if x else mpf(1), [-3.3, -0.6, -0.49, -0.01, 0, 1e-5, 0.2, 0.49, 0.51, 1.4, 2.5, 9.7]),
    "squareplus": (squareplus, SIGNED),
    "celu(1.5)": (celu, SIGNED),
    "logNdtr": (logndtr, SIGNED + [-100, -1000]),
    "erfcx": (erfcx, [-5, -2.5, -1, -0.3, 0, 1e-4, 0.2, 0.4, 0.5, 1, 3, 7, 30, 1e4]),
    "ndtri": (ndtri, UNIT),
    "lgamma": (lgamma, POSITIVE + POLES),
    "digamma": (mp.digamma, POSITIVE + POLES),
    "polygamma(1)": (lambda x: mp.polygamma(1, x), POSITIVE + POLES),
    "polygamma(3)": (lambda x: mp.polygamma(3, x), POSITIVE + POLES),
    "multigammaln(3)": (multigammaln, [1.1, 1.5, 2.3, 7, 30, 150]),
    "i0": (bessel(mp.besseli, 0), SIGNED),
    "i1": (bessel(mp.besseli, 1), SIGNED),
    "i0e": (bessel(mp.besseli, 0, "down"), SIGNED + [1000]),
    "i1e": (bessel(mp.besseli, 1, "down"), SIGNED + [1000]),
    "j0": (bessel(mp.besselj, 0), SIGNED),
    "j1": (bessel(mp.besselj, 1), SIGNED),
    "k0": (bessel(mp.besselk, 0), [1e-4, 0.01, 0.3, 0.9, 1.7, 2.5, 9, 30]),
    "k1": (bessel(mp.besselk, 1), [1e-4, 0.01, 0.3, 0.9, 1.7, 2.5, 9, 30]),
    "k0e": (bessel(mp.besselk, 0, "up"), [1e-4, 0.01, 0.3, 0.9, 1.7, 2.5, 9, 30, 1000]),
    "k1e": (bessel(mp.besselk, 1, "up"), [1e-4, 0.01, 0.3, 0.9, 1.7, 2.5, 9, 30, 1000]),
    "logaddexp": (lambda x, y: mp.log(mp.exp(x) + mp.exp(y)), PAIRS + [(-3, 30), (-5, -5)]),
    "logaddexp2": (lambda x, y: mp.log(2**x + 2**y, 2), PAIRS + [(-3, 30), (-5, -5)]),
    "xlogy": (xlogy, PAIRS),
    "xlog1py": (lambda x, y: x * mp.log1p(y), PAIRS + [(2, 1e-6), (3, -0.4)]),
    "relEntr": (lambda x, y: x * mp.log(x / y), PAIRS),
    "klDiv": (lambda x, y: x * mp.log(x / y) - x + y, PAIRS),
    "zeta": (mp.zeta, [(1.1, 0.5), (1.5, 1), (2, 0.01), (2, 1), (2.5, 3.3), (4, 9), (7.5, 20), (20, 1.2), (3, 1000)]),
    "betaln": (betaln, BETAS),
    "beta": (beta, BETAS),
    "igamma": (igamma, GAMMAS),
    "igammac": (igammac, GAMMAS),
}


def row(f, points):
    xs = [[single(x) for x in (p if isinstance(p, tuple) else (p,))] for p in points]
    n = len(xs[0])
    orders = [(0,) * n, *[tuple(int(i == k) for i in range(n)) for k in range(n)]]
    orders += [tuple(int(i == k) + int(i == m) for i in range(n)) for k in range(n) for m in range(k, n)]

    def at(x, order):
        if sum(order) == 0:
            return f(*x)
        k = next(i for i, o in enumerate(order) if o)
        h = mpf(10) ** -14 * (abs(x[k]) or 1)
        # central differences of the fourth order, with about 56 of the 60 digits left, and 40 after the division
        w = {-2: mpf(1) / 12, -1: mpf(-2) / 3, 1: mpf(2) / 3, 2: mpf(-1) / 12}
        less = tuple(o - (i == k) for i, o in enumerate(order))
        return sum(c * at([v + (s * h if i == k else 0) for i, v in enumerate(x)], less) for s, c in w.items()) / h

    def number(x, order):
        """What is left of a difference of equal numbers is 0."""
        v = at(x, order)
        noise = mpf(10) ** -26 * abs(f(*x))
        for k in range(n):
            noise /= (abs(x[k]) or 1) ** order[k]
        return 0.0 if sum(order) and abs(v) < noise else float(v)

    return {"x": [[float(x[i]) for x in xs] for i in range(n)], "y": [[number(x, o) for x in xs] for o in orders]}


if __name__ == "__main__":
    print("{")
    print(",\n".join(f'"{name}": {json.dumps(row(*spec))}' for name, spec in TABLE.items()))
    print("}")
