/** How each of PyTorch's operators is said here, by family. */
import { activations } from './activations.ts'
import { arranging } from './arranging.ts'
import type { Sayings } from './common.ts'
import { creation } from './creation.ts'
import { elementwise } from './elementwise.ts'
import { indexing } from './indexing.ts'
import { losses } from './losses.ts'
import { order } from './order.ts'
import { products } from './products.ts'
import { reductions } from './reductions.ts'

export const families: Readonly<Record<string, Sayings>> = {
  elementwise,
  arranging,
  creation,
  indexing,
  order,
  reductions,
  products,
  activations,
  losses,
}
export const said: Sayings = Object.assign({}, ...Object.values(families))
