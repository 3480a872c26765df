"""Taylor coefficients by mpmath: python3 taylor.py writes taylor.json. Each row: formula, point, coefficients 0 .. 8."""
import json, os
from mpmath import mp, mpf, taylor, sin, cos, tan, exp, log, sqrt, atan, asin, tanh, erf, asinh, acosh, atanh, sinh, cosh

mp.dps = 60
functions = {
    "exp(x)": (exp, "0.3"),
    "log(x)": (log, "0.7"),
    "sin(x)": (sin, "0.4"),
    "cos(x)": (cos, "0.4"),
    "tan(x)": (tan, "0.5"),
    "sqrt(x)": (sqrt, "1.7"),
    "1/sqrt(x)": (lambda x: 1 / sqrt(x), "1.7"),
    "asin(x)": (asin, "0.3"),
    "atan(x)": (atan, "0.8"),
    "sinh(x)": (sinh, "0.6"),
    "tanh(x)": (tanh, "0.6"),
    "asinh(x)": (asinh, "0.6"),
    "acosh(x)": (acosh, "2.5"),
    "atanh(x)": (atanh, "0.4"),
    "erf(x)": (erf, "0.4"),
    "x^2.5": (lambda x: x ** mpf("2.5"), "1.3"),
    "x^x": (lambda x: x ** x, "1.2"),
    "x/(1+x^2)": (lambda x: x / (1 + x ** 2), "0.9"),
    "exp(sin(x))": (lambda x: exp(sin(x)), "0.5"),
    "log(1+exp(x))*tanh(x)": (lambda x: log(1 + exp(x)) * tanh(x), "0.2"),
}
rows = [[name, x, [float(c) for c in taylor(f, mpf(float(x)), 8)]] for name, (f, x) in functions.items()]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "taylor.json")
with open(path, "w") as out:
    out.write("[\n" + ",\n".join("  " + json.dumps(r) for r in rows) + "\n]\n")
