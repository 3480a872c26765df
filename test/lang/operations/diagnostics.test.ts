/** What an ill-typed operation says: its own name, what does not fit, and the line where it stands. Building never throws. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import * as O from '../../../lang/operations/index.ts'
import { solve, triangularSolve } from '../../../lang/operations/linalg.ts'
import { concat } from '../../../lang/primitives/concat.ts'
import { tensor } from '../../../lang/primitives/constant.ts'
import { add } from '../../../lang/primitives/elementwise.ts'
import { moveAxis, reshape } from '../../../lang/primitives/reindex.ts'
import { showDiagnostics } from '../../../lang/syntax/error.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { program } from '../../../lang/syntax/program.ts'
import { int, real, type Type } from '../../../lang/syntax/shape.ts'
import { customVjp } from '../../../src/index.ts'

/** The diagnostics of an operation on arguments of these types, as text. */
const complaint = (types: readonly Type[], f: (...xs: readonly Expr[]) => unknown): string => {
  const p = program(types, (xs) => f(...(xs as readonly Expr[])))
  return E.isLeft(p) ? showDiagnostics(p.left) : 'well-typed'
}
type Any = (...xs: readonly unknown[]) => unknown
const of =
  (f: unknown) =>
  (...xs: readonly Expr[]): unknown =>
    (f as Any)(...xs)
/** An operation as plain JavaScript calls it. */
const any = (f: unknown): ((...xs: readonly unknown[]) => unknown) => f as Any
const padded = (pair: readonly number[], mode?: string): unknown => any(O.padWith)([pair], { mode })
const x = real(2, 3)

