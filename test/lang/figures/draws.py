"""Writes draws.json: moments and quantiles of distributions, by scipy 1.17. Run: python3 draws.py > draws.json"""

import json

import numpy as np
from scipy import stats

CONTINUOUS = {
    "laplace": stats.laplace(),
    "gumbel": stats.gumbel_r(),
    "randomLogistic": stats.logistic(),
    "cauchy": stats.cauchy(),
    "exponential": stats.expon(),
    "randomGamma(0.05)": stats.gamma(0.05),
    "randomGamma(0.5)": stats.gamma(0.5),
    "randomGamma(1)": stats.gamma(1),
    "randomGamma(3)": stats.gamma(3),
    "randomGamma(200)": stats.gamma(200),
    "chiSquare(5)": stats.chi2(5),
    "studentT(3)": stats.t(3),
    "studentT(30)": stats.t(30),
    "randomBeta(0.5, 0.5)": stats.beta(0.5, 0.5),
    "randomBeta(2, 7)": stats.beta(2, 7),
}
DISCRETE = {
    "poisson(0.3)": stats.poisson(0.3),
    "poisson(4)": stats.poisson(4),
    "poisson(11.9)": stats.poisson(11.9),
    "poisson(12)": stats.poisson(12),
    "poisson(300)": stats.poisson(300),
    "poisson(100000)": stats.poisson(100000),
    "binomial(10, 0.3)": stats.binom(10, 0.3),
    "binomial(100, 0.95)": stats.binom(100, 0.95),
    "geometric(0.2)": stats.geom(0.2),
    "geometric(1)": stats.geom(1),
}
P = np.arange(1, 64) / 64


def finite(x):
    return float(x) if np.isfinite(x) else None


def moments(d):
    return {"mean": finite(d.mean()), "variance": finite(d.var()), "kurtosis": finite(d.stats(moments="k"))}


def row(d, discrete):
    q = d.ppf(P)
    if discrete:
        q = np.unique(q)
        return {**moments(d), "at": q.tolist(), "cdf": d.cdf(q).tolist()}
    return {**moments(d), "at": q.tolist(), "cdf": P.tolist()}


if __name__ == "__main__":
    rows = [*((n, row(d, False)) for n, d in CONTINUOUS.items()), *((n, row(d, True)) for n, d in DISCRETE.items())]
    print("{\n" + ",\n".join(f'"{n}": {json.dumps(r)}' for n, r in rows) + "\n}")
