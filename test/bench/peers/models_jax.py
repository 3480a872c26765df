#!/usr/bin/python3
"""A published model in JAX on XLA's CPU back end, one jit, in this process; its line as JSON.

models_jax.py MODEL/TASK jax THREADS SECONDS

A model asks for its parameters in order, as `take(shape)`; the first run records the shapes, the others hand out arrays.
One thread: XLA's pool is off, and the process stays on one core.
"""
import math
import sys
import time

from common import hashed, labels, line, pin_jax, timed

WORKLOAD, THREADS, SECONDS = sys.argv[1], int(sys.argv[3]), float(sys.argv[4])
NAME, TASK = WORKLOAD.split('/')
if THREADS == 1:
    pin_jax()

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, nn

TRAIN = TASK == 'step'


class Net:
    """Parameters in the order in which a model asks for them: named shapes at first, then arrays."""

    def __init__(self, arrays=None):
        self.arrays, self.asked = arrays, []

    def take(self, *shape, name='w'):
        self.asked.append((name, shape))
        return jnp.zeros(shape) if self.arrays is None else self.arrays[len(self.asked) - 1]

    def conv(self, x, o, k, s=1, p=0, g=1, bias=True):
        w = self.take(o, x.shape[1] // g, k, k)
        y = lax.conv_general_dilated(x, w, (s, s), [(p, p)] * 2, feature_group_count=g,
                                     dimension_numbers=('NCHW', 'OIHW', 'NCHW'))
        return y + self.take(o, name='b')[:, None, None] if bias else y

    def up(self, x, o):
        w = self.take(x.shape[1], o, 2, 2)
        y = lax.conv_general_dilated(x, jnp.flip(w, (2, 3)).swapaxes(0, 1), (1, 1), [(1, 1)] * 2, lhs_dilation=(2, 2),
                                     dimension_numbers=('NCHW', 'OIHW', 'NCHW'))
        return y + self.take(o, name='b')[:, None, None]

    def dense(self, x, o):
        w, b = self.take(o, x.shape[-1]), self.take(o, name='b')
        return x @ w.T + b

    def norm(self, x):
        """Batch normalisation: the batch's statistics in a step; means 0 and variances 1 in forward."""
        g, b = self.take(x.shape[1], name='gamma')[:, None, None], self.take(x.shape[1], name='b')[:, None, None]
        if not TRAIN:
            return x / math.sqrt(1 + 1e-5) * g + b
        m, v = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True)
        return (x - m) * lax.rsqrt(v + 1e-5) * g + b

    def rows(self, x, eps):
        g, b = self.take(x.shape[-1], name='gamma'), self.take(x.shape[-1], name='b')
        m, v = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - m) * lax.rsqrt(v + eps) * g + b

    def cb(self, x, o, k, **options):
        return self.norm(self.conv(x, o, k, bias=False, **options))

    def attention(self, x, heads, causal):
        b, l, d = x.shape
        q, k, v = jnp.split(self.dense(x, 3 * d), 3, -1)
        q, k, v = [t.reshape(b, l, heads, d // heads).transpose(0, 2, 1, 3) for t in (q, k, v)]
        a = q @ k.swapaxes(-1, -2) / math.sqrt(d // heads)
        if causal:
            a = jnp.where(jnp.tril(jnp.ones((l, l), bool)), a, -jnp.inf)
        return self.dense((nn.softmax(a, -1) @ v).transpose(0, 2, 1, 3).reshape(b, l, d), d)

    def block(self, x, heads, eps, causal, gelu):
        d = x.shape[-1]
        x = x + self.attention(self.rows(x, eps), heads, causal)
        return x + self.dense(gelu(self.dense(self.rows(x, eps), 4 * d)), d)


def pool(x, k, s, p=0):
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, k, k), (1, 1, s, s), [(0, 0)] * 2 + [(p, p)] * 2)


def means(x):
    return x.mean((2, 3))


def halves(x):
    return lax.reduce_window(x, 0.0, lax.add, (1, 1, 2, 2), (1, 1, 2, 2), 'VALID') / 4


def flat(x):
    return x.reshape(x.shape[0], -1)


def first(x):
    return x.transpose(0, 3, 1, 2)


def last(x):
    return x.transpose(0, 2, 3, 1)


def exact(x):
    return nn.gelu(x, approximate=False)


# -- models -----------------------------------------------------------------------------------------------------------

def lenet(n, x):
    x = halves(nn.relu(n.conv(x, 6, 5, p=2)))
    x = flat(halves(nn.relu(n.conv(x, 16, 5))))
    return n.dense(nn.relu(n.dense(nn.relu(n.dense(x, 120)), 84)), 10)


def head(n, x):
    return n.dense(nn.relu(n.dense(nn.relu(n.dense(flat(x), 4096)), 4096)), 1000)


def alexnet(n, x):
    x = pool(nn.relu(n.conv(x, 64, 11, s=4, p=2)), 3, 2)
    x = pool(nn.relu(n.conv(x, 192, 5, p=2)), 3, 2)
    for o in (384, 256, 256):
        x = nn.relu(n.conv(x, o, 3, p=1))
    return head(n, pool(x, 3, 2))


def vgg16(n, x):
    for width, depth in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for _ in range(depth):
            x = nn.relu(n.conv(x, width, 3, p=1))
        x = pool(x, 2, 2)
    return head(n, x)


def resnet(bottleneck, depths):
    def block(n, x, o, s):
        m = o // 4
        if bottleneck:
            y = nn.relu(n.cb(x, m, 1))
            y = n.cb(nn.relu(n.cb(y, m, 3, s=s, p=1)), o, 1)
        else:
            y = n.cb(nn.relu(n.cb(x, o, 3, s=s, p=1)), o, 3, p=1)
        return nn.relu(y + (x if s == 1 and x.shape[1] == o else n.cb(x, o, 1, s=s)))

    def run(n, x):
        x = pool(nn.relu(n.cb(x, 64, 7, s=2, p=3)), 3, 2, 1)
        for k, depth in enumerate(depths):
            for j in range(depth):
                x = block(n, x, (256 if bottleneck else 64) * 2 ** k, 2 if j == 0 and k > 0 else 1)
        return n.dense(means(x), 1000)
    return run


def effnet(n, x):
    x, i = nn.silu(n.cb(x, 32, 3, s=2, p=1)), 32
    for e, k, s, o, times in [(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3),
                              (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)]:
        for j in range(times):
            y, m = x, i * e
            if e > 1:
                y = nn.silu(n.cb(y, m, 1))
            y = nn.silu(n.cb(y, m, k, s=s if j == 0 else 1, p=(k - 1) // 2, g=m))
            f = nn.sigmoid(n.dense(nn.silu(n.dense(means(y), max(1, i // 4))), m))
            y = n.cb(y * f[:, :, None, None], o, 1)
            x, i = (x + y if x.shape == y.shape else y), o
    return n.dense(means(nn.silu(n.cb(x, 1280, 1))), 1000)


def convnext(n, x):
    dims = [96, 192, 384, 768]
    x = first(n.rows(last(n.conv(x, 96, 4, s=4)), 1e-6))
    for k, depth in enumerate([3, 3, 9, 3]):
        for _ in range(depth):
            d = dims[k]
            y = n.rows(last(n.conv(x, d, 7, p=3, g=d)), 1e-6)
            y = n.dense(exact(n.dense(y, 4 * d)), d)
            x = x + first(y * n.take(d, name='scale'))
        if k < 3:
            x = n.conv(first(n.rows(last(x), 1e-6)), dims[k + 1], 2, s=2)
    return n.dense(n.rows(means(x), 1e-6), 1000)


def unet(n, x):
    def double(x, o):
        return nn.relu(n.conv(nn.relu(n.conv(x, o, 3, p=1)), o, 3, p=1))

    def level(x, c, depth):
        if depth == 0:
            return double(x, c)
        d = double(x, c)
        inner = level(pool(d, 2, 2), 2 * c, depth - 1)
        return double(jnp.concatenate([d, n.up(inner, c)], 1), c)
    return n.conv(level(x, 64, 4), 2, 1)


def vit(n, x):
    x = n.conv(x, 768, 16, s=16)
    x = x.reshape(*x.shape[:2], -1).swapaxes(1, 2)
    token = n.take(1, 768, name='token')
    x = jnp.concatenate([jnp.broadcast_to(token, (x.shape[0], 1, 768)), x], 1) + n.take(197, 768, name='positions')
    for _ in range(12):
        x = n.block(x, 12, 1e-6, False, exact)
    return n.dense(n.rows(x, 1e-6)[:, 0], 1000)


def gpt2(n, ids):
    wte, wpe = n.take(50257, 768, name='wte'), n.take(1024, 768, name='wpe')
    x = wte[ids] + wpe[:ids.shape[1]]
    for _ in range(12):
        x = n.block(x, 12, 1e-5, True, nn.gelu)
    return n.rows(x, 1e-5) @ wte.T


def lstm(n, x):
    w, u, b, c = n.take(1024, 128), n.take(1024, 256), n.take(1024, name='b'), n.take(1024, name='b')
    rows = (x @ w.T + b).swapaxes(0, 1)

    def step(memory, row):
        h, cell = memory
        i, f, g, o = jnp.split(row + h @ u.T + c, 4, -1)
        cell = nn.sigmoid(f) * cell + nn.sigmoid(i) * jnp.tanh(g)
        return (nn.sigmoid(o) * jnp.tanh(cell), cell), None
    zero = jnp.zeros((x.shape[0], 256))
    return n.dense(lax.scan(step, (zero, zero), rows)[0][0], 10)


def resmlp(n, x):
    for _ in range(1000):
        x = x + nn.relu(n.dense(x, 64))
    return n.dense(x, 10)


# name: model, shape of an example, shape of its labels, classes, examples in a step
MODELS = {
    'lenet': (lenet, (1, 28, 28), (), 10, 1), 'alexnet': (alexnet, (3, 224, 224), (), 1000, 1),
    'vgg16': (vgg16, (3, 224, 224), (), 1000, 1),
    'resnet18': (resnet(False, [2, 2, 2, 2]), (3, 224, 224), (), 1000, 4),
    'resnet50': (resnet(True, [3, 4, 6, 3]), (3, 224, 224), (), 1000, 4),
    'effnet': (effnet, (3, 224, 224), (), 1000, 4), 'convnext': (convnext, (3, 224, 224), (), 1000, 1),
    'unet': (unet, (3, 128, 128), (128, 128), 2, 1), 'vit': (vit, (3, 224, 224), (), 1000, 1),
    'gpt2': (gpt2, (128,), (128,), 50257, 1), 'lstm': (lstm, (256, 128), (), 10, 1), 'resmlp': (resmlp, (64,), (), 10, 1),
}


# -- numbers: as models/numbers.ts ------------------------------------------------------------------------------------

def spread(name, shape, gain):
    if name == 'gamma':
        return 0.1, 1
    if name == 'scale':
        return 0.02, 0.1
    if len(shape) <= 1:
        return 0.05, 0
    return (0.04, 0) if name in ('wte', 'wpe', 'positions', 'token') else \
        (gain * math.sqrt(3 / math.prod(shape[1:])), 0)


def main():
    model, shape, targets, classes, batch = MODELS[NAME]
    batch = batch if TRAIN else 1
    n = batch * math.prod(shape)
    x = jnp.asarray((labels(n, 1001, classes).astype(np.int32) if NAME == 'gpt2' else hashed(n, 1001, 1).astype(np.float32))
                    .reshape(batch, *shape))
    y = jnp.asarray(labels(batch * math.prod(targets), 1002, classes).astype(np.int32).reshape(batch, *targets))
    recorder = Net()
    jax.eval_shape(lambda x: model(recorder, x), x)
    params = [jnp.asarray(hashed(math.prod(s), k, *spread(name, s, 0.03 if NAME == 'resmlp' else 1)).astype(np.float32).reshape(s))
              for k, (name, s) in enumerate(recorder.asked)]

    def loss(params):
        out = model(Net(params), x)
        out = last(out) if NAME == 'unet' else out
        return -jnp.take_along_axis(nn.log_softmax(out, -1), y[..., None], -1).mean()

    def train(params):
        value, grads = jax.value_and_grad(loss)(params)
        return value, [p - 1e-3 * g for p, g in zip(params, grads)]

    began = time.perf_counter()
    run = jax.jit(train, donate_argnums=0).lower(params).compile() if TRAIN else \
        jax.jit(lambda params: model(Net(params), x)).lower(params).compile()
    compiled = time.perf_counter() - began

    def step():
        nonlocal params
        if TRAIN:
            value, params = run(params)
            jax.block_until_ready(params)
            return value
        return jax.block_until_ready(run(params))
    first_out = np.asarray(step(), dtype=np.float64)
    check = float(np.abs(first_out).mean()) if not TRAIN else float(first_out)
    line(f'jax-{THREADS}t', WORKLOAD, timed(step, SECONDS), loss=check, note=f'compiled in {compiled:.1f} s')


main()