describe('a diagnostic names the derived operation', () => {
  test.each([
    ['matmul: axis k is 256 in [256] but 257 in [257, 10]', [real(256), real(257, 10)], of(O.matmul)],
    ['matmul: shapes [2] and [3] differ', [real(2, 1, 1), real(3, 1, 1)], of(O.matmul)],
    ['linear: axis in is 3 in [2, 3] but 4 in [5, 4]', [x, real(5, 4)], of(O.linear)],
    ['dot: shapes [2, 3] and [3] differ', [x, real(3)], of(O.dot)],
    ['einsum: axis j is 3 in [2, 3] but 4 in [4, 5]', [x, real(4, 5)], of(O.einsum('ij,jk->ik'))],
    ["einsum: 'ij->' needs 1 operand, not 2", [x, x], of(O.einsum('ij->'))],
    ["einsum: 'i1' is not an equation such as ij,jk->ik or ...ij,...jk", [x], of(O.einsum('i1'))],
    ["einsum: '......' is not an equation such as ij,jk->ik or ...ij,...jk", [x], of(O.einsum('......'))],
    ['einsum: axis i is 1 in [1, 3] but 3 in [1, 3]', [real(1, 3)], of(O.einsum('ii'))],
    ['einsum: axis α is 2 in [2, 3] but 4 in [4, 3]', [x, real(4, 3)], of(O.einsum('...i,...i'))],
    ['einsum: [2, 3] has rank 2; expected rank 3', [x], of(O.einsum('...ijk->i'))],
    ["einsum: 'ij->ik' names k in the output only", [x], of(O.einsum('ij->ik'))],
    ["einsum: 'ij,jk->ik' needs 2 operands, not 1", [x], of(O.einsum('ij,jk->ik'))],
    ['einsum: [2, 3] has rank 2; expected rank 3', [x], of(O.einsum('ijk->i'))],
    ['einsum: axis i is 2 in [2, 3] but 3 in [2, 3]', [x], of(O.einsum('ii->i'))],
    ['conv: axis channel is 3 in [3, 8, 8] but 4 in [8, 4, 3, 3]', [real(3, 8, 8), real(8, 4, 3, 3)], of(O.conv())],
    [
      'conv: kernel spans 5, but spatial axis 1 has 4 with its padding',
      [real(3, 8, 4), real(8, 3, 3, 5)],
      of(O.conv()),
    ],
    ['conv: groups of 2 do not divide 3 channels', [real(2, 8), real(3, 1, 3)], of(O.conv({ groups: 2 }))],
    ['conv: stride has 1 number for 2 axes', [real(3, 8, 8), real(8, 3, 3, 3)], of(O.conv({ stride: [2] }))],
    ['conv: [3, 8] has rank 2; expected rank 3', [real(3, 8), real(8, 3, 3, 3)], of(O.conv())],
    [
      'convTranspose: axis channel is 3 in [3, 8] but 4 in [4, 1, 2]',
      [real(3, 8), real(4, 1, 2)],
      of(O.convTranspose()),
    ],
    [
      'maxPool: kernel spans 4, but spatial axis 0 has 3 with its padding',
      [real(1, 3, 3)],
      of(O.maxPool({ kernel: 4 })),
    ],
    ['avgPool: stride must be whole and at least 1', [real(1, 3)], of(O.avgPool({ kernel: 2, stride: 0 }))],
    ['pixelShuffle: r of 2 needs a multiple of 4 channels, not 6', [real(6, 1, 1)], of(O.pixelShuffle(2))],
    ['squeeze: axis 1 has size 3, not 1', [x], of(O.squeeze(1))],
    ['take: index 3 is outside an axis of size 3', [x], of(O.take(1, 3))],
    ['sliceAlong: step must be whole and not 0', [x], of(O.sliceAlong(0, 0, 1, 0))],
    ['sliceAlong: 2 is not an axis of an array of rank 2', [x], of(O.sliceAlong(2))],
    [
      'padWith: pads must be from 0 to one less than the axis',
      [x],
      of(
        O.padWith(
          [
            [0, 0],
            [3, 0],
          ],
          { mode: 'reflect' },
        ),
      ),
    ],
    [
      'padWith: mode is wrap; expected one of constant, reflect, symmetric, replicate, circular',
      [real(3)],
      of(padded([1, 1], 'wrap')),
    ],
    ['padWith: pads must be whole: one pair [before, after] per axis', [real(3)], of(padded([0.5, 1]))],
    ['padWith: pads must be whole: one pair [before, after] per axis', [real(3)], of(padded([1]))],
    ['padWith: pads must be from 0 to one less than the axis', [real(0)], of(padded([-1, 0], 'reflect'))],
    ['padWith: pads must be from 0 to one less than the axis', [real(0)], of(padded([0, 1], 'reflect'))],
    ['padWith: pads must be from 0 to the axis', [real(3)], of(padded([4, 0], 'circular'))],
    ['padWith: pads must be from 0 to the axis', [real(3)], of(padded([0, 4], 'symmetric'))],
    ['moveAxis: 5 is not an axis of an array of rank 2', [x], of(moveAxis(0, 5))],
    ['moveAxis: -3 is not an axis of an array of rank 2', [x], of(moveAxis(-3, 0))],
    ['sliceAlong: start of 0.5 must be whole', [x], of(O.sliceAlong(0, 0.5))],
    ['sliceAlong: stop of 1.5 must be whole', [x], of(O.sliceAlong(0, 0, 1.5))],
    ['sliceAlong: step must be whole and not 0', [x], of(O.sliceAlong(0, 0, 2, 0.5))],
    ['triu: k must be whole', [x], of(O.triu(0.5))],
    ['eye: axis 0 of [-1, -1] is -1; a size is a whole number from 0 to 2147483647', [], () => any(O.eye)(-1)],
    ['oneHot: axis 1 of [2, -1] is -1; a size is a whole number from 0 to 2147483647', [int(2)], of(any(O.oneHot)(-1))],
    ['reshape: the shape [-1, 0] has -1 beside 0, which could be anything', [real(0)], of(any(reshape)([-1, 0]))],
    ['reshape: the shape [-1, -1] has more than one -1', [x], of(any(reshape)([-1, -1]))],
    ['reshape: the shape [4, -1] needs a multiple of 4 elements, not 6', [x], of(any(reshape)([4, -1]))],
    [
      'reshape: axis 0 of [-2, -3] is -2; a size is a whole number from 0 to 2147483647',
      [x],
      of(any(reshape)([-2, -3])),
    ],
    [
      'conv: pad must be whole: one number, one per axis, or [before, after] per axis',
      [real(1, 8), real(1, 1, 3)],
      of(O.conv({ pad: 0.5 })),
    ],
    [
      'conv: pad must be whole: one number, one per axis, or [before, after] per axis',
      [real(1, 8), real(1, 1, 3)],
      of(O.conv({ pad: [[0, 0.5]] })),
    ],
    ['conv: kernel must be whole and at least 1', [real(1, 8), real(1, 1, 0)], of(O.conv())],
    ['convTranspose: kernel must be whole and at least 1', [real(1, 8), real(1, 1, 0)], of(O.convTranspose())],
    [
      'convTranspose: outputPad must be less than the stride or the dilation',
      [real(1, 8), real(1, 1, 3)],
      of(O.convTranspose({ stride: 2, outputPad: 2 })),
    ],
    [
      'maxPool: pad of 2 and 2 must be from 0 to half of the window, which spans 3',
      [real(1, 8)],
      of(O.maxPool({ kernel: 3, pad: 2 })),
    ],
    [
      'avgPool: pad of 0 and -1 must be from 0 to half of the window, which spans 3',
      [real(1, 8)],
      of(O.avgPool({ kernel: 3, pad: [[0, -1]] })),
    ],
    ['topK: k of 4 is not in 0 .. 3', [x], of((e: Expr) => O.topK(1, 4)(e).values)],
    ['diagonal: [3] has rank 1; expected rank 2', [real(3)], of(O.diagonal)],
    ['gatherAlong: the box [2, 4] ends outside [2, 3]', [x, int(2, 4)], of(O.gatherAlong(0))],
    ['crossEntropy: shapes [2] and [3] differ', [x, int(3)], of(O.crossEntropy())],
    ['crossEntropy: element types real; expected int', [x, real(2)], of(O.crossEntropy())],
    ['groupNorm: groups of 3 do not divide 4 channels', [real(4, 2), real(4), real(4)], of(O.groupNorm(3))],
    ['layerNorm: [3] has rank 1; expected rank 2', [real(3), x, x], of(O.layerNorm())],
    ['attention: [3] has rank 1; expected rank 2', [x, real(3), x], of(O.attention())],
    ['hardtanh: lowest of 2 is above 1', [x], of(O.hardtanh(2, 1))],
    ['mean: element types int; expected real', [int(3)], of(O.mean())],
    ['mean: 2 is not an axis of an array of rank 2', [x], of(O.mean(2))],
    ['variance: element types int; expected real', [int(3)], of(O.variance())],
    ['variance: correction must be finite and not negative', [x], of(O.variance(0, { correction: Number.NaN }))],
    ['std: element types bool; expected real', [{ dtype: 'bool', shape: [3] }], of(O.std())],
    ['norm: p must be a number, and not NaN', [x], of(O.norm([0], { p: 'fro' } as never))],
    ['norm: p must be a number, and not NaN', [x], of(O.norm([0], { p: Number.NaN }))],
    ['normalize: eps must be finite and positive', [x], of(O.normalize(0, { eps: 0 }))],
    ['diagonal: [3] has rank 1; expected rank 2', [real(3)], of(O.diagonal)],
    ['diagonal: k must be whole', [x], (e: Expr) => O.diagonal(e, 0.5)],
    ['diag: [2, 3, 1] has rank 3; expected rank 2', [real(2, 3, 1)], of(O.diag)],
    ['cross: axis needs 3 numbers; the shapes are [2,3] and [4]', [x, real(4)], of(O.cross())],
    ['cross: shapes [2, 3] and [5, 3] differ', [x, real(5, 3)], of(O.cross())],
    ['toeplitz: [2, 3] has rank 2; expected rank 1', [x], of(O.toeplitz)],
    ['multiDot: [2, 3, 1] has rank 3; expected rank 2', [x, real(2, 3, 1)], (a: Expr, b: Expr) => O.multiDot([a, b])],
    ['multiDot: axis k is 3 in [2, 3] but 2 in [2, 3]', [x, x], (a: Expr, b: Expr) => O.multiDot([a, b])],
    ['logsumexp: element types int; expected real', [int(3)], of(O.logsumexp())],
    ['softmax: 5 is not an axis of an array of rank 2', [x], of(O.softmax(5))],
    ['softmax: element types int; expected real', [int(3)], of(O.softmax())],
    ['logSoftmax: element types int; expected real', [int(3)], of(O.logSoftmax())],
    ['avgPool: element types int; expected real', [int(1, 4)], of(O.avgPool({ kernel: 2 }))],
    ['maxPool: element types int; expected real', [int(1, 4)], of(O.maxPool({ kernel: 2 }))],
    ['adaptiveAvgPool: element types int; expected real', [int(1, 4)], of(O.adaptiveAvgPool(2))],
  ] as const)('%s', (text, types, f) => {
    expect(complaint(types, f).split('\n')[0]).toBe(text)
  })
})

