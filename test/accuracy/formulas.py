"""What every function of the table is: lists of terms for the value, for the first and for the second derivatives."""

from itertools import combinations_with_replacement

from mpmath import mp, mpf
from points import arithmetic, moderate, pairs, small, triples, wide

# -- the words of the formulas -----------------------------------------------------------------------------------------

exp, ln, sqrt, pi = mp.exp, mp.log, mp.sqrt, mp.pi
sin, cos, tanh, cosh, sinh = mp.sin, mp.cos, mp.tanh, mp.cosh, mp.sinh


def sech(x):
    return 1 / cosh(x)


def sigma(x):
    """1 / (1 + e^-x), with all digits at both ends."""
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))


def softplus(x):
    """ln(1 + e^x), with all digits at both ends."""
    return x + mp.log1p(exp(-x)) if x > 0 else mp.log1p(exp(x))


def phi(x):
    return exp(-x * x / 2) / sqrt(2 * pi)


def erfc(x):
    """Beyond 1e5 mpmath gives up, and nothing is left: e^(-1e10)."""
    return mp.erfc(x) if abs(x) < 1e5 else mpf(2) if x < 0 else exp(-x * x) / (x * sqrt(pi))


def Phi(x):
    return erfc(-x / sqrt(2)) / 2


def sgn(x):
    return mpf(mp.sign(x))


def one(value, first, second):
    """A function of one number whose derivatives are single terms."""
    return [value], [[first]], [[second]]


def times(factor, value, first, second):
    return one(factor * value, factor * first, factor * second)


# -- functions of one number: terms of the value, of the first and of the second derivative ----------------------------
# name: (formula, domain, roots and branch points)

always = lambda x: True
positive = lambda x: x > 0
off0 = lambda x: x != 0
within1 = lambda x: abs(x) < 1
uneven = lambda x: x != mp.floor(x)                       # not at a step
unhalf = lambda x: 2 * x != mp.floor(2 * x) or x == mp.floor(x)
POLES = [k * mp.pi / 2 for k in (1, 2, 3, 4, 7, 8, 100, -1, -2, -5)]


def f_expm1(x):
    return one(mp.expm1(x), exp(x), exp(x))


def f_asin(x):
    u = (1 - x) * (1 + x)
    return one(mp.asin(x), 1 / sqrt(u), x / u**1.5)


def f_acos(x):
    u = (1 - x) * (1 + x)
    return one(mp.acos(x), -1 / sqrt(u), -x / u**1.5)


def f_atanh(x):
    u = (1 - x) * (1 + x)
    return one(mp.atanh(x), 1 / u, 2 * x / u**2)


def f_acosh(x):
    u = (x - 1) * (x + 1)
    return one(mp.acosh(x), 1 / sqrt(u), -x / u**1.5)


def f_logistic(x):
    s, r = sigma(x), sigma(-x)
    return [s], [[s * r]], [[s * r * r, -s * s * r]]


def f_erf(x):
    """Beyond 1e5 mpmath gives up."""
    g = exp(-x * x) * 2 / sqrt(pi)
    return one(mp.erf(x) if abs(x) < 1e5 else sgn(x), g, -2 * x * g)


def f_erfc(x):
    g = exp(-x * x) * 2 / sqrt(pi)
    return one(erfc(x), -g, 2 * x * g)


def f_sech(x):
    s, t = sech(x), tanh(x)
    return [s], [[-s * t]], [[s * t * t, -s**3]]


def f_gaussian(x):
    g = exp(-x * x)
    return [g], [[-2 * x * g]], [[4 * x * x * g, -2 * g]]


def f_normalPdf(x):
    return [phi(x)], [[-x * phi(x)]], [[x * x * phi(x), -phi(x)]]


def f_pow(n):
    return lambda x: one(x**n, n * x ** (n - 1) if n != 1 else 1, n * (n - 1) * x ** (n - 2) if n != 1 else 0)


