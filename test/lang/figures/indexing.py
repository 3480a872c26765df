"""Figures for indexing.test.ts: python indexing.py > indexing.json, with PyTorch 2.15 and JAX 0.10."""
import jax
import jax.numpy as jnp
import numpy
import torch
from figures import case, flat, noise, plain, tensor_of, write

jax.config.update('jax_enable_x64', True)
cases = {}


def jax_case(f, *inputs):
    """As case, by JAX."""
    xs = [jnp.asarray(x.numpy()) for x in inputs]
    reals = [k for k, x in enumerate(inputs) if x.dtype.is_floating_point]
    y = f(*xs)

    def total(*rs):
        full = list(xs)
        for k, r in zip(reals, rs):
            full[k] = r
        out = f(*full)
        return (jnp.cos(jnp.arange(out.size)).reshape(out.shape) * out).sum()
    grads = jax.grad(total, argnums=tuple(range(len(reals))))(*[xs[k] for k in reals])
    to = lambda a: torch.from_numpy(numpy.array(a))
    return {'inputs': [tensor_of(x) for x in inputs], 'outputs': [tensor_of(to(y))],
            'gradients': [flat(to(g))['data'] for g in grads]}


# -- at
x, i, j = noise([4, 3, 2]), torch.tensor([3, 0, 3]), torch.tensor([[1], [2]])
row, part = noise([3, 3, 2], 2), noise([2, 3, 2], 2)
cases['at get'] = jax_case(lambda x, i: x[i], x, i)
cases['at get of two'] = jax_case(lambda x, i, j: x[i, j], x, i, j)
cases['at get of an axis'] = jax_case(lambda x, i: x[:, i - 1], x, i)
cases['at get fill'] = jax_case(lambda x, i: x.at[i].get(mode='fill', fill_value=7.5), x, torch.tensor([1, 9, 4]))
cases['at get wrap'] = jax_case(lambda x, i: jnp.take(x, i, axis=0, mode='wrap'), x, torch.tensor([-1, 5, 2]))
cases['at get clip'] = jax_case(lambda x, i: x.at[i].get(mode='clip'), x, torch.tensor([9, 1, 2]))
cases['at set'] = jax_case(lambda x, i, v: x.at[i].set(v), x, torch.tensor([3, 0, 2]), row)
cases['at set of two'] = jax_case(lambda x, i, j, v: x.at[i, j].set(v), x, torch.tensor([3, 0, 1]), j, part)
cases['at set fill'] = jax_case(lambda x, i, v: x.at[i].set(v, mode='drop'), x, torch.tensor([3, 9, 2]), row)
cases['at set of a number'] = jax_case(lambda x, v: x.at[:, -1].set(v), x, noise([4, 2], 2))
cases['at add'] = jax_case(lambda x, i, v: x.at[i].add(v), x, i, row)
cases['at multiply'] = jax_case(lambda x, i, j, v: x.at[i, j].multiply(v, unique_indices=True), x, torch.tensor([3, 0, 1]), j, part)
cases['at max'] = case(lambda x, i, v: x.index_reduce(0, i, v, 'amax'), x, i, row)
cases['at min'] = case(lambda x, i, v: x.index_reduce(0, i, v, 'amin'), x, i, row)

# -- along an axis
y, s = noise([4, 3]), noise([5, 2], 2)
index = torch.tensor([[0, 3], [1, 3], [0, 3], [0, 1], [2, 2]])
tied, ties = torch.tensor([[1.0, 2.0, 0.0]] * 4), torch.tensor([[1.0, 2.0], [3.0, 2.0], [1.0, 2.0], [0.0, 5.0], [4.0, 0.0]])
names = {'sum': 'add', 'prod': 'multiply', 'amax': 'max', 'amin': 'min', 'mean': 'mean'}
for reduce, name in names.items():
    for own in [True, False]:
        f = lambda a, i, b, r=reduce, o=own: a.scatter_reduce(0, i, b, r, include_self=o)
        cases[f'scatterReduce {name} {own}'] = case(f, y, index, s)
        cases[f'indexReduce {name} {own}'] = None
        if reduce != 'sum':
            g = lambda a, i, b, r=reduce, o=own: a.index_reduce(1, i, b, r, include_self=o)
            cases[f'indexReduce {name} {own}'] = case(g, y, torch.tensor([2, 0, 2]), noise([4, 3], 3))
        else:
            del cases[f'indexReduce {name} {own}']
    cases[f'scatterReduce {name} ties'] = case(lambda a, i, b, r=reduce: a.scatter_reduce(0, i, b, r), tied, index, ties)