describe('a loss refuses', () => {
  const elementwise = {
    mseLoss: O.mseLoss,
    l1Loss: O.l1Loss,
    huberLoss: O.huberLoss,
    smoothL1Loss: O.smoothL1Loss,
    hingeLoss: O.hingeLoss,
    bceLoss: O.bceLoss,
    bceWithLogits: O.bceWithLogits,
    klDivergence: O.klDivergence,
  }
  type Make = (options?: object) => unknown
  test.each(Object.entries(elementwise))(
    '%s: a target of another shape, unless it is to be broadcast',
    (name, make) => {
      const at = (types: readonly Type[], options?: object): string =>
        complaint(types, of((make as Make)(options))).split('\n')[0] as string
      expect(at([real(3), real(3, 1)])).toBe(`${name}: shapes [3] and [3, 1] differ`)
      expect(at([real(3), real(1)])).toBe(`${name}: shapes [3] and [1] differ`)
      expect(at([real(), real(3)])).toBe(`${name}: shapes [] and [3] differ`)
      expect(at([real(3), real(3, 1)], { broadcast: true })).toBe('well-typed')
      expect(at([real(3), real(2)], { broadcast: true })).toBe(`${name}: shapes [3] and [2] differ`)
      expect(at([real(3), real()])).toBe('well-typed')
      expect(at([int(3), int(3)])).toBe(`${name}: element types int, int; expected real, real`)
      const known = name === 'klDivergence' ? 'mean, sum, none, batchmean' : 'mean, sum, none'
      expect(at([real(3), real(3)], { reduction: 'abc' })).toBe(`${name}: reduction is abc; expected one of ${known}`)
    },
  )
  test.each([
    ['huberLoss: delta must be positive and finite', [x, x], of(O.huberLoss({ delta: -1 as number }))],
    ['huberLoss: delta must be positive and finite', [x, x], of(O.huberLoss({ delta: 0 }))],
    ['huberLoss: delta must be positive and finite', [x, x], of(O.huberLoss({ delta: Number.NaN }))],
    ['huberLoss: delta must be positive and finite', [x, x], of(O.huberLoss({ delta: '1' } as never))],
    ['smoothL1Loss: beta must be finite and not negative', [x, x], of(O.smoothL1Loss({ beta: -0.5 as number }))],
    ['bceWithLogits: [3, 1] does not broadcast to [3]', [real(3), real(3), real(3, 1)], of(O.bceWithLogits())],
    ['bceWithLogits: [3] does not broadcast to []', [real(), real(), real(3)], of(O.bceWithLogits())],
    ['crossEntropy: shapes [3] and [2] differ', [x, int(2), real(2)], of(O.crossEntropy())],
    ['crossEntropy: shapes [3] and [1] differ', [x, int(2), real(1)], of(O.crossEntropy())],
    ['crossEntropy: shapes [3] and [] differ', [x, int(2), real()], of(O.crossEntropy())],
    ['crossEntropy: element types int; expected real', [x, int(2), int(3)], of(O.crossEntropy())],
    ['crossEntropy: labelSmoothing must be from 0 to 1', [x, int(2)], of(O.crossEntropy({ labelSmoothing: 1.5 }))],
    [
      'crossEntropy: labelSmoothing must be from 0 to 1',
      [x, int(2)],
      of(O.crossEntropy({ labelSmoothing: -0.1 as number })),
    ],
    ['crossEntropy: ignoreIndex must be an integer', [x, int(2)], of(O.crossEntropy({ ignoreIndex: 0.5 }))],
    [
      'crossEntropy: reduction is batchmean; expected one of mean, sum, none',
      [x, int(2)],
      of(O.crossEntropy({ reduction: 'batchmean' } as never)),
    ],
    ['crossEntropy: [] has rank 0; expected rank 1', [real(), int()], of(O.crossEntropy())],
    ['softCrossEntropy: shapes [2, 3] and [1, 3] differ', [x, real(1, 3)], of(O.softCrossEntropy())],
    ['softCrossEntropy: shapes [2, 3] and [3] differ', [x, real(3)], of(O.softCrossEntropy())],
    ['softCrossEntropy: [] has rank 0; expected rank 1', [real(), real()], of(O.softCrossEntropy())],
    [
      'nllLoss: reduction is Mean; expected one of mean, sum, none',
      [x, int(2)],
      of(O.nllLoss({ reduction: 'Mean' } as never)),
    ],
  ] as const)('%s', (text, types, f) => {
    expect(complaint(types, f).split('\n')[0]).toBe(text)
  })
})

