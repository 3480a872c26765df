/** Complex numbers and Fourier transforms against numpy and jax: fourier.py has the calls. */
import rows from './fourier.json' with { type: 'json' }
import { holdsEverywhere } from './holds.ts'

holdsEverywhere(rows)
