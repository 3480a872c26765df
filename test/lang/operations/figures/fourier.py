"""Writes fourier.json: complex numbers and Fourier transforms, by numpy 2.4.6, jax 0.10.2 and mpmath 1.3.0.

    python3 test/lang/operations/figures/fourier.py

A complex number is two real arguments and two real results, so the gradients are those of real parts.
"""

import jax.numpy as jnp
import mpmath
import numpy as np
from figures import row, write

rng = np.random.default_rng(3)
n = lambda *shape: rng.normal(size=shape).round(3)
parts = lambda z: [np.asarray(z).real, np.asarray(z).imag]
stacked = lambda z: jnp.stack([jnp.real(z), jnp.imag(z)])


def both(call, x, y, f, g=None):
    """A transform of x + iy: both parts; and of the gradient, that of their stack."""
    row(call, [x, y], parts(f(x + 1j * y)))
    if g is not None:
        inner = call.replace("(complex.of(x, y))", "")
        row(f"(({{ re, im }}) => stack(0)([re, im]))({call})", [x, y], np.stack(parts(f(x + 1j * y))),
            lambda a, b: stacked(g(a + 1j * b)))


for size in [1, 2, 3, 4, 5, 7, 8, 12, 16, 17, 30, 32, 61, 64, 67, 134, 240, 256, 1000]:
    both("fft()(complex.of(x, y))", n(size), n(size), np.fft.fft, jnp.fft.fft if size < 20 or size == 67 else None)
    if size > 134:
        continue
    both("ifft()(complex.of(x, y))", n(size), n(size), np.fft.ifft)
    x = n(2, size)
    row("rfft()(x)", [x], parts(np.fft.rfft(x)))
    h = [p.round(3) for p in parts(np.fft.rfft(x))]
    f = (lambda a, b, size=size: jnp.fft.irfft(a + 1j * b, size)) if size in (7, 8, 12) else None
    row(f"irfft(-1, {{ n: {size} }})(complex.of(x, y))", h, np.fft.irfft(h[0] + 1j * h[1], size), f)
a, b = n(5), n(5)
row("irfft()(complex.of(x, y))", [a, b], np.fft.irfft(a + 1j * b))
z = n(3, 6, 5), n(3, 6, 5)
for norm in ["backward", "ortho", "forward"]:
    for name in ["fft", "ifft"]:
        f = getattr(np.fft, name)
        both(f"{name}(1, {{ norm: '{norm}' }})(complex.of(x, y))", *z, lambda v: f(v, axis=1, norm=norm))
        f2 = getattr(np.fft, name + "2")
        both(f"{name}2(undefined, {{ norm: '{norm}' }})(complex.of(x, y))", *z, lambda v: f2(v, norm=norm), (lambda v: getattr(jnp.fft, name + "2")(v, norm=norm)) if norm == "ortho" else None)
    row(f"rfft(0, {{ norm: '{norm}' }})(x)", [z[0]], parts(np.fft.rfft(z[0], axis=0, norm=norm)))
    h = np.fft.rfft(z[0], axis=1)
    row(f"irfft(1, {{ norm: '{norm}' }})(complex.of(x, y))", parts(h), np.fft.irfft(h, axis=1, norm=norm))
both("fftn()(complex.of(x, y))", *z, np.fft.fftn)
both("ifftn([0, -1])(complex.of(x, y))", *z, lambda v: np.fft.ifftn(v, axes=(0, -1)))
row("fft2()(x)", [z[0]], parts(np.fft.fft2(z[0])))
for k in [4, 5]:
    v = n(k, 3)
    row("fftshift()(x)", [v], np.fft.fftshift(v))
    row("ifftshift([0])(x)", [v], np.fft.ifftshift(v, axes=0))
    row(f"[fftfreq({k}, 0.1), rfftfreq({k})]", [], [np.fft.fftfreq(k, 0.1), np.fft.rfftfreq(k)])

# -- arithmetic --------------------------------------------------------------------------------------------------------

x, y = n(6), n(6)
for name, f in [("neg", lambda z: -z), ("conj", jnp.conj), ("exp", jnp.exp), ("log", jnp.log), ("sqrt", jnp.sqrt), ("sin", jnp.sin), ("cos", jnp.cos), ("sinh", jnp.sinh), ("cosh", jnp.cosh)]:
    both(f"complex.{name}(complex.of(x, y))", x, y, lambda z: np.asarray(f(jnp.asarray(z))), f)
row("complex.abs(complex.of(x, y))", [x, y], np.abs(x + 1j * y), lambda a, b: jnp.abs(a + 1j * b))
row("complex.angle(complex.of(x, y))", [x, y], np.angle(x + 1j * y), lambda a, b: jnp.angle(a + 1j * b))
row("complex.abs2(complex.of(x, y))", [x, y], x * x + y * y)
row("complex.polar(x, y)", [x, y], parts(x * np.exp(1j * y)))
other = "complex.of(z, mul(z, z))"
w = n(6)
for name, f in [("add", np.add), ("sub", np.subtract), ("mul", np.multiply), ("div", np.divide), ("pow", np.power)]:
    row(f"complex.{name}(complex.of(x, y), {other})", [x, y, w], parts(f(x + 1j * y, w + 1j * w * w)))
    g = lambda a, b, c, f=getattr(jnp, f.__name__): stacked(f(a + 1j * b, c + 1j * c * c))
    row(f"(({{ re, im }}) => stack(0)([re, im]))(complex.{name}(complex.of(x, y), {other}))", [x, y, w], np.asarray(g(x, y, w)), g)
m = n(3, 4), n(3, 4)
row("complex.matmul(complex.of(x, y), complex.of(z))", [*m, w3 := n(4, 2)], parts((m[0] + 1j * m[1]) @ w3))
big = np.array([1e300, -1e300, 3e-300, 0.0, -4.0, -4.0]), np.array([1e300, 1e299, 4e-300, 0.0, 0.0, -0.0])
row("complex.abs(complex.of(x, y))", big, np.abs(big[0] + 1j * big[1]))
row("complex.div(complex.of(x, y), complex.of(x, y))", [big[0][:3], big[1][:3]], [np.ones(3), np.zeros(3)])
row("complex.sqrt(complex.of(x, y))", [big[0][3:], big[1][3:]], parts(np.sqrt(np.array([0, complex(-4, 0.0), complex(-4, -0.0)]))))
near = np.array([1.0, 1 + 2.0**-20, 1.0]), np.array([2.0**-14, 2.0**-13, 0.0])
row("complex.log(complex.of(x, y)).re", near, np.array([float(mpmath.log(mpmath.mpc(float(a), float(b))).real) for a, b in zip(*near)]))

write(__file__)