def f_elu(alpha):
    return lambda x: one(x, 1, 0) if x > 0 else times(mpf(alpha), mp.expm1(x), exp(x), exp(x))


def f_selu(x):
    scale, alpha = mpf("1.0507009873554804934193349852946"), mpf("1.6732632423543772848170429916717")
    return one(scale * x, scale, 0) if x > 0 else times(scale * alpha, mp.expm1(x), exp(x), exp(x))


def f_softplus(beta):
    b = mpf(beta)
    return lambda x: one(softplus(b * x) / b, sigma(b * x), b * sigma(b * x) * sigma(-b * x))


def f_silu(x):
    s, r = sigma(x), sigma(-x)
    return [x * s], [[s, x * s * r]], [[2 * s * r, x * s * r * r, -x * s * s * r]]


def f_mish(x):
    s, r, p = sigma(x), sigma(-x), softplus(x)
    t, q = tanh(p), sech(p) ** 2
    return [x * t], [[t, x * q * s]], [[2 * q * s, x * q * s * r, -2 * x * t * q * s * s]]


def f_softsign(x):
    a = 1 + abs(x)
    return one(x / a, 1 / a**2, -2 * sgn(x) / a**3)


def f_gelu(x):
    return [x * Phi(x)], [[Phi(x), x * phi(x)]], [[2 * phi(x), -x * x * phi(x)]]


def f_geluTanh(x):
    c, a = sqrt(2 / pi), mpf("0.044715")
    u, du, ddu = c * (x + a * x**3), c * (1 + 3 * a * x * x), 6 * c * a * x
    s, r = sigma(2 * u), sigma(-2 * u)
    slope = 2 * s * r * du
    second = [2 * slope, 2 * x * slope * du * r, -2 * x * slope * du * s, 2 * x * s * r * ddu]
    return [x * s], [[s, x * slope]], [second]


def f_clamp(low, high):
    low, high = mpf(low), mpf(high)
    return lambda x: one(x, 1, 0) if low < x < high else one(min(max(x, low), high), 0, 0)


def between(x):
    """Where log(1 / x) loses nothing by itself: 1 / x is rounded near 1, and 2 / x^3 is out of range far away."""
    return 1e-10 < x < 1e10 and abs(x - 1) > 0.1


def f_logReciprocal(x):
    return one(-ln(x), -1 / x, 1 / x**2) if x > 1e-20 else one(-ln(mpf(1e-20)), 0, 0)


def f_round(x):
    return one(mp.nint(x), 0, 0)


WORST_OF_GELU_TANH = [-3.1936808, -3.5, 3.2962846, -3.5828992, -9.3472385, -9.4984713, -9.8442364, -10.2603617,
                      10.60121059, -19.18164, -20.834800155, 21.026777894, -21.113243, -21.42685839]
WORST_OF_SOFTPLUS = [-99.486847, 112.775475, -124.211914, -227.48828125, -277.63677979, -648.0124909, -1033.3023083]

