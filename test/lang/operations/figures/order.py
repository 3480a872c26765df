"""Writes order.json: order, search and counting, by numpy 2.4.6, torch 2.15.0, scipy 1.17.1 and jax 0.10.2.

    pip install numpy==2.4.6 scipy==1.17.1 torch==2.15.0 jax==0.10.2
    python3 test/lang/operations/figures/order.py
"""

import jax
import jax.numpy as jnp
import numpy as np
import torch
from figures import row, write
from scipy import stats

rng = np.random.default_rng(18)
x = rng.normal(size=(3, 7))
line = rng.normal(size=9)
ties = np.array([2.0, 1.0, 2.0, 3.0, 1.0, 3.0, 3.0, 0.0])
inf, nan = np.inf, np.nan
holes = np.array([[1.0, nan, 3.0, 2.0], [nan, nan, 5.0, 4.0], [nan, nan, nan, nan]])
odd = [np.array([inf, inf, 1.0]), np.array([-inf, 5.0]), np.array([-0.0, 0.0, -0.0]), np.array([1e308, -1e308, 1e308])]
t = torch.tensor

# -- quantiles ---------------------------------------------------------------------------------------------------------

for method in ["linear", "lower", "higher", "nearest", "midpoint"]:
    for q in [0.0, 0.1, 0.25, 0.5, 0.77, 1.0]:
        row(f"quantile({q}, 1, {{ method: '{method}' }})(x)", [x], np.quantile(x, q, axis=1, method=method),
            None if method == "nearest" else lambda v, q=q, method=method: jnp.quantile(v, q, axis=1, method=method))
    row(f"nanquantile([0.2, 0.6], 1, {{ method: '{method}' }})(x)", [holes], np.nanquantile(holes, [0.2, 0.6], axis=1, method=method))
row("quantile([0.1, 0.5, 0.9])(x)", [x], np.quantile(x, [0.1, 0.5, 0.9]), lambda v: jnp.quantile(v, jnp.array([0.1, 0.5, 0.9])))
row("quantile([0.3], [0, 1], { keep: true })(x)", [x], np.quantile(x, [0.3], axis=(0, 1), keepdims=True))
row("quantile(0.3, 0, { keep: true })(x)", [x], np.quantile(x, 0.3, axis=0, keepdims=True))
row("quantile(0.3)(x)", [np.array([4.0])], np.quantile([4.0], 0.3))
row("quantile(0.5, 1)(x)", [holes], np.quantile(holes, 0.5, axis=1))
row("median()(x)", [x], np.median(x), jnp.median)
row("median(-1)(x)", [x[:, :6]], np.median(x[:, :6], axis=-1), lambda v: jnp.median(v, axis=-1))
row("median()(x)", [ties], np.median(ties))
row("median([0, 2])(x)", [x.reshape(3, 7, 1)], np.median(x.reshape(3, 7, 1), axis=(0, 2)))
row("nanmedian(1)(x)", [holes], np.nanmedian(holes, axis=1))
row("nanmedian(0, { keep: true })(x)", [holes], np.nanmedian(holes, axis=0, keepdims=True))
row("quantile(0.5, 0, { method: 'lower' })(x)", [ties], torch.median(t(ties)).numpy())
row("median()(x)", [odd[2]], 0.0)
row("quantile(0.9)(x)", [odd[0]], inf)
row("quantile(0.25)(x)", [odd[1]], -inf)
row("median()(x)", [odd[3]], 1e308)

# -- running extremes --------------------------------------------------------------------------------------------------

for name, torch_name in [("cumMax", "cummax"), ("cumMin", "cummin")]:
    fn = getattr(torch, torch_name)
    for a, axis in [(x, 1), (x, 0), (ties, 0), (np.array([1.0, nan, 3.0, nan, inf]), 0), (np.array([-inf, -inf, inf]), 0), (np.array([0.0, -0.0]), 0), (np.array([3, 1, 3, -5, 9]), 0)]:
        r = fn(t(a), axis)
        row(f"{name}({axis})(x)", [a], [r.values.numpy(), r.indices.numpy().astype(np.int32)])
    row(f"{name}(1)(x).values", [x], fn(t(x), 1).values.numpy(), lambda v, n=torch_name: getattr(jax.lax, n)(v, axis=1))
    row(f"{name}(1, true)(x).values", [x], getattr(jax.lax, torch_name)(x, axis=1, reverse=True), lambda v, n=torch_name: getattr(jax.lax, n)(v, axis=1, reverse=True))