describe('a normalisation refuses', () => {
  const c = real(3)
  const one = real(1)
  test.each([
    ['standardize: 2 is not an axis of an array of rank 2', [x], of(O.standardize(2))],
    ['standardize: element types int; expected real', [int(3)], of(O.standardize())],
    ['standardize: eps must be finite and not negative', [x], of(O.standardize(0, { eps: -1e-5 }))],
    ['batchNorm: shapes [3] and [1] differ', [x, one, c], of(O.batchNorm())],
    ['batchNorm: shapes [3] and [1] differ', [x, c, one], of(O.batchNorm())],
    ['batchNorm: shapes [2] and [3] differ', [x, c, c], of(O.batchNorm({ axis: 0 }))],
    ['batchNorm: 2 is not an axis of an array of rank 2', [x, c, c], of(O.batchNorm({ axis: 2 }))],
    ['batchNorm: element types real, int, real; expected real, real, real', [x, int(3), c], of(O.batchNorm())],
    ['batchNormEval: shapes [3] and [2, 3] differ', [x, c, c, c, x], of(O.batchNormEval())],
    ['batchNormEval: shapes [3] and [1] differ', [x, c, c, one, c], of(O.batchNormEval())],
    ['layerNorm: shapes [3] and [1] differ', [x, one, one], of(O.layerNorm())],
    ['layerNorm: shapes [3] and [1] differ', [x, c, one], of(O.layerNorm())],
    ['rmsNorm: shapes [3] and [2] differ', [x, real(2)], of(O.rmsNorm())],
    ['groupNorm: groups must be a positive integer', [real(4, 2), real(4), real(4)], of(O.groupNorm(-2 as number))],
    ['groupNorm: groups must be a positive integer', [real(4, 2), real(4), real(4)], of(O.groupNorm(0))],
    ['groupNorm: groups must be a positive integer', [real(4, 2), real(4), real(4)], of(O.groupNorm(0.5 as number))],
    ['groupNorm: shapes [4] and [1] differ', [real(4, 2), real(4), real(1)], of(O.groupNorm(2))],
    ['instanceNorm: shapes [4] and [1] differ', [real(4, 2), real(1), real(4)], of(O.instanceNorm())],
  ] as const)('%s', (text, types, f) => {
    expect(complaint(types, f).split('\n')[0]).toBe(text)
  })
  test('batchNormFull: every output, once', () => {
    const at = (options: object, ...running: readonly Type[]): string =>
      complaint([x, c, c, ...running], (...xs) =>
        Object.values((O.batchNormFull(options) as Any)(...xs) as { readonly [name: string]: Expr }),
      )
    expect(at({}, c, c)).toBe('well-typed')
    expect(at({}, c, one).match(/^batchNormFull: .*/gm)).toEqual(['batchNormFull: shapes [3] and [1] differ'])
    expect(at({ momentum: 2 }, c, c).match(/^batchNormFull: .*/gm)).toEqual([
      'batchNormFull: momentum must be from 0 to 1',
    ])
  })
})

