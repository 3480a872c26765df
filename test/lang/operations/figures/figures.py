"""What the scripts of this folder share: rows of figures, written as JSON.

A row has the call in the language (x, y, z: the arguments), the arguments, the results of another system, and where the
operation has a derivative the cotangents cos(1 + k) and what they pull back to, computed by jax.vjp in float64.
"""

import json
import math
from pathlib import Path

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)
rows = []


def plain(a):
    a = np.asarray(a)
    dtype = "bool" if a.dtype == bool else "int" if np.issubdtype(a.dtype, np.integer) else "real"
    flat = [float(v) for v in a.reshape(-1)]
    data = [v if math.isfinite(v) else "nan" if math.isnan(v) else "inf" if v > 0 else "-inf" for v in flat]
    return {"dtype": dtype, "shape": list(a.shape), "data": [int(v) if dtype != "real" else v for v in data]}


def row(call, args, outs, pull=None):
    """pull: the same function in jax, of the real arguments only; then gradients are written too."""
    outs = list(outs) if isinstance(outs, (tuple, list)) else [outs]
    args = [np.asarray(a, dtype=np.float64) if np.asarray(a).dtype.kind == "f" else np.asarray(a) for a in args]
    entry = {"call": call, "args": [plain(a) for a in args], "outs": [plain(o) for o in outs]}
    if pull is not None:
        real = [k for k, a in enumerate(args) if a.dtype.kind == "f"]

        def f(*xs):
            full = list(args)
            for k, v in zip(real, xs):
                full[k] = v
            return pull(*full)

        y, vjp = jax.vjp(f, *[args[k] for k in real])
        ct = np.cos(1.0 + np.arange(y.size)).reshape(y.shape)
        entry["pulled"] = [plain(g) for g in vjp(ct)]
    rows.append(entry)


def write(file):
    path = Path(file).with_suffix(".json")
    path.write_text("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
    print(f"{path}: {len(rows)} rows")
