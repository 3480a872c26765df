"""The points of the table: numbers that a floating-point format holds exactly, over its whole range."""

import math
import struct
import sys

from mpmath import mpf, nint

# -- the two formats ---------------------------------------------------------------------------------------------------


def to_double(v):
    """v rounded to the nearest float64, once: subnormal numbers and infinities too."""
    v = mpf(v)
    if v == 0:
        return 0.0
    if abs(v) >= mpf(2) ** 1024 - mpf(2) ** 970:
        return math.inf if v > 0 else -math.inf
    if abs(v) < mpf(2) ** -1022:
        return math.ldexp(int(nint(v * mpf(2) ** 1074)), -1074)
    return float(v)


class Double:
    name = "double"
    tiny, normal, largest = 2.0**-1074, 2.0**-1022, sys.float_info.max
    exponents = [-323, -310, -300, -250, -200, -162, -154, -120, -100, -77, -60, -40, -30, -20, -16, -12, -10, -8, -6,
                 -5, -4, 4, 5, 6, 8, 10, 15, 16, 20, 22, 30, 40, 60, 77, 100, 120, 154, 162, 200, 250, 300, 307]
    digits = [2, 5, 10, 15]

    @staticmethod
    def near(v):
        return to_double(v)

    @staticmethod
    def next(v, towards):
        return math.nextafter(v, towards)

    @staticmethod
    def figure(v):
        return to_double(v)


class Single:
    name = "single"
    tiny, normal, largest = 2.0**-149, 2.0**-126, (2 - 2.0**-23) * 2.0**127
    exponents = [-44, -42, -40, -37, -35, -30, -28, -25, -23, -20, -19, -16, -13, -10, -8, -7, -6, -5, -4,
                 4, 5, 6, 7, 8, 10, 12, 13, 16, 18, 19, 20, 22, 25, 28, 30, 32, 35, 37]
    digits = [2, 4, 6]

    @staticmethod
    def near(v):
        return struct.unpack("<f", struct.pack("<f", v))[0]

    @staticmethod
    def next(v, towards):
        bits = struct.unpack("<i", struct.pack("<f", v))[0]
        away = (towards > v) == (v > 0)
        return struct.unpack("<f", struct.pack("<i", bits + (1 if away else -1)))[0]

    @staticmethod
    def figure(v):
        d = to_double(v)
        return d if d == 0 or math.isinf(d) else float(f"{d:.11g}")


# -- where -------------------------------------------------------------------------------------------------------------

MANTISSAS = [1.37, 4.19, 7.3, 2.6, 1.0, 9.7]
MIDDLE = [0.0013, 0.0047, 0.011, 0.037, 0.083, 0.12, 0.19, 0.25, 0.31, 0.42, 0.5, 0.58, 0.69, 0.75, 0.88, 1, 1.13, 1.27,
          1.4142, 1.5, 1.73, 2, 2.4, 2.8, 3.14159, 3.7, 4.4, 5, 5.6, 6.3, 7.4, 8.7, 9.0109, 9.02, 10, 11.7, 13.1, 15,
          17.33, 20, 24, 28.6, 33, 38, 45, 55, 75, 87, 88.6, 89.5, 100, 103.5, 150, 300, 700, 709.5, 711, 745, 1000,
          3000]


def grid(kind):
    """Both signs, from the smallest number to the largest."""
    outer = [MANTISSAS[k % 6] * 10.0**e for k, e in enumerate(kind.exponents)]
    special = [1e22, 1e20, 1e-20, 1e-30] + ([1e200, 1e-200, 1e100, 1e-100] if kind is Double else [])
    ends = [kind.tiny, 3 * kind.tiny, kind.normal, kind.largest]
    some = {kind.near(m) for m in outer + special + ends + MIDDLE}
    return {0.0} | some | {-m for m in some}


def around(kind, centres):
    """Points on both sides of a root, a pole, a kink or a branch point, ever nearer; the centre too."""
    found = set()
    for c in (mpf(c) for c in centres if abs(c) < kind.largest):
        at = kind.near(float(c))
        found |= {at, kind.next(at, math.inf), kind.next(at, -math.inf)} if at != 0 else {0.0, kind.tiny, -kind.tiny}
        steps = [s * max(abs(c), mpf("0.1")) * mpf(10) ** -k for k in kind.digits for s in (1, -1)]
        found |= {kind.near(float(c + step)) for step in steps}
    return found


# -- of two and of three numbers ---------------------------------------------------------------------------------------


def pairs(kind, xs, ys):
    return {(kind.near(x), kind.near(y)) for x in xs for y in ys}


def scaled(kind, some):
    """The pairs, and the same at the ends of the range."""
    at = [1, 1e-6, 1e6, 1e-30, 1e25] + ([1e-200, 1e160, 1e300, 1e-310] if kind is Double else [1e-42, 1e37])
    return {(kind.near(x * s), kind.near(y * s)) for s in at for x, y in some}


SOME = [(1, 1.5), (-1, 0.3), (2, -3), (-0.7, -0.2), (1, 1e-3), (-1e-3, 4), (3, 4)]
FAR = [(1e-30, 1), (1, 1e-30), (1e-20, 1e20), (1e25, 1), (1, -1e25), (-1e-6, 1e-30)]


def arithmetic(kind):
    return scaled(kind, SOME) | {(kind.near(x), kind.near(y)) for x, y in FAR}


TRIPLES = [(1, 2, 3), (0.3, -0.7, 0.2), (-1, 1, 0.5), (2, 2.5, 2.25), (0.5, 0, 0.25), (3, 4, -12), (-0.1, 0.2, 7)]


def triples(kind, extra, sizes):
    some = [tuple(c * s for c in t) for s in sizes(kind) for t in TRIPLES] + extra
    return {tuple(kind.near(c) for c in t) for t in some}


def moderate(kind):
    return [1, 0.01, 30]


def wide(kind):
    return [1, 1e-6, 1e6, 1e-25, 3e25] + ([1e-200, 1e200] if kind is Double else [1e-38, 1e37])


def small(kind):
    return [1, 1e-3, 1e-6, 1e4, 1e12] + ([1e-30, 1e100] if kind is Double else [1e-30, 1e19])