test('the line is the user’s', () => {
  expect(complaint([real(3), real(4, 2)], of(O.matmul))).toMatch(/at .*diagnostics\.test\.ts:\d+:\d+/)
})

describe('on an ill-typed argument', () => {
  const unary: { readonly [name: string]: unknown } = {
    relu: O.relu,
    softplus: O.softplus(),
    mean: O.mean(0, { keep: true }),
    variance: O.variance(1),
    logsumexp: O.logsumexp(2),
    softmax: O.softmax(1),
    norm: O.norm(),
    einsum: O.einsum('ij->i'),
    maxPool: O.maxPool({ kernel: [2, 2] }),
    adaptiveAvgPool: O.adaptiveAvgPool([3, 3]),
    adaptiveMaxPool: O.adaptiveMaxPool(2),
    upsampleBilinear: O.upsampleBilinear([2, 2]),
    pixelShuffle: O.pixelShuffle(2),
    flatten: O.flatten(1),
    squeeze: O.squeeze(0),
    unsqueeze: O.unsqueeze(3),
    swapAxes: O.swapAxes(0, 1),
    tile: O.tile([2, 2]),
    repeatInterleave: O.repeatInterleave(2, 1),
    sliceAlong: O.sliceAlong(1, 1),
    take: O.take(0, 0),
    roll: O.roll(1, 0),
    split: (e: Expr) => [...O.split(1, [1, 2])(e)],
    stack: (e: Expr) => O.stack(0)([e, e]),
    padWith: O.padWith([[1, 1]], { mode: 'replicate' }),
    diagonal: O.diagonal,
    diagEmbed: O.diagEmbed,
    triu: O.triu(),
    sort: (e: Expr) => O.sort(0)(e).values,
    topK: (e: Expr) => O.topK(0, 2)(e).indices,
  }
  const binary: { readonly [name: string]: unknown } = {
    gt: O.gt,
    pow: O.pow,
    matmul: O.matmul,
    outer: O.outer,
    dot: O.dot,
    linear: O.linear,
    einsum: O.einsum('ij,jk->ik'),
    conv: O.conv({ stride: [2, 2] }),
    convTranspose: O.convTranspose(),
    embedding: O.embedding,
    indexSelect: O.indexSelect(1),
    gatherAlong: O.gatherAlong(0),
    mseLoss: O.mseLoss(),
    crossEntropy: O.crossEntropy({ labelSmoothing: 0.1 }),
    softCrossEntropy: O.softCrossEntropy(),
    nllLoss: O.nllLoss(),
    bceLoss: O.bceLoss(),
    klDivergence: O.klDivergence({ reduction: 'batchmean' }),
    rmsNorm: O.rmsNorm(),
  }
  const only = (text: string): readonly string[] => text.split('\n').filter((line) => /^\S/.test(line))
  test.each(Object.entries(unary))('%s reports nothing', (_, f) => {
    expect(only(complaint([x, real(5)], (a, b) => (f as Any)(add(a as Expr, b as Expr))))).toEqual([
      'add: shapes [2, 3] and [5] differ',
    ])
  })
  test.each(Object.entries(binary))('%s reports nothing', (_, f) => {
    const two = complaint([x, real(5)], (a, b) => {
      const bad = add(a as Expr, b as Expr)
      return (f as Any)(bad, bad)
    })
    expect(only(two)).toEqual(['add: shapes [2, 3] and [5] differ'])
  })
})

