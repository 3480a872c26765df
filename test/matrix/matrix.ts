/**
 * The dictionary as a table: a row for every primitive, a column for everything that must hold of it. A cell says what
 * happened in this run: its laws were run on every example and passed, or it is refused by design and with which
 * diagnostic, or there is nothing to ask. Anything else is a hole.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Backend } from '../../backends/backend.ts'
import { type CompileError, showBackendError } from '../../backends/error.ts'
import { gpujs, reference, wasm } from '../../backends/index.ts'
import { freeAxes } from '../../lang/axes.ts'
import type { Entry } from '../../lang/primitives/entry.ts'
import { entries } from '../../lang/primitives/index.ts'
import { inTypes, outTypes } from '../../lang/syntax/closed.ts'
import { isReal } from '../../lang/syntax/shape.ts'
import { type Interval, unit, valuesFrom } from '../../src/testing/arbitrary/values.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { programOf } from '../backends/execution.ts'
import { agrees, isReference, subject } from '../laws/backend.ts'
import type { AnyProgram } from '../laws/derivative.ts'
import { laws, pointFrom } from '../laws/table.ts'

export type Cell =
  | { readonly _tag: 'Tested' }
  /** The plain program is refused; mapped over the axis that it names it was tested. */
  | { readonly _tag: 'Mapped' }
  | { readonly _tag: 'Refused'; readonly why: string }
  /** No real number in, or none out: there is no derivative to speak of. */
  | { readonly _tag: 'None' }
  | { readonly _tag: 'Hole'; readonly what: string }
export interface Row {
  readonly name: string
  readonly cells: readonly Cell[]
}

const hole = (what: string): Cell => ({ _tag: 'Hole', what })
const tested: Cell = { _tag: 'Tested' }
const none: Cell = { _tag: 'None' }
/** The diagnostics and errors by which something is refused for good: any other refusal is a hole. */
const byDesign: readonly string[] = ['NotReversible', 'UnboundAxis', 'TooLarge', 'BeyondMemory', 'Unsupported']
const refused = (tags: readonly string[], message = tags.join(', ')): Cell => {
  const why = [...new Set(tags)].join(', ')
  return tags.every((tag) => byDesign.includes(tag)) ? { _tag: 'Refused', why } : hole(`refused: ${message}`)
}

type Kind = 'typing' | 'push' | 'pull' | 'vmap' | 'second order'
/** Which column a law fills; laws of simplify and of text fill none. */
const columns: { readonly [law: string]: Kind | null } = {
  'the typing rule agrees with the values': 'typing',
  'primal: jvp and vjp begin with f': 'push',
  'finite difference: J v = (f(x + h v) - f(x - h v)) / 2h': 'push',
  'additivity: J (v + 2u) = J v + 2 J u': 'push',
  'adjointness: <J v, w> = <v, J^T w>': 'pull',
  'vmap f = map f': 'vmap',
  'vmap f = map f, some inputs shared': 'vmap',
  'vmap (jvp f) = map (jvp f)': 'vmap',
  'vmap (vjp f) = map (vjp f)': 'vmap',
  'jvp (vmap f) = map (jvp f)': 'vmap',
  'vjp (vmap f) = map (vjp f)': 'vmap',
  'reverse over forward = forward over reverse': 'second order',
  'forward over forward = forward over reverse': 'second order',
  'second order at ties, zeros and units': 'second order',
  'the Hessian is symmetric': 'second order',
  'special floats: types, primal, vmap, simplify and bind': null,
  'simplify f = f, and what is simple stays': null,
  'simplify (vjp f) = vjp f': null,
  'bind f: rest(once(known), x) = f(known, x)': null,
  'parse (print f) = f, and printing is deterministic': null,
}
/** Laws without a column: a new law must be given one. */
export const unplaced: readonly string[] = Object.keys(laws).filter((law) => !(law in columns))
/** Places for laws that there are no more. */
export const lost: readonly string[] = Object.keys(columns).filter((law) => !(law in laws))

interface Sample {
  readonly program: AnyProgram
  readonly range: Interval
  readonly declared: boolean
}
const samplesOf = (entry: Entry): readonly Sample[] =>
  entry.examples.map((x) => ({
    program: programOf(entry, x),
    range: x.range ?? unit,
    declared: x.declared !== undefined,
  }))

const seeds = [11]
/** The first law of a column that fails on a sample, if any. */
const failing = (kind: Kind, { program, range, declared }: Sample): string | undefined =>
  Object.entries(laws).find(([name, law]) => {
    if (columns[name] !== kind || (declared && name.startsWith('finite difference'))) return false
    const holds = law(program)
    return !seeds.every((seed) => holds(pointFrom(program, seed, range)))
  })?.[0]

