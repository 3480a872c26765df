/** A derivation as a document: the program, its graph, every step, the numbers, the result. */
import { print } from '../../lang/text/index.ts'
import { simplify } from '../transform/simplify/index.ts'
import type { Derivation, Flow, Step } from './derivation.ts'
import { type Block, code, type Document, equations, heading, paragraph } from './document.ts'
import { equationsOf, namesOf } from './equations.ts'
import { graphOf } from './graph.ts'
import { type Language, type Phrase, phrase, speak } from './messages.ts'
import { showNumber, showNumbers } from './numbers.ts'
import { bar } from './symbols.ts'
import { capital, equals, type Formula, type Line, type Sentence } from './words.ts'

export interface DescribeOptions {
  readonly language?: Language
  /** From `flows`: the numbers at a point. */
  readonly flows?: readonly Flow[]
  /** The title; the transformation's by default. */
  readonly title?: Sentence
  /** Draw the graph; true by default. */
  readonly graph?: boolean
}
type Speak = (p: Phrase) => Sentence

const stepBlocks = (tell: Speak, s: Step, number: number): readonly Block[] => {
  const rule = s.action === 'rewrite' ? [] : [...capital(tell(s.rule)), '. ']
  return [
    heading(3, tell(phrase('headStep', { number, equation: equals(s.equation) }))),
    paragraph([...rule, ...tell(s.sentence), ...s.remarks.flatMap((r) => [' ', ...tell(r)])]),
    ...equations(
      s.local.map((l) => l.line),
      tell(phrase('local', {})),
    ),
    ...equations(s.yields, tell(phrase('yields', {}))),
    ...s.inside.flatMap((d) => [
      heading(3, tell(phrase('headInside', { equation: s.equation.left }))),
      ...d.steps.flatMap((inner, k) => stepBlocks(tell, inner, k + 1)),
    ]),
  ]
}
const worstOf = (fs: readonly Flow[]): number =>
  fs.reduce(
    (worst, f) =>
      (f.tangent ?? f.cotangent ?? []).reduce(
        (w, x, k) => Math.max(w, Math.abs(x - (f.difference?.[k] ?? x)) / Math.max(1, Math.abs(x))),
        worst,
      ),
    0,
  )
const numberBlocks = (tell: Speak, d: Derivation, fs: readonly Flow[]): readonly Block[] => {
  const reverse = fs.some((f) => f.cotangent !== undefined)
  const derived = fs.some((f) => f.tangent !== undefined || f.cotangent !== undefined)
  const formulas = new Map<number, Formula>()
  d.source.closed.equations.forEach((q, k) => {
    const line = d.equations[k]
    if (line !== undefined) formulas.set(q.first, line.right)
  })
  const shown = fs.filter((f) => f.value < d.source.closed.inputs.length || formulas.has(f.value))
  const dash: Sentence = ['–']
  const cell = (xs: readonly number[] | undefined): Sentence => (xs === undefined ? dash : [showNumbers(xs)])
  const head = [
    phrase('columnValue', {}),
    phrase('columnFormula', {}),
    phrase('columnPrimal', {}),
    ...(derived
      ? [reverse ? phrase('columnCotangent', {}) : phrase('columnTangent', {}), phrase('columnDifference', {})]
      : []),
  ].map(tell)
  return [
    heading(2, tell(phrase('headNumbers', {}))),
    {
      _tag: 'Table',
      head,
      rows: shown.map((f) => {
        const formula = formulas.get(f.value)
        return [
          [f.name],
          formula === undefined ? dash : [formula],
          cell(f.primal),
          ...(derived ? [cell(f.tangent ?? f.cotangent), cell(f.difference)] : []),
        ]
      }),
    },
    ...(derived ? [paragraph(tell(phrase('numbersNote', { reverse, worst: showNumber(worstOf(fs)) })))] : []),
  ]
}