UNARY = {
    "neg": (lambda x: one(-x, -1, 0), always, []),
    "abs": (lambda x: one(abs(x), sgn(x), 0), off0, [0]),
    "sign": (lambda x: one(sgn(x), 0, 0), off0, [0]),
    "floor": (lambda x: one(mp.floor(x), 0, 0), uneven, [1, -1, 7]),
    "ceil": (lambda x: one(mp.ceil(x), 0, 0), uneven, [1, -1, 7]),
    "round": (f_round, unhalf, [0.5, -0.5, 1.5, 2.5]),
    "sqrt": (lambda x: one(sqrt(x), 1 / (2 * sqrt(x)), -1 / (4 * x * sqrt(x))), positive, []),
    "rsqrt": (lambda x: one(1 / sqrt(x), -1 / (2 * x * sqrt(x)), 3 / (4 * x * x * sqrt(x))), positive, []),
    "exp": (lambda x: one(exp(x), exp(x), exp(x)), always, [88, 709, -745, -103]),
    "expm1": (f_expm1, always, [0, -0.5]),
    "log": (lambda x: one(ln(x), 1 / x, -1 / x**2), positive, [1]),
    "log1p": (lambda x: one(mp.log1p(x), 1 / (1 + x), -1 / (1 + x) ** 2), lambda x: x > -1, [0, -1]),
    "sin": (lambda x: one(sin(x), cos(x), -sin(x)), always, POLES),
    "cos": (lambda x: one(cos(x), -sin(x), -cos(x)), always, POLES),
    "tan": (lambda x: one(mp.tan(x), 1 / cos(x) ** 2, 2 * mp.tan(x) / cos(x) ** 2), always, POLES),
    "asin": (f_asin, within1, [1, -1]),
    "acos": (f_acos, within1, [1, -1]),
    "atan": (lambda x: one(mp.atan(x), 1 / (1 + x * x), -2 * x / (1 + x * x) ** 2), always, []),
    "sinh": (lambda x: one(sinh(x), cosh(x), sinh(x)), always, [0]),
    "cosh": (lambda x: one(cosh(x), sinh(x), cosh(x)), always, [0]),
    "tanh": (lambda x: one(tanh(x), sech(x) ** 2, -2 * tanh(x) * sech(x) ** 2), always, []),
    "asinh": (lambda x: one(mp.asinh(x), 1 / sqrt(1 + x * x), -x / (1 + x * x) ** 1.5), always, []),
    "acosh": (f_acosh, lambda x: x > 1, [1]),
    "atanh": (f_atanh, within1, [1, -1]),
    "logistic": (f_logistic, always, [0]),
    "erf": (f_erf, always, [0, -27.261375]),
    "erfc": (f_erfc, always, [26, 27.199425, -6]),
    "sech": (f_sech, always, [mp.asinh(1), -mp.asinh(1)]),
    "gaussian": (f_gaussian, always, [sqrt(0.5), -sqrt(0.5), 26, 27.070842, 27.199787]),
    "normalCdf": (lambda x: one(Phi(x), phi(x), -x * phi(x)), always, [-37, -38.510347, 8]),
    "normalPdf": (f_normalPdf, always, [1, -1, 14.351834, 14.43, 37, -38.170802, 38.506982]),
    **{f"integerPow({n})": (f_pow(n), always, []) for n in (1, 2, 3, 7)},
    **{f"integerPow({n})": (f_pow(n), off0, [7.41e7, 1.754e103, 1.2785e106]) for n in (-1, -2, -3)},
    "square": (f_pow(2), always, []),
    "reciprocal": (f_pow(-1), off0, []),
    "log2": (lambda x: one(ln(x) / ln(2), 1 / (x * ln(2)), -1 / (x * x * ln(2))), positive, [1, 2, 8]),
    "log10": (lambda x: one(ln(x) / ln(10), 1 / (x * ln(10)), -1 / (x * x * ln(10))), positive, [1, 10, 1000]),
    "log(1 / x)": (lambda x: one(-ln(x), -1 / x, 1 / x**2), between, []),
    "log(1 / max(1e-20, x))": (f_logReciprocal, lambda x: x < 0.9e-20 or between(x), []),
    "exp2": (lambda x: one(mpf(2) ** x, ln(2) * mpf(2) ** x, ln(2) ** 2 * mpf(2) ** x), always, [3, 1023, -1050, -140]),
    "clamp(-1, 2)": (f_clamp(-1, 2), lambda x: x not in (-1, 2), [-1, 2]),
    "hardtanh": (f_clamp(-1, 1), lambda x: x not in (-1, 1), [-1, 1]),
    "relu6": (f_clamp(0, 6), lambda x: x not in (0, 6), [0, 6]),
    "relu": (lambda x: one(max(x, 0), mpf(x > 0), 0), off0, [0]),
    "leakyRelu(0.01)": (lambda x: one(x, 1, 0) if x > 0 else one(x * mpf(0.01), mpf(0.01), 0), off0, [0]),
    "leakyRelu(0.25)": (lambda x: one(x, 1, 0) if x > 0 else one(x / 4, mpf(0.25), 0), off0, [0]),
    "elu(1)": (f_elu(1), off0, [0]),
    "elu(0.3)": (f_elu(0.3), off0, [0]),
    "selu": (f_selu, off0, [0]),
    "sigmoid": (f_logistic, always, [0]),
    "softplus(1)": (f_softplus(1), always, [0]),
    "softplus(2)": (f_softplus(2), always, [0]),
    "softplus(0.3)": (f_softplus(0.3), always, [0, *WORST_OF_SOFTPLUS]),
    "logSigmoid": (lambda x: one(-softplus(-x), sigma(-x), -sigma(x) * sigma(-x)), always, [0]),
    "silu": (f_silu, always, [-1.2784645427610738, 2.399357280515468, -2.399357280515468, 722.53516, -103.975517]),
    "mish": (f_mish, always, [-1.192454, -2.2564, 1.4906, -102.873131]),
    "softsign": (f_softsign, off0, [0]),
    "gelu": (f_gelu, always, [-13.744329, -38.314706, 38.09411, -0.7517915246935645, sqrt(2), -sqrt(2)]),
    "geluTanh": (f_geluTanh, always, [-0.752461, 1.4, -1.4, *WORST_OF_GELU_TANH]),
}

