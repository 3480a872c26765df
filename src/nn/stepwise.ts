/** A network on the rows of a sequence one at a time, as sampling needs it: what it must remember is its state. */
import { wrong } from '../../lang/operations/derived.ts'
import { refuse } from '../../lang/primitives/entry.ts'
import { sizeOf } from '../../lang/syntax/shape.ts'
import { exprLeaves, refill, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { type Layer, layerAs, type Parts } from './layer.ts'
import type { Opaque } from './rule.ts'

/** The step of a layer whose output at a row depends on later rows, or that takes no rows: an error of any program of it. */
export const mixesRows = (name: string): Layer =>
  layerAs({
    name,
    apply: (_, state, __, a) => [
      refuse('stepwise', wrong('network', `has ${name}, which needs all rows at once`), exprLeaves(a)),
      state,
    ],
  })

const zerosOf = (types: unknown): unknown =>
  refill(
    types,
    typeLeaves(types).map(({ dtype, shape }) =>
      dtype === 'real' ? new Float32Array(sizeOf(shape)) : new Int32Array(sizeOf(shape)),
    ),
  )
/** A layer on one row, whose state is what it remembers: all 0 at first. */
export const remembers = <const P, const S, const K = null>(p: Parts<P, S, K>): Layer =>
  layerAs({ ...p, init: (key) => ({ ...p.init?.(key), state: zerosOf(p.state) }) })

/**
 * A network on sequences of up to `length` rows, as a network on one row. Its state is what it remembers of the rows
 * before: the memory of recurrent layers, the keys and values of causal attention, the positions. It is all 0 before the
 * first row: `noMemory`. Parameters are those of the network.
 *
 * A layer that acts on each row by itself is its own step; so is a plain function, of which this is assumed.
 *
 * Law:     the outputs of the steps, each with the state of the one before, are the rows of the network's output
 * Errors:  InvalidAttribute where a layer needs all rows at once: attention that is not causal, `last`, convolutions
 *
 * @example
 * const network = sequential(embedding(27, 16), lstm(16, 32), dense(32, 27))
 * const next = forwardOrThrow('eval')(stepwise(100)(network), int())
 */
export const stepwise =
  (length: number) =>
  <P, S, K>(network: Layer<P, S, K>): Layer<P, unknown, K, Opaque> =>
    typed<Layer<P, unknown, K, Opaque>>(network.step(length))

/** The memory of a stepwise network before the first row. */
export const noMemory = (network: Layer): unknown => zerosOf(network.state)
