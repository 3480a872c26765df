"""Writes names.json and samples.json: PyTorch's operator database, op_db, with figures that PyTorch computed.

    python samples.py [OPERATOR...]      needs torch 2.15; the operators given, or all

names.json lists the operators as `name|variant`, in PyTorch's order. samples.json has, for each, a few small calls
from the database's own samples: arguments, results, and the gradients of the sum of results times `cotangent`. Inputs
are rounded to four digits before anything is computed. A result that differs from call to call, because it is random
or uninitialised memory, has only its shape.

    tensor   {"shape", "dtype": "real" | "int" | "bool" | "complex", "data"}; parts of complex numbers follow each other
"""
import itertools
import json
import math
import os
import sys
import warnings

import torch
from torch.testing._internal import common_methods_invocations as database
from torch.testing._internal.opinfo import core
from torch.testing._internal.opinfo.definitions import _masked, fft, linalg, special
from torch.utils._pytree import tree_leaves, tree_map

warnings.filterwarnings("ignore")
database.wrapper_set_seed = lambda op, *args, **kwargs: op(*args, **kwargs)  # results that are random shall differ
torch.set_num_threads(1)
here = os.path.dirname(os.path.abspath(__file__))
DTYPES = (torch.float64, torch.float32, torch.complex128, torch.int64, torch.bool)
SIZES = ((2, 3, 4), (3, 4, 5), (5, 10, 20))  # the generators' S, M, L; the last are PyTorch's
UNINITIALISED = ("empty", "new_empty", "resize", "jiterator")
LARGEST, ENOUGH, CALLS = 7000, 1400, 4  # bytes of one call; bytes and calls of one operator


def size(s, m, l):
    for module in (database, core, _masked, fft, linalg, special):
        for name, value in (("S", s), ("M", m), ("L", l)):
            if hasattr(module, name):
                setattr(module, name, value)


def digits(x, n):
    if isinstance(x, (bool, int)) or not math.isfinite(x):
        return x
    r = float(f"%.{n - 1}e" % x)
    return int(r) if r == int(r) and abs(r) < 1e15 and (r != 0 or math.copysign(1, r) > 0) else r


def rounded(t):
    """A leaf of its own, contiguous, of few digits."""
    if isinstance(t, torch.Tensor) and t.requires_grad:
        return rounded(t.detach()).requires_grad_()
    if t.layout != torch.strided:
        raise ValueError("sparse")
    t = t.detach().resolve_conj().resolve_neg().clone(memory_format=torch.contiguous_format)
    if t.is_complex():
        return torch.view_as_complex(rounded(torch.view_as_real(t)))
    if t.is_floating_point():
        return torch.tensor([digits(v, 4) for v in t.flatten().tolist()], dtype=t.dtype).reshape(t.shape)
    return t


def number(v):
    return v if isinstance(v, bool) or math.isfinite(v) else "nan" if v != v else "inf" if v > 0 else "-inf"


def written(t, n):
    t = t.detach().resolve_conj().resolve_neg() + torch.zeros((), dtype=t.dtype) if t._is_zerotensor() else t.detach().resolve_conj().resolve_neg()
    if t.is_complex():
        t, dtype = torch.view_as_real(t), "complex"
    else:
        dtype = "real" if t.is_floating_point() else "bool" if t.dtype == torch.bool else "int"
    data = [int(v) if dtype == "bool" else number(digits(v, n)) for v in t.contiguous().flatten().tolist()]
    shape = list(t.shape)[:-1] if dtype == "complex" else list(t.shape)
    return {"shape": shape, "dtype": dtype, "data": data}


def static(v):
    """An argument as JSON."""
    if isinstance(v, torch.Tensor):
        return written(v, 4)
    if isinstance(v, (list, tuple)):
        return [static(x) for x in v]
    if isinstance(v, dict):
        return {k: static(x) for k, x in v.items()}
    if isinstance(v, slice):
        return {"slice": [static(v.start), static(v.stop), static(v.step)]}
    if isinstance(v, complex):
        return {"re": v.real, "im": v.imag}
    if isinstance(v, float):
        return number(v)
    if v is Ellipsis:
        return "..."
    if isinstance(v, (torch.dtype, torch.device, torch.layout, torch.memory_format)):
        return str(v)
    if v is None or isinstance(v, (bool, int, str)):
        return v
    return getattr(v, "__name__", type(v).__name__)


def wide(t):
    return t.to(torch.complex128 if t.is_complex() else torch.float64)


