/**
 * The usual names of published weights: torchvision's, and those of Hugging Face's GPT-2. Each list is in the order of the
 * network's own trees, and takes the options on which the number of its arrays depends.
 */

import type { ConvNeXtOptions } from './convNeXt.ts'
import type { InvertedBlocks, InvertedOptions } from './mobileNet.ts'
import { efficientNetGroups, mobileNetGroups } from './mobileNet.ts'
import { refuseOption, times } from './model.ts'
import type { ResNetOptions } from './resNet.ts'
import type { SwinOptions } from './swin.ts'
import type { Gpt2Options, VitOptions } from './transformer.ts'
import type { WeightName, WeightNames } from './weights.ts'

const of = (...names: readonly string[]): WeightNames => ({ params: names.map((name) => ({ name })), state: [] })
const none = of()
const together = (parts: readonly WeightNames[]): WeightNames => ({
  params: parts.flatMap((p) => p.params),
  state: parts.flatMap((p) => p.state),
})
const named = (...parts: readonly WeightNames[]): WeightNames => together(parts)
/** A weight and a bias. */
const affine = (at: string): WeightNames => of(`${at}.weight`, `${at}.bias`)
const filter = (at: string): WeightNames => of(`${at}.weight`)
/** Batch normalisation. */
const norm = (at: string): WeightNames => ({
  params: affine(at).params,
  state: [{ name: `${at}.running_mean` }, { name: `${at}.running_var` }],
})
/** A convolution at one name, its normalisation at another. */
const convNorm = (conv: string, bn: string): WeightNames => named(filter(conv), norm(bn))
const affines = (at: string, indices: readonly number[]): WeightNames =>
  together(indices.map((i) => affine(`${at}.${i}`)))

/** The names of `leNet5`: conv1, conv2, fc1, fc2, fc3, as PyTorch's tutorials have them. */
export const leNet5Names: WeightNames = together(['conv1', 'conv2', 'fc1', 'fc2', 'fc3'].map(affine))
/** The names of torchvision's alexnet. */
export const alexNetNames: WeightNames = named(affines('features', [0, 3, 6, 8, 10]), affines('classifier', [1, 4, 6]))

/** Convolutions are every second module of a group, which a maximum ends. */
const vggNames = (depths: readonly number[]): WeightNames => {
  const before = (k: number): number => depths.slice(0, k).reduce((n, d) => n + 2 * d + 1, 0)
  const indices = depths.flatMap((d, k) => times(d, (j) => before(k) + 2 * j))
  return named(affines('features', indices), affines('classifier', [0, 3, 6]))
}
/** The names of torchvision's vgg11. */
export const vgg11Names: WeightNames = vggNames([1, 1, 2, 2, 2])
/** The names of torchvision's vgg16. */
export const vgg16Names: WeightNames = vggNames([2, 2, 3, 3, 3])

const resNetNames = (
  convolutions: number,
  widths: readonly number[],
  depths: readonly number[],
  stem: number,
): WeightNames => {
  const block = (at: string, shortcut: boolean): WeightNames =>
    named(
      together(times(convolutions, (k) => convNorm(`${at}.conv${k + 1}`, `${at}.bn${k + 1}`))),
      shortcut ? convNorm(`${at}.downsample.0`, `${at}.downsample.1`) : none,
    )
  const group = (depth: number, k: number): readonly WeightNames[] =>
    times(depth, (j) => block(`layer${k + 1}.${j}`, j === 0 && (k > 0 || widths[0] !== stem)))
  return named(convNorm('conv1', 'bn1'), ...depths.flatMap(group), affine('fc'))
}
/** The names of torchvision's resnet18. */
export const resNet18Names = ({
  widths = [64, 128, 256, 512],
  depths = [2, 2, 2, 2],
  stem = 64,
}: ResNetOptions = {}): WeightNames => resNetNames(2, widths, depths, stem)
/** The names of torchvision's resnet50. */
export const resNet50Names = ({
  widths = [256, 512, 1024, 2048],
  depths = [3, 4, 6, 3],
  stem = 64,
}: ResNetOptions = {}): WeightNames => resNetNames(3, widths, depths, stem)

