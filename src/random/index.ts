/**
 * Keys and random numbers outside programs: for data, initial parameters and seeds. Inside programs the functions with
 * the same names in `adjoint` draw from a key that is an int [3].
 */
export {
  foldIn,
  type Key,
  type Keys,
  normal,
  normalQuantile,
  permutation,
  randomKey,
  splitKey,
  uniform,
} from './key.ts'
