/**
 * E3. A generator against a discriminator, on points of the plane and on digits. The discriminator learns to tell real
 * examples from generated ones, the generator to be taken for real. Both move in one step, which is a pure program.
 *
 * Source: Goodfellow et al., "Generative adversarial nets" (2014)
 */
import * as digits from './gan/digits.ts'
import * as ring from './gan/ring.ts'

export const parts = { ring, digits }
export const { programs, run } = ring