# what rounds at most once needs no dense grid
SIMPLE = ["neg", "abs", "sign", "floor", "ceil", "round", "integerPow(1)", "clamp(-1, 2)", "hardtanh", "relu6", "relu",
          "leakyRelu(0.01)", "leakyRelu(0.25)"]

# -- functions of two numbers ------------------------------------------------------------------------------------------
# derivatives in the order x, y and xx, xy, yy; None where there is none


def f_rem(x, y):
    q = x / y
    n = mp.floor(q) if q > 0 else mp.ceil(q)
    return [x - y * n], [[1], [-n]], [[0], [0], [0]]


def f_power(x, y):
    if x > 0:
        z = x**y
        return [z], [[y * z / x], [z * ln(x)]], [[y * (y - 1) * z / x**2], [z / x, y * z / x * ln(x)], [z * ln(x) ** 2]]
    if x == 0:  # the limit, for whole y > 0
        second = 2 if y == 2 else 0
        return [0], [[1 if y == 1 else 0], [0]], [[second], None if y == 1 else [0], [0]]
    z = x ** int(y)  # no derivative in y
    return [z], [[y * x ** (int(y) - 1)], None], [[y * (y - 1) * x ** (int(y) - 2)], None, None]


def f_atan2(y, x):
    r = x * x + y * y
    a = mp.atan2(y, x)
    return [a], [[x / r], [-y / r]], [[-2 * x * y / r**2], [y * y / r**2, -x * x / r**2], [2 * x * y / r**2]]


def f_hypot(x, y):
    h = sqrt(x * x + y * y)
    return [h], [[x / h], [y / h]], [[1 / h, -x * x / h**3], [-x * y / h**3], [1 / h, -y * y / h**3]]


def f_max(x, y):
    a, b = mpf(x > y), mpf(y > x)
    return [max(x, y)], [[a], [b]], [[0], [0], [0]]


def f_min(x, y):
    return [min(x, y)], [[mpf(x < y)], [mpf(y < x)]], [[0], [0], [0]]


def f_mse(p, t):
    d = p - t
    return [d * d], [[2 * d], [-2 * d]], [[2], [-2], [2]]


def f_l1(p, t):
    s = sgn(p - t)
    return [abs(p - t)], [[s], [-s]], [[0], [0], [0]]


def f_huber(delta):
    def f(p, t):
        d, s = p - t, sgn(p - t)
        if abs(d) <= delta:
            return [d * d / 2], [[d], [-d]], [[1], [-1], [1]]
        return [delta * (abs(d) - mpf(delta) / 2)], [[delta * s], [-delta * s]], [[0], [0], [0]]
    return f


