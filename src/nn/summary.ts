/** A network as a table: its layers, their sizes, and how much they compute. */

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Diagnostics, orThrow } from '../../lang/syntax/error.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { showType } from '../../lang/syntax/shape.ts'
import { type TypeTree, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { cost } from '../transform/cost.ts'
import { type Stage, stage } from './joint.ts'
import type { Layer } from './layer.ts'
import { parameterCount, predict } from './network.ts'

/** One layer of a network, on one example. */
export interface SummaryRow {
  readonly name: string
  /** The types of its output. */
  readonly output: TypeTree
  /** How many numbers it learns. */
  readonly parameters: number
  /** Real operations for one example in mode 'eval', by `cost` of its program. */
  readonly flops: number
}
type Rows = E.Either<Diagnostics, readonly SummaryRow[]>

type Predict = (l: Layer, x: TypeTree) => E.Either<Diagnostics, Program<unknown, TypeTree>>
const untyped = typed<Predict>(predict)
const rowOf = (l: Layer, x: TypeTree): Rows =>
  pipe(
    untyped(l, x),
    E.map((p) => [{ name: l.name, output: p.out, parameters: parameterCount(l), flops: cost(p).flops }]),
  )
const outputOf = (rows: readonly SummaryRow[], x: TypeTree): TypeTree => rows.at(-1)?.output ?? x
/** A row for every layer; a sequence is its layers. */
const rowsOf = (l: Layer, x: TypeTree): Rows =>
  l.parts.length === 0
    ? rowOf(l, x)
    : l.parts.reduce<Rows>(
        (before, part) =>
          pipe(
            before,
            E.chain((rows) =>
              pipe(
                rowsOf(part, outputOf(rows, x)),
                E.map((more) => [...rows, ...more]),
              ),
            ),
          ),
        E.right([]),
      )
/**
 * The layers of a network in order, each with its output, parameters and operations.
 *
 * Law:     the parameters add up to parameterCount(network)
 * Errors:  every ill-typed operation of the first layer that does not fit
 */
export const layersOf = (network: Stage, example: TypeTree): Rows => rowsOf(stage(network), example)

/** 61706 -> 61,706 */
const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',')
const showTypes = (types: TypeTree): string => typeLeaves(types).map(showType).join(', ')
const total = (rows: readonly SummaryRow[], of: (r: SummaryRow) => number): string =>
  grouped(rows.reduce((n, r) => n + of(r), 0))

const table = (example: TypeTree, rows: readonly SummaryRow[]): string => {
  const lines = [
    ['layer', 'output', 'parameters', 'flops'],
    ['takes', showTypes(example), '0', '0'],
    ...rows.map((r) => [r.name, showTypes(r.output), grouped(r.parameters), grouped(r.flops)]),
    ['in all', '', total(rows, (r) => r.parameters), total(rows, (r) => r.flops)],
  ]
  const widths = [0, 1, 2, 3].map((k) => Math.max(...lines.map((line) => line[k]?.length ?? 0)))
  const cell = (text: string, k: number): string =>
    k < 2 ? text.padEnd(widths[k] ?? 0) : text.padStart(widths[k] ?? 0)
  return lines.map((line) => line.map(cell).join('  ')).join('\n')
}
/**
 * A table as text: for every layer the type of its output, its number of parameters, and its operations per example.
 *
 * Errors:  throws the diagnostics of a network that does not fit its example
 *
 * @example
 * summary(sequential(dense(784, 128), relu, dense(128, 10)), real(784))
 */
export const summary = (network: Stage, example: TypeTree): string =>
  table(example, orThrow(layersOf(network, example)))
