/**
 * A kernel as source in a shading language: flat arrays, literal bounds, one constant per shared scalar, in the
 * outermost loop where it is known. The printer has four parts: names, values, addresses, statements.
 */
import { type UnrollLimits, unrolledBlock } from '../../rewrite/unroll.ts'
import { makeAddresses } from './addresses.ts'
import { makeNames } from './names.ts'
import { makeStatements } from './statements.ts'
import type { Syntax } from './syntax.ts'
import { axisGroups, type Thread } from './threadLayout.ts'
import { useCountsIn } from './useCounts.ts'
import { makeValues } from './values.ts'

/** `numbers`: the arguments that follow the arrays, for numbers that the language cannot write. */
interface Source {
  readonly source: string
  readonly numbers: readonly number[]
}

export const printThread = (thread: Thread, syntax: Syntax, unroll: UnrollLimits): Source => {
  const { indices, bodies, shapes } = thread
  const block = unrolledBlock(indices, bodies, unroll)
  const groups = axisGroups(thread, syntax)
  const names = makeNames(syntax, groups)
  const values = makeValues(syntax, names)
  const addresses = makeAddresses(syntax, names, values, groups, shapes)
  makeStatements(syntax, names, values, addresses, useCountsIn(block, bodies))(block)
  const results = bodies.map(values.value)
  const source = syntax.kernel({
    arrays: shapes.map((_, k) => `a${k}`),
    numbers: names.specials.map((_, k) => `c${k}`),
    lines: [...names.head, ...names.lines],
    results,
  })
  return { source, numbers: names.specials }
}
