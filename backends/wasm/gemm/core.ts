/**
 * The micro-kernel: result[m, n] = sum_k left[m, k] right[k, n], four rows by two vectors of columns in registers at a time.
 * Operands may be packed or not: a layout gives the distances between panels, between steps of k, and between rows.
 */
import {
  type Code,
  count,
  type Element,
  type Func,
  i32,
  type ModuleBuilder,
  seq,
  v128,
  widthOf,
} from '../assembler/index.ts'
import { functionOnce, type Writer } from '../kernel/writer.ts'

export const tall = 4
/** Columns of a tile: two vectors. */
export const wideOf = ({ lanes }: Element): number => 2 * lanes
/** Distances in bytes. Columns of a panel of the right side are adjacent. */
export interface PanelLayout {
  /** From one panel of rows, or of columns, to the next. */
  readonly panel: number
  /** From one k to the next. */
  readonly step: number
  /** From one row of a panel to the next. */
  readonly row: number
}
export const packedRows = (element: Element, depth: number): PanelLayout => {
  const width = widthOf(element, 'real')
  return { panel: width * tall * depth, step: width * tall, row: width }
}
/** A row of a panel of columns is two vectors. */
export const packedColumns = (depth: number): PanelLayout => ({ panel: 32 * depth, step: 32, row: 0 })

interface Core {
  readonly element: Element
  readonly left: PanelLayout
  readonly right: PanelLayout
  /** Bytes from one row of the result to the next. */
  readonly line: number
  readonly columnPanels: number
  readonly depth: number
  /** Row panels that stay in the second-level cache while all columns are computed. */
  readonly block: number
  readonly relaxed: boolean
}
/** (first row panel, last row panel + 1, left, right, result): the addresses of panel 0. */
type CoreRun = Func<readonly ['i32', 'i32', 'i32', 'i32', 'i32'], 'none'>

export const writeCore = (w: Writer, label: string, o: Core): CoreRun =>
  functionOnce(w, `core ${JSON.stringify({ ...o, element: o.element.type })}`, label, () => coreOf(w.m, o))
const coreOf = (m: ModuleBuilder, o: Core): CoreRun =>
  m.func(['i32', 'i32', 'i32', 'i32', 'i32'], 'none', (local, from, to, left, right, result) => {
    const [rowPanel, columnPanel, rowBlock, stop] = [local('i32'), local('i32'), local('i32'), local('i32')]
    const [a, b, c, k] = [local('i32'), local('i32'), local('i32'), local('i32')]
    const sums = Array.from({ length: tall }, () => [local('v128'), local('v128')] as const)
    const [b0, b1, x] = [local('v128'), local('v128'), local('v128')]
    const { each, reals } = o.element
    const madd = (p: Code<'v128'>, q: Code<'v128'>, r: Code<'v128'>): Code<'v128'> =>
      o.relaxed ? each.relaxedMadd(p, q, r) : each.add(r, each.mul(p, q))
    // not unrolled: engines spill the sums of an unrolled loop
    const step = seq(
      b0.set(v128.load(b.get)),
      b1.set(v128.load(b.get, 16)),
      ...sums.flatMap(([s0, s1], r) => [
        x.set(reals.loadSplat(a.get, o.left.row * r)),
        s0.set(madd(x.get, b0.get, s0.get)),
        s1.set(madd(x.get, b1.get, s1.get)),
      ]),
      a.set(i32.add(a.get, i32.const(o.left.step))),
      b.set(i32.add(b.get, i32.const(o.right.step))),
    )
    const at = (base: Code<'i32'>, panel: Code<'i32'>, by: number): Code<'i32'> =>
      i32.add(base, i32.mul(panel, i32.const(by)))
    const tile = seq(
      a.set(at(left.get, rowPanel.get, o.left.panel)),
      b.set(at(right.get, columnPanel.get, o.right.panel)),
      c.set(at(at(result.get, rowPanel.get, tall * o.line), columnPanel.get, 32)),
      ...sums.flatMap((s) => s.map((v) => v.set(each.const(0)))),
      count(k, i32.const(0), i32.const(o.depth), 1, step),
      ...sums.flatMap(([s0, s1], r) => [
        v128.store(c.get, s0.get, r * o.line),
        v128.store(c.get, s1.get, r * o.line + 16),
      ]),
    )
    const next = i32.add(rowBlock.get, i32.const(o.block))
    const rows = count(rowPanel, rowBlock.get, stop.get, 1, tile)
    const columns = count(columnPanel, i32.const(0), i32.const(o.columnPanels), 1, rows)
    return count(rowBlock, from.get, to.get, o.block, seq(stop.set(least(next, to.get)), columns))
  })
const least = (x: Code<'i32'>, y: Code<'i32'>): Code<'i32'> => i32.sub(x, i32.mul(i32.gt(x, y), i32.sub(x, y)))
