"""Figures of PyTorch in float64 for narrowed copies of the published networks: writes figures.json beside this file.

    python figures.py

Each network is written by hand, with its parameters in the order of ours; both sides fill them by one hash. Figures:
the outputs of one example in mode eval; the gradients there, each as its product with hashed numbers; the same of two
examples in mode train, with the running statistics that follow, where a network has any.
"""
import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

here = pathlib.Path(__file__).parent
sys.path.append(str(here / '../../bench/peers'))
from models import Attention, Fn, Gated, R, Residual, S, Scale, Tokens, blocks, cb, fill, hashed, labels, mean  # noqa: E402


def lenet(channels, widths, hidden, size, classes):
    (a, b), (c, d), side = widths, hidden, (size // 2 - 4) // 2
    return S(nn.Conv2d(channels, a, 5, padding=2), R(), nn.AvgPool2d(2), nn.Conv2d(a, b, 5), R(), nn.AvgPool2d(2),
             nn.Flatten(), nn.Linear(b * side * side, c), R(), nn.Linear(c, d), R(), nn.Linear(d, classes))


def alexnet(widths, hidden, classes):
    pool, (a, b, c, d, e) = lambda: nn.MaxPool2d(3, 2), widths
    return S(nn.Conv2d(3, a, 11, 4, 2), R(), pool(), nn.Conv2d(a, b, 5, padding=2), R(), pool(),
             nn.Conv2d(b, c, 3, padding=1), R(), nn.Conv2d(c, d, 3, padding=1), R(), nn.Conv2d(d, e, 3, padding=1), R(),
             pool(), nn.AdaptiveAvgPool2d(6), nn.Flatten(), nn.Linear(36 * e, hidden), R(), nn.Linear(hidden, hidden), R(),
             nn.Linear(hidden, classes))


def vgg(depths):
    def make(widths, hidden, classes):
        layers, c = [], 3
        for width, depth in zip(widths, depths):
            for _ in range(depth):
                layers += [nn.Conv2d(c, width, 3, padding=1), R()]
                c = width
            layers.append(nn.MaxPool2d(2))
        return S(*layers, nn.AdaptiveAvgPool2d(7), nn.Flatten(), nn.Linear(49 * c, hidden), R(), nn.Linear(hidden, hidden),
                 R(), nn.Linear(hidden, classes))
    return make


def resnet(bottleneck):
    def block(i, o, s):
        short = None if s == 1 and i == o else S(*cb(i, o, 1, stride=s))
        n = o // 4
        main = [*cb(i, n, 1), R(), *cb(n, n, 3, stride=s, padding=1), R(), *cb(n, o, 1)] if bottleneck else \
            [*cb(i, o, 3, stride=s, padding=1), R(), *cb(o, o, 3, padding=1)]
        return S(Residual(S(*main), short), R())

    def make(widths, depths, stem, classes):
        layers, c = [*cb(3, stem, 7, stride=2, padding=3), R(), nn.MaxPool2d(3, 2, 1)], stem
        for k, depth in enumerate(depths):
            for j in range(depth):
                layers.append(block(c, widths[k], 2 if j == 0 and k > 0 else 1))
                c = widths[k]
        return S(*layers, mean(), nn.Linear(c, classes))
    return make


def inverted(act, excite):
    def block(e, k, s, i, o):
        m, q = i * e, max(1, i // 4)
        gate = [Gated(S(mean(), nn.Linear(m, q), nn.SiLU(), nn.Linear(q, m), nn.Sigmoid()))] if excite else []
        main = S(*([] if e == 1 else [*cb(i, m, 1), act()]), *cb(m, m, k, stride=s, padding=(k - 1) // 2, groups=m), act(),
                 *gate, *cb(m, o, 1))
        return Residual(main) if s == 1 and i == o else main

    def make(blocks, stem, head, classes):
        layers, i = [*cb(3, stem, 3, stride=2, padding=1), act()], stem
        for b in blocks:
            for j in range(b['times']):
                layers.append(block(b['expand'], b['kernel'], b['stride'] if j == 0 else 1, i, b['to']))
                i = b['to']
        return S(*layers, *cb(i, head, 1), act(), mean(), nn.Linear(head, classes))
    return make


def convnext(widths, depths, classes):
    last, first = Fn(lambda x: x.permute(0, 2, 3, 1)), Fn(lambda x: x.permute(0, 3, 1, 2))
    norm = lambda d: nn.LayerNorm(d, eps=1e-6)
    block = lambda d: Residual(S(nn.Conv2d(d, d, 7, padding=3, groups=d), last, norm(d), nn.Linear(d, 4 * d), nn.GELU(),
                                 nn.Linear(4 * d, d), Scale(d), first))
    layers = [nn.Conv2d(3, widths[0], 4, 4), last, norm(widths[0]), first]
    for k, n in enumerate(depths):
        if k > 0:
            layers += [last, norm(widths[k - 1]), first, nn.Conv2d(widths[k - 1], widths[k], 2, 2)]
        layers += [block(widths[k]) for _ in range(n)]
    return S(*layers, mean(), norm(widths[-1]), nn.Linear(widths[-1], classes))


def vit(size, patch, width, heads, depth, classes):
    return S(nn.Conv2d(3, width, patch, patch), Fn(lambda x: x.flatten(2).transpose(1, 2)), Tokens((size // patch) ** 2, width),
             *blocks(depth, width, heads, 1e-6, False, nn.GELU), nn.LayerNorm(width, eps=1e-6), Fn(lambda x: x[:, 0]),
             nn.Linear(width, classes))


class WindowAttention(nn.Module):
    """As torchvision's shifted_window_attention: padded, rolled, cut into windows, masked by -100 across the seams."""

    def __init__(self, width, heads, window, shift):
        super().__init__()
        self.table = nn.Parameter(torch.zeros((2 * window - 1) ** 2, heads))
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.heads, self.window, self.shift = heads, window, shift
        c = torch.stack(torch.meshgrid(torch.arange(window), torch.arange(window), indexing='ij')).flatten(1)
        r = (c[:, :, None] - c[:, None, :]).permute(1, 2, 0) + window - 1
        self.index = (r[..., 0] * (2 * window - 1) + r[..., 1]).flatten()

    def forward(self, x):
        n, h, w, d = x.shape
        k, l = self.window, self.window ** 2
        x = F.pad(x, (0, 0, 0, -w % k, 0, -h % k))
        _, ph, pw, _ = x.shape
        shifts = [0 if k >= ph else self.shift, 0 if k >= pw else self.shift]
        x = torch.roll(x, [-s for s in shifts], (1, 2))
        cut = lambda y: y.view(n, ph // k, k, pw // k, k, -1).permute(0, 1, 3, 2, 4, 5).reshape(-1, l, y.shape[-1])
        q, key, v = [t.view(-1, l, self.heads, d // self.heads).transpose(1, 2) for t in self.qkv(cut(x)).split(d, -1)]
        scores = q * (d // self.heads) ** -0.5 @ key.transpose(-2, -1)
        scores = scores + self.table[self.index].view(l, l, -1).permute(2, 0, 1)
        if sum(shifts) > 0:
            part = torch.zeros(ph, pw)
            edge = lambda size, s: [(0, size - k), (size - k, size - s), (size - s, size)]
            for i, (a, b) in enumerate(edge(ph, shifts[0])):
                for j, (c, e) in enumerate(edge(pw, shifts[1])):
                    part[a:b, c:e] = 3 * i + j
            part = part.view(ph // k, k, pw // k, k).permute(0, 2, 1, 3).reshape(-1, l)
            mask = torch.where(part[:, None, :] == part[:, :, None], 0.0, -100.0)
            scores = (scores.view(n, -1, self.heads, l, l) + mask[None, :, None]).view(-1, self.heads, l, l)
        y = self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(-1, l, d))
        y = y.view(n, ph // k, pw // k, k, k, d).permute(0, 1, 3, 2, 4, 5).reshape(n, ph, pw, d)
        return torch.roll(y, shifts, (1, 2))[:, :h, :w]


def merge(d):
    def pieces(x):
        x = F.pad(x, (0, 0, 0, x.shape[2] % 2, 0, x.shape[1] % 2))
        return torch.cat([x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]], -1)
    return [Fn(pieces), nn.LayerNorm(4 * d), nn.Linear(4 * d, 2 * d, bias=False)]


def swin(patch, width, depths, heads, window, classes):
    norm, d = nn.LayerNorm, width
    layers = [nn.Conv2d(3, d, patch, patch), Fn(lambda x: x.permute(0, 2, 3, 1)), norm(d)]
    for k, depth in enumerate(depths):
        if k > 0:
            layers += merge(d)
            d *= 2
        for j in range(depth):
            layers += [Residual(S(norm(d), WindowAttention(d, heads[k], window, 0 if j % 2 == 0 else window // 2))),
                       Residual(S(norm(d), nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d)))]
    return S(*layers, norm(d), Fn(lambda x: x.mean((1, 2))), nn.Linear(d, classes))


class Gpt2(nn.Module):
    def __init__(self, symbols, length, width, heads, depth):
        super().__init__()
        self.wte, self.wpe = nn.Parameter(torch.zeros(symbols, width)), nn.Parameter(torch.zeros(length, width))
        self.body = S(*blocks(depth, width, heads, 1e-5, True, lambda: nn.GELU(approximate='tanh')), nn.LayerNorm(width))

    def forward(self, ids):
        return self.body(F.embedding(ids, self.wte) + self.wpe[:ids.shape[1]]) @ self.wte.T


groups = [dict(expand=1, kernel=3, stride=1, to=4, times=1), dict(expand=2, kernel=5, stride=2, to=6, times=2)]
deep = dict(widths=[8, 8, 12, 16], depths=[1, 2, 1, 1], stem=6, classes=5)
# name: the network, its options, the shape of an example
NETWORKS = {
    'leNet5': (lenet, dict(channels=2, widths=[3, 4], hidden=[7, 6], size=20, classes=5), (2, 20, 20)),
    'alexNet': (alexnet, dict(widths=[2, 3, 4, 3, 2], hidden=5, classes=4), (3, 67, 63)),
    'vgg11': (vgg([1, 1, 2, 2, 2]), dict(widths=[2, 3, 4, 3, 2], hidden=5, classes=4), (3, 32, 36)),
    'vgg16': (vgg([2, 2, 3, 3, 3]), dict(widths=[2, 3, 4, 3, 2], hidden=5, classes=4), (3, 36, 32)),
    'resNet18': (resnet(False), deep, (3, 37, 32)), 'resNet50': (resnet(True), deep, (3, 32, 37)),
    'mobileNetV2': (inverted(nn.ReLU6, False), dict(blocks=groups, stem=4, head=7, classes=5), (3, 15, 16)),
    'efficientNetB0': (inverted(nn.SiLU, True), dict(blocks=groups, stem=4, head=7, classes=5), (3, 16, 15)),
    'convNeXtTiny': (convnext, dict(widths=[4, 6, 8, 6], depths=[1, 1, 2, 1], classes=5), (3, 32, 32)),
    'vitB16': (vit, dict(size=12, patch=4, width=6, heads=2, depth=2, classes=5), (3, 12, 12)),
    'swinT': (swin, dict(patch=2, width=4, depths=[2, 2, 1], heads=[2, 2, 4], window=3, classes=5), (3, 16, 14)),
    'gpt2': (Gpt2, dict(symbols=11, length=9, width=6, heads=2, depth=2), (7,)),
}


def examples(name, shape, n):
    size = n * int(np.prod(shape))
    x = torch.from_numpy(labels(size, 1001, 11)) if name == 'gpt2' else single(size, 1001, 1)
    return x.view(n, *shape)


def single(count, k, scale, offset=0.0):
    return torch.from_numpy(hashed(count, k, scale, offset).astype(np.float32).astype(np.float64))


def products(net, out):
    """The loss is the product of the output with hashed numbers."""
    loss = (out * single(out.numel(), 2000, 1).view(out.shape)).sum()
    grads = torch.autograd.grad(loss, list(net.parameters()))
    return [(g * single(g.numel(), 3000 + k, 1).view(g.shape)).sum().item() for k, g in enumerate(grads)]


def figures(name):
    make, options, shape = NETWORKS[name]
    net = fill(make(**options).double(), 1)
    statistics = [b for b in net.buffers() if b.dim() > 0]
    for k, b in enumerate(statistics):  # mean, variance, mean, ...
        b.copy_(single(b.numel(), 4000 + k, 0.2, k % 2))
    net.eval()
    out = net(examples(name, shape, 1))
    found = dict(options=options, shape=shape, output=out.flatten().tolist(), gradient=products(net, out))
    if statistics:
        net.train()
        out = net(examples(name, shape, 2))
        found |= dict(trained=dict(output=out.flatten().tolist(), gradient=products(net, out),
                                   statistics=[v for b in statistics for v in b.tolist()]))
    return found


if __name__ == '__main__':
    torch.set_default_dtype(torch.float64)
    result = dict(made_by=f'torch {torch.__version__.split("+")[0]}', networks={n: figures(n) for n in NETWORKS})
    (here / 'figures.json').write_text(json.dumps(result) + '\n')