with_zeros = ties * (ties != 1)
cases['scatterReduce multiply zeros'] = case(lambda a, i, b: a.scatter_reduce(0, i, b, 'prod'), tied, index, with_zeros)
once = torch.tensor([[0, 3], [1, 2], [3, 1]])
cases['putAlongAxis'] = case(lambda a, i, b: a.scatter(0, i, b), y, once, noise([3, 2], 2))
cases['putAlongAxis of a number'] = case(lambda a, i: a.scatter(1, i, 2.5), y, torch.tensor([[0, 2], [1, 1]]))
cases['takeAlongAxis'] = case(lambda a, i: torch.take_along_dim(a, i, 0), noise([4, 1, 3]), torch.tensor([[[3], [0]], [[1], [1]]]))
cases['indexCopy'] = case(lambda a, i, b: a.index_copy(1, i, b), y, torch.tensor([2, 0]), noise([4, 2], 2))
cases['indexFill'] = case(lambda a, i: a.index_fill(0, i, -3), y, torch.tensor([2, 0, 2]))
cases['indexAdd'] = case(lambda a, i, b: a.index_add(1, i, b), y, torch.tensor([2, 0, 2]), noise([4, 3], 2))
cases['indexSelect'] = case(lambda a, i: a.index_select(1, i), y, torch.tensor([2, 0, 2]))
cases['sliceScatter'] = case(lambda a, b: a.slice_scatter(b, 0, 1, 4, 2), y, noise([2, 3], 2))
cases['selectScatter'] = case(lambda a, b: a.select_scatter(b, 1, -2), y, noise([4], 2))
for k in [-2, 0, 1]:
    size = torch.diagonal(y, k).numel()
    cases[f'diagonalScatter {k}'] = case(lambda a, b, k=k: a.diagonal_scatter(b, k), y, noise([size], 2))

# -- masks
m = torch.tensor([[True, False, True], [False, False, True], [True, True, True], [False, True, False]])
M = torch.masked
cases['maskedFill'] = case(lambda a, k: a.masked_fill(k, 2.5), y, m[:, :1])
cases['maskedScatter'] = case(lambda a, k, b: a.masked_scatter(k, b), y, m, noise([4, 4], 2))
for name, f in {'Sum': M.sum, 'Prod': M.prod, 'Mean': M.mean, 'Max': M.amax, 'Min': M.amin, 'Logsumexp': M.logsumexp}.items():
    cases[f'masked{name}'] = case(lambda a, k, f=f: f(a, 1, mask=k), y, m)
cases['maskedVariance'] = case(lambda a, k: M.var(a, 0, unbiased=False, mask=k, keepdim=True), y, m)
cases['maskedStd'] = case(lambda a, k: M.std(a, 0, unbiased=False, mask=k), y, torch.tensor([[True], [True], [False], [True]]).expand(4, 3).clone())
cases['maskedSoftmax'] = case(lambda a, k: M.softmax(a, 1, mask=k), y, m)
cases['maskedCumSum'] = case(lambda a, k: M.cumsum(a, 0, mask=k), y, m)
cases['maskedCumProd'] = case(lambda a, k: M.cumprod(a, 1, mask=k), y, m)
cases['maskedArgmax'] = case(lambda a, k: M.argmax(a, 1, mask=k).long(), y, m)
cases['maskedArgmin'] = case(lambda a, k: M.argmin(a, 0, mask=k).long(), y, m)
write(cases)
