/** Twelve published models, each as it is measured: forward on one example, and a step of training. */
import { crossEntropy } from '../../../lang/operations/index.ts'
import { permute, reshape } from '../../../lang/primitives/reindex.ts'
import { type Expr, shapeOf } from '../../../lang/syntax/expr.ts'
import { int, real, type Shape, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import * as models from '../../../src/models/index.ts'
import type { Layer } from '../../../src/nn/layer.ts'

export interface ModelCase {
  readonly network: Layer
  /** The type of one example. */
  readonly x: Type
  /** The shape of one example's labels, and the number of classes. */
  readonly y: Shape
  readonly classes: number
  /** The examples of a step; forward takes one. */
  readonly batch: number
  /** Multiplies the weights' spread: a thousand blocks that each double the variance would overflow. */
  readonly gain: number
  /** Classes on the last axis, for the loss. */
  readonly logits: (out: Expr) => Expr
}
const asTheyAre = (out: Expr): Expr => out
const image = (network: Layer, batch = 1, classes = 1000, x: Shape = [3, 224, 224]): ModelCase => ({
  ...{ network, x: real(...x), y: [], classes, batch, gain: 1 },
  logits: asTheyAre,
})
/** Made when asked for: their types alone are megabytes. */
const cases: { readonly [name: string]: () => ModelCase } = {
  lenet: () => image(models.leNet5(), 1, 10, [1, 28, 28]),
  alexnet: () => image(models.alexNet({ dropout: 0 })),
  vgg16: () => image(models.vgg16({ dropout: 0 })),
  resnet18: () => image(models.resNet18(), 4),
  resnet50: () => image(models.resNet50(), 4),
  effnet: () => image(models.efficientNetB0({ dropout: 0 }), 4),
  convnext: () => image(models.convNeXtTiny()),
  unet: () => ({
    ...image(models.uNet(), 1, 2, [3, 128, 128]),
    y: [128, 128],
    logits: (out) => permute<Shape>([1, 2, 0])(out),
  }),
  vit: () => image(models.vitB16()),
  gpt2: () => ({ ...image(models.gpt2(), 1, 50257), x: int(128), y: [128] }),
  lstm: () => image(models.lstmClassifier(), 1, 10, [256, 128]),
  resmlp: () => ({ ...image(models.residualMlp(), 1, 10, [64]), gain: 0.03 }),
}
export const modelNames: readonly string[] = Object.keys(cases)
export const tasks = ['forward', 'step'] as const
export type Task = (typeof tasks)[number]

/** resnet18/forward */
export const modelWorkloads = (asked: readonly string[]): readonly string[] => {
  const all = modelNames.flatMap((m) => tasks.map((t) => `${m}/${t}`))
  return asked.length === 0 ? all : asked.flatMap((a) => all.filter((w) => w === a || w.startsWith(`${a}/`)))
}
export const isModel = (workload: string): boolean => workload.includes('/')
export const modelCase = (workload: string): readonly [ModelCase, Task] => {
  const [name = '', task] = workload.split('/')
  const made = cases[name]
  if (made === undefined) throw new Error(`no model is called ${name}: ${modelNames.join(', ')}`)
  return [made(), task === 'forward' ? 'forward' : 'step']
}
/** The mean of -ln softmax over all labels of an example. */
export const lossOf =
  ({ y, logits }: ModelCase) =>
  (out: Expr, target: Expr): Expr => {
    const flat = (e: Expr, shape: Shape): Expr => reshape<Shape>(shape)(e)
    const found = logits(out)
    return crossEntropy()(
      (y.length < 2 ? found : flat(found, [sizeOf(y), ...shapeOf(found).slice(-1)])) as never,
      (y.length < 2 ? target : flat(target, [sizeOf(y)])) as never,
    )
  }
