/** Random graphs with communities. */
import { foldIn, type Key, normal, permutation, uniform } from '../src/random/index.ts'

export const [classes, features] = [4, 16] as const

/** A graph with four communities; each node also is its own neighbour. Edges run both ways. */
export const community = (key: Key, nodes: number) => {
  const classOf = Array.from(permutation(nodes)(foldIn(1)(key)), (v) => v % classes)
  const chance = uniform(nodes * nodes)(foldIn(2)(key))
  const pairs: (readonly [number, number])[] = []
  for (let i = 0; i < nodes; i++)
    for (let j = 0; j < i; j++)
      if ((chance[i * nodes + j] ?? 1) < (classOf[i] === classOf[j] ? 24 : 2) / nodes) pairs.push([i, j], [j, i])
  const edges = [...pairs, ...classOf.map((_, i) => [i, i] as const)]
  const degree = classOf.map((_, i) => edges.filter(([, to]) => to === i).length)
  const noise = normal(nodes * features)(foldIn(3)(key))
  return {
    classOf,
    x: noise.map(
      (e, k) => 1.6 * e + (Math.floor((k % features) / classes) === classOf[Math.floor(k / features)] ? 1 : 0),
    ),
    from: edges.map(([from]) => from),
    to: edges.map(([, to]) => to),
    weight: edges.map(([from, to]) => 1 / Math.sqrt((degree[from] ?? 1) * (degree[to] ?? 1))),
  }
}
/** The same nodes, each its only neighbour. */
export const alone = <G extends { readonly classOf: readonly number[] }>(g: G) => {
  const self = g.classOf.map((_, i) => i)
  return { ...g, from: self, to: self, weight: self.map(() => 1) }
}
/** The same graph, its nodes in another order. */
export const renumbered = (g: ReturnType<typeof community>, to: Int32Array) => {
  const place = (i: number): number => to[i] ?? 0
  const x = new Float64Array(g.x.length)
  g.classOf.forEach((_, i) => {
    x.set(g.x.subarray(i * features, (i + 1) * features), place(i) * features)
  })
  return { x, from: g.from.map(place), to: g.to.map(place), weight: g.weight }
}