def f_smoothL1(beta):
    def f(p, t):
        d, s = p - t, sgn(p - t)
        if abs(d) < beta:
            return [d * d / (2 * beta)], [[d / beta], [-d / beta]], [[mpf(1) / beta], [-mpf(1) / beta], [mpf(1) / beta]]
        return [abs(d) - mpf(beta) / 2], [[s], [-s]], [[0], [0], [0]]
    return f


def f_hinge(p, t):
    if t * p < 1:
        return [1, -t * p], [[-t], [-p]], [[0], [-1], [0]]
    return [0], [[0], [0]], [[0], [0], [0]]


def f_bce(p, t):
    """Where p (1 - p) is at least 1e-12: the gradient of the loss is limited elsewhere, as torch's."""
    q = 1 - p
    return (
        [-t * ln(p), -(1 - t) * ln(q)],
        [[-t / p, (1 - t) / q], [-ln(p), ln(q)]],
        [[t / p**2, (1 - t) / q**2], [-1 / p, -1 / q], [0]],
    )


def f_bceWithLogits(w):
    def f(x, t):
        s, r = sigma(x), sigma(-x)
        return (
            [w * t * softplus(-x), (1 - t) * softplus(x)],
            [[-w * t * r, (1 - t) * s], [w * softplus(-x), -softplus(x)]],
            [[w * t * s * r, (1 - t) * s * r], [-w * r, -s], [0]],
        )
    return f


def f_kl(q, p):
    return [p * ln(p), -p * q], [[-p], [ln(p), 1, -q]], [[0], [-1], [1 / p]]


BASES = [1e-30, 1e-5, 0.01, 0.3, 0.9999, 1, 1.0001, 1.7, 2, 23, 150, 1e6, 1e25]
POWERS = [0, 1, 2, 3, -1, 0.5, -0.5, 1e-5, 1.5, -2.7, 7, 20, -40]
P_LOSS = [-1e20, -300, -20, -3, -1, -0.4, -1e-3, 1e-10, 0.2, 0.5, 1.3, 2, 5, 30, 100, 1e4, 1e18]
LOGITS = [-1e20, -800, -100, -38, -20, -9.02, -3, -1, -0.4, -1e-3, 1e-10, 0.2, 0.5, 1.3, 5, 15, 20, 30, 100, 800, 1e20]
CHANCES = [1e-30, 1e-15, 1e-7, 1e-3, 0.1, 0.3, 0.5, 0.6, 0.9, 0.999, 0.999999]


# the worst that search.py has found
STEEP = [(81.50662095390682, -3.0841807905439214), (1.2544055618074585e-30, -1.1013804557165139),
         (842914.5140807766, -52.42387892487879), (0.36903834342956543, -31.006589889526367),
         (1.3021565979738363e-40, 1.1214288473129272)]
EDGES = [(-1.6480506067225006e304, -1.7976931348623157e308), (1.5e308, 1.7e308), (3.392623436175e-312, 2.391302e-317),
         (-4.600461054758859e-228, 1.7138645565510608e-160), (4.374877e-318, 2.621897317e-314),
         (1.6585539875796481e37, 3.4028234663852886e38), (2.7217306128238988e35, 3.4028234663852886e38),
         (-4.612833521221434e-39, 5.1071031708851074e-21), (8.547920632381384e-44, 8.407790785948902e-45)]


def only(kind, points):
    """Those of which the format holds every number, rounded."""
    fits = [p for p in points if all(c == 0 or kind.tiny <= abs(c) <= kind.largest for c in p)]
    return {tuple(map(kind.near, p)) for p in fits}


def points_plane(kind):
    return arithmetic(kind) | only(kind, EDGES)


