#!/usr/bin/python3
"""A check of gradients in float64, in this process; its line as JSON. Processor milliseconds of a check after the first.

checks_peer.py check/NAME ENGINE THREADS SECONDS

ENGINE: torch-fast  gradcheck with both modes, and gradgradcheck, along random directions (fast_mode)
        torch-all   the same in every coordinate
        jax         check_grads, order 2, both modes; jax-jit: of the compiled function

The programs and their points are those of ../check/list.ts.
"""
import math
import sys
import time

from common import hashed, labels, line, pin_jax

WORKLOAD, ENGINE, THREADS, SECONDS = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
NAME = WORKLOAD.split('/')[1]
JAX = ENGINE.startswith('jax')
if JAX and THREADS == 1:
    pin_jax()

import numpy as np

RATE = 0.1


def weights(*shape):
    return shape, math.sqrt(3 / shape[0])


CASES = {
    'w1': [weights(2, 8), ((8,), 0.1), weights(8, 8), ((8,), 0.1), weights(8, 1), ((1,), 0.1), ((64, 2), 1), ((64, 1), 1)],
    'lenet': [((6, 1, 5, 5), 0.35), ((6,), 0.05), ((16, 6, 5, 5), 0.14), ((16,), 0.05), ((120, 400), 0.09), ((120,), 0.05),
              ((84, 120), 0.16), ((84,), 0.05), ((10, 84), 0.19), ((10,), 0.05), ((1, 1, 28, 28), 1), ('int', (1,), 10)],
    'gp': [((3,), 0.2), ((40, 2), 1), ((40,), 1)],
    'vae': [weights(16, 12), ((12,), 0.1), weights(12, 4), weights(12, 4), weights(4, 12), ((12,), 0.1), weights(12, 16),
            ((16,), 0.1), ((4, 16), 1), ((4, 4), 1)],
    'gnn': [weights(8, 8), weights(8, 8), weights(8, 4), weights(8, 4), ((24, 8), 1), ((24, 4), 1), ('int', (64,), 24),
            ('int', (64,), 24)],
    'gpt': [((16, 16), 0.4), ((8, 16), 0.4), weights(16, 48), weights(16, 16), weights(16, 64), weights(64, 16),
            ('int', (8,), 16), ('int', (8,), 16)],
}
# how many of the inputs take a step of gradient descent, and are the results
STEPS = {'vae': 8, 'gpt': 6}


def inputs():
    return [labels(math.prod(x[1]), k, x[2]).reshape(x[1]) if x[0] == 'int'
            else hashed(math.prod(x[0]), k, x[1]).astype(np.float32).astype(np.float64).reshape(x[0])
            for k, x in enumerate(CASES[NAME])]


# -- the programs, in what torch and jax.numpy have in common -----------------------------------------------------------

def programs(m):
    """m: the few functions that differ."""
    def w1(w1, b1, w2, b2, w3, b3, x, y):
        h = m.tanh(m.tanh(x @ w1 + b1) @ w2 + b2)
        return ((h @ w3 + b3 - y) ** 2).mean()

    def lenet(c1, d1, c2, d2, w1, b1, w2, b2, w3, b3, x, y):
        h = m.halves(m.relu(m.conv(x, c1, d1, 2)))
        h = m.halves(m.relu(m.conv(h, c2, d2, 0))).reshape(1, 400)
        return m.cross_entropy(m.relu(m.relu(h @ w1.T + b1) @ w2.T + b2) @ w3.T + b3, y)

    def gp(scales, x, y):
        squares = (x ** 2).sum(1)
        distance = squares[:, None] - 2 * x @ x.T + squares[None]
        kernel = m.exp(2 * scales[1]) * m.exp(-0.5 * distance / m.exp(2 * scales[0]))
        chol = m.cholesky(kernel + m.eye(40) * (m.exp(2 * scales[2]) + 0.1))
        whitened = m.solve(chol, y[:, None])
        return 0.5 * (whitened ** 2).sum() + m.log(m.diagonal(chol)).sum()

    def vae(w1, b1, wm, wv, w2, b2, w3, b3, x, e):
        h = m.tanh(x @ w1 + b1)
        mean, spread = h @ wm, h @ wv
        seen = m.tanh((mean + m.exp(0.5 * spread) * e) @ w2 + b2) @ w3 + b3
        return (0.5 * ((seen - x) ** 2).sum() - 0.5 * (1 + spread - mean ** 2 - m.exp(spread)).sum()) / 4

    def gnn(w1, u1, w2, u2, x, y, source, target):
        def turn(h, w, u):
            return h @ u + m.collect(h @ u, target, (h @ w)[source])
        return ((turn(m.tanh(turn(x, w1, u1)), w2, u2) - y) ** 2).mean()

    def gpt(wte, wpe, wqkv, wo, wu, wd, text, following):
        x = wte[text] + wpe
        q, k, v = [m.swap((m.norm(x) @ wqkv)[:, 16 * i:16 * i + 16].reshape(8, 2, 8), 0, 1) for i in range(3)]
        seen = m.softmax(q @ m.swap(k, 1, 2) / math.sqrt(8) + m.causal(8)) @ v
        h = x + m.swap(seen, 0, 1).reshape(8, 16) @ wo
        return m.cross_entropy(m.norm(h + m.gelu(m.norm(h) @ wu) @ wd) @ wte.T, following)
    return locals()


