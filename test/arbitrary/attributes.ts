/** Published as adjoint/testing: the files are in src/testing/arbitrary. */
export * from '../../src/testing/arbitrary/attributes.ts'