def points_power(kind):
    whole = pairs(kind, [-2, -0.3, -1e5, -1e-5], [0, 1, 2, 3, -1, 5])
    ends = pairs(kind, [0], [1, 2, 3, 5]) | pairs(kind, [1e-40], [0.5, 1, 2])
    return pairs(kind, BASES, POWERS) | only(kind, STEEP) | whole | ends


def quotients(kind):
    small = [1000 * kind.tiny, 6.165713243029195e-44, 6.866362475191604e-44]
    return arithmetic(kind) | pairs(kind, small, [0.0139294425])


BINARY = {
    "add": (lambda x, y: ([x, y], [[1], [1]], [[0], [0], [0]]), arithmetic),
    "sub": (lambda x, y: ([x, -y], [[1], [-1]], [[0], [0], [0]]), arithmetic),
    "mul": (lambda x, y: ([x * y], [[y], [x]], [[0], [1], [0]]), arithmetic),
    "div": (lambda x, y: ([x / y], [[1 / y], [-x / y**2]], [[0], [-1 / y**2], [2 * x / y**3]]), quotients),
    "rem": (f_rem, lambda k: pairs(k, [0.7, -3.3, 11.1, 1e4, -1e-5], [0.3, -1.7, 5, 1e-3])),
    "max": (f_max, arithmetic),
    "min": (f_min, arithmetic),
    "pow": (f_power, points_power),
    "atan2": (f_atan2, points_plane),
    "hypot": (f_hypot, points_plane),
    "mseLoss": (f_mse, lambda k: pairs(k, P_LOSS, [0, 1, -2.5])),
    "l1Loss": (f_l1, lambda k: pairs(k, P_LOSS, [0, 1.1, -2.5])),
    "huberLoss(1)": (f_huber(1), lambda k: pairs(k, P_LOSS, [0.125, 1.1, -2.5])),
    "huberLoss(0.25)": (f_huber(0.25), lambda k: pairs(k, P_LOSS, [0.125, 1.1, -2.5])),
    "smoothL1Loss(1)": (f_smoothL1(1), lambda k: pairs(k, P_LOSS, [0.125, 1.1, -2.6])),
    "smoothL1Loss(3)": (f_smoothL1(3), lambda k: pairs(k, P_LOSS, [0.125, 1.1, -2.6])),
    "hingeLoss": (f_hinge, lambda k: pairs(k, P_LOSS, [1.1, -1.1])),
    "bceLoss": (f_bce, lambda k: pairs(k, [1e-11, *CHANCES[2:]], [0, 1, 0.3])),
    "bceWithLogits": (f_bceWithLogits(1), lambda k: pairs(k, LOGITS, [0, 1, 0.3])),
    "bceWithLogits(weight 3)": (f_bceWithLogits(3), lambda k: pairs(k, LOGITS, [0, 1, 0.3])),
    "klDivergence": (f_kl, lambda k: pairs(k, [-1e5, -80, -7, -0.5, -1e-6], CHANCES)),
}

# -- functions of three numbers ----------------------------------------------------------------------------------------
# of a vector, the first element; second derivatives in the order 00, 01, 02, 11, 12, 22

UPPER = list(combinations_with_replacement(range(3), 2))


def delta(i, j):
    return 1 if i == j else 0


def soft(xs):
    return [1 / sum(exp(b - a) for b in xs) for a in xs]


def f_logsumexp(*xs):
    s, m = soft(xs), max(xs)
    return (
        [m, ln(sum(exp(x - m) for x in xs))],
        [[s[i]] for i in range(3)],
        [[s[i] * delta(i, j), -s[i] * s[j]] for i, j in UPPER],
    )


def f_softmax(*xs):
    s = soft(xs)
    return (
        [s[0]],
        [[s[0] * delta(0, j), -s[0] * s[j]] for j in range(3)],
        [[s[0] * t for t in (delta(0, j) * delta(0, k), -delta(0, j) * s[k], -delta(0, k) * s[j], 2 * s[j] * s[k],
                             -s[j] * delta(j, k))] for j, k in UPPER],
    )


