"""Computes the networks of Models again with PyTorch, from the weights that they wrote.

Needs Debian's python3-torch (or PYTHON_WITH_TORCH, a Python that has it), which no virtual environment holds.
"""

import os
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("CINEFORGE_INTEROP_DIR") or Path(os.environ["CINEFORGE_INTEROP"]) / "storage")
PYTHON = os.environ.get("PYTHON_WITH_TORCH", "/usr/bin/python3")
NETWORKS = ["unet", "fcn", "segmenter", "autoencoder", "deconvolution", "dccnn", "dccnn_shared", "dccnn_coils"]
NETWORKS += ["crnn", "kt_next"]

pytestmark = pytest.mark.skipif(
    not (FOLDER / "model_unet.safetensors").exists(), reason="the tensor engine was not built: no samples of networks"
)


@pytest.mark.parametrize("name", NETWORKS)
def test_same_network_in_torch(name):
    if subprocess.run([PYTHON, "-c", "import torch"], capture_output=True).returncode != 0:
        pytest.skip(f"{PYTHON} has no torch: apt-get install python3-torch")
    script = Path(__file__).with_name("torch_models.py")
    run = subprocess.run([PYTHON, script, FOLDER / f"model_{name}.safetensors"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
