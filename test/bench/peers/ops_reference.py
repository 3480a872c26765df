#!/usr/bin/python3
"""Writes the values of the operations into ../reference.json: those of PyTorch in float64 on the float32 inputs."""
import json
import os
import sys

import torch

from common import checksums
from ops import OPS, gradients_of, numbers

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../reference.json')


def inputs_of(shapes):
    xs = [torch.from_numpy(numbers(s, k)) for k, s in enumerate(shapes)]
    return [x.double() if x.dtype == torch.float32 else x for x in xs]


def main():
    with open(FILE) as file:
        table = {k: v for k, v in json.load(file).items() if not k.startswith('op/')}
    for name, (shapes, f, back) in OPS.items():
        print(name, file=sys.stderr)
        with torch.no_grad():
            table[f'op/{name}/forward'] = checksums([f(*inputs_of(shapes))])
        if back > 0:
            xs = inputs_of(shapes)
            y, ct = gradients_of(xs, f, back)
            table[f'op/{name}/gradient'] = checksums(torch.autograd.grad(y, xs[:back], ct))
    with open(FILE, 'w') as file:
        file.write(json.dumps(table, indent=2) + '\n')


main()