/** The equations of a program, its text, and its graph if it is requested. */
const programBlocks = (tell: Speak, d: Derivation, flows: readonly Flow[], graph: boolean): readonly Block[] => {
  const lines = d.equations.filter((l): l is Line => l !== undefined)
  const drawn: readonly Block[] =
    graph && lines.length > 0
      ? [
          heading(2, tell(phrase('headGraph', {}))),
          { _tag: 'Graph', graph: graphOf(d, flows), caption: tell(phrase('title', { kind: d.kind })) },
        ]
      : []
  return [...equations(lines), code(print(d.source)), ...drawn]
}
/** In which program each equation of forward mode is computed, and the equation there. */
const splitTable = (tell: Speak, d: Derivation): Block => {
  const [linear, point] = [d.result.closed, d.point?.closed].map((p) =>
    p === undefined ? [] : equationsOf(p, namesOf(p)),
  )
  const there = (s: Step): Sentence => {
    const [in0, at0] = [s.produced.at(-1), s.producedAtPoint.at(-1)]
    const line = in0 !== undefined ? linear?.[in0] : at0 !== undefined ? point?.[at0] : undefined
    return line === undefined ? ['–'] : [equals(line)]
  }
  return {
    _tag: 'Table',
    head: [phrase('columnEquation', {}), phrase('columnPlace', {}), phrase('columnThere', {})].map(tell),
    rows: d.steps.map((s) => [
      [equals(s.equation)],
      tell(phrase(s.sentence.key === 'inLinear' ? 'placeLinear' : 'placePoint', {})),
      there(s),
    ]),
  }
}
/** The steps in their order; a linearisation shows forward mode first. */
const storyBlocks = (tell: Speak, d: Derivation, flows: readonly Flow[], graph: boolean): readonly Block[] => {
  const numbered = (steps: readonly Step[]): readonly Block[] => steps.flatMap((s, k) => stepBlocks(tell, s, k + 1))
  if (d.before !== undefined)
    return [
      ...programBlocks(tell, d.before, [], false),
      heading(2, tell(phrase('headForward', {}))),
      ...numbered(d.before.steps),
      heading(2, tell(phrase('headSplit', {}))),
      ...programBlocks(tell, d, flows, graph),
      splitTable(tell, d),
    ]
  const last = d.source.closed.outputs[0]
  const y = last === undefined ? undefined : d.places[last]?.name
  return [
    ...programBlocks(tell, d, flows, graph),
    heading(2, tell(phrase('headSteps', {}))),
    ...(d.kind === 'gradient' && y !== undefined ? [paragraph(tell(phrase('startGradient', { y, bar: bar(y) })))] : []),
    ...numbered(d.steps),
  ]
}

/** The whole explanation of one transformation. */
export const describe = (
  d: Derivation,
  { language = 'en', flows = [], title, graph = true }: DescribeOptions = {},
): Document => {
  const tell: Speak = (p) => speak(language, p)
  const simple = d.kind === 'simplify' || d.kind === 'compile' ? undefined : simplify(d.result)
  const before = d.source.closed.equations.length
  const after = d.result.closed.equations.length
  return {
    language,
    title: title ?? tell(phrase('title', { kind: d.kind })),
    blocks: [
      paragraph(tell(phrase('lead', { kind: d.kind }))),
      heading(2, tell(phrase('headProgram', {}))),
      ...storyBlocks(tell, d, flows, graph),
      ...(flows.length === 0 ? [] : numberBlocks(tell, d, flows)),
      ...(d.point === undefined ? [] : [heading(2, tell(phrase('headPoint', {}))), code(print(d.point))]),
      ...(d.plan === undefined
        ? [heading(2, tell(phrase('headResult', {}))), code(print(d.result))]
        : [heading(2, tell(phrase('headPlan', {}))), code(d.plan)]),
      ...(d.kind === 'simplify' ? [paragraph(tell(phrase('sizes', { before, after })))] : []),
      ...(simple === undefined || simple.closed.equations.length === after
        ? []
        : [heading(2, tell(phrase('headSimplified', {}))), code(print(simple))]),
    ],
  }
}
