/** The modes of `adjoint explain`, chains of them, and the options that each mode takes. */
import * as E from 'fp-ts/lib/Either.js'
import { generous } from '../../../backends/schedule/fuse.ts'
import { schedule } from '../../../backends/schedule/schedule.ts'
import { showPlan } from '../../../backends/schedule/show.ts'
import { nearest } from '../../../lang/nearest.ts'
import type { UntypedProgram } from '../../../lang/syntax/program.ts'
import { type Kind, type Transformation, takes } from '../../explain/index.ts'
import { fault } from '../fault.ts'
import type { Read } from '../read.ts'

export const modes = [
  'forward',
  'reverse',
  'linearize',
  'transpose',
  'batch',
  'simplify',
  'compile',
] as const satisfies readonly Kind[]
export type ExplainMode = (typeof modes)[number]
export interface Asked {
  readonly wrt?: string
  readonly at?: string
  readonly along?: string
  readonly size?: number
}
type OptionName = keyof Asked

const isMode = (text: string): text is ExplainMode => (modes as readonly string[]).includes(text)
/** reverse,forward: the first transforms the program, the second the simplified result. */
export const readModes = (text: string): Read<readonly ExplainMode[]> => {
  const asked = text.split(',').map((m) => m.trim())
  const unknown = asked.find((m) => !isMode(m))
  if (unknown === undefined) return E.right(asked.filter(isMode))
  const near = nearest(unknown, modes)
  return E.left(
    fault(
      `no transformation is called '${unknown}'`,
      '--mode',
      near ?? `one of ${modes.join(', ')}; or several, 'reverse,forward', applied in order`,
    ),
  )
}

export const takersOf = (option: OptionName): readonly ExplainMode[] => modes.filter((m) => takes(m, option))
/** In a chain, the modes that an option applies to: inputs are the formula's, numbers those of the last mode. */
const owners: { readonly [O in OptionName]: (all: readonly ExplainMode[]) => readonly ExplainMode[] } = {
  wrt: (all) => all.slice(0, 1),
  size: (all) => all,
  at: (all) => all.slice(-1),
  along: (all) => all.slice(-1),
}
/** Why the options do not fit the modes: one has no effect on them, or needs another. Undefined where they fit. */
export const misfit = (all: readonly ExplainMode[], asked: Asked): string | undefined => {
  const given = (Object.keys(owners) as OptionName[]).filter((o) => asked[o] !== undefined)
  const idle = given.find((o) => !owners[o](all).some((m) => takes(m, o)))
  if (idle !== undefined)
    return fault(
      `--${idle} has no effect on ${owners[idle](all).join(',')}`,
      `--mode ${all.join(',')}`,
      `leave out --${idle}, which belongs to ${takersOf(idle).join(', ')}`,
    )
  return asked.along !== undefined && asked.at === undefined
    ? fault('--along needs a point', '--along', 'add --at')
    : undefined
}

/** Whether the output is one real number: its reverse mode is the gradient, from the cotangent 1. */
const isNumber = (p: UntypedProgram): boolean => {
  const { out } = p as { readonly out: { readonly dtype?: string; readonly shape?: readonly number[] } }
  return out.dtype === 'real' && out.shape?.length === 0
}
export const transformation = (
  mode: ExplainMode,
  p: UntypedProgram,
  wrt: readonly string[] | undefined,
  size: number,
): Transformation => {
  const inputs = wrt === undefined ? {} : { wrt }
  switch (mode) {
    case 'forward':
      return { _tag: 'forward', ...inputs }
    case 'reverse':
      return { _tag: isNumber(p) ? 'gradient' : 'reverse', ...inputs }
    case 'batch':
      return { _tag: 'batch', size }
    case 'compile':
      return { _tag: 'compile', schedule: (c, tell) => showPlan(schedule(c, generous, tell)) }
    case 'linearize':
    case 'transpose':
    case 'simplify':
      return { _tag: mode }
  }
}
