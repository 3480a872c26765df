/** The package `adjoint`: the language, its transformations and tools. */
export * from '../lang/index.ts'
export { apply } from './transform/apply.ts'
export { bind, bindOrThrow, type Specialised } from './transform/bind/bind.ts'
export { type Cost, type CostOptions, cost } from './transform/cost.ts'
export { customJvp, customVjp } from './transform/custom.ts'
export { grad, gradOrThrow, valueAndGrad, valueAndGradOrThrow } from './transform/grad.ts'
export {
  type BisectOptions,
  bisect,
  customRoot,
  type FixedPointOptions,
  fixedPoint,
  newton,
  type RootOptions,
} from './transform/implicit.ts'
export {
  hessian,
  hessianOrThrow,
  hvp,
  hvpOrThrow,
  type Jacobian,
  jacfwd,
  jacrev,
  jacrevOrThrow,
} from './transform/jacobian.ts'
export { jet, taylor } from './transform/jet.ts'
export { jvp } from './transform/jvp.ts'
export { type Linearized, linearize } from './transform/linearize.ts'
export { simplify } from './transform/simplify/index.ts'
export {
  bicgstab,
  type CgOptions,
  cg,
  customLinearSolve,
  denseSolve,
  type IterationOptions,
  type LinearSolver,
  type Matvec,
} from './transform/solve.ts'
export { type SparseOptions, sparseJacobian } from './transform/sparse.ts'
export { transpose, transposeOrThrow } from './transform/transpose.ts'
export { vjp, vjpOrThrow } from './transform/vjp.ts'
export { type Batched, vmap } from './transform/vmap.ts'
