/** `adjoint cost`: the arithmetic and memory of a program and of its derivatives. Nothing is run. */
import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import { type Cost, cost } from '../transform/cost.ts'
import { jvp } from '../transform/jvp.ts'
import { simplify } from '../transform/simplify/index.ts'
import { vjp } from '../transform/vjp.ts'
import { failed } from './fault.ts'
import { gradientOf, programArgument, readProgram } from './read.ts'

type Row = readonly [what: string, cost: Cost]
const reverse = (p: UntypedProgram): readonly Row[] => {
  const gradient = gradientOf(p)
  if (E.isRight(gradient)) return [['gradient (reverse mode)', cost(simplify(gradient.right))]]
  const pulled = vjp(p)
  return E.isRight(pulled) ? [['vjp (reverse mode)', cost(simplify(pulled.right))]] : []
}
const rowsOf = (p: UntypedProgram): readonly Row[] => [
  ['the program', cost(simplify(p))],
  ['jvp (forward mode)', cost(simplify(jvp(p) as UntypedProgram))],
  ...reverse(p),
]
const shown = (rows: readonly Row[]): string => {
  const own = rows[0]?.[1].flops ?? 0
  const cells = [
    ['', 'arithmetic', 'times', 'bytes moved', 'bytes at once'],
    ...rows.map(([what, c]) => [
      what,
      String(c.flops),
      own === 0 ? '-' : (c.flops / own).toFixed(2),
      String(c.bytes),
      String(c.peak),
    ]),
  ]
  const widths = (cells[0] ?? []).map((_, k) => Math.max(...cells.map((r) => (r[k] ?? '').length)))
  return cells
    .map((r) => r.map((c, k) => (k === 0 ? c.padEnd(widths[k] ?? 0) : c.padStart(widths[k] ?? 0))).join('   '))
    .join('\n')
}
export const registerCost = (adjoint: Command): void => {
  adjoint
    .command('cost')
    .description('arithmetic, traffic and memory of a program and of its derivatives')
    .argument(...programArgument)
    .option('--json', 'as JSON', false)
    .action(async (what: string, { json }: { readonly json: boolean }) => {
      const read = await readProgram(what)
      if (E.isLeft(read)) {
        process.exitCode = failed(read.left)
        return
      }
      const rows = rowsOf(read.right)
      console.log(json ? JSON.stringify(Object.fromEntries(rows), null, 2) : shown(rows))
    })
}
