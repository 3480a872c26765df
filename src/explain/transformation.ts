/** The transformations that can be explained, as data, and how each is run so that it reports its events. */
import * as E from 'fp-ts/lib/Either.js'
import type { Closed } from '../../lang/syntax/closed.ts'
import type { Diagnostics } from '../../lang/syntax/error.ts'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import { isReal } from '../../lang/syntax/shape.ts'
import type { Tell } from '../../lang/tell.ts'
import { gradTelling } from '../transform/grad.ts'
import { jvpTelling } from '../transform/jvp.ts'
import { linearizeTelling } from '../transform/linearize.ts'
import { simplifyTelling } from '../transform/simplify/index.ts'
import { transposeTelling } from '../transform/transpose.ts'
import { vjpTelling } from '../transform/vjp.ts'
import { vmapTelling } from '../transform/vmap.ts'

export type Transformation =
  /** `wrt`: the names of the inputs to differentiate with respect to; all real ones by default. */
  | { readonly _tag: 'forward'; readonly wrt?: readonly string[] }
  | { readonly _tag: 'reverse'; readonly wrt?: readonly string[] }
  | { readonly _tag: 'gradient'; readonly wrt?: readonly string[] }
  | { readonly _tag: 'linearize' }
  /** Of a program linear in the second of its two inputs. */
  | { readonly _tag: 'transpose' }
  | { readonly _tag: 'batch'; readonly size: number; readonly over?: unknown; readonly axis?: string }
  | { readonly _tag: 'simplify' }
  /** `schedule`: the scheduler of backends/ and its printer, passed in because src cannot import back ends. */
  | { readonly _tag: 'compile'; readonly schedule: (p: Closed, tell: Tell) => string }

export interface Done {
  readonly result: UntypedProgram
  readonly point?: UntypedProgram
  readonly plan?: string
}
const done = (result: unknown): E.Either<Diagnostics, Done> => E.right({ result: result as UntypedProgram })
const doneOr = (result: E.Either<Diagnostics, unknown>): E.Either<Diagnostics, Done> =>
  E.map((r: unknown): Done => ({ result: r as UntypedProgram }))(result)

const wantedIn = (p: UntypedProgram, wrt: readonly string[] | undefined): readonly boolean[] | undefined =>
  wrt === undefined ? undefined : p.closed.inputs.map((i) => isReal(i.type) && wrt.includes(i.name))

export const perform = (p: UntypedProgram, t: Transformation, tell: Tell | undefined): E.Either<Diagnostics, Done> => {
  switch (t._tag) {
    case 'forward':
      return done(jvpTelling(p, tell, wantedIn(p, t.wrt)))
    case 'reverse':
      return doneOr(vjpTelling(p, tell, wantedIn(p, t.wrt)))
    case 'gradient':
      return doneOr(gradTelling(p, tell, wantedIn(p, t.wrt)))
    case 'linearize': {
      const { linear, point } = linearizeTelling(p, tell)
      return E.right({ result: linear as unknown as UntypedProgram, point: point as unknown as UntypedProgram })
    }
    case 'transpose':
      // transpose itself reports an input that is not a pair
      return doneOr(transposeTelling(p as never, tell))
    case 'batch':
      return done(
        vmapTelling(
          t.size,
          { over: (t.over ?? true) as boolean, ...(t.axis === undefined ? {} : { axis: t.axis }) },
          tell,
        )(p),
      )
    case 'simplify':
      return done({ ...p, closed: simplifyTelling(p.closed, tell) })
    case 'compile':
      return E.right({ result: p, plan: t.schedule(p.closed, tell ?? (() => undefined)) })
  }
}
