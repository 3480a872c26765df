"""Numbers rounded to 16 bits: half.json. NumPy 2.4 for float16, ml_dtypes 0.6 for bfloat16; torch 2.15 agrees.

python half.py > half.json      # inputs and results are the bits of float32
"""
import json
import ml_dtypes
import numpy as np
import torch

rng = np.random.default_rng(16)
special = [0.0, -0.0, 1.0, -1.0, 1 / 3, 0.1, 1e-8, -1e-8, 5.9604645e-08, 2.9802322e-08, 2.9802326e-08, 8.940697e-08,
           6.1035156e-05, 6.097555e-05, 6.0976e-05, 65504, 65519.996, 65520, -65520, 65535, 1e5, 3e38, -3e38, 3.3895314e38,
           3.3961e38, 3.3961775e38, 3.4028235e38, 2049, 2051, 2050.5, 257, 259, 258.5, 1e-38, 1.1754944e-38, 1.1663108e-38,
           9.1835496e-41, 4.5917748e-41, 4.5917753e-41, 1.4e-45, -1.4e-45, 1e-40, 1e-39, np.inf, -np.inf, np.nan]
x = np.array(special, dtype=np.float32)
# every size of float32, and halves that lie between two neighbours
bits = rng.integers(0, 2 ** 32, 160, dtype=np.uint64).astype(np.uint32)
h = rng.integers(0, 0x7bff, 60).astype(np.uint16).view(np.float16).astype(np.float32)
up = (h.astype(np.float16).view(np.uint16) + 1).astype(np.uint16).view(np.float16).astype(np.float32)
b = rng.integers(0, 0x7f7f, 60).astype(np.uint32)
mid = ((b << 16) | 0x8000).astype(np.uint32).view(np.float32)
x = np.concatenate([x, bits.view(np.float32), (h + up) / 2, -np.nextafter((h + up) / 2, np.float32(0)), mid,
                    -np.nextafter(mid, np.float32(np.inf))]).astype(np.float32)
with np.errstate(over='ignore', invalid='ignore'):
    f = x.astype(np.float16).astype(np.float32)
    g = x.astype(ml_dtypes.bfloat16).astype(np.float32)
t = torch.tensor(x)
assert np.array_equal(t.half().float().numpy(), f, equal_nan=True)
assert np.array_equal(t.bfloat16().float().numpy(), g, equal_nan=True)
print(json.dumps({'x': x.view(np.uint32).tolist(), 'float16': f.view(np.uint32).tolist(), 'bfloat16': g.view(np.uint32).tolist()}))
