"""Writes figures.json: values, first and second derivatives of functions and formulas, by mpmath, to 40 digits.

python3 figures.py > figures.json     (mpmath 1.3)

Derivatives are finite differences with a thousand digits. Points are float64 numbers; all their bits count.
The error function is taken where a thousand digits are enough for its tail.
"""
import json
from mpmath import *

mp.dps = 1000
show = lambda y: mp.nstr(y, 40, min_fixed=0, max_fixed=0)
half = mpf(1) / 2
everywhere = [-700.5, -38.7, -10.1, -5.3, -1.0, -0.3, -1e-5, -1e-200, 1e-300, 1e-12, 0.1, 0.75, 1.9, 4.4, 9.02, 26.6, 300.7]
near = [x for x in everywhere if abs(x) < 100]
large = [-1e200, -1e22, 1e15, 1e200]
positive = [5e-324, 1e-300, 1e-9, 0.3, 0.999999, 1.0000001, 7.7, 1e9, 1e300]
inner = [-0.9999999999, -0.7, -1e-9, 1e-200, 0.25, 0.99]
angles = [-1e22, -1e3, -3.141592653589793, -0.7, 1e-300, 1e-9, 0.8, 1.5707963267948966, 22.0, 1e9, 1e200]

unary = {
    'sqrt': (sqrt, positive), 'rsqrt': (lambda x: 1 / sqrt(x), positive),
    'exp': (exp, everywhere), 'expm1': (expm1, everywhere), 'log': (log, positive),
    'log1p': (log1p, [-0.9999999, *positive]),
    'sin': (sin, angles), 'cos': (cos, angles), 'tan': (tan, angles),
    'asin': (asin, inner), 'acos': (acos, inner), 'atan': (atan, everywhere + large),
    'sinh': (sinh, everywhere), 'cosh': (cosh, everywhere), 'tanh': (tanh, everywhere), 'sech': (sech, everywhere),
    'asinh': (asinh, everywhere + large), 'acosh': (acosh, [1.0000000001, 1.5, 30.0, 1e22, 1e200]), 'atanh': (atanh, inner),
    'logistic': (lambda x: 1 / (1 + exp(-x)), everywhere),
    'erf': (erf, near), 'erfc': (erfc, near), 'gaussian': (lambda x: exp(-x * x), everywhere),
    'normalCdf': (lambda x: erfc(-x / sqrt(mpf(2))) / 2, near),
    'normalPdf': (lambda x: exp(-x * x / 2) / sqrt(2 * pi), everywhere),
}
pairs = [(0.3, 1.7), (1e-200, 1e-200), (2.5, -3.5), (1e20, 1e-3), (7.1, 0.5)]
signed = pairs + [(-3.0, 4.0), (-1e30, -2e25)]
binary = {
    'add': (lambda x, y: x + y, signed), 'sub': (lambda x, y: x - y, signed), 'mul': (lambda x, y: x * y, signed),
    'div': (lambda x, y: x / y, signed), 'pow': (lambda x, y: x ** y, pairs),
    'atan2': (atan2, signed), 'hypot': (lambda x, y: sqrt(x * x + y * y), signed),
}
formulas = {
    'log(1 + exp(x))': (lambda x: log(1 + exp(x)), [-700.0, -300.0, -20.0, 0.5, 30.0]),
    '(1 - cos(x)) / x^2': (lambda x: (1 - cos(x)) / x ** 2, [1e-9, 1e-60, 0.5, 3.0]),
    'exp(x) - 1 - x - x^2/2': (lambda x: exp(x) - 1 - x - x ** 2 / 2, [1e-12, 0.1, -30.0]),
    'tan(sin(x)) - sin(tan(x))': (lambda x: tan(sin(x)) - sin(tan(x)), [0.01, 1e-4]),
    'x*sin(x) + x^x': (lambda x: x * sin(x) + x ** x, [0.1, 2.3]),
    'log(exp(x)/(1 + exp(x)))': (lambda x: log(exp(x) / (1 + exp(x))), [-800.0, 38.0, 100.0]),
    'exp(exp(x))': (lambda x: exp(exp(x)), [1.5, 9.0, -20.0]),
    'erf(x)/erf(2*x) - 1/2': (lambda x: erf(x) / erf(2 * x) - half, [1e-6, 0.4, 4.0]),
}

def row(f, *xs):
    def second(i, j):
        n = [0] * len(xs)
        n[i] += 1
        n[j] += 1
        return diff(f, tuple(map(mpf, xs)), tuple(n)) if len(xs) > 1 else diff(f, mpf(xs[0]), 2)
    def first(i):
        n = [0] * len(xs)
        n[i] = 1
        return diff(f, tuple(map(mpf, xs)), tuple(n)) if len(xs) > 1 else diff(f, mpf(xs[0]), 1)
    k = range(len(xs))
    return {'at': xs, 'value': show(f(*map(mpf, xs))), 'first': [show(first(i)) for i in k],
            'second': [[show(second(i, j)) for j in k] for i in k]}

def lines(table):
    for name, (f, points) in table.items():
        for p in points:
            yield json.dumps({'of': name, **row(f, *(p if isinstance(p, tuple) else (p,)))})

print('[\n' + ',\n'.join([*lines(unary), *lines(binary), *lines(formulas)]) + '\n]')
