/** Functions and modules: sections in the order that the specification demands. */
import { type Code, code, flat, type Numeric, name, type Rope, typeByte, unsigned } from './code.ts'
import { type Local, variable } from './control.ts'
import { i32 } from './instructions.ts'

/** Declares locals of the function under construction. */
export type Locals = <T extends Numeric>(type: T) => Local<T>
type Params<P extends readonly Numeric[]> = { readonly [K in keyof P]: Local<P[K]> }
type Args<P extends readonly Numeric[]> = { readonly [K in keyof P]: Code<P[K]> }
/** A function; `call` takes the code of its arguments. */
export interface Func<P extends readonly Numeric[], R extends Numeric | 'none'> {
  readonly index: number
  readonly call: (...args: Args<P>) => Code<R>
}
export interface Global<T extends Numeric> {
  readonly get: Code<T>
  readonly set: (x: Code<T>) => Code
}
export interface ModuleBuilder {
  readonly func: <const P extends readonly Numeric[], R extends Numeric | 'none'>(
    params: P,
    result: R,
    body: (locals: Locals, ...params: Params<P>) => Code<R>,
    /** Its name in the name section, which profilers show. */
    label?: string,
  ) => Func<P, R>
  /** A further name, for a function that serves several purposes. */
  readonly named: (f: { readonly index: number }, label: string) => void
  /** The functions of the host, in the order of `names`. */
  readonly imported: readonly Func<readonly [], 'none'>[]
  readonly global: (initial: number) => Global<'i32'>
  readonly export: (name: string, f: { readonly index: number }) => void
  /** The module, with an imported memory of at least this many pages. */
  readonly finish: (memory: {
    readonly pages: number
    readonly shared?: { readonly maximum: number }
  }) => Uint8Array<ArrayBuffer>
}

const vector = (items: readonly Rope[]): Rope => [unsigned(items.length), ...items]
const section = (id: number, items: readonly Rope[]): Rope => {
  const bytes = flat(vector(items))
  return items.length === 0 ? [] : [id, unsigned(bytes.length), bytes]
}

const sized = (rope: Rope): Rope => {
  const bytes = flat(rope)
  return [unsigned(bytes.length), bytes]
}
const custom = (title: string, content: Rope): Rope => [0, sized([name(title), content])]

/** `names`: functions of the host, without arguments, that the module may call. */
export const makeModule = (names: readonly string[] = []): ModuleBuilder => {
  const types: string[] = []
  const signatures: number[] = []
  const bodies: Rope[] = []
  const globals: Rope[] = []
  const exports: Rope[] = []
  const labels = new Map<number, string[]>()
  const named = (index: number, label: string): void => {
    const known = labels.get(index)
    if (known) known.push(label)
    else labels.set(index, [label])
  }
  const typeOf = (params: readonly Numeric[], result: Numeric | 'none'): number => {
    const key = [params.join(), result].join(':')
    const known = types.indexOf(key)
    return known >= 0 ? known : types.push(key) - 1
  }
  const signature = (key: string): Rope => {
    const [params = '', result = ''] = key.split(':')
    const list = (s: string): Rope => {
      const found = s.split(',').filter((t) => t !== '' && t !== 'none')
      return vector(found.map((t) => [typeByte[t as Numeric]]))
    }
    return [0x60, list(params), list(result)]
  }
  // a mapped type over P hides that every argument is code
  const callable = <P extends readonly Numeric[], R extends Numeric | 'none'>(
    index: number,
    result: R,
  ): Func<P, R> => ({
    index,
    call: (...args) => code(result, ...args.map((a) => (a as Code<Numeric>).bytes), 0x10, unsigned(index)),
  })
  const imports = names.map((n): Rope => [name('env'), name(n), 0, unsigned(typeOf([], 'none'))])
  return {
    imported: names.map((_, index) => callable(index, 'none')),
    func: (params, result, body, label) => {
      const own: Numeric[] = []
      const locals: Locals = (type) => variable(type, params.length + own.push(type) - 1)
      const inputs = params.map((t, k) => variable(t, k))
      const written = body(locals, ...(inputs as never)) // one local per parameter, as Params says
      const runs: [number, Numeric][] = []
      for (const t of own) {
        const last = runs.at(-1)
        if (last?.[1] === t) last[0]++
        else runs.push([1, t])
      }
      const whole = flat([vector(runs.map(([n, t]) => [unsigned(n), typeByte[t]])), written.bytes, 0x0b])
      bodies.push([unsigned(whole.length), whole])
      const index = imports.length + signatures.push(typeOf(params, result)) - 1
      if (label !== undefined) named(index, label)
      return callable(index, result)
    },
    named: ({ index }, label) => named(index, label),
    global: (initial) => {
      const index = globals.push([0x7f, 1, i32.const(initial).bytes, 0x0b]) - 1
      return {
        get: code('i32', 0x23, unsigned(index)),
        set: (x) => code('none', x.bytes, 0x24, unsigned(index)),
      }
    },
    export: (n, f) => exports.push([name(n), 0, unsigned(f.index)]),
    finish: ({ pages, shared }) => {
      const byIndex = [...labels].sort(([a], [b]) => a - b)
      const limits: Rope = shared ? [3, unsigned(pages), unsigned(shared.maximum)] : [0, unsigned(pages)]
      return flat([
        [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
        section(1, types.map(signature)),
        section(2, [[name('env'), name('memory'), 2, limits], ...imports]),
        section(
          3,
          signatures.map((t) => unsigned(t)),
        ),
        section(6, globals),
        section(7, exports),
        section(10, bodies),
        custom('name', [1, sized(vector(byIndex.map(([index, of]) => [unsigned(index), name(of.join(', '))])))]),
      ])
    },
  }
}
