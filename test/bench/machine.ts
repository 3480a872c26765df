/** The machine: its name, and what one core of it can do at most, measured, for the bounds beside the times. */
import { cpus, totalmem } from 'node:os'
import { count, f32x4, giving, i32, makeModule, seq } from '../../backends/wasm/assembler/index.ts'
import { engine } from '../../backends/wasm/host/engine.ts'

export const machineLine = (): string =>
  `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
  `${process.platform}, Node ${process.version} (V8 ${process.versions.v8})`

export interface Peak {
  /** Thousand millions of float32 operations a second: products and sums of vectors in registers. */
  readonly gflops: number
  /** Thousand millions of bytes a second, read and written, between arrays that no cache holds. */
  readonly gbytes: number
}
const best = (runs: number, f: () => void): number => {
  let least = Number.POSITIVE_INFINITY
  for (let k = 0; k < runs; k++) {
    const start = performance.now()
    f()
    least = Math.min(least, performance.now() - start)
  }
  return least
}
/** Sums that do not wait for one another: x = x a + b, in as many registers as there are to spare. */
const arithmetic = async (): Promise<number> => {
  const [registers, iterations] = [12, 200_000]
  const m = makeModule()
  const run = m.func([], 'v128', (locals) => {
    const [i, a, b] = [locals('i32'), locals('v128'), locals('v128')]
    const xs = Array.from({ length: registers }, () => locals('v128'))
    const turn = seq(...xs.map((x) => x.set(f32x4.add(f32x4.mul(x.get, a.get), b.get))))
    const start = [a.set(f32x4.const(0.5)), b.set(f32x4.const(1))]
    return giving(
      [...start, count(i, i32.const(0), i32.const(iterations), 1, turn)],
      xs.map((x) => x.get).reduce(f32x4.add),
    )
  })
  m.export(
    'run',
    m.func([], 'f32', () => f32x4.lane(run.call(), 0)),
  )
  const memory = new engine.Memory({ initial: 1 })
  const { exports } = await engine.instantiate(await engine.compile(m.finish({ pages: 1 })), { env: { memory } })
  const milliseconds = best(100, exports.run as () => void)
  return (iterations * registers * 8) / milliseconds / 1e6
}
const bandwidth = (): number => {
  const [from, to] = [new Float32Array(2 ** 24).fill(1), new Float32Array(2 ** 24)]
  return (2 * from.byteLength) / best(8, () => to.set(from)) / 1e6
}
export const peakOf = async (): Promise<Peak> => ({ gflops: await arithmetic(), gbytes: bandwidth() })
