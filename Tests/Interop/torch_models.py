"""Computes one of our published networks with PyTorch, from our weights, and compares what it gives.

Usage: torch_models.py FILE.safetensors
"""

import sys

import torch
from torch import nn
from torch.nn import functional as F

from torch_samples import compare, read

# Sums of some hundred products in single precision, in another order, through up to 25 layers.
TOLERANCE = 1e-5


def fourier(x, inverse=False):
    """Centred and orthonormal along the last two axes."""
    transform = torch.fft.ifft2 if inverse else torch.fft.fft2
    axes = (-2, -1)
    return torch.fft.fftshift(transform(torch.fft.ifftshift(x, dim=axes), norm="ortho"), dim=axes)


def channels(x):
    """Complex images as real and imaginary channels."""
    return torch.stack([x.real, x.imag], dim=1)


def complexes(x):
    return torch.complex(x[:, 0].contiguous(), x[:, 1].contiguous())


# --- fastMRI's U-Net


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        layers = []
        for count in [inputs, outputs]:
            layers += [nn.Conv2d(count, outputs, 3, padding=1, bias=False), nn.InstanceNorm2d(outputs)]
            layers += [nn.LeakyReLU(0.2), nn.Dropout2d(0)]
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x)


class Up(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.layers = nn.Sequential(
            nn.ConvTranspose2d(inputs, outputs, 2, stride=2, bias=False), nn.InstanceNorm2d(outputs), nn.LeakyReLU(0.2)
        )

    def forward(self, x):
        return self.layers(x)


class UNet(nn.Module):
    def __init__(self, width=8, levels=4):
        super().__init__()
        widths = [width * 2**level for level in range(levels + 1)]
        self.down_sample_layers = nn.ModuleList([Block(a, b) for a, b in zip([1] + widths, widths[:-1])])
        self.conv = Block(widths[-2], widths[-1])
        pairs = list(zip(widths[:0:-1], widths[-2::-1]))
        self.up_transpose_conv = nn.ModuleList([Up(a, b) for a, b in pairs])
        blocks = [Block(a, b) for a, b in pairs]
        blocks[-1] = nn.Sequential(blocks[-1], nn.Conv2d(width, 1, 1))
        self.up_conv = nn.ModuleList(blocks)

    def forward(self, x):
        skipped = []
        for block in self.down_sample_layers:
            x = block(x)
            skipped.append(x)
            x = F.avg_pool2d(x, 2)
        x = self.conv(x)
        for up, block in zip(self.up_transpose_conv, self.up_conv):
            x, skip = up(x), skipped.pop()
            x = F.pad(x, [0, skip.shape[3] - x.shape[3], 0, skip.shape[2] - x.shape[2]], "reflect")
            x = block(torch.cat([x, skip], dim=1))
        return x


# --- Units with TensorFlow's padding, the FCN and the stack segmenter


class Unit(nn.Module):
    def __init__(self, inputs, outputs, size=3, stride=1, axes=2, epsilon=1e-3):
        super().__init__()
        strides = (1, stride, stride)[-axes:] if axes == 3 else (stride,) * axes
        convolution, norm = (nn.Conv2d, nn.BatchNorm2d) if axes == 2 else (nn.Conv3d, nn.BatchNorm3d)
        self.convolution = convolution(inputs, outputs, size, stride=strides, bias=False)
        self.norm = norm(outputs, eps=epsilon)
        self.padding = [zeros for s in reversed(strides) for zeros in [(size - s) // 2, size - s - (size - s) // 2]]

    def forward(self, x):
        return F.relu(self.norm(self.convolution(F.pad(x, self.padding))))


class Bilinear(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor
        self.register_buffer("kernel", torch.zeros(32, 1, 2 * factor - 1, 2 * factor - 1))

    def forward(self, x):
        # What TensorFlow means: the gradient of a strided convolution with its padding.
        height, width = (self.factor * size for size in x.shape[2:])
        image = torch.zeros(x.shape[0], 32, height, width, requires_grad=True)
        before = (self.factor - 1) // 2
        after = self.factor - 1 - before
        padded = F.pad(image, [before, after, before, after])
        down = F.conv2d(padded, self.kernel, stride=self.factor, groups=32)
        return torch.autograd.grad(down, image, x.detach())[0]


class FCN(nn.Module):
    def __init__(self):
        super().__init__()
        widths, inputs, levels = [16, 32, 64, 128, 256], 1, []
        for level, count in enumerate([2, 2, 3, 3, 3]):
            first = Unit(inputs, widths[level], stride=1 if level == 0 else 2)
            levels.append(nn.Sequential(first, *[Unit(widths[level], widths[level]) for _ in range(count - 1)]))
            inputs = widths[level]
        self.levels = nn.ModuleList(levels)
        self.same_dim = nn.ModuleList([Unit(width, 32, size=1) for width in widths])
        self.up = nn.ModuleList([Bilinear(factor) for factor in [2, 4, 8, 16]])
        self.out = nn.Sequential(Unit(160, 64, size=1), Unit(64, 64, size=1), nn.Conv2d(64, 4, 1))

    def forward(self, x):
        features = []
        for level, units in enumerate(self.levels):
            x = units(x)
            merged = self.same_dim[level](x)
            features.append(merged if level == 0 else self.up[level - 1](merged))
        return self.out(torch.cat(features, dim=1))


class Segmenter(nn.Module):
    def __init__(self):
        super().__init__()
        widths, inputs, levels = [16, 32, 64, 128], 1, []
        for level, width in enumerate(widths):
            first = Unit(inputs, width, stride=1 if level == 0 else 2, axes=3, epsilon=1e-5)
            levels.append(nn.Sequential(first, Unit(width, width, axes=3, epsilon=1e-5)))
            inputs = width
        self.levels = nn.ModuleList(levels)
        kernels = [(5, 2**level, 2**level) for level in range(4)]
        self.up = nn.ModuleList([nn.ConvTranspose3d(w, 16, k, stride=k) for w, k in zip(widths, kernels)])
        self.classifier = nn.Conv3d(64, 4, 1)

    def forward(self, x):
        features = []
        for units, up in zip(self.levels, self.up):
            x = units(x)
            features.append(F.relu(up(x)))
        return self.classifier(torch.cat(features, dim=1))


# --- The autoencoder of labels and super-resolution


class Encoder(nn.Module):
    def __init__(self, widths, count):
        super().__init__()
        layers = []
        for inputs, outputs in zip([4] + widths, widths):
            layers += [nn.Conv3d(inputs, outputs, 4, stride=2, padding=1, bias=False), nn.BatchNorm3d(outputs)]
            layers += [nn.LeakyReLU(0.2)]
        self.features = nn.Sequential(*layers)
        self.code = nn.Linear(count, 64)

    def forward(self, x):
        return torch.tanh(self.code(self.features(x).flatten(1)))


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        widths = [4, 8, 16, 32]
        self.encoder = Encoder(widths, 32 * 2)
        self.decoder_input = nn.Linear(64, 32 * 2)
        layers = []
        for inputs, outputs in zip(widths[::-1], [16, 8, 4]):
            layers += [nn.ConvTranspose3d(inputs, outputs, 4, stride=2, padding=1, bias=False), nn.BatchNorm3d(outputs)]
            layers += [nn.LeakyReLU(0.2)]
        self.decoder = nn.Sequential(*layers, nn.ConvTranspose3d(4, 4, 4, stride=2, padding=1))

    def forward(self, x):
        return self.decoder(self.decoder_input(self.encoder(x)).reshape(-1, 32, 1, 1, 2))


class Deconvolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.coarse = nn.ModuleList([nn.Conv3d(1, 64, 3, padding=1)])
        self.up = nn.ConvTranspose3d(64, 64, (9, 1, 1), stride=(5, 1, 1), padding=(2, 0, 0))
        widths = [64, 32, 16, 8, 4, 1]
        self.fine = nn.ModuleList([nn.Conv3d(a, b, 3, padding=1) for a, b in zip(widths, widths[1:])])

    def forward(self, stack):
        x = F.relu(self.up(F.relu(self.coarse[0](stack))))
        for layer in self.fine[:-1]:
            x = F.relu(layer(x))
        return self.fine[-1](x) + F.interpolate(stack, scale_factor=(5, 1, 1), mode="trilinear")


# --- Reconstruction from one slice's samples: DC-CNN


def chain(widths, axes=2, slope=0.01, dilation=1):
    """Convolutions with leaky rectifiers between them; all but the first and the last dilated."""
    convolution, layers = nn.Conv2d if axes == 2 else nn.Conv3d, []
    for index, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        step = dilation if 0 < index < len(widths) - 2 else 1
        layers += [convolution(inputs, outputs, 3, padding=step, dilation=step), nn.LeakyReLU(slope)]
    return nn.Sequential(*layers[:-1])


class Reconstruction(nn.Module):
    """The data of one slice, and steps that need them."""

    def __init__(self, tensors):
        super().__init__()
        self.maps = torch.view_as_complex(tensors["maps"])
        samples, lines = torch.view_as_complex(tensors["samples"]), tensors["lines"]
        frames, coils, _, width = samples.shape
        self.mask = torch.zeros(frames, 1, self.maps.shape[1], 1)
        self.measured = torch.zeros(frames, coils, self.maps.shape[1], width, dtype=samples.dtype)
        for frame in range(frames):
            self.mask[frame, 0, lines[frame]] = 1
            self.measured[frame, :, lines[frame]] = samples[frame]

    def combined(self, k):
        return (self.maps.conj() * fourier(k, inverse=True)).sum(dim=1)

    def replaced(self, x):
        """Measured lines in place of the images' own, for one coil."""
        return fourier(fourier(x) * (1 - self.mask[:, 0]) + self.measured[:, 0], inverse=True)

    def solved(self, z, weight):
        """argmin |x - z|² + weight |A x - y|² by the matrix itself, column after column, in double precision."""
        right = z + weight * self.combined(self.measured)
        results = []
        for frame in range(z.shape[0]):
            count = z[0].numel()
            basis = torch.eye(count, dtype=torch.complex128).reshape(count, 1, *z.shape[1:])
            images = self.mask[frame] * fourier(self.maps.to(torch.complex128) * basis)
            columns = (self.maps.conj() * fourier(images, inverse=True)).sum(dim=1).reshape(count, count).T
            matrix = torch.eye(count) + weight * columns
            results.append(torch.linalg.solve(matrix, right[frame].flatten().to(torch.complex128)).reshape(z.shape[1:]))
        return torch.stack(results).to(z.dtype)


class Cascade(Reconstruction):
    """Cascades of convolutions, each followed by a data layer; with shared data where there are distances."""

    def __init__(self, tensors, cascades=5, depth=5, width=64, axes=2, slope=0.01, distances=(), learned=False):
        super().__init__(tensors)
        widths = [2 * (1 + len(distances))] + [width] * (depth - 1) + [2]
        self.conv_blocks = nn.ModuleList([chain(widths, axes, slope) for _ in range(cascades)])
        if learned:
            weights = [nn.ParameterDict({"lambda": nn.Parameter(torch.zeros(()))}) for _ in range(cascades)]
            self.dcs = nn.ModuleList(weights)
        self.learned, self.distances, self.axes = learned, distances, axes

    def shared(self, x, is_dense):
        k, mask = fourier(x), self.mask[:, 0]
        images = [x]
        for distance in self.distances:
            shifts = range(-distance, distance + 1)
            total = sum(torch.roll(k if is_dense else mask * k, shift, 0) for shift in shifts)
            count = 2 * distance + 1 if is_dense else sum(torch.roll(mask, s, 0) for s in shifts).clamp(min=1)
            images.append(fourier(mask * k + (1 - mask) * total / count, inverse=True))
        return torch.cat([channels(image[None]) for image in images], dim=1)

    def forward(self):
        x = self.combined(self.measured)
        for cascade, block in enumerate(self.conv_blocks):
            if self.axes == 2:
                x = x + complexes(block(channels(x)))
            else:
                inputs = self.shared(x, cascade > 0) if self.distances else channels(x[None])
                x = x + complexes(block(inputs))[0]
            x = self.solved(x, self.dcs[cascade]["lambda"].item()) if self.learned else self.replaced(x)
        return channels(x) if self.axes == 2 else channels(x[None])


# --- CRNN-MRI and k-t NEXT, frame by frame


class Bidirectional(nn.Module):
    def __init__(self, inputs, width, dilation=1, slope=0.0, iterations=False):
        super().__init__()
        self.i2h = nn.Conv2d(inputs, width, 3, padding=dilation, dilation=dilation)
        self.h2h = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)
        if iterations:
            self.ih2ih = nn.Conv2d(width, width, 3, padding=1)
        self.width, self.slope, self.iterations = width, slope, iterations

    def forward(self, frames, previous=None):
        total = torch.zeros(frames.shape[0], self.width, *frames.shape[2:])
        for order in [range(len(frames)), reversed(range(len(frames)))]:
            state = torch.zeros(1, *total.shape[1:])
            for frame in order:
                now = slice(frame, frame + 1)
                state = self.i2h(frames[now]) + self.h2h(state)
                if self.iterations:
                    state = state + self.ih2ih(previous[now])
                state = F.leaky_relu(state, self.slope)
                total[now] += state
        return total


class CRNN(Reconstruction):
    def __init__(self, tensors, width=64):
        super().__init__(tensors)
        self.bcrnn = Bidirectional(2, width, iterations=True)
        for layer in [1, 2, 3]:
            for kind in ["x", "h"]:
                setattr(self, f"conv{layer}_{kind}", nn.Conv2d(width, width, 3, padding=1))
        self.conv4_x = nn.Conv2d(width, 2, 3, padding=1)

    def forward(self):
        x = self.combined(self.measured)
        states = [torch.zeros(x.shape[0], 64, *x.shape[1:])] * 4
        for _ in range(5):
            states[0] = h = self.bcrnn(channels(x), states[0])
            for layer in [1, 2, 3]:
                of_input, of_state = getattr(self, f"conv{layer}_x"), getattr(self, f"conv{layer}_h")
                states[layer] = h = F.relu(of_input(h) + of_state(states[layer]))
            x = self.replaced(x + complexes(self.conv4_x(h)))
        return channels(x[None])


class ImageNetwork(nn.Module):
    def __init__(self, width):
        super().__init__()
        layers = [Bidirectional(2, width, 1, 0.01)] + [Bidirectional(width, width, 3, 0.01) for _ in range(3)]
        self.bcrnn = nn.ModuleList(layers)
        self.conv4_x = nn.Conv2d(width, 2, 3, padding=1)

    def forward(self, x):
        for layer in self.bcrnn:
            x = layer(x)
        return self.conv4_x(x)


class KTNext(Reconstruction):
    def __init__(self, tensors, iterations=2, width=16):
        super().__init__(tensors)
        widths = [2, width, width, width, width, 2]
        self.xf_conv_blocks = nn.ModuleList([chain(widths, dilation=3) for _ in range(iterations)])
        self.xt_conv_blocks = nn.ModuleList([ImageNetwork(width) for _ in range(iterations)])

    @staticmethod
    def temporal(x, inverse=False):
        transform = torch.fft.ifft if inverse else torch.fft.fft
        return torch.fft.fftshift(transform(torch.fft.ifftshift(x, dim=0), dim=0, norm="ortho"), dim=0)

    def forward(self):
        x = self.combined(self.measured)
        for index, (of_spectrum, of_images) in enumerate(zip(self.xf_conv_blocks, self.xt_conv_blocks)):
            k = fourier(x)
            count = self.mask[:, 0].sum(dim=0).clamp(min=1) if index == 0 else len(k)
            mean = (k.sum(dim=0) / count).expand(k.shape)
            change = self.temporal(fourier(k - mean, inverse=True))
            baseline = self.temporal(self.replaced(fourier(mean, inverse=True)))
            # A plane (y, f) for each x.
            planes = channels(change.permute(2, 1, 0))
            found = complexes(of_spectrum(planes)).permute(2, 1, 0)
            x = self.replaced(self.temporal(found + baseline, inverse=True))
            x = self.replaced(x + complexes(of_images(channels(x))))
        return channels(x[None])


tensors, words = read(sys.argv[1])
network = {
    "unet": UNet,
    "fcn": FCN,
    "segmenter": Segmenter,
    "autoencoder": Autoencoder,
    "deconvolution": Deconvolution,
    "dccnn": lambda: Cascade(tensors),
    "dccnn_shared": lambda: Cascade(tensors, cascades=2, depth=3, width=8, axes=3, distances=(0, 1, 2)),
    "dccnn_coils": lambda: Cascade(tensors, cascades=2, depth=3, width=8, slope=0.0, learned=True),
    "crnn": lambda: CRNN(tensors),
    "kt_next": lambda: KTNext(tensors),
}[words["network"]]()
network.eval()
state = {name[6:]: tensor for name, tensor in tensors.items() if name.startswith("state.")}
network.load_state_dict(state, strict=True)
inputs = [tensors["input"]] if "input" in tensors else []
compare(words["network"], network(*inputs).detach(), tensors["output"], TOLERANCE)