lce = lambda v, axis: t(np.asarray(v)).logcumsumexp(axis).numpy()
row("logCumsumExp(1)(x)", [x], lce(x, 1), lambda v: jax.lax.cumlogsumexp(v, axis=1))
row("logCumsumExp(0)(x)", [x], lce(x, 0))
row("logCumsumExp(0, true)(x)", [x], jax.lax.cumlogsumexp(x, axis=0, reverse=True), lambda v: jax.lax.cumlogsumexp(v, axis=0, reverse=True))
for a in [[-inf, -inf, 1.0, 2.0], [1000.0, -1000.0, 1000.0], [1.0, inf, 2.0], [1.0, nan, 2.0], [-745.0, -745.0], [-inf, -inf]]:
    row("logCumsumExp(0)(x)", [np.array(a)], lce(a, 0))

# -- sorting -----------------------------------------------------------------------------------------------------------

keys = np.array([2, 1, 2, 1, 3, 1])
second = np.array([0.5, 0.25, -1.0, 0.25, 4.0, -3.0])
payload = np.arange(6.0)
row("sortBy()(x, y)", [keys, payload], jax.lax.sort((keys, payload), num_keys=1))
row("sortBy(0, { keys: 2 })(x, y, z)", [keys, second, payload], jax.lax.sort((keys, second, payload), num_keys=2))
row("sortBy(0)(x, y)[1]", [x, x * x], jax.lax.sort((x, x * x), dimension=0, num_keys=1)[1], lambda a, b: jax.lax.sort((a, b), dimension=0, num_keys=1)[1])
row("sortBy(0, { descending: true })(x, y)", [keys, payload], [np.array([3, 2, 2, 1, 1, 1]), np.array([4.0, 0.0, 2.0, 1.0, 3.0, 5.0])])
for k in [1, 3, 7]:
    r = torch.kthvalue(t(x), k, dim=1)
    row(f"kthvalue({k}, 1)(x)", [x], [r.values.numpy(), r.indices.numpy().astype(np.int32)])
row("kthvalue(2)(x).values", [line], np.sort(line)[1], lambda v: jnp.sort(v)[1])
for a in [ties, np.array([4.0, 4.0, 1.0]), np.array([7.0]), np.array([5, 3, 5, 3, 3])]:
    r = torch.mode(t(a), 0)
    row("mode()(x)", [a], [r.values.numpy(), r.indices.numpy().astype(np.int32)])
row("mode(0)(x).values", [np.round(2 * x)], stats.mode(np.round(2 * x), axis=0).mode)

# -- search ------------------------------------------------------------------------------------------------------------

steps = np.array([-1.0, 0.0, 0.0, 1.5, 2.0, inf, nan])
at = np.array([[-5.0, -1.0, -0.0, 0.7], [1.5, 9.0, inf, nan]])
for n in range(1, 8):
    for side in ["left", "right"]:
        row(f"searchsorted({{ side: '{side}' }})(x, y)", [steps[:n], at], np.searchsorted(steps[:n], at, side=side).astype(np.int32))
row("searchsorted()(x, y)", [np.array([1, 3, 3, 8]), np.array([0, 3, 4, 9])], np.searchsorted([1, 3, 3, 8], [0, 3, 4, 9]).astype(np.int32))
row("searchsorted()(x, y)", [np.sort(x, axis=1), x[:, ::2]], torch.searchsorted(t(np.sort(x, axis=1)), t(x[:, ::2].copy())).numpy().astype(np.int32))
row("searchsorted()(x, y)", [np.zeros(0), np.array([1.0])], np.array([0], dtype=np.int32))
edges = np.array([0.0, 1.0, 2.5])
points = np.array([-1.0, 0.0, 0.5, 1.0, 2.5, 3.0])
for right in [False, True]:
    js = "true" if right else "false"
    row(f"digitize({{ right: {js} }})(x, y)", [points, edges], np.digitize(points, edges, right=right).astype(np.int32))
    row(f"bucketize({{ right: {js} }})(x, y)", [points, edges], torch.bucketize(t(points), t(edges), right=right).numpy().astype(np.int32))
xp, fp, xs = np.array([-1.0, 0.5, 2.0, 2.25]), np.array([3.0, -1.0, 4.0, 0.0]), np.array([[-3.0, -0.7, 0.1], [1.0, 2.1, 7.0]])
row("interp()(x, y, z)", [xs, xp, fp], np.interp(xs, xp, fp), jnp.interp)
row("interp({ left: 9, right: -9 })(x, y, z)", [xs, xp, fp], np.interp(xs, xp, fp, left=9, right=-9), lambda a, b, c: jnp.interp(a, b, c, left=9, right=-9))
row("interp()(x, y, z)", [np.array([-1.0, 0.5, 2.25, nan, inf, -inf]), xp, fp], np.interp([-1.0, 0.5, 2.25, nan, inf, -inf], xp, fp))
row("interp({ period: 3 })(x, y, z)", [xs, np.array([0.3, 2.5, 1.1, 4.9]), fp], np.interp(xs, [0.3, 2.5, 1.1, 4.9], fp, period=3), lambda a, b, c: jnp.interp(a, b, c, period=3))
row("interp()(x, y, z)", [np.array([0.0, 1.0, 2.0]), np.array([1.0]), np.array([5.0])], [np.array([5.0, 5.0, 5.0])])

