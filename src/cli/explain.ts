/**
 * `adjoint explain`: what a transformation does to a formula or to a model of the examples, rule by rule, with the numbers
 * at a point; in a terminal, or as LaTeX, a page, or a drawing.
 */
import { writeFileSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { generous } from '../../backends/schedule/fuse.ts'
import { schedule } from '../../backends/schedule/schedule.ts'
import { showPlan } from '../../backends/schedule/show.ts'
import { showDiagnostics } from '../../lang/index.ts'
import { isReal } from '../../lang/shape.ts'
import {
  type Derivation,
  type Document,
  describe,
  explain,
  type Flow,
  flows,
  graphOf,
  type Language,
  languages,
  renderHtml,
  renderLatex,
  renderSvg,
  renderText,
  type Transformation,
} from '../explain/index.ts'
import { simplify } from '../simplify/index.ts'
import { katexStyles } from './katexStyles.ts'
import { parsePoint, type Read, readModel, type Untyped } from './read.ts'

const modes = ['forward', 'reverse', 'linearize', 'transpose', 'batch', 'simplify', 'compile'] as const
type Mode = (typeof modes)[number]
const formats = ['text', 'latex', 'html', 'svg'] as const
interface Flags {
  readonly wrt?: string
  readonly mode: string
  readonly at?: string
  readonly along?: string
  readonly size: number
  readonly lang: Language
  readonly format?: (typeof formats)[number]
  readonly out?: string
}

const isMode = (text: string): text is Mode => (modes as readonly string[]).includes(text)
/** reverse,forward: the first of the program, the second of what the first made, simplified. */
const readModes = (text: string): Read<readonly Mode[]> => {
  const asked = text.split(',').map((m) => m.trim())
  const unknown = asked.find((m) => !isMode(m))
  return unknown === undefined
    ? E.right(asked.filter(isMode))
    : E.left(
        `no transformation is called '${unknown}'\n  in   --mode\n  try  one of ${modes.join(', ')}; or several, 'reverse,forward', each of what the one before made`,
      )
}
const readNames = (text: string | undefined, p: Untyped): Read<readonly string[] | undefined> => {
  if (text === undefined) return E.right(undefined)
  const asked = text.split(',').map((n) => n.trim())
  const known = p.closed.inputs.filter((i) => isReal(i.type)).map((i) => i.name)
  const unknown = asked.filter((n) => !known.includes(n))
  return unknown.length === 0
    ? E.right(asked)
    : E.left(`no real input is called ${unknown.join(', ')}\n  in   --wrt\n  try  one of ${known.join(', ')}`)
}
/** Reverse mode of one real number is its gradient, from the cotangent 1. */
const isNumber = (p: Untyped): boolean => {
  const { out } = p as { readonly out: { readonly dtype?: string; readonly shape?: readonly number[] } }
  return out.dtype === 'real' && out.shape?.length === 0
}
const transformation = (mode: Mode, p: Untyped, wrt: readonly string[] | undefined, size: number): Transformation => {
  const inputs = wrt === undefined ? {} : { wrt }
  switch (mode) {
    case 'forward':
      return { _tag: 'forward', ...inputs }
    case 'reverse':
      return { _tag: isNumber(p) ? 'gradient' : 'reverse', ...inputs }
    case 'batch':
      return { _tag: 'batch', size }
    case 'compile':
      return { _tag: 'compile', schedule: (c, tell) => showPlan(schedule(c, generous, tell)) }
    case 'linearize':
    case 'transpose':
    case 'simplify':
      return { _tag: mode }
  }
}
/** The last derivation of a chain. */
const derivation = (
  p: Untyped,
  all: readonly Mode[],
  wrt: readonly string[] | undefined,
  size: number,
): Read<Derivation> => {
  const [mode, ...rest] = all
  if (mode === undefined) return E.left('nothing to explain')
  const found = explain(p, transformation(mode, p, wrt, size))
  if (E.isLeft(found)) return E.left(showDiagnostics(found.left))
  const { result } = found.right
  return rest.length === 0
    ? found
    : derivation(rest[0] === 'transpose' || rest[0] === 'simplify' ? result : simplify(result), rest, undefined, size)
}

const arrays = (xs: readonly (readonly number[])[]): readonly Float64Array[] => xs.map((x) => Float64Array.from(x))
const numbers = (d: Derivation, { at, along }: Flags): Read<readonly Flow[]> => {
  if (at === undefined) return E.right([])
  const inputs = d.source.closed.inputs
  const moving = inputs.filter((_, k) => d.places[k]?.tangent !== undefined)
  const point = parsePoint(at, inputs)
  if (E.isLeft(point)) return point
  if (along === undefined) return E.right(flows(d, { at: arrays(point.right) }))
  const direction = parsePoint(along, moving, '--along')
  return E.isLeft(direction)
    ? direction
    : E.right(flows(d, { at: arrays(point.right), along: arrays(direction.right) }))
}
const endings: { readonly [ending: string]: (typeof formats)[number] } = {
  txt: 'text',
  tex: 'latex',
  html: 'html',
  svg: 'svg',
}
/** What is asked for, or what the file's name says; a terminal, and a name without an ending, get text. */
const formatOf = ({ format, out }: Flags): Read<(typeof formats)[number]> => {
  if (format !== undefined) return E.right(format)
  const ending = /\.(\w+)$/.exec(out ?? '')?.[1]
  const found = ending === undefined ? 'text' : endings[ending]
  return found === undefined
    ? E.left(
        `no format belongs to .${ending}\n  in   --out\n  try  a name that ends in .${Object.keys(endings).join(', .')}; or --format`,
      )
    : E.right(found)
}
const rendered = (
  d: Derivation,
  document: Document,
  found: readonly Flow[],
  format: (typeof formats)[number],
): string => {
  switch (format) {
    case 'text':
      return renderText(document)
    case 'latex':
      return renderLatex(document)
    case 'html':
      return renderHtml(document, katexStyles())
    case 'svg':
      return renderSvg(graphOf(d, found), document.title.join(''))
  }
}
const failed = (message: string): number => {
  console.error(message)
  return 1
}
const run = async (what: string, flags: Flags): Promise<number> => {
  const format = formatOf(flags)
  if (E.isLeft(format)) return failed(format.left)
  const program = await readModel(what)
  if (E.isLeft(program)) return failed(program.left)
  const asked = readModes(flags.mode)
  if (E.isLeft(asked)) return failed(asked.left)
  const wrt = readNames(flags.wrt, program.right)
  if (E.isLeft(wrt)) return failed(wrt.left)
  const found = derivation(program.right, asked.right, wrt.right, flags.size)
  if (E.isLeft(found)) return failed(found.left)
  const flow = numbers(found.right, flags)
  if (E.isLeft(flow)) return failed(flow.left)
  const document = describe(found.right, { language: flags.lang, flows: flow.right })
  const text = rendered(found.right, document, flow.right, format.right)
  if (flags.out === undefined) console.log(text.trimEnd())
  else {
    try {
      writeFileSync(flags.out, text)
    } catch (error) {
      return failed(
        `${error instanceof Error ? error.message : String(error)}\n  in   --out\n  try  a file in a folder that exists`,
      )
    }
    console.log(`written: ${flags.out}`)
  }
  return 0
}
const whole = (text: string): number => {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('a whole number, at least 1')
  return n
}
export const registerExplain = (adjoint: Command): void => {
  adjoint
    .command('explain <program>')
    .description("a transformation rule by rule: of a formula, 'x*sin(x*y)', or of a model (adjoint list)")
    .option('--mode <names>', `${modes.join(', ')}; several: each of what the one before made`, 'reverse')
    .option('--wrt <inputs>', 'forward and reverse: in which inputs, x,y; all by default')
    .option('--at <point>', 'the numbers at a point, x=1.2,y=0.5, beside finite differences')
    .option('--along <direction>', 'forward: the tangents of the inputs, x=1,y=0; ones by default')
    .option('--size <n>', 'batch: how many examples', whole, 2)
    .addOption(new Option('--lang <language>', 'of the sentences').choices(languages).default('en'))
    .addOption(new Option('--format <format>', 'by default what the name of the file says, else text').choices(formats))
    .option('--out <file>', 'write there')
    .action(async (what: string, flags: Flags) => {
      process.exitCode = await run(what, flags)
    })
}
