/**
 * F5. A graph network: people know people, mostly of their own community, and few say which one it is. A layer adds up what
 * the neighbours of every node hold, along the edges: rows are read by index and added up by index. The features of a node
 * are so noisy that alone they do not tell.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { adam } from '../src/optim/index.ts'
import { foldIn, permutation, randomKey } from '../src/random/index.ts'
import { atLeast, atMost, close, compute, type Report, type RunOptions } from '../src/report/index.ts'
import { argmaxRows } from '../src/train/index.ts'
import { alone, classes, community, renumbered } from './communities.ts'
import { descended } from './descend.ts'
import { answer, lossOf, startOf } from './graph-network.ts'

/** How many of each community say so. */
const told = 5
/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the loss': lossOf(6, 9, 2) }

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const from = randomKey(o.seed)
  const nodes = o.small ? 80 : 240
  const g = community(foldIn(1)(from), nodes)
  const seen = Array.from({ length: classes }, (_, c) =>
    g.classOf.flatMap((k, i) => (k === c ? [i] : [])).slice(0, told),
  )
  const node = seen.flat()
  const label = node.map((i) => g.classOf[i] ?? 0)
  const trained = (name: string, { classOf: _, ...graph }: typeof g) =>
    descended(o, name, {
      loss: lossOf(nodes, graph.from.length, node.length),
      params: startOf(foldIn(2)(from)),
      optimizer: adam({ rate: 0.02 }),
      steps: o.small ? 60 : 150,
      data: () => ({ ...graph, node, label }),
    })
  const asked = ({ classOf: _, ...graph }: typeof g, params: Trained) =>
    compute(o.backend)(answer(nodes, graph.from.length), [params, graph])
  type Trained = ReturnType<typeof startOf>
  const order = permutation(nodes)(foldIn(3)(from))
  return pipe(
    TE.Do,
    TE.bind('found', () => trained('with-edges', g)),
    TE.bind('logits', ({ found }) => asked(g, found.params)),
    TE.bind('moved', ({ found }) => asked({ ...g, ...renumbered(g, order) }, found.params)),
    TE.bind('without', () =>
      pipe(
        trained('without', alone(g)),
        TE.chain((f) => asked(alone(g), f.params)),
      ),
    ),
    TE.map(({ logits, moved, without }) => {
      const right = (of: Float32Array | Float64Array) => {
        const others = g.classOf.flatMap((c, i) => (node.includes(i) ? [] : [argmaxRows(of, classes)[i] === c]))
        return others.filter((r) => r).length / others.length
      }
      const back = g.classOf.flatMap((_, i) =>
        Array.from(moved.subarray(classes * (order[i] ?? 0), classes * ((order[i] ?? 0) + 1))),
      )
      return {
        findings: [
          atLeast(
            `part of ${nodes - node.length} other nodes whose community is found`,
            o.small ? 0.7 : 0.9,
            right(logits),
          ),
          atMost('the same network without edges', 0.75, right(without)),
          close('the order of the nodes does not matter: logits', Array.from(logits), Float32Array.from(back), 1e-4),
        ],
      }
    }),
  )
}
