/** adjoint: the language, its transformations and tools, in the order of the README. */
export * from '../lang/index.ts'
export { type Batched, vmap } from './batch.ts'
export { grad, gradOrThrow, valueAndGrad, valueAndGradOrThrow } from './grad.ts'
export { hessian, hessianOrThrow, hvp, hvpOrThrow, type Jacobian, jacfwd, jacrev, jacrevOrThrow } from './jacobian.ts'
export { jvp } from './jvp.ts'
export { type Linearized, linearize, transpose, transposeOrThrow } from './linearize.ts'
export { vjp, vjpOrThrow } from './vjp.ts'
