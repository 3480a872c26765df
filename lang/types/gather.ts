/** Shapes of rows taken by index: the axes of the indices replace the indexed axis. */
import type { Dims, Gradual } from './dims.ts'

/** The axes of A, then those of B. */
export type Appended<A extends Dims, B extends Dims> =
  [number] extends [A['length'] | B['length']] ? Gradual : readonly [...A, ...B]
/** x [n, R..], at [J..] -> [J.., R..] */
export type Gathered<S extends Dims, J extends Dims> =
  [number] extends [S['length']] ? Gradual
    : S extends readonly [number, ...infer R extends Dims] ? Appended<J, R> : Gradual
/** rows [J.., R..], at [J..] -> [n, R..] */
export type Scattered<S extends Dims, J extends Dims, N extends number> =
  [number] extends [S['length'] | J['length']] ? Gradual
    : S extends readonly [...{ readonly [K in keyof J]: number }, ...infer R extends Dims] ? readonly [N, ...R]
    : Gradual
