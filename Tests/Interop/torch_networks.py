"""Computes one of our sample networks with PyTorch and compares: output, and weights after steps of two optimisers.

Usage: torch_networks.py FILE.safetensors
"""

import json
import sys

import torch
from torch import nn

# Sums of some hundred products in single precision, in another order; after steps, divided by small gradients' roots.
OUTPUT_TOLERANCE = 1e-5
STEP_TOLERANCE = 1e-4
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


def image():
    return nn.Sequential(
        nn.Conv2d(2, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(),
        nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=2, bias=False), nn.InstanceNorm2d(8, affine=True), nn.LeakyReLU(0.2),
        nn.MaxPool2d(2), nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.GroupNorm(4, 16), nn.PReLU(16),
        nn.Upsample(scale_factor=2, mode="bilinear"), nn.ConvTranspose2d(16, 4, 2, stride=2), nn.AvgPool2d(2),
        nn.Sigmoid(), nn.Upsample(scale_factor=2), nn.Softmax(dim=1), nn.Linear(16, 5), nn.Tanh(),
    )


def volume():
    return nn.Sequential(
        nn.Conv3d(1, 4, (1, 3, 3), padding=(0, 1, 1), bias=False), nn.BatchNorm3d(4), nn.ReLU(), nn.MaxPool3d((1, 2, 2)),
        nn.Upsample(scale_factor=2, mode="trilinear"), nn.ConvTranspose3d(4, 2, 3, stride=(1, 2, 2), padding=1),
        nn.LogSoftmax(dim=1),
    )


def line():
    return nn.Sequential(
        nn.Conv1d(3, 4, 5, padding=2), nn.ReLU(), nn.Upsample(scale_factor=3, mode="linear"),
        nn.ConvTranspose1d(4, 2, 2, stride=2),
    )


def compare(name, found, expected, tolerance):
    error = (found.double() - expected.double()).abs().max() / max(expected.double().abs().max().item(), 1e-3)
    print(f"{name}: {error:.1e}")
    assert error < tolerance, f"{name} differs by {error}"


tensors, words = read(sys.argv[1])


def state(kind):
    return {name[len(kind) + 1 :]: tensor for name, tensor in tensors.items() if name.startswith(kind + ".")}


for kind in ["adam", "sgd"]:
    network = {"image": image, "volume": volume, "line": line}[words["network"]]()
    network.load_state_dict(state("before"), strict=True)
    if kind == "adam":
        optimiser = torch.optim.AdamW(network.parameters(), lr=0.01, weight_decay=0.1)
        compare("output", network(tensors["input"]), tensors["output"], OUTPUT_TOLERANCE)
        network.load_state_dict(state("before"), strict=True)
    else:
        optimiser = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        nn.functional.smooth_l1_loss(network(tensors["input"]), tensors["truth"], beta=0.5).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 0.1)
        optimiser.step()
    for name, expected in network.state_dict().items():
        compare(f"{kind} {name}", state(kind)[name], expected, STEP_TOLERANCE)
