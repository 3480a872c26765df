#!/bin/sh
# Makes the Python environment of the peers beside this file: PyTorch, JAX and onnxruntime, from the package registry.
set -e
cd "$(dirname "$0")"
python3 -m venv .venv
.venv/bin/pip install --quiet --upgrade pip
.venv/bin/pip install --quiet "torch==2.15.*" "jax==0.10.*" "onnxruntime==1.32.*" onnx onnxscript numpy
