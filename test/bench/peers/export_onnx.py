#!/usr/bin/python3
"""A model of models.py as ONNX, with an example: export_onnx.py MODEL FOLDER writes model.onnx, input.bin, input.json."""
import json
import os
import sys

import torch

import models


def export(model, x, file):
    """Without its report on standard output."""
    with open(os.devnull, 'w') as quiet:
        stdout, sys.stdout = sys.stdout, quiet
        try:
            torch.onnx.export(model, (x,), file, dynamo=True, verbose=False, external_data=False)
        finally:
            sys.stdout = stdout


if __name__ == '__main__':
    name, folder = sys.argv[1:]
    model = models.fill(models.MODELS[name][0](), models.GAINS.get(name, 1)).eval()
    x, _ = models.data(name, 1)
    export(model, x, os.path.join(folder, 'model.onnx'))
    x.numpy().tofile(os.path.join(folder, 'input.bin'))
    with open(os.path.join(folder, 'input.json'), 'w') as file:
        file.write(json.dumps({'shape': list(x.shape), 'dtype': str(x.dtype).replace('torch.', '')}))
