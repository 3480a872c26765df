/**
 * One function for all kernels of a form. They differ only in where their arrays are, so the addresses are arguments. A
 * kernel whose form occurs once has them as constants, which saves an addition for every access.
 */
import type { Code } from '../assembler/index.ts'
import type { LoweredKernel } from './context.ts'
import { type KernelFunction, writeKernel, writeKernelOver } from './kernel.ts'
import type { Lowered } from './lower.ts'
import { addressIn, isAtStart, type Region } from './region.ts'
import type { Writer } from './writer.ts'

type Int = Code<'i32'>
/**
 * The kernel over its arrays. `form`: a text that two kernels have in common only if they are equal but for their addresses;
 * undefined for a kernel whose form occurs once.
 */
export const writeOnce = (
  { m, lib, once }: Pick<Writer, 'm' | 'lib' | 'once'>,
  k: Omit<LoweredKernel, 'nest'>,
  form: string | undefined,
  nest: () => Lowered,
): KernelFunction => {
  if (form === undefined) return writeKernel(m, lib, { ...k, nest: nest() })
  const regions = [...k.reads, k.out]
  // arrays that begin at one address have one argument: a kernel in place is another form
  const places = regions.filter((r, n) => regions.findIndex((x) => isAtStart(x, r)) === n)
  const placeOf = (r: Region): number => places.findIndex((x) => isAtStart(x, r))
  const layout = regions.map((r) => `${placeOf(r)} ${r.size} ${r.width}`).join()
  const shared = once(`kernel ${k.dtype} ${layout} ${form}`, () =>
    writeKernelOver(m, lib, { ...k, nest: nest() }, places.length, (bases) => {
      const over = (r: Region): Region => ({ ...r, base: 0, shift: bases[placeOf(r)] as Int })
      return { reads: k.reads.map(over), out: over(k.out) }
    }),
  )
  const addresses = places.map(addressIn)
  m.named(shared.run, k.label)
  return { ...shared, run: { call: (from, to) => shared.run.call(from, to, ...addresses) } }
}
