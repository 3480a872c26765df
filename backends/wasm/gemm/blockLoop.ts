/** One iteration of the loop over batches and blocks of columns, as code of the function that owns the locals. */
import type { Index } from '../../../lang/kernel/index.ts'
import { strides } from '../../../lang/syntax/shape.ts'
import { type Code, i32, type Locals, seq } from '../assembler/index.ts'
import { iterationsOf, type Part } from './part.ts'
import type { Tiling } from './tiling.ts'

type Int = Code<'i32'>
export interface BlockIteration {
  /** Code that runs first. */
  readonly start: Code
  /** The value of a batch index. */
  readonly value: (i: Index) => Int
  /** The number of the block of columns. */
  readonly block: Int
  /** The number of the values of these indices. */
  readonly counter: (outer: readonly Index[]) => Int
  /** Runs some iterations of a part, or all. */
  readonly some: (p: Part, from: Int, until: Int) => Code
  readonly all: (p: Part) => Code
}
export const blockIteration = ({ of, columns }: Tiling, locals: Locals, iteration: Int): BlockIteration => {
  const blocks = i32.const(columns.block.size)
  const [batch, block] = [locals('i32'), locals('i32')]
  const by = strides(of.batch.map((i) => i.size))
  const counter = (outer: readonly Index[]): Int =>
    outer.includes(columns.block)
      ? i32.add(i32.mul(batch.get, blocks), block.get)
      : outer.length > 0
        ? batch.get
        : i32.const(0)
  const some = (p: Part, from: Int, until: Int): Code => {
    const first = i32.mul(counter(p.outer), i32.const(p.each))
    return p.kernel.run.call(i32.add(first, from), i32.add(first, until))
  }
  return {
    start: seq(batch.set(i32.div(iteration, blocks)), block.set(i32.rem(iteration, blocks))),
    value: (i) => i32.rem(i32.div(batch.get, i32.const(by[of.batch.indexOf(i)] as number)), i32.const(i.size)),
    block: block.get,
    counter,
    some,
    all: (p) => some(p, i32.const(0), i32.const(iterationsOf(p)[0])),
  }
}
