"""The figures of figures.json: parameters after steps of PyTorch's optimisers in float64, or of the equations of papers.

python figures.py > figures.json      # PyTorch 2.15, NumPy 2.4
"""
import json, math
import numpy as np
import torch

torch.set_default_dtype(torch.float64)
X = torch.tensor([[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0], [1.0, 1.0]])
Y = torch.tensor([[1.0, 0.0, -1.0], [0.5, 2.0, 0.0], [-1.0, 1.0, 0.5], [0.0, -0.5, 1.5]])
W0 = torch.tensor([[0.3, -0.6, 0.9], [-1.2, 0.45, 0.15]])
B0 = torch.tensor([0.1, -0.2, 0.05])


def loss(w, b):
    return ((X @ w + b - Y) ** 2).sum() / 4 + (w ** 4).sum() / 40


def start():
    return W0.clone().requires_grad_(), B0.clone().requires_grad_()


def flat(w, b):
    return [*map(float, w.detach().reshape(-1)), *map(float, b.detach().reshape(-1))]


def walk(make, steps=12, at=(1, 2, 6, 12), schedule=None):
    w, b = start()
    o = make([w, b])
    s = schedule(o) if schedule else None
    out = {}
    for k in range(1, steps + 1):
        o.zero_grad()
        loss(w, b).backward()
        o.step()
        if s:
            s.step()
        if k in at:
            out[k] = flat(w, b)
    return out


def by_hand(rule, steps=12, at=(1, 2, 6, 12)):
    """rule(p, g, state, t) -> p, on NumPy arrays; state is a dict for each tensor."""
    p, states, out = [W0.numpy().copy(), B0.numpy().copy()], [{}, {}], {}
    for t in range(1, steps + 1):
        w, b = (torch.tensor(x, requires_grad=True) for x in p)
        loss(w, b).backward()
        p = [rule(x, g.grad.numpy().copy(), s, t) for x, g, s in zip(p, (w, b), states)]
        if t in at:
            out[t] = [*map(float, p[0].reshape(-1)), *map(float, p[1].reshape(-1))]
    return out


def adam(p, g, s, t, lr=0.05):
    s['m'] = 0.9 * s.get('m', 0) + 0.1 * g
    s['v'] = 0.999 * s.get('v', 0) + 0.001 * g * g
    return p - lr * (s['m'] / (1 - 0.9 ** t)) / (np.sqrt(s['v'] / (1 - 0.999 ** t)) + 1e-8)


def lamb(p, g, s, t, lr=0.05, wd=0.1, eps=1e-6):
    s['m'] = 0.9 * s.get('m', 0) + 0.1 * g
    s['v'] = 0.999 * s.get('v', 0) + 0.001 * g * g
    u = (s['m'] / (1 - 0.9 ** t)) / (np.sqrt(s['v'] / (1 - 0.999 ** t)) + eps) + wd * p
    a, b = np.linalg.norm(p), np.linalg.norm(u)
    return p - lr * (a / b if a > 0 and b > 0 else 1) * u


def lars(p, g, s, t, lr=1.0, wd=0.01, m=0.9, trust=0.02):
    a, b = np.linalg.norm(p), np.linalg.norm(g)
    r = trust * a / (b + wd * a) if a > 0 and b > 0 else 1
    s['v'] = m * s.get('v', 0) + lr * r * (g + wd * p)
    return p - s['v']


def lion(p, g, s, t, lr=0.02, wd=0.1, b1=0.9, b2=0.99):
    m = s.get('m', np.zeros_like(g))
    u = np.sign(b1 * m + (1 - b1) * g)
    s['m'] = b2 * m + (1 - b2) * g
    return p - lr * (u + wd * p)


def muon(p, g, s, t, lr=0.05, wd=0.1, mu=0.95):
    if p.ndim != 2:
        return p - 0.05 * g
    s['v'] = mu * s.get('v', 0) + (1 - mu) * g
    u = mu * s['v'] + (1 - mu) * g
    tall = u.shape[0] > u.shape[1]
    x = u.T if tall else u
    x = x / max(np.linalg.norm(x), 1e-7)
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
    x = x.T if tall else x
    return p * (1 - lr * wd) - lr * math.sqrt(max(1, p.shape[0] / p.shape[1])) * x


def agc(p, g, s, t, lr=0.1, limit=0.1, eps=1e-3):
    def unit(x):
        return np.abs(x) if x.ndim < 2 else np.sqrt((x ** 2).sum(axis=tuple(range(x.ndim - 1)), keepdims=True))
    most, n = limit * np.maximum(unit(p), eps), unit(g)
    return p - lr * g * np.where(n > most, most / np.where(n == 0, 1, n), 1)


def lookahead(p, g, s, t):
    slow = s.setdefault('slow', p.copy())
    p = adam(p, g, s, t)
    if t % 5 == 0:
        s['slow'] = slow + 0.5 * (p - slow)
        p = s['slow'].copy()
    return p