# -- engines ----------------------------------------------------------------------------------------------------------

def torch_check():
    import torch
    import torch.nn.functional as F
    torch.set_num_threads(THREADS)

    class M:
        tanh, exp, log, relu, eye = torch.tanh, torch.exp, torch.log, torch.relu, lambda n: torch.eye(n).double()
        conv = lambda x, w, b, pad: F.conv2d(x, w, b, padding=pad)
        halves = lambda x: F.avg_pool2d(x, 2)
        cross_entropy, cholesky, diagonal = F.cross_entropy, torch.linalg.cholesky, torch.diagonal
        solve = lambda l, y: torch.linalg.solve_triangular(l, y, upper=False)
        collect = lambda like, target, rows: torch.zeros_like(like).index_add(0, target, rows)
        norm = lambda x: F.layer_norm(x, (16,))
        softmax, swap = lambda x: x.softmax(-1), torch.transpose
        gelu = lambda x: F.gelu(x, approximate='tanh')
        causal = lambda n: torch.full((n, n), -torch.inf).triu(1).double()
    loss = programs(M)[NAME]
    xs = [torch.from_numpy(x) for x in inputs()]
    real = [x.requires_grad_(True) for x in xs if x.is_floating_point()]
    rest = [x for x in xs if not x.is_floating_point()]
    steps = STEPS.get(NAME, 0)

    def f(*real):
        value = loss(*real, *rest)
        if steps == 0:
            return value
        grads = torch.autograd.grad(value, real[:steps], create_graph=True)
        return tuple(p - RATE * g for p, g in zip(real, grads))
    fast = ENGINE == 'torch-fast'
    # the forward mode cannot pass through autograd.grad
    forward = steps == 0

    def check():
        return torch.autograd.gradcheck(f, real, fast_mode=fast, check_forward_ad=forward) and \
            torch.autograd.gradgradcheck(f, real, fast_mode=fast)
    return check


def jax_check():
    import jax
    jax.config.update('jax_enable_x64', True)
    import jax.numpy as jnp
    from jax import lax, nn
    from jax.test_util import check_grads

    def conv(x, w, b, pad):
        return lax.conv_general_dilated(x, w, (1, 1), [(pad, pad)] * 2, dimension_numbers=('NCHW', 'OIHW', 'NCHW')) + \
            b[:, None, None]

    def norm(x):
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) * lax.rsqrt(variance + 1e-5)

    class M:
        tanh, exp, log, relu, eye = jnp.tanh, jnp.exp, jnp.log, nn.relu, jnp.eye
        halves = lambda x: lax.reduce_window(x, 0.0, lax.add, (1, 1, 2, 2), (1, 1, 2, 2), 'VALID') / 4
        cross_entropy = lambda out, y: -jnp.take_along_axis(nn.log_softmax(out, -1), y[..., None], -1).mean()
        cholesky, diagonal = jnp.linalg.cholesky, jnp.diagonal
        solve = lambda l, y: jax.scipy.linalg.solve_triangular(l, y, lower=True)
        collect = lambda like, target, rows: jnp.zeros_like(like).at[target].add(rows)
        softmax, swap, gelu = nn.softmax, jnp.swapaxes, nn.gelu
        causal = lambda n: jnp.where(jnp.tril(jnp.ones((n, n), bool)), 0.0, -jnp.inf)
    M.conv, M.norm = conv, norm
    loss = programs(M)[NAME]
    xs = [jnp.asarray(x) for x in inputs()]
    real = [x for x in xs if jnp.issubdtype(x.dtype, jnp.floating)]
    rest = [x for x in xs if not jnp.issubdtype(x.dtype, jnp.floating)]
    steps = STEPS.get(NAME, 0)

    def f(*real):
        if steps == 0:
            return loss(*real, *rest)
        grads = jax.grad(lambda *p: loss(*p, *real[steps:], *rest), tuple(range(steps)))(*real[:steps])
        return tuple(p - RATE * g for p, g in zip(real, grads))
    run = jax.jit(f) if ENGINE == 'jax-jit' else f

    def check():
        check_grads(run, tuple(real), order=2, modes=('fwd', 'rev'))
        return True
    return check


def main():
    check = jax_check() if JAX else torch_check()

    def once():
        before = time.process_time()
        if not check():
            raise SystemExit('ValueError: rejected')
        return (time.process_time() - before) * 1e3
    try:
        first, times, start = once(), [], time.perf_counter()
        while len(times) < 2 or (time.perf_counter() - start < SECONDS and len(times) < 1000):
            times.append(once())
            if time.perf_counter() - start > 60:
                break
    except Exception as error:
        raise SystemExit(f'ValueError: {type(error).__name__}: {str(error).strip().splitlines()[0][:100]}')
    line(f'{ENGINE}-{THREADS}t', WORKLOAD, times, note=f'first {first:.0f} ms')


main()
