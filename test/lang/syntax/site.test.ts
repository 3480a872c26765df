/** Whose line a diagnostic names: the user's, wherever the library is installed and whoever calls it. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import type { Diagnostics } from '../../../lang/syntax/error.ts'
import { input } from '../../../lang/syntax/expr.ts'
import { siteIn } from '../../../lang/syntax/site.ts'
import { checkAxes, type Expr, grad, mean, program, programOrThrow, psum, real, sum } from '../../../src/index.ts'

const root = new URL('../../..', import.meta.url).href
const frames = (...places: readonly string[]): string => ['Error', ...places.map((p) => `    at ${p}`)].join('\n')
/** Where we stand when the library is installed in a project: beside this file's own lang/. */
const installed = root.replace(/^file:\/\//, '')

describe('the user’s line in a stack', () => {
  test('the innermost frame outside the library', () =>
    expect(
      siteIn(
        frames(
          `callSite (${root}lang/syntax/site.ts:1:2)`,
          `sum (${installed}lang/primitives/broadcast.ts:3:4)`,
          'Array.map (<anonymous>)',
          'body (file:///home/me/project/model.js:12:7)',
          'file:///home/me/project/main.js:1:1',
          'node:internal/modules/run_main:1:1',
        ),
      ),
    ).toBe('/home/me/project/model.js:12:7'))
  test('skips other packages in between', () =>
    expect(
      siteIn(
        frames(
          `sum (${root}lang/primitives/broadcast.ts:3:4)`,
          'pipe (file:///home/me/project/node_modules/fp-ts/lib/function.js:3:5)',
          'file:///home/me/project/model.js:12:7',
        ),
      ),
    ).toBe('/home/me/project/model.js:12:7'))
  test('a package that uses the library is the user, where there is no other frame', () =>
    expect(siteIn(frames(`${root}lang/syntax/expr.ts:1:1`, 'f (/home/me/node_modules/layers/index.js:5:6)'))).toBe(
      '/home/me/node_modules/layers/index.js:5:6',
    ))
  test('a user’s folder may be called src, lang or backends', () =>
    expect(siteIn(frames(`${root}lang/syntax/expr.ts:1:1`, 'f (/home/me/project/src/lang/net.ts:5:6)'))).toBe(
      '/home/me/project/src/lang/net.ts:5:6',
    ))
  test('the command line counts as a user', () =>
    expect(siteIn(frames(`${root}lang/syntax/expr.ts:1:1`, `f (${root}src/cli/start/formula.ts:5:6)`))).toMatch(
      /src\/cli\/start\/formula\.ts:5:6$/,
    ))
  test('below the function that was called, where a bundler joined the library with the user’s code', () => {
    const bundled = 'file:///home/me/project/out/bundle.js'
    const below = frames(`pipe (${bundled}:9:9)`, `body (${bundled}:900:5)`, `${bundled}:950:1`)
    const whole = frames(`${root}lang/syntax/expr.ts:1:1`, `${root}lang/primitives/broadcast.ts:3:4`)
    expect(siteIn(whole, below)).toBe('/home/me/project/out/bundle.js:900:5')
  })
  test('is unknown where all frames are the library’s', () =>
    expect(siteIn(frames(`${root}lang/syntax/expr.ts:1:1`))).toBe('unknown'))
})

describe('the user’s line of a diagnostic', () => {
  const here = (): number => Number(new Error().stack?.split('\n')[2]?.match(/site\.test\.ts:(\d+)/)?.[1])
  const lines = (r: E.Either<Diagnostics, unknown>): readonly (number | undefined)[] =>
    E.isLeft(r) ? r.left.map((d) => Number(/site\.test\.ts:(\d+):\d+$/.exec(d.site)?.[1])) : []
  const loose = (e: unknown): Expr => e as Expr
  test('through pipe', () => {
    const line = here()
    const p = program(real(2), (x) => pipe(loose(x), sum(5)))
    expect(lines(p)).toEqual([line + 1])
  })
  test('in a derived operation', () => {
    const line = here()
    const p = program(real(2), (x) => mean(5)(loose(x)))
    expect(lines(p)).toEqual([line + 1])
  })
  test('from a transformation', () => {
    const f = programOrThrow(real(2), (x) => x)
    const line = here()
    const g = grad(f as never)
    expect(lines(g)).toEqual([line + 1])
  })
  test('an input of another program: where the program is closed', () => {
    const line = here()
    const p = program(real(2), () => input('stolen', real(2)))
    expect(lines(p)).toEqual([line + 1])
  })
  test('an axis that nothing maps: where the program is handed to a back end', () => {
    const f = programOrThrow(real(2), (x) => psum('batch')(x))
    const line = here()
    const checked = checkAxes(f.closed)
    expect(lines(checked)).toEqual([line + 1])
  })
})
