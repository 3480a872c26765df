/** No hole in the matrix, and the page of the docs is what a run gives. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Entry } from '../../lang/primitives/entry.ts'
import { entries, entryOf } from '../../lang/primitives/index.ts'
import { constantsOf } from './constants.ts'
import { heads, lost, matrix, rowOf, unplaced } from './matrix.ts'
import { page } from './page.ts'

const rows = await matrix()

test('a row for every primitive, and no hole', () => {
  expect(rows.map((r) => r.name)).toEqual(entries.map((e) => e.name))
  const holes = rows.flatMap((r) =>
    r.cells.flatMap((c, k) => (c._tag === 'Hole' ? [`${r.name}, ${heads[k]}: ${c.what}`] : [])),
  )
  expect(holes).toEqual([])
})
test('docs/matrix.md is up to date: npm run matrix writes it', () => {
  const written = readFileSync(new URL('../../docs/matrix.md', import.meta.url), 'utf8')
  expect(written === page(rows), 'docs/matrix.md is out of date: run `npm run matrix` and commit it').toBe(true)
})
test('every law has its place', () => {
  const inTable = 'in `columns` of test/matrix/matrix.ts'
  expect(unplaced.map((law) => `give the law '${law}' a column ${inTable}`)).toEqual([])
  expect(lost.map((law) => `take the law '${law}' out ${inTable}: test/laws/table.ts has none of that name`)).toEqual(
    [],
  )
})
test('what is refused, and only that', () => {
  const refused = rows.flatMap((r) => r.cells.flatMap((c) => (c._tag === 'Refused' ? [`${r.name}: ${c.why}`] : [])))
  expect(refused).toEqual(['while: NotReversible', 'while: NotReversible'])
})

describe('a hole is seen', () => {
  const changed = (name: string, examples: (e: Entry) => Entry['examples']): Entry => {
    const entry = entryOf(name)
    return { ...entry, examples: examples(entry) }
  }
  test('where there is no example', async () => {
    const { cells } = await rowOf(changed('sin', () => []))
    expect(cells.every((c) => c._tag === 'Hole')).toBe(true)
  })
  test('where a law does not hold: the derivative of sqrt below 0', async () => {
    const { cells } = await rowOf(changed('sqrt', (e) => e.examples.map((x) => ({ ...x, range: [-2, -1] }))))
    expect(cells.map((c) => c._tag)).toContain('Hole')
  })
  test('where no example speaks of real numbers', async () => {
    const { cells } = await rowOf(
      changed('add', (e) => e.examples.map((x) => ({ ...x, args: x.args.map((t) => ({ ...t, dtype: 'int' })) }))),
    )
    expect(cells[1]?._tag).toBe('Hole')
  })
})

test('every derivative states what it costs, and none is out of proportion', () => {
  const all = entries.flatMap((e) => {
    const c = constantsOf(e)
    return c === undefined ? [] : [{ name: e.name, ...c }]
  })
  // asin, acos and atanh have 1 - x^2 in two forms, so that neither it nor its derivative cancels
  const stated: { readonly [name: string]: number } = { atan2: 10, pow: 12, asin: 9, acos: 10, atanh: 8 }
  const bound = (c: (typeof all)[0]): number => (c.moved ? 2 : (stated[c.name] ?? 7))
  const dear = all.filter((c) => c.forward > bound(c) || (c.reverse ?? 0) > bound(c))
  expect(
    dear.map(
      (c) =>
        `${c.name}: forward costs ${c.forward}, reverse ${c.reverse} times the function, above ${bound(c)}. Reuse the ` +
        'output in the derivative of its entry, or state the constant in test/matrix/matrix.test.ts',
    ),
  ).toEqual([])
})
