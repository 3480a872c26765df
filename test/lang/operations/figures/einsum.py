"""Writes einsum.json: equations and products, by numpy 2.4.6 and jax 0.10.2.

    python3 test/lang/operations/figures/einsum.py
"""

import jax.numpy as jnp
import numpy as np
from figures import row, write

rng = np.random.default_rng(8)
n = lambda *shape: rng.normal(size=shape)
names = "xyz"


def equation(text, *args):
    row(f"einsum('{text}')({', '.join(names[:len(args)])})", args, np.einsum(text, *args), lambda *a: jnp.einsum(text, *a))


equation("ij,jk", n(2, 3), n(3, 4))
equation("ba,bC", n(2, 3), n(2, 4))
equation("ii", n(3, 3))
equation("ii->i", n(3, 3))
equation("ji", n(2, 3))
equation("...", n(2, 3))
equation("...ij,...jk", n(5, 1, 2, 3), n(4, 3, 2))
equation("...ij,...jk->...ki", n(5, 1, 2, 3), n(4, 3, 2))
equation("i...,i...->...", n(3, 2), n(3, 1))
equation("i...j,j->i...", n(2, 4, 5, 3), n(3))
equation("...i,...i", n(3), n(4, 3))
equation("...,...", n(2, 3), n())
equation("...ii->...i", n(2, 3, 3))
equation("ij,ij->ij", n(1, 3), n(2, 1))
equation("ij,jk->ik", n(2, 1), n(3, 4))
equation("ij,ij->", n(1, 3), n(2, 3))
equation("i,i->i", n(1), n(1))
equation("b i j , b j k -> b i k", n(2, 2, 3), n(2, 3, 4))
equation("ij,jk,kl->il", n(2, 3), n(3, 4), n(4, 2))
equation("i,j,k", n(2), n(3), n(4))
equation("iij,jk->ki", n(2, 2, 3), n(3, 4))
equation("i,ij,ij->j", n(2), n(2, 3), n(1, 3))
v, m = n(3), n(2, 3)
row("einsum('i->ii')(x)", [v], np.diag(v), jnp.diag)
row("einsum('ij->iji')(x)", [m], np.einsum("ij,ik->ijk", m, np.eye(2)), lambda a: jnp.einsum("ij,ik->ijk", a, jnp.eye(2)))
row("einsum('i->iii')(x)", [v], np.einsum("i,ij,ik->ijk", v, np.eye(3), np.eye(3)))
row("einsum('...->...')(x)", [v], v)
row("einsum('...i->...')(x)", [m], m.sum(1))
row("einsum('...i->i')(x)", [m], m.sum(0))
a, b = n(2, 3, 4), n(4, 3, 2)
row("tensordot(1)(x, y)", [a, b], np.tensordot(a, b, 1), lambda p, q: jnp.tensordot(p, q, 1))
c = n(3, 4, 5)
row("tensordot()(x, y)", [a, c], np.tensordot(a, c), jnp.tensordot)
row("tensordot(0)(x, y)", [v, m], np.tensordot(v, m, 0))
row("tensordot([[1, 2], [1, 0]])(x, y)", [a, b], np.tensordot(a, b, ([1, 2], [1, 0])), lambda p, q: jnp.tensordot(p, q, ([1, 2], [1, 0])))
row("tensordot([[-1], [0]])(x, y)", [a, b], np.tensordot(a, b, ([-1], [0])))
d = n(5, 4)
row("inner(x, y)", [a, d], np.inner(a, d), jnp.inner)
row("inner(x, y)", [v, v + 1], np.inner(v, v + 1))
row("vdot(x, y)", [m, m.T.copy()], np.vdot(m, m.T), jnp.vdot)

write(__file__)
