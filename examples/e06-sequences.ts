/**
 * E6. Sequences: a model of characters; dates put into another form; questions about stories; pictures put into words;
 * noise removed from pictures.
 */
import * as captions from './sequences/captions.ts'
import * as characters from './sequences/characters.ts'
import * as dates from './sequences/dates.ts'
import * as denoising from './sequences/denoising.ts'
import * as stories from './sequences/stories.ts'

export const parts = { characters, dates, stories, captions, denoising }
export const { programs, run } = characters
