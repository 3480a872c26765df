/** `adjoint print`, `grad`, `jvp`, `diff`: programs from formulas and models, as text. */

import { type Command, Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import type { Diagnostics } from '../../lang/index.ts'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import { latex } from '../../lang/text/latex.ts'
import { print } from '../../lang/text/print.ts'
import { changes, explain, phrase, speak, textOf } from '../explain/index.ts'
import { jvp } from '../transform/jvp.ts'
import { simplify } from '../transform/simplify/index.ts'
import { failed, refused } from './fault.ts'
import { gradientOf, programArgument, type Read, readProgram } from './read.ts'

type Transform = (p: UntypedProgram) => E.Either<Diagnostics, UntypedProgram>
const tangent: Transform = (p) => E.right(jvp(p))

const derivatives = { forward: tangent, reverse: gradientOf } as const

const made = async (transform: Transform, text: string): Promise<Read<UntypedProgram>> => {
  const read = await readProgram(text)
  return E.isLeft(read) ? read : E.mapLeft(refused)(transform(read.right))
}
const report = (result: Read<string>): void => {
  process.exitCode = E.isLeft(result) ? failed(result.left) : 0
  if (E.isRight(result)) console.log(result.right)
}

interface Flags {
  readonly raw: boolean
  readonly latex: boolean
}
const commands: readonly (readonly [name: string, what: string, transform: Transform])[] = [
  ['print', 'a formula or a model as a program', E.right],
  ['grad', 'the gradient: reverse mode', gradientOf],
  ['jvp', 'the derivative along a direction: forward mode', tangent],
]

const marks = { kept: ' ', gone: '-', new: '+' } as const
/** The equations before and after simplification, and the laws that were used. */
const difference = (p: UntypedProgram): Read<string> =>
  E.bimap(refused, (d: Parameters<typeof changes>[0]) => {
    const lines = changes(d).map(
      (c) => `${marks[c.mark]} ${c.line.text}${c.now === undefined ? '' : `    is ${c.now.text}`}`,
    )
    const laws = d.steps.map(
      (s) => `  ${s.equation.left.text} = ${s.equation.right.text}    by ${textOf(speak('en', s.rule))}`,
    )
    const [before, after] = [d.source.closed.equations.length, d.result.closed.equations.length]
    return [
      ...lines,
      textOf(speak('en', phrase('sizes', { before, after }))),
      ...(laws.length === 0 ? [] : ['', 'laws used, in order:', ...laws]),
    ].join('\n')
  })(explain(p, { _tag: 'simplify' }))

export const registerFormula = (adjoint: Command): void => {
  for (const [name, what, transform] of commands)
    adjoint
      .command(name)
      .description(what)
      .argument(...programArgument)
      .option('--raw', 'do not simplify', false)
      .option('--latex', 'as LaTeX', false)
      .action(async (text: string, flags: Flags) => {
        const show = (p: UntypedProgram): string => {
          const q = flags.raw ? p : simplify(p)
          return flags.latex ? latex(q) : print(q)
        }
        report(E.map(show)(await made(transform, text)))
      })
  adjoint
    .command('diff')
    .description('what simplification does to a program, or to its derivative')
    .argument(...programArgument)
    .addOption(
      new Option(
        '--mode <name>',
        'simplify the gradient (reverse) or the derivative along a direction (forward) instead',
      ).choices(Object.keys(derivatives)),
    )
    .action(async (text: string, { mode }: { readonly mode?: keyof typeof derivatives }) =>
      report(E.chain(difference)(await made(mode === undefined ? E.right : derivatives[mode], text))),
    )
}
