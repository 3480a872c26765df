/** Work counted in steps: unlike seconds, the same on every machine and beside every other process. */

type Any = (this: unknown, ...args: readonly unknown[]) => unknown
const visiting = ['map', 'flatMap', 'filter', 'forEach', 'reduce', 'reduceRight', 'some', 'every'] as const
const finding = ['find', 'findIndex', 'findLast', 'findLastIndex'] as const
const lengthOf = (x: unknown): number => (Array.isArray(x) ? x.length : 0)

/**
 * How many elements of arrays f visits, searches or copies, by the methods of Array and by iteration, and how many
 * entries of maps and sets it asks for. The methods are replaced while f runs, which must not be asynchronous.
 */
export const stepsOf = (f: () => unknown): number => {
  let steps = 0
  const undo: (() => void)[] = []
  /** Puts `by` in the place of a method, which it is given. */
  const replace = (of: object, name: string | symbol, by: (method: Any) => Any): void => {
    const before = Object.getOwnPropertyDescriptor(of, name) as PropertyDescriptor
    Object.defineProperty(of, name, { ...before, value: by(before.value as Any) })
    undo.push(() => Object.defineProperty(of, name, before))
  }
  const counting = (x: unknown): unknown =>
    typeof x !== 'function'
      ? x
      : (...args: readonly unknown[]) => {
          steps++
          return x(...args)
        }
  for (const name of [...visiting, ...finding])
    replace(
      Array.prototype,
      name,
      (method) =>
        function (visit, ...rest) {
          return Reflect.apply(method, this, [counting(visit), ...rest])
        },
    )
  for (const name of ['includes', 'indexOf', 'lastIndexOf'])
    replace(
      Array.prototype,
      name,
      (method) =>
        function (...args) {
          const found = Reflect.apply(method, this, args)
          steps += typeof found === 'number' && found >= 0 ? found + 1 : lengthOf(this)
          return found
        },
    )
  for (const name of ['slice', 'concat', 'splice'])
    replace(
      Array.prototype,
      name,
      (method) =>
        function (...args) {
          const result = Reflect.apply(method, this, args)
          steps += lengthOf(result)
          return result
        },
    )
  replace(
    Array.prototype,
    Symbol.iterator,
    () =>
      function* () {
        const xs = this as readonly unknown[]
        for (let k = 0; k < xs.length; k++) {
          steps++
          yield xs[k]
        }
      },
  )
  for (const [of, names] of [
    [Map.prototype, ['get', 'has', 'set']],
    [Set.prototype, ['has', 'add']],
  ] as const)
    for (const name of names)
      replace(
        of,
        name,
        (method) =>
          function (...args) {
            steps++
            return Reflect.apply(method, this, args)
          },
      )
  try {
    f()
    return steps
  } finally {
    for (const restore of undo.reverse()) restore()
  }
}