# -- counting ----------------------------------------------------------------------------------------------------------

row("bincount(5)(x)", [np.array([0, 3, 3, 1, 0, 3])], np.bincount([0, 3, 3, 1, 0, 3], minlength=5).astype(np.int32))
row("bincount(2)(x)", [np.array([0, 3, -1, 1, 0, 3])], np.array([2, 1], dtype=np.int32))
w6 = rng.normal(size=6)
row("bincount(4)(x, y)", [np.array([0, 3, 3, 1, 0, 3]), w6], np.bincount([0, 3, 3, 1, 0, 3], weights=w6, minlength=4), lambda i, w: jnp.bincount(i, weights=w, length=4))
hist = np.array([1.0, 2.0, 1.0, 4.0, 2.5, 0.0, 5.0])
w7 = rng.normal(size=7)
row("histogram(4)(x)", [hist], [np.histogram(hist, 4)[0].astype(float), np.histogram(hist, 4)[1]])
row("histogram(4)(x, y).counts", [hist, w7], np.histogram(hist, 4, weights=w7)[0])
row("histogram(3, { range: [0.5, 4] })(x)", [hist], [np.histogram(hist, 3, (0.5, 4))[0].astype(float), np.histogram(hist, 3, (0.5, 4))[1]])
row("histogram([0, 1, 2, 5])(x)", [hist], [np.histogram(hist, [0, 1, 2, 5])[0].astype(float), np.array([0.0, 1.0, 2.0, 5.0])])
row("histogram([0, 1, 2, 5], { density: true })(x)", [hist], [np.histogram(hist, [0, 1, 2, 5], density=True)[0], np.array([0.0, 1.0, 2.0, 5.0])])
row("histogram(2)(x)", [np.array([3.0, 3.0])], [np.histogram([3.0, 3.0], 2)[0].astype(float), np.histogram([3.0, 3.0], 2)[1]])
row("histogram(2, { range: [0, 1] })(x).counts", [np.array([nan, 0.5, -inf, inf, 1.0])], np.array([0.0, 2.0]))
row("histogram(3)(x).counts", [np.zeros(0)], np.histogram(np.zeros(0), 3)[0].astype(float))
y7 = np.array([0.0, 1.0, 1.5, 2.0, 0.5, 2.0, 1.0])
h2 = np.histogram2d(hist, y7, [3, 2])
row("histogram2d([3, 2])(x, y)", [hist, y7], [h2[0], h2[1], h2[2]])
row("histogram2d([3, [0, 1, 2]], { density: true })(x, y, z).counts", [hist, y7, w7 * w7], np.histogram2d(hist, y7, [3, [0, 1, 2]], weights=w7 * w7, density=True)[0])
for a, size in [(ties, 4), (ties, 6), (np.array([[5, 2], [5, 7]]), 3), (np.array([nan, 1.0, nan]), 2)]:
    u, i, inv, c = jnp.unique(a, size=size, return_index=True, return_inverse=True, return_counts=True)
    some = np.arange(size) < len(np.unique(a))
    row(f"(({{ values, indices, counts, inverse }}) => [values, indices, counts, inverse])(unique({size})(x))", [a],
        [np.asarray(u), np.where(some, np.asarray(i), 0).astype(np.int32), np.asarray(c).astype(np.int32), np.asarray(inv).reshape(a.shape).astype(np.int32)])
row("unique(5, { fill: -1 })(x).values", [ties], np.asarray(jnp.unique(ties, size=5, fill_value=-1)))
row("unique(2)(x).values", [ties], np.unique(ties)[:2])
row("unique(2)(x).count", [ties], np.int32(4))
grid = np.array([[0.0, 2.0, nan], [-0.0, 0.0, -1.0]])
row("argwhere(3)(x)", [grid], np.argwhere(grid).astype(np.int32))
row("argwhere(5, { fill: -1 })(x)", [grid], np.asarray(jnp.argwhere(grid, size=5, fill_value=-1)).astype(np.int32))
row("argwhere(2)(x)", [grid], np.asarray(jnp.argwhere(grid, size=2)).astype(np.int32))
row("nonzero(3)(x)", [grid > 0], [np.asarray(v).astype(np.int32) for v in jnp.nonzero(grid > 0, size=3)])
row("nonzero(2)(x)", [np.array([0, 5, 0, -3])], [np.array([1, 3], dtype=np.int32)])

# -- segments ----------------------------------------------------------------------------------------------------------

