"""Figures for images.test.ts: python images.py > images.json, with PyTorch 2.15 and JAX 0.10."""
import jax
import numpy
import torch
import torch.nn.functional as F
from figures import case, noise, plain, write

jax.config.update('jax_enable_x64', True)
x1, x2, x3 = noise([2, 2, 7]), noise([1, 2, 5, 6]), noise([1, 1, 3, 4, 3])
one = lambda f: lambda x, *rest: f(x[None], *rest)[0]
cases = {}

# -- padding
for mode in ['circular', 'reflect', 'replicate']:
    cases[f'pad {mode}'] = case(lambda x, m=mode: F.pad(x, (2, 1, 0, 3), mode=m), noise([1, 2, 4, 3]))
cases['pad symmetric'] = plain(numpy.pad(noise([4, 3]).numpy(), ((3, 4), (2, 0)), mode='symmetric'), noise([4, 3]))

# -- convolution
cases['conv same'] = case(lambda x, w: F.conv2d(x, w, padding='same', dilation=(2, 1)), x2, noise([3, 2, 2, 3], 2))
cases['conv valid'] = case(lambda x, w: F.conv2d(x, w, padding='valid'), x2, noise([3, 2, 2, 3], 2))
w = noise([4, 2, 3], 2)
x = noise([4, 2, 5])
cases['conv batch groups'] = plain(numpy.asarray(jax.lax.conv_general_dilated(
    x.numpy(), w.numpy(), (1,), [(1, 1)], batch_group_count=2, dimension_numbers=('NCH', 'OIH', 'NCH'))), x, w)
cases['conv asymmetric'] = plain(numpy.asarray(jax.lax.conv_general_dilated(
    x.numpy(), w.numpy(), (2,), [(0, 3)], rhs_dilation=(2,), dimension_numbers=('NCH', 'OIH', 'NCH'))), x, w)
cases['convTranspose output padding'] = case(
    lambda x, w: F.conv_transpose2d(x, w, stride=(3, 2), padding=(1, 0), output_padding=(2, 1), groups=2, dilation=(1, 2)),
    x2, noise([2, 2, 2, 3], 2))

# -- pooling
cases['maxPool ceil'] = case(lambda x: F.max_pool2d(x, 3, stride=2, padding=1, ceil_mode=True), noise([1, 2, 6, 8]))
cases['maxPool ceil short'] = case(lambda x: F.max_pool1d(x, 2, stride=3, padding=1, ceil_mode=True), x1)
cases['avgPool ceil'] = case(lambda x: F.avg_pool2d(x, (3, 2), stride=(2, 3), padding=1, ceil_mode=True), x2)
cases['avgPool ceil inside'] = case(
    lambda x: F.avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True, count_include_pad=False), noise([1, 2, 6, 8]))
cases['avgPool divisor'] = case(lambda x: F.avg_pool2d(x, 2, stride=1, divisor_override=3), x2)
cases['lpPool'] = case(lambda x: F.lp_pool2d(x, 3, 2, stride=1), x2.abs())
cases['lpPool even'] = case(lambda x: F.lp_pool1d(x, 2, 3, stride=2, ceil_mode=True), noise([2, 2, 8]))
indexed = lambda f: lambda x: tuple(f(x))
cases['maxPoolWithIndices'] = case(indexed(lambda x: F.max_pool2d(x, (3, 2), stride=(2, 1), padding=1, return_indices=True)), x2)
cases['maxPoolWithIndices dilated'] = case(
    indexed(lambda x: F.max_pool3d(x, 2, stride=1, padding=1, dilation=(1, 2, 1), ceil_mode=True, return_indices=True)), x3)
places = F.max_pool2d(x2, 2, return_indices=True)[1]
cases['maxUnpool'] = case(lambda v, i: F.max_unpool2d(v, i, 2, output_size=(5, 6)), noise([1, 2, 2, 3], 3), places)
cases['adaptiveMaxPool'] = case(lambda x: F.adaptive_max_pool2d(x, (3, 4)), x2)

cases['adaptiveMaxPoolWithIndices'] = case(indexed(lambda x: F.adaptive_max_pool2d(x, (3, 4), return_indices=True)), x2)

# -- columns and shuffles
cases['im2col'] = case(lambda x: F.unfold(x, (2, 3), dilation=(2, 1), padding=(1, 0), stride=(1, 2)), x2)
cases['col2im'] = case(lambda c: F.fold(c, (5, 6), (2, 3), dilation=(2, 1), padding=(1, 0), stride=(1, 2)), noise([1, 12, 10]))
cases['pixelShuffle'] = case(lambda x: F.pixel_shuffle(x, 2), noise([1, 8, 2, 3]))
cases['pixelUnshuffle'] = case(lambda x: F.pixel_unshuffle(x, 2), noise([1, 2, 4, 6]))
cases['channelShuffle'] = case(lambda x: torch.nn.functional.channel_shuffle(x, 3), noise([2, 6, 2, 1]))

# -- resize
interpolate = lambda **o: lambda x: F.interpolate(x, **o)
for size in [(3, 11), (9, 4)]:
    s = f'{size[0]} x {size[1]}'
    cases[f'torch nearest {s}'] = case(interpolate(size=size, mode='nearest'), x2)
    cases[f'torch nearest-exact {s}'] = case(interpolate(size=size, mode='nearest-exact'), x2)
    cases[f'torch area {s}'] = case(interpolate(size=size, mode='area'), x2)
    for mode in ['bilinear', 'bicubic']:
        cases[f'torch {mode} {s}'] = case(interpolate(size=size, mode=mode), x2)
        cases[f'torch {mode} aligned {s}'] = case(interpolate(size=size, mode=mode, align_corners=True), x2)
        cases[f'torch {mode} antialias {s}'] = case(interpolate(size=size, mode=mode, antialias=True), x2)
    for method in ['nearest', 'linear', 'cubic', 'lanczos3', 'lanczos5']:
        for antialias in [True, False]:
            y = jax.image.resize(x2.numpy(), (1, 2, *size), method, antialias=antialias)
            cases[f'jax {method} {antialias} {s}'] = plain(numpy.asarray(y), x2)
cases['torch trilinear'] = case(interpolate(size=(2, 7, 5), mode='trilinear', align_corners=True), x3)

# -- sampling
grid, grid3 = noise([1, 3, 4, 2], 5, 1.3), noise([1, 2, 2, 3, 3], 5, 1.3)
for mode in ['bilinear', 'nearest', 'bicubic']:
    for padding in ['zeros', 'border', 'reflection']:
        for aligned in [True, False]:
            cases[f'gridSample {mode} {padding} {aligned}'] = case(
                lambda x, g, m=mode, p=padding, a=aligned: F.grid_sample(x, g, mode=m, padding_mode=p, align_corners=a), x2, grid)
cases['gridSample of a volume'] = case(lambda x, g: F.grid_sample(x, g, padding_mode='border', align_corners=False), x3, grid3)
for aligned in [True, False]:
    cases[f'affineGrid {aligned}'] = case(lambda t, a=aligned: F.affine_grid(t, (2, 1, 2, 3), align_corners=a), noise([2, 2, 3]))
cases['affineGrid of a volume'] = case(lambda t: F.affine_grid(t, (1, 1, 2, 1, 3), align_corners=False), noise([1, 3, 4]))
write(cases)
