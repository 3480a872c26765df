/**
 * Optimisers from settings as data, by PyTorch's class names and hyper-parameters: from a settings file, a command
 * line, or another library's record of a run. Unknown names and wrong values are errors; nothing is ignored.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { adamax, asgd, nadam, radam, rprop } from './adaptive.ts'
import { clipNorm, clipValue } from './clip.ts'
import type { Optimizer, Rate } from './optimizer.ts'
import { count, isIn, limit, memory, notNegative, positive, type Range, share } from './refuse.ts'
import { adadelta, adagrad, adam, adamW, rmsProp, sgd } from './rules.ts'
import { cosineWave, exponential, stepwise } from './schedule.ts'

/** A schedule by PyTorch's names: StepLR, ExponentialLR, CosineAnnealingLR; sizes in steps. */
export type ScheduleSettings =
  | { readonly kind: 'step'; readonly step_size: number; readonly gamma: number }
  | { readonly kind: 'exponential'; readonly gamma: number }
  | { readonly kind: 'cosine'; readonly T_max: number; readonly eta_min: number }
/** Gradient clipping by PyTorch's names: clip_grad_norm_, clip_grad_value_. */
export type ClipSettings =
  | { readonly kind: 'norm'; readonly max_norm: number }
  | { readonly kind: 'value'; readonly max_value: number }
/** An optimiser as data. */
export interface OptimizerSettings {
  /** PyTorch's class: SGD, Adam, AdamW, RMSprop, Adadelta, Adagrad, Adamax, NAdam, RAdam, Rprop, ASGD. */
  readonly optimizer: string
  /** Hyper-parameters by PyTorch's names: lr, momentum, betas, weight_decay, ... Absent ones have PyTorch's default. */
  readonly hyper: { readonly [name: string]: unknown }
  /** A constant rate by default. */
  readonly schedule?: ScheduleSettings
  /** None by default. */
  readonly clip?: ClipSettings
}

/** Why settings are no optimiser. */
export type SettingsError =
  | { readonly _tag: 'UnknownOptimizer'; readonly name: string; readonly known: readonly string[] }
  | {
      readonly _tag: 'UnknownHyper'
      readonly optimizer: string
      readonly name: string
      readonly known: readonly string[]
    }
  /** `optimizer`: PyTorch's name of the optimiser, the schedule or the clipping that takes the number. */
  | { readonly _tag: 'WrongHyper'; readonly optimizer: string; readonly name: string; readonly expected: string }

/** One line: what is wrong, and what would be right. */
export const showSettingsError = (e: SettingsError): string => {
  switch (e._tag) {
    case 'UnknownOptimizer':
      return `no optimiser is called ${e.name}: one of ${e.known.join(', ')}`
    case 'UnknownHyper':
      return `${e.optimizer} has no ${e.name}: it has ${e.known.join(', ')}`
    case 'WrongHyper':
      return `${e.name} of ${e.optimizer} is ${e.expected}`
  }
}

/** What a value must be. */
interface Kind {
  readonly says: string
  readonly fits: (x: unknown) => boolean
}
const within = (range: Range): Kind => ({ says: range.says, fits: (x) => isIn(range, x) })
const flag: Kind = { says: 'true or false', fits: (x) => typeof x === 'boolean' }
const pair: Kind = {
  says: 'a pair of numbers from 0 to below 1',
  fits: (x) => Array.isArray(x) && x.length === 2 && x.every((v) => isIn(memory, v)),
}
const amount = within(notNegative)
const sizes: Kind = {
  says: 'a pair of numbers above 0',
  fits: (x) => Array.isArray(x) && x.length === 2 && x.every((v) => isIn(positive, v)),
}

/** Options by our names, those that the settings have; `firstError` has checked their types. */
type Options = { readonly rate: Rate } & { readonly [name: string]: never }
interface Family {
  /** PyTorch's name, ours, and what it must be. */
  readonly hyper: readonly (readonly [string, string, Kind])[]
  readonly make: (options: Options) => Optimizer
}
const decay = ['weight_decay', 'weightDecay', amount] as const
const eps = ['eps', 'eps', amount] as const
const momentum = ['momentum', 'momentum', within(share)] as const
const momentHyper = [['betas', 'betas', pair], eps, decay] as const
const adamHyper = [['betas', 'betas', pair], eps, decay, ['amsgrad', 'amsgrad', flag]] as const

