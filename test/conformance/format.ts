/** Cases, as FORMAT.md defines them, and the elements of their tensors. */

export interface TensorSpec {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype?: 'int64' | 'bool'
  readonly data?: readonly number[]
  readonly fill?: Fill
  readonly summary?: Summary
  readonly differentiable?: boolean
}
export type Fill =
  | { readonly kind: 'lcg'; readonly seed: number; readonly scale: number; readonly offset: number }
  | { readonly kind: 'sin'; readonly scale: number; readonly freq: number; readonly phase: number }
export interface Summary {
  readonly sum: number
  readonly abs_sum: number
  readonly dot_with_fill: number
  readonly first16: readonly number[]
  readonly spread16: readonly number[]
}
export type Settings = { readonly [name: string]: unknown }
export interface Step {
  readonly op: string
  readonly in: readonly (string | number)[]
  readonly out: string | readonly string[]
  readonly attrs?: Settings
}
export interface State {
  readonly step: number
  readonly loss: number
  readonly params: readonly TensorSpec[]
  readonly grads?: readonly TensorSpec[]
  readonly lr?: number
  readonly grad_norm?: number
}
export interface Case {
  readonly index: number
  readonly name: string
  readonly family: string
  readonly op: string
  readonly attrs: Settings
  readonly program?: readonly Step[]
  readonly inputs: readonly TensorSpec[]
  readonly outputs?: readonly TensorSpec[]
  readonly intermediates?: readonly TensorSpec[]
  readonly cotangents?: readonly (TensorSpec | null)[]
  readonly vjp?: readonly TensorSpec[]
  readonly tangents?: readonly TensorSpec[]
  readonly jvp?: readonly (TensorSpec | null)[]
  readonly hvp?: { readonly result: readonly TensorSpec[] }
  readonly hessian?: readonly number[] | readonly (readonly number[])[] | TensorSpec
  readonly points?: readonly { readonly x: number; readonly derivatives: readonly number[] }[]
  readonly states?: readonly State[]
  readonly tolerance: { readonly rtol: number; readonly atol: number }
  readonly float32_error?: { readonly outputs?: number; readonly vjp?: number }
  readonly convention?: string
}

export const sizeOf = (t: TensorSpec): number => t.shape.reduce((a, b) => a * b, 1)
/** In doubles, in exactly this order of operations. */
const filled = (f: Fill, n: number): Float64Array => {
  const out = new Float64Array(n)
  if (f.kind === 'lcg') {
    // Park-Miller; products stay below 2^53, so this is exact
    let s = f.seed
    for (let i = 0; i < n; i++) {
      s = (s * 16807) % 2147483647
      out[i] = f.offset + f.scale * ((2 * s) / 2147483647 - 1)
    }
  } else for (let i = 0; i < n; i++) out[i] = f.scale * Math.sin(f.freq * i + f.phase)
  return out
}
/** The elements of an input, tangent or cotangent. */
export const dataOf = (t: TensorSpec): Float64Array =>
  t.data !== undefined
    ? Float64Array.from(t.data)
    : t.fill !== undefined
      ? filled(t.fill, sizeOf(t))
      : new Float64Array(sizeOf(t))

export const sets = ['ops', 'networks', 'training'] as const
export type SetName = (typeof sets)[number]
export interface CaseSet {
  readonly name: string
  readonly cases: readonly Case[]
}
