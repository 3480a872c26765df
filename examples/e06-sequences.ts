/**
 * E6. Sequences: a model of characters; dates put into another form; questions about stories; pictures put into words;
 * noise removed from pictures. Each is one part.
 */
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Report, RunOptions } from '../src/report/index.ts'
import * as captions from './sequences/captions.ts'
import * as characters from './sequences/characters.ts'
import * as dates from './sequences/dates.ts'
import * as denoising from './sequences/denoising.ts'
import * as stories from './sequences/stories.ts'

const all = { characters, dates, stories, captions, denoising } as const
type Part = keyof typeof all
export const parts = Object.keys(all)
const isPart = (name: string): name is Part => name in all

/** `adjoint run` checks their gradients against finite differences. */
export const programs = Object.assign({}, ...Object.values(all).map((part) => part.programs))

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  all[o.part !== undefined && isPart(o.part) ? o.part : 'characters'].run(o)
