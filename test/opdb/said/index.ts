/** How each of PyTorch's operators is said here, by family. */

import { activations } from './activations.ts'
import { arranging } from './arranging.ts'
import { casts } from './casts.ts'
import type { Sayings } from './common.ts'
import { creation } from './creation.ts'
import { elementwise } from './elementwise.ts'
import { images } from './images.ts'
import { indexing } from './indexing.ts'
import { linear } from './linear.ts'
import { losses } from './losses.ts'
import { masked } from './masked.ts'
import { networks } from './networks.ts'
import { order } from './order.ts'
import { polynomials } from './polynomials.ts'
import { products } from './products.ts'
import { random } from './random.ts'
import { reductions } from './reductions.ts'
import { special } from './special.ts'
import { windows } from './windows.ts'

export const families: Readonly<Record<string, Sayings>> = {
  elementwise,
  arranging,
  creation,
  indexing,
  order,
  reductions,
  products,
  linear,
  activations,
  losses,
  networks,
  images,
  special,
  masked,
  random,
  casts,
  polynomials,
  windows,
}
export const said: Sayings = Object.assign({}, ...Object.values(families))
