/** Order, search and counting against numpy, torch, scipy and jax: order.py has the calls and the versions. */
import { holdsEverywhere } from './holds.ts'
import rows from './order.json' with { type: 'json' }

holdsEverywhere(rows)