def f_logSoftmax(*xs):
    s = soft(xs)
    m = max(xs)
    return (
        [xs[0] - m, -ln(sum(exp(x - m) for x in xs))],
        [[delta(0, j), -s[j]] for j in range(3)],
        [[-s[j] * delta(j, k), s[j] * s[k]] for j, k in UPPER],
    )


def f_crossEntropy(*xs):
    return negated(f_logSoftmax(*xs))


def f_softCrossEntropy(*xs):
    """Of the target (0.25, 0.75, 0)."""
    s, m = soft(xs), max(xs)
    targets = [mpf(0.25), mpf(0.75), 0]
    total = ln(sum(exp(x - m) for x in xs))
    return (
        [p * t for p, x in zip(targets, xs) for t in (m - x, total)],
        [[s[j], -targets[j]] for j in range(3)],
        [[s[j] * delta(j, k), -s[j] * s[k]] for j, k in UPPER],
    )


def negated(parts):
    return tuple([[-t for t in terms] for terms in p] if isinstance(p[0], list) else [-t for t in p] for p in parts)


def f_norm(*xs):
    n = sqrt(sum(x * x for x in xs))
    return (
        [n],
        [[x / n] for x in xs],
        [[delta(i, j) / n, -xs[i] * xs[j] / n**3] for i, j in UPPER],
    )


def centred(xs):
    m = sum(xs) / 3
    return m, [x - m for x in xs]


def apart(by, x, xs):
    """by (x - m), term by term: the difference has the digits of neither, nor has the mean those of its terms."""
    return [by * x, *(-by * y / 3 for y in xs)]


def f_variance(correction):
    n = 3 - correction
    def f(*xs):
        _, c = centred(xs)
        return (
            [sum(d * d for d in c) / n],
            [apart(mpf(2) / n, x, xs) for x in xs],
            [[2 * mpf(delta(i, j)) / n, -mpf(2) / (3 * n)] for i, j in UPPER],
        )
    return f


def f_std(*xs):
    _, c = centred(xs)
    s = sqrt(sum(d * d for d in c) / 3)
    return (
        [s],
        [apart(1 / (3 * s), x, xs) for x in xs],
        [[delta(i, j) / (3 * s), -1 / (9 * s), *apart(-c[j] / (9 * s**3), xs[i], xs)] for i, j in UPPER],
    )


def f_normalize(*xs):
    """c = x - m and r = 1 / sqrt(variance + eps)."""
    _, c = centred(xs)
    r = 1 / sqrt(sum(d * d for d in c) / 3 + mpf(1e-5))
    e = lambda i, j: delta(i, j) - mpf(1) / 3
    def terms(by, *ks):
        """by, times x - m for each of these x."""
        products = [by]
        for k in ks:
            products = [p for b in products for p in apart(b, xs[k], xs)]
        return products

    return (
        terms(r, 0),
        [[delta(0, j) * r, -r / 3, *terms(-(r**3) / 3, 0, j)] for j in range(3)],
        [[*terms(-e(0, j) * r**3 / 3, k), *terms(-e(0, k) * r**3 / 3, j), *terms(-e(j, k) * r**3 / 3, 0),
          *terms(r**5 / 3, 0, j, k)] for j, k in UPPER],
    )


def f_rmsNorm(*xs):
    r = 1 / sqrt(sum(x * x for x in xs) / 3 + mpf(1e-5))
    return (
        [xs[0] * r],
        [[delta(0, j) * r, -xs[0] * xs[j] * r**3 / 3] for j in range(3)],
        [[-delta(0, j) * xs[k] * r**3 / 3, -delta(0, k) * xs[j] * r**3 / 3, -xs[0] * delta(j, k) * r**3 / 3,
          xs[0] * xs[j] * xs[k] * r**5 / 3] for j, k in UPPER],
    )


def f_sum(*xs):
    return list(xs), [[1]] * 3, [[0]] * 6