def swa():
    """torch.optim.swa_utils.AveragedModel, updated after steps 4, 6, 8, 10, 12."""
    model = torch.nn.Module()
    w, b = start()
    model.w, model.b = torch.nn.Parameter(w.detach()), torch.nn.Parameter(b.detach())
    o = torch.optim.SGD(model.parameters(), lr=0.05)
    mean = torch.optim.swa_utils.AveragedModel(model)
    for t in range(1, 13):
        o.zero_grad()
        loss(model.w, model.b).backward()
        o.step()
        if t > 2 and t % 2 == 0:
            mean.update_parameters(model)
    return {12: flat(mean.module.w, mean.module.b)}


def lbfgs(**kw):
    w, b = start()
    o = torch.optim.LBFGS([w, b], max_iter=1, max_eval=10 ** 6, tolerance_grad=0, tolerance_change=0, **kw)
    out = {}

    def closure():
        o.zero_grad()
        value = loss(w, b)
        value.backward()
        return value
    for k in range(1, 13):
        o.step(closure)
        if k in (1, 2, 6, 12):
            out[k] = flat(w, b)
    return out


def rates(make, n=14, lr=0.1):
    p = torch.zeros(1, requires_grad=True)
    o = torch.optim.SGD([p], lr=lr)
    s, out = make(o), []
    for k in range(n):
        out.append(o.param_groups[0]['lr'])
        o.step()
        try:
            s.step()
        except ValueError:
            break
    return out


def marquardt():
    """Levenberg-Marquardt with damping scaled by 1/3 or 2 (Marquardt 1963): a exp(b t) to five points."""
    t = np.array([0.0, 0.5, 1.0, 1.5, 2.0])
    y = np.array([2.0, 1.3, 0.8, 0.55, 0.3])
    p, mu, out = np.array([1.0, 0.0]), 0.01, {}
    res = lambda q: q[0] * np.exp(q[1] * t) - y
    for k in range(1, 11):
        r, e = res(p), np.exp(p[1] * t)
        J = np.stack([e, p[0] * t * e], 1)
        A = J.T @ J
        d = -np.linalg.solve(A + mu * np.diag(np.diag(A)), J.T @ r)
        if (res(p + d) ** 2).sum() < (r ** 2).sum():
            p, mu = p + d, mu / 3
        else:
            mu = mu * 2
        out[k] = [float(p[0]), float(p[1]), mu]
    return out


def sophia():
    """The loss is a sum of a p^4 / 4, whose Hessian is diagonal: random signs estimate it exactly."""
    a, p, m, h, out = np.array([1.0, 4.0, 0.25]), np.array([1.0, -0.5, 2.0]), np.zeros(3), np.zeros(3), {}
    for t in range(1, 13):
        g = a * p ** 3
        m = 0.96 * m + 0.04 * g
        if t % 4 == 1:
            h = 0.99 * h + 0.01 * 3 * a * p ** 2
        p = p * (1 - 0.05 * 0.1) - 0.05 * np.clip(m / np.maximum(2.0 * h, 1e-12), -1, 1)
        out[t] = [*map(float, p)]
    return out


L = torch.optim.lr_scheduler
O = torch.optim
print(json.dumps({
    'adamax': walk(lambda p: O.Adamax(p, lr=0.05, weight_decay=0.1)),
    'nadam': walk(lambda p: O.NAdam(p, lr=0.05, weight_decay=0.1, momentum_decay=0.3)),
    'radam': walk(lambda p: O.RAdam(p, lr=0.05, weight_decay=0.1)),
    'rprop': walk(lambda p: O.Rprop(p, lr=0.3)),
    'asgd': walk(lambda p: O.ASGD(p, lr=0.1, lambd=0.3, t0=4, weight_decay=0.1)),
    'adafactor': walk(lambda p: O.Adafactor(p, lr=0.3, weight_decay=0.1, eps=(1e-7, 1e-3))),
    'lamb': by_hand(lamb),
    'lars': by_hand(lars),
    'lion': by_hand(lion),
    'muon': by_hand(muon),
    'clipAdaptive': by_hand(agc),
    'lookahead': by_hand(lookahead),
    'weightAverage': swa(),
    'lbfgs': lbfgs(lr=0.3, history_size=3),
    'marquardt': marquardt(),
    'sophia': sophia(),
    'cosine': rates(lambda o: L.CosineAnnealingLR(o, 8, 0.01), n=9),
    'polynomial': rates(lambda o: L.PolynomialLR(o, 8, power=2.0)),
    'oneCycle': rates(lambda o: L.OneCycleLR(o, max_lr=0.1, total_steps=12), n=12),
    'cosineRestarts': rates(lambda o: L.CosineAnnealingWarmRestarts(o, 3, T_mult=2, eta_min=0.01), n=30),
    'cosineRestartsEqual': rates(lambda o: L.CosineAnnealingWarmRestarts(o, 4, eta_min=0.01), n=14),
    'piecewise': rates(lambda o: L.MultiStepLR(o, [3, 7], 0.1)),
    'joined': rates(lambda o: L.SequentialLR(o, [L.ConstantLR(o, 0.1, 100), L.ExponentialLR(o, 0.9)], [5]), n=12),
}, indent=1))
