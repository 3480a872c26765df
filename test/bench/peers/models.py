"""The models of ../models in PyTorch, and their numbers: parameters in the same order, hashed as numbers.ts has them."""
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from common import hashed, labels

S, R = nn.Sequential, nn.ReLU


class Fn(nn.Module):
    def __init__(self, f):
        super().__init__()
        self.f = f

    def forward(self, x):
        return self.f(x)


class Residual(nn.Module):
    def __init__(self, main, short=None):
        super().__init__()
        self.main, self.short = main, short or nn.Identity()

    def forward(self, x):
        return self.main(x) + self.short(x)


class Scale(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))

    def forward(self, x):
        return x * self.scale


class Gated(nn.Module):
    def __init__(self, factors):
        super().__init__()
        self.factors = factors

    def forward(self, x):
        return x * self.factors(x)[:, :, None, None]


class Attention(nn.Module):
    def __init__(self, width, heads, causal):
        super().__init__()
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.heads, self.causal = heads, causal

    def forward(self, x):
        b, l, d = x.shape
        q, k, v = [t.view(b, l, self.heads, d // self.heads).transpose(1, 2) for t in self.qkv(x).split(d, -1)]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        return self.out(y.transpose(1, 2).reshape(b, l, d))


# -- models -----------------------------------------------------------------------------------------------------------

def mean():
    return Fn(lambda x: x.mean((2, 3)))


def cb(i, o, k, **options):
    return [nn.Conv2d(i, o, k, bias=False, **options), nn.BatchNorm2d(o)]


def lenet():
    return S(nn.Conv2d(1, 6, 5, padding=2), R(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), R(), nn.AvgPool2d(2), nn.Flatten(),
             nn.Linear(400, 120), R(), nn.Linear(120, 84), R(), nn.Linear(84, 10))


def alexnet():
    pool = lambda: nn.MaxPool2d(3, 2)
    return S(nn.Conv2d(3, 64, 11, 4, 2), R(), pool(), nn.Conv2d(64, 192, 5, padding=2), R(), pool(),
             nn.Conv2d(192, 384, 3, padding=1), R(), nn.Conv2d(384, 256, 3, padding=1), R(),
             nn.Conv2d(256, 256, 3, padding=1), R(), pool(), nn.AdaptiveAvgPool2d(6), nn.Flatten(),
             nn.Linear(9216, 4096), R(), nn.Linear(4096, 4096), R(), nn.Linear(4096, 1000))


def vgg16():
    layers, c = [], 3
    for width, depth in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for _ in range(depth):
            layers += [nn.Conv2d(c, width, 3, padding=1), R()]
            c = width
        layers.append(nn.MaxPool2d(2))
    return S(*layers, nn.AdaptiveAvgPool2d(7), nn.Flatten(), nn.Linear(25088, 4096), R(), nn.Linear(4096, 4096), R(),
             nn.Linear(4096, 1000))


def resnet(bottleneck, depths):
    def block(i, o, s):
        short = None if s == 1 and i == o else S(*cb(i, o, 1, stride=s))
        n = o // 4
        main = [*cb(i, n, 1), R(), *cb(n, n, 3, stride=s, padding=1), R(), *cb(n, o, 1)] if bottleneck else \
            [*cb(i, o, 3, stride=s, padding=1), R(), *cb(o, o, 3, padding=1)]
        return S(Residual(S(*main), short), R())

    def make():
        layers, c = [*cb(3, 64, 7, stride=2, padding=3), R(), nn.MaxPool2d(3, 2, 1)], 64
        for k, depth in enumerate(depths):
            for j in range(depth):
                width = (256 if bottleneck else 64) * 2 ** k
                layers.append(block(c, width, 2 if j == 0 and k > 0 else 1))
                c = width
        return S(*layers, mean(), nn.Linear(c, 1000))
    return make


def effnet():
    def block(e, k, s, i, o):
        m, q = i * e, max(1, i // 4)
        excite = Gated(S(mean(), nn.Linear(m, q), nn.SiLU(), nn.Linear(q, m), nn.Sigmoid()))
        main = S(*([] if e == 1 else [*cb(i, m, 1), nn.SiLU()]), *cb(m, m, k, stride=s, padding=(k - 1) // 2, groups=m),
                 nn.SiLU(), excite, *cb(m, o, 1))
        return Residual(main) if s == 1 and i == o else main
    layers, i = [*cb(3, 32, 3, stride=2, padding=1), nn.SiLU()], 32
    for e, k, s, o, n in [(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3),
                          (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)]:
        for j in range(n):
            layers.append(block(e, k, s if j == 0 else 1, i, o))
            i = o
    return S(*layers, *cb(320, 1280, 1), nn.SiLU(), mean(), nn.Linear(1280, 1000))


def convnext():
    last, first = Fn(lambda x: x.permute(0, 2, 3, 1)), Fn(lambda x: x.permute(0, 3, 1, 2))
    norm = lambda d: nn.LayerNorm(d, eps=1e-6)
    block = lambda d: Residual(S(nn.Conv2d(d, d, 7, padding=3, groups=d), last, norm(d), nn.Linear(d, 4 * d), nn.GELU(),
                                 nn.Linear(4 * d, d), Scale(d), first))
    dims = [96, 192, 384, 768]
    layers = [nn.Conv2d(3, 96, 4, 4), last, norm(96), first]
    for k, n in enumerate([3, 3, 9, 3]):
        layers += [block(dims[k]) for _ in range(n)]
        if k < 3:
            layers += [last, norm(dims[k]), first, nn.Conv2d(dims[k], dims[k + 1], 2, 2)]
    return S(*layers, mean(), norm(768), nn.Linear(768, 1000))


def double(i, o):
    return S(nn.Conv2d(i, o, 3, padding=1), R(), nn.Conv2d(o, o, 3, padding=1), R())


class Level(nn.Module):
    def __init__(self, i, c, depth):
        super().__init__()
        self.down = double(i, c)
        self.inner = S(nn.MaxPool2d(2), Level(c, 2 * c, depth - 1) if depth > 1 else double(c, 2 * c))
        self.up, self.join = nn.ConvTranspose2d(2 * c, c, 2, 2), double(2 * c, c)

    def forward(self, x):
        d = self.down(x)
        return self.join(torch.cat([d, self.up(self.inner(d))], 1))


def unet():
    return S(Level(3, 64, 4), nn.Conv2d(64, 2, 1))


def blocks(depth, width, heads, eps, causal, gelu):
    norm = lambda: nn.LayerNorm(width, eps=eps)
    return [layer for _ in range(depth) for layer in (
        Residual(S(norm(), Attention(width, heads, causal))),
        Residual(S(norm(), nn.Linear(width, 4 * width), gelu(), nn.Linear(4 * width, width))))]


class Tokens(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.token, self.positions = nn.Parameter(torch.zeros(1, d)), nn.Parameter(torch.zeros(n + 1, d))

    def forward(self, x):
        return torch.cat([self.token.expand(x.shape[0], 1, -1), x], 1) + self.positions


def vit():
    return S(nn.Conv2d(3, 768, 16, 16), Fn(lambda x: x.flatten(2).transpose(1, 2)), Tokens(196, 768),
             *blocks(12, 768, 12, 1e-6, False, nn.GELU), nn.LayerNorm(768, eps=1e-6), Fn(lambda x: x[:, 0]),
             nn.Linear(768, 1000))


class Gpt2(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.wpe = nn.Parameter(torch.zeros(50257, 768)), nn.Parameter(torch.zeros(1024, 768))
        self.body = S(*blocks(12, 768, 12, 1e-5, True, lambda: nn.GELU(approximate='tanh')), nn.LayerNorm(768))

    def forward(self, ids):
        return self.body(F.embedding(ids, self.wte) + self.wpe[:ids.shape[1]]) @ self.wte.T


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTM(128, 256, batch_first=True)

    def forward(self, x):
        return self.cell(x)[0][:, -1]


def resmlp():
    return S(*[Residual(S(nn.Linear(64, 64), R())) for _ in range(1000)], nn.Linear(64, 10))


# name: make, shape of an example, shape of its labels, classes, examples in a step
MODELS = {
    'lenet': (lenet, (1, 28, 28), (), 10, 1), 'alexnet': (alexnet, (3, 224, 224), (), 1000, 1),
    'vgg16': (vgg16, (3, 224, 224), (), 1000, 1),
    'resnet18': (resnet(False, [2, 2, 2, 2]), (3, 224, 224), (), 1000, 4),
    'resnet50': (resnet(True, [3, 4, 6, 3]), (3, 224, 224), (), 1000, 4),
    'effnet': (effnet, (3, 224, 224), (), 1000, 4), 'convnext': (convnext, (3, 224, 224), (), 1000, 1),
    'unet': (unet, (3, 128, 128), (128, 128), 2, 1), 'vit': (vit, (3, 224, 224), (), 1000, 1),
    'gpt2': (Gpt2, (128,), (128,), 50257, 1), 'lstm': (lambda: S(Lstm(), nn.Linear(256, 10)), (256, 128), (), 10, 1),
    'resmlp': (resmlp, (64,), (), 10, 1),
}


# multiplies the weights' spread: a thousand blocks that each double the variance would overflow
GAINS = {'resmlp': 0.03}


# -- numbers ----------------------------------------------------------------------------------------------------------

def fill(model, gain):
    norms = {id(m.weight) for m in model.modules() if isinstance(m, (nn.LayerNorm, nn.BatchNorm2d))}
    with torch.no_grad():
        for k, (name, p) in enumerate(model.named_parameters()):
            last = name.split('.')[-1]
            scale, offset = ((0.1, 1) if id(p) in norms else (0.02, 0.1) if last == 'scale' else (0.05, 0) if p.dim() <= 1
                             else (0.04, 0) if last in ('wte', 'wpe', 'positions', 'token')
                             else (gain * math.sqrt(3 / p[0].numel()), 0))
            p.copy_(torch.from_numpy(hashed(p.numel(), k, scale, offset).astype(np.float32).reshape(p.shape)))
    return model


def data(name, batch):
    _, shape, targets, classes, _ = MODELS[name]
    n = math.prod(shape) * batch
    x = labels(n, 1001, classes) if name == 'gpt2' else hashed(n, 1001, 1).astype(np.float32)
    y = labels(batch * math.prod(targets), 1002, classes)
    return torch.from_numpy(x).view(batch, *shape), torch.from_numpy(y).view(batch, *targets)


def loss(name, out, y):
    return F.cross_entropy(out.flatten(0, 1), y.flatten()) if name == 'gpt2' else F.cross_entropy(out, y)