describe('a message is short, and says how to go on', () => {
  test('a side that does not fit a system: how to write it', () => {
    expect(complaint([real(5, 2, 2), real(5, 2)], of(solve))).toMatch(
      /^solve: the matrix \[5, 2, 2\] has no right side of shape \[5, 2\]\n.*\n {2}try {2}make vectors columns: squeeze\(-1\)\(solve\(a, unsqueeze\(-1\)\(b\)\)\)$/,
    )
    expect(complaint([real(5, 2, 2), real(3)], of(triangularSolve()))).toContain('try  reshape it to [5, 2, k]')
    expect(complaint([real(2, 2), real(2, 3)], of(triangularSolve({ left: false })))).toContain('no right side')
    for (const sides of [[2], [2, 1], [5, 2, 1], [7, 5, 2, 3]])
      expect(complaint([real(5, 2, 2), real(...sides)], of(solve))).toBe('well-typed')
  })
  test('softmax of integers', () =>
    expect(complaint([int(3)], of(O.softmax()))).toMatch(
      /^softmax: element types int; expected real\n {2}in {3}softmax\(int\[3\]\)/,
    ))
  test('a shape and data that are exchanged', () => {
    const p = program(real(), () => tensor(Array.from({ length: 100_000 }, (_, k) => k + 0.5) as never, [2, 3]))
    expect(E.isLeft(p) && showDiagnostics(p.left).length).toBeLessThan(1500)
  })
  test('very many of them', () => {
    const p = program(real(3), (x) => Array.from({ length: 1000 }, () => O.softmax(5)(x as never)))
    expect(E.isLeft(p) && showDiagnostics(p.left)).toMatch(/\n\.\.\. and 950 more$/)
  })
  test('the part of a derived operation that refused', () =>
    expect(complaint([int(3)], of(O.gelu))).toMatch(
      /\n {2}in {3}gelu\(int\[3\]\) {3}at \S+\n {2}via {2}normalCdf\(int\[3\]\)\n/,
    ))
  test('an empty list of arrays', () => {
    expect(() => concat(0)([] as never)).toThrow(/^concat: the list of arrays is empty\n/)
    expect(() => O.stack(0)([] as never)).toThrow(/^stack: the list of arrays is empty\n/)
  })
  test('a rule with other leaves: the names of both', () => {
    const f = customVjp(
      ({ x, y }: { readonly x: Expr; readonly y: Expr }) => add(x, y),
      (_, ct) => ({ a: ct, b: ct }) as never,
    )
    expect(complaint([real(), real()], (x, y) => f({ x: x as Expr, y: y as Expr }))).toMatch(
      /^customVjp: what the rule gives: expected x: real\[\], y: real\[\], found a: real\[\], b: real\[\]/,
    )
  })
})