/** Momentum 0 needs no slot. */
const withoutIdleMomentum = (o: Options): Options => {
  const { momentum: m, ...others } = o
  return m === 0 ? others : o
}
const families: ReadonlyMap<string, Family> = new Map<string, Family>(
  Object.entries({
    SGD: {
      hyper: [momentum, ['dampening', 'dampening', within(share)], decay, ['nesterov', 'nesterov', flag]],
      make: (o: Options) => sgd(withoutIdleMomentum(o)),
    },
    Adam: { hyper: adamHyper, make: adam },
    AdamW: { hyper: adamHyper, make: adamW },
    RMSprop: {
      hyper: [['alpha', 'alpha', within(memory)], eps, decay, momentum, ['centered', 'centered', flag]],
      make: (o: Options) => rmsProp(withoutIdleMomentum(o)),
    },
    Adadelta: { hyper: [['rho', 'rho', within(memory)], eps, decay], make: adadelta },
    Adagrad: {
      hyper: [['lr_decay', 'rateDecay', amount], decay, ['initial_accumulator_value', 'initial', amount], eps],
      make: adagrad,
    },
    Adamax: { hyper: momentHyper, make: adamax },
    NAdam: { hyper: [...momentHyper, ['momentum_decay', 'momentumDecay', amount]], make: nadam },
    RAdam: { hyper: momentHyper, make: radam },
    Rprop: {
      hyper: [
        ['etas', 'factors', sizes],
        ['step_sizes', 'sizes', sizes],
      ],
      make: rprop,
    },
    ASGD: {
      hyper: [['lambd', 'decay', amount], ['alpha', 'power', amount], ['t0', 'from', amount], decay],
      make: asgd,
    },
  }),
)

const defaultRates: { readonly [name: string]: number } = {
  RMSprop: 0.01,
  Adadelta: 1,
  Adagrad: 0.01,
  Adamax: 0.002,
  NAdam: 0.002,
  Rprop: 0.01,
  ASGD: 0.01,
}
const rateOf = (base: number, s: ScheduleSettings | undefined): Rate => {
  switch (s?.kind) {
    case undefined:
      return base
    case 'step':
      return stepwise(base, s.step_size, s.gamma)
    case 'exponential':
      return exponential(base, s.gamma)
    case 'cosine':
      return cosineWave(base, s.T_max, s.eta_min)
  }
}
const clipped = (c: ClipSettings | undefined): ((o: Optimizer) => Optimizer) => {
  switch (c?.kind) {
    case undefined:
      return (o) => o
    case 'norm':
      return clipNorm(c.max_norm)
    case 'value':
      return clipValue(c.max_value)
  }
}

const firstError = (name: string, family: Family, hyper: OptimizerSettings['hyper']): SettingsError | undefined => {
  const rows = [['lr', 'rate', amount] as const, ...family.hyper]
  const known = rows.map(([theirs]) => theirs)
  for (const [given, value] of Object.entries(hyper)) {
    const row = rows.find(([theirs]) => theirs === given)
    if (row === undefined) return { _tag: 'UnknownHyper', optimizer: name, name: given, known }
    const wrong = misfit(name, given, value, row[2])
    if (wrong !== undefined) return wrong
  }
  return undefined
}
const misfit = (owner: string, name: string, value: unknown, kind: Kind): SettingsError | undefined =>
  kind.fits(value) ? undefined : { _tag: 'WrongHyper', optimizer: owner, name, expected: kind.says }
/** The numbers of a schedule or of clipping, by kind: PyTorch's name of it, and of each number. */
const parts: { readonly [kind: string]: readonly [string, { readonly [name: string]: Kind }] } = {
  step: ['StepLR', { step_size: within(count), gamma: amount }],
  exponential: ['ExponentialLR', { gamma: amount }],
  cosine: ['CosineAnnealingLR', { T_max: within(count), eta_min: amount }],
  norm: ['clip_grad_norm_', { max_norm: within(limit) }],
  value: ['clip_grad_value_', { max_value: within(limit) }],
}
const partError = (
  optimizer: string,
  name: 'schedule' | 'clip',
  kinds: readonly string[],
  part: { readonly kind: string } | undefined,
): SettingsError | undefined => {
  if (part === undefined) return undefined
  const found = kinds.includes(part.kind) ? parts[part.kind] : undefined
  if (found === undefined)
    return { _tag: 'WrongHyper', optimizer, name, expected: `of one of the kinds ${kinds.join(', ')}` }
  const given: { readonly [name: string]: unknown } = { ...part }
  return Object.entries(found[1])
    .map(([key, kind]) => misfit(found[0], key, given[key], kind))
    .find((e) => e !== undefined)
}

/**
 * The optimiser of some settings.
 *
 * Errors: UnknownOptimizer, UnknownHyper, WrongHyper
 *
 * @example
 * fromSettings({ optimizer: 'Adam', hyper: { lr: 0.1, betas: [0.9, 0.999] }, clip: { kind: 'norm', max_norm: 1 } })
 */
export const fromSettings = ({
  optimizer,
  hyper,
  schedule,
  clip,
}: OptimizerSettings): E.Either<SettingsError, Optimizer> => {
  const family = families.get(optimizer)
  if (family === undefined) return E.left({ _tag: 'UnknownOptimizer', name: optimizer, known: [...families.keys()] })
  const error =
    firstError(optimizer, family, hyper) ??
    partError(optimizer, 'schedule', ['step', 'exponential', 'cosine'], schedule) ??
    partError(optimizer, 'clip', ['norm', 'value'], clip)
  if (error !== undefined) return E.left(error)
  const base = typeof hyper.lr === 'number' ? hyper.lr : (defaultRates[optimizer] ?? 0.001)
  const given = family.hyper.flatMap(([theirs, ours]) => (theirs in hyper ? [[ours, hyper[theirs]] as const] : []))
  // `firstError` has found names and types right
  const options = { rate: rateOf(base, schedule), ...Object.fromEntries(given) } as Options
  return E.right(pipe(family.make(options), clipped(clip)))
}