/** Whether an operation takes and returns real numbers if the examples' types are replaced by real. */
const couldMove = ({ examples, type }: Entry): boolean =>
  examples.some(({ attrs, args }) => {
    const outs = type(
      attrs,
      args.map((t) => ({ ...t, dtype: 'real' as const })),
    )
    return args.length > 0 && E.isRight(outs) && outs.right.some(isReal)
  })
/** Real numbers in and out. */
const moves = ({ program: { closed } }: Sample): boolean =>
  inTypes(closed).some(isReal) && outTypes(closed).some(isReal)
const outcome = (kind: Kind, s: Sample): Cell => {
  if (kind !== 'typing' && kind !== 'vmap' && !moves(s)) return none
  const back = kind === 'pull' || kind === 'second order' ? vjp(s.program) : E.right(null)
  if (E.isLeft(back)) return refused(back.left.map((d) => d.problem._tag))
  const found = failing(kind, s)
  return found === undefined ? tested : hole(found)
}

/** An operation over a named axis runs when the axis is mapped. */
const mapped = (s: Sample): Sample => {
  const [axis] = freeAxes(s.program.closed)
  return axis === undefined ? s : { ...s, program: vmap(3, { axis })(s.program) as AnyProgram }
}
const tagsOf = (e: CompileError): readonly string[] =>
  e._tag === 'Refused' ? e.diagnostics.map((d) => d.problem._tag) : [e._tag]
const run = async (backend: Backend, exact: boolean, s: Sample): Promise<Cell> => {
  const compiled = await backend.compile(s.program)()
  if (E.isLeft(compiled)) return refused(tagsOf(compiled.left), showBackendError(compiled.left))
  compiled.right.release()
  const made = await subject(backend, s.program)
  const points = seeds.map((seed) => valuesFrom(seed, inTypes(s.program.closed), s.range))
  const agree = await Promise.all(points.map((x) => (exact ? isReference(made, x) : agrees(made, x, 2e-6))))
  made.release()
  return agree.every(Boolean) ? tested : hole('differs from the reference')
}
const execution = async (backend: Backend, exact: boolean, s: Sample): Promise<Cell> => {
  const overAxis = mapped(s)
  if (overAxis === s) return run(backend, exact, s)
  const free = await backend.compile(s.program)()
  const isRefused = E.isLeft(free) && tagsOf(free.left).every((tag) => tag === 'UnboundAxis')
  if (!isRefused) return hole('runs with a free axis')
  const cell = await run(backend, exact, overAxis)
  return cell._tag === 'Tested' ? { _tag: 'Mapped' } : cell
}

const order: readonly Cell['_tag'][] = ['Hole', 'Refused', 'Tested', 'Mapped', 'None']
/** The examples of a primitive together: the worst of them, and what is tested on one counts. */
const together = (cells: readonly Cell[]): Cell =>
  order.map((tag) => cells.find((c) => c._tag === tag)).find((c) => c !== undefined) ?? hole('no example')

const guarded = async (f: () => Cell | Promise<Cell>): Promise<Cell> => {
  try {
    return await f()
  } catch (error) {
    return hole(error instanceof Error ? error.message : String(error))
  }
}
const backends: readonly (readonly [string, Backend, boolean])[] = [
  ['reference', reference, true],
  ['gpujs:cpu', gpujs({ mode: 'cpu' }), false],
  ['gpujs:webasm', gpujs({ mode: 'webasm' }), false],
  ['wasm', wasm(), false],
]
const kinds: readonly Kind[] = ['typing', 'push', 'pull', 'vmap', 'second order']
export const heads: readonly string[] = [...kinds, ...backends.map(([name]) => name)]

export const rowOf = async (entry: Entry): Promise<Row> => {
  const samples = samplesOf(entry)
  const questions = [
    ...kinds.map(
      (kind) =>
        (s: Sample): Cell | Promise<Cell> =>
          outcome(kind, s),
    ),
    ...backends.map(
      ([, backend, exact]) =>
        (s: Sample): Cell | Promise<Cell> =>
          execution(backend, exact, s),
    ),
  ]
  const cells: Cell[] = []
  for (const ask of questions) {
    const found: Cell[] = []
    for (const s of samples) found.push(await guarded(() => ask(s)))
    const cell = together(found)
    cells.push(cell._tag === 'None' && couldMove(entry) ? hole('no example of real numbers') : cell)
  }
  return { name: entry.name, cells }
}
export const matrix = async (onRow: (done: number) => void = () => undefined): Promise<readonly Row[]> => {
  const rows: Row[] = []
  for (const entry of entries) {
    rows.push(await rowOf(entry))
    onRow(rows.length)
  }
  return rows
}
