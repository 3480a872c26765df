#!/usr/bin/python3
"""PyTorch on the CPU, eager, with torch.optim: one workload in this process, its line as JSON.

torch_peer.py WORKLOAD THREADS SECONDS PARAMETERS      PARAMETERS: [[shape, scale, offset?], ...] as definitions.ts has them
"""
import json
import math
import statistics
import sys

import numpy as np
import torch
import torch.nn.functional as F

from common import checksums, line, peak, timed

NAME, THREADS, SECONDS, TABLE = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), json.loads(sys.argv[4])
torch.set_num_threads(THREADS)


# -- numbers ----------------------------------------------------------------------------------------------------------

def fill(shape, scale, c, offset=0.0):
    i = np.arange(math.prod(shape), dtype=np.float64)
    return torch.from_numpy((offset + scale * np.sin(0.37 * i + c)).astype(np.float32).reshape(shape))


def images(*shape):
    return fill(shape, 0.5, 100.0, 0.5)


def onehot(batch):
    y = torch.zeros(batch, 10)
    b = torch.arange(batch)
    y[b, (7 * b + 3) % 10] = 1.0
    return y


def parameters():
    return [fill(p[0], p[1], float(k), *p[2:]).requires_grad_(True) for k, p in enumerate(TABLE)]


# -- the line ---------------------------------------------------------------------------------------------------------

def report(step, loss, gradients, loss10=None, **more):
    times = timed(step, SECONDS, warm=1.0, least=10)
    if NAME.startswith('W7-'):
        more['gflops'] = round(2 * int(NAME[3:]) ** 3 / statistics.median(times) / 1e6, 2)
    line(f'torch-{THREADS}t', NAME, times, loss=loss, loss10=loss10, **checksums([g.detach() for g in gradients]), **more)


# -- models -----------------------------------------------------------------------------------------------------------

def deep(p, x, y):
    h = torch.tanh(torch.addmm(p[1], x, p[0]))
    h = torch.tanh(torch.addmm(p[3], h, p[2]))
    return F.mse_loss(torch.addmm(p[5], h, p[4]), y)


def mlp(p, x, y):
    return F.cross_entropy(torch.addmm(p[3], torch.relu(torch.addmm(p[1], x, p[0])), p[2]), y)


def cnn(p, x, y):
    h = F.max_pool2d(torch.relu(F.conv2d(x, p[0], p[1])), 3)
    h = F.max_pool2d(torch.relu(F.conv2d(h, p[2], p[3])), 2).reshape(64, 256)
    return F.cross_entropy(torch.addmm(p[7], torch.relu(torch.addmm(p[5], h, p[4])), p[6]), y)


def small_cnn(p, x, y):
    h = x
    for k in (0, 2, 4):
        h = F.max_pool2d(torch.relu(F.conv2d(h, p[k], p[k + 1], padding=1)), 2)
    return F.cross_entropy(torch.addmm(p[9], torch.relu(torch.addmm(p[7], h.reshape(64, 128), p[6])), p[8]), y)


def transformer(p, x):
    a = F.layer_norm(x, (128,), p[0], p[1], 1e-5)
    q, k, v = torch.addmm(p[3], a, p[2]).reshape(8, 64, 3, 4, 32).permute(2, 0, 3, 1, 4)
    s = torch.softmax(q @ k.transpose(-1, -2) * (1 / math.sqrt(32)), -1)
    h = x + torch.addmm(p[5], (s @ v).transpose(1, 2).reshape(512, 128), p[4])
    m = F.layer_norm(h, (128,), p[6], p[7], 1e-5)
    y = h + torch.addmm(p[11], F.gelu(torch.addmm(p[9], m, p[8]), approximate='tanh'), p[10])
    return (y * y).sum()


def chain(p):
    return (torch.tanh(p[0]) * torch.sin(p[0]) + torch.exp(-p[0] * p[0])).sum()


def rosenbrock(p):
    a, b = p[0][:-1], p[0][1:]
    return (100 * (b - a * a) ** 2 + (1 - a) ** 2).sum()


# -- steps ------------------------------------------------------------------------------------------------------------

def train(model, data, rate=0.05, adam=False):
    p = parameters()
    rule = torch.optim.Adam(p, lr=1e-3, betas=(0.9, 0.999), eps=1e-8) if adam else torch.optim.SGD(p, lr=rate)

    def step():
        rule.zero_grad(set_to_none=True)
        loss = model(p, *data)
        loss.backward()
        rule.step()
        return loss.item()

    if NAME == 'W11':
        print(json.dumps(dict(loss=step(), rss=peak())))
        return
    loss = model(p, *data)
    gradients = torch.autograd.grad(loss, p)
    loss10 = [step() for _ in range(11)][10]
    report(step, loss.item(), gradients, loss10)


def gradient(model, p, *data, host=False):
    def step():
        loss = model(p, *data)
        found = torch.autograd.grad(loss, p)
        return loss.item(), [g.numpy() for g in found] if host else None

    loss = model(p, *data)
    report(step, loss.item(), torch.autograd.grad(loss, p))


def product():
    a, b = (p.detach() for p in parameters())
    c = a @ b
    report(lambda: a @ b, float(c.double().sum()), [c])


def hvp(data):
    """Reverse over reverse: the gradient of <grad L, v>."""
    p = parameters()
    along = [fill(t[0], 1.0, 50.0 + k) for k, t in enumerate(TABLE)]

    def once():
        loss = deep(p, *data)
        g = torch.autograd.grad(loss, p, create_graph=True)
        gv = sum((a * b).sum() for a, b in zip(g, along))
        return loss, gv, torch.autograd.grad(gv, p)

    loss, gv, hv = once()
    report(lambda: once()[1].item(), loss.item(), hv, gv=gv.item())


def curve(rows, columns):
    return fill((rows, columns), 1.0, 100.0), fill((rows, 1), 1.0, 101.0)


BATCH = int(NAME[4:]) if NAME.startswith('W10-') else 512 if NAME == 'W2b512' else 64
if NAME == 'W1':
    train(deep, curve(64, 2))
elif NAME in ('W2', 'W2b512', 'W11', 'W12') or NAME.startswith('W10-'):
    train(mlp, (images(BATCH, 784), onehot(BATCH)), adam=NAME == 'W12')
elif NAME == 'W3':
    train(cnn, (images(64, 1, 28, 28), onehot(64)), rate=0.01)
elif NAME == 'W4':
    train(small_cnn, (images(64, 1, 28, 28), onehot(64)), rate=0.01)
elif NAME == 'W5':
    gradient(transformer, parameters(), fill((512, 128), 1.0, 100.0))
elif NAME == 'W6':
    gradient(chain, parameters())
elif NAME.startswith('W7-'):
    product()
elif NAME == 'W8':
    hvp(curve(128, 20))
elif NAME == 'W9':
    gradient(rosenbrock, [fill((100,), 1.0, 0.5).requires_grad_(True)], host=True)
else:
    raise SystemExit(f'no workload is called {NAME}')
