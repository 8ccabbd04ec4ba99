"""Opens weights that Learning wrote with safetensors, and computes its networks again with PyTorch.

The second needs Debian's python3-torch (or PYTHON_WITH_TORCH, a Python that has it), which no virtual environment holds.
"""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

FOLDER = Path(os.environ.get("CINEFORGE_INTEROP_DIR") or Path(os.environ["CINEFORGE_INTEROP"]) / "storage")
PYTHON = os.environ.get("PYTHON_WITH_TORCH", "/usr/bin/python3")
NETWORKS = ["image", "line", "volume"]

pytestmark = pytest.mark.skipif(
    not (FOLDER / "types.safetensors").exists(), reason="the tensor engine was not built: no samples of networks"
)


def test_every_type_of_elements():
    arrays = load_file(FOLDER / "types.safetensors")
    ramp = np.arange(6).reshape(2, 3)
    assert np.array_equal(arrays.pop("transposed"), ramp.T)
    assert arrays.pop("empty").shape == (0, 3)
    assert arrays.pop("scalar") == 3
    assert set(arrays) == {"float64", "float32", "float16", "int64", "int32", "uint8", "bool"}
    for name, array in arrays.items():
        assert array.dtype == np.dtype(name) and np.array_equal(array, ramp.astype(name))
    with safe_open(FOLDER / "types.safetensors", "numpy") as file:
        assert file.metadata() == {"note": 'ü/"quoted"'}


@pytest.mark.parametrize("name", NETWORKS)
def test_names_of_a_state_dictionary(name):
    arrays = load_file(FOLDER / f"{name}.safetensors")
    assert {"input", "output", "before.0.weight", "adam.0.weight"} <= set(arrays)


@pytest.mark.parametrize("name", NETWORKS)
def test_same_network_in_torch(name):
    if subprocess.run([PYTHON, "-c", "import torch"], capture_output=True).returncode != 0:
        pytest.skip(f"{PYTHON} has no torch: apt-get install python3-torch")
    script = Path(__file__).with_name("torch_networks.py")
    run = subprocess.run([PYTHON, script, FOLDER / f"{name}.safetensors"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
