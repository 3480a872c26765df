"""The operations of ../ops/list.ts in PyTorch: name -> (inputs, function, how many inputs have a gradient)."""
import math

import numpy as np
import torch
import torch.nn.functional as F

from common import hashed, labels

M = 2 ** 20


def conv(i, o, k, size, batch=1, stride=1, pad=None, groups=1):
    pad = (k - 1) // 2 if pad is None else pad
    return [(batch, i, size, size), (o, i // groups, k, k)], \
        lambda x, w: F.conv2d(x, w, stride=stride, padding=pad, groups=groups), 2


def depthwise(c, k, size, stride=1):
    return conv(c, c, k, size, stride=stride, groups=c)


def transposed(i, o, k, size, pad):
    return [(1, i, size, size), (i, o, k, k)], lambda x, w: F.conv_transpose2d(x, w, stride=2, padding=pad), 2


def one(shape, f, back=1):
    return [shape], f, back


def linear(rows, i, o):
    return [(rows, i), (o, i)], F.linear, 2


def norm(x, g, b):
    return F.batch_norm(x, None, None, g, b, True)


def attention(q, k, v):
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


OPS = {
    'conv3x3-64@56': conv(64, 64, 3, 56), 'conv3x3-128@28': conv(128, 128, 3, 28),
    'conv3x3-256@14': conv(256, 256, 3, 14), 'conv3x3-512@7': conv(512, 512, 3, 7),
    'conv3x3-64@56-b4': conv(64, 64, 3, 56, 4), 'conv3x3-512@7-b4': conv(512, 512, 3, 7, 4),
    'conv3x3-s2-64-128@56': conv(64, 128, 3, 56, stride=2), 'conv3x3-s2-256-512@14': conv(256, 512, 3, 14, stride=2),
    'conv1x1-64-256@56': conv(64, 256, 1, 56), 'conv1x1-s2-256-512@56': conv(256, 512, 1, 56, stride=2),
    'conv7x7-s2-3-64@224': conv(3, 64, 7, 224, stride=2),
    'conv11x11-s4-3-64@224': conv(3, 64, 11, 224, stride=4, pad=2),
    'patch16-3-768@224': conv(3, 768, 16, 224, stride=16, pad=0),
    'depthwise3x3-96@112': depthwise(96, 3, 112), 'depthwise3x3-s2-96@112': depthwise(96, 3, 112, 2),
    'depthwise5x5-240@28': depthwise(240, 5, 28), 'depthwise7x7-96@56': depthwise(96, 7, 56),
    'groups32-3x3-256@28': conv(256, 256, 3, 28, groups=32),
    'transposed2x2-s2-128-64@64': transposed(128, 64, 2, 64, 0),
    'transposed4x4-s2-128-64@32': transposed(128, 64, 4, 32, 1),
    'scores-12x197x64': ([(12, 197, 64), (12, 197, 64)], lambda q, k: q @ k.transpose(-1, -2), 2),
    'mix-12x197x197x64': ([(12, 197, 197), (12, 197, 64)], torch.matmul, 2),
    'attention-causal-12x512x64': ([(12, 512, 64)] * 3, attention, 3),
    'linear-197x768-3072': linear(197, 768, 3072), 'linear-1x4096-4096': linear(1, 4096, 4096),
    'linear-4x25088-4096': linear(4, 25088, 4096), 'linear-128x768-50257': linear(128, 768, 50257),
    'matmul-64': ([(64, 64)] * 2, torch.matmul, 2), 'matmul-1024': ([(1024, 1024)] * 2, torch.matmul, 2),
    'layerNorm-1024x768': ([(1024, 768), (768,), (768,)], lambda x, g, b: F.layer_norm(x, (768,), g, b), 3),
    'softmax-12x512x512': one((12, 512, 512), lambda x: x.softmax(-1)),
    'softmax-128x50257': one((128, 50257), lambda x: x.softmax(-1)),
    'crossEntropy-128x50257': ([(128, 50257), ('int', 128, 50257)], F.cross_entropy, 1),
    'batchNorm-4x64x56x56': ([(4, 64, 56, 56), (64,), (64,)], norm, 3),
    'maxPool3-s2-64@112': one((1, 64, 112, 112), lambda x: F.max_pool2d(x, 3, 2, 1)),
    'maxPool2-64@224': one((1, 64, 224, 224), lambda x: F.max_pool2d(x, 2)),
    'means-2048@7': one((4, 2048, 7, 7), lambda x: x.mean((2, 3))),
    'embedding-1024-of-50257x768': ([(50257, 768), ('int', 1024, 50257)], lambda w, i: F.embedding(i, w), 1),
    'embedding-128-of-5000x128': ([(5000, 128), ('int', 128, 5000)], lambda w, i: F.embedding(i, w), 1),
    'relu-1M': one((M,), F.relu), 'exp-1M': one((M,), torch.exp), 'tanh-1M': one((M,), torch.tanh),
    'sin-1M': one((M,), torch.sin), 'erf-1M': one((M,), torch.erf), 'gelu-1M': one((M,), F.gelu),
    'silu-1M': one((M,), F.silu), 'transpose-2048': one((2048, 2048), lambda x: x.T.contiguous()),
    'sum-4M': one((4 * M,), torch.sum), 'sum-rows-2048': one((2048, 2048), lambda x: x.sum(1)),
    'sum-columns-2048': one((2048, 2048), lambda x: x.sum(0)), 'cumSum-64x4096': one((64, 4096), lambda x: x.cumsum(1)),
    'argsort-64x4096': one((64, 4096), lambda x: x.argsort(stable=True), 0),
}


def numbers(shape, k):
    if shape and shape[0] == 'int':
        return labels(shape[1], k, shape[2])
    return hashed(math.prod(shape), k, 1).astype(np.float32).reshape(shape)


def gradients_of(xs, f, back):
    """Leaves, the value, and its cotangent in the same precision."""
    for x in xs[:back]:
        x.requires_grad_(True)
    y = f(*xs)
    return y, torch.from_numpy(numbers(tuple(y.shape), len(xs))).to(y.dtype)
