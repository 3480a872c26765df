/** A plan as text: kernels with their arithmetic, forms with their bodies, and the cost. */
import type { Scalar } from '../../lang/kernel/index.ts'
import { showType, type Type } from '../../lang/syntax/shape.ts'
import { blockOf, type LoopBlock } from '../rewrite/codeMotion.ts'
import { readersIn } from '../rewrite/scalars.ts'
import { costOf, flopsOf } from './cost.ts'
import { type KernelStep, kernelsOf, type Plan, plansWithin, type ScatterStep, type Step, typeOf } from './plan.ts'

/** Names for indices, loops and statements, in order of appearance. A scalar that is used once is printed in its place. */
const namer = (k: KernelStep) => {
  const names = new Map<Scalar, string>(k.indices.map((i, d) => [i, `i${d}`]))
  const readers = readersIn([k.body])
  let loops = 0
  let lets = 0
  return {
    loop: (s: Scalar): string => name(s, `k${loops++}`),
    bind: (s: Scalar): string => name(s, `t${lets++}`),
    shared: (s: Scalar): boolean => readers(s) > 1,
    of: (s: Scalar) => names.get(s),
  }
  function name(s: Scalar, text: string): string {
    names.set(s, text)
    return text
  }
}
const infix: { readonly [f: string]: string } = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  lt: '<',
  le: '<=',
  eq: '=',
  ne: '!=',
  and: '&',
  or: '|',
}

/** One line per statement that needs a name. */
const showKernel = (k: KernelStep, types: readonly Type[]): readonly string[] => {
  const names = namer(k)
  const lines: string[] = []
  const text = (s: Scalar): string => names.of(s) ?? written(s)
  const written = (s: Scalar): string => {
    switch (s._tag) {
      case 'Num':
        return String(s.value)
      case 'Index':
        return '?'
      case 'Load':
        return `%${k.reads[s.source]}[${s.at.map(text).join(', ')}]`
      case 'Call': {
        const sign = infix[s.fn]
        const args = s.args.map(text)
        return sign === undefined ? `${s.fn}(${args.join(', ')})` : `(${args.join(` ${sign} `)})`
      }
      case 'Reduce':
        return '?'
    }
  }
  const print = (block: LoopBlock, indent: string): void => {
    for (const s of block) {
      if (s._tag === 'Let') {
        if (names.shared(s.scalar) && s.scalar._tag === 'Call' && s.scalar.range === undefined) {
          const right = text(s.scalar)
          lines.push(`${indent}${names.bind(s.scalar)} = ${right}`)
        }
      } else {
        const i = names.loop(s.index)
        const at = lines.push('') - 1
        print(s.body, `${indent}  `)
        for (const r of s.reduces) {
          const right = text(r.body)
          lines.push(`${indent}  ${names.bind(r)} by ${r.by} of ${right}`)
        }
        lines[at] = `${indent}for ${i} < ${s.index.size}`
      }
    }
  }
  print(blockOf(k.indices, [k.body]), '    ')
  const axes = k.indices.map((i) => text(i)).join(', ')
  const head = `  %${k.out}[${axes}]: ${showType(typeOf({ types }, k.out))} = ${k.ops.join(' ')}`
  return [head, ...lines, `    = ${text(k.body)}`]
}

const values = (vs: readonly (number | undefined)[]): string =>
  vs.map((v) => (v === undefined ? '_' : `%${v}`)).join(', ')
/** Lines of a back end about a kernel, below its arithmetic. */
type About = (k: KernelStep, p: Plan) => readonly string[]
/** `%4 add 0.1 x (scatter add %2 at %3)`: rows joined at places, and what that is joined into. */
const scatterText = ({ by, rows, places, into }: ScatterStep): string => {
  const joined = `scatter ${by} %${rows} at %${places}`
  if (into === undefined) return joined
  return `%${into.value} ${into.by} ${into.factor === 1 ? '' : `${into.factor} x `}(${joined})`
}
const indented = (lines: readonly string[]): readonly string[] => lines.map((l) => `    ${l}`)
const showStep = (p: Plan, s: Step, about: About): readonly string[] => {
  const inside = (q: Plan): readonly string[] => indented(body(q, about))
  switch (s._tag) {
    case 'Kernel':
      return [...showKernel(s, p.types), ...indented(about(s, p))]
    case 'Data':
      return [`  %${s.out} = data of ${s.values.length}`]
    case 'Sort':
      return [`  %${s.out} = sort %${s.arg}${s.descending ? ' descending' : ''}`]
    case 'Scatter':
      return [`  %${s.out} = ${scatterText(s)}`]
    case 'Loop':
      return [
        `  ${values(s.outs)} = loop ${s.length}${s.reverse ? ' reverse' : ''} (${values(s.args)}), ${s.carries} carried, ${s.rows} by row`,
        ...inside(s.body),
      ]
    case 'While':
      return [
        `  ${values(s.outs)} = while (${values(s.args)})${s.limit === undefined ? '' : `, at most ${s.limit} steps`}`,
        ...inside(s.test),
        '    do',
        ...inside(s.body),
      ]
    case 'Branch':
      return [
        `  ${values(s.outs)} = if (${values(s.args)})`,
        ...inside(s.bodies[0]),
        '    else',
        ...inside(s.bodies[1]),
      ]
  }
}
const body = (p: Plan, about: About): readonly string[] => [
  `plan (${p.inputs.map((t, k) => `%${k}: ${showType(t)}`).join(', ')}) -> (${values(p.outputs)})`,
  ...p.steps.flatMap((s) => showStep(p, s, about)),
]

const counted = (n: number, thing: string): string => `${n} ${thing}${n === 1 ? '' : 's'}`
/** The whole plan, then its cost. */
export const showPlan = (p: Plan, about: About = () => []): string => {
  const { flops, bytes, peak } = costOf(p)
  const largest = plansWithin(p)
    .flatMap((q) => q.steps.map((s) => (s._tag === 'Kernel' ? flopsOf(s, q.types) : 0)))
    .reduce((most, n) => Math.max(most, n), 0)
  return [
    ...body(p, about),
    `${counted(kernelsOf(p).length, 'kernel')}, ${counted(flops, 'flop')} (${largest} in the largest), ${bytes} bytes moved, ${peak} bytes at once`,
  ].join('\n')
}
