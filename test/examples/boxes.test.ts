/** Overlap, suppression and average precision, against cases counted by hand. */
import { describe, expect, test } from 'vitest'
import { averagePrecision, type Box, type Found, overlap, suppressed, type True } from '../../examples/boxes.ts'

const at = (x: number, y = 0, side = 10): Box => [x, y, x + side, y + side]
const found = (box: Box, score: number, kind = 0): Found => ({ box, score, kind })
const truth = (box: Box, kind = 0): True => ({ box, kind })

describe('overlap', () => {
  test.each([
    ['the same', at(0), at(0), 1],
    ['half of each', at(0), at(5), 50 / 150],
    ['one inside the other', at(0), at(2, 2, 5), 25 / 100],
    ['touching', at(0), at(10), 0],
    ['apart in one direction', at(0), at(0, 20), 0],
    ['nothing', [1, 1, 1, 1], [1, 1, 1, 1], 0],
  ] as const)('%s', (_, a, b, expected) => {
    expect(overlap(a, b)).toBeCloseTo(expected, 12)
    expect(overlap(b, a)).toBe(overlap(a, b))
  })
})

describe('suppression', () => {
  const [best, near, far, other] = [found(at(0), 0.9), found(at(2), 0.8), found(at(30), 0.3), found(at(0), 0.7, 1)]
  test('of boxes of one kind that overlap, the best is kept; the best comes first', () => {
    expect(suppressed([far, near, other, best])).toEqual([best, other, far])
  })
  test('what overlaps only a suppressed box is kept', () => {
    const chain = [found(at(0), 0.9), found(at(3), 0.8), found(at(6), 0.7)]
    expect(suppressed(chain)).toEqual([chain[0], chain[2]])
  })
  test('a higher threshold keeps more', () => {
    expect(suppressed([best, near], 0.7)).toEqual([best, near])
  })
})

describe('average precision', () => {
  const picture = (of: readonly Found[], there: readonly True[]) => ({ found: of, truth: there })
  test.each([
    ['all found', [picture([found(at(0), 0.9), found(at(30), 0.2)], [truth(at(0)), truth(at(30))])], 1],
    ['nothing found', [picture([], [truth(at(0))])], 0],
    ['one of two', [picture([found(at(0), 0.9)], [truth(at(0)), truth(at(30))])], 1 / 2],
    ['a wrong one after it costs nothing', [picture([found(at(0), 0.9), found(at(50), 0.1)], [truth(at(0))])], 1],
    ['a wrong one before it halves it', [picture([found(at(50), 0.9), found(at(0), 0.1)], [truth(at(0))])], 1 / 2],
    [
      'a true box is found once',
      [picture([found(at(0), 0.9), found(at(1), 0.8)], [truth(at(0)), truth(at(30))])],
      1 / 2,
    ],
    ['too far away', [picture([found(at(4), 0.9)], [truth(at(0))])], 0],
    ['of another kind', [picture([found(at(0), 0.9, 1)], [truth(at(0))])], 0],
    // right, wrong, right: precision 1, 1/2, 2/3
    [
      'over pictures, by score',
      [
        picture([found(at(0), 0.9), found(at(50), 0.5)], [truth(at(0))]),
        picture([found(at(0), 0.4)], [truth(at(0)), truth(at(70))]),
      ],
      (1 + 2 / 3) / 3,
    ],
    // wrong, right, right: precision 0, 1/2, 2/3; at the first recall the later, higher precision counts
    [
      'the best precision at that recall or a higher one',
      [picture([found(at(50), 0.9), found(at(0), 0.8), found(at(30), 0.7)], [truth(at(0)), truth(at(30))])],
      2 / 3,
    ],
  ] as const)('%s', (_, pictures, expected) => {
    expect(averagePrecision(pictures, 0)).toBeCloseTo(expected, 12)
  })
  test('each found box counts for the true box that it overlaps most', () => {
    const close = [truth(at(0)), truth(at(4))]
    expect(averagePrecision([picture([found(at(4), 0.9), found(at(0), 0.8)], close)], 0)).toBe(1)
  })
  test('of a kind that does not occur it is not a number', () => {
    expect(averagePrecision([picture([], [])], 0)).toBeNaN()
  })
})
