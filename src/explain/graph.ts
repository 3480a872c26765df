/**
 * The computation graph of a derivation, as data: a node per value, an edge per argument, with what flows over it: the
 * local derivative, the primal value forwards, the share of the cotangent backwards.
 */
import { graphlib, layout } from '@dagrejs/dagre'
import type { Derivation, Flow } from './derivation.ts'
import { showNumbers } from './numbers.ts'
import type { Formula } from './words.ts'

export interface Node {
  /** The number of the value in the source. */
  readonly value: number
  readonly name: Formula
  /** The operation; empty for an input. */
  readonly op: string
  readonly role: 'input' | 'value' | 'output'
  /** Primal, tangent and cotangent as short texts, where they are known. */
  readonly primal?: string
  readonly tangent?: string
  readonly cotangent?: string
}
export interface Edge {
  readonly from: number
  readonly to: number
  /** The derivative of `to` with respect to `from`. */
  readonly local?: Formula
  /** Whether a tangent flows along it, and a cotangent back. */
  readonly forward: boolean
  readonly reverse: boolean
}
export interface Graph {
  readonly nodes: readonly Node[]
  readonly edges: readonly Edge[]
}

const text = (key: 'primal' | 'tangent' | 'cotangent', f: Flow | undefined): Partial<Node> => {
  const numbers = f?.[key]
  return numbers === undefined ? {} : { [key]: showNumbers(numbers) }
}
/** Constants are not nodes: they are written in the formulas. */
export const graphOf = (d: Derivation, flows: readonly Flow[] = []): Graph => {
  const p = d.source.closed
  const outputs = new Set(p.outputs)
  const step = new Map(d.steps.flatMap((s) => (s.value === undefined ? [] : [[s.value, s] as const])))
  const node = (value: number, op: string): Node => ({
    value,
    name: d.places[value]?.name ?? { text: '?', latex: '?' },
    op,
    role: value < p.inputs.length ? 'input' : outputs.has(value) ? 'output' : 'value',
    ...text('primal', flows[value]),
    ...text('tangent', flows[value]),
    ...text('cotangent', flows[value]),
  })
  const shown = p.equations.filter((_, k) => d.equations[k] !== undefined)
  const nodes = [
    ...p.inputs.map((_, k) => node(k, '')),
    ...shown.flatMap((q) => q.outs.map((_, k) => node(q.first + k, q.op))),
  ]
  const present = new Set(nodes.map((n) => n.value))
  const edges = shown.flatMap((q) =>
    [...new Set(q.args)]
      .filter((a) => present.has(a))
      .flatMap((a) =>
        q.outs.flatMap((_, k): readonly Edge[] => {
          const to = q.first + k
          const s = step.get(q.first)
          const local = s?.local.find((l) => q.args[l.argument] === a && l.form === 'partial')?.line.right
          const places = [d.places[a], d.places[to]]
          return [
            {
              from: a,
              to,
              forward: s?.action === 'push' && places.every((x) => x?.tangent !== undefined),
              reverse: s?.action === 'pull' && places.every((x) => x?.cotangent !== undefined),
              ...(local === undefined ? {} : { local }),
            },
          ]
        }),
      ),
  )
  return { nodes, edges }
}

export interface GraphPoint {
  readonly x: number
  readonly y: number
}
export interface Placed {
  readonly width: number
  readonly height: number
  readonly nodes: readonly (Node & GraphPoint & { readonly width: number; readonly height: number })[]
  readonly edges: readonly (Edge & { readonly points: readonly GraphPoint[]; readonly label?: GraphPoint })[]
}
/** The approximate width of a text, in pixels at size 13. */
const widthOf = (words: string): number => 7.4 * [...words].length

/** The lines under a node's name: the operation, then what flows. */
export const linesOf = (
  n: Node,
): readonly (readonly [kind: 'op' | 'primal' | 'tangent' | 'cotangent', text: string])[] => [
  ...(n.op === '' ? [] : ([['op', n.op]] as const)),
  ...(n.primal === undefined ? [] : ([['primal', n.primal]] as const)),
  ...(n.tangent === undefined ? [] : ([['tangent', `${n.name.text}\u0307 = ${n.tangent}`]] as const)),
  ...(n.cotangent === undefined ? [] : ([['cotangent', `${n.name.text}\u0305 = ${n.cotangent}`]] as const)),
]
interface Size {
  readonly width: number
  readonly height: number
}
const sizeOf = (n: Node): Size => {
  const lines = linesOf(n)
  const width = Math.max(56, ...[n.name.text, ...lines.map(([, t]) => t)].map((t) => widthOf(t) + 24))
  return { width, height: 30 + 17 * lines.length }
}
export interface PlaceOptions {
  /** From top to bottom, the default, or from left to right. */
  readonly direction?: 'TB' | 'LR'
  /** How large a node is drawn. */
  readonly size?: (n: Node) => Size
  /** The label of an edge; its local derivative by default. */
  readonly label?: (e: Edge) => string
}
const localOf = (e: Edge): string => e.local?.text ?? ''
/** Inputs first, every value after what it reads. Layered by dagre. */
export const place = ({ nodes, edges }: Graph, options: PlaceOptions = {}): Placed => {
  const { direction = 'TB', size: sizeFor = sizeOf, label: labelOf = localOf } = options
  const g = new graphlib.Graph({ multigraph: false })
  g.setGraph({ rankdir: direction, nodesep: 46, ranksep: 54, marginx: 16, marginy: 16 })
  g.setDefaultEdgeLabel(() => ({}))
  for (const n of nodes) g.setNode(String(n.value), { ...sizeFor(n) })
  for (const e of edges) {
    const label = labelOf(e)
    g.setEdge(String(e.from), String(e.to), label === '' ? {} : { width: widthOf(label), height: 18, labelpos: 'c' })
  }
  layout(g)
  const size = g.graph() as { readonly width?: number; readonly height?: number }
  return {
    width: Math.ceil(size.width ?? 0),
    height: Math.ceil(size.height ?? 0),
    nodes: nodes.map((n) => ({ ...n, ...(g.node(String(n.value)) as GraphPoint & { width: number; height: number }) })),
    edges: edges.map((e) => {
      const laid = g.edge(String(e.from), String(e.to)) as {
        readonly points: readonly GraphPoint[]
        readonly x?: number
        readonly y?: number
      }
      const label = laid.x === undefined || laid.y === undefined ? {} : { label: { x: laid.x, y: laid.y } }
      return { ...e, points: laid.points, ...label }
    }),
  }
}
