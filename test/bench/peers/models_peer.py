#!/usr/bin/python3
"""A published model in PyTorch or onnxruntime, in this process; its line as JSON.

models_peer.py MODEL/TASK ENGINE THREADS SECONDS       ENGINE: torch, channels_last, compile, onnxruntime (forward only)

The parameters are those of ours: MODELS and `fill` of models.py.
"""
import os
import sys
import tempfile

import torch

import models
from common import line, timed
from export_onnx import export

WORKLOAD, ENGINE, THREADS, SECONDS = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
NAME, TASK = WORKLOAD.split('/')
torch.set_num_threads(THREADS)


def onnx_forward(model, x):
    import onnxruntime
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, 'model.onnx')
        export(model, x, file)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = THREADS, 1
        session = onnxruntime.InferenceSession(file, options, providers=['CPUExecutionProvider'])
    feed = {session.get_inputs()[0].name: x.numpy()}
    return lambda: torch.from_numpy(session.run(None, feed)[0])


def step_of():
    make, *_, batch = models.MODELS[NAME]
    model = models.fill(make(), models.GAINS.get(NAME, 1))
    x, y = models.data(NAME, 1 if TASK == 'forward' else batch)
    if ENGINE == 'channels_last' and x.dim() == 4:
        model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    if TASK == 'forward':
        model.eval()
        if ENGINE == 'onnxruntime':
            return onnx_forward(model, x)
        run = torch.compile(model) if ENGINE == 'compile' else model

        def forward():
            with torch.no_grad():
                return run(x)
        return forward
    model.train()
    sgd = torch.optim.SGD(model.parameters(), lr=1e-3)
    run = torch.compile(model) if ENGINE == 'compile' else model

    def step():
        sgd.zero_grad(set_to_none=True)
        value = models.loss(NAME, run(x), y)
        value.backward()
        sgd.step()
        return value.detach()
    return step


def main():
    if ENGINE == 'onnxruntime' and TASK != 'forward':
        raise SystemExit('ValueError: onnxruntime runs forward only')
    step = step_of()
    first = step().double()
    check = first.abs().mean().item() if TASK == 'forward' else first.item()
    line(f'{ENGINE}-{THREADS}t', WORKLOAD, timed(step, SECONDS), loss=check)


main()
