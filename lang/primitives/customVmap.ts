/**
 * A program with a batch of its own: vmap over so many examples runs another program, which its author declares.
 *
 *   body  x -> y      many  [size, ..x] -> [size, ..y], the same on every example
 *
 * Derivatives of the one go with those of the other, so a batch of gradients is the gradient of the declared batch. vmap
 * over another number of examples maps the body.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, inline } from '../syntax/closed.ts'
import { invalid } from '../syntax/error.ts'
import type { Expr } from '../syntax/expr.ts'
import { isSize, real, sameTypes } from '../syntax/shape.ts'
import { bodiesMap, mismatch, programOf, signature, stackedWhere } from './bodies.ts'
import { stacked } from './broadcast.ts'
import { add, mul, sin } from './elementwise.ts'
import { applyAll, type Entry } from './entry.ts'

type Mapped = { readonly body: Closed; readonly many: Closed; readonly size: number }
const run = (a: Mapped, args: readonly Expr[]): readonly Expr[] =>
  applyAll(customVmapEntry, a, args, a.body.outputs.length)

const r2 = real(2)
const customVmapEntry: Entry<Mapped, readonly unknown[], 'customVmap'> = {
  name: 'customVmap',
  sentence: 'runs a program whose batch is declared',
  latex: '\\mathrm{customVmap}',
  algebra: {},
  examples: [
    {
      attrs: {
        body: programOf([r2, r2], (x, y) => [mul(sin(x), add(x, y))]),
        many: programOf([real(3, 2), real(3, 2)], (x, y) => [mul(sin(x), add(x, y))]),
        size: 3,
      },
      args: [r2, r2],
    },
  ],
  type: ({ body, many, size }, args) => {
    const [one, all] = [signature(body), signature(many)]
    if (!isSize(size)) return invalid('size', 'must be a whole number, 0 or more')
    if (!sameTypes(one.ins, args)) return mismatch('the arguments are not the inputs of the program', one.ins, args)
    const [ins, outs] = [one.ins.map(stacked(size)), one.outs.map(stacked(size))]
    if (!sameTypes(all.ins, ins)) return mismatch('the inputs of the batch', ins, all.ins)
    return sameTypes(all.outs, outs) ? E.right(one.outs) : mismatch('what the batch gives', outs, all.outs)
  },
  derivative: (a, args, _, rec) =>
    bodiesMap([a.body, a.many], 0, args, rec, ([body, many], xs) =>
      body === undefined || many === undefined
        ? []
        : applyAll(customVmapEntry, { ...a, body, many }, xs, body.outputs.length),
    ),
  batch: {
    rule: (a, args, batched, rec) => {
      const every = args.map(() => true)
      const full = stackedWhere(every, batched, args, rec.size)
      const outs = rec.size === a.size ? inline(a.many, full) : inline(rec.vmap(a.body, batched), args)
      return { outs, batched: outs.map(() => true) }
    },
  },
  meaning: ({ body }) => ({ _tag: 'Inline', body }),
  onSeries: ({ body, many, size }, _, on) => ({ body: on(body), many: on(many), size }),
}
/** Runs a program whose batch is declared. The low-level form, over closed programs. */
export const customVmapClosed =
  (a: Mapped) =>
  (...args: readonly Expr[]): readonly Expr[] =>
    run(a, args)

export const batches = [customVmapEntry] as const
