/** What is read, what it means, and what is said of texts that are wrong. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import { parse, parseFormula, parseOrThrow, showParseErrors } from '../../../lang/text/parse.ts'
import { print } from '../../../lang/text/print.ts'
import { deepest } from '../../../lang/text/tokens.ts'

const valuesAt = (text: string, ...inputs: readonly (readonly number[])[]): readonly number[] => {
  const p = parseOrThrow(text)
  return evaluate(
    p.closed,
    inputs.map((x) => Float64Array.from(x)),
  ).flatMap((y) => [...y])
}
const wrong = (text: string): string => {
  const result = parse(text)
  return E.isLeft(result) ? showParseErrors(result.left) : `no error: ${print(result.right)}`
}

describe('formulas', () => {
  // each: a formula, x, y, and the same in JavaScript
  const cases: readonly (readonly [string, number])[] = [
    ['x + y * x', 0.7 + 0.3 * 0.7],
    ['(x + y) * x', (0.7 + 0.3) * 0.7],
    ['x - y - x', 0.7 - 0.3 - 0.7],
    ['x / y / x', 0.7 / 0.3 / 0.7],
    ['x - (y - x)', 0.7 - (0.3 - 0.7)],
    ['-x^2 + y', -(0.7 ** 2) + 0.3],
    ['-2^2 * x * y', -4 * 0.7 * 0.3],
    ['(-2)^2 * x * y', 4 * 0.7 * 0.3],
    ['x^-1 + y', 1 / 0.7 + 0.3],
    ['x^y^2', 0.7 ** (0.3 ** 2)],
    ['(x^y)^2', (0.7 ** 0.3) ** 2],
    ['x^-y^2', 0.7 ** -(0.3 ** 2)],
    ['x--y', 0.7 + 0.3],
    ['x^0.5 + y', Math.sqrt(0.7) + 0.3],
    ['ln(x) * sigmoid(y)', Math.log(0.7) / (1 + Math.exp(-0.3))],
    ['pi * x + e^y', Math.PI * 0.7 + Math.E ** 0.3],
    ['relu(x - y) + relu(y - x)', 0.4],
    ['max(x, y) - min(x, y)', 0.4],
    ['pow(x, 2) + y', 0.49 + 0.3],
    ['select(x > y && !(x < y), x, y)', 0.7],
    ['select(x <= y || x == y, x, y)', 0.3],
    ['select(x != y, x, y)', 0.7],
    ['1e-3 * x + .5 * y + 2.', 0.0007 + 0.15 + 2],
    ['x - -Infinity + y', Number.POSITIVE_INFINITY],
    ['sum([1, 2, 3]) * x + y', 6 * 0.7 + 0.3],
    // as textbooks write
    ['2x + 3y', 2.3],
    ['2(x + 1) * y', 1.02],
    ['(x + 1)(y - 1)', -1.19],
    ['3sin(x)y + 0*y', 3 * Math.sin(0.7) * 0.3],
    ['2πx - y', 4.09822971502571],
    ['x**2 + y', 0.79],
    ['-x**2 + y', -0.19],
    ['x² + y³', 0.517],
    ['x⁻¹ + y', 1.7285714285714286],
    ['x²y', 0.147],
    ['2x²y', 0.294],
    ['|x - 2| + |y|', 1.6],
    ['2|y - x|', 0.8],
    ['|(|y| - |x|)|', 0.4],
    ['√x + √(y + 1)', 1.9768354516332136],
    ['√2 * x + 0 * y', 0.9899494936611666],
    ['2√x * y', 0.50199601592044],
    ['x × y − x ÷ y · 2', 0.21 - (0.7 / 0.3) * 2],
    ['select(x ≥ y && x ≠ y, x, y)', 0.7],
    ['log2(8x) + log10(100y)', 2.4854268271702415 + 1.4771212547196624],
    ['log(8, 2) * x + log(x, 3) * y', 3 * 0.7 + 0.3 * -0.32465952512796237],
    ['cbrt(x) + cbrt(-8y)', 0.8879040017426007 - 1.338865900164339],
    ['ch(x)^2 - sh(x)^2 + 0 * y', 1],
  ]
  test.each(cases)('%s', (text, expected) => {
    expect(valuesAt(text, [0.7], [0.3])[0]).toBeCloseTo(expected, 12)
  })
  test('the inputs of a formula are its free names, in order of appearance', () => {
    expect(Object.keys(parseOrThrow('b^a + sin(b * c) > "two words"').in as object)).toEqual([
      'b',
      'a',
      'c',
      'two words',
    ])
    expect(parseOrThrow('pi * 2').in).toEqual({})
  })
  test('an integer literal as exponent gives integerPow; pow does not', () => {
    const ops = (text: string): readonly string[] => parseOrThrow(text).closed.equations.map((q) => q.op)
    expect(ops('x^3')).toEqual(['integerPow'])
    expect(ops('x^-3')).toEqual(['integerPow'])
    expect(ops('x^3.5')).toEqual(['constant', 'pow'])
    expect(ops('pow(x, 3)')).toEqual(['constant', 'pow'])
  })
  test('a superscript is an exponent, and a subscript is part of a name', () => {
    expect(parseOrThrow('x²').in).toEqual({ x: { dtype: 'real', shape: [] } })
    expect(Object.keys(parseOrThrow('x₁ + x₂²').in as object)).toEqual(['x₁', 'x₂'])
    expect(parseOrThrow('2π').in).toEqual({})
  })
  test('parseFormula refuses a program', () => {
    expect(E.isLeft(parseFormula('fn x: real -> x'))).toBe(true)
    expect(E.isRight(parseFormula('x'))).toBe(true)
  })
})

describe('programs', () => {
  const same = (a: string, b: string): void => expect(print(parseOrThrow(a))).toBe(print(parseOrThrow(b)))
  test('literals take the type of the other operands, and operands broadcast', () => {
    same(
      'fn {i: int[3], x: real[2, 3], y: real[3]} -> [i + 1, x * y, 2 * x]',
      'fn {i: int[3], x: real[2, 3], y: real[3]} -> let a: int[3] = i + int[3](1) b: real[2, 3] = x * broadcast{shape: [2, 3], dims: [1]}(y) in [a, b, real[2, 3](2) * x]',
    )
  })
  test('a literal or an array without other operands takes the stated type', () => {
    expect(print(parseOrThrow('fn x: int -> let n: int = 3; t: int[2, 2] = [[1, 2], [3, 4]] in [n + x, t]'))).toBe(
      'fn x: int ->\n  let a: int = 3 + x\n      b: int[2, 2] = [[1, 2], [3, 4]]\n  in [a, b]',
    )
  })
  test('default names are paths, without the index of an outer tuple', () => {
    same(
      'fn [real, {w: real, deep: {b: real}}] -> x0 * w * deep.b',
      'fn [x0: real, {w = w: real, deep: {b = deep.b: real}}] -> x0 * w * deep.b',
    )
  })
  test('equal default names get primes', () => {
    same("fn [{x: real}, {x: real}] -> x * x'", "fn [{x: real}, {x = x': real}] -> x * x'")
  })
  test('comments, separators, trailing commas, unused values', () => {
    same('fn {x: real,} -> # a comment\n let a = sin(x,); _ = cos(x); in [a,]', 'fn {x: real} -> [sin(x)]')
  })
  test('a program in an attribute', () => {
    expect(
      valuesAt(
        'fn xs: real[3] -> let [s: real, _: real[3]] = scan{length: 3, reverse: false, carries: 1, rows: 1, body: fn [c: real, x: real] -> [c + x]}(0, xs) in s',
        [1, 2, 3],
      ),
    ).toEqual([6])
  })
  test('derived functions of whole arrays', () => {
    expect(valuesAt('fn {x: real[3], w: real[3, 2]} -> mean(matmul(x, w))', [1, 2, 3], [1, 0, 0, 1, 1, 1])).toEqual([
      (4 + 5) / 2,
    ])
  })
})

describe('a sign, and names of other countries', () => {
  test.each<readonly [string, number, number]>([
    ['+x', 3, 3],
    ['2^+x', 3, 8],
    ['x - +x', 3, 0],
    ['(+x) * +2', 3, 6],
    ['lg(x)', 1000, 3],
    ['lb(x)', 8, 3],
    ['sgn(x)', -4, -1],
    ['tg(x)', 1, 1.5574077246549023],
  ])('%s', (text, x, y) => {
    expect(valuesAt(text, [x])[0]).toBeCloseTo(y, 14)
  })
})

describe('notation that is refused, with what to write', () => {
  test.each([
    ['1/2x', 'this is read in two ways', 'write 1/2 * x or 1/(2 * x)'],
    ['1/(x+1)(x-1)', 'this is read in two ways', 'write 1/2 * x or 1/(2 * x)'],
    ['e^2x', 'this is read in two ways', 'write a^2 * x or a^(2 * x)'],
    ['e^-2x', 'this is read in two ways', 'write a^2 * x or a^(2 * x)'],
    ['sin²(x)', 'this is read in two ways', 'write sin(x)^2 or sin(sin(x))'],
    ['sin^2(x)', 'this is read in two ways', 'write sin(x)^2 or sin^2 * (x)'],
    ['exp³(x)', 'this is read in two ways', 'write exp(x)^3 or exp(exp(x))'],
    ['tan⁻¹(x)', 'this is read in two ways', 'write tan(x)^-1 or atan(x)'],
    ['0x10', 'this is read in two ways', 'write 16 or 0 * x10'],
    ['sin x', 'found x', 'brackets around an argument, as in sin(x)'],
    ['|sin x|', 'found x', 'brackets around an argument'],
    ['1 000 * x', 'found 000', 'write the digits of a number together'],
    ['1_000 * x', 'found _000', 'write the digits of a number together'],
    ['y = x^2', 'found =', 'write the formula alone'],
    ['f(x) = x^2', 'found =', 'write the formula alone'],
    ['|x - |y||', 'found |', 'write abs(x) for |x| inside or beside bars'],
    ['|x||y|', 'or(real, real)', 'write abs(x) for |x| inside or beside bars'],
    ['x|y|', 'found |', 'write abs(x) for |x| inside or beside bars'],
    ['∛x', 'unexpected ∛', 'write cbrt(x)'],
    ['½x', 'unexpected ½', 'write 1/2'],
    ['x % 2', 'unexpected %', 'write rem(x, y)'],
    ['x > 0 ? x : 0', 'unexpected ?', 'write select(condition, x, y)'],
    ['\\frac{x}{2}', 'unexpected \\', 'LaTeX is not read'],
    ['√2x', 'this is read in two ways', 'write √(2) * x or √(2 * x)'],
    ['√x²', 'this is read in two ways', 'write √(x)^2 or √(x^2)'],
    ['0,5x', 'found ,', 'write decimals with a point, as in 0.5'],
    ['x * 0,5', 'found ,', 'write decimals with a point, as in 0.5'],
    ['sin(0,5)', 'sin(real, real): takes 1 argument, not 2', 'write decimals with a point, as in 0.5'],
    ['2 x', 'found x', 'write * between factors, as in 2 * x'],
    ['x y', 'found y', 'write * between factors, as in 2 * x'],
    ['x(y + 1)', 'no function is called x', 'write x * (...) for a product'],
    ['||x| - 1|', 'found ||', 'write abs(x) for |x| inside'],
    ['|x', 'found the end', ''],
    ['√', 'found √', 'write √ before a number'],
    ['√sin(x)', 'found √', 'write √ before a number'],
    ['xπ', 'found π', 'write * between factors'],
    ['2fn', 'found fn', ''],
    ['1_000', 'found _000', ''],
  ])('%s', (text, what, advice) => {
    expect(wrong(text)).toContain(what)
    expect(wrong(text)).toContain(advice)
  })
})

describe('errors', () => {
  test('an unknown function', () => {
    expect(wrong('x * sine(x)')).toMatchInlineSnapshot(`
      "line 1, column 5: no function is called sine; did you mean sin?
        x * sine(x)
            ^"
    `)
  })
  test('an unknown name', () => {
    expect(wrong('fn {x: real, weights: real} ->\n  let a = x * wieghts\n  in a')).toMatchInlineSnapshot(`
      "line 2, column 15: nothing here is called wieghts; did you mean weights?
          let a = x * wieghts
                      ^"
    `)
  })
  test('all shape errors, each at its operator', () => {
    expect(
      wrong(
        'fn {x: real[3], y: real[2]} ->\n  let a = x + y\n      b = a * 2\n      c: real[2] = sin(x)\n  in sum{axes: [1]}(x) - b',
      ),
    ).toMatchInlineSnapshot(`
      "line 2, column 13: add(real[3], real[2]): shapes [3] and [2] differ
          let a = x + y
                    ^
        try  reshape or broadcast one of them; sizes meet from the right, and 1 stretches
      line 4, column 7: c: stated type real[2], but the rule gives real[3]
              c: real[2] = sin(x)
              ^
      line 5, column 6: sum(real[3]): 1 is not an axis of an array of rank 1
          in sum{axes: [1]}(x) - b
             ^
        try  axes are 0 .. 0, or -1 .. -1 from the end"
    `)
  })
  test('an open bracket', () => {
    expect(wrong('x * sin(x')).toMatchInlineSnapshot(`
      "line 1, column 10: expected "," or ")", found the end
        x * sin(x
                 ^"
    `)
  })
  test('nothing after an operator', () => {
    expect(wrong('x * ')).toMatchInlineSnapshot(`
      "line 1, column 5: expected a formula, found the end
        x * 
            ^"
    `)
  })
  test('no suggestion where no name is near', () => {
    expect(wrong('frobnicate(x)')).toContain('no function is called frobnicate\n')
    expect(wrong('zz(x)')).not.toContain('did you mean')
  })
  test('a size that is not a whole number, and too many elements', () => {
    expect(wrong('fn x: real[2.5] -> x')).toContain('expected a size, found 2.5')
    expect(wrong('fn x: real[9007199254740991, 2] -> x')).toContain('expected fewer elements')
  })
  test('a wrong separator', () => {
    expect(wrong('fn x: real -> [x; x]')).toContain('expected "," or "]", found ;')
  })
  test('a missing operator', () => {
    expect(wrong('2 x + 1')).toMatchInlineSnapshot(`
      "line 1, column 3: expected an operator or the end, found x
        2 x + 1
          ^
        try  write * between factors, as in 2 * x"
    `)
  })
  test('comparisons in a chain', () => {
    expect(wrong('0 < x < 1')).toMatchInlineSnapshot(`
      "line 1, column 7: comparisons do not chain: write a < b && b < c
        0 < x < 1
              ^"
    `)
  })
  test('a misspelt attribute, a missing one, one of another kind', () => {
    expect(
      wrong('fn x: real[3] -> [sum{axis: 0}(x), sum{}(x), sum{axes: "0"}(x), sum{axes: ["0"]}(x)]'),
    ).toMatchInlineSnapshot(`
      "line 1, column 19: sum(real[3]): axis is not an attribute of this operation; it has axes
        fn x: real[3] -> [sum{axis: 0}(x), sum{}(x), sum{axes: "0"}
                          ^
      line 1, column 36: sum(real[3]): axes is missing
        fn x: real[3] -> [sum{axis: 0}(x), sum{}(x), sum{axes: "0"}(x), sum{axes: ["
                                           ^
      line 1, column 46: sum(real[3]): axes must be a list, not a string
        fn x: real[3] -> [sum{axis: 0}(x), sum{}(x), sum{axes: "0"}(x), sum{axes: ["0"]}(x)]
                                                     ^
      line 1, column 65: sum(real[3]): axes[0] must be an integer, not a string
         real[3] -> [sum{axis: 0}(x), sum{}(x), sum{axes: "0"}(x), sum{axes: ["0"]}(x)]
                                                                   ^"
    `)
  })
  test('the wrong number of arguments or values', () => {
    expect(wrong('fn x: real -> let [a, b] = sin(x) in atan2(x) + relu(x, x)')).toMatchInlineSnapshot(`
      "line 1, column 26: sin gives 1 value, not 2
        fn x: real -> let [a, b] = sin(x) in atan2(x) + relu(x, x)
                                 ^
      line 1, column 38: atan2(real): takes 2 arguments, not 1
        fn x: real -> let [a, b] = sin(x) in atan2(x) + relu(x, x)
                                             ^
      line 1, column 49: relu: takes 1 argument, not 2
        fn x: real -> let [a, b] = sin(x) in atan2(x) + relu(x, x)
                                                        ^"
    `)
  })
  test('a record with the keys of an expression', () => {
    expect(wrong('fn x: real -> {node: {_tag: x}}')).toContain('its keys are those of an expression')
    expect(wrong('fn x: real -> {type: {_tag: x}}')).toContain('no error')
  })
  test('a name bound twice', () => {
    expect(wrong('fn {x: real} -> let x = 2 in x')).toMatchInlineSnapshot(`
      "line 1, column 21: x is bound already
        fn {x: real} -> let x = 2 in x
                            ^"
    `)
  })
  test('an error in a body, at its own position', () => {
    expect(wrong('fn x: real[2] ->\n  call{\n    body: fn [a: real[2]] -> [a + b]\n  }(x)')).toMatchInlineSnapshot(`
      "line 3, column 35: nothing here is called b
            body: fn [a: real[2]] -> [a + b]
                                          ^"
    `)
  })
  test('a program that ends too early', () => {
    expect(wrong('fn {x: real} ->\n  let a = sin(x)\n')).toMatchInlineSnapshot(`
      "line 3, column 1: expected a name, "[" or "in", found the end
        
        ^"
    `)
  })
  test('an unknown character, and an unfinished string', () => {
    expect([wrong('x ? y'), wrong('"abc')].join('\n')).toMatchInlineSnapshot(`
      "line 1, column 3: unexpected ?
        x ? y
          ^
        try  write select(condition, x, y)
      line 1, column 1: unexpected string that does not end on its line
        "abc
        ^"
    `)
  })
  test('a long line is shown only around the error', () => {
    expect(wrong(`${'x + '.repeat(100)}sinn(x) ${'+ x'.repeat(100)}`)).toMatchInlineSnapshot(`
      "line 1, column 401: no function is called sinn; did you mean sign?
         + x + x + x + x + x + x + x + x + x + x + x + x + x + x + sinn(x) + x+ x+ x+ x+ x+ x+ x+ x+ x+ x+ x
                                                                   ^"
    `)
  })
  test('the depth of brackets is limited', () => {
    const nested = (n: number): string => `${'('.repeat(n)}x${')'.repeat(n)}`
    expect(E.isRight(parse(nested(deepest)))).toBe(true)
    expect(wrong(nested(1000))).toMatchInlineSnapshot(`
      "line 1, column 129: more than 128 brackets are open
        ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((
                                                                   ^"
    `)
  })
})

describe('size', () => {
  test.each([
    ['a long sum', Array(20_000).fill('x').join(' + ')],
    ['a tall power', Array(20_000).fill('x').join('^')],
    ['many signs', `${'-'.repeat(20_000)}x`],
    ['many values', `fn x: real -> [${'sin(x), '.repeat(20_000)}]`],
    ['a long word', 'x'.repeat(1_000_000)],
    ['a long string', `"${'x'.repeat(1_000_000)}"`],
    ['many digits', '1'.repeat(1_000_000)],
    ['a large array', `fn x: real -> let t: real[20000] = [${'1.5, '.repeat(20_000)}] in t`],
  ])('%s is read', (_, text) => {
    expect(E.isRight(parse(text))).toBe(true)
  })
  test('a text with an error everywhere takes little time', () => {
    const result = parse('foo(x) + '.repeat(20_000))
    expect(E.isLeft(result)).toBe(true)
    const named = parse(`${'foo(x) + '.repeat(20_000)} 1`)
    expect(E.isLeft(named) && named.left.length).toBe(50)
  })
})