def cotangent(t, k):
    c = (torch.arange(t.numel() * (2 if t.is_complex() else 1), dtype=torch.float64) * 7 + 3 * k) % 5 * 0.25 + 0.5
    c = torch.view_as_complex(c.reshape(*t.shape, 2)) if t.is_complex() else c.reshape(t.shape)
    return c.to(t.dtype)


def differentiable(t):
    return t.is_floating_point() or t.is_complex()


def computed(op, sample, args, kwargs, seed):
    torch.manual_seed(seed)
    own = tree_map(lambda v: v.clone() if isinstance(v, torch.Tensor) else v, (args, kwargs))
    out = op(*own[0], **own[1])
    if sample.output_process_fn_grad is not None:
        out = sample.output_process_fn_grad(out)
    out = [v if isinstance(v, torch.Tensor) else torch.tensor(v) for v in tree_leaves(out) if v is not None]
    if any(t.layout != torch.strided for t in out):
        raise ValueError("sparse")
    return [t for t in out if t.numel() > 0]


def call(op, sample):
    """One call: its arguments, results and gradients."""
    args, kwargs = tree_map(
        lambda v: rounded(v) if isinstance(v, torch.Tensor) else v, ((sample.input, *sample.args), sample.kwargs)
    )
    tensors = [v for v in tree_leaves((args, kwargs)) if isinstance(v, torch.Tensor)]
    if any(t.numel() == 0 for t in tensors):
        raise ValueError("empty")
    json_ = {"args": static(args), **({"named": static(kwargs)} if kwargs else {})}
    out = computed(op, sample, args, kwargs, 1)
    if not out:
        raise ValueError("empty")
    other = computed(op, sample, args, kwargs, 2)
    same = all(torch.equal(torch.nan_to_num(wide(a)), torch.nan_to_num(wide(b))) for a, b in zip(out, other))
    if not same or op.name.startswith(UNINITIALISED):
        return {**json_, "shapes": [list(t.shape) for t in out]}
    json_["out"] = [written(t, 13) for t in out]
    ends = [(t, cotangent(t, k)) for k, t in enumerate(out) if differentiable(t) and t.requires_grad]
    if ends:
        starts = [t for t in tensors if t.requires_grad]
        grads = torch.autograd.grad([t for t, _ in ends], starts, [c for _, c in ends], allow_unused=True)
        by = {id(t): g for t, g in zip(starts, grads)}
        json_["differentiated"] = [k for k, t in enumerate(out) if differentiable(t) and t.requires_grad]
        json_["grads"] = [None if by.get(id(t)) is None else written(by[id(t)], 13)["data"] for t in tensors]
    return json_


