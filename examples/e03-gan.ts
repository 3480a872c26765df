/**
 * E3. A generator against a discriminator, on points of the plane and on digits. The discriminator learns to tell real
 * examples from generated ones, the generator to be taken for real. Both move in one step, which is a pure program.
 *
 * Source: Goodfellow et al., "Generative adversarial nets" (2014)
 */
import * as digits from './gan/digits.ts'
import * as ring from './gan/ring.ts'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Report, RunOptions } from '../src/report/index.ts'

export const parts = ['ring', 'digits']

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { ...ring.programs, ...digits.programs }

export const run = (o: RunOptions): TE.TaskEither<string, Report> => (o.part === 'digits' ? digits.run(o) : ring.run(o))