def f_mean(*xs):
    return [x / 3 for x in xs], [[mpf(1) / 3]] * 3, [[0]] * 6


def f_prod(x, y, z):
    return [x * y * z], [[y * z], [x * z], [x * y]], [[0], [z], [y], [0], [x], [0]]


SOFT = [(20, 0, 0), (0, 20, 1), (-20, 3, 2), (0, 0, 0), (5, 5, 5), (-100, 0, -800), (100, 0, 50), (1e5, 99999, 99998.5),
        (-1e5, -100001, -100002), (1e20, 1, 2), (1, -1e20, 2), (1e-10, 2e-10, -1e-10), (700, 710, 705),
        (-745, -744, -746), (9, -9, 1), (38, 0, -38), (1, 1.0001, 0.9999), (-65.7878, -245.9552, 18.1553),
        (60.7771, -5.6178, -11.7925), (-34.6919, 34.6518, 13.2193), (28.2256, 70.8737, 110.7077), (41.2595, 0, -45.399),
        (-510.783, -254.9638, 257.3226), (77.5618, 119.3869, -401.7989), (-22.6375, -27.2617, 18.7261),
        (-355.5405172584393, -322.2929925730165, 257.3226),
        (380.7560104639599, 346.54453640479505, -285.94437924300524),
        (189.95210208007495, -388.6762937469743, -314.21104401706737), (-72.444580078125, 0, -800)]
UNEVEN = [(1e-3, 2e-3, 0), (-0.09905837015594815, 0.2, 11.264917408869909)]
NEAR_MEAN = [(5, 5, 5.001), (-0.5523586478136574, 1.3755157540388838, 0.9700485354172854)]
LONG = [(3e25, 4e25, 0), (3e-25, 4e-25, 0), (3, 4, 0), (1e10, 1, 1)]
TINY = [(0, 0, 5e-324), (7.584319310506e-311, -5.840268665955e-310, 0), (-2.410512217033086e-39, 0, 0),
        (0, 0, 1.401298464324817e-45), (2.9039808725435347e-40, 4.84695125825311e-41, 0),
        (-2.2600043228792e-309, 0, -4.34830736205746e-309), (2.537792156547709e-39, 0, 1.2841274919318332e-39),
        (1.6731729273091072e-38, 1.8572763603311803e-38, 1.7778019981866911e-38)]
SHIFTED = [(1000.5, 1001, 1001.25), (-1e6, -1000002, -1000001)]

VECTOR = {
    "sum": (f_sum, lambda k: triples(k, SHIFTED, moderate)),
    "mean": (f_mean, lambda k: triples(k, SHIFTED, moderate)),
    "prod": (f_prod, lambda k: triples(k, [(0, 2, 3), (0, 0, 3), (1e20, 1e-20, 3)], moderate)),
    "logsumexp": (f_logsumexp, lambda k: triples(k, SOFT, moderate)),
    "softmax": (f_softmax, lambda k: triples(k, SOFT, moderate)),
    "logSoftmax": (f_logSoftmax, lambda k: triples(k, SOFT, moderate)),
    "crossEntropy": (f_crossEntropy, lambda k: triples(k, SOFT, moderate)),
    "softCrossEntropy": (f_softCrossEntropy, lambda k: triples(k, SOFT, moderate)),
    "norm": (f_norm, lambda k: triples(k, LONG, wide) | only(k, TINY)),
    "variance": (f_variance(0), lambda k: triples(k, SHIFTED, moderate)),
    "variance(correction 1)": (f_variance(1), lambda k: triples(k, SHIFTED, moderate)),
    "std": (f_std, lambda k: triples(k, SHIFTED, wide) | only(k, TINY)),
    "layerNorm": (f_normalize, lambda k: triples(k, SHIFTED + NEAR_MEAN, small)),
    "rmsNorm": (f_rmsNorm, lambda k: triples(k, UNEVEN, small)),
}
