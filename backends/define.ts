/** A back end from what it does with a program that can be run at all. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { checkAxes } from '../lang/axes.ts'
import type { Backend } from './backend.ts'

/** Errors: Refused, when the program reads an axis that no vmap has mapped. */
export const define = (name: string, compile: Backend['compile']): Backend => ({
  name,
  compile: (p) => {
    const checked = checkAxes(p.closed)
    return E.isLeft(checked) ? TE.left({ _tag: 'Refused', diagnostics: checked.left }) : compile(p)
  },
})
