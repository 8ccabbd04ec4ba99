"""Reads samples of networks without the safetensors package, which Debian's Python lacks, and compares tensors."""

import json

import torch

TYPES = {"F32": torch.float32, "I64": torch.int64}


def read(path):
    """Tensors by name and words of a safetensors file, by its specification."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = bytearray(file.read())
    words = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        tensors[name] = torch.frombuffer(data[first:last], dtype=TYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors, words


def compare(name, found, expected, tolerance):
    assert found.shape == expected.shape, f"{name} is of shape {tuple(found.shape)}, not {tuple(expected.shape)}"
    error = (found.double() - expected.double()).abs().max() / max(expected.double().abs().max().item(), 1e-3)
    print(f"{name}: {error:.1e}")
    assert error < tolerance, f"{name} differs by {error}"
