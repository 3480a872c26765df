/**
 * A confusion matrix as a table: a row for each true class, a column for each prediction, darker where there are more.
 */
import { escaped } from '../draw/html.ts'
import { type Confusion, f1, precision, recall } from '../train/metrics.ts'

const percent = (x: number): string => (Number.isNaN(x) ? '-' : `${(100 * x).toFixed(1)} %`)
/** HTML. The diagonal and the mistakes each have their own scale of shades, so that few mistakes stay visible. */
export const confusionTable = (m: Confusion, names: readonly string[] = []): string => {
  const { classes, counts } = m
  const at = (t: number, p: number): number => counts[t * classes + p] ?? 0
  const all = Array.from({ length: classes }, (_, t) =>
    Array.from({ length: classes }, (_, p) => [t, p, at(t, p)] as const),
  ).flat()
  const most = (right: boolean): number => all.reduce((a, [t, p, n]) => ((t === p) === right ? Math.max(a, n) : a), 1)
  const [right, wrong] = [most(true), most(false)]
  const nameOf = (c: number): string => escaped(names[c] ?? String(c))
  const cell = (t: number, p: number): string => {
    const n = at(t, p)
    const strength = Math.round((70 * n) / (t === p ? right : wrong))
    const colour = `color-mix(in srgb, var(${t === p ? '--mark' : '--second'}) ${strength}%, transparent)`
    return `<td class="number"${n === 0 ? '' : ` style="background:${colour}"`}>${n === 0 ? '' : n}</td>`
  }
  const columns = Array.from({ length: classes }, (_, c) => c)
  const [found, sure, both] = [recall(m), precision(m), f1(m)]
  const row = (t: number): string =>
    `<tr><th>${nameOf(t)}</th>${columns.map((p) => cell(t, p)).join('')}${[found, sure, both].map((v) => `<td class="number">${percent(v[t] ?? Number.NaN)}</td>`).join('')}</tr>`
  const head = `<tr><th>is, taken for</th>${columns.map((c) => `<th class="number">${nameOf(c)}</th>`).join('')}<th class="number">recall</th><th class="number">precision</th><th class="number">F1</th></tr>`
  return `<table class="confusion">${head}${columns.map(row).join('')}</table>`
}
