/** Where every random test starts: the same seed each time, so that a red test is red again; another with ADJOINT_SEED. */
const given = process.env.ADJOINT_SEED ?? '1'
export const seed = Number(given)
if (given.trim() === '' || !Number.isInteger(seed)) throw new Error(`ADJOINT_SEED is a whole number, not ${given}`)

/** Once, before all test files. */
export const setup = (): void => console.log(`properties are drawn from ADJOINT_SEED=${seed}`)
