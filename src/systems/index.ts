/** Systems: the examples as `adjoint list` lists them and `adjoint run` runs them. */
export { findingInFrench, inFrench, type Phrases, phraseOf } from './french.ts'
export { type Precision, passed, type System, study } from './system.ts'
