/**
 * `adjoint explain`: what a transformation does to a formula or to a model of the examples, rule by rule, with the
 * numbers at a point; in a terminal, or as LaTeX, a page, or a drawing.
 */

import { type Command, Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import type { UntypedProgram } from '../../../lang/syntax/program.ts'
import { isReal } from '../../../lang/syntax/shape.ts'
import { type Derivation, describe, explain, type Flow, flows, type Language, languages } from '../../explain/index.ts'
import { simplify } from '../../transform/simplify/index.ts'
import { failed, fault, perhaps, refused } from '../fault.ts'
import { parsePoint } from '../point.ts'
import { programArgument, type Read, readProgram } from '../read.ts'
import { whole } from '../values.ts'
import { write } from '../write.ts'
import { type Format, formatOf, formats, rendered } from './format.ts'
import { type Asked, type ExplainMode, misfit, modes, readModes, takersOf, transformation } from './modes.ts'

interface Flags extends Asked {
  readonly mode: string
  readonly lang: Language
  readonly format?: Format
  readonly out?: string
}

const readNames = (text: string | undefined, p: UntypedProgram): Read<readonly string[] | undefined> => {
  if (text === undefined) return E.right(undefined)
  const asked = text.split(',').map((n) => n.trim())
  const known = p.closed.inputs.filter((i) => isReal(i.type)).map((i) => i.name)
  const unknown = asked.find((n) => !known.includes(n))
  return unknown === undefined
    ? E.right(asked)
    : E.left(
        fault(`no real input is called '${unknown}'`, '--wrt', perhaps(unknown, known, `one of ${known.join(', ')}`)),
      )
}
/** The last derivation of a chain. `wrt` applies to the first mode, `size` to every batch. */
const derivation = (
  p: UntypedProgram,
  [mode, ...rest]: readonly ExplainMode[],
  wrt: readonly string[] | undefined,
  size: number,
): Read<Derivation> => {
  if (mode === undefined) return E.left(fault('nothing to explain', '--mode', `one of ${modes.join(', ')}`))
  const found = explain(p, transformation(mode, p, wrt, size))
  if (E.isLeft(found)) return E.left(refused(found.left))
  const { result } = found.right
  if (rest.length === 0) return found
  return derivation(
    rest[0] === 'transpose' || rest[0] === 'simplify' ? result : simplify(result),
    rest,
    undefined,
    size,
  )
}

const arrays = (xs: readonly (readonly number[])[]): readonly Float64Array[] => xs.map((x) => Float64Array.from(x))
const numbers = (d: Derivation, { at, along }: Flags): Read<readonly Flow[]> => {
  if (at === undefined) return E.right([])
  const inputs = d.source.closed.inputs
  const point = parsePoint(at, inputs)
  if (E.isLeft(point)) return point
  const moving = inputs.filter((_, k) => d.places[k]?.tangent !== undefined)
  const direction = along === undefined ? E.right(undefined) : parsePoint(along, moving, '--along')
  if (E.isLeft(direction)) return direction
  const moves = direction.right === undefined ? {} : { along: arrays(direction.right) }
  return E.mapLeft(refused)(flows(d, { at: arrays(point.right), ...moves }))
}

const run = async (what: string, flags: Flags): Promise<number> => {
  const format = formatOf(flags.format, flags.out)
  if (E.isLeft(format)) return failed(format.left)
  const asked = readModes(flags.mode)
  if (E.isLeft(asked)) return failed(asked.left)
  const idle = misfit(asked.right, flags)
  if (idle !== undefined) return failed(idle)
  const program = await readProgram(what)
  if (E.isLeft(program)) return failed(program.left)
  const wrt = readNames(flags.wrt, program.right)
  if (E.isLeft(wrt)) return failed(wrt.left)
  const found = derivation(program.right, asked.right, wrt.right, flags.size ?? 2)
  if (E.isLeft(found)) return failed(found.left)
  const flow = numbers(found.right, flags)
  if (E.isLeft(flow)) return failed(flow.left)
  const document = describe(found.right, { language: flags.lang, flows: flow.right })
  const text = rendered(found.right, document, flow.right, format.right)
  if (flags.out === undefined) {
    console.log(text.trimEnd())
    return 0
  }
  const file = write(flags.out, text, '--out')
  if (E.isLeft(file)) return failed(file.left)
  console.log(`written: ${file.right}`)
  return 0
}

/** The modes that take an option, for the help. */
const of = (option: keyof Asked): string => takersOf(option).join(', ')
export const registerExplain = (adjoint: Command): void => {
  adjoint
    .command('explain')
    .description('what a transformation does to a program, rule by rule')
    .argument(...programArgument)
    .option('--mode <names>', `${modes.join(', ')}; several are applied in order: reverse,forward`, 'reverse')
    .option('--wrt <inputs>', `the inputs to differentiate by, x,y; all by default (${of('wrt')})`)
    .option('--at <point>', `the numbers at a point, x=1.2,y=0.5, beside finite differences (${of('at')})`)
    .option('--along <direction>', `the tangents of the inputs, x=1,y=0; ones by default (${of('along')})`)
    .option('--size <n>', `how many examples; 2 by default (${of('size')})`, whole(1))
    .addOption(new Option('--lang <language>', 'the language of the sentences').choices(languages).default('en'))
    .addOption(
      new Option('--format <format>', 'by default the one that the ending of --out names, else text').choices(formats),
    )
    .option('--out <file>', 'write to this file')
    .action(async (what: string, flags: Flags) => {
      process.exitCode = await run(what, flags)
    })
}
