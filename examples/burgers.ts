/** The equation of Burgers, as the residual of a network, beside its exact solution. */
import {
  add,
  apply,
  type Expr,
  gradOrThrow,
  mul,
  type Program,
  programOrThrow,
  real,
  sub,
  type Type,
  take,
  tanh,
} from '../src/index.ts'

type Scalar = Type<readonly [], 'real'>
type Point = Type<readonly [2], 'real'>
const [viscosity, a, c] = [0.05, 0.5, 0.5] as const

/** Of a function of parameters and a point (x, t): how far it is from solving the equation at the point. */
export const residual = <P>(u: Program<{ readonly params: P; readonly p: Point }, Scalar>) => {
  type At = Program<{ readonly params: P; readonly p: Point }, Scalar>
  const partial = (f: At, axis: 0 | 1): At =>
    programOrThrow(f.in as never, (v: never) => {
      const slope = gradOrThrow(f, { wrt: { p: true } as never })
      return take(0, axis)((apply(slope)(v) as { readonly p: Expr<readonly [2]> }).p)
    }) as never
  const [ux, ut] = [partial(u, 0), partial(u, 1)]
  return programOrThrow(u.in as never, (v: never): Expr<readonly []> => {
    const at = (f: At) => apply(f)(v) as Expr<readonly []>
    return sub(add(at(ut), mul(at(u), at(ux))), mul(viscosity, at(partial(ux, 0))))
  }) as At
}
/** The known solution, without parameters; its residual is 0. */
export const front = programOrThrow({ params: [], p: real(2) } as const, ({ p }) => {
  const moved = sub(take(0, 0)(p), mul(c, take(0, 1)(p)))
  return sub(c, mul(a, tanh(mul(a / (2 * viscosity), moved))))
})
export const exact = (x: number, t: number): number => c - a * Math.tanh((a * (x - c * t)) / (2 * viscosity))