/** The names of torchvision's mobilenet_v2. */
export const mobileNetV2Names = ({ blocks = mobileNetGroups }: InvertedOptions = {}): WeightNames => {
  const block = ({ expand }: InvertedBlocks, at: string): WeightNames => {
    const wide = expand === 1 ? 0 : 1
    return named(
      ...times(wide + 1, (k) => convNorm(`${at}.conv.${k}.0`, `${at}.conv.${k}.1`)),
      convNorm(`${at}.conv.${wide + 1}`, `${at}.conv.${wide + 2}`),
    )
  }
  const all = blocks.flatMap((g) => times(g.times, () => g))
  const ends = (k: number): WeightNames => convNorm(`features.${k}.0`, `features.${k}.1`)
  return named(
    ends(0),
    ...all.map((g, k) => block(g, `features.${k + 1}`)),
    ends(all.length + 1),
    affine('classifier.1'),
  )
}
/** The names of torchvision's efficientnet_b0. */
export const efficientNetB0Names = ({ blocks = efficientNetGroups }: InvertedOptions = {}): WeightNames => {
  const pair = (at: string): WeightNames => convNorm(`${at}.0`, `${at}.1`)
  const block = ({ expand }: InvertedBlocks, at: string): WeightNames => {
    const wide = expand === 1 ? 0 : 1
    return named(
      ...times(wide + 1, (k) => pair(`${at}.${k}`)),
      affine(`${at}.${wide + 1}.fc1`),
      affine(`${at}.${wide + 1}.fc2`),
      pair(`${at}.${wide + 2}`),
    )
  }
  return named(
    pair('features.0'),
    ...blocks.flatMap((g, k) => times(g.times, (j) => block(g, `features.${k + 1}.${j}.block`))),
    pair(`features.${blocks.length + 1}`),
    affine('classifier.1'),
  )
}
/** The names of torchvision's convnext_tiny. */
export const convNeXtTinyNames = ({ depths = [3, 3, 9, 3] }: ConvNeXtOptions = {}): WeightNames => {
  const block = (at: string): WeightNames => named(affines(`${at}.block`, [0, 2, 3, 5]), of(`${at}.layer_scale`))
  const group = (depth: number, k: number): readonly WeightNames[] => [
    affines(`features.${2 * k}`, [0, 1]),
    ...times(depth, (j) => block(`features.${2 * k + 1}.${j}`)),
  ]
  return named(...depths.flatMap(group), affines('classifier', [0, 2]))
}
/** Published files have an array for each block, where a loop has one for all. */
const oneByOne = "must be 'sequence': files hold the arrays of each block, and a loop has them stacked"
/**
 * The names of torchvision's vit_b_16.
 *
 * Errors:  thrown: InvalidAttribute for `as: 'scan'`
 */
export const vitB16Names = ({ depth = 12, as }: VitOptions = {}): WeightNames => {
  if (as === 'scan') refuseOption('vitB16Names', 'as', oneByOne, vitB16Names)
  const block = (at: string): WeightNames =>
    named(
      affine(`${at}.ln_1`),
      of(`${at}.self_attention.in_proj_weight`, `${at}.self_attention.in_proj_bias`),
      affine(`${at}.self_attention.out_proj`),
      affine(`${at}.ln_2`),
      affines(`${at}.mlp`, [0, 3]),
    )
  return named(
    affine('conv_proj'),
    of('class_token', 'encoder.pos_embedding'),
    ...times(depth, (k) => block(`encoder.layers.encoder_layer_${k}`)),
    affine('encoder.ln'),
    affine('heads.head'),
  )
}
/** The names of torchvision's swin_t. */
export const swinTNames = ({ depths = [2, 2, 6, 2] }: SwinOptions = {}): WeightNames => {
  const block = (at: string): WeightNames =>
    named(
      affine(`${at}.norm1`),
      of(`${at}.attn.relative_position_bias_table`),
      affine(`${at}.attn.qkv`),
      affine(`${at}.attn.proj`),
      affine(`${at}.norm2`),
      affines(`${at}.mlp`, [0, 3]),
    )
  const merging = (at: string): WeightNames => named(affine(`${at}.norm`), filter(`${at}.reduction`))
  const group = (depth: number, k: number): readonly WeightNames[] => [
    k === 0 ? affines('features.0', [0, 2]) : merging(`features.${2 * k}`),
    ...times(depth, (j) => block(`features.${2 * k + 1}.${j}`)),
  ]
  return named(...depths.flatMap(group), affine('norm'), affine('head'))
}
/**
 * The names of Hugging Face's gpt2, whose matrices are [in, out].
 *
 * Errors:  thrown: InvalidAttribute for `as: 'scan'`
 */
export const gpt2Names = ({ depth = 12, as }: Gpt2Options = {}): WeightNames => {
  if (as === 'scan') refuseOption('gpt2Names', 'as', oneByOne, gpt2Names)
  const turned = (at: string): WeightNames => {
    const weight: WeightName = { name: `${at}.weight`, transposed: true }
    return { params: [weight, { name: `${at}.bias` }], state: [] }
  }
  const block = (at: string): WeightNames =>
    named(
      affine(`${at}.ln_1`),
      turned(`${at}.attn.c_attn`),
      turned(`${at}.attn.c_proj`),
      affine(`${at}.ln_2`),
      turned(`${at}.mlp.c_fc`),
      turned(`${at}.mlp.c_proj`),
    )
  return named(of('wte.weight', 'wpe.weight'), ...times(depth, (k) => block(`h.${k}`)), affine('ln_f'))
}
