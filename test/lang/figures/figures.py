"""Figures as JSON: values of an operation, and the gradients of sum(cos(k) y[k]) over all its outputs. PyTorch in float64."""
import json
import math
import sys

import torch

torch.set_default_dtype(torch.float64)


def noise(shape, seed=1, scale=1.7):
    """Numbers without pattern, as test/lang/operations/apply.ts has them."""
    n = math.prod(shape)
    return torch.tensor([math.sin(12.9898 * (k + 1) + 78.233 * seed) * scale for k in range(n)]).reshape(shape)


def flat(t):
    return {'shape': list(t.shape), 'data': [round(float(v), 12) for v in t.detach().reshape(-1).tolist()]}


def tensor_of(t):
    kind = 'real' if t.dtype.is_floating_point else 'bool' if t.dtype == torch.bool else 'int'
    return {'dtype': kind, **flat(t)}


def case(f, *inputs):
    """f: from tensors to a tensor or a tuple of tensors."""
    xs = [x.clone().requires_grad_(True) if x.dtype.is_floating_point else x for x in inputs]
    ys = f(*xs)
    ys = ys if isinstance(ys, (tuple, list)) else (ys,)
    total = sum((torch.cos(torch.arange(y.numel(), dtype=torch.float64)).reshape(y.shape) * y).sum()
                for y in ys if y.dtype.is_floating_point)
    reals = [x for x in xs if x.dtype.is_floating_point]
    grads = torch.autograd.grad(total, reals, allow_unused=True) if torch.is_tensor(total) and total.requires_grad else [None] * len(reals)
    gradients = [None if g is None else flat(g)['data'] for g in grads]  # null: PyTorch has none in this argument
    return {'inputs': [tensor_of(x) for x in xs], 'outputs': [tensor_of(y) for y in ys], 'gradients': gradients}


def plain(value, *inputs):
    """Values alone, from another system than PyTorch: arrays."""
    ts = [torch.as_tensor(v) for v in (value if isinstance(value, (tuple, list)) else (value,))]
    return {'inputs': [tensor_of(x) for x in inputs], 'outputs': [tensor_of(t) for t in ts]}


def write(cases):
    json.dump(cases, sys.stdout, separators=(',', ':'))
    sys.stdout.write('\n')