def prepared(op, sample):
    """Functions of single elements are sampled at many: eight do. Symmetric matrices are symmetric."""
    x = sample.input
    if isinstance(op, core.UnaryUfuncInfo) and x.numel() > 8:
        sample.input = x.flatten()[:: max(1, x.numel() // 8)][:8]
    if op.gradcheck_wrapper is database.gradcheck_wrapper_hermitian_input:
        sample.input = (rounded(x) + rounded(x).mT) / 2
    return sample


def kind(c):
    """Two calls of one kind show the same: their arguments but for the tensors."""
    def plain(v):
        if isinstance(v, dict) and "data" in v:
            return [len(v["shape"]), v["dtype"]]
        if isinstance(v, dict):
            return {k: plain(x) for k, x in v.items()}
        return [plain(x) for x in v] if isinstance(v, list) else v
    return json.dumps([plain(c["args"]), plain(c.get("named"))])


def made(shape, low=-1.0, high=1.0):
    return torch.empty(shape, dtype=torch.float64).uniform_(low, high).requires_grad_()


def own(name):
    """Calls of ours where PyTorch's are too large for a file."""
    if name == "nn.functional.ctc_loss|":
        logs = torch.log_softmax(made((6, 2, 4)).detach(), -1).requires_grad_()
        ends = (torch.tensor([6, 5]), torch.tensor([3, 2]))
        yield from (core.SampleInput(logs, args=(torch.tensor([[1, 2, 2], [3, 1, 1]]), *ends), kwargs={"reduction": r}) for r in ("mean", "sum", "none"))
    if name == "nn.functional.scaled_dot_product_attention|":
        q, k, v = made((1, 2, 3, 4)), made((1, 2, 5, 4)), made((1, 2, 5, 4))
        yield core.SampleInput(q, args=(k, v))
        yield core.SampleInput(q, args=(k[:, :, :3], v[:, :, :3]), kwargs={"is_causal": True})
        yield core.SampleInput(q, args=(k[:, :1], v[:, :1]), kwargs={"enable_gqa": True, "scale": 0.3})
    if name == "torch.ops.aten._scaled_dot_product_flash_attention_for_cpu|":
        yield core.SampleInput(made((1, 2, 3, 4)), args=(made((1, 2, 5, 4)), made((1, 2, 5, 4))))
    if name == "nn.functional.adaptive_avg_pool3d|":
        yield core.SampleInput(made((2, 4, 3, 5)), args=((2, 3, 2),))
    if name == "chalf|":
        yield core.SampleInput(made((2, 3)))
    if name.startswith("_segment_reduce|"):
        ends = {"lengths": torch.tensor([2, 3, 1])} if name.endswith("lengths") else {"offsets": torch.tensor([0, 2, 5, 6])}
        for r in ("sum", "mean", "max", "min", "prod"):
            yield core.SampleInput(made((6, 2)), args=(r,), kwargs={**ends, "axis": 0})
    if name == "nn.functional.unfold|":
        yield core.SampleInput(made((1, 2, 4, 4)), args=(2,))
        yield core.SampleInput(made((1, 1, 4, 5)), args=((2, 3),), kwargs={"dilation": (2, 1), "padding": (1, 1), "stride": (1, 2)})
    if name == "_upsample_bilinear2d_aa|":
        yield core.SampleInput(made((1, 1, 5, 6)), kwargs={"output_size": [3, 4], "align_corners": False})


def samples(op):
    """PyTorch's samples, from small ones to its own sizes, until some serve."""
    name = f"{op.name}|{op.variant_test_name}"
    dtype = next((d for d in DTYPES if d in op.supported_dtypes("cpu")), torch.float64)
    if op.name.startswith(("bitwise_", "__rand", "__ror", "__rxor")) and torch.bool in op.supported_dtypes("cpu"):
        dtype = torch.bool  # bits of integers are out of scope
    torch.manual_seed(7)
    mine = list(own(name))
    for sizes in [None] if mine else SIZES:
        if sizes:
            size(*sizes)
        torch.manual_seed(7)
        yield mine or itertools.islice(op.sample_inputs("cpu", dtype, requires_grad=op.supports_autograd and dtype in DTYPES[:3]), 80)


length = lambda c: len(json.dumps(c, separators=(",", ":")))


def poor(c):
    """Whether no tensor, of arguments or results, has more than two elements: such a call shows little."""
    found = []

    def collect(v):
        if isinstance(v, dict) and "data" in v:
            found.append(len(v["data"]))
        elif isinstance(v, (dict, list)):
            for x in v.values() if isinstance(v, dict) else v:
                collect(x)

    collect([c["args"], c.get("named"), c.get("out")])
    return max(found, default=0) <= 2


def calls(op):
    found, problem = [], ""
    for some in samples(op):
        try:
            for sample in some:
                try:
                    found.append(call(op, prepared(op, sample)))
                except Exception as error:  # a sample that the database means for other uses
                    problem = repr(error)[:100]
        except Exception as error:  # a generator that needs PyTorch's own sizes
            problem = repr(error)[:100]
        if any(length(c) <= LARGEST for c in found):
            break
    chosen, kinds, total = [], set(), 0
    for c in sorted(found, key=lambda c: (poor(c), length(c))):
        if kind(c) in kinds or length(c) > LARGEST or (total + length(c) > ENOUGH and len(chosen) > 1):
            continue
        if len(chosen) < CALLS:
            chosen.append(c)
            kinds.add(kind(c))
            total += length(c)
    return chosen, problem if found else f"none: {problem}"


def in_child(op):
    """The calls, computed in a process of its own: some samples crash."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        with os.fdopen(write, "w") as f:
            f.write(json.dumps(calls(op)))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as f:
        text = f.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else ([], "it crashed")


path = lambda name: os.path.join(here, f"{name}.json")
wanted = sys.argv[1:]
kept = json.load(open(path("samples"))) if wanted else {}
names = [f"{op.name}|{op.variant_test_name}" for op in database.op_db]
for name, op in zip(names, database.op_db):
    if not wanted or op.name in wanted or name in wanted:
        kept[name], problem = in_child(op)
        if not kept[name]:
            print(name, problem, file=sys.stderr)
lines = [f"{json.dumps(name)}:" + json.dumps(kept[name], separators=(",", ":")) for name in names]
with open(path("names"), "w") as f:
    f.write("[\n" + ",\n".join(map(json.dumps, names)) + "\n]\n")
with open(path("samples"), "w") as f:
    f.write("{\n" + ",\n".join(lines) + "\n}\n")