ids = np.array([2, 0, 2, 2, 5, 0, -1])
data = rng.normal(size=(7, 2))
for name, fn in [("segmentSum", jax.ops.segment_sum), ("segmentMax", jax.ops.segment_max), ("segmentMin", jax.ops.segment_min), ("segmentProd", jax.ops.segment_prod)]:
    inside = (ids >= 0) & (ids < 4)
    f = lambda d, i, fn=fn: fn(d[inside], i[inside], num_segments=4)
    each = lambda d, i: jnp.stack([jnp.prod(d[i == g], axis=0) for g in range(4)])
    row(f"{name}(4)(x, y)", [data, ids], np.asarray(f(jnp.asarray(data), ids)), each if name == "segmentProd" else f)
    one = np.array([1.0, nan, 3.0, inf, -inf, 0.0])
    two = np.array([0, 1, 0, 2, 2, 3])
    row(f"{name}(5)(x, y)", [one, two], np.asarray(fn(one, two, num_segments=5)))
row("segmentProd(2)(x, y)", [np.array([0.0, 2.0, 0.0, 3.0]), np.array([0, 0, 1, 1])], np.array([0.0, 0.0]))
row("segmentMean(3)(x, y)", [data[:3], np.array([1, 0, 1])], [np.array([data[1], (data[0] + data[2]) / 2, [0.0, 0.0]])])

# -- differences and statistics ----------------------------------------------------------------------------------------

row("diff()(x)", [x], np.diff(x), jnp.diff)
row("diff(0, 2)(x)", [x], np.diff(x, n=2, axis=0), lambda v: jnp.diff(v, n=2, axis=0))
row("diff(0, 3)(x)", [np.array([1, 8, 27, 64, 125])], np.diff([1, 8, 27, 64, 125], n=3).astype(np.int32))
row("diff(0)(x)", [np.array([True, True, False])], np.diff([True, True, False]))
row("diff(0, 1)(x)", [np.array([3.0])], np.zeros(0))
grid7 = np.cumsum(np.abs(rng.normal(size=7)) + 0.1)
row("trapezoid()(x, y)", [x, grid7], np.trapezoid(x, grid7), jax.scipy.integrate.trapezoid)
row("trapezoid(0, { dx: 0.5 })(x)", [x], np.trapezoid(x, dx=0.5, axis=0))
row("trapezoid(1)(x, y)", [x, np.sort(x, axis=1)], np.trapezoid(x, np.sort(x, axis=1), axis=1))
row("trapezoid()(x)", [np.array([3.0])], 0.0)
row("trapezoid()(x)", [np.zeros((2, 0))], np.zeros(2))
row("cumulativeTrapezoid(1)(x, y)", [x, grid7], torch.cumulative_trapezoid(t(x), t(grid7), dim=1).numpy())
row("cumulativeTrapezoid(0, { dx: 2 })(x)", [x], torch.cumulative_trapezoid(t(x), dx=2, dim=0).numpy())
row("gradient()(x)", [x], np.gradient(x, axis=-1), lambda v: jnp.gradient(v, axis=-1))
row("gradient(0, { dx: 0.25 })(x)", [x], np.gradient(x, 0.25, axis=0))
row("gradient(1, { edgeOrder: 2 })(x)", [x], np.gradient(x, axis=1, edge_order=2))
row("gradient(1, { edgeOrder: 2 })(x, y)", [x, grid7], np.gradient(x, grid7, axis=1, edge_order=2))
row("gradient(1)(x, y)", [x, grid7], np.gradient(x, grid7, axis=1))
row("gradient()(x)", [np.array([1.0, 4.0])], np.gradient(np.array([1.0, 4.0])))
row("cov()(x)", [x], np.cov(x), jnp.cov)
row("cov({ correction: 0 })(x)", [x], np.cov(x, ddof=0))
row("cov()(x)", [line], np.cov(line))
row("corrcoef(x)", [x], np.corrcoef(x), jnp.corrcoef)
row("corrcoef(x)", [np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])], np.corrcoef([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
row("corrcoef(x)", [np.array([[1.0, 2.0], [5.0, 5.0]])], np.array([[1.0, nan], [nan, nan]]))
for n, k in [(6, 3), (6, 2), (3, 6), (2, 5), (4, 4), (1, 1), (5, 1)]:
    a, b = rng.normal(size=n), rng.normal(size=k)
    for mode in ["full", "same", "valid"]:
        row(f"convolve('{mode}')(x, y)", [a, b], np.convolve(a, b, mode), lambda u, v, mode=mode: jnp.convolve(u, v, mode))
        row(f"correlate('{mode}')(x, y)", [a, b], np.correlate(a, b, mode))
for k in range(-1, 5):
    row(f"rot90({k})(x)", [x], np.rot90(x, k))
row("rot90(1, [2, 0])(x)", [x.reshape(3, 7, 1)], np.rot90(x.reshape(3, 7, 1), 1, (2, 0)))

write(__file__)
