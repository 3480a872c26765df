#!/usr/bin/python3
"""One operation in PyTorch or JAX, in this process; its line as JSON.

ops_peer.py op/NAME/PART ENGINE THREADS SECONDS        PART: forward, gradient     ENGINE: torch, jax

NAME is one of ../ops/list.ts. The k-th input is hashed with k, as is the cotangent after them. `gradient` times the
gradients alone: torch keeps the forward part from before, jax computes again what the gradients need of it.
"""
import sys

from common import checksums, line, pin_jax, timed

WORKLOAD, ENGINE, THREADS, SECONDS = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
_, NAME, PART = WORKLOAD.split('/')
if ENGINE == 'jax' and THREADS == 1:
    pin_jax()

import numpy as np
import torch

from ops import OPS, gradients_of, numbers

torch.set_num_threads(THREADS)

def in_torch(inputs, f, back):
    xs = [torch.from_numpy(x) for x in inputs]
    if PART == 'forward':
        def forward():
            with torch.no_grad():
                return [f(*xs)]
        return forward
    y, ct = gradients_of(xs, f, back)
    return lambda: torch.autograd.grad(y, xs[:back], ct, retain_graph=True)


def in_jax(inputs, back):
    import jax
    import jax.numpy as jnp
    simple = {'relu-1M': jax.nn.relu, 'exp-1M': jnp.exp, 'tanh-1M': jnp.tanh, 'sin-1M': jnp.sin, 'erf-1M': jax.lax.erf,
              'gelu-1M': lambda x: jax.nn.gelu(x, approximate=False), 'silu-1M': jax.nn.silu,
              'matmul-64': jnp.matmul, 'matmul-1024': jnp.matmul, 'transpose-2048': lambda x: x.T + 0,
              'sum-4M': jnp.sum, 'sum-rows-2048': lambda x: x.sum(1), 'sum-columns-2048': lambda x: x.sum(0),
              'softmax-12x512x512': lambda x: jax.nn.softmax(x, -1), 'softmax-128x50257': lambda x: jax.nn.softmax(x, -1),
              'embedding-1024-of-50257x768': lambda w, i: w[i], 'embedding-128-of-5000x128': lambda w, i: w[i],
              'cumSum-64x4096': lambda x: jnp.cumsum(x, 1), 'mix-12x197x197x64': jnp.matmul,
              'scores-12x197x64': lambda q, k: q @ k.swapaxes(-1, -2)}
    if NAME not in simple:
        raise SystemExit(f'ValueError: {NAME} is not written in JAX')
    f = simple[NAME]
    xs = [jnp.asarray(x.astype(np.int32) if x.dtype == np.int64 else x) for x in inputs]
    if PART == 'forward':
        run = jax.jit(lambda *xs: [f(*xs)])
        return lambda: jax.block_until_ready(run(*xs))
    ct = jnp.asarray(numbers(jax.eval_shape(f, *xs).shape, len(xs)))
    run = jax.jit(lambda *xs: jax.vjp(f, *xs)[1](ct)[:back])
    return lambda: jax.block_until_ready(run(*xs))


def main():
    shapes, f, back = OPS[NAME]
    inputs = [numbers(s, k) for k, s in enumerate(shapes)]
    step = in_torch(inputs, f, back) if ENGINE == 'torch' else in_jax(inputs, back)
    out = step()
    sums = checksums([y.detach() if ENGINE == 'torch' else y for y in out])
    line(f'{ENGINE}-{THREADS}t', WORKLOAD, timed(step, SECONDS, longest=30), **sums)


main()
