/** A network on the rows of a sequence one at a time, as sampling needs it: what it must remember is its state. */
import * as E from 'fp-ts/lib/Either.js'
import { wrong } from '../../lang/operations/derived.ts'
import { refuse } from '../../lang/primitives/entry.ts'
import { orThrow } from '../../lang/syntax/error.ts'
import { isSize, sizeOf } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { exprLeaves, refill, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { type Layer, layerAs, type Parts } from './layer.ts'
import type { Opaque } from './rule.ts'

/** In place of a step that there is not: an error of any program of it. */
const noStep = (name: string, attribute: string, rule: string): Layer =>
  layerAs({
    name,
    apply: (_, state, __, a) => [refuse('stepwise', wrong(attribute, rule), exprLeaves(a)), state],
  })
/** The step of a layer whose output at a row depends on later rows, or that takes no rows. */
export const mixesRows = (name: string, why = 'needs all rows at once'): Layer =>
  noStep(name, 'network', `has ${name}, which ${why}`)
/** The step of a layer that knows fewer rows than are asked for. */
export const tooFewRows = (name: string, known: number, length: number): Layer =>
  noStep(name, 'length', `is ${length}, but the network has ${name}, which knows ${known}`)

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

/** A network on one row of a sequence. */
export interface Stepwise<P = unknown, K = unknown> extends Layer<P, unknown, K, Opaque> {
  /** The most rows that it remembers. */
  readonly rows: number
}
/**
 * A network on sequences of up to `length` rows, as a network on one row. Its state is what it remembers of the rows
 * before: the memory of recurrent layers, the keys and values of causal attention, the positions. It is all 0 before the
 * first row: `noMemory`. Parameters are those of the network.
 *
 * A layer that acts on each row by itself is its own step; so is a plain function, of which this is assumed. So it is of
 * what `combine` does between its parts.
 *
 * After `length` rows the memory is full: what attention keeps of a further row replaces the last, and a table of positions
 * repeats its own last row. Start a new sequence from `noMemory`, or take a greater length.
 *
 * Law:     the outputs of the steps, each with the state of the one before, are the rows of the network's output
 * Errors:  InvalidAttribute where a layer needs all rows at once: attention that is not causal, `last`, convolutions; for a
 *          length that is no whole number, 1 or more, and for one beyond a table of positions
 *
 * @example
 * const network = sequential(embedding(27, 16), lstm(16, 32), dense(32, 27))
 * const next = forwardOrThrow('eval')(stepwise(100)(network), int())
 */
export const stepwise =
  (length: number) =>
  <P, S, K>(network: Layer<P, S, K>): Stepwise<P, K> => {
    const step =
      isSize(length) && length >= 1
        ? network.step(length)
        : noStep(network.name, 'length', `is ${length}; expected a whole number, 1 or more`)
    return typed<Stepwise<P, K>>({ ...step, rows: length })
  }

/**
 * The memory of a stepwise network before the first row.
 *
 * Errors:  thrown: InvalidAttribute for a network that `stepwise` has not made: its state need not be 0 at first
 */
export const noMemory = (network: Stepwise): unknown =>
  'rows' in network
    ? zerosOf(network.state)
    : orThrow(
        E.left([
          {
            problem: wrong('network', 'has no memory of rows: make it one by stepwise(length)(network)'),
            op: 'noMemory',
            types: [],
            site: callSite(noMemory),
          },
        ]),
      )
