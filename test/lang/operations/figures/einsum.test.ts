/** Equations and products against numpy and jax: einsum.py has the calls. */
import rows from './einsum.json' with { type: 'json' }
import { holdsEverywhere } from './holds.ts'

holdsEverywhere(rows)
