/** A graph network of two rounds of messages. */
import {
  apply,
  constant,
  crossEntropy,
  type Expr,
  indexAdd,
  indexSelect,
  int,
  linear,
  mean,
  mul,
  programOrThrow,
  real,
  relu,
  unsqueeze,
  vmap,
} from '../src/index.ts'
import { dense, sequential } from '../src/nn/index.ts'
import type { Key } from '../src/random/index.ts'
import { classes, features } from './communities.ts'

const hidden = 16
const network = sequential(dense(features, hidden), dense(hidden, classes))
/** The first parameters. */
export const startOf = (key: Key) => network.init(key).params
type Params = readonly { readonly w: Expr; readonly b: Expr }[]
interface Edges {
  readonly from: Expr
  readonly to: Expr
  readonly weight: Expr
}
/** What arrives at every node: the weighted sum of what its neighbours hold. */
const gathered = (h: Expr, { from, to, weight }: Edges): Expr =>
  indexAdd(0)(constant(h.type.shape, 0), to, mul(unsqueeze(1)(weight), indexSelect(0)(h, from)))
/** Twice: each node mixes its numbers, then gathers those of its neighbours. */
const logitsOf = (layers: Params, x: Expr, edges: Edges): Expr =>
  layers.reduce((h, { w, b }, k) => {
    const next = gathered(linear(h, w, b as never) as Expr, edges)
    return k + 1 < layers.length ? relu(next) : next
  }, x)
const graphOf = (nodes: number, edges: number) =>
  ({ x: real(nodes, features), from: int(edges), to: int(edges), weight: real(edges) }) as const
export const answer = (nodes: number, edges: number) =>
  programOrThrow(
    [network.params, graphOf(nodes, edges)],
    ([params, { x, ...e }]) => logitsOf(params, x, e) as Expr<readonly [number, number], 'real'>,
  )
/** The cross entropy of the nodes that say their class. */
export const lossOf = (nodes: number, edges: number, known: number) =>
  programOrThrow([network.params, { ...graphOf(nodes, edges), node: int(known), label: int(known) }], ([params, d]) => {
    const each = vmap(known)(programOrThrow([real(classes), int()], ([z, y]) => crossEntropy()(z, y)))
    return mean()(apply(each)([indexSelect(0)(logitsOf(params, d.x, d), d.node), d.label])) as Expr<readonly []>
  })
