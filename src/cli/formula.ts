/** `adjoint print`, `adjoint grad`, `adjoint jvp`: programs from formulas, as text. */
import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { type Diagnostics, type Program, showDiagnostics } from '../../lang/index.ts'
import { parse, showParseError } from '../../lang/text/parse.ts'
import { print } from '../../lang/text/print.ts'
import { grad } from '../grad.ts'
import { jvp } from '../jvp.ts'
import { simplify } from '../simplify/index.ts'

type Untyped = Program<unknown, unknown>
type Transform = (p: Untyped) => E.Either<Diagnostics, Untyped>
const commands: readonly (readonly [name: string, what: string, transform: Transform])[] = [
  ['print', 'a formula as a program', E.right],
  ['grad', 'its gradient: reverse mode', (p) => grad(p as never) as E.Either<Diagnostics, Untyped>],
  ['jvp', 'its derivative along a direction: forward mode', (p) => E.right(jvp(p) as Untyped)],
]
const run = (transform: Transform, text: string, raw: boolean): number => {
  const parsed = parse(text)
  if (E.isLeft(parsed)) {
    console.error(parsed.left.map(showParseError).join('\n'))
    return 1
  }
  const made = transform(parsed.right as Untyped)
  if (E.isLeft(made)) {
    console.error(showDiagnostics(made.left))
    return 1
  }
  console.log(print(raw ? made.right : simplify(made.right)))
  return 0
}
export const registerFormula = (adjoint: Command): void => {
  for (const [name, what, transform] of commands)
    adjoint
      .command(`${name} <formula>`)
      .description(what)
      .option('--raw', 'before simplification', false)
      .action((text: string, { raw }: { readonly raw: boolean }) => {
        process.exitCode = run(transform, text, raw)
      })
}
