/** Pen strokes as paths: curves through knots, random changes, placement in a frame, painting. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { paint } from '../../../src/data/ink.ts'
import { curve, type Path, type Placement, place, slope, warp, warpSize } from '../../../src/data/path.ts'

const coordinates = fc.double({ min: -1, max: 1, noNaN: true })

/** Knots with a corner in the middle. */
const corner = [-1, 1, 0, -1, 0, -1, 1, 1]

const points = (path: Path): readonly (readonly [number, number])[] =>
  Array.from({ length: path.length / 2 }, (_, i) => [path[2 * i] ?? 0, path[2 * i + 1] ?? 0])

describe('curve', () => {
  test('goes through all its knots', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinates, coordinates), { minLength: 2, maxLength: 8 }), (knots) => {
        const on = points(curve(knots.flat()))
        return knots.every(([x, y]) => on.some(([px, py]) => Math.abs(px - x) + Math.abs(py - y) < 1e-12))
      }),
    ))

  test('is straight through knots on a line', () => {
    const on = points(curve([0, 0, 1, 2, 2, 4, 3, 6]))
    expect(Math.max(...on.map(([x, y]) => Math.abs(y - 2 * x)))).toBeLessThan(1e-12)
  })

  test('a knot written twice is a corner: the piece after it starts in another direction', () => {
    const on = points(curve(corner))
    const at = on.findIndex(([x, y]) => x === 0 && y === -1)
    const [before, tip, after] = on.slice(at - 1, at + 2)
    expect([before?.[1], tip?.[1], after?.[1]].map((y) => (y ?? 0) > -1)).toEqual([true, false, true])
    expect(on.filter(([x, y]) => x === 0 && y === -1)).toHaveLength(1)
  })
})

describe('warp', () => {
  test('by zero leaves a path unchanged', () => {
    expect(warp(new Float64Array(warpSize))(curve(corner))).toEqual(curve(corner))
  })

  test('moves a point of the square by at most the sum of the amounts', () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: warpSize, maxLength: warpSize }),
        coordinates,
        coordinates,
        (amounts, x, y) => {
          const [wx = 0, wy = 0] = warp(Float64Array.from(amounts))(Float64Array.of(x, y))
          const most = amounts.reduce((sum, a) => sum + Math.abs(a), 0)
          return Math.abs(wx - x) + Math.abs(wy - y) <= most + 1e-12
        },
      ),
    ))
})

describe('slope', () => {
  test('a rotation keeps lengths', () =>
    fc.assert(
      fc.property(coordinates, coordinates, coordinates, (rotation, x, y) => {
        const [a = 0, b = 0] = slope({ slant: 0, stretch: 1, rotation })(Float64Array.of(x, y))
        return Math.abs(a * a + b * b - x * x - y * y) < 1e-12
      }),
    ))

  test('a positive slant leans the top to the right', () => {
    const [topX = 0, , bottomX = 0] = slope({ slant: 0.5, stretch: 1, rotation: 0 })(Float64Array.of(0, -1, 0, 1))
    expect([topX, bottomX]).toEqual([0.5, -0.5])
  })
})

describe('place', () => {
  const frame: Placement = { length: 16, x: 13, y: 14, low: 2, high: 25 }

  test('the longer side is the length, and the centre of mass is in place', () => {
    const [square] = place(frame)([Float64Array.of(0, 0, 3, 0, 3, 3, 0, 3, 0, 0)])
    expect(square).toEqual(Float64Array.of(5, 6, 21, 6, 21, 22, 5, 22, 5, 6))
  })

  test('paths stay inside the frame, wherever the centre should be', () =>
    fc.assert(
      fc.property(fc.array(coordinates, { minLength: 4, maxLength: 4 }), coordinates, coordinates, (end, x, y) => {
        const paths = [Float64Array.of(...end), Float64Array.of(0, 0, 1, 0.5)]
        const placed = place({ ...frame, x: 50 * x, y: 50 * y })(paths)
        return placed.every((path) => path.every((v) => v > 2 - 1e-9 && v < 25 + 1e-9))
      }),
    ))
})

describe('paint', () => {
  const pen = { radius: 1, softness: 1, roughness: 0, strength: 0.8 }
  const grain = new Float64Array(49)

  test('a line is full inside, half at its edge, absent outside', () => {
    const picture = paint([Float64Array.of(0, 3, 6, 3)], pen, 7, grain)
    const column = Array.from({ length: 7 }, (_, y) => picture[7 * y + 4] ?? 0)
    expect(column.map((v) => Math.round(v * 1e6) / 1e6)).toEqual([0, 0, 0.4, 0.8, 0.4, 0, 0])
  })

  test('a dot is round, and nothing is painted outside the picture', () => {
    const picture = paint([Float64Array.of(3, 3, 3, 3), Float64Array.of(-9, -9, -9, -5)], pen, 7, grain)
    expect(picture[7 * 2 + 3]).toBe(picture[7 * 3 + 2])
    expect(picture.filter((v) => v > 0)).toHaveLength(9)
  })
})
